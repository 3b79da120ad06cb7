/*
 * The first packet that is refused tells the rule; whoever began the
 * conversation tells the line of the policy.
 */
#include <string.h>

#include "eval/lockout_private.h"

static bool
passes(const struct walk *walk)
{
	return walk->end.verdict == WALK_ALLOW;
}

/*
 * Play SCRIPT.  What a missing state refuses during the opening shows again
 * later; it may have had another way, say a rule without states.
 */
static bool
play(struct live *live, const struct lockout_script *script,
    struct lockout_answer *answer)
{
	for (size_t i = 0; i < script->n; i++) {
		answer->packet = script->packets[i];
		scene_walk(&live->scene, &script->packets[i], &answer->walk);
		if (i >= script->opening && !passes(&answer->walk))
			return false;
	}
	return true;
}

/* Nothing reaches a host by a card that it does not have. */
static enum lockout_outcome
judge(struct live *live, const struct lockout_script *script,
    struct lockout_answer *answer)
{
	if (script->card == NULL || !play(live, script, answer))
		return LOCKOUT_REFUSED;
	return LOCKOUT_PASSES;
}

/* A login that there is would have to begin anew, if it is cut. */
static const struct ipfw_packet *
first_packet(struct live *live, const struct lockout_question *question,
    struct lockout_script *script)
{
	struct lockout_question anew = *question;

	if (anew.topic == LOCKOUT_LOGIN)
		anew.topic = LOCKOUT_ANEW;
	lockout_script(live, &anew, true, script);
	return &script->packets[0];
}

static void
find_meaning(struct live *live, struct lockout_answer *answer)
{
	struct lockout_script script;
	const struct ipfw_packet *packet = first_packet(
	    live, &answer->question, &script);

	answer->has_meaning = answer->card != NULL &&
	    scene_flow(&live->scene, packet, &answer->flow);
	if (answer->has_meaning)
		answer->meaning = scene_meaning(&live->scene, &answer->flow);
}

static void
ask_before(struct live *live, struct lockout_answer *answer)
{
	struct lockout_script script;

	answer->before = LOCKOUT_UNKNOWN;
	if (live->switched)
		return;
	lockout_script(live, &answer->question, false, &script);
	answer->before = judge(live, &script, answer);
}

static void
ask_after(struct live *live, struct lockout_answer *answer)
{
	struct lockout_script script;
	bool login = answer->question.topic == LOCKOUT_LOGIN;

	/* Without the rules in force its state is not known either. */
	answer->after = LOCKOUT_UNKNOWN;
	lockout_script(live, &answer->question, true, &script);
	answer->card = script.card;
	if (login && answer->before == LOCKOUT_UNKNOWN)
		return;
	answer->after = judge(live, &script, answer);
	answer->cut = answer->after == LOCKOUT_REFUSED &&
	    (answer->before != LOCKOUT_REFUSED || login ||
		answer->question.topic == LOCKOUT_ANEW);
	if (answer->after == LOCKOUT_REFUSED)
		find_meaning(live, answer);
}

bool
lockout_ask(struct live *live, const struct lockout_question *questions,
    size_t n, struct lockout_answer *answers)
{
	for (size_t i = 0; i < n; i++) {
		answers[i] = (struct lockout_answer){.question = questions[i]};
		ask_before(live, &answers[i]);
	}
	if (!live_switch(live))
		return false;
	for (size_t i = 0; i < n; i++)
		ask_after(live, &answers[i]);
	return true;
}
