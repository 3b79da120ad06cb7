/*
 * A text that was not in force before may cut off who is logged in.  Nobody
 * need have asked akind for it: it may have been changed in its file.
 */
#include <string.h>
#include <utmpx.h>

#include "runtime/apply/guard.h"
#include "runtime/apply/safety.h"
#include "runtime/daemon/work.h"

/* Does PID belong to somebody who comes over the net, and would be cut off? */
static bool
check_login(struct work *work, struct apply *apply, pid_t pid, bool *refused)
{
	struct safety safety = {0};

	login_find(&login_host, NULL, pid, &safety.login);
	if (!safety.login.remote)
		return false;
	work->remote = true;
	*refused = *refused || !lockout_check(apply, &safety);
	return true;
}

static bool
check_records(struct work *work, struct apply *apply, bool *refused)
{
	const struct utmpx *record;
	bool found = false;

	setutxent();
	while ((record = getutxent()) != NULL && !*refused) {
		if (record->ut_type == USER_PROCESS && record->ut_pid > 1 &&
		    check_login(work, apply, record->ut_pid, refused))
			found = true;
	}
	endutxent();
	return found;
}

/*
 * Machines' conversations that are live when NAT is left out would leave with
 * their own addresses, by their states; what was cut before stays cut.
 */
bool
work_amend(void *context, struct apply *apply)
{
	const struct work *work = context;
	struct safety safety = {.revoke = work->job->without_nat};

	return revoke_check(apply, &safety);
}

/* Whoever asked said how long; without a word, who is far away must confirm. */
static unsigned
seconds_to_wait(const struct work *work)
{
	if (work->job->confirm >= 0)
		return (unsigned)work->job->confirm;
	return work->other_text && work->remote && !work->job->force
	    ? SAFETY_CONFIRM
	    : 0;
}

static bool
note_trial(struct work *work, struct apply *apply)
{
	return seconds_to_wait(work) == 0 ||
	    saved_note_trial(
		work, saved_policy_digest(work, apply_artefact(apply)));
}

bool
work_may_begin(void *context, struct apply *apply)
{
	struct work *work = context;
	struct safety nobody = {.login = {.reason = LOGIN_NO_TERMINAL}};
	bool refused = false, found;

	if (!work->other_text)
		return true;
	found = work->job->peer > 1 &&
	    check_login(work, apply, work->job->peer, &refused);
	found = check_records(work, apply, &refused) || found;
	if (!found)
		refused = !lockout_check(apply, &nobody);
	if (refused)
		work_add(work, "refused", json_true());
	return !refused && note_trial(work, apply);
}

bool
work_may_keep(void *context, struct apply *apply)
{
	struct work *work = context;
	unsigned seconds = seconds_to_wait(work);

	if (seconds == 0)
		return true;
	work->waited = true;
	job_send(work->out, json_pack("{s:i}", "waiting", (int)seconds));
	if (guard_wait(apply, seconds))
		return true;
	work_add(work, "unconfirmed", json_true());
	return false;
}
