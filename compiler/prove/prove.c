/*
 * One proof a family: verdicts first, then the packets that a NAT redirects.
 */
#include "prove/prove.h"
#include "prove/compare.h"
#include "prove/confirm.h"
#include "prove/policy_model.h"
#include "prove/rules_model.h"
#include "prove/states.h"
#include "prove/structure.h"

struct proof {
	const struct prove_request *request;
	struct prove_result *result;
	struct space space;
	struct policy_model policy;
	struct rules_model rules;
	const bdd_ref *behind; /* of redirects */
};

/* What this host's address for the redirect is, seen from FROM. */
static bool
find_alias(const struct proof *proof, const struct policy_forward *f,
    endpoint from, struct rules_pass *pass)
{
	const struct policy *policy = proof->request->policy;

	for (endpoint e = 1; e <= policy->zones.n; e++) {
		if (!endpoint_set_has(&f->from, e) ||
		    !policy_is_uplink(policy, e) ||
		    (policy_is_uplink(policy, from) && from != e) ||
		    !confirm_alias(proof->request, e, &pass->alias))
			continue;
		pass->uplink = e;
		return true;
	}
	return false;
}

static void
prove_forward(
    struct proof *proof, const struct policy_forward *f, endpoint from)
{
	struct rules_pass pass = {
	    .parent = RULES_NO_STATE, .redirect = f, .behind = proof->behind};
	bdd_ref policy, rules;

	if (!find_alias(proof, f, from, &pass))
		return;
	policy = policy_model_forward(&proof->policy, f, from);
	rules = rules_model_way(&proof->rules, &pass);
	compare(&proof->space, policy, rules, f, from, proof->result);
}

static void
prove_forwards(struct proof *proof)
{
	const struct policy *policy = proof->request->policy;
	struct rules_pass pass = {.parent = RULES_NO_STATE};

	if (proof->space.family != FAMILY_4 || policy->forwards.n == 0)
		return;
	proof->behind = rules_model_pass(&proof->rules, &pass);
	for (size_t i = 0; i < policy->forwards.n; i++) {
		const struct policy_forward *f = policy->forwards.v[i];

		for (endpoint e = 1; e <= policy->zones.n; e++)
			if (endpoint_set_has(&f->from, e))
				prove_forward(proof, f, e);
	}
}

static bdd_ref
policy_of(struct proof *proof)
{
	struct space *space = &proof->space;
	struct policy_model later;
	bdd_ref whole;

	policy_model_init(&proof->policy, space);
	whole = policy_model_whole(&proof->policy);
	policy_model_later(&later, &proof->policy);
	return bdd_choose(space->bdd, space_bit(space, space->later),
	    policy_model_whole(&later), whole);
}

static void
note_size(struct proof *proof)
{
	const struct bdd *bdd = proof->space.bdd;

	if (bdd_n_nodes(bdd) > proof->result->nodes)
		proof->result->nodes = bdd_n_nodes(bdd);
	if (bdd_memory(bdd) > proof->result->bytes)
		proof->result->bytes = bdd_memory(bdd);
	proof->result->exhausted |= bdd_failed(bdd);
}

static void
prove_family(struct proof *proof, enum family family)
{
	struct bdd *bdd = bdd_create(proof->request->nodes_max);
	struct rules_pass pass = {.parent = RULES_NO_STATE};
	bdd_ref policy, rules;

	if (bdd == NULL) {
		proof->result->exhausted = true;
		return;
	}
	space_init(&proof->space, proof->request, bdd, family);
	policy = policy_of(proof);
	rules_model_init(
	    &proof->rules, &proof->space, proof->request, proof->result);
	rules = rules_model_way(&proof->rules, &pass);
	compare(
	    &proof->space, policy, rules, NULL, ENDPOINT_SELF, proof->result);
	prove_forwards(proof);
	states_check(&proof->policy, &proof->rules, proof->result);
	note_size(proof);
	bdd_destroy(bdd);
}

bool
prove(const struct prove_request *request, struct prove_result *result)
{
	struct proof proof = {.request = request, .result = result};

	*result = (struct prove_result){.more = false};
	structure_check(request, result);
	prove_family(&proof, FAMILY_4);
	if (request->flavour->ipv6)
		prove_family(&proof, FAMILY_6);
	for (size_t i = 0; i < result->witnesses.n; i++)
		confirm(request, &result->witnesses.v[i]);
	return result->witnesses.n == 0 && result->findings.n == 0 &&
	    !result->exhausted;
}
