/*
 * A rule is a row of conditions on cards, on addresses and on the rest, so the
 * three are tried apart and only what passes is put together.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/engine/run.h"
#include "tests/alter/classes.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define OFFSET 1480
#define USUAL_PORT 40000
#define SYN 0x02
#define ACK 0x10

enum group {
	GROUP_CARDS,
	GROUP_ADDRESSES,
	GROUP_REST,
};

/* Which of the two rules may match, as bits. */
#define BOTH 3u

struct part {
	unsigned mask;
	struct ipfw_packet packet; /* what the part says of it */
};

typedef VEC(struct part) parts;

struct matcher {
	struct ipfw_engine *engines[2]; /* NULL: everything */
	struct ipfw_host host;
};

static enum group
group_of(enum ipfw_op op)
{
	switch ((int)op) {
	case IPFW_IN:
	case IPFW_OUT:
	case IPFW_RECV:
	case IPFW_XMIT:
	case IPFW_VIA:
		return GROUP_CARDS;
	case IPFW_SRC:
	case IPFW_SRC_ME:
	case IPFW_SRC_ME6:
	case IPFW_SRC_TABLE:
	case IPFW_DST:
	case IPFW_DST_ME:
	case IPFW_DST_ME6:
	case IPFW_DST_TABLE:
		return GROUP_ADDRESSES;
	default:
		return GROUP_REST;
	}
}

/* State is no condition, and the way back depends on two groups. */
static bool
is_condition(enum ipfw_op op)
{
	return op != IPFW_KEEP_STATE && op != IPFW_LIMIT &&
	    op != IPFW_VERREVPATH;
}

static struct ipfw_engine *
engine_of(
    const struct classes *c, const struct ipfw_rule *rule, enum group group)
{
	struct ipfw_ruleset ruleset = *c->scene->ruleset;
	struct ipfw_rule only = {.number = 1, .verb = IPFW_ALLOW};
	struct ipfw_engine *engine;

	if (rule == NULL)
		return NULL;
	for (size_t i = 0; i < rule->insns.n; i++)
		if (is_condition(rule->insns.v[i].op) &&
		    group_of(rule->insns.v[i].op) == group)
			vec_push(c->arena, &only.insns, rule->insns.v[i]);
	ruleset.rules.v = &only;
	ruleset.rules.n = ruleset.rules.cap = 1;
	engine = ipfw_engine_create(c->scene->flavour, NULL);
	if (engine == NULL || ipfw_engine_load(engine, &ruleset) != IPFW_OK)
		abort();
	ipfw_engine_set_default(engine, false);
	return engine;
}

static struct matcher
matcher_open(const struct classes *c, const struct ipfw_rule *a,
    const struct ipfw_rule *b, enum group group)
{
	return (struct matcher){
	    {engine_of(c, a, group), engine_of(c, b, group)},
	    world_host(&c->scene->world)};
}

static void
matcher_close(struct matcher *m)
{
	for (size_t i = 0; i < 2; i++)
		if (m->engines[i] != NULL)
			ipfw_engine_destroy(m->engines[i]);
}

static unsigned
matcher_mask(const struct matcher *m, const struct ipfw_packet *packet)
{
	static const struct ipfw_resume start = {.how = IPFW_FROM_START};
	unsigned mask = 0;

	for (unsigned i = 0; i < 2; i++) {
		struct ipfw_outcome out;

		if (m->engines[i] == NULL)
			return BOTH;
		ipfw_engine_pass(
		    m->engines[i], &m->host, packet, &start, NULL, &out);
		mask |= (unsigned)(out.end == IPFW_END_ALLOW) << i;
	}
	return mask;
}

static void
cut(struct classes *c, enum family family, struct addr lo, struct addr hi)
{
	struct addr after = addr_next(hi);
	bool end = addr_compare(hi, addr_max(family)) == 0;

	if (family == FAMILY_4) {
		vec_push(c->arena, &c->v4, lo);
		if (!end)
			vec_push(c->arena, &c->v4, after);
	} else {
		vec_push(c->arena, &c->v6, lo);
		if (!end)
			vec_push(c->arena, &c->v6, after);
	}
}

static void
cut_set(struct classes *c, const struct addr_set *set)
{
	for (size_t i = 0; i < set->v4.n; i++)
		cut(c, FAMILY_4, set->v4.v[i].lo, set->v4.v[i].hi);
	for (size_t i = 0; i < set->v6.n; i++)
		cut(c, FAMILY_6, set->v6.v[i].lo, set->v6.v[i].hi);
}

static void
add_port(struct classes *c, unsigned port)
{
	uint16_t value = (uint16_t)port;

	for (size_t i = 0; i < c->ports.n; i++)
		if (c->ports.v[i] == value)
			return;
	if (port <= UINT16_MAX)
		vec_push(c->arena, &c->ports, value);
}

static void
cut_insn(struct classes *c, const struct ipfw_insn *insn)
{
	for (size_t i = 0; i < insn->n_prefixes; i++) {
		struct addr_range range = prefix_range(
		    insn->family, insn->prefixes[i]);

		cut(c, insn->family, range.lo, range.hi);
	}
	for (size_t i = 0; i < insn->n_ports; i++) {
		add_port(c, insn->ports[i].lo);
		add_port(c, insn->ports[i].hi);
		add_port(c, insn->ports[i].hi + 1u);
	}
}

static void
cut_rules(struct classes *c, const struct ipfw_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->rules.n; i++)
		for (size_t j = 0; j < ruleset->rules.v[i].insns.n; j++)
			cut_insn(c, &ruleset->rules.v[i].insns.v[j]);
	for (size_t i = 0; i < ruleset->tables.n; i++)
		for (size_t j = 0; j < ruleset->tables.v[i].entries.n; j++) {
			const char *key = ruleset->tables.v[i].entries.v[j].key;
			struct addr_range range;
			enum family family;
			int length;

			if (addr_parse(key, strlen(key), &family, &range,
				&length) == ADDR_OK)
				cut(c, family, range.lo, range.hi);
		}
}

static void
add_redirects(struct classes *c)
{
	const struct ipfw_ruleset *ruleset = c->scene->ruleset;

	add_port(c, USUAL_PORT);
	for (size_t i = 0; i < ruleset->nats.n; i++)
		for (size_t j = 0; j < ruleset->nats.v[i].redirects.n; j++) {
			const struct ipfw_redirect *r =
			    &ruleset->nats.v[i].redirects.v[j];

			cut(c, FAMILY_4, r->target, r->target);
			add_port(c, r->outside.lo);
			add_port(c, r->inside.lo);
		}
}

static void
add_cards(struct classes *c)
{
	vec_push(c->arena, &c->cards, NULL);
	vec_push(c->arena, &c->cards, "lo0");
	vec_push(c->arena, &c->cards, "zz9");
	for (size_t i = 0; i < c->scene->policy->zones.n; i++) {
		const struct scene_zone *zone = &c->scene->zones[i];

		for (size_t j = 0; j < zone->cards.n; j++)
			if (strcmp(zone->cards.v[j], "lo0") != 0)
				vec_push(c->arena, &c->cards, zone->cards.v[j]);
	}
}

static void *
copy_of(const struct classes *c, const void *v, size_t n, size_t size)
{
	void *copy = arena_calloc(c->arena, n + 1, size);

	if (n != 0)
		memcpy(copy, v, n * size);
	return copy;
}

static void
fold(struct classes *c, const struct ipfw_ruleset *other, enum side side)
{
	struct class_side *s = &c->sides[side];
	const struct scene *scene = c->scene;

	s->v4 = copy_of(c, c->v4.v, c->v4.n, sizeof(*s->v4));
	s->v6 = copy_of(c, c->v6.v, c->v6.n, sizeof(*s->v6));
	s->ports = copy_of(c, c->ports.v, c->ports.n, sizeof(*s->ports));
	s->n4 = kinds_fold_addresses(
	    scene, other, side, FAMILY_4, s->v4, c->v4.n);
	s->n6 = kinds_fold_addresses(
	    scene, other, side, FAMILY_6, s->v6, c->v6.n);
	s->n_ports = kinds_fold_ports(
	    scene->ruleset, other, side, s->ports, c->ports.n);
}

void
classes_init(struct classes *c, struct arena *arena, const struct scene *scene,
    const struct ipfw_ruleset *other)
{
	struct addr zero = {0, 0};

	*c = (struct classes){.arena = arena, .scene = scene};
	add_cards(c);
	cut(c, FAMILY_4, zero, addr_max(FAMILY_4));
	cut(c, FAMILY_6, zero, addr_max(FAMILY_6));
	cut_set(c, &scene->locality.local);
	cut_rules(c, scene->ruleset);
	cut_rules(c, other);
	add_redirects(c);
	fold(c, other, SIDE_SOURCE);
	fold(c, other, SIDE_TARGET);
	kinds_of_types(scene->ruleset, other, c->types);
}

static void
take(const struct classes *c, const struct matcher *m, parts *out,
    const struct ipfw_packet *packet)
{
	struct part part = {matcher_mask(m, packet), *packet};

	if (part.mask != 0)
		vec_push(c->arena, out, part);
}

static struct ipfw_packet
plain(void)
{
	struct ipfw_packet packet = {.ttl = 64, .length = 60, .id = 1};

	packet.tuple.family = FAMILY_4;
	packet.tuple.protocol = IPFW_PROTOCOL_TCP;
	return packet;
}

static unsigned
mask_of(const struct matcher *m, const char *in, const char *out)
{
	struct ipfw_packet packet = plain();

	packet.card_in = in;
	packet.card_out = out;
	return in != NULL || out != NULL ? matcher_mask(m, &packet) : 0;
}

/* A packet that may go on to a card that a rule asks for stays, too. */
static void
take_cards(const struct classes *c, const struct matcher *m, parts *out)
{
	for (size_t i = 0; i < c->cards.n; i++) {
		size_t first = out->n;
		unsigned any = 0;

		for (size_t j = 0; j < c->cards.n; j++) {
			struct part part = {.packet = plain()};

			part.packet.card_in = c->cards.v[i];
			part.packet.card_out = c->cards.v[j];
			part.mask = mask_of(m, c->cards.v[i], c->cards.v[j]);
			if (i != 0)
				part.mask |= mask_of(m, c->cards.v[i], NULL);
			any |= part.mask;
			vec_push(c->arena, out, part);
		}
		if (i != 0)
			out->v[first].mask = any;
		else
			out->v[first].mask = 0;
	}
}

static void
take_addresses(const struct classes *c, const struct matcher *m,
    enum family family, parts *out)
{
	const struct class_side *from = &c->sides[SIDE_SOURCE];
	const struct class_side *to = &c->sides[SIDE_TARGET];
	bool four = family == FAMILY_4;

	for (size_t i = 0; i < (four ? from->n4 : from->n6); i++)
		for (size_t j = 0; j < (four ? to->n4 : to->n6); j++) {
			struct ipfw_packet packet = plain();

			packet.tuple.family = family;
			packet.tuple.source = four ? from->v4[i] : from->v6[i];
			packet.tuple.target = four ? to->v4[j] : to->v6[j];
			take(c, m, out, &packet);
		}
}

static void
take_ports(const struct classes *c, const struct matcher *m, uint8_t protocol,
    enum family family, uint8_t flags, parts *out)
{
	const struct class_side *from = &c->sides[SIDE_SOURCE];
	const struct class_side *to = &c->sides[SIDE_TARGET];

	for (size_t i = 0; i < from->n_ports; i++)
		for (size_t j = 0; j < to->n_ports; j++) {
			struct ipfw_packet packet = plain();

			packet.tuple.family = family;
			packet.tuple.protocol = protocol;
			packet.tuple.source_port = from->ports[i];
			packet.tuple.target_port = to->ports[j];
			packet.tcp_flags = flags;
			take(c, m, out, &packet);
		}
}

static void
take_types(const struct classes *c, const struct matcher *m, uint8_t protocol,
    enum family family, parts *out)
{
	for (unsigned i = 0; i < 256; i++) {
		struct ipfw_packet packet = plain();

		packet.tuple.family = family;
		packet.tuple.protocol = protocol;
		packet.icmp_type = (uint8_t)i;
		if (c->types[i])
			take(c, m, out, &packet);
	}
}

static void
take_plain(const struct classes *c, const struct matcher *m, uint8_t protocol,
    enum family family, uint16_t offset, parts *out)
{
	struct ipfw_packet packet = plain();

	packet.tuple.family = family;
	packet.tuple.protocol = protocol;
	packet.offset = offset;
	take(c, m, out, &packet);
}

static void
take_rest(const struct classes *c, const struct matcher *m, enum family family,
    parts *out)
{
	static const uint8_t protocols[] = {
	    IPFW_PROTOCOL_TCP, IPFW_PROTOCOL_UDP, IPFW_PROTOCOL_ESP};

	take_ports(c, m, IPFW_PROTOCOL_TCP, family, SYN, out);
	take_ports(c, m, IPFW_PROTOCOL_TCP, family, ACK, out);
	take_ports(c, m, IPFW_PROTOCOL_UDP, family, 0, out);
	take_types(c, m,
	    family == FAMILY_4 ? IPFW_PROTOCOL_ICMP : IPFW_PROTOCOL_ICMP6,
	    family, out);
	take_plain(c, m, IPFW_PROTOCOL_ESP, family, 0, out);
	for (size_t i = 0; i < COUNT(protocols); i++)
		take_plain(c, m, protocols[i], family, OFFSET, out);
}

static void
find_parts(const struct classes *c, const struct ipfw_rule *a,
    const struct ipfw_rule *b, parts out[3])
{
	for (enum group group = GROUP_CARDS; group <= GROUP_REST; group++) {
		struct matcher m = matcher_open(c, a, b, group);

		if (group == GROUP_CARDS) {
			take_cards(c, &m, &out[group]);
		} else if (group == GROUP_ADDRESSES) {
			take_addresses(c, &m, FAMILY_4, &out[group]);
			take_addresses(c, &m, FAMILY_6, &out[group]);
		} else {
			take_rest(c, &m, FAMILY_4, &out[group]);
			take_rest(c, &m, FAMILY_6, &out[group]);
		}
		matcher_close(&m);
	}
}

static struct ipfw_packet
put_together(
    const struct part *cards, const struct part *ends, const struct part *rest)
{
	struct ipfw_packet packet = rest->packet;

	packet.card_in = cards->packet.card_in;
	packet.card_out = cards->packet.card_out;
	packet.tuple.source = ends->packet.tuple.source;
	packet.tuple.target = ends->packet.tuple.target;
	return packet;
}

/* Those of one card that it comes in by stand together, staying first. */
static bool
each_card(const parts *cards, const struct part *ends, const struct part *rest,
    enum visited (*visit)(void *context, const struct ipfw_packet *packet),
    void *context)
{
	unsigned mask = ends->mask & rest->mask;
	const char *refused = "";

	for (size_t i = 0; i < cards->n; i++) {
		const struct part *card = &cards->v[i];
		struct ipfw_packet packet;
		enum visited visited;

		if (!(card->mask & mask) || card->packet.card_in == refused)
			continue;
		packet = put_together(card, ends, rest);
		visited = visit(context, &packet);
		if (visited == VISITED_STOP)
			return false;
		if (visited == VISITED_REFUSED)
			refused = packet.card_in;
	}
	return true;
}

bool
classes_each(const struct classes *c, const struct ipfw_rule *a,
    const struct ipfw_rule *b,
    enum visited (*visit)(void *context, const struct ipfw_packet *packet),
    void *context)
{
	parts p[3] = {{0}, {0}, {0}};
	size_t step;

	find_parts(c, a, b, p);
	step = 1;
	if (c->most != 0)
		step += p[0].n * p[1].n * p[2].n / c->most;
	for (size_t j = 0; j < p[1].n; j++)
		for (size_t k = j % step; k < p[2].n; k += step)
			if (p[1].v[j].packet.tuple.family ==
				p[2].v[k].packet.tuple.family &&
			    !each_card(
				&p[0], &p[1].v[j], &p[2].v[k], visit, context))
				return false;
	return true;
}
