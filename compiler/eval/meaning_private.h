/*
 * What the files of the meaning share: a flow that is being looked at.
 */
#ifndef EVAL_MEANING_PRIVATE_H
#define EVAL_MEANING_PRIVATE_H

#include "eval/meaning.h"

/* Whose address the source is, for the zone that the packet is from. */
enum source_kind {
	SOURCE_OWN,
	SOURCE_LINK,   /* of the link alone: fe80::/10, or :: */
	SOURCE_NOBODY, /* 0.0.0.0: there is no address yet */
	SOURCE_SPOOFED,
};

enum target_kind {
	TARGET_OWN,
	TARGET_LINK,  /* fe80::/10 */
	TARGET_GROUP, /* multicast, or a broadcast */
	TARGET_OTHER,
};

struct look {
	const struct policy *policy;
	const struct locality *locality;
	struct flow flow; /* after a forward has rewritten it */
	bool forwarded;
	enum source_kind source;
	enum target_kind target;
	struct meaning result;
};

/* meaning_end.c */
bool end_is_uplink(const struct look *look, endpoint e);
bool end_is_inner(const struct look *look, endpoint e);
bool end_has_ipv6(const struct look *look, endpoint e);
bool end_has_ipv4(const struct look *look, endpoint e);
enum source_kind end_source(const struct look *look);
enum target_kind end_target(const struct look *look);
/* ff02::/16, or fe80::/10: no further than the link. */
bool addr_in_link(struct addr addr);
/* fe80::/10, or :: */
bool addr_from_link(struct addr addr);
bool flow_with_self(const struct flow *flow);
/* IPv4 from an uplink to a zone that goes out by it with NAT. */
bool flow_behind_nat(const struct look *look);

/* meaning_pass.c: what passes whatever the rules say. */
bool passes_lifeline(const struct look *look);
bool passes_trust(const struct look *look, struct span *span);
bool passes_neighbour(const struct look *look);
bool passes_error(const struct look *look);

/* meaning_rule.c: may a conversation begin with these addresses? */
bool conversation_holds(const struct look *look);
/*
 * Does RULE decide the flow?  *EXCHANGE: by a service whose
 * packets make no state.
 */
bool rule_decides(
    const struct look *look, const struct policy_rule *rule, bool *exchange);

#endif
