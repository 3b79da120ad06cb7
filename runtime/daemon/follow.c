#include <string.h>

#include "runtime/daemon/follow.h"

#define DOUBLINGS_MAX 20

void
follow_init(
    struct follow *follow, const struct daemon_times *times, int64_t now)
{
	memset(follow, 0, sizeof(*follow));
	follow->times = *times;
	follow->retry = FOLLOW_NEVER;
	follow->audit = now + times->audit;
	follow_ask(follow, now);
}

void
follow_event(struct follow *follow, int64_t now)
{
	if (!follow->dirty)
		follow->first = now;
	follow->dirty = true;
	follow->last = now;
}

void
follow_ask(struct follow *follow, int64_t now)
{
	follow->held = false;
	follow->dirty = true;
	follow->first = now - follow->times.most;
	follow->last = now - follow->times.quiet;
}

void
follow_hold(struct follow *follow)
{
	follow->held = true;
	follow->retry = FOLLOW_NEVER;
	follow->failures = 0;
}

void
follow_audit(struct follow *follow, int64_t now)
{
	follow->audit = now;
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When the gathered events, or a failure, ask for an apply. */
static int64_t
apply_due(const struct follow *follow)
{
	int64_t due = follow->retry;

	if (follow->applying || follow->held)
		return FOLLOW_NEVER;
	if (follow->dirty)
		due = least(due,
		    least(follow->last + follow->times.quiet,
			follow->first + follow->times.most));
	return due;
}

/* While something is applied, what runs is neither this nor that. */
static int64_t
audit_due(const struct follow *follow)
{
	return follow->applying || follow->auditing ? FOLLOW_NEVER
						    : follow->audit;
}

enum follow_job
follow_next(const struct follow *follow, int64_t now)
{
	if (apply_due(follow) <= now)
		return FOLLOW_APPLY;
	if (audit_due(follow) <= now)
		return FOLLOW_AUDIT;
	return FOLLOW_NOTHING;
}

int64_t
follow_due(const struct follow *follow)
{
	return least(apply_due(follow), audit_due(follow));
}

void
follow_begin(struct follow *follow, enum follow_job job, int64_t now)
{
	switch (job) {
	case FOLLOW_APPLY:
		follow->applying = true;
		follow->dirty = false;
		follow->retry = FOLLOW_NEVER;
		break;
	case FOLLOW_AUDIT:
		follow->auditing = true;
		follow->audit = now + follow->times.audit;
		break;
	case FOLLOW_NOTHING:
		break;
	}
}

static int64_t
pause_after(const struct follow *follow)
{
	int64_t pause = follow->times.retry_first;

	for (unsigned i = 1; i < follow->failures && i < DOUBLINGS_MAX; i++)
		pause = least(pause * 2, follow->times.retry_most);
	return least(pause, follow->times.retry_most);
}

static void
end_apply(struct follow *follow, bool fine, int64_t now)
{
	follow->applying = false;
	if (fine) {
		follow->failures = 0;
		return;
	}
	follow->failures++;
	if (!follow->held)
		follow->retry = now + pause_after(follow);
}

void
follow_end(struct follow *follow, enum follow_job job, bool fine, int64_t now)
{
	switch (job) {
	case FOLLOW_APPLY:
		end_apply(follow, fine, now);
		break;
	case FOLLOW_AUDIT:
		follow->auditing = false;
		break;
	case FOLLOW_NOTHING:
		break;
	}
}
