/*
 * From what a rule matches, in words of zones and sets, to instructions.
 *
 * A match that is larger than ipfw takes is split into several rules, or its
 * addresses go into a table.  Nothing is ever left out: what can be neither
 * split nor tabled is an error.
 */
#include "target/ipfw/lower/private.h"
#include "target/ipfw/size.h"

struct pieces {
	const struct match *match;
	struct verb verb;
	enum section_id section;
	const char *comment;
	const struct spans *origins;
};

struct match
match_any(void)
{
	return (struct match){.protocol = PROTOCOL_ANY};
}

void
match_types(struct match *match, const struct ir_match *from)
{
	match->has_types = from->types != NULL;
	if (from->types != NULL)
		match->types = *from->types;
}

struct verb
verb_plain(enum ipfw_verb verb)
{
	return (struct verb){.verb = verb};
}

struct verb
verb_deny(bool log)
{
	return (struct verb){.verb = IPFW_DENY, .log = log};
}

struct verb
verb_jump(const struct label *label)
{
	return (struct verb){.verb = IPFW_SKIPTO, .jump = label};
}

struct verb
verb_jump_table(void)
{
	return (struct verb){.verb = IPFW_SKIPTO, .argument = IPFW_TABLEARG};
}

struct verb
verb_anchor(void)
{
	return (struct verb){.verb = IPFW_SKIPTO, .argument = ANCHOR_NAT_OUT};
}

struct side
side_of(struct addr_set set)
{
	return (struct side){.has_set = true, .set = set};
}

struct side
side_not(struct addr_set set)
{
	return (struct side){.has_set = true, .set = set, .negated = true};
}

struct side
side_me(void)
{
	return (struct side){.me = true};
}

static enum family
match_families(const struct lower *l, const struct match *match)
{
	enum family families = match->families;

	if (families == FAMILY_NONE)
		families = FAMILY_BOTH;
	if (!l->flavour->ipv6)
		families &= FAMILY_4;
	if (match->protocol == PROTOCOL_ICMP)
		families &= FAMILY_4;
	if (match->protocol == PROTOCOL_ICMP6)
		families &= FAMILY_6;
	return families;
}

/* The families that a side leaves open: a list of one family names it. */
static enum family
side_families(const struct side *side, enum family families)
{
	if (!side->has_set || side->me || side->negated)
		return families;
	return families & addr_set_families(&side->set);
}

/* A rule for all of ICMPv6 has nothing in it that keeps IPv4 out. */
static bool
is_of_ipv6(const struct lower *l, const struct match *match)
{
	enum family families = match_families(l, match);

	if (match->protocol == PROTOCOL_ICMP6 && !match->has_types)
		families = FAMILY_BOTH;
	families = side_families(&match->source, families);
	families = side_families(&match->target, families);
	return families == FAMILY_6;
}

/*
 * A state runs its rule's action for replies too, and a reply of IPv4 that ran
 * `allow` would leave with its private source (tests/vectors/lowering/S4): it
 * goes on to outbound NAT.  IPv6 has none, nor has a policy that never asks
 * for any.
 */
struct verb
lower_accept(const struct lower *l, const struct match *match)
{
	if (is_of_ipv6(l, match) || !policy_has_nat(l->policy))
		return verb_plain(IPFW_ALLOW);
	return verb_anchor();
}

static bool
operand_tells(const struct operand *operand, enum family family)
{
	if (operand->me || operand->negated)
		return false;
	if (operand->table != NULL)
		return true;
	if (family == FAMILY_4)
		return operand->v4.n != 0 && operand->v6.n == 0 &&
		    !operand->me6;
	return (operand->v6.n != 0 || operand->me6) && operand->v4.n == 0;
}

static void
size_error(struct lower *l, const struct pieces *p, enum diag_code code,
    const char *what)
{
	struct span at = p->origins != NULL && p->origins->n != 0
	    ? p->origins->v[0]
	    : SPAN_NONE;
	struct diag *diag = diag_add(l->diags, code, at, "%s", what);

	diag_help(l->diags, diag, "write it as several rules");
	l->failed = true;
}

static void
emit(struct lower *l, const struct pieces *p, enum family families,
    const struct operand *source, const struct operand *target,
    struct port_set source_ports, struct port_set target_ports)
{
	struct ipfw_rule rule = {
	    .verb = p->verb.verb,
	    .argument = p->verb.argument,
	    .log = p->verb.log,
	    .comment = l->flavour->comments ? p->comment : NULL,
	    .insns = insn_draft_begin(l),
	};
	bool told = operand_tells(source, families) ||
	    operand_tells(target, families);
	bool name_protocol;

	if (p->origins != NULL && p->origins->n != 0)
		rule.origin = p->origins->v[0];
	rule.origins = p->origins;
	name_protocol = insn_put_protocol(l, &rule, p->match, families, told);
	insn_put_operand(l, &rule, true, source);
	insn_put_ports(l, &rule, IPFW_SRC_PORTS, source_ports);
	insn_put_operand(l, &rule, false, target);
	insn_put_ports(l, &rule, IPFW_DST_PORTS, target_ports);
	insn_put_options(l, &rule, p->match, name_protocol);
	rule.insns = insn_draft_end(l, rule.insns);
	if (ipfw_rule_words(&rule) > IPFW_RULE_WORDS_MAX)
		size_error(l, p, E_RULE_SIZE,
		    "this makes a rule that is larger than ipfw takes");
	section_append(l, p->section, &rule, p->verb.jump, 0);
}

static struct addr_set
only_families(const struct addr_set *set, enum family families)
{
	struct addr_set result = *set;

	if (!(families & FAMILY_4))
		result.v4.n = 0;
	if (!(families & FAMILY_6))
		result.v6.n = 0;
	return result;
}

static struct operand
operand_of(struct lower *l, const struct side *side, enum family families,
    struct span origin)
{
	struct operand out = {.negated = side->negated};
	struct addr_set set;

	out.me = side->me && families != FAMILY_6;
	out.me6 = side->me && families == FAMILY_6;
	out.table = side->table;
	if (!side->has_set)
		return out;
	set = only_families(&side->set, families);
	out.v4 = addr_set_prefixes(l->arena, &set, FAMILY_4);
	out.v6 = addr_set_prefixes(l->arena, &set, FAMILY_6);
	if (!l->flavour->tables ||
	    (out.v4.n <= l->flavour->list_max &&
		out.v6.n <= l->flavour->list_max / 2))
		return out;
	out.table = table_for(l, &set, origin);
	out.v4.n = out.v6.n = 0;
	return out;
}

static struct port_set
ports_chunk(struct port_set ports, size_t at)
{
	struct port_set chunk = {ports.v + at, ports.n - at};

	if (chunk.n > IPFW_PORTS_MAX)
		chunk.n = IPFW_PORTS_MAX;
	return ports.n == 0 ? ports : chunk;
}

static void
put_port_chunks(struct lower *l, const struct pieces *p, enum family families,
    const struct operand *source, const struct operand *target)
{
	const struct match *m = p->match;
	size_t i = 0, j;

	if (m->limit != 0 &&
	    (m->source_ports.n > IPFW_PORTS_MAX ||
		m->target_ports.n > IPFW_PORTS_MAX)) {
		size_error(l, p, E_LIMIT_SPLIT,
		    "a limit counts within one rule, and ipfw takes 30 ports "
		    "or ranges in one");
		return;
	}
	do {
		j = 0;
		do {
			emit(l, p, families, source, target,
			    ports_chunk(m->source_ports, i),
			    ports_chunk(m->target_ports, j));
			j += IPFW_PORTS_MAX;
		} while (j < m->target_ports.n);
		i += IPFW_PORTS_MAX;
	} while (i < m->source_ports.n);
}

static struct prefixes
prefixes_chunk(struct prefixes list, size_t at, size_t max)
{
	struct prefixes chunk = {list.v + at, list.n - at};

	if (chunk.n > max)
		chunk.n = max;
	return list.n == 0 ? list : chunk;
}

/* Where there are no tables, a long list becomes several rules. */
static void
put_address_chunks(struct lower *l, const struct pieces *p,
    enum family families, struct operand source, struct operand target)
{
	const struct prefixes from = source.v4, to = target.v4;
	size_t max = l->flavour->list_max, i = 0, j;

	if ((from.n > max || to.n > max) &&
	    (p->match->limit != 0 || source.negated || target.negated)) {
		size_error(l, p, E_LIMIT_SPLIT,
		    "this flavour has no tables, and the list does not fit "
		    "into one rule");
		return;
	}
	do {
		source.v4 = prefixes_chunk(from, i, max);
		j = 0;
		do {
			target.v4 = prefixes_chunk(to, j, max);
			put_port_chunks(l, p, families, &source, &target);
			j += max;
		} while (j < to.n);
		i += max;
	} while (i < from.n);
}

/* The caller's list may be on its stack. */
static const struct spans *
keep(struct lower *l, const struct spans *origins)
{
	struct spans *kept;

	if (origins == NULL)
		return NULL;
	kept = arena_new(l->arena, struct spans);
	*kept = *origins;
	return kept;
}

/* The most words that a side of a rule takes, see size.c. */
static size_t
side_words(struct lower *l, const struct side *side)
{
	size_t max = l->flavour->list_max, four, six;

	if (!side->has_set)
		return 2;
	four = addr_set_prefixes(l->arena, &side->set, FAMILY_4).n;
	six = addr_set_prefixes(l->arena, &side->set, FAMILY_6).n;
	if (!l->flavour->lists)
		return 2 + 3 * (four < max ? four : max);
	if (four > max || six > max / 2)
		return 4;
	return 4 + 2 * four + 8 * six;
}

static size_t
ports_words(const struct port_set *ports)
{
	return 1 + (ports->n < IPFW_PORTS_MAX ? ports->n : IPFW_PORTS_MAX);
}

/* How many cards fit beside the rest of a match, each of six words. */
static size_t
cards_max(struct lower *l, const struct match *match)
{
	size_t used = 48 + side_words(l, &match->source) +
	    side_words(l, &match->target) + ports_words(&match->source_ports) +
	    ports_words(&match->target_ports);

	if (used + 12 > IPFW_RULE_WORDS_MAX)
		return 1;
	return (IPFW_RULE_WORDS_MAX - used) / 12;
}

/* Move zones from LEFT to CHUNK until a rule holds no more of their cards. */
static struct endpoint_set
cards_chunk(const struct lower *l, struct endpoint_set *left, size_t max)
{
	struct endpoint_set chunk = {{0, 0}};
	size_t cards = 0;

	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		if (!endpoint_set_has(left, e))
			continue;
		cards += lower_zone(l, e)->cards.n;
		if (cards > max && !endpoint_set_empty(&chunk))
			break;
		endpoint_set_add(&chunk, e);
		endpoint_set_remove(left, e);
	}
	return chunk;
}

static void
put_whole(struct lower *l, struct pieces *p, const struct match *match)
{
	enum family families = match_families(l, match);
	struct span at = p->origins != NULL && p->origins->n != 0
	    ? p->origins->v[0]
	    : SPAN_NONE;
	struct operand source, target;

	families = side_families(&match->source, families);
	families = side_families(&match->target, families);
	if (families == FAMILY_NONE)
		return;
	p->match = match;
	source = operand_of(l, &match->source, families, at);
	target = operand_of(l, &match->target, families, at);
	if (l->flavour->tables)
		put_port_chunks(l, p, families, &source, &target);
	else
		put_address_chunks(l, p, families, source, target);
}

/* Cards that are many are named by a table. */
static struct match
with_tables(struct lower *l, const struct match *match)
{
	static const struct endpoint_set none = {{0, 0}};
	struct match result = *match;

	result.recv_table = match->recv_table != NULL
	    ? match->recv_table
	    : cards_table(l, &match->recv);
	if (result.recv_table != NULL)
		result.recv = none;
	result.xmit_table = match->xmit_table != NULL
	    ? match->xmit_table
	    : cards_table(l, &match->xmit);
	if (result.xmit_table != NULL)
		result.xmit = none;
	return result;
}

/* Too many cards for one rule become several; a limit counts in one alone. */
static void
put_card_chunks(struct lower *l, struct pieces *p, const struct match *match)
{
	struct match part = with_tables(l, match);
	struct endpoint_set recv = part.recv, all = part.xmit, xmit;
	struct endpoint_set none = {{0, 0}};
	size_t max = cards_max(l, match);

	if (match->limit != 0) {
		put_whole(l, p, &part);
		return;
	}
	do {
		part.recv = cards_chunk(l, &recv, max);
		xmit = all;
		do {
			part.xmit = cards_chunk(l, &xmit, max);
			put_whole(l, p, &part);
		} while (!endpoint_set_equal(&xmit, &none));
	} while (!endpoint_set_equal(&recv, &none));
}

static bool
is_long_not(struct lower *l, const struct side *side)
{
	return side->negated && side->has_set &&
	    addr_set_prefixes(l->arena, &side->set, FAMILY_4).n > 1;
}

/* What is in the list jumps over the rule. */
static void
jump_list(struct lower *l, const struct pieces *p, const struct match *match,
    struct side source, struct side target, const struct label *after)
{
	struct pieces jump = *p;
	struct match listed = match_any();

	source.negated = target.negated = false;
	listed.source = source;
	listed.target = target;
	listed.direction = match->direction;
	listed.recv = match->recv;
	listed.xmit = match->xmit;
	jump.verb = verb_jump(after);
	put_card_chunks(l, &jump, &listed);
}

/*
 * Where an operand is one address, "none of a list" cannot be said: what is
 * in the list jumps over the rule instead.
 */
static void
put_around(struct lower *l, struct pieces *p, const struct match *match)
{
	static const struct side any = {0};
	struct label *after = arena_new(l->arena, struct label);
	struct match rest = *match;

	if (is_long_not(l, &match->source)) {
		jump_list(l, p, match, match->source, any, after);
		rest.source = any;
	}
	if (is_long_not(l, &match->target)) {
		jump_list(l, p, match, any, match->target, after);
		rest.target = any;
	}
	put_card_chunks(l, p, &rest);
	label_place(l, p->section, after);
}

static void
put_fitting(struct lower *l, struct pieces *p, const struct match *match)
{
	if (!l->flavour->lists &&
	    (is_long_not(l, &match->source) || is_long_not(l, &match->target)))
		put_around(l, p, match);
	else
		put_card_chunks(l, p, match);
}

/* Which families the side has all addresses of. */
static enum family
side_full(const struct side *side)
{
	if (!side->has_set || side->negated)
		return FAMILY_NONE;
	return addr_set_full(&side->set);
}

/* The side in one family, without a condition if all of it is meant. */
static struct side
side_in(const struct side *side, enum family family)
{
	struct side result = *side;

	if (side_full(side) & family)
		return (struct side){0};
	if (result.has_set && !result.negated)
		result.set = only_families(&result.set, family);
	return result;
}

static bool
side_says_nothing(const struct side *side)
{
	return side->has_set && !side->me && !side->negated &&
	    addr_set_empty(&side->set);
}

/*
 * ipfw(8) takes 0.0.0.0/0 for "any", which is IPv6 too: a list that holds a
 * whole family is a rule of that family without the list.
 */
static void
put_families(struct lower *l, struct pieces *p, const struct match *match)
{
	static const enum family families[] = {FAMILY_4, FAMILY_6};
	enum family have = match_families(l, match);

	if ((side_full(&match->source) | side_full(&match->target)) ==
	    FAMILY_NONE) {
		put_fitting(l, p, match);
		return;
	}
	for (size_t f = 0; f < 2; f++) {
		struct match one = *match;

		one.families = families[f];
		one.source = side_in(&match->source, families[f]);
		one.target = side_in(&match->target, families[f]);
		if ((have & families[f]) && !side_says_nothing(&one.source) &&
		    !side_says_nothing(&one.target))
			put_fitting(l, p, &one);
	}
}

void
lower_put(struct lower *l, enum section_id section, struct verb verb,
    const struct match *match, const struct spans *origins, const char *note)
{
	struct pieces p = {
	    .verb = verb,
	    .section = section,
	    .origins = keep(l, origins),
	    .comment = lower_comment(l, origins, note),
	};

	put_families(l, &p, match);
}

/* The link's own addresses and those of its groups (RFC 4291). */
const char *const lower_link_scope[] = {"fe80::/10", "ff02::/16", NULL};

struct addr_set
lower_join(struct lower *l, struct addr_set a, struct addr_set b)
{
	return addr_set_union(l->arena, &a, &b);
}

struct addr_set
lower_nets(struct lower *l, const char *const *texts)
{
	struct addr_set result = {0};

	for (; *texts != NULL; texts++) {
		enum family family;
		struct addr_range range;
		struct addr_set one;
		size_t n = 0;
		int length;

		while ((*texts)[n] != '\0')
			n++;
		if (addr_parse(*texts, n, &family, &range, &length) != ADDR_OK)
			continue;
		one = addr_set_of(l->arena, family, range);
		result = addr_set_union(l->arena, &result, &one);
	}
	return result;
}
