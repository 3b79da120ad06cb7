/*
 * A rule decides what it matches, and leaves the rest to the next one: so the
 * meaning of the rules from a number on is made of the meaning of those behind
 * it, and a jump forward finds its target ready.
 *
 * A state is met at the first rule that looks for one, whatever that rule
 * matches; then its parent's action runs.
 */
#include <string.h>

#include "prove/rules_table.h"
#include "target/ipfw/ruleset.h"

void
rules_model_complain(
    struct rules_model *model, const struct ipfw_rule *rule, const char *text)
{
	struct prove_result *result = model->result;

	for (size_t i = 0; i < result->findings.n; i++)
		if (result->findings.v[i].rule == rule &&
		    strcmp(result->findings.v[i].text, text) == 0)
			return;
	vec_push(model->space->arena, &result->findings,
	    ((struct prove_finding){rule, text}));
}

static const struct ipfw_insn *
state_of(const struct ipfw_rule *rule)
{
	const struct ipfw_insn *last;

	if (rule->insns.n == 0)
		return NULL;
	last = &rule->insns.v[rule->insns.n - 1];
	return last->op == IPFW_KEEP_STATE || last->op == IPFW_LIMIT ? last
								     : NULL;
}

static bool
is_enabled(const struct rules_model *model, const struct ipfw_rule *rule)
{
	return ipfw_ruleset_enabled(model->ruleset, rule->set);
}

/* A jump backward, or to itself, goes to the next number. */
size_t
rules_model_jump(
    struct rules_model *model, const struct ipfw_rule *rule, uint32_t number)
{
	size_t target;

	if (number <= rule->number)
		number = rule->number + 1u;
	target = ipfw_ruleset_find(model->ruleset, number);
	if (target == model->ruleset->rules.n)
		rules_model_complain(
		    model, rule, "the jump lands behind the last rule");
	return target;
}

static size_t
jump(struct rules_model *model, const struct ipfw_rule *rule)
{
	return rules_model_jump(model, rule, rule->argument);
}

static int
parent_of(struct rules_model *model, const struct ipfw_rule *rule)
{
	struct rules_parent parent = {.verb = rule->verb};

	if (rule->verb == IPFW_SKIPTO && rule->argument == IPFW_TABLEARG)
		parent.verb = IPFW_FOREIGN;
	else if (rule->verb == IPFW_SKIPTO)
		parent.target = jump(model, rule);
	for (size_t i = 0; i < model->parents.n; i++)
		if (model->parents.v[i].verb == parent.verb &&
		    model->parents.v[i].target == parent.target)
			return (int)i;
	if ((parent.verb != IPFW_SKIPTO && parent.verb != IPFW_ALLOW) ||
	    model->parents.n == DECISION_PARENTS_MAX) {
		model->unknown = true;
		rules_model_complain(model, rule,
		    "a state with an action that the proof does not know");
		return 0;
	}
	vec_push(model->space->arena, &model->parents, parent);
	return (int)model->parents.n - 1;
}

static void
init_matches(const struct rules_model *model, struct rules_matches *matches)
{
	struct arena *arena = model->space->arena;
	size_t n = model->ruleset->rules.n + 1;

	matches->found = arena_calloc(arena, n, sizeof(*matches->found));
	matches->packets = arena_calloc(arena, n, sizeof(*matches->packets));
}

/* Not of this family, if no packet of it matches. */
static bool
makes_states(struct rules_model *model, const struct ipfw_rule *rule)
{
	const struct rules_pass in = {.parent = RULES_NO_STATE};
	const struct rules_pass out = {.out = true, .parent = RULES_NO_STATE};

	return rules_model_match(model, &in, rule) != BDD_FALSE ||
	    rules_model_match(model, &out, rule) != BDD_FALSE;
}

void
rules_model_init(struct rules_model *model, struct space *space,
    const struct prove_request *request, struct prove_result *result)
{
	*model = (struct rules_model){
	    .space = space,
	    .ruleset = request->ruleset,
	    .flavour = request->flavour,
	    .result = result,
	    .has_ports = space_has_ports(space),
	};
	for (size_t i = 0; i < 2; i++)
		init_matches(model, &model->matches[i]);
	for (size_t i = 0; i < model->ruleset->rules.n; i++) {
		const struct ipfw_rule *rule = &model->ruleset->rules.v[i];

		if (is_enabled(model, rule) && state_of(rule) != NULL &&
		    makes_states(model, rule))
			parent_of(model, rule);
	}
}

const struct ipfw_nat *
rules_model_find_nat(
    const struct rules_model *model, const struct ipfw_rule *rule)
{
	bool kernel = rule->verb == IPFW_NAT;

	for (size_t i = 0; i < model->ruleset->nats.n; i++) {
		const struct ipfw_nat *nat = &model->ruleset->nats.v[i];

		if (nat->kernel == kernel && nat->id == rule->argument)
			return nat;
	}
	return NULL;
}

unsigned
rules_model_nat(const struct rules_model *model, const struct ipfw_nat *nat)
{
	const struct policy *policy = model->space->policy;
	struct endpoint_set zones;

	if (nat == NULL || nat->card == NULL)
		return DECISION_NAT_OTHER;
	zones = policy_card_zones(policy, nat->card);
	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (endpoint_set_has(&zones, e) &&
		    policy_zone(policy, e)->role == ZONE_UPLINK)
			return e;
	return DECISION_NAT_OTHER;
}

static uint32_t
mark_nat(uint32_t value, uint32_t nat)
{
	struct decision d = decision_unpack(value);

	d.nat = d.nat == DECISION_NAT_NONE ? nat : DECISION_NAT_TWICE;
	return decision_pack(d);
}

/* MARK has the state's parent and limit. */
static uint32_t
mark_state(uint32_t value, uint32_t mark)
{
	struct decision d = decision_unpack(value), m = decision_unpack(mark);

	d.stateful = true;
	d.parent = m.parent;
	d.limit = m.limit;
	return decision_pack(d);
}

static const struct bdd_op op_mark_nat = {SPACE_OP_MARK_NAT, mark_nat};
static const struct bdd_op op_mark_state = {SPACE_OP_MARK_STATE, mark_state};

static bool
redirects(const struct ipfw_nat *nat, const struct policy_forward *f)
{
	for (size_t i = 0; i < nat->redirects.n; i++) {
		const struct ipfw_redirect *r = &nat->redirects.v[i];

		if (r->protocol == f->protocol &&
		    r->outside.lo <= f->outside.lo &&
		    r->outside.hi >= f->outside.hi &&
		    addr_compare(r->target, f->target) == 0 &&
		    r->inside.lo - r->outside.lo ==
			f->inside.lo - f->outside.lo)
			return true;
	}
	return false;
}

/* One run over the rules. */
struct run {
	struct rules_model *model;
	const struct rules_pass *pass;
	bdd_ref *from;
	size_t index;
	/* Rules in a row that do the same, and that no jump goes between. */
	struct bdd_union packets;
	bdd_ref decided, behind;
};

static bdd_ref
later_held(const struct run *run, bdd_ref rest)
{
	struct space *space = run->model->space;

	if (space->family != FAMILY_4)
		return rest;
	return bdd_choose(space->bdd, space_bit(space, space->later),
	    space_verdict(space, DECISION_HELD), rest);
}

/* An inbound translator: what it redirects goes on with another target. */
static bdd_ref
translate(struct run *run, const struct ipfw_rule *rule, size_t next)
{
	struct rules_model *model = run->model;
	struct space *space = model->space;
	const struct ipfw_nat *nat = rules_model_find_nat(model, rule);
	unsigned uplink = rules_model_nat(model, nat);
	bdd_ref rest = run->from[next];

	if (nat == NULL)
		rules_model_complain(
		    model, rule, "nobody is told to translate here");
	if (rule->verb == IPFW_NAT &&
	    (nat == NULL || space->family != FAMILY_4))
		return space_verdict(space, DECISION_DENY);
	if (run->pass->out)
		rest = bdd_apply(space->bdd, &op_mark_nat, rest,
		    bdd_value(space->bdd, uplink));
	else if (run->pass->seek != ENDPOINT_SELF && run->pass->seek == uplink)
		rest = run->pass->behind[next];
	else if (run->pass->redirect != NULL && nat != NULL &&
	    uplink == run->pass->uplink && redirects(nat, run->pass->redirect))
		rest = run->pass->behind[next];
	return rule->verb == IPFW_DIVERT ? later_held(run, rest) : rest;
}

static bdd_ref
unknown(struct run *run, const struct ipfw_rule *rule)
{
	run->model->unknown = true;
	rules_model_complain(
	    run->model, rule, "this rule does what the proof does not know");
	return space_verdict(run->model->space, DECISION_DENY);
}

static bdd_ref
refuse(const struct space *space, enum decision_verdict verdict,
    const struct ipfw_rule *rule)
{
	return space_decision(space,
	    (struct decision){
		.verdict = verdict, .log = space->logs && rule->log});
}

/* What becomes of a packet that RULE matches. */
static bdd_ref
act(struct run *run, const struct ipfw_rule *rule)
{
	struct space *space = run->model->space;
	bdd_ref next = run->from[run->index + 1];

	switch (rule->verb) {
	case IPFW_ALLOW:
		return space_verdict(space, DECISION_ALLOW);
	case IPFW_DENY:
		return refuse(space, DECISION_DENY, rule);
	case IPFW_RESET:
	case IPFW_RESET6:
		/* Of other protocols it says nothing. */
		return bdd_choose(space->bdd,
		    space_protocol(space, PROTOCOL_TCP),
		    refuse(space, DECISION_REJECT, rule),
		    refuse(space, DECISION_DENY, rule));
	case IPFW_REJECT:
	case IPFW_UNREACH:
	case IPFW_UNREACH6:
		return refuse(space, DECISION_REJECT, rule);
	case IPFW_COUNT:
	case IPFW_CHECK_STATE:
		return next;
	case IPFW_SKIPTO:
		if (rule->argument == IPFW_TABLEARG)
			return rules_table_jump(
			    run->model, run->pass, rule, run->from, next);
		return run->from[jump(run->model, rule)];
	case IPFW_DIVERT:
		return translate(run, rule,
		    ipfw_ruleset_find(run->model->ruleset, rule->number + 1u));
	case IPFW_NAT:
		return rule->argument == 0 || rule->argument == IPFW_TABLEARG
		    ? unknown(run, rule)
		    : translate(run, rule, run->index + 1);
	case IPFW_REASS:
		return later_held(run, next);
	case IPFW_TEE:
	case IPFW_FOREIGN:
		break;
	}
	return unknown(run, rule);
}

/* What the state that there is does with a packet that meets it here. */
static bdd_ref
meet(struct run *run)
{
	struct rules_model *model = run->model;
	const struct rules_parent *parent =
	    &model->parents.v[run->pass->parent];

	if (parent->verb == IPFW_ALLOW)
		return space_verdict(model->space, DECISION_ALLOW);
	if (parent->target > run->index)
		return run->from[parent->target];
	model->unknown = true;
	rules_model_complain(model, &model->ruleset->rules.v[run->index],
	    "a state is looked for behind the rule that it jumps to");
	return space_verdict(model->space, DECISION_DENY);
}

static bdd_ref
with_state(struct run *run, const struct ipfw_rule *rule,
    const struct ipfw_insn *insn, bdd_ref decided)
{
	struct decision mark = {.verdict = DECISION_ALLOW, .stateful = true};

	mark.parent = (unsigned)parent_of(run->model, rule);
	if (insn->op == IPFW_LIMIT) {
		mark.limit = insn->number;
		if (insn->mask != IPFW_LIMIT_SRC_ADDR ||
		    insn->number > DECISION_LIMIT_MAX)
			return unknown(run, rule);
	}
	return bdd_apply(run->model->space->bdd, &op_mark_state, decided,
	    space_decision(run->model->space, mark));
}

/* The meaning of the rules from the next one on. */
static bdd_ref
settle(struct run *run)
{
	struct bdd *bdd = run->model->space->bdd;
	bdd_ref packets = bdd_union_all(bdd, &run->packets);

	run->behind = bdd_choose(bdd, packets, run->decided, run->behind);
	run->packets = (struct bdd_union){{BDD_FALSE}};
	run->from[run->index + 1] = run->behind;
	return run->behind;
}

/* Does a rule of this kind need to know what stands behind it? */
static bool
looks_behind(const struct ipfw_rule *rule)
{
	return rule->verb == IPFW_COUNT || rule->verb == IPFW_CHECK_STATE ||
	    rule->verb == IPFW_NAT || rule->verb == IPFW_DIVERT ||
	    rule->verb == IPFW_REASS || rule->verb == IPFW_SKIPTO;
}

bool
rules_pass_meets_state(
    const struct rules_pass *pass, const struct ipfw_rule *rule)
{
	return (pass->seek != ENDPOINT_SELF ||
		   pass->parent != RULES_NO_STATE) &&
	    (state_of(rule) != NULL || rule->verb == IPFW_CHECK_STATE);
}

static void
step(struct run *run, const struct ipfw_rule *rule)
{
	struct rules_model *model = run->model;
	struct bdd *bdd = model->space->bdd;
	const struct ipfw_insn *state = state_of(rule);
	bdd_ref match, decided;

	if (!is_enabled(model, rule))
		return;
	if (rules_pass_meets_state(run->pass, rule)) {
		settle(run);
		run->behind = run->pass->seek != ENDPOINT_SELF
		    ? space_verdict(model->space, DECISION_HELD)
		    : meet(run);
		return;
	}
	match = rules_model_match(model, run->pass, rule);
	if (match == BDD_FALSE)
		return;
	if (looks_behind(rule) && state == NULL)
		settle(run);
	decided = act(run, rule);
	if (state != NULL)
		decided = with_state(run, rule, state, decided);
	if (decided != run->decided)
		settle(run);
	run->decided = decided;
	bdd_union_add(bdd, &run->packets, match);
}

bdd_ref *
rules_model_pass(struct rules_model *model, const struct rules_pass *pass)
{
	struct rules_reach reach = rules_reach(model, pass);
	size_t n = model->ruleset->rules.n;
	struct run run = {.model = model, .pass = pass};

	run.behind = space_verdict(model->space, DECISION_DEFAULT);
	run.from = arena_calloc(model->space->arena, n + 1, sizeof(*run.from));
	for (size_t i = 0; i <= n; i++)
		run.from[i] = run.behind;
	while (n-- > 0) {
		run.index = n;
		if (reach.targets[n + 1])
			settle(&run);
		if (reach.reached[n])
			step(&run, &model->ruleset->rules.v[n]);
	}
	run.index = (size_t)0 - 1;
	settle(&run);
	return run.from;
}
