/*
 * Setting the stage.
 */
#include <string.h>

#include "eval/scene.h"

#define DEFAULT_RULE 65535

static bool
goes_out_by(const struct scene_zone *zone, const char *card)
{
	for (size_t i = 0; i < zone->cards.n; i++)
		if (strcmp(zone->cards.v[i], card) == 0)
			return true;
	return false;
}

static struct addr
alias_of(const struct scene *scene, const char *card)
{
	for (size_t i = 0; i < scene->policy->zones.n; i++)
		if (scene->locality.has_alias[i] &&
		    goes_out_by(&scene->zones[i], card))
			return scene->locality.alias[i];
	return (struct addr){0, 0};
}

static void
place_nat(struct scene *scene, const struct ipfw_nat *nat)
{
	struct nat_redirect *redirects = arena_calloc(
	    scene->arena, nat->redirects.n + 1, sizeof(*redirects));
	struct nat_config config = {
	    .alias = alias_of(scene, nat->card),
	    .same_ports = true,
	    .redirects = redirects,
	    .n_redirects = nat->redirects.n,
	};

	for (size_t i = 0; i < nat->redirects.n; i++) {
		const struct ipfw_redirect *r = &nat->redirects.v[i];

		redirects[i] = (struct nat_redirect){
		    .kind = NAT_REDIRECT_PORT,
		    .protocol = (uint8_t)r->protocol,
		    .inside = r->target,
		    .inside_port = r->inside.lo,
		    .outside_port = r->outside.lo,
		    .n_ports = (uint16_t)(r->inside.hi - r->inside.lo + 1),
		};
	}
	world_set_handler(
	    &scene->world, nat->kernel, nat->id, WORLD_TRANSLATE, &config);
}

static void
stop(struct scene *scene)
{
	if (scene->engine != NULL)
		ipfw_engine_destroy(scene->engine);
	if (scene->fragments != NULL)
		ipfw_fragments_destroy(scene->fragments);
	scene->engine = NULL;
	scene->fragments = NULL;
	for (size_t i = 0; scene->ruleset != NULL && i < scene->ruleset->nats.n;
	     i++)
		world_remove_handler(&scene->world,
		    scene->ruleset->nats.v[i].kernel,
		    scene->ruleset->nats.v[i].id);
}

/* A listing shows the default rule, which no ruleset can add. */
static bool
load(struct scene *scene)
{
	struct ipfw_ruleset ruleset = *scene->ruleset;
	size_t n = ruleset.rules.n;

	if (n > 0 && ruleset.rules.v[n - 1].number == DEFAULT_RULE) {
		ipfw_engine_set_default(
		    scene->engine, ruleset.rules.v[n - 1].verb == IPFW_ALLOW);
		ruleset.rules.n--;
	}
	return ipfw_engine_load(scene->engine, &ruleset) == IPFW_OK;
}

bool
scene_reset(struct scene *scene)
{
	stop(scene);
	for (size_t i = 0; i < scene->ruleset->nats.n; i++)
		place_nat(scene, &scene->ruleset->nats.v[i]);
	scene->fragments = ipfw_fragments_create(0);
	scene->engine = ipfw_engine_create(scene->flavour, NULL);
	if (scene->engine == NULL || scene->fragments == NULL)
		return false;
	ipfw_engine_set_default(scene->engine, scene->flavour->default_allow);
	ipfw_engine_settings(scene->engine)->one_pass = false;
	return load(scene);
}

bool
scene_open(struct scene *scene, struct arena *arena,
    const struct policy *policy, const struct scene_hints *hints,
    const struct ipfw_ruleset *ruleset, const struct run_flavour *flavour)
{
	*scene = (struct scene){
	    .arena = arena,
	    .policy = policy,
	    .hints = hints,
	    .ruleset = ruleset,
	    .flavour = flavour,
	};
	world_init(&scene->world, arena);
	scene_place(scene);
	return scene_reset(scene);
}

void
scene_close(struct scene *scene)
{
	stop(scene);
	world_free(&scene->world);
}

const char *
scene_card(const struct scene *scene, endpoint end)
{
	const struct scene_zone *zone;

	if (end == ENDPOINT_SELF)
		return NULL;
	zone = &scene->zones[ENDPOINT_ZONE(end)];
	return zone->cards.n != 0 ? zone->cards.v[0] : "none0";
}

bool
scene_local(const struct scene *scene, endpoint end, enum family family,
    struct addr *addr)
{
	const struct scene_zone *zone = &scene->zones[ENDPOINT_ZONE(end)];

	*addr = family == FAMILY_4 ? zone->local4 : zone->local6;
	return family == FAMILY_4 ? zone->has4 : zone->has6;
}

struct meaning
scene_meaning(const struct scene *scene, const struct flow *flow)
{
	return meaning_of(scene->policy, &scene->locality, flow);
}
