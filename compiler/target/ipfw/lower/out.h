/*
 * What the files of the out section share.
 */
#ifndef TARGET_IPFW_LOWER_OUT_H
#define TARGET_IPFW_LOWER_OUT_H

#include "target/ipfw/lower/private.h"

/* A block: target zones that share cards, or uplinks ruled alike. */
struct target {
	struct endpoint_set uplinks, inners;
	struct label start;
};

/* The stretch of a block that is for certain target zones. */
struct stage {
	struct endpoint_set to;
	struct endpoint_set sources; /* that may get here, this host too */
	struct label *tail;
	struct endpoint_set beside; /* inner zones on the same cards */
	ir_rule_list rules;	    /* exchanges, and those towards TO */
	bool errors_by_class;	    /* they come first where a class needs it */
};

/* target.c: fills TARGETS, which has room for every zone. */
size_t targets_find(const struct lower *l, struct target *targets);

/* class.c */
struct context stage_context(
    const struct stage *stage, const struct endpoint_set *from);
/* Inner zones that are let on, and this host. */
struct endpoint_set stage_sources(const struct lower *l);
void stage_find_rules(struct lower *l, struct stage *stage);
/* Is each class behind a question for its card? */
bool stage_is_branched(struct lower *l, const struct stage *stage);
/* out.c: this host may look for its neighbours. */
void stage_put_neighbours(struct lower *l, const struct stage *stage);
/* out.c: errors of FAMILIES may leave. */
void stage_put_errors(
    struct lower *l, const struct stage *stage, enum family families);
/* Have all sources the same rules, and is none of the targets trusted? */
bool stage_is_alone(const struct lower *l, const struct stage *stage);
void stage_put_classes(struct lower *l, struct stage *stage);
/*
 * Would an error make a state that lets in whatever ICMP its sender likes?
 * Those of uplinks are let on without any, and then meet rules for others.
 */
bool stage_errors_make_states(const struct lower *l, const struct stage *stage);
/* Do the rules of this host's class see nothing that is not born here? */
bool stage_catches_others(const struct lower *l, const struct stage *stage);
/* Are conversations of the stage picked up that nobody knows? */
bool stage_picks_up(const struct lower *l, const struct stage *stage);
void stage_put_flows(
    struct lower *l, const struct stage *stage, const struct context *context);

#endif
