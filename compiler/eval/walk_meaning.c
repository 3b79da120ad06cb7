/*
 * A walk in the words of a policy.
 */
#include "eval/policy_test.h"

enum verdict
walk_verdict(const struct walk *walk)
{
	switch (walk->end.verdict) {
	case WALK_ALLOW:
		return VERDICT_ALLOW;
	case WALK_RESET:
		/* It says nothing to other protocols (ipfw(8), reset). */
		return walk->packet.tuple.protocol == IPFW_PROTOCOL_TCP
		    ? VERDICT_REJECT
		    : VERDICT_DENY;
	case WALK_UNREACH:
	case WALK_UNREACH6:
		return VERDICT_REJECT;
	case WALK_DENY:
	case WALK_HELD:
	case WALK_LOST:
	case WALK_FOREIGN:
		break;
	}
	return VERDICT_DENY;
}

bool
walk_unfinished(const struct walk *walk)
{
	return walk->end.verdict == WALK_HELD ||
	    walk->end.verdict == WALK_LOST || walk->end.verdict == WALK_FOREIGN;
}

bool
walk_translated(const struct walk *walk)
{
	for (size_t i = 0; i < walk->events.n; i++)
		if (walk->events.v[i].change == WALK_NEW_SOURCE ||
		    walk->events.v[i].change == WALK_NEW_TARGET)
			return true;
	return false;
}

/*
 * A state's parent has decided its packets; without one, of two passes the
 * last rule that is not the anchor's.
 */
const struct ipfw_rule *
walk_decider(const struct walk *walk)
{
	for (size_t i = walk->steps.n; i-- > 0;) {
		const struct walk_step *step = &walk->steps.v[i];

		if (step->event == IPFW_EVENT_STATE ||
		    step->event == IPFW_EVENT_NEW_STATE ||
		    step->event == IPFW_EVENT_NO_STATE)
			return step->source;
	}
	return walk->end.source;
}
