/*
 * What a look at the host has found: changes by others, NAT daemons, counters.
 */
#include <string.h>

#include "runtime/daemon/daemon.h"

void
daemon_hear_look(void *context, json_t *message)
{
	struct daemon *daemon = context;
	json_t *result = json_object_get(message, "result");

	if (result != NULL)
		daemon_keep(&daemon->look_result, result);
}

static bool
is_known_drift(const json_t *known, const json_t *text)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(known, i, entry)
	{
		if (json_equal(entry, text))
			return true;
	}
	return false;
}

static void
tell_drift(struct daemon *daemon, const json_t *drift)
{
	const json_t *known = json_object_get(daemon->seen, "drift"), *text;
	size_t i;

	json_array_foreach(drift, i, text)
	{
		if (!is_known_drift(known, text))
			log_write(&daemon->log, LOG_LEVEL_WARNING, "drift: %s",
			    json_string_value(text));
	}
	if (json_array_size(drift) == 0 && json_array_size(known) > 0)
		log_write(&daemon->log, LOG_LEVEL_NOTICE, "drift is gone");
	if (json_array_size(drift) > 0 && !daemon->stopped &&
	    strcmp(daemon_text(daemon->artefact, "drift"), "repair") == 0) {
		daemon->fresh = true;
		follow_ask(&daemon->follow, daemon->now);
	}
}

/* A natd that should run and does not, did not end before our eyes. */
static void
find_lost_natds(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->natds.n; i++) {
		if (daemon->natds.v[i].pid == 0 && daemon_wants_natd(daemon) &&
		    !daemon->nat_broken && daemon->work.pid == 0) {
			daemon_lose_natd(daemon, &daemon->natds.v[i]);
			return;
		}
	}
}

/* Rules were moved before its eyes: it may have seen half of it. */
static void
look_again(struct daemon *daemon, json_t *result)
{
	json_decref(result);
	follow_audit(&daemon->follow, daemon->now);
}

void
daemon_end_look(struct daemon *daemon)
{
	json_t *result = daemon->look_result;

	daemon->look_result = NULL;
	follow_end(&daemon->follow, FOLLOW_AUDIT, true, daemon->now);
	if (result == NULL)
		return;
	if (daemon->look_works != daemon->works) {
		look_again(daemon, result);
		return;
	}
	tell_drift(daemon, json_object_get(result, "drift"));
	natds_learn(&daemon->natds, json_object_get(result, "natds"),
	    daemon->natd_facts);
	daemon_check_natds(daemon);
	daemon_keep(&daemon->seen, result);
	json_decref(result);
	find_lost_natds(daemon);
	requests_monitor(daemon, false);
}
