/*
 * The data of status, see runtime/control/protocol.h.
 */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/daemon/daemon.h"
#include "runtime/daemon/hypervisors.h"

static const char *
state_of(const struct daemon *daemon)
{
	if (daemon->stopped)
		return "stopped";
	if (!daemon->ready)
		return "starting";
	return daemon->failure != NULL ? "failed" : "running";
}

static json_t *
json_seconds_until(const struct daemon *daemon, int64_t until)
{
	if (until == 0 || until == FOLLOW_NEVER)
		return json_null();
	return json_integer(
	    until > daemon->now ? (until - daemon->now + 999) / 1000 : 0);
}

static json_t *
json_generation(const struct daemon *daemon)
{
	const json_t *seen = json_object_get(daemon->seen, "generation");
	json_t *generation = json_is_object(seen) ? json_deep_copy(seen)
						  : json_null();

	if (!json_is_object(generation))
		return generation;
	json_object_set_new(
	    generation, "confirmed", json_boolean(daemon->confirm_until == 0));
	json_object_set_new(generation, "confirm",
	    json_seconds_until(daemon, daemon->confirm_until));
	return generation;
}

static const struct natd *
find_natd(const struct daemon *daemon, json_int_t port)
{
	for (size_t i = 0; i < daemon->natds.n; i++) {
		if ((json_int_t)daemon->natds.v[i].port == port)
			return &daemon->natds.v[i];
	}
	return NULL;
}

static void
add_natd(const struct daemon *daemon, json_t *nat)
{
	const struct natd *natd = find_natd(
	    daemon, json_integer_value(json_object_get(nat, "id")));
	bool runs = natd != NULL && natd->pid != 0;
	const char *state = runs ? "running" : "dead";

	if (runs)
		json_object_set_new(nat, "pid", json_integer(natd->pid));
	if (!runs && daemon->nat_broken)
		state = "retry";
	json_object_set_new(nat, "state", json_string(state));
	if (natd != NULL)
		json_object_set_new(
		    nat, "restarts", json_integer(natd->restarts));
}

static bool
is_diverted(const json_t *nat)
{
	const char *method = json_string_value(json_object_get(nat, "method"));

	return method != NULL && strcmp(method, "divert") == 0;
}

static json_t *
json_nat(const struct daemon *daemon)
{
	json_t *nats = json_array(), *nat;
	size_t i;

	json_array_foreach(json_object_get(daemon->artefact, "nats"), i, nat)
	{
		json_t *copy = json_deep_copy(nat);

		json_object_set_new(copy, "pid", json_null());
		json_object_set_new(copy, "restarts", json_integer(0));
		json_object_set_new(copy, "state", json_string("running"));
		if (is_diverted(nat))
			add_natd(daemon, copy);
		json_array_append_new(nats, copy);
	}
	return nats;
}

/* A copy of what is known, or an empty array. */
static json_t *
json_list(const json_t *object, const char *name)
{
	json_t *list = json_object_get(object, name);

	return json_is_array(list) ? json_incref(list) : json_array();
}

static json_t *
json_drift(const struct daemon *daemon)
{
	const char *mode = json_string_value(
	    json_object_get(daemon->artefact, "drift"));

	/* Where nothing shall be in force nothing is amiss. */
	return json_pack("{s:s, s:o}", "mode", mode == NULL ? "report" : mode,
	    "found",
	    daemon->stopped ? json_array() : json_list(daemon->seen, "drift"));
}

static void
add_facts(const struct daemon *daemon, json_t *status)
{
	static const char *const names[] = {"active", "active6"};

	for (size_t i = 0; i < 2; i++) {
		json_t *card = json_object_get(daemon->facts, names[i]);

		json_object_set_new(status, names[i],
		    card == NULL ? json_null() : json_incref(card));
	}
	json_object_set_new(status, "cards", json_list(daemon->facts, "cards"));
	json_object_set_new(
	    status, "host-waits", json_boolean(daemon->waits_told));
	json_object_set_new(
	    status, "hypervisors", hypervisors_find(daemon->facts));
}

static void
add_seen(const struct daemon *daemon, json_t *status)
{
	json_t *denied = json_object_get(daemon->seen, "denied");

	json_object_set_new(status, "generation", json_generation(daemon));
	json_object_set_new(
	    status, "zones", json_list(daemon->artefact, "zones"));
	json_object_set_new(status, "nat", json_nat(daemon));
	json_object_set_new(status, "drift", json_drift(daemon));
	json_object_set_new(
	    status, "counters", json_list(daemon->seen, "counters"));
	json_object_set_new(status, "denied",
	    denied == NULL ? json_pack("{s:i, s:i}", "packets", 0, "bytes", 0)
			   : json_incref(denied));
}

/* One line of what was said: the first error, else the last word. */
static json_t *
json_failure(const struct daemon *daemon)
{
	const char *why = daemon->failure, *at;

	if (why == NULL)
		return json_null();
	at = strstr(why, ": error: ");
	if (at == NULL)
		at = why + strlen(why);
	while (at > why && at[-1] != '\n')
		at--;
	return json_stringn(at, strcspn(at, "\n"));
}

json_t *
status_json(const struct daemon *daemon)
{
	json_t *status = json_pack(
	    "{s:s, s:i, s:s, s:o, s:o, s:s, s:I, s:I, s:I}", "version",
	    AKIN_VERSION, "pid", (int)getpid(), "state", state_of(daemon),
	    "error", json_failure(daemon), "retry",
	    json_seconds_until(daemon, daemon->follow.retry), "policy",
	    daemon->options->policy, "since", (json_int_t)daemon->since,
	    "events", (json_int_t)daemon->events, "applies",
	    (json_int_t)daemon->applies);

	if (status == NULL)
		return json_object();
	add_facts(daemon, status);
	add_seen(daemon, status);
	return status;
}
