/*
 * A policy is put in force: read what the host runs, make the list of steps
 * that leads to the policy, execute it, keep it or take it back.
 *
 * Nothing is ever flushed or swapped.  The rules go into a spare set that is
 * disabled, are read back, and one command disables the old sets and enables
 * the new one.  Each step notes in the journal how it is taken back before it
 * is done; an interrupted run is taken back by the next one, whoever makes it:
 * the journal, the lock and the files in the run folder are those of the
 * script that `akinc POLICY` prints.
 *
 * All memory is in the caller's arena and lives as long as it does.
 */
#ifndef RUNTIME_APPLY_APPLY_H
#define RUNTIME_APPLY_APPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"

#define APPLY_STATE_DIR "/var/db/akin" /* outlives the machine's sleep */
#define APPLY_RUN_DIR "/var/run/akin"  /* gone when the machine starts */
#define APPLY_SET_FIRST 10
#define APPLY_SET_LAST 29
#define APPLY_SET_LIFELINE 31
#define APPLY_SETS 32
#define APPLY_ANCHOR_ALLOW 50100 /* bears the digest; none below decides */

/* What comes out, in the numbers that the programs exit with. */
enum apply_code {
	APPLY_FINE = 0,
	APPLY_POLICY = 1, /* the policy is wrong; or status found drift */
	APPLY_USAGE = 2,
	APPLY_ENVIRONMENT = 3, /* the firewall is as it was, unless said */
	APPLY_BUG = 70,
};

/* Absolute paths; NULL: looked for in the system's own folders. */
struct apply_paths {
	const char *akinc;
	const char *ipfw, *natd, *sysctl;
	const char *kldstat, *kldload, *kldunload;
};

struct apply_plan;
struct apply_step;
struct artefact;
struct host_state;

enum apply_level {
	APPLY_NOTE,
	APPLY_WARNING,
	APPLY_ERROR,
	APPLY_QUOTE, /* what another program said, to be shown as it is */
};

/*
 * What the caller may hook in; any may be NULL.  A hook that returns false has
 * said why by apply_say(), and all is taken back.
 */
struct apply;
struct apply_hooks {
	void *context;
	/* A text of one or more lines, without the last newline. */
	void (*say)(void *context, enum apply_level level, const char *text);
	/* A step of the plan is about to be done (DONE false), or is done. */
	void (*step)(
	    void *context, const struct apply_step *step, size_t i, bool done);
	/* The plan is made, also of a dry run: steps may be added to it. */
	bool (*amend)(void *context, struct apply *apply);
	/* There is something to do: lock-out check, probes. */
	bool (*may_begin)(void *context, struct apply *apply);
	/* The new set is loaded and read back; the switch is next. */
	bool (*may_switch)(void *context, struct apply *apply);
	/*
	 * The new generation is in force and can be taken back: probes, the
	 * confirm timer.  Until this returns the journal stays open, so that
	 * the death of this process is a roll-back at the next start.
	 */
	bool (*may_keep)(void *context, struct apply *apply);
};

struct apply_request {
	const char *policy;   /* a file, "-"; or NULL */
	const char *artefact; /* a file that akinc wrote; or NULL */
	/* What apply_compile() returned, of the same arena; or NULL. */
	const struct artefact *compiled;
	const char *const *options; /* for akinc: "--nic=em0", …; NULL ends */
	const struct buf *pack;	    /* the policy as it was, pack.h; or NULL */
	struct apply_paths paths;
	/*
	 * Modules that the caller knows to be loaded, since it applied with
	 * them; NULL ends.  NULL, or too few: kldstat(8) tells.  A module that
	 * is gone all the same makes a step fail, and that is taken back.
	 */
	const char *const *modules;
	const char *state_dir, *run_dir; /* NULL: those above */
	bool dry_run, force, take_over;
	unsigned confirm; /* seconds until it is taken back; 0: never */
	/* Who compiles for root; 0: apply_find_user() tells. */
	uid_t user;
	gid_t group;
	unsigned timeout; /* seconds for each command; 0: 60 */
	struct apply_hooks hooks;
};

struct apply_result {
	enum apply_code code;
	unsigned generation; /* counts up on this host; 0: unknown */
	int set;	     /* in force; -1: none of ours */
	int former;	     /* parked by this run; -1: none */
	char digest[17];
	size_t steps;	    /* done */
	size_t planned;	    /* in the plan; 0: nothing to do */
	size_t processes;   /* started */
	size_t cut;	    /* NATed conversations that the plan ends */
	bool taken_back;    /* something was done and is undone */
	const char *reason; /* the last error said, or NULL */
};

/* What the host runs. */

struct host_rule {
	uint16_t number;
	uint8_t set;
	const char *text; /* from the action on, as ipfw lists it */
	uint64_t packets, bytes;
};

/* A set that akin loaded, known by its mark. */
struct host_generation {
	unsigned set;
	bool enabled;
	char digest[17];
	size_t n_rules;
	size_t states;	    /* live ones that its rules have made */
	unsigned number;    /* below: 0 and NULL if no record tells */
	const char *policy; /* file that it came from */
	uint32_t taken;	    /* foreign sets that its switch disabled, bits */
	int64_t since;	    /* seconds since 1970 */
	bool recorded;	    /* it is written down how it listed */
	bool as_loaded;	    /* and it lists so still */
};

struct host_table {
	const char *name;
	size_t n_entries;
	uint64_t digest; /* of its sorted entries */
};

struct host_nat {
	uint32_t id; /* instance, or divert port of a natd */
	bool kernel;
	const char *shown; /* as ipfw shows it; or natd's words */
	const char *mine;  /* as we recorded it, or NULL */
	pid_t pid;	   /* of natd, 0: none runs */
};

struct host_setting {
	const char *name; /* of sysctl(8) */
	bool known;	  /* the kernel has it */
	uint64_t value;
};

struct host_state {
	VEC(struct host_rule) rules; /* of all sets, in ipfw's order */
	const char *fallback;	     /* rule 65535, which is not among them */
	uint32_t disabled;	     /* bit N: set N */
	VEC(struct host_generation) generations;
	VEC(struct host_rule) foreign; /* enabled, could decide before ours */
	VEC(struct host_table) tables;
	VEC(struct host_nat) nats;
	VEC(struct host_setting) settings;
	VEC(const char *) modules;
	VEC(unsigned) lifeline; /* numbers of our rules in set 31 */
	const struct host_generation *current; /* in force, or NULL */
	VEC(const char *) states; /* live ones, as ipfw lists them */
};

/* The plan. */

enum apply_step_kind {
	APPLY_STEP_MODULES,
	APPLY_STEP_SETTINGS_BEFORE, /* what the rules need */
	APPLY_STEP_COLLECT,	    /* a parked set makes room */
	APPLY_STEP_LOAD,	    /* tables and rules, disabled */
	APPLY_STEP_LIFELINE,	    /* in set 31, live at once */
	APPLY_STEP_NAT,		    /* an in-kernel instance */
	APPLY_STEP_NATD,	    /* started, or started anew */
	APPLY_STEP_CUT,	   /* rules against single conversations, disabled */
	APPLY_STEP_SWITCH, /* the one command */
	APPLY_STEP_SETTINGS_AFTER, /* the firewall on, forwarding */
	APPLY_STEP_LIFELINE_DROP,  /* the former one */
	APPLY_STEP_NAT_DROP,	   /* nobody needs it any more */
	APPLY_STEP_NATD_STOP,
	APPLY_STEP_RESTORE, /* stop: settings that were ours */
	APPLY_STEP_MODULES_DROP,
};

struct apply_step {
	enum apply_step_kind kind;
	const char *text;	  /* "load 31 rules into set 11" */
	const char *undo;	  /* "delete set 11", or NULL: for good */
	VEC(const char *) notes;  /* journal lines that take it back */
	VEC(const char *) words;  /* settings, modules, natd arguments */
	unsigned set;		  /* LOAD, COLLECT, LIFELINE: its number */
	uint32_t disable, enable; /* SWITCH: sets as bits */
	uint32_t id;		  /* NAT: instance; NATD: divert port */
	bool late;		  /* when there is no way back */
	size_t cuts;		  /* conversations that it ends */
};

struct apply_plan {
	VEC(struct apply_step) steps;
	unsigned set;	/* of the new generation */
	int former;	/* in force now; -1: none of ours */
	bool load;	/* the set must be loaded; else it holds the text */
	size_t cuts;	/* the sum of the steps' */
	uint32_t taken; /* foreign sets that the switch disables, bits */
};

/* A run, for hooks.  Opaque but for these. */
const struct artefact *apply_artefact(const struct apply *apply);
const struct host_state *apply_host(const struct apply *apply);
const struct apply_plan *apply_plan(const struct apply *apply);
const struct apply_request *apply_request(const struct apply *apply);
struct arena *apply_arena(const struct apply *apply);
/* The file that holds the candidate's artefact while the run lasts. */
const char *apply_candidate(const struct apply *apply);
/* An account without privileges; false if there is none. */
bool apply_find_user(uid_t *user, gid_t *group);
/* The absolute path of the running program, or NULL. */
const char *apply_own_path(struct arena *arena);
void apply_say(struct apply *apply, enum apply_level level, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/*
 * The whole: lock, recover, compile, read, plan, execute, keep.  With dry_run
 * the plan is printed to OUT and nothing is changed.  Returns RESULT->code.
 */
enum apply_code apply_run(const struct apply_request *request,
    struct arena *arena, FILE *out, struct apply_result *result);
/*
 * Only compile, for who wants to know what it would be.  NULL: RESULT says why
 * not.
 */
const struct artefact *apply_compile(const struct apply_request *request,
    struct arena *arena, struct apply_result *result);
/* Put the generation before the one in force back in force. */
enum apply_code apply_rollback(const struct apply_request *request,
    struct arena *arena, FILE *out, struct apply_result *result);
/*
 * Take out what is ours: the rules of our sets, tables, lifeline, NAT; enable
 * foreign sets that we disabled; put back settings that we changed.
 */
enum apply_code apply_stop(const struct apply_request *request,
    struct arena *arena, FILE *out, struct apply_result *result);
/* Take back what an interrupted run left; apply_run() does it by itself. */
enum apply_code apply_recover(const struct apply_request *request,
    struct arena *arena, struct apply_result *result);

/*
 * The stages, for who needs them singly.  They say what is wrong by the hook
 * and return false.
 */
struct apply *apply_begin(
    const struct apply_request *request, struct arena *arena);
bool apply_read_state(struct apply *apply);
bool apply_plan_make(struct apply *apply);
void apply_plan_print(const struct apply_plan *plan, FILE *out);
/* Up to the point where may_keep would be asked. */
bool apply_execute(struct apply *apply);
bool apply_commit(struct apply *apply);
bool apply_take_back(struct apply *apply);
/* Lets go of the lock. */
void apply_end(struct apply *apply, struct apply_result *result);

/* What status shows. */

struct status_line {
	const char *file; /* of the policy */
	size_t line;
	uint64_t packets, bytes;
};

struct apply_status {
	const struct host_generation *generation; /* NULL: none in force */
	const struct artefact *artefact;	  /* its own, or NULL */
	const char *active; /* card behind `active`, or NULL */
	bool interrupted;   /* a journal is left */
	bool busy;	    /* a run holds the lock */
	VEC(struct status_line) lines;
	VEC(const char *) drift; /* a sentence each */
	const struct host_state *host;
};

/* Reads only, takes no lock.  APPLY_POLICY if there is drift. */
enum apply_code apply_status(const struct apply_request *request,
    struct arena *arena, struct apply_status *status);
void apply_status_print(const struct apply_status *status, FILE *out);
/* One line of JSON. */
void apply_status_print_json(const struct apply_status *status, FILE *out);

#endif
