/*
 * Which live conversations would the policy no longer admit?
 *
 * A state tells who began, with the addresses behind the NAT.  It is admitted
 * if the first packet of such a conversation would be, from any zone and to
 * any zone that these addresses may be in.
 */
#ifndef EVAL_ADMIT_H
#define EVAL_ADMIT_H

#include "eval/meaning.h"
#include "eval/scene.h"
#include "target/ipfw/text/read.h"

enum admit_answer {
	ADMIT_YES,
	ADMIT_NO,
	/* Policy and ruleset disagree: never to be taken for a no. */
	ADMIT_UNSURE,
};

struct admit_result {
	enum admit_answer answer;
	/* Of the first packet that was tried, if there was one. */
	bool has_flow;
	struct flow flow;
	struct meaning meaning;
	const struct ipfw_rule *rule; /* that refused it, or NULL */
};

/*
 * SCENE has the ruleset of the policy; packets are played on it.  False if
 * there is no memory.
 */
bool admit_state(struct scene *scene, const struct ipfw_state *state,
    struct admit_result *result);

#endif
