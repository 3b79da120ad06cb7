/*
 * Numbers on which live states and other generations rely: a state outlives
 * the rules that made it, and its jump lands in whatever is loaded then.
 */
#include "prove/rules_table.h"
#include <string.h>

#include "prove/structure.h"
#include "target/ipfw/ruleset.h"

#define ANCHOR_OUT 50000
#define ANCHOR_END 50100
#define NUMBER_INNER 31000
#define NUMBER_END 65534
#define DIVERT_NAME_MAX 7

struct check {
	const struct prove_request *request;
	struct prove_result *result;
};

static void
complain(struct check *check, const struct ipfw_rule *rule, const char *text)
{
	vec_push(check->request->arena, &check->result->findings,
	    ((struct prove_finding){rule, text}));
}

static bool
is_stateful(const struct ipfw_rule *rule)
{
	enum ipfw_op last;

	if (rule->insns.n == 0)
		return false;
	last = rule->insns.v[rule->insns.n - 1].op;
	return last == IPFW_KEEP_STATE || last == IPFW_LIMIT;
}

static bool
is_translator(const struct ipfw_rule *rule)
{
	return rule->verb == IPFW_NAT || rule->verb == IPFW_DIVERT;
}

/* What needs no NAT may go round it. */
static bool
passes_nat_by(const struct ipfw_rule *rule)
{
	return rule->verb == IPFW_SKIPTO && rule->argument > ANCHOR_OUT &&
	    rule->argument <= ANCHOR_END;
}

static void
check_jump(struct check *check, const struct ipfw_rule *rule, uint32_t number)
{
	const struct ipfw_ruleset *ruleset = check->request->ruleset;
	size_t target = ipfw_ruleset_find(ruleset, number);

	if (number == ANCHOR_OUT)
		return;
	if (number <= rule->number)
		complain(check, rule, "the jump goes backward");
	else if (target == ruleset->rules.n ||
	    ruleset->rules.v[target].number != number)
		complain(check, rule, "the jump goes to a number without rule");
}

/* Every number of the rule's tables is one that it may jump to. */
static void
check_jumps(struct check *check, const struct ipfw_rule *rule)
{
	const struct ipfw_table *table;

	if (rule->argument != IPFW_TABLEARG) {
		check_jump(check, rule, rule->argument);
		return;
	}
	for (size_t i = 0; i < rule->insns.n; i++) {
		table = rule->insns.v[i].text != NULL
		    ? rules_table_find(
			  check->request->ruleset, rule->insns.v[i].text)
		    : NULL;
		for (size_t j = 0; table != NULL && j < table->entries.n; j++)
			check_jump(check, rule, table->entries.v[j].value);
	}
}

static bool
is_ipv6_table(const struct check *check, const struct ipfw_insn *insn)
{
	const struct ipfw_table *table = rules_table_find(
	    check->request->ruleset, insn->text);

	for (size_t i = 0; table != NULL && i < table->entries.n; i++)
		if (strchr(table->entries.v[i].key, ':') == NULL)
			return false;
	return table != NULL;
}

/* Does no packet of IPv4 match? */
static bool
is_of_ipv6(const struct check *check, const struct ipfw_insn *insn)
{
	if (insn->negated)
		return false;
	switch ((int)insn->op) {
	case IPFW_IP6:
	case IPFW_SRC_ME6:
	case IPFW_DST_ME6:
	case IPFW_ICMP6TYPES:
		return true;
	case IPFW_SRC:
	case IPFW_DST:
		return insn->family == FAMILY_6;
	case IPFW_SRC_TABLE:
	case IPFW_DST_TABLE:
		return is_ipv6_table(check, insn);
	default:
		return false;
	}
}

/* IPv6 alone, or in a policy that asks for no NAT. */
static bool
needs_no_nat(const struct check *check, const struct ipfw_rule *rule)
{
	bool all = true; /* of the or-block so far */

	if (!policy_has_nat(check->request->policy))
		return true;
	for (size_t i = 0; i < rule->insns.n; i++) {
		all = all && is_of_ipv6(check, &rule->insns.v[i]);
		if (rule->insns.v[i].or_next)
			continue;
		if (all)
			return true;
		all = true;
	}
	return false;
}

/* A hit on a state runs its rule's action, `log` included. */
static void
check_state(struct check *check, const struct ipfw_rule *rule)
{
	if (!is_stateful(rule) ||
	    (rule->verb == IPFW_ALLOW && needs_no_nat(check, rule)))
		return;
	if (rule->verb != IPFW_SKIPTO || rule->argument != ANCHOR_OUT)
		complain(check, rule, "a state's action must jump to 50000");
	if (rule->log)
		complain(check, rule,
		    "every packet of the conversation would be logged");
}

/* Did an option ask for the way back by CARD? */
static bool
asks_way_back(const struct policy *policy, const char *card)
{
	struct endpoint_set zones = policy_card_zones(policy, card);

	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (endpoint_set_has(&zones, e) &&
		    policy_zone(policy, e)->verrevpath)
			return true;
	return false;
}

/*
 * Where a packet's way back goes is the host's business: by another card if
 * there are two uplinks.
 */
static void
check_way_back(struct check *check, const struct ipfw_rule *rule)
{
	bool checks = false, asked = false;

	for (size_t i = 0; i < rule->insns.n; i++) {
		const struct ipfw_insn *insn = &rule->insns.v[i];

		checks |= insn->op == IPFW_VERREVPATH;
		asked |= insn->op == IPFW_RECV && insn->text != NULL &&
		    asks_way_back(check->request->policy, insn->text);
	}
	if (checks && !asked)
		complain(check, rule, "no option asks for the way back here");
}

static bool
matches_all(const struct ipfw_rule *rule)
{
	return rule->insns.n == 0 && !rule->has_prob && rule->tag == NULL;
}

static void
check_place(struct check *check, const struct ipfw_rule *rule)
{
	if (rule->number < ANCHOR_OUT || rule->set == IPFW_SET_MAX)
		return;
	if (rule->number < ANCHOR_END) {
		if (!is_translator(rule) && !passes_nat_by(rule))
			complain(check, rule,
			    "between the anchors stands NAT alone");
	} else if (rule->number == ANCHOR_END) {
		if (rule->verb != IPFW_ALLOW || !matches_all(rule))
			complain(check, rule,
			    "the last anchor must allow everything");
	} else if (rule->number != NUMBER_END || rule->verb != IPFW_DENY ||
	    !check->request->flavour->end_deny) {
		complain(check, rule, "a rule behind the last anchor");
	}
}

/* A packet that comes back from a divert misses the rest of the number. */
static void
check_alone(struct check *check, size_t index)
{
	const struct ipfw_ruleset *ruleset = check->request->ruleset;
	const struct ipfw_rule *rule = &ruleset->rules.v[index];

	if (rule->verb != IPFW_DIVERT || index + 1 == ruleset->rules.n ||
	    ruleset->rules.v[index + 1].number != rule->number ||
	    ruleset->rules.v[index + 1].verb == IPFW_DENY)
		return;
	complain(check, rule,
	    "what comes back from the divert misses the next rule");
}

/* Else what this host says to itself may meet it, by the loopback card. */
static void
check_translator(struct check *check, const struct ipfw_rule *rule)
{
	bool in = false, named = false;

	for (size_t i = 0; i < rule->insns.n; i++) {
		in |= rule->insns.v[i].op == IPFW_IN;
		named |= rule->insns.v[i].op == IPFW_RECV &&
		    !rule->insns.v[i].negated;
	}
	if (is_translator(rule) && in && !named)
		complain(check, rule, "an inbound NAT that names no card");
}

static bool
is_cut(const char *card)
{
	return card != NULL && strlen(card) > DIVERT_NAME_MAX;
}

/* Does what meets the inbound divert RULE come by a card of a long name? */
static bool
cuts_name(const struct check *check, const struct ipfw_rule *rule)
{
	const struct ipfw_ruleset *ruleset = check->request->ruleset;
	bool in = false, named = false, cut = false;

	for (size_t i = 0; i < rule->insns.n; i++) {
		const struct ipfw_insn *insn = &rule->insns.v[i];

		in |= insn->op == IPFW_IN;
		named |= insn->op == IPFW_RECV;
		cut |= insn->op == IPFW_RECV && is_cut(insn->text);
	}
	for (size_t i = 0; i < ruleset->nats.n && !named; i++)
		cut |= ruleset->nats.v[i].id == rule->argument &&
		    is_cut(ruleset->nats.v[i].card);
	return rule->verb == IPFW_DIVERT && in && cut;
}

/*
 * A divert hands back so much of a receiving card's name, see divert(4): rules
 * that ask for the card behind it never match, or match another.  Blocks of
 * inner zones are not behind it.
 */
static void
check_names(struct check *check, size_t divert)
{
	const struct ipfw_ruleset *ruleset = check->request->ruleset;

	if (!cuts_name(check, &ruleset->rules.v[divert]))
		return;
	for (size_t i = divert + 1; i < ruleset->rules.n; i++) {
		const struct ipfw_rule *rule = &ruleset->rules.v[i];

		for (size_t j = 0; j < rule->insns.n; j++)
			if (rule->insns.v[j].op == IPFW_RECV &&
			    rule->number > ruleset->rules.v[divert].number &&
			    rule->number < NUMBER_INNER &&
			    rule->verb != IPFW_DIVERT) {
				complain(check, rule,
				    "a divert before it cuts the card's name");
				break;
			}
	}
}

static void
check_ends(struct check *check)
{
	const struct ipfw_ruleset *ruleset = check->request->ruleset;
	size_t end = ipfw_ruleset_find(ruleset, ANCHOR_END);

	if (end == ruleset->rules.n ||
	    ruleset->rules.v[end].number != ANCHOR_END)
		complain(check, NULL, "there is no rule 50100");
	end = ipfw_ruleset_find(ruleset, NUMBER_END);
	if (check->request->flavour->end_deny && end == ruleset->rules.n)
		complain(check, NULL,
		    "there is no rule 65534, and the "
		    "default rule allows");
}

void
structure_check(
    const struct prove_request *request, struct prove_result *result)
{
	struct check check = {request, result};

	for (size_t i = 0; i < request->ruleset->rules.n; i++) {
		const struct ipfw_rule *rule = &request->ruleset->rules.v[i];

		if (rule->verb == IPFW_SKIPTO)
			check_jumps(&check, rule);
		check_state(&check, rule);
		check_way_back(&check, rule);
		check_names(&check, i);
		check_translator(&check, rule);
		check_place(&check, rule);
		check_alone(&check, i);
	}
	check_ends(&check);
}
