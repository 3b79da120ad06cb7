/*
 * Changes that undo themselves: the checks before the switch and after it, for
 * the hooks of apply.h.
 *
 * Before anything is changed: would the policy cut off who is logged in, or
 * the host itself, and which live conversations would it not admit?  What can
 * be reached?  After the switch: can it still be reached, and does somebody
 * confirm it?
 */
#ifndef RUNTIME_APPLY_SAFETY_H
#define RUNTIME_APPLY_SAFETY_H

#include "runtime/apply/apply.h"
#include "runtime/apply/login.h"
#include "runtime/apply/probe.h"

#define SAFETY_CONFIRM 60 /* seconds, for who comes over the net */

struct safety {
	/* By the caller: */
	const char *connection; /* its SSH_CONNECTION, or NULL */
	bool confirm_given;	/* request->confirm is what somebody chose */
	bool revoke;		/* cut what the policy no longer admits */
	const char *root;	/* that /etc and /var are below, or NULL */
	struct probe probes[PROBES_MAX];
	size_t n_probes;
	unsigned probe_time; /* milliseconds; 0: five seconds */
	/* Found out: */
	struct login login;
	unsigned confirm;
	bool reached[PROBES_MAX]; /* before the switch */
	bool detached;
	bool waited; /* for the confirmation: guard_end() is due */
};

/*
 * Find out about the login and put the checks into the hooks of REQUEST, whose
 * context they take.  SAFETY must live as long as the run.
 */
void safety_prepare(struct safety *safety, struct apply_request *request);

/* lockout.c: false if somebody would be locked out, and APPLY has been told. */
bool lockout_check(struct apply *apply, const struct safety *safety);
/* revoke.c: tell the conversations, and with REVOKE cut them by the plan. */
bool revoke_check(struct apply *apply, const struct safety *safety);

#endif
