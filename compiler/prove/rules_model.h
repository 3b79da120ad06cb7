/*
 * What a ruleset does to a new flow, rule by rule from the last one upwards.
 */
#ifndef PROVE_RULES_MODEL_H
#define PROVE_RULES_MODEL_H

#include "prove/space.h"

/*
 * What states run when they are met: one entry for each action that a
 * stateful rule has.
 */
struct rules_parent {
	enum ipfw_verb verb;
	size_t target; /* index of the rule that a skipto goes to */
};

#define RULES_OPTIONS_KNOWN 4

/* What RULE asks but for addresses and ports. */
struct rules_options {
	const struct ipfw_rule *rule; /* or NULL */
	bdd_ref packets;
};

/* What each rule matches, as far as it has been asked. */
struct rules_matches {
	bool *found;
	bdd_ref *packets;
	struct rules_options options[RULES_OPTIONS_KNOWN]; /* of late */
	size_t next;
};

struct rules_model {
	struct space *space;
	const struct ipfw_ruleset *ruleset;
	const struct ipfw_flavour *flavour;
	struct prove_result *result;
	VEC(struct rules_parent) parents;
	struct rules_matches matches[2]; /* coming in, going out */
	bdd_ref has_ports;
	bool unknown; /* a rule that the model does not know */
};

#define RULES_NO_STATE (-1)

/* One pass of a packet over the rules. */
struct rules_pass {
	bool out;
	int parent; /* of the state that there is, or RULES_NO_STATE */
	/* It must meet this uplink's NAT before it looks for a state. */
	endpoint seek;
	/*
	 * The packet has not been through this redirect yet: its target is
	 * ALIAS, an address of this host, and its port one outside.
	 */
	const struct policy_forward *redirect;
	struct addr alias;
	endpoint uplink; /* whose alias it is */
	/* The same pass over rules behind the redirect, or behind the NAT. */
	const bdd_ref *behind;
};

/* Rules that a pass can come to, and those that something jumps to. */
struct rules_reach {
	bool *reached, *targets;
};

void rules_model_init(struct rules_model *model, struct space *space,
    const struct prove_request *request, struct prove_result *result);
/* For each rule, and one further: what becomes of a packet that reaches it. */
bdd_ref *rules_model_pass(
    struct rules_model *model, const struct rules_pass *pass);
struct rules_reach rules_reach(
    struct rules_model *model, const struct rules_pass *pass);
/* Does a packet that has a state, or seeks one, meet it at RULE? */
bool rules_pass_meets_state(
    const struct rules_pass *pass, const struct ipfw_rule *rule);
/* The whole way of a packet; REDIRECT and its kin of PASS may be set. */
bdd_ref rules_model_way(
    struct rules_model *model, const struct rules_pass *pass);
/* Which packets a rule matches. */
bdd_ref rules_model_match(struct rules_model *model,
    const struct rules_pass *pass, const struct ipfw_rule *rule);
void rules_model_complain(
    struct rules_model *model, const struct ipfw_rule *rule, const char *text);
/* The uplink that a NAT instance is for: a zone's number from 1, or other. */
unsigned rules_model_nat(
    const struct rules_model *model, const struct ipfw_nat *nat);
const struct ipfw_nat *rules_model_find_nat(
    const struct rules_model *model, const struct ipfw_rule *rule);

#endif
