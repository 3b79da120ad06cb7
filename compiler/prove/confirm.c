/*
 * The stage is a host that nobody knows facts of, with the addresses that the
 * witness needs: what is proved holds for any host, and the witness is one.
 */
#include "prove/confirm.h"
#include "prove/policy_model.h"

#include "eval/policy_test.h"

#define FRAGMENT_OFFSET 1480

/* The policy on a host without known facts. */
static const struct policy *
without_host(const struct prove_request *request)
{
	struct policy *policy = arena_new(request->arena, struct policy);

	*policy = *request->policy;
	policy->host = NULL;
	return policy;
}

static void
add(struct arena *arena, struct addr_set *set, enum family family,
    struct addr addr)
{
	struct addr_set one = addr_set_of(
	    arena, family, (struct addr_range){addr, addr});

	*set = addr_set_union(arena, set, &one);
}

static const struct scene_hints *
hints_of(const struct prove_request *request, const struct prove_witness *w)
{
	struct scene_hints *hints = arena_new(
	    request->arena, struct scene_hints);
	enum family family = w->flow.family;

	hints->broadcast = policy_connected(request->arena, request->policy);
	add(request->arena, w->source_local ? &hints->ours : &hints->theirs,
	    family, w->flow.source);
	if (w->redirect == NULL)
		add(request->arena,
		    w->target_local ? &hints->ours : &hints->theirs, family,
		    w->flow.target);
	return hints;
}

bool
confirm_alias(
    const struct prove_request *request, endpoint uplink, struct addr *alias)
{
	struct scene *scene = arena_new(request->arena, struct scene);
	size_t index = ENDPOINT_ZONE(uplink);

	scene->arena = request->arena;
	scene->policy = without_host(request);
	scene->ruleset = request->ruleset;
	world_init(&scene->world, request->arena);
	scene_place(scene);
	*alias = scene->locality.alias[index];
	world_free(&scene->world);
	return scene->locality.has_alias[index];
}

/* Before the redirect: for a port of this host's own address. */
static bool
undo_redirect(
    const struct scene *scene, const struct prove_witness *w, struct flow *flow)
{
	const struct policy_forward *f = w->redirect;

	for (endpoint e = 1; e <= scene->policy->zones.n; e++) {
		if (!endpoint_set_has(&f->from, e) ||
		    !scene->locality.has_alias[ENDPOINT_ZONE(e)] ||
		    (policy_zone(scene->policy, flow->from)->role ==
			    ZONE_UPLINK &&
			flow->from != e))
			continue;
		flow->target = scene->locality.alias[ENDPOINT_ZONE(e)];
		flow->target_port = (uint16_t)(flow->target_port -
		    f->inside.lo + f->outside.lo);
		flow->to = ENDPOINT_SELF;
		return true;
	}
	return false;
}

/* Are the witness's addresses ours and theirs on this stage? */
static bool
placed(const struct scene *scene, const struct prove_witness *w)
{
	const struct flow *flow = &w->flow;
	const struct addr_set *local = &scene->locality.local;

	return addr_set_contains(local, flow->family, flow->source) ==
	    w->source_local &&
	    (w->redirect != NULL ||
		addr_set_contains(local, flow->family, flow->target) ==
		    w->target_local);
}

static struct meaning
meaning_here(const struct scene *scene, const struct prove_witness *w,
    const struct flow *flow)
{
	struct meaning nothing = {
	    .verdict = VERDICT_DENY, .reason = MEANING_NOWHERE};

	return w->no_zone ? nothing : scene_meaning(scene, flow);
}

static bool
makes_state(const struct walk *walk)
{
	for (size_t i = 0; i < walk->steps.n; i++)
		if (walk->steps.v[i].event == IPFW_EVENT_NEW_STATE)
			return true;
	return false;
}

static bool
reaches_end(const struct walk *walk)
{
	return walk->end.source == NULL;
}

/* Even one that leaves the packet as it was, or takes it for good. */
static bool
meets_translator(const struct walk *walk)
{
	for (size_t i = 0; i < walk->events.n; i++)
		if (walk->events.v[i].kind == WALK_DIVERTED ||
		    walk->events.v[i].kind == WALK_TRANSLATED)
			return true;
	return false;
}

/* Of a packet that both refuse. */
static bool
logs_differ(const struct policy *policy, const struct prove_witness *w)
{
	const struct ipfw_rule *decider = w->walk.end.source;
	bool asked = w->meaning.rule != NULL ? w->meaning.rule->log
					     : policy->fallback_log;

	return decider != NULL && walk_verdict(&w->walk) != VERDICT_ALLOW &&
	    decider->log != asked;
}

/* Do the two answers differ as the witness says? */
static bool
differ(const struct policy *policy, const struct prove_witness *w)
{
	enum verdict means = w->meaning.verdict;
	enum verdict does = walk_verdict(&w->walk);
	bool both = means == VERDICT_ALLOW && does == VERDICT_ALLOW;

	switch (w->kind) {
	case PROVE_SAME:
		break;
	case PROVE_OPENS:
		return does == VERDICT_ALLOW &&
		    (w->later || means != VERDICT_ALLOW);
	case PROVE_CLOSES:
		return means == VERDICT_ALLOW && does != VERDICT_ALLOW;
	case PROVE_REFUSES_ELSE:
		return means != does;
	case PROVE_LOG:
		return means == does && logs_differ(policy, w);
	case PROVE_STATE_MISSING:
		return both && !makes_state(&w->walk);
	case PROVE_STATE_EXTRA:
		return both && w->meaning.stateless && makes_state(&w->walk);
	case PROVE_LIMIT:
		return both && w->meaning.rule != NULL;
	case PROVE_NAT_MISSING:
		return both && w->meaning.translated &&
		    !walk_translated(&w->walk);
	case PROVE_NAT_EXTRA:
		return both && !w->meaning.translated &&
		    meets_translator(&w->walk);
	case PROVE_DEFAULT_RULE:
		return reaches_end(&w->walk);
	case PROVE_FRAGMENT:
	case PROVE_REPLY:
		break;
	}
	return false;
}

static void
play(struct scene *scene, struct prove_witness *w)
{
	struct flow flow = w->flow;
	struct ipfw_packet packet;

	if (w->redirect != NULL && !undo_redirect(scene, w, &flow))
		return;
	w->meaning = meaning_here(scene, w, &flow);
	packet = scene_packet(&flow, w->tcp_flags);
	packet.tcp_flags = (uint8_t)w->tcp_flags;
	packet.card_in = w->card_in;
	packet.card_out = w->card_out;
	if (w->later) {
		packet.offset = FRAGMENT_OFFSET;
		packet.tcp_flags = 0;
	}
	scene_walk(scene, &packet, &w->walk);
	w->played = true;
	w->confirmed = placed(scene, w) && differ(scene->policy, w);
}

void
confirm(const struct prove_request *request, struct prove_witness *witness)
{
	struct scene *scene = arena_new(request->arena, struct scene);

	if (!scene_open(scene, request->arena, without_host(request),
		hints_of(request, witness), request->ruleset,
		run_flavour_find(request->flavour->name)))
		return;
	if (witness->kind == PROVE_REPLY || witness->kind == PROVE_FRAGMENT)
		confirm_conversation(scene, witness);
	else
		play(scene, witness);
	scene_close(scene);
}
