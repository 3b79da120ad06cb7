/*
 * Does the ruleset do what the policy means?
 */
#ifndef CROSSCHECK_AGREE_H
#define CROSSCHECK_AGREE_H

#include "eval/scene.h"
#include "tests/crosscheck/packets.h"

struct verdicts {
	bool has_meaning;
	struct meaning meaning;
	struct walk walk;
};

/* What is wrong, or NULL.  The states of earlier packets stay. */
const char *agree_packet(
    struct scene *scene, const struct trial *trial, struct verdicts *out);
/* Does somebody answer to a packet that was let through? */
bool agree_has_reply(const struct scene *scene, const struct trial *trial,
    const struct verdicts *sent);
/* After a packet that was let through: is its answer, to the right one? */
const char *agree_reply(struct scene *scene, const struct trial *trial,
    const struct verdicts *sent, struct walk *reply);
/* After one packet of a limited rule: exactly as many more as it says? */
const char *agree_limit(
    struct scene *scene, const struct trial *trial, struct verdicts *sent);
/* The packet in two fragments, on a stage without a past. */
const char *agree_fragments(struct scene *scene, const struct trial *trial,
    const struct verdicts *whole, struct walk *walk);

#endif
