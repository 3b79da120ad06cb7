/*
 * The order of the variables: cards first, for a ruleset is dispatched by
 * them, then protocol, addresses, and ports behind them.  What is asked of
 * addresses alone, as nearly all conditions of a zone are, then ends before
 * the many hosts that rules tell apart.
 */
#include <string.h>

#include "prove/space.h"

#define CARDS_TRIED 200
#define TCP_SYN 0x02
#define TCP_ACK 0x10

static struct field
take(struct space *space, unsigned width)
{
	struct field field = {space->n_variables, width};

	space->n_variables += width;
	return field;
}

static bool
has_card(const struct space *space, const char *name)
{
	for (size_t i = 1; i < space->cards.n; i++)
		if (strcmp(space->cards.v[i], name) == 0)
			return true;
	return false;
}

static void
add_card(struct space *space, const char *name)
{
	if (strlen(name) <= IPFW_NAME_MAX && !has_card(space, name))
		vec_push(space->arena, &space->cards, name);
}

static bool
is_pattern(const char *name)
{
	return strpbrk(name, "*?[") != NULL;
}

static bool
is_named(const struct space *space, const struct ipfw_ruleset *ruleset,
    const char *name)
{
	if (has_card(space, name))
		return true;
	for (size_t i = 0; i < ruleset->rules.n; i++) {
		const struct ipfw_rule *rule = &ruleset->rules.v[i];

		for (size_t j = 0; j < rule->insns.n; j++)
			if (rule->insns.v[j].text != NULL &&
			    strcmp(rule->insns.v[j].text, name) == 0)
				return true;
	}
	return false;
}

/* A card that PATTERN matches and that nobody names. */
static void
add_example(struct space *space, const struct ipfw_ruleset *ruleset,
    const char *pattern)
{
	int stem = (int)strcspn(pattern, "*?[");

	for (unsigned i = 0; i < CARDS_TRIED; i++) {
		const char *name = arena_printf(space->arena, "%.*s%u",
		    stem != 0 ? stem : 3, stem != 0 ? pattern : "any", i);

		if (has_card(space, name))
			return;
		if (is_named(space, ruleset, name))
			continue;
		add_card(space, name);
		return;
	}
}

static void
add_either(struct space *space, const struct ipfw_ruleset *ruleset,
    const char *pattern)
{
	if (is_pattern(pattern))
		add_example(space, ruleset, pattern);
	else
		add_card(space, pattern);
}

static bool
is_card_insn(const struct ipfw_insn *insn)
{
	return (insn->op == IPFW_RECV || insn->op == IPFW_XMIT ||
		   insn->op == IPFW_VIA) &&
	    !insn->is_table && insn->text != NULL;
}

/* Exact names first: an example must be nobody's own name. */
static void
find_cards(struct space *space, const struct ipfw_ruleset *ruleset)
{
	vec_push(space->arena, &space->cards, NULL);
	add_card(space, "lo0");
	for (int patterns = 0; patterns < 2; patterns++) {
		for (size_t i = 0; i < space->policy->zones.n; i++) {
			const struct zone *zone = &space->policy->zones.v[i];

			for (size_t j = 0; j < zone->cards.n; j++)
				if (zone->cards.v[j].wildcard == patterns)
					add_either(space, ruleset,
					    zone->cards.v[j].pattern);
		}
		for (size_t i = 0; i < ruleset->rules.n; i++) {
			const struct ipfw_rule *rule = &ruleset->rules.v[i];

			for (size_t j = 0; j < rule->insns.n; j++) {
				const struct ipfw_insn *insn =
				    &rule->insns.v[j];

				if (is_card_insn(insn) &&
				    is_pattern(insn->text) == patterns)
					add_either(space, ruleset, insn->text);
			}
		}
	}
	add_example(space, ruleset, "other*");
}

static void
find_zones(struct space *space)
{
	space->zones = arena_calloc(
	    space->arena, space->cards.n, sizeof(*space->zones));
	for (size_t i = 1; i < space->cards.n; i++)
		space->zones[i] = policy_card_zones(
		    space->policy, space->cards.v[i]);
}

/*
 * What tells fewer hosts apart comes first: below the other all of its
 * conditions would be asked once for each of these.
 */
static bool
has_more_sources(const struct space *space)
{
	size_t sources = 0, targets = 0;

	for (size_t i = 0; i < space->policy->rules.n; i++) {
		const struct policy_rule *rule = &space->policy->rules.v[i];

		if (rule->has_source)
			sources +=
			    addr_set_ranges(&rule->source, space->family)->n;
		if (rule->has_target)
			targets +=
			    addr_set_ranges(&rule->target, space->family)->n;
	}
	return sources > targets;
}

static void
take_ends(struct space *space, bool services_first)
{
	unsigned address = space->family == FAMILY_4 ? 32 : 128;

	if (services_first || has_more_sources(space)) {
		space->target = take(space, address);
		space->source = take(space, address);
	} else {
		space->source = take(space, address);
		space->target = take(space, address);
	}
	if (!services_first)
		space->target_port = take(space, 16);
}

void
space_init(struct space *space, const struct prove_request *request,
    struct bdd *bdd, enum family family)
{
	unsigned cards = 1;

	*space = (struct space){
	    .arena = request->arena,
	    .bdd = bdd,
	    .policy = request->policy,
	    .family = family,
	    .reassembles = request->flavour->reass,
	    .logs = request->logs,
	};
	find_cards(space, request->ruleset);
	find_zones(space);
	while ((size_t)1 << cards < space->cards.n)
		cards++;
	space->later = take(space, 1);
	space->recv = take(space, cards);
	space->xmit = take(space, cards);
	space->protocol = take(space, 8);
	if (request->services_first)
		space->target_port = take(space, 16);
	space->type = take(space, 8);
	space->flags = take(space, 6);
	space->target_local = take(space, 1);
	space->source_local = take(space, 1);
	take_ends(space, request->services_first);
	space->source_port = take(space, 16);
}

bdd_ref
space_card(const struct space *space, struct field field, size_t number)
{
	return encode_number(space->bdd, field, number);
}

bdd_ref
space_bit(const struct space *space, struct field field)
{
	return encode_number(space->bdd, field, 1);
}

bdd_ref
space_protocol(const struct space *space, unsigned protocol)
{
	return encode_range(space->bdd, space->protocol, protocol,
	    protocol <= 255 ? protocol : 0);
}

bdd_ref
space_has_ports(const struct space *space)
{
	bdd_ref either = bdd_or(space->bdd, space_protocol(space, PROTOCOL_TCP),
	    space_protocol(space, PROTOCOL_UDP));

	return bdd_choose(
	    space->bdd, space_bit(space, space->later), BDD_FALSE, either);
}

bdd_ref
space_prefix(const struct space *space, struct field field, const char *text)
{
	struct addr_range range;
	enum family family;
	int length;

	if (addr_parse(text, strlen(text), &family, &range, &length) !=
		ADDR_OK ||
	    family != space->family)
		return BDD_FALSE;
	return encode_ranges(space->bdd, field, &range, 1);
}

bdd_ref
space_prefixes(
    const struct space *space, struct field field, const char *const *texts)
{
	bdd_ref set = BDD_FALSE;

	for (; *texts != NULL; texts++)
		set = bdd_or(
		    space->bdd, set, space_prefix(space, field, *texts));
	return set;
}

bdd_ref
space_setup(const struct space *space)
{
	struct addr_range v[64];
	size_t n = 0;

	for (unsigned flags = 0; flags < 64; flags++)
		if ((flags & TCP_SYN) != 0 && (flags & TCP_ACK) == 0)
			v[n++] = (struct addr_range){{0, flags}, {0, flags}};
	return encode_ranges(space->bdd, space->flags, v, n);
}

bool
decision_refuses(struct decision decision)
{
	return decision.verdict == DECISION_DENY ||
	    decision.verdict == DECISION_REJECT;
}

uint32_t
decision_pack(struct decision d)
{
	if (decision_refuses(d))
		d.limit = d.log;
	return (uint32_t)d.verdict | (uint32_t)d.stateful << 3 |
	    (uint32_t)d.parent << 4 | (uint32_t)d.nat << 8 |
	    (uint32_t)d.limit << 16;
}

struct decision
decision_unpack(uint32_t value)
{
	struct decision d = {
	    .verdict = (enum decision_verdict)(value & 7),
	    .stateful = (value >> 3 & 1) != 0,
	    .parent = value >> 4 & 15,
	    .nat = value >> 8 & 255,
	    .limit = value >> 16,
	};

	if (decision_refuses(d)) {
		d.log = d.limit != 0;
		d.limit = 0;
	}
	return d;
}

bdd_ref
space_decision(const struct space *space, struct decision decision)
{
	return bdd_value(space->bdd, decision_pack(decision));
}

bdd_ref
space_verdict(const struct space *space, enum decision_verdict verdict)
{
	return space_decision(space, (struct decision){.verdict = verdict});
}
