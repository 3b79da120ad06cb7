/*
 * Where a pass can come to, by what rules say of directions, families and
 * states alone: what stands elsewhere need not be worked out.
 */
#include "prove/rules_insn.h"
#include "prove/rules_table.h"
#include "target/ipfw/ruleset.h"

/* A condition that no packet of the pass fits. */
static bool
never_fits(const struct rules_model *model, const struct rules_pass *pass,
    const struct ipfw_insn *insn)
{
	if (insn->op == IPFW_IN)
		return pass->out;
	if (insn->op == IPFW_OUT || insn->op == IPFW_XMIT)
		return !pass->out;
	if (insn->op == IPFW_IP4)
		return model->space->family != FAMILY_4;
	return insn->op == IPFW_IP6 && model->space->family != FAMILY_6;
}

static bool
is_idle(const struct rules_model *model, const struct rules_pass *pass,
    const struct ipfw_rule *rule)
{
	if (!ipfw_ruleset_enabled(model->ruleset, rule->set))
		return true;
	for (size_t i = 0; i < rule->insns.n; i++)
		if (rules_insn_alone(rule, &rule->insns.v[i]) &&
		    never_fits(model, pass, &rule->insns.v[i]))
			return true;
	return false;
}

/* Does every packet that comes to RULE go elsewhere? */
static bool
ends(const struct ipfw_rule *rule)
{
	if (rule->insns.n != 0 || rule->has_prob || rule->tag != NULL)
		return false;
	return rule->verb == IPFW_ALLOW || rule->verb == IPFW_DENY ||
	    (rule->verb == IPFW_SKIPTO && rule->argument != IPFW_TABLEARG);
}

static void
go_to(struct rules_reach *reach, size_t index)
{
	reach->reached[index] = reach->targets[index] = true;
}

static void
go_by_table(struct rules_model *model, const struct ipfw_rule *rule,
    struct rules_reach *reach)
{
	const struct ipfw_table *table = rules_table_of_jump(model, rule);

	for (size_t i = 0; table != NULL && i < table->entries.n; i++) {
		const struct ipfw_table_entry *e = &table->entries.v[i];

		go_to(reach,
		    rules_model_jump(model, rule, e->has_value ? e->value : 0));
	}
}

/* From rule INDEX, if it matches. */
static void
go_on(struct rules_model *model, size_t index, struct rules_reach *reach)
{
	const struct ipfw_rule *rule = &model->ruleset->rules.v[index];

	if (rule->verb == IPFW_SKIPTO && rule->argument == IPFW_TABLEARG)
		go_by_table(model, rule, reach);
	else if (rule->verb == IPFW_SKIPTO)
		go_to(reach, rules_model_jump(model, rule, rule->argument));
	else if (rule->verb == IPFW_DIVERT)
		go_to(reach,
		    ipfw_ruleset_find(model->ruleset, rule->number + 1u));
	else if (rule->verb == IPFW_NAT)
		go_to(reach, index + 1);
	if (!ends(rule))
		reach->reached[index + 1] = true;
}

/* The state that there is runs its parent's action. */
static void
go_with_state(const struct rules_model *model, const struct rules_pass *pass,
    size_t index, struct rules_reach *reach)
{
	const struct rules_parent *parent = &model->parents.v[pass->parent];

	if (pass->seek == ENDPOINT_SELF && parent->verb == IPFW_SKIPTO &&
	    parent->target > index)
		go_to(reach, parent->target);
}

struct rules_reach
rules_reach(struct rules_model *model, const struct rules_pass *pass)
{
	size_t n = model->ruleset->rules.n;
	struct arena *arena = model->space->arena;
	struct rules_reach reach = {
	    .reached = arena_calloc(arena, n + 1, sizeof(bool)),
	    .targets = arena_calloc(arena, n + 1, sizeof(bool)),
	};

	reach.reached[0] = true;
	for (size_t i = 0; i < n; i++) {
		const struct ipfw_rule *rule = &model->ruleset->rules.v[i];

		if (!reach.reached[i])
			continue;
		if (is_idle(model, pass, rule))
			reach.reached[i + 1] = true;
		else if (rules_pass_meets_state(pass, rule))
			go_with_state(model, pass, i, &reach);
		else
			go_on(model, i, &reach);
	}
	return reach;
}
