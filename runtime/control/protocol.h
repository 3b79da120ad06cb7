/*
 * What akinctl and akind say to one another over a Unix stream socket.
 *
 * Each message is one JSON object on one line that ends in a newline, at most
 * CONTROL_LINE_MAX bytes with it.  akinctl asks, one request at a time:
 *
 *      {"request": "status"}
 *      {"request": "reload", "force": true, "confirm": 60}
 *      {"request": "log", "lines": 20, "follow": true}
 *      {"request": "monitor", "interval": 1}
 *
 * Members that a request does not know are errors.  Each request has one
 * reply, however long that takes:
 *
 *      {"code": 0, "text": "generation 11 is in force", "data": {...}}
 *
 * "code" is what akinctl exits with, "text" is one line for a person, "data"
 * is there for status, nic, log and monitor.  After the reply to log and
 * monitor come events, one a line:
 *
 *      {"event": "log", "time": 1700000000, "level": "notice", "text": "..."}
 *      {"event": "monitor", "data": {...}}
 *      {"event": "end"}
 *
 * log ends after its lines unless it follows; monitor goes on until akinctl
 * closes the connection, and so does log that follows.  A reader that does not
 * keep up loses events and is told by {"event": "lost", "count": N}.
 *
 * The requests:
 *
 *      start     put the policy in force, if it is not; akind watches again
 *      stop      take out what is ours; akind stays and follows nothing
 *      restart   read everything anew and put it in force, NAT daemons too
 *      status    data as below
 *      nic       data: "active" and "active6", each a card's name or null
 *      reload    read the policy again.  A new text must let this login live
 *                unless "force"; with "confirm" N it is rolled back after N
 *                seconds unless confirmed
 *      confirm   keep the generation that waits for it
 *      rollback  go back to the generation before
 *      log       the last "lines" (20) lines, then, if "follow", the next ones
 *      monitor   data as status has it, every "interval" (1) seconds and when
 *                something changes
 *
 * Status is an object of:
 *
 *      "version"     text
 *      "pid"         number
 *      "state"       "starting", "running", "stopped" or "failed": what runs
 *                    is then not what the policy and the host ask for
 *      "error"       why it failed, or null
 *      "retry"       seconds until the next try, or null
 *      "policy"      its file
 *      "since"       when akind started, seconds since 1970
 *      "active", "active6"   as for nic
 *      "cards"       array of {"name", "up", "addresses": [text]}
 *      "host-waits"  has it changed, which waits for a confirmation?
 *      "zones"       array of {"name", "cards": [text], names or patterns,
 *                    "present": has this host one of them?}
 *      "hypervisors" array of {"name", "cards": [text]} of those found
 *      "generation"  null, or {"set", "digest", "since", "confirmed",
 *                    "confirm": seconds left or null}
 *      "nat"         array of {"method": "divert" or "kernel", "card", "pid":
 *                    number or null, "state": "running", "dead" or "retry",
 *                    "restarts"}; empty if nobody needs NAT
 *      "drift"       {"mode": "report" or "repair", "found": [text]}
 *      "counters"    array of {"file", "line", "packets", "bytes"}: what the
 *                    rules of each policy line saw
 *      "denied"      {"packets", "bytes"} of all rules that refuse
 *      "events", "applies"   how many of each there were
 */
#ifndef RUNTIME_CONTROL_PROTOCOL_H
#define RUNTIME_CONTROL_PROTOCOL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define CONTROL_SOCKET "/var/run/akin.sock"
#define CONTROL_LINE_MAX ((size_t)1 << 20)
#define CONTROL_REQUEST_MAX ((size_t)4096)
#define CONTROL_SECONDS_MAX 86400

enum control_verb {
	CONTROL_START,
	CONTROL_STOP,
	CONTROL_RESTART,
	CONTROL_STATUS,
	CONTROL_NIC,
	CONTROL_RELOAD,
	CONTROL_CONFIRM,
	CONTROL_ROLLBACK,
	CONTROL_LOG,
	CONTROL_MONITOR,
};
#define CONTROL_VERBS 10

struct control_request {
	enum control_verb verb;
	bool force;	   /* reload */
	bool follow;	   /* log */
	unsigned lines;	   /* log; 20 unless said */
	unsigned interval; /* monitor, in seconds; 1 unless said */
	int confirm;	   /* reload, in seconds; -1 unless said */
};

struct control_reply {
	int code;   /* an exit code */
	char *text; /* ours to free, as data is; NULL stands for "" */
	json_t *data;
};

/* The word for VERB in a request, as akinctl has it for a command. */
const char *control_verb_name(enum control_verb verb);
/* Returns false if no verb is called NAME. */
bool control_verb_find(const char *name, enum control_verb *verb);

/* A request with the defaults for VERB. */
struct control_request control_request_make(enum control_verb verb);

/*
 * A line with its newline, to be freed; NULL without memory.  DATA may be
 * NULL and stays the caller's.
 */
char *control_request_encode(const struct control_request *request);
char *control_reply_encode(int code, const char *text, json_t *data);
char *control_event_encode(const char *event, json_t *members);

/*
 * LINE of LENGTH bytes is untrusted and need not end in a newline.  Returns
 * NULL, or what is wrong with it: a text that needs no freeing.
 */
const char *control_request_decode(
    const char *line, size_t length, struct control_request *request);
const char *control_reply_decode(
    const char *line, size_t length, struct control_reply *reply);
void control_reply_free(struct control_reply *reply);

#endif
