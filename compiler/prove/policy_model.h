/*
 * What a policy says of a new flow, as a diagram: from the resolved policy
 * alone, by its words.
 */
#ifndef PROVE_POLICY_MODEL_H
#define PROVE_POLICY_MODEL_H

#include "prove/policy_index.h"
#include "prove/space.h"
#include "sema/host.h"

/* The addresses of a zone, as sets of packets. */
struct policy_ends {
	bdd_ref source_own, target_own;
	bdd_ref target_nets; /* the nets as written */
};

#define POLICY_PARTS_UNKNOWN UINT32_MAX

struct policy_model {
	struct space *space;
	struct policy_index index;
	struct policy_ends *ends; /* by zone */
	bool shared;		  /* some card is on two zones */
	/* Of later fragments, which have no ports: what may pass. */
	bool later;
	bdd_ref no_sender, source_link, source_link_local, source_zero;
	bdd_ref target_link, target_in_link, target_group, target_everybody;
	bdd_ref is_tcp, setup, has_ports;
	bdd_ref source_here, target_here; /* this host's */
	/* By rule: its conversations' services, as far as asked for. */
	bdd_ref *parts;
};

/* Two ends, and what is known of a packet between them. */
struct policy_pair {
	endpoint from, to;
	const struct policy_forward *forward; /* that it came by, or NULL */
	bdd_ref source_own, source_link, source_zero, admitted;
	bdd_ref source_talks; /* who may have a conversation */
	bool hidden;	      /* NAT hides TO from FROM */
	bdd_ref target_own, target_link, target_group;
};

void policy_model_init(struct policy_model *model, struct space *space);
/* The same for later fragments, from a model for all packets. */
void policy_model_later(
    struct policy_model *model, const struct policy_model *whole);
/* The decision for every packet that a host can see. */
bdd_ref policy_model_whole(struct policy_model *model);
/* For packets that came by FORWARD, from FROM; with the tuple behind it. */
bdd_ref policy_model_forward(struct policy_model *model,
    const struct policy_forward *forward, endpoint from);

/*
 * What comes from ports of FROM that TO reaches by an uplink's address as well:
 * nobody can tell it from the answers, see akp(5).
 */
bdd_ref policy_hairpin_answers(
    const struct policy_model *model, endpoint from, endpoint to);
/* The broadcast addresses of the nets that CARD, or any, is in. */
void policy_add_connected(
    struct arena *arena, const struct host_card *card, struct addr_set *set);
struct addr_set policy_connected(
    struct arena *arena, const struct policy *policy);
/* Cards by which packets come from FROM, or go to TO. */
bdd_ref policy_cards_in(const struct policy_model *model, endpoint from);
bdd_ref policy_cards_out(const struct policy_model *model, endpoint to);

/* policy_pair.c: what is decided between two ends. */
struct policy_pair policy_pair_of(const struct policy_model *model,
    endpoint from, endpoint to, const struct policy_forward *forward);
bdd_ref policy_pair_decision(
    struct policy_model *model, const struct policy_pair *pair);
/* With or without a state; LIMIT conversations, 0: any number. */
bdd_ref policy_allow(const struct policy_model *model,
    const struct policy_pair *pair, bool stateful, unsigned limit);
bdd_ref policy_refusal(const struct policy_model *model);
bdd_ref policy_error_types(const struct policy_model *model);
bdd_ref policy_lifeline(const struct policy_model *model);
/* What FORWARD would take, had it not been for the lifeline's port. */
bdd_ref policy_lifeline_redirected(
    const struct policy_model *model, const struct policy_forward *forward);

/* policy_list.c */
bdd_ref policy_list_decision(
    const struct policy_model *model, const struct policy_pair *pair);

/* policy_rule.c */
bdd_ref policy_rule_parts(
    const struct policy_model *model, const struct policy_rule *rule);
bdd_ref policy_rule_hosts(
    const struct policy_model *model, const struct policy_rule *rule);
/* May RULE decide about conversations of the pair? */
bool policy_rule_speaks(const struct policy_model *model,
    const struct policy_pair *pair, const struct policy_rule *rule);
/* Which packets it decides as conversations, and as exchanges. */
bdd_ref policy_rule_conversation(const struct policy_model *model,
    const struct policy_pair *pair, size_t index);
bdd_ref policy_rule_exchange(const struct policy_model *model,
    const struct policy_pair *pair, const struct policy_rule *rule);

/* policy_domain.c: what can happen at all, and what is asked about. */
bdd_ref policy_domain(const struct policy_model *model, bdd_ref decided);
bdd_ref policy_domain_common(const struct policy_model *model);
/* What is not forwarded. */
bdd_ref policy_stays(const struct policy_model *model);

bool policy_is_uplink(const struct policy *policy, endpoint e);
bool policy_is_inner(const struct policy *policy, endpoint e);

#endif
