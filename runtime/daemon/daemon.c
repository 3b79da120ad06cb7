/*
 * What follows from what.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/daemon/daemon.h"

/* A natd that ends this soon after its start will end again. */
#define SHORT_LIFE_MS 10000
#define SHORT_LIVES_MAX 3

/* --- What is known --- */

const char *
daemon_text(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : text;
}

void
daemon_keep(json_t **place, json_t *value)
{
	json_incref(value);
	json_decref(*place);
	*place = value;
}

/* --- Events --- */

static void
wake(struct daemon *daemon, const char *how)
{
	log_write(&daemon->log, LOG_LEVEL_NOTICE, "woke from sleep (%s)", how);
	daemon->fresh = daemon->woken = true;
	follow_event(&daemon->follow, daemon->now);
	follow_audit(&daemon->follow, daemon->now);
}

static void
look_at_clock(struct daemon *daemon)
{
	struct watch_clock clock = daemon->system->clock();

	if (watch_clock_slept(daemon->clock, clock))
		wake(daemon, "the clock jumped");
	daemon->clock = clock;
}

/* Whatever comes first after a sleep has to be known for that. */
static void
fall_asleep(struct daemon *daemon)
{
	log_write(&daemon->log, LOG_LEVEL_NOTICE, "going to sleep");
	daemon->woken = true;
}

/* Rules that may still be taken back are not mixed with others. */
static void
tell_waiting(struct daemon *daemon)
{
	if (daemon->confirm_until != 0 && !daemon->waits_told)
		log_write(&daemon->log, LOG_LEVEL_NOTICE,
		    "the host has changed: it is followed when the policy is "
		    "confirmed or taken back");
	daemon->waits_told = daemon->confirm_until != 0;
}

void
daemon_hear(struct daemon *daemon, unsigned events)
{
	if (events == 0)
		return;
	daemon->events++;
	look_at_clock(daemon);
	if ((events & WATCH_SLEEP) != 0)
		fall_asleep(daemon);
	if ((events & WATCH_WAKE) != 0)
		wake(daemon, "told by the system");
	if ((events & WATCH_LOST) != 0)
		log_write(&daemon->log, LOG_LEVEL_DEBUG,
		    "events were lost: all is read anew");
	if ((events & (WATCH_NETWORK | WATCH_LOST)) != 0) {
		follow_event(&daemon->follow, daemon->now);
		tell_waiting(daemon);
	}
	/* Our own changes come back this way, too. */
	if ((events & WATCH_RULES) != 0 && daemon->work.pid == 0)
		follow_audit(&daemon->follow, daemon->now);
}

void
daemon_reload(struct daemon *daemon)
{
	daemon->asked = true;
	follow_ask(&daemon->follow, daemon->now);
}

void
daemon_tick(struct daemon *daemon)
{
	if (daemon->now < daemon->tick)
		return;
	daemon->tick = daemon->now + daemon->options->times.tick;
	look_at_clock(daemon);
	daemon_hear(daemon, watch_reopen(&daemon->watch, daemon->now));
	if (files_changed(&daemon->files)) {
		log_write(&daemon->log, LOG_LEVEL_NOTICE,
		    "%s or a file of it has changed", daemon->options->policy);
		if (!daemon->stopped)
			daemon_reload(daemon);
	}
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
daemon_due(const struct daemon *daemon)
{
	int64_t due = least(daemon->tick, requests_due(daemon));

	due = least(due, notify_due(&daemon->notify));
	/* What runs is waited for, not woken for. */
	if (daemon->work.pid == 0 && daemon->look.pid == 0)
		due = least(due, follow_due(&daemon->follow));
	return due;
}

/* --- NAT daemons --- */

/* For a while, and each time for longer. */
static void
give_up_natd(struct daemon *daemon)
{
	daemon_fail(daemon, "natd keeps ending: the host goes on without NAT");
	daemon->without_nat = daemon->nat_broken = true;
	daemon->follow.failures = daemon->nat_deaths - SHORT_LIVES_MAX;
}

void
daemon_lose_natd(struct daemon *daemon, struct natd *natd)
{
	bool soon = daemon->now - daemon->nat_started < SHORT_LIFE_MS;

	/* Our own work may have ended it; the look that follows tells. */
	if (daemon->work.pid != 0) {
		follow_audit(&daemon->follow, daemon->now);
		return;
	}
	log_write(&daemon->log, LOG_LEVEL_WARNING, "natd on %s has ended",
	    natd->card);
	natd->restarts++;
	daemon->nat_deaths = soon ? daemon->nat_deaths + 1 : 0;
	daemon->fresh = true;
	if (daemon->nat_deaths >= SHORT_LIVES_MAX)
		give_up_natd(daemon);
	follow_ask(&daemon->follow, daemon->now);
}

/* After sleep a natd may have missed that its card has a new address. */
void
daemon_check_natds(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->natds.n; i++) {
		struct natd *natd = &daemon->natds.v[i];

		if (!natds_is_wrong(natd, daemon->facts))
			continue;
		log_write(&daemon->log, LOG_LEVEL_NOTICE,
		    "%s has another address: natd is started anew", natd->card);
		natds_kill(natd);
	}
}

bool
daemon_wants_natd(const struct daemon *daemon)
{
	const json_t *nats = json_object_get(daemon->artefact, "nats"), *nat;
	size_t i;

	json_array_foreach(nats, i, nat)
	{
		if (strcmp(daemon_text(nat, "method"), "divert") == 0)
			return true;
	}
	return false;
}

/* --- Work --- */

/* What the last apply had is there still, if that went well. */
static const json_t *
known_modules(const struct daemon *daemon)
{
	bool well = daemon->digest[0] != '\0' && daemon->failure == NULL &&
	    !daemon->fresh;

	return well ? json_object_get(daemon->artefact, "modules") : NULL;
}

void
daemon_work(struct daemon *daemon, enum job_kind kind, uint64_t client)
{
	struct job_request request = {.kind = kind,
	    .options = daemon->options,
	    .without_nat = daemon->without_nat,
	    .nat_back = daemon->nat_left_out,
	    .fresh = daemon->fresh,
	    .woken = daemon->woken,
	    .asked = daemon->asked,
	    .force = daemon->force || daemon->options->force,
	    .confirm = daemon->confirm,
	    .peer = daemon->peer,
	    .modules = known_modules(daemon)};
	int error;

	memcpy(request.known, daemon->digest, sizeof(request.known));
	json_decref(daemon->result);
	daemon->result = NULL;
	daemon->works++;
	daemon->natd_started = false;
	daemon->begun = request;
	daemon->client = client;
	daemon->fresh = daemon->force = daemon->without_nat = false;
	daemon->woken = false;
	daemon->confirm = -1;
	daemon->peer = 0;
	error = job_start(&daemon->work, &request, daemon->system->work);
	if (error == 0)
		return;
	daemon->fresh = request.fresh;
	daemon->result = json_pack(
	    "{s:i, s:s}", "code", APPLY_ENVIRONMENT, "reason", strerror(error));
	daemon_end_work(daemon);
}

static void
begin_apply(struct daemon *daemon)
{
	bool retry = daemon->follow.retry <= daemon->now;

	/* While its NAT daemon fails, the host itself comes first. */
	if (daemon->nat_broken && !retry)
		daemon->without_nat = true;
	follow_begin(&daemon->follow, FOLLOW_APPLY, daemon->now);
	daemon_work(daemon, JOB_APPLY, daemon->client);
}

static void
begin_look(struct daemon *daemon)
{
	struct job_request request = {
	    .kind = JOB_LOOK, .options = daemon->options};

	daemon->look_works = daemon->works;
	follow_begin(&daemon->follow, FOLLOW_AUDIT, daemon->now);
	if (job_start(&daemon->look, &request, daemon->system->work) != 0)
		follow_end(&daemon->follow, FOLLOW_AUDIT, false, daemon->now);
}

void
daemon_go_on(struct daemon *daemon)
{
	enum follow_job due;

	requests_go_on(daemon);
	if (daemon->ending)
		return;
	due = follow_next(&daemon->follow, daemon->now);
	if (due == FOLLOW_APPLY && daemon->work.pid == 0)
		begin_apply(daemon);
	else if (due == FOLLOW_AUDIT && daemon->look.pid == 0 &&
	    daemon->work.pid == 0)
		begin_look(daemon);
}
