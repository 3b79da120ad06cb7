/*
 * What akind knows and has under way.
 *
 *      events -> follow -> work (a child) -> result -> what is known
 *
 * loop.c waits and hands on; daemon.c decides; results.c learns what came of
 * it; requests.c answers akinctl; work.c is what the children do.
 */
#ifndef RUNTIME_DAEMON_DAEMON_H
#define RUNTIME_DAEMON_DAEMON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "runtime/daemon/files.h"
#include "runtime/daemon/follow.h"
#include "runtime/daemon/job.h"
#include "runtime/daemon/log.h"
#include "runtime/daemon/natds.h"
#include "runtime/daemon/notify.h"
#include "runtime/daemon/options.h"
#include "runtime/daemon/server.h"
#include "runtime/watch/clock.h"
#include "runtime/watch/watch.h"

#define DAEMON_QUEUE_MAX SERVER_CLIENTS_MAX

/* What tests put something else in the place of. */
struct daemon_system {
	struct watch_clock (*clock)(void);
	job_function work;
};

/* A request that has to wait for a child. */
struct queued {
	uint64_t client;
	pid_t peer;
	struct control_request request;
};

struct daemon {
	const struct daemon_options *options;
	const struct daemon_system *system;
	struct log log;
	struct follow follow;
	struct watch watch;
	struct server server;
	struct notify notify;
	struct files files;
	struct natds natds;
	struct job work, look;	  /* a look may run beside work that waits */
	int64_t now;		  /* of the clock that stops in sleep, in ms */
	struct watch_clock clock; /* at the last tick */
	int64_t tick;

	/* What the work under way was begun for. */
	struct job_request begun;
	uint64_t client;     /* who waits for it; 0: nobody */
	uint64_t works;	     /* how many were begun */
	uint64_t look_works; /* when the look under way began */
	json_t *result;	     /* its last message */
	json_t *look_result;
	struct queued queue[DAEMON_QUEUE_MAX];
	size_t n_queue;

	/* What the next apply is to be. */
	bool fresh, woken, asked, force;
	bool waits_told; /* that the host waits for a confirmation */
	int confirm;
	pid_t peer;
	bool nat_broken;     /* the generation without NAT is in force */
	bool without_nat;    /* the next apply leaves NAT out */
	unsigned nat_deaths; /* in a row, each soon after the start */
	int64_t nat_started;
	bool nat_left_out; /* in what is in force */
	bool natd_started; /* by the work under way */

	/* What is known; NULL if nothing is. */
	json_t *facts;	    /* runtime/daemon/facts_text.h */
	json_t *natd_facts; /* those that the NAT daemons have heard of */
	json_t *artefact;   /* what work.c tells of it */
	json_t *seen;	    /* the last look's data */
	json_t *warnings;   /* of the policy, that were told */
	char digest[17];    /* of what is in force; "": unknown */
	char *failure;	    /* why that is not what is asked for */
	bool stopped, ready, ending;
	int64_t confirm_until; /* 0: nothing waits to be confirmed */
	int64_t since;	       /* of the time of day, seconds */
	uint64_t events, applies;
};

/* Returns an exit code; on failure it has said why. */
int daemon_open(struct daemon *daemon, const struct daemon_options *options,
    const struct daemon_system *system);
void daemon_close(struct daemon *daemon);

/* loop.c: until a signal ends it.  Returns an exit code. */
int daemon_loop(struct daemon *daemon);

/* daemon.c, results.c, look.c */

/* EVENTS are bits of watch.h. */
void daemon_hear(struct daemon *daemon, unsigned events);
/* Look at the clock and the files, if it is time. */
void daemon_tick(struct daemon *daemon);
/* Begin what is due. */
void daemon_go_on(struct daemon *daemon);
/* When daemon_go_on() or daemon_tick() has something to do, in ms. */
int64_t daemon_due(const struct daemon *daemon);
/* Messages of the children, and their end. */
void daemon_hear_work(void *context, json_t *message);
void daemon_hear_look(void *context, json_t *message);
void daemon_end_work(struct daemon *daemon);
void daemon_end_look(struct daemon *daemon);
/* End those whose card has another address than they know. */
void daemon_check_natds(struct daemon *daemon);
void daemon_lose_natd(struct daemon *daemon, struct natd *natd);
/* Begin work of KIND for CLIENT; it must not run yet. */
void daemon_work(struct daemon *daemon, enum job_kind kind, uint64_t client);
void daemon_reload(struct daemon *daemon);
void daemon_fail(struct daemon *daemon, const char *why);

/* A member's text, "" if it has none. */
const char *daemon_text(const json_t *object, const char *name);
/* VALUE takes the place of what is known. */
void daemon_keep(json_t **place, json_t *value);
/* Does the policy want a NAT daemon for this host as it is now? */
bool daemon_wants_natd(const struct daemon *daemon);

/* requests.c */

void requests_take(void *context, struct client *client,
    const struct control_request *request);
/* Answer or begin what waits, if nothing is in the way. */
void requests_go_on(struct daemon *daemon);
void requests_hear_log(void *context, const struct log_line *line);
/* Send what monitors are due; CHANGED: something happened. */
void requests_monitor(struct daemon *daemon, bool changed);
int64_t requests_due(const struct daemon *daemon);

/* status.c: data of status and monitor; the caller's. */
json_t *status_json(const struct daemon *daemon);

/* work.c: a job_function that does the real thing. */
void work_do(const struct job_request *request, int out);

/* The whole program, but for what SYSTEM replaces. */
int daemon_main(int argc, char **argv, const struct daemon_system *system);

#endif
