/*
 * Between two ends that may have conversations every packet passes that has a
 * state, in whatever pass and to whatever port: it is let on where it comes in,
 * and leaves by the NAT that its zone needs.  What comes in by an uplink with
 * NAT meets the NAT before a state is looked for, or else the state of a
 * machine would never be found.
 */
#include "prove/states.h"
#include "prove/compare.h"

struct states {
	const struct policy_model *policy;
	struct rules_model *rules;
	struct prove_result *result;
	bdd_ref in, out; /* passes of a packet that has a state */
	bdd_ref inner;	 /* targets that an inner zone has */
};

static uint32_t
lets(uint32_t value, uint32_t nat)
{
	struct decision d = decision_unpack(value);

	return d.verdict == DECISION_ALLOW &&
	    (nat == DECISION_NAT_FREE || d.nat == nat);
}

static const struct bdd_op op_lets = {SPACE_OP_LETS, lets};

/* May A begin a conversation with B that makes a state? */
static bool
begins(const struct policy_model *model, endpoint a, endpoint b)
{
	const struct policy *policy = model->space->policy;
	bool hidden = policy_is_uplink(policy, a) &&
	    endpoint_set_has(&policy_zone(policy, a)->nat_from, b);

	if (!policy_pair_asked(policy, a, b))
		return false;
	if (policy->fallback == VERDICT_ALLOW && !hidden)
		return true;
	return endpoint_set_has(
	    hidden ? &model->index.forwarded[a] : &model->index.conversing[a],
	    b);
}

static bool
talk(const struct policy_model *model, endpoint a, endpoint b)
{
	return begins(model, a, b) || begins(model, b, a);
}

static bool
is_asked(const struct policy *policy, endpoint e)
{
	return policy_zone(policy, e)->present &&
	    policy_zone(policy, e)->role != ZONE_LOOPBACK;
}

static void
demand(const struct states *s, bdd_ref where, bdd_ref pass, unsigned nat)
{
	struct space *space = s->rules->space;
	struct bdd *bdd = space->bdd;
	bdd_ref good = bdd_apply(bdd, &op_lets, pass, bdd_value(bdd, nat));

	where = bdd_choose(
	    bdd, space_bit(space, space->later), BDD_FALSE, where);
	where = bdd_and(bdd, where, policy_domain_common(s->policy));
	compare_set(space, bdd_choose(bdd, good, BDD_FALSE, where), PROVE_REPLY,
	    NULL, ENDPOINT_SELF, s->result);
}

/* Targets that only E has. */
static bdd_ref
targets(const struct states *s, endpoint e)
{
	struct bdd *bdd = s->rules->space->bdd;
	const struct policy_model *policy = s->policy;
	bdd_ref set = policy_is_uplink(policy->space->policy, e)
	    ? bdd_not(bdd, s->inner)
	    : policy->ends[ENDPOINT_ZONE(e)].target_own;

	return bdd_choose(bdd, policy_stays(policy), BDD_FALSE, set);
}

/* Does NAT to E hide any zone? */
static bool
has_nat(const struct states *s, endpoint e)
{
	const struct policy *policy = s->rules->space->policy;

	if (s->rules->space->family != FAMILY_4 || !policy_is_uplink(policy, e))
		return false;
	for (endpoint from = 1; from <= policy->zones.n; from++)
		if (endpoint_set_has(&policy_zone(policy, e)->nat_from, from) &&
		    policy_zone(policy, from)->present)
			return true;
	return false;
}

/* What is for this host, by a card of E. */
static void
check_in(const struct states *s, endpoint e, int parent, const bdd_ref *in)
{
	struct space *space = s->rules->space;
	struct bdd *bdd = space->bdd;
	struct policy_pair pair = policy_pair_of(
	    s->policy, e, ENDPOINT_SELF, NULL);
	struct rules_pass seek = {.parent = parent, .seek = e, .behind = in};
	bdd_ref where = bdd_and(bdd, policy_cards_in(s->policy, e),
	    bdd_and(bdd, pair.source_own, s->policy->target_here));
	bool nat = has_nat(s, e);

	if (!nat && !talk(s->policy, ENDPOINT_SELF, e))
		return;
	where = bdd_and(bdd, where, space_card(space, space->xmit, 0));
	if (policy_is_uplink(space->policy, e))
		where = bdd_choose(bdd, s->inner, BDD_FALSE, where);
	demand(s, where, nat ? rules_model_pass(s->rules, &seek)[0] : s->in,
	    DECISION_NAT_FREE);
}

static unsigned
nat_due(const struct states *s, endpoint from, endpoint to)
{
	const struct policy *policy = s->rules->space->policy;

	if (!has_nat(s, to))
		return DECISION_NAT_NONE;
	return endpoint_set_has(&policy_zone(policy, to)->nat_from, from)
	    ? to
	    : DECISION_NAT_NONE;
}

/* The uplink whose address a hairpin goes by. */
static unsigned
hairpin_nat(const struct policy *policy, endpoint from, endpoint to)
{
	for (size_t i = 0; i < policy->forwards.n; i++) {
		const struct policy_forward *f = policy->forwards.v[i];

		for (endpoint e = 1; e <= policy->zones.n; e++)
			if (f->target_zone == from &&
			    endpoint_set_has(&f->from, to) &&
			    endpoint_set_has(&f->from, e) &&
			    policy_is_uplink(policy, e))
				return e;
	}
	return DECISION_NAT_NONE;
}

static void
check_pair(const struct states *s, endpoint from, endpoint to)
{
	struct space *space = s->rules->space;
	struct bdd *bdd = space->bdd;
	struct policy_pair pair = policy_pair_of(s->policy, from, to, NULL);
	bdd_ref where = bdd_and(bdd, policy_cards_in(s->policy, from),
	    policy_cards_out(s->policy, to));
	bdd_ref turned = policy_hairpin_answers(s->policy, from, to);

	if (!talk(s->policy, from, to))
		return;
	where = bdd_and(
	    bdd, where, bdd_and(bdd, pair.source_own, targets(s, to)));
	if (from == ENDPOINT_SELF) {
		where = bdd_and(
		    bdd, where, space_bit(space, space->source_local));
		demand(s, where, s->out, DECISION_NAT_FREE);
		return;
	}
	if (!has_nat(s, from))
		demand(s, where, s->in, DECISION_NAT_FREE);
	demand(s, bdd_choose(bdd, turned, BDD_FALSE, where), s->out,
	    nat_due(s, from, to));
	demand(s, bdd_and(bdd, turned, where), s->out,
	    hairpin_nat(space->policy, from, to));
}

static void
check_parent(struct states *s, int parent)
{
	const struct policy *policy = s->rules->space->policy;
	struct rules_pass in = {.parent = parent};
	struct rules_pass out = {.out = true, .parent = parent};
	const bdd_ref *inwards = rules_model_pass(s->rules, &in);

	s->in = inwards[0];
	s->out = rules_model_pass(s->rules, &out)[0];
	for (endpoint e = 1; e <= policy->zones.n; e++) {
		if (!is_asked(policy, e))
			continue;
		check_in(s, e, parent, inwards);
		check_pair(s, ENDPOINT_SELF, e);
		for (endpoint to = 1; to <= policy->zones.n; to++)
			if (is_asked(policy, to))
				check_pair(s, e, to);
	}
}

void
states_check(const struct policy_model *policy, struct rules_model *rules,
    struct prove_result *result)
{
	struct states s = {.policy = policy, .rules = rules, .result = result};
	const struct policy *text = rules->space->policy;

	for (endpoint e = 1; e <= text->zones.n; e++)
		if (policy_is_inner(text, e))
			s.inner = bdd_or(rules->space->bdd, s.inner,
			    policy->ends[ENDPOINT_ZONE(e)].target_nets);
	for (size_t i = 0; i < rules->parents.n; i++)
		check_parent(&s, (int)i);
}
