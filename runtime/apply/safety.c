/*
 * The order of the checks.
 */
#include <unistd.h>

#include "runtime/apply/guard.h"
#include "runtime/apply/private.h"
#include "runtime/apply/safety.h"

#define PROBE_TIME 5000 /* milliseconds */

static void
probe(struct safety *safety)
{
	probe_run(safety->probes, safety->n_probes,
	    safety->probe_time != 0 ? safety->probe_time : PROBE_TIME);
}

/* What cannot be reached now says nothing about the new rules. */
static void
probe_before(struct apply *apply, struct safety *safety)
{
	probe(safety);
	for (size_t i = 0; i < safety->n_probes; i++) {
		safety->reached[i] = safety->probes[i].passed;
		if (!safety->reached[i])
			apply_say(apply, APPLY_WARNING,
			    "the probe `%s` fails already, so it will not "
			    "count",
			    safety->probes[i].text);
	}
}

static bool
probe_after(struct apply *apply, struct safety *safety)
{
	bool all = true;

	probe(safety);
	for (size_t i = 0; i < safety->n_probes; i++) {
		if (!safety->reached[i] || safety->probes[i].passed)
			continue;
		apply_say(apply, APPLY_ERROR,
		    "the probe `%s` does not pass any more",
		    safety->probes[i].text);
		all = false;
	}
	return all ||
	    apply_fail(apply, APPLY_ENVIRONMENT,
		"what was in reach is not: it is taken back");
}

static bool
may_begin(void *context, struct apply *apply)
{
	struct safety *safety = context;

	if (!lockout_check(apply, safety))
		return false;
	if (safety->n_probes > 0)
		probe_before(apply, safety);
	return true;
}

static bool
amend(void *context, struct apply *apply)
{
	return revoke_check(apply, context);
}

static bool
detach(struct apply *apply, struct safety *safety)
{
	if (safety->confirm == 0 || safety->detached)
		return true;
	safety->detached = guard_detach(apply);
	return safety->detached;
}

static bool
may_switch(void *context, struct apply *apply)
{
	return detach(apply, context);
}

static bool
may_keep(void *context, struct apply *apply)
{
	struct safety *safety = context;

	if (!detach(apply, safety) ||
	    (safety->n_probes > 0 && !probe_after(apply, safety)))
		return false;
	safety->waited = safety->confirm != 0;
	return !safety->waited || guard_wait(apply, safety->confirm);
}

void
safety_prepare(struct safety *safety, struct apply_request *request)
{
	login_find(&login_host, safety->connection, getpid(), &safety->login);
	if (!safety->confirm_given)
		request->confirm = safety->login.remote ? SAFETY_CONFIRM : 0;
	safety->confirm = request->confirm;
	request->hooks.context = safety;
	request->hooks.amend = amend;
	request->hooks.may_begin = may_begin;
	request->hooks.may_switch = may_switch;
	request->hooks.may_keep = may_keep;
}
