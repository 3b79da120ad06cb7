/*
 * The two operands of `akinc diff`: policies, or one of them a ruleset.
 */
#ifndef CLI_DIFF_SIDES_H
#define CLI_DIFF_SIDES_H

#include "analyse/diff.h"
#include "cli/session.h"

struct diff_sides {
	const char *paths[2];
	struct session sessions[2];
	struct options options[2];
	bool is_ruleset[2]; /* the file is one */
	uint32_t files[2];
};

/*
 * Read both and resolve what is a policy.  False: what is wrong has been said;
 * *CODE is the exit code.
 */
bool diff_sides_load(struct diff_sides *sides, const struct session *root,
    struct diff *diff, enum exit_code *code);
/* The session whose sources the lines of SIDE are in. */
const struct session *diff_sides_session(
    const struct diff_sides *sides, int side);

#endif
