/*
 * Rules looked at, by packets of each kind that the rules of a policy tell
 * apart: between all zones, for each service that any rule names and some that
 * none does, from and to an address of each kind.
 */
#include "bench/policies.h"

#include <stdlib.h>
#include <string.h>

#include "bench/host.h"
#include "bench/pipeline.h"
#include "eval/policy_test.h"
#include "eval/scene.h"

#define PORT_FREE 40000
#define NO_SERVICE_PORT 9
#define NO_SERVICE_TYPE 13 /* timestamp */
#define PROTOCOL_EGP 8	   /* that nobody has asked for in decades */

enum looks_class {
	LOOKS_ESTABLISHED,
	LOOKS_NEW,
	LOOKS_REFUSED,
	LOOKS_ASTRAY, /* spoofed, or for nobody there */
	LOOKS_CLASSES
};

/*
 * Of a hundred packets: conversations are long, and what is refused is mostly
 * strangers that knock.  What goes astray is an attack or a mistake.
 */
static const double shares[LOOKS_CLASSES] = {
    [LOOKS_ESTABLISHED] = 90,
    [LOOKS_NEW] = 6,
    [LOOKS_REFUSED] = 4,
};

static const struct {
	const char *name, *path;
} measured[] = {
    {"laptop", "laptop.akp"},
    {"server", "server.akp"},
    {"router", "router.akp"},
    {"jail-host", "jail-host.akp"},
    {"default", "default.akp"},
    {"home-lab", "../examples/home-lab/policy.akp"},
    {"ipv6-only", "../examples/ipv6-only/policy.akp"},
    {"jails", "../examples/jail-host/policy.akp"},
    {"public-net", "../examples/public-net/policy.akp"},
    {"house", "../examples/router/policy.akp"},
    {"two-uplinks", "../examples/two-uplinks/policy.akp"},
};

static const char *const class_names[LOOKS_CLASSES] = {
    [LOOKS_ESTABLISHED] = "established",
    [LOOKS_NEW] = "new",
    [LOOKS_REFUSED] = "refused",
    [LOOKS_ASTRAY] = "astray",
};

struct tally {
	uint64_t most, sum;
	size_t n;
	const char *pass; /* of the packet with the most */
	struct flow flow;
};

struct kind {
	int protocol;
	uint16_t source_port, target_port;
	unsigned type;
};

struct survey {
	struct arena *arena;
	const struct session *session;
	struct scene scene;
	VEC(struct kind) kinds;
	struct tally tallies[LOOKS_CLASSES];
};

static void
exhausted(void *context)
{
	(void)context;
	bench_die("out of memory");
}

static void
add_kind(struct survey *survey, struct kind kind)
{
	for (size_t i = 0; i < survey->kinds.n; i++)
		if (memcmp(&survey->kinds.v[i], &kind, sizeof(kind)) == 0)
			return;
	vec_push(survey->arena, &survey->kinds, kind);
}

static unsigned
first_type(const struct type_set *types)
{
	unsigned type = 0;

	while (type < 255 && !(types->bits[type / 64] >> type % 64 & 1))
		type++;
	return type;
}

static void
add_part(struct survey *survey, const struct service_part *part)
{
	struct kind kind;

	memset(&kind, 0, sizeof(kind));
	kind.protocol = part->protocol;
	if (part->protocol == PROTOCOL_TCP || part->protocol == PROTOCOL_UDP)
		kind.source_port = kind.target_port = PORT_FREE;
	if (part->has_types)
		kind.type = first_type(&part->types);
	if (part->source.n != 0)
		kind.source_port = part->source.v[0].lo;
	if (part->target.n != 0)
		kind.target_port = part->target.v[0].lo;
	add_kind(survey, kind);
}

static void
add_kinds(struct survey *survey)
{
	static const struct kind others[] = {
	    {PROTOCOL_TCP, PORT_FREE, NO_SERVICE_PORT, 0},
	    {PROTOCOL_UDP, PORT_FREE, NO_SERVICE_PORT, 0},
	    {PROTOCOL_ICMP, 0, 0, 8},
	    {PROTOCOL_ICMP6, 0, 0, 128},
	    {PROTOCOL_ICMP, 0, 0, NO_SERVICE_TYPE},
	    {PROTOCOL_ICMP6, 0, 0, NO_SERVICE_TYPE},
	    {PROTOCOL_EGP, 0, 0, 0},
	};
	const struct policy *policy = survey->session->policy;

	for (size_t i = 0; i < policy->rules.n; i++)
		for (size_t j = 0; j < policy->rules.v[i].parts.n; j++)
			add_part(survey, &policy->rules.v[i].parts.v[j]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		vec_push(survey->arena, &survey->kinds, others[i]);
}

static void
count(struct tally *tally, const struct flow *flow, uint64_t looked,
    const char *pass)
{
	if (looked > tally->most) {
		tally->most = looked;
		tally->flow = *flow;
		tally->pass = pass;
	}
	tally->sum += looked;
	tally->n++;
}

/* The in pass of PACKET alone. */
static uint64_t
play_in(struct survey *survey, const struct ipfw_packet *packet)
{
	struct ipfw_packet in = *packet;
	struct walk walk;

	in.card_out = NULL;
	scene_walk(&survey->scene, &in, &walk);
	return walk.looked;
}

/*
 * A walk has made states for its passes, so the in pass of a new flow is played
 * by itself first.  BEFORE, if there is one, begins the conversation.
 */
static void
count_passes(struct survey *survey, const struct flow *flow,
    const struct flow *before, const struct ipfw_packet *packet,
    enum looks_class class)
{
	struct scene *scene = &survey->scene;
	struct ipfw_packet first;
	struct walk walk;
	uint64_t in = 0;

	if (packet->card_in != NULL && packet->card_out != NULL) {
		scene_reset(scene);
		if (before != NULL) {
			first = scene_packet(before, 0);
			scene_play(scene, before, &first, before->to, &walk);
		}
		in = play_in(survey, packet);
		count(&survey->tallies[class], flow, in, "in");
	}
	scene_reset(scene);
	if (before != NULL) {
		first = scene_packet(before, 0);
		scene_play(scene, before, &first, before->to, &walk);
	}
	scene_walk(scene, packet, &walk);
	if (walk.looked > in)
		count(&survey->tallies[class], flow, walk.looked - in,
		    packet->card_out != NULL ? "out" : "in");
}

static enum looks_class
class_of(const struct meaning *meaning)
{
	if (meaning->verdict == VERDICT_ALLOW)
		return LOOKS_NEW;
	switch ((int)meaning->reason) {
	case MEANING_SPOOFED:
	case MEANING_HIDDEN:
	case MEANING_NOWHERE:
	case MEANING_ABSENT:
		return LOOKS_ASTRAY;
	default:
		return LOOKS_REFUSED;
	}
}

/* The answer of the far end, and what the near end says then. */
static void
play_established(struct survey *survey, const struct flow *flow)
{
	struct flow again = *flow, back = *flow;
	struct ipfw_packet packet;

	again.midway = back.midway = flow->protocol == PROTOCOL_TCP;
	packet = scene_packet(&again, 0);
	packet.card_in = scene_card(&survey->scene, flow->from);
	packet.card_out = scene_card(&survey->scene, flow->to);
	count_passes(survey, &again, flow, &packet, LOOKS_ESTABLISHED);
	back.from = flow->to;
	back.to = flow->from;
	back.source = flow->target;
	back.target = flow->source;
	back.source_port = flow->target_port;
	back.target_port = flow->source_port;
	if (flow->protocol == PROTOCOL_ICMP)
		back.type = 0;
	if (flow->protocol == PROTOCOL_ICMP6)
		back.type = 129;
	packet = scene_packet(&back, 0);
	packet.card_in = scene_card(&survey->scene, back.from);
	packet.card_out = scene_card(&survey->scene, back.to);
	count_passes(survey, &back, flow, &packet, LOOKS_ESTABLISHED);
}

static void
play_flow(struct survey *survey, const struct flow *flow)
{
	struct meaning meaning = scene_meaning(&survey->scene, flow);
	enum looks_class class = class_of(&meaning);
	struct ipfw_packet packet = scene_packet(flow, 0);
	endpoint reached = policy_test_reached(&meaning, flow);

	packet.card_in = scene_card(&survey->scene, flow->from);
	packet.card_out = scene_card(&survey->scene, reached);
	count_passes(survey, flow, NULL, &packet, class);
	/* What NAT translates has other addresses on its way back. */
	if (class == LOOKS_NEW && !meaning.stateless && !meaning.translated)
		play_established(survey, flow);
}

static struct samples
samples_of(
    const struct scene *scene, endpoint end, endpoint other, enum family family)
{
	struct samples samples = {.n = 0};

	if (end != ENDPOINT_SELF)
		return scene_samples(scene, end, family);
	if (scene_local(scene, other, family, &samples.v[0]))
		samples.n = 1;
	return samples;
}

static void
play_family(
    struct survey *survey, endpoint from, endpoint to, enum family family)
{
	struct samples sources = samples_of(&survey->scene, from, to, family);
	struct samples targets = samples_of(&survey->scene, to, from, family);

	for (size_t k = 0; k < survey->kinds.n; k++) {
		const struct kind *kind = &survey->kinds.v[k];
		struct flow flow = {
		    .from = from,
		    .to = to,
		    .family = family,
		    .protocol = kind->protocol,
		    .source_port = kind->source_port,
		    .target_port = kind->target_port,
		    .type = kind->type,
		};

		if (kind->protocol ==
		    (family == FAMILY_4 ? PROTOCOL_ICMP6 : PROTOCOL_ICMP))
			continue;
		for (size_t i = 0; i < sources.n; i++)
			for (size_t j = 0; j < targets.n; j++) {
				flow.source = sources.v[i];
				flow.target = targets.v[j];
				play_flow(survey, &flow);
			}
	}
}

static bool
is_there(const struct policy *policy, endpoint end)
{
	const struct zone *zone;

	if (end == ENDPOINT_SELF)
		return true;
	zone = policy_zone(policy, end);
	return zone->present && zone->role != ZONE_LOOPBACK;
}

static void
play_all(struct survey *survey)
{
	const struct policy *policy = survey->session->policy;
	bool six = survey->scene.flavour->ipv6;

	for (endpoint from = 0; from <= policy->zones.n; from++)
		for (endpoint to = 0; to <= policy->zones.n; to++) {
			if (from == to || !is_there(policy, from) ||
			    !is_there(policy, to))
				continue;
			play_family(survey, from, to, FAMILY_4);
			if (six)
				play_family(survey, from, to, FAMILY_6);
		}
}

static void
survey_open(struct survey *survey, const char *path, const char *nic,
    const char *flavour)
{
	struct pipeline_cost cost;

	*survey = (struct survey){.arena = arena_create(0, exhausted, NULL)};
	survey->session = pipeline_run(
	    survey->arena, path, nic, flavour, false, &cost);
	if (survey->session == NULL)
		bench_die(path);
	if (!scene_open(&survey->scene, survey->arena, survey->session->policy,
		NULL, survey->session->ruleset, run_flavour_find(flavour)))
		bench_die("the ruleset cannot be loaded");
	add_kinds(survey);
	play_all(survey);
}

static void
survey_close(struct survey *survey)
{
	scene_close(&survey->scene);
	arena_destroy(survey->arena);
}

static void
show_class(const struct survey *survey, enum looks_class class)
{
	const struct tally *tally = &survey->tallies[class];
	const struct policy *policy = survey->session->policy;
	const struct flow *flow = &tally->flow;
	struct ipfw_packet packet = scene_packet(flow, 0);
	struct buf text;

	if (tally->n == 0)
		return;
	buf_init(&text, survey->arena);
	packet_write_tuple(&text, &packet.tuple, " ");
	printf("%-12s most %2llu mean %4.1f of %zu: %s pass of %s to %s, %s "
	       "type %u\n",
	    class_names[class], (unsigned long long)tally->most,
	    (double)tally->sum / (double)tally->n, tally->n, tally->pass,
	    flow->from == ENDPOINT_SELF ? "self"
					: policy_zone(policy, flow->from)->name,
	    flow->to == ENDPOINT_SELF ? "self"
				      : policy_zone(policy, flow->to)->name,
	    text.p, flow->type);
}

static double
rounded_mean(double sum, double n)
{
	return (double)(uint64_t)(sum / n * 10 + 0.5) / 10;
}

static void
add_class(struct metrics *metrics, const char *name,
    const struct survey *survey, enum looks_class class)
{
	const struct tally *tally = &survey->tallies[class];

	if (tally->n == 0)
		return;
	metric_add(metrics, (double)tally->most, METRIC_RULES, 0,
	    "looked/policy/%s/%s/most", name, class_names[class]);
	metric_add(metrics, rounded_mean((double)tally->sum, (double)tally->n),
	    METRIC_RULES, 0, "looked/policy/%s/%s/mean", name,
	    class_names[class]);
}

static void
add_weighted(
    struct metrics *metrics, const char *name, const struct survey *survey)
{
	double sum = 0, share = 0;

	for (enum looks_class c = LOOKS_ESTABLISHED; c < LOOKS_CLASSES; c++) {
		const struct tally *tally = &survey->tallies[c];

		if (tally->n == 0)
			continue;
		sum += shares[c] * (double)tally->sum / (double)tally->n;
		share += shares[c];
	}
	metric_add(metrics, rounded_mean(sum, share), METRIC_RULES, 0,
	    "looked/policy/%s/weighted", name);
}

void
policies_measure(struct metrics *metrics, const char *policies)
{
	for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++) {
		struct survey survey;
		char path[256];

		snprintf(
		    path, sizeof(path), "%s/%s", policies, measured[i].path);
		survey_open(&survey, path, "em0", "freebsd");
		for (enum looks_class c = LOOKS_ESTABLISHED; c < LOOKS_CLASSES;
		     c++)
			add_class(metrics, measured[i].name, &survey, c);
		add_weighted(metrics, measured[i].name, &survey);
		survey_close(&survey);
	}
}

int
policies_show(const char *path, const char *nic, const char *flavour)
{
	struct survey survey;

	survey_open(&survey, path, nic, flavour);
	for (enum looks_class c = LOOKS_ESTABLISHED; c < LOOKS_CLASSES; c++)
		show_class(&survey, c);
	survey_close(&survey);
	return 0;
}
