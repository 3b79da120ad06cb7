/*
 * Work that takes long or may go wrong is done in a child of akind: the loop
 * goes on, and memory and descriptors are given back whatever happens.
 *
 * The child tells what it does by lines of JSON through a pipe:
 *
 *      {"say": "warning", "text": "..."}
 *      {"step": "..."}                     a step of the plan is done
 *      {"waiting": N}                      so many seconds, for confirmation
 *      {"result": {...}}                   the last one
 */
#ifndef RUNTIME_DAEMON_JOB_H
#define RUNTIME_DAEMON_JOB_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "runtime/control/lines.h"
#include "runtime/daemon/options.h"

#define JOB_LINE_MAX ((size_t)16 << 20)

enum job_kind {
	JOB_BOOT,     /* the generation that was last known to be good */
	JOB_APPLY,    /* host facts, compile, apply */
	JOB_STOP,     /* take out what is ours */
	JOB_ROLLBACK, /* the generation before */
	JOB_LOOK,     /* status and drift */
};

struct job_request {
	enum job_kind kind;
	const struct daemon_options *options;
	bool without_nat; /* the NAT daemon cannot run: see to the rest */
	bool nat_back;	  /* it was left out before */
	bool fresh;	  /* read the host even if the text is the same */
	bool woken;	  /* the first look after a sleep */
	bool asked;	  /* a policy that was never in force */
	bool force;	  /* without asking whom it would cut off */
	int confirm;	  /* seconds; 0: not to be confirmed, -1: not said */
	pid_t peer;	  /* who asked, or 0 */
	char known[17];	  /* digest of the text in force; "" if unknown */
	const json_t *modules; /* that it was applied with, or NULL */
};

/* Runs in the child; OUT is where it tells. */
typedef void (*job_function)(const struct job_request *request, int out);

struct job {
	enum job_kind kind;
	pid_t pid; /* 0: none runs */
	int out;
	struct control_lines lines;
};

void job_init(struct job *job);
/* Returns 0 or an errno value. */
int job_start(
    struct job *job, const struct job_request *request, job_function function);
/*
 * Takes what the child has told and hands each message on; a message is
 * borrowed.  Returns true when the child is gone.
 */
bool job_read(struct job *job, void (*hear)(void *context, json_t *message),
    void *context);
/* End the child, and wait for it. */
void job_kill(struct job *job);

/* TEXT, with a '?' for what is not UTF-8 if it is not all that. */
json_t *job_text(const char *text);

/* For the child.  A NULL message is not sent; MESSAGE is taken. */
void job_send(int out, json_t *message);
void job_say(int out, const char *level, const char *text);

#endif
