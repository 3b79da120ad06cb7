/*
 * Alterations are such as a slip of the pen makes: what stands there is another
 * action, number, address, card, port, direction, state or protocol.
 */
#include <string.h>

#include "sema/catalogue.h"
#include "tests/alter/alter.h"

struct maker {
	struct arena *arena;
	const struct ipfw_ruleset *ruleset;
	const struct ipfw_rule *rule;
	alterations out;
};

/* A copy of the rule, whose instructions may be changed. */
static struct ipfw_rule
copy_of(struct maker *m)
{
	struct ipfw_rule copy = *m->rule;

	copy.insns.v = NULL;
	copy.insns.n = copy.insns.cap = 0;
	for (size_t i = 0; i < m->rule->insns.n; i++)
		vec_push(m->arena, &copy.insns, m->rule->insns.v[i]);
	return copy;
}

static void
put(struct maker *m, const char *what, const struct ipfw_rule *rule)
{
	struct alteration a = {.what = what, .rule = *rule};

	vec_push(m->arena, &m->out, a);
}

static void
put_verb(struct maker *m, const char *what, enum ipfw_verb verb)
{
	struct ipfw_rule rule = copy_of(m);

	if (rule.verb == verb)
		return;
	rule.verb = verb;
	rule.argument = 0;
	put(m, what, &rule);
}

static void
put_argument(struct maker *m, const char *what, uint32_t argument)
{
	struct ipfw_rule rule = copy_of(m);

	rule.argument = argument;
	put(m, what, &rule);
}

/* The numbers of rules that come next to the target of a jump. */
static void
put_jumps(struct maker *m)
{
	uint32_t further = 0, nearer = 0, to = m->rule->argument;

	for (size_t i = 0; i < m->ruleset->rules.n; i++) {
		uint32_t number = m->ruleset->rules.v[i].number;

		if (number > to && further == 0)
			further = number;
		if (number < to && number > m->rule->number)
			nearer = number;
	}
	if (further != 0)
		put_argument(m, "jumps too far", further);
	if (nearer != 0)
		put_argument(m, "does not jump far enough", nearer);
}

static void
put_actions(struct maker *m)
{
	put_verb(m, "allows", IPFW_ALLOW);
	put_verb(m, "denies", IPFW_DENY);
	if (m->rule->verb == IPFW_SKIPTO)
		put_jumps(m);
	if (m->rule->verb == IPFW_NAT || m->rule->verb == IPFW_DIVERT)
		put_argument(m, "another NAT", m->rule->argument + 1);
}

/* Without instruction INDEX, and an or-block closed before it. */
static void
put_without(struct maker *m, size_t index)
{
	struct ipfw_rule rule = copy_of(m);
	bool last = !rule.insns.v[index].or_next;

	if (last && index > 0 && rule.insns.v[index - 1].or_next)
		rule.insns.v[index - 1].or_next = false;
	for (size_t i = index; i + 1 < rule.insns.n; i++)
		rule.insns.v[i] = rule.insns.v[i + 1];
	rule.insns.n--;
	put(m, "lacks a condition", &rule);
}

static void
put_insn(struct maker *m, const char *what, size_t index,
    const struct ipfw_insn *insn)
{
	struct ipfw_rule rule = copy_of(m);

	rule.insns.v[index] = *insn;
	put(m, what, &rule);
}

static bool
may_be_negated(const struct ipfw_insn *insn)
{
	return insn->op != IPFW_KEEP_STATE && insn->op != IPFW_LIMIT &&
	    insn->op != IPFW_IP4 && insn->op != IPFW_IP6 &&
	    insn->op != IPFW_IN && insn->op != IPFW_OUT;
}

/* Half of a net, and twice as much. */
static void
put_prefixes(struct maker *m, size_t index, const struct ipfw_insn *insn)
{
	unsigned width = insn->family == FAMILY_4 ? 32 : 128;

	for (size_t i = 0; i < insn->n_prefixes; i++) {
		struct ipfw_insn other = *insn;

		other.prefixes = arena_calloc(
		    m->arena, insn->n_prefixes, sizeof(*other.prefixes));
		memcpy(other.prefixes, insn->prefixes,
		    insn->n_prefixes * sizeof(*other.prefixes));
		if (other.prefixes[i].length == width)
			other.prefixes[i].addr.lo ^= 1;
		else
			other.prefixes[i].length++;
		put_insn(m, "another address", index, &other);
		if (insn->n_prefixes == 1)
			continue;
		other.prefixes[i] = other.prefixes[insn->n_prefixes - 1];
		other.n_prefixes--;
		put_insn(m, "an address less", index, &other);
	}
}

static void
put_ports(struct maker *m, size_t index, const struct ipfw_insn *insn)
{
	for (size_t i = 0; i < insn->n_ports; i++) {
		struct ipfw_insn other = *insn;

		other.ports = arena_calloc(
		    m->arena, insn->n_ports, sizeof(*other.ports));
		memcpy(other.ports, insn->ports,
		    insn->n_ports * sizeof(*other.ports));
		other.ports[i].hi++;
		if (insn->ports[i].lo == insn->ports[i].hi)
			other.ports[i].lo++;
		put_insn(m, "another port", index, &other);
	}
}

/* Of the cards that the ruleset names the next one. */
static const char *
other_card(struct maker *m, const char *card)
{
	for (size_t i = 0; i < m->ruleset->rules.n; i++) {
		const struct ipfw_rule *rule = &m->ruleset->rules.v[i];

		for (size_t j = 0; j < rule->insns.n; j++) {
			const struct ipfw_insn *insn = &rule->insns.v[j];

			if ((insn->op == IPFW_RECV || insn->op == IPFW_XMIT) &&
			    strcmp(insn->text, card) != 0 &&
			    strcmp(insn->text, "*") != 0)
				return insn->text;
		}
	}
	return "zz9";
}

static void
put_card(struct maker *m, size_t index, const struct ipfw_insn *insn)
{
	struct ipfw_insn other = *insn;

	if (strcmp(insn->text, "*") == 0)
		return;
	other.text = other_card(m, insn->text);
	put_insn(m, "another card", index, &other);
}

static void
put_types(struct maker *m, size_t index, const struct ipfw_insn *insn)
{
	struct ipfw_insn other = *insn;
	unsigned lowest = 0;

	while (
	    lowest < 255 && (insn->types[lowest / 64] >> lowest % 64 & 1) == 0)
		lowest++;
	other.types[lowest / 64] &= ~(UINT64_C(1) << lowest % 64);
	if (other.types[0] | other.types[1] | other.types[2] | other.types[3])
		put_insn(m, "a type less", index, &other);
	other = *insn;
	other.types[0] |= UINT64_C(1) << 13;
	put_insn(m, "a type more", index, &other);
}

static void
put_number(struct maker *m, const char *what, size_t index, uint32_t number)
{
	struct ipfw_insn other = m->rule->insns.v[index];

	other.number = number;
	put_insn(m, what, index, &other);
}

static void
put_op(struct maker *m, const char *what, size_t index, enum ipfw_op op)
{
	struct ipfw_insn other = m->rule->insns.v[index];

	other.op = op;
	put_insn(m, what, index, &other);
}

static void
put_values(struct maker *m, size_t index, const struct ipfw_insn *insn)
{
	if (insn->op == IPFW_SRC || insn->op == IPFW_DST)
		put_prefixes(m, index, insn);
	else if (insn->op == IPFW_SRC_PORTS || insn->op == IPFW_DST_PORTS)
		put_ports(m, index, insn);
	else if (insn->op == IPFW_RECV || insn->op == IPFW_XMIT ||
	    insn->op == IPFW_VIA)
		put_card(m, index, insn);
	else if (insn->op == IPFW_ICMPTYPES || insn->op == IPFW_ICMP6TYPES)
		put_types(m, index, insn);
	else if (insn->op == IPFW_PROTO || insn->op == IPFW_OPTION_PROTO)
		put_number(m, "another protocol", index,
		    insn->number == PROTOCOL_TCP ? PROTOCOL_UDP : PROTOCOL_TCP);
	else if (insn->op == IPFW_LIMIT)
		put_number(m, "another limit", index, insn->number + 1);
	else if (insn->op == IPFW_IN)
		put_op(m, "the other direction", index, IPFW_OUT);
	else if (insn->op == IPFW_OUT)
		put_op(m, "the other direction", index, IPFW_IN);
	else if (insn->op == IPFW_IP4)
		put_op(m, "the other family", index, IPFW_IP6);
	else if (insn->op == IPFW_IP6)
		put_op(m, "the other family", index, IPFW_IP4);
}

static void
put_state(struct maker *m)
{
	struct ipfw_rule rule = copy_of(m);
	struct ipfw_insn state = {.op = IPFW_KEEP_STATE};
	size_t n = rule.insns.n;

	if (rule.verb == IPFW_CHECK_STATE || rule.verb == IPFW_REASS ||
	    (n > 0 &&
		(rule.insns.v[n - 1].op == IPFW_KEEP_STATE ||
		    rule.insns.v[n - 1].op == IPFW_LIMIT)))
		return;
	vec_push(m->arena, &rule.insns, state);
	put(m, "makes a state", &rule);
}

alterations
alter_rule(
    struct arena *arena, const struct ipfw_ruleset *ruleset, size_t index)
{
	struct maker m = {
	    .arena = arena,
	    .ruleset = ruleset,
	    .rule = &ruleset->rules.v[index],
	};
	struct alteration gone = {
	    .what = "is gone", .deleted = true, .rule = *m.rule};

	vec_push(arena, &m.out, gone);
	put_actions(&m);
	for (size_t i = 0; i < m.rule->insns.n; i++) {
		const struct ipfw_insn *insn = &m.rule->insns.v[i];
		struct ipfw_insn other = *insn;

		put_without(&m, i);
		other.negated = !other.negated;
		if (may_be_negated(insn))
			put_insn(&m, "says not", i, &other);
		put_values(&m, i, insn);
	}
	put_state(&m);
	return m.out;
}
