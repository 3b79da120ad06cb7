/*
 * What a rule matches: all of its instructions.
 */
#include <string.h>

#include "prove/rules_insn.h"

/*
 * What the space asks last comes first: then a diagram is put before another,
 * and neither is gone through.  Options are the same for many rules.
 */
enum rank {
	RANK_PORTS,
	RANK_ADDRESS,
	RANK_OPTION,
};

static enum rank
rank_of(const struct ipfw_insn *insn)
{
	if (insn->op == IPFW_SRC_PORTS || insn->op == IPFW_DST_PORTS)
		return RANK_PORTS;
	return insn->op == IPFW_SRC || insn->op == IPFW_DST ||
		insn->op == IPFW_SRC_TABLE || insn->op == IPFW_DST_TABLE ||
		insn->op == IPFW_FLOW_TABLE
	    ? RANK_ADDRESS
	    : RANK_OPTION;
}

/* That there are ports at all is asked once for a rule that needs them. */
static bool
needs_ports(const struct ipfw_rule *rule)
{
	for (size_t i = 0; i < rule->insns.n; i++)
		if (rank_of(&rule->insns.v[i]) == RANK_PORTS &&
		    rules_insn_alone(rule, &rule->insns.v[i]))
			return true;
	return false;
}

/* The or-block that begins at *AT, which moves behind it. */
static bdd_ref
match_block(const struct rules_insn *m, size_t *at)
{
	struct bdd *bdd = m->space->bdd;
	bdd_ref block = BDD_FALSE;
	bool more = true;

	for (; more && *at < m->rule->insns.n; ++*at) {
		const struct ipfw_insn *insn = &m->rule->insns.v[*at];
		bdd_ref set = rules_insn_match(m, insn);

		if (insn->negated)
			set = bdd_not(bdd, set);
		block = bdd_or(bdd, block, set);
		more = insn->or_next;
	}
	return block;
}

static size_t
block_end(const struct ipfw_rule *rule, size_t at)
{
	while (at < rule->insns.n && rule->insns.v[at].or_next)
		at++;
	return at + 1;
}

/* What RULE asks of one rank. */
static bdd_ref
match_rank(const struct rules_insn *m, enum rank rank)
{
	bdd_ref all = BDD_TRUE;
	size_t i = 0;

	while (i < m->rule->insns.n && all != BDD_FALSE) {
		if (rank_of(&m->rule->insns.v[i]) != rank)
			i = block_end(m->rule, i);
		else
			all = bdd_and(m->space->bdd, all, match_block(m, &i));
	}
	return all;
}

static bool
same_option(const struct ipfw_insn *a, const struct ipfw_insn *b)
{
	return a->op == b->op && a->negated == b->negated &&
	    a->or_next == b->or_next && a->number == b->number &&
	    a->flags_set == b->flags_set && a->flags_clear == b->flags_clear &&
	    a->is_table == b->is_table &&
	    memcmp(a->types, b->types, sizeof(a->types)) == 0 &&
	    (a->text == NULL || b->text == NULL
		    ? a->text == b->text
		    : strcmp(a->text, b->text) == 0);
}

static const struct ipfw_insn *
next_option(const struct ipfw_rule *rule, size_t *at)
{
	while (*at < rule->insns.n) {
		const struct ipfw_insn *insn = &rule->insns.v[(*at)++];

		if (rank_of(insn) == RANK_OPTION)
			return insn;
	}
	return NULL;
}

static bool
same_options(const struct ipfw_rule *left, const struct ipfw_rule *right)
{
	const struct ipfw_insn *a, *b;
	size_t i = 0, j = 0;

	do {
		a = next_option(left, &i);
		b = next_option(right, &j);
	} while (a != NULL && b != NULL && same_option(a, b));
	return a == NULL && b == NULL;
}

static bool
has_or_block(const struct ipfw_rule *rule)
{
	for (size_t i = 0; i < rule->insns.n; i++)
		if (rule->insns.v[i].or_next)
			return true;
	return false;
}

/*
 * Neighbours have two kinds of options at most: to allow and to refuse.  An
 * or-block may hold addresses, and is worked out each time.
 */
static bdd_ref
match_options(const struct rules_insn *m)
{
	struct rules_matches *known = &m->model->matches[m->pass->out];
	struct rules_options *options = known->options;

	if (m->pass->redirect != NULL || has_or_block(m->rule))
		return match_rank(m, RANK_OPTION);
	for (size_t i = 0; i < RULES_OPTIONS_KNOWN; i++)
		if (options[i].rule != NULL &&
		    same_options(options[i].rule, m->rule))
			return options[i].packets;
	options = &options[known->next++ % RULES_OPTIONS_KNOWN];
	options->rule = m->rule;
	options->packets = match_rank(m, RANK_OPTION);
	return options->packets;
}

static bdd_ref
match_rule(struct rules_model *model, const struct rules_pass *pass,
    const struct ipfw_rule *rule)
{
	struct rules_insn m = {model, model->space, pass, rule};
	struct bdd *bdd = model->space->bdd;
	bdd_ref options, ends;

	if (rule->has_prob || rule->tag != NULL ||
	    (rule->insns.n > 0 && rule->insns.v[rule->insns.n - 1].or_next))
		return rules_insn_unknown(&m);
	options = match_options(&m);
	if (needs_ports(rule))
		options = bdd_and(bdd, options, model->has_ports);
	if (options == BDD_FALSE)
		return BDD_FALSE;
	ends = match_rank(&m, RANK_PORTS);
	ends = bdd_and(bdd, match_rank(&m, RANK_ADDRESS), ends);
	return bdd_and(bdd, options, ends);
}

/* Of a pass only its direction matters, unless a redirect is on its way. */
bdd_ref
rules_model_match(struct rules_model *model, const struct rules_pass *pass,
    const struct ipfw_rule *rule)
{
	struct rules_matches *known = &model->matches[pass->out];
	size_t index = (size_t)(rule - model->ruleset->rules.v);

	if (pass->redirect != NULL)
		return match_rule(model, pass, rule);
	if (!known->found[index]) {
		known->packets[index] = match_rule(model, pass, rule);
		known->found[index] = true;
	}
	return known->packets[index];
}
