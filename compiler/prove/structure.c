/*
 * Numbers on which live states and other generations rely: a state outlives
 * the rules that made it, and its jump lands in whatever is loaded then.
 */
#include "prove/rules_table.h"
#include "prove/structure.h"
#include "target/ipfw/ruleset.h"

#define ANCHOR_OUT 50000
#define ANCHOR_END 50100
#define NUMBER_END 65534

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
		if (is_stateful(rule) &&
		    (rule->verb != IPFW_SKIPTO || rule->argument != ANCHOR_OUT))
			complain(&check, rule,
			    "a state's action must jump to 50000");
		check_place(&check, rule);
		check_alone(&check, i);
	}
	check_ends(&check);
}
