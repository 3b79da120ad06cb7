/*
 * What came of the work: what is known by it, and what is told of it.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/daemon/daemon.h"
#include "runtime/daemon/hypervisors.h"

/* --- What is known --- */

static const char *
active_of(const json_t *facts)
{
	const char *card = daemon_text(facts, "active");

	if (card[0] == '\0')
		card = daemon_text(facts, "active6");
	return card[0] == '\0' ? "disabled" : card;
}

static void
learn_facts(struct daemon *daemon, json_t *facts)
{
	const char *was = active_of(daemon->facts), *is = active_of(facts);

	if (facts == NULL)
		return;
	if (strcmp(was, is) != 0)
		log_write(&daemon->log, LOG_LEVEL_NOTICE,
		    "active nic changed from %s to %s", was, is);
	hypervisors_tell(&daemon->log, daemon->facts, facts);
	daemon_keep(&daemon->facts, facts);
}

static void
set_failure(struct daemon *daemon, const char *why)
{
	free(daemon->failure);
	daemon->failure = why == NULL ? NULL : strdup(why);
}

/* Said once, however often it is tried; with it what DETAILS there are. */
static void
fail_with_details(struct daemon *daemon, const char *why, const char *details)
{
	if (daemon->failure == NULL || strcmp(daemon->failure, why) != 0) {
		log_write(&daemon->log, LOG_LEVEL_ERROR, "%s", why);
		log_write(&daemon->log, LOG_LEVEL_DEBUG, "%s", details);
	}
	set_failure(daemon, why);
}

void
daemon_fail(struct daemon *daemon, const char *why)
{
	fail_with_details(daemon, why, "");
}

/* Of the policy, once until they are others. */
static void
tell_warnings(struct daemon *daemon)
{
	json_t *warnings = json_object_get(daemon->result, "warnings");

	if (warnings == NULL || json_equal(warnings, daemon->warnings))
		return;
	log_write(
	    &daemon->log, LOG_LEVEL_WARNING, "%s", json_string_value(warnings));
	daemon_keep(&daemon->warnings, warnings);
}

static void
succeed(struct daemon *daemon)
{
	if (daemon->failure != NULL)
		log_write(&daemon->log, LOG_LEVEL_NOTICE,
		    "the policy is in force again");
	set_failure(daemon, NULL);
}

/* --- Work --- */

void
daemon_hear_work(void *context, json_t *message)
{
	struct daemon *daemon = context;
	const char *level = json_string_value(json_object_get(message, "say"));
	const char *step = json_string_value(json_object_get(message, "step"));
	const json_t *waiting = json_object_get(message, "waiting");
	json_t *result = json_object_get(message, "result");

	if (level != NULL)
		log_write(&daemon->log,
		    strcmp(level, "note") == 0		? LOG_LEVEL_NOTICE
			: strcmp(level, "warning") == 0 ? LOG_LEVEL_WARNING
							: LOG_LEVEL_DEBUG,
		    "%s", daemon_text(message, "text"));
	if (step != NULL)
		log_write(&daemon->log, LOG_LEVEL_NOTICE, "%s", step);
	if (json_is_true(json_object_get(message, "natd")))
		daemon->natd_started = true;
	if (json_is_integer(waiting)) {
		daemon->confirm_until = daemon->now +
		    1000 * json_integer_value(waiting);
		log_write(&daemon->log, LOG_LEVEL_NOTICE,
		    "waiting %d s to be confirmed",
		    (int)json_integer_value(waiting));
	}
	if (result != NULL)
		daemon_keep(&daemon->result, result);
}

static void
tell_generation(struct daemon *daemon, const json_t *result)
{
	json_int_t steps = json_integer_value(json_object_get(result, "steps"));

	if (steps == 0) {
		log_write(&daemon->log, LOG_LEVEL_DEBUG, "nothing to change");
		return;
	}
	daemon->applies++;
	log_write(&daemon->log, LOG_LEVEL_NOTICE,
	    "generation %d is in force, in set %d%s%s",
	    (int)json_integer_value(json_object_get(result, "generation")),
	    (int)json_integer_value(json_object_get(result, "set")),
	    daemon->begun.without_nat ? ", without NAT" : "",
	    result != daemon->result ? ", of the last good policy" : "");
}

/* A natd follows its card's address while awake; over a sleep it may not. */
static void
note_natds(struct daemon *daemon)
{
	if (daemon->begun.woken && !daemon->natd_started)
		return;
	daemon_keep(&daemon->natd_facts, daemon->facts);
	natds_note(&daemon->natds, daemon->facts);
}

static void
learn_natds(struct daemon *daemon, bool had_natd)
{
	if (daemon_wants_natd(daemon) && !daemon->begun.without_nat) {
		if (daemon->begun.fresh || daemon->natds.n == 0)
			daemon->nat_started = daemon->now;
		follow_audit(&daemon->follow, daemon->now);
	} else {
		if (had_natd)
			log_write(
			    &daemon->log, LOG_LEVEL_NOTICE, "disabled natd");
		natds_forget(&daemon->natds);
	}
	note_natds(daemon);
	daemon_check_natds(daemon);
}

/* RESULT tells of a generation that is in force. */
static void
learn_generation(struct daemon *daemon, json_t *result)
{
	json_t *artefact = json_object_get(result, "artefact");
	bool had_natd = daemon_wants_natd(daemon);

	tell_generation(daemon, result);
	snprintf(daemon->digest, sizeof(daemon->digest), "%s",
	    daemon_text(result, "digest"));
	if (artefact != NULL)
		daemon_keep(&daemon->artefact, artefact);
	daemon->nat_left_out = daemon->begun.without_nat;
	if (!daemon->begun.without_nat)
		daemon->nat_broken = false;
	learn_natds(daemon, had_natd);
}

static void
end_apply_well(struct daemon *daemon)
{
	learn_generation(daemon, daemon->result);
	files_learn(&daemon->files, daemon->options->policy,
	    json_object_get(
		json_object_get(daemon->result, "artefact"), "files"));
	daemon->asked = daemon->stopped = false;
	if (!daemon->begun.without_nat)
		succeed(daemon);
}

static bool
is_fine(const json_t *result)
{
	const json_t *code = json_object_get(result, "code");

	return json_is_integer(code) && json_integer_value(code) == APPLY_FINE;
}

/* The policy is wrong, and the last good one went on: how did that go? */
static void
end_last_good(struct daemon *daemon, json_t *kept)
{
	if (is_fine(kept))
		learn_generation(daemon, kept);
	else if (json_integer_value(json_object_get(kept, "code")) !=
	    APPLY_POLICY)
		log_write(&daemon->log, LOG_LEVEL_ERROR,
		    "the last good policy does not follow the host: %s",
		    daemon_text(kept, "reason"));
}

/* What fails for its NAT daemon is done without it at once. */
static void
end_apply_badly(struct daemon *daemon)
{
	json_t *kept = json_object_get(daemon->result, "kept");
	const json_t *tried = kept != NULL ? kept : daemon->result;
	bool nat = json_is_true(json_object_get(tried, "nat_failed"));
	const char *why = daemon_text(daemon->result, "reason");

	if (!is_fine(tried)) {
		daemon->fresh = daemon->fresh || daemon->begun.fresh;
		daemon->woken = daemon->woken || daemon->begun.woken;
	}
	fail_with_details(daemon,
	    why[0] != '\0' ? why : "the applier ended and did not say why",
	    daemon_text(daemon->result, "details"));
	if (json_is_true(json_object_get(daemon->result, "unconfirmed")))
		daemon->asked = false;
	if (kept != NULL)
		end_last_good(daemon, kept);
	if (nat && !daemon->begun.without_nat) {
		daemon->nat_broken = daemon->without_nat = true;
		follow_event(
		    &daemon->follow, daemon->now - daemon->options->times.most);
	}
}

/* The last of several lines says what came of it. */
static const char *
last_line(const char *text)
{
	const char *newline = strrchr(text, '\n');

	return newline == NULL ? text : newline + 1;
}

static bool
is_final(const json_t *result)
{
	return is_fine(result) ||
	    json_is_true(json_object_get(result, "refused")) ||
	    json_is_true(json_object_get(result, "unconfirmed")) ||
	    json_integer_value(json_object_get(result, "code")) == APPLY_POLICY;
}

/* A wrong policy stays wrong until its text or the host changes. */
static bool
is_done(const struct daemon *daemon)
{
	const json_t *kept = json_object_get(daemon->result, "kept");

	if (is_fine(daemon->result))
		return !daemon->begun.without_nat;
	return is_final(daemon->result) && (kept == NULL || is_final(kept));
}

static void
end_apply(struct daemon *daemon)
{
	bool fine = is_fine(daemon->result);

	learn_facts(daemon, json_object_get(daemon->result, "facts"));
	tell_warnings(daemon);
	if (fine)
		end_apply_well(daemon);
	else
		end_apply_badly(daemon);
	follow_end(&daemon->follow, FOLLOW_APPLY, is_done(daemon), daemon->now);
	if (!daemon->ready) {
		notify_send(&daemon->notify, "READY=1");
		daemon->ready = true;
	}
}

static void
end_stop(struct daemon *daemon)
{
	if (!is_fine(daemon->result)) {
		daemon_fail(daemon, daemon_text(daemon->result, "reason"));
		return;
	}
	log_write(&daemon->log, LOG_LEVEL_NOTICE,
	    "stopped: nothing of ours "
	    "is in force");
	follow_hold(&daemon->follow);
	set_failure(daemon, NULL);
	natds_forget(&daemon->natds);
	daemon->digest[0] = '\0';
	daemon->stopped = true;
}

static void
end_rollback(struct daemon *daemon)
{
	if (!is_fine(daemon->result)) {
		log_write(&daemon->log, LOG_LEVEL_ERROR, "%s",
		    daemon_text(daemon->result, "reason"));
		return;
	}
	snprintf(daemon->digest, sizeof(daemon->digest), "%s",
	    daemon_text(daemon->result, "digest"));
	follow_hold(&daemon->follow);
	daemon_fail(daemon,
	    "rolled back: the former generation stays in force until a start, "
	    "a reload or a new policy");
	follow_audit(&daemon->follow, daemon->now);
}

static void
end_boot(struct daemon *daemon)
{
	if (is_fine(daemon->result) &&
	    daemon_text(daemon->result, "digest")[0] != '\0')
		log_write(&daemon->log, LOG_LEVEL_NOTICE,
		    "the last good generation is in force");
	else if (!is_fine(daemon->result))
		log_write(&daemon->log, LOG_LEVEL_WARNING,
		    "the last good generation cannot be loaded: %s",
		    daemon_text(daemon->result, "reason"));
}

void
daemon_end_work(struct daemon *daemon)
{
	uint64_t client = daemon->client;
	const char *reason;
	json_t *code;

	daemon->confirm_until = 0;
	daemon->waits_told = false;
	switch (daemon->begun.kind) {
	case JOB_BOOT:
		end_boot(daemon);
		break;
	case JOB_APPLY:
		end_apply(daemon);
		break;
	case JOB_STOP:
		end_stop(daemon);
		break;
	case JOB_ROLLBACK:
		end_rollback(daemon);
		break;
	case JOB_LOOK:
		break;
	}
	/* The try without NAT that follows is part of the same request. */
	if (daemon->without_nat && client != 0)
		return;
	daemon->client = 0;
	code = json_object_get(daemon->result, "code");
	reason = daemon_text(daemon->result, "reason");
	server_reply(&daemon->server, client,
	    json_is_integer(code) ? (int)json_integer_value(code)
				  : APPLY_ENVIRONMENT,
	    is_fine(daemon->result) ? "done" : last_line(reason), NULL);
	requests_monitor(daemon, true);
}
