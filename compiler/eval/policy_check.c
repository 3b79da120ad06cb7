/*
 * The checks of one packet, the plainest first: what the policy means, what
 * the ruleset does, who translated, who decided.
 */
#include <string.h>

#include "eval/policy_check.h"

static const char *const verdict_words[] = {
    [VERDICT_ALLOW] = "allow",
    [VERDICT_DENY] = "deny",
    [VERDICT_REJECT] = "reject",
};

static bool
is_line(const struct policy_test_run *run, const struct test_step *step,
    struct span span)
{
	const struct source *source = sources_get(run->sources, span.file);
	size_t line, column;

	if (source == NULL || span.file != step->line_file)
		return false;
	source_position(source, span, &line, &column);
	return line == step->line;
}

/* A rule may come from several lines, which the optimiser has joined. */
static bool
cites_line(const struct policy_test_run *run, const struct test_step *step,
    const struct ipfw_rule *rule)
{
	if (rule == NULL || rule->origins == NULL)
		return false;
	for (size_t i = 0; i < rule->origins->n; i++)
		if (is_line(run, step, rule->origins->v[i]))
			return true;
	return false;
}

static const char *
check_line(const struct policy_test_run *run, const struct test_step *step,
    const struct step_result *r)
{
	if (!is_line(run, step, r->meaning.span))
		return arena_printf(run->arena,
		    "line %u should decide, and by the policy it does not",
		    step->line);
	if (!cites_line(run, step, walk_decider(&r->walk)))
		return arena_printf(run->arena,
		    "line %u should decide, and the deciding rule does not "
		    "come from it",
		    step->line);
	return NULL;
}

static const char *
check_label(const struct policy_test_run *run, const struct test_step *step,
    const struct step_result *r)
{
	const struct policy_rule *rule = r->meaning.rule;

	if (rule != NULL && rule->label != NULL &&
	    strcmp(rule->label, step->label) == 0)
		return NULL;
	return arena_printf(run->arena,
	    "the rule labelled \"%s\" should decide, and does not",
	    step->label);
}

static const char *
check_decider(const struct policy_test_run *run, const struct test_step *step,
    const struct step_result *r)
{
	if (step->line != 0)
		return check_line(run, step, r);
	return step->label != NULL ? check_label(run, step, r) : NULL;
}

/* Of ICMP, a stage translates echoes alone. */
static bool
is_translatable(const struct flow *flow)
{
	return flow->from != ENDPOINT_SELF &&
	    (flow->protocol != PROTOCOL_ICMP || flow->type == 8);
}

static const char *
check_nat(const struct test_step *step, const struct step_result *r)
{
	bool translated = walk_translated(&r->walk);

	if (step->via_nat && !translated)
		return "the packet was not translated by NAT";
	if (r->has_meaning && r->meaning.verdict == VERDICT_ALLOW &&
	    is_translatable(&r->flow) && r->meaning.translated != translated)
		return translated ? "NAT should have left the packet alone"
				  : "NAT should have translated the packet";
	return NULL;
}

/* A fragment that waits for ever is as good as denied. */
static const char *
check_verdict(const struct policy_test_run *run, const struct test_step *step,
    const struct step_result *r)
{
	enum verdict played = walk_verdict(&r->walk);

	if (r->has_meaning && r->meaning.verdict != step->verdict)
		return arena_printf(run->arena, "the policy means %s, not %s",
		    verdict_words[r->meaning.verdict],
		    verdict_words[step->verdict]);
	if (walk_unfinished(&r->walk) && step->fragment == TEST_WHOLE)
		return "the packet did not come back from the rules";
	if (played != step->verdict)
		return arena_printf(run->arena, "the ruleset says %s, not %s",
		    verdict_words[played], verdict_words[step->verdict]);
	return NULL;
}

const char *
policy_check(const struct policy_test_run *run, const struct test_step *step,
    const struct step_result *r)
{
	const char *wrong = check_verdict(run, step, r);

	if (wrong == NULL)
		wrong = check_nat(step, r);
	if (wrong == NULL && r->has_meaning)
		wrong = check_decider(run, step, r);
	return wrong;
}
