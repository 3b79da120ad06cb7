/*
 * A run of the applier, for the files of this folder.
 */
#ifndef RUNTIME_APPLY_PRIVATE_H
#define RUNTIME_APPLY_PRIVATE_H

#include <signal.h>

#include "runtime/apply/apply.h"
#include "runtime/apply/artefact.h"
#include "runtime/apply/child.h"
#include "runtime/apply/lock.h"

#define OUTPUT_MAX ((size_t)64 * 1024 * 1024)
#define STATE_FILE_MAX ((size_t)64 * 1024 * 1024)

typedef VEC(const char *) word_list;

struct apply {
	struct arena *arena;
	const struct apply_request *request;
	struct apply_paths paths;
	const char *state_dir, *run_dir, *lock_dir;
	bool darwin;	       /* the flavour, or else the system */
	const char *candidate; /* file of the artefact while the run lasts */
	struct lock lock;
	struct buf pack; /* the policy's files, for the compiler */
	int files;	 /* a descriptor that has them; -1: none */
	const struct artefact *artefact;
	const struct artefact *former; /* of the generation in force, or NULL */
	uint32_t give_back;	       /* foreign sets to enable again, bits */
	/* What is written down of each set, once it was asked for. */
	struct host_generation records[APPLY_SETS];
	struct host_state host;
	struct apply_plan plan;
	struct apply_result result;
};

/* run.c */

/* Keep CODE as the run's if none is kept yet; returns false. */
bool apply_fail(struct apply *apply, enum apply_code code, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* PATH in FOLDER, which is made if it is not there; or says why not. */
bool apply_write(struct apply *apply, const char *folder, const char *path,
    const char *text, size_t size);

bool apply_find_ipfw(struct apply *apply);
bool apply_lock(struct apply *apply);
bool apply_take_back_left(struct apply *apply);
/* The three above. */
bool apply_open(struct apply *apply);
void apply_find_lifeline(struct apply *apply);
/* Execute the plan and keep it, or take it back. */
bool apply_change(struct apply *apply);

/* command.c: the programs of the system. */

/* A path below a folder of ours. */
const char *state_path(const struct apply *apply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *run_path(const struct apply *apply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *journal_path(const struct apply *apply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Find the programs; a path that is NULL is looked for in /sbin and others. */
void command_find(struct apply *apply);
/* Run WORDS, which end with NULL; RESULT may be NULL. */
bool command_run(struct apply *apply, const char *const *words,
    const char *input, size_t size, struct child_result *result);
/* Lines for ipfw(8), in one process. */
bool command_ipfw(
    struct apply *apply, const struct buf *lines, struct child_result *result);

/* compile.c: the artefact, from a policy or from a file. */
bool compile_artefact(struct apply *apply);
/* The options that akinc is given for a policy, and then the policy. */
void compile_add_policy(struct apply *apply, word_list *words);
/*
 * Run akinc with WORDS, which end with NULL, without privileges and confined.
 * True if it ended with exit code 0; RESULT->out.p is NULL if it never ran.
 */
bool compile_run(struct apply *apply, const char *const *words,
    const char *input, size_t size, struct child_result *result);

/* listing.c: what ipfw prints. */

struct listing {
	VEC(struct host_rule) rules;
	const char *fallback; /* rule 65535 */
	uint32_t disabled;
	VEC(struct host_table) tables;
	VEC(struct host_nat) nats; /* in the kernel */
	VEC(const char *) states;  /* their lines */
};

struct listing_request {
	struct arena *arena;
	bool counters; /* was `show` */
};

/*
 * TEXT up to the first line that shows sets is skipped if SKIP.  Returns false
 * at a line that is none of ipfw's; WRONG is that line.
 */
bool listing_read(const struct listing_request *request, const char *text,
    bool skip, struct listing *out, const char **wrong);

/* Of HOST's states, those with an end in NETS. */
size_t host_count_translated(
    const struct host_state *host, const artefact_texts *nets);

/* host.c */

enum host_question {
	HOST_COUNTERS = 1,
	HOST_STATES = 2,
	HOST_TABLES = 4,
	HOST_NATS = 8,
};

/* Run LINES, if not NULL, in the same process, then list everything anew. */
bool host_list(struct apply *apply, const struct buf *lines, unsigned questions,
    struct child_result *result);
bool host_read_settings(struct apply *apply);
bool host_read_modules(struct apply *apply);
bool host_has_module(const struct host_state *host, const char *name);
/* Live states of each parked generation. */
bool host_count_states(struct apply *apply);
const struct host_generation *host_generation_of(
    const struct host_state *host, unsigned set);
/* An instance of the kernel, or the natd of a divert port; NULL: none. */
const struct host_nat *host_find_nat(
    const struct host_state *host, bool kernel, uint32_t id);
bool host_set_enabled(const struct host_state *host, unsigned set);
bool host_set_empty(const struct host_state *host, unsigned set);
const struct host_setting *host_setting_find(
    const struct host_state *host, const char *name);
/* The lines "SET NUMBER TEXT" of a set, as the script keeps them. */
void host_set_text(
    const struct host_state *host, unsigned set, struct buf *out);

/* generation.c: which sets are ours, and what is written down about them. */

void generation_find_all(struct apply *apply);
/* Write down where the set that is now in force came from. */
bool generation_record(struct apply *apply);
/* Write down what the machine shall start with. */
void generation_confirm(struct apply *apply);
/* The artefact that set SET was loaded from, or NULL. */
const struct artefact *generation_artefact(
    struct apply *apply, const struct host_generation *generation);
void generation_forget(struct apply *apply, unsigned set);
/* The parked generation with the highest number below that in force. */
const struct host_generation *generation_before(const struct apply *apply);

/* loaded.c */

/* Does a set hold the artefact's rules and tables?  If not, WHY says it. */
bool loaded_equals(
    struct apply *apply, unsigned set, bool strictly, const char **why);
/* Rules NUMBER of set 31, whose tables are those of SET. */
bool loaded_lifeline(const struct apply *apply, unsigned number, unsigned set);
/* The entries of a table, whatever their order. */
uint64_t loaded_table_digest(
    struct arena *arena, const char *const *entries, size_t n);

/* natd.c */

/* The natds of ours and the NAT that is written down. */
void natd_find_all(struct apply *apply);
bool natd_start(struct apply *apply, uint32_t port, const char *words);
bool natd_stop(struct apply *apply, uint32_t port);

/* process_SYSTEM.c */

/* Is PID a live process, no zombie, whose program is called NAME? */
bool process_is(pid_t pid, const char *name);
/* The absolute path of this program; returns 0 or an errno value. */
int process_own_path(char *path, size_t size);

/* journal.c */

/* Note how the next step is taken back. */
bool journal_note(struct apply *apply, const char *line);
/* Take back what is noted, the last first. */
bool journal_take_back(struct apply *apply);
/* From here on there is no way back. */
bool journal_close(struct apply *apply);
bool journal_left(const struct apply *apply);
/* The first value that was noted for each setting, sets taken over, modules. */
struct history {
	artefact_settings settings, made;
	uint32_t taken;
	word_list modules;
	bool damaged; /* its last line is cut */
};
void history_read(struct apply *apply, struct history *history);

/* undo.c: the deeds that a note names; each looks first, so that it may be
 * repeated. */
bool undo_note(struct apply *apply, const char *note);
bool undo_delete_set(struct apply *apply, unsigned set);
bool undo_delete_lifeline(struct apply *apply, unsigned number);

/* step.c */

bool step_do(struct apply *apply, const struct apply_step *step);
/* One sysctl(8) for all: "NAME=VALUE", and read back. */
bool step_set_settings(struct apply *apply, const char *const *words, size_t n);
/* Disable and enable sets by one command and see that it is so. */
bool step_change_sets(struct apply *apply, uint32_t disable, uint32_t enable);
bool step_config_nat(struct apply *apply, uint32_t id, const char *words);

/* load.c */

const char *load_table_name(
    struct arena *arena, const char *name, unsigned set);
/* TEXT with the tables of SET in it. */
const char *load_name_tables(
    struct arena *arena, const char *text, unsigned set);
/* SET is disabled, then come tables, then rules. */
void load_lines(const struct artefact *artefact, unsigned set, struct buf *out);
void load_lifeline_lines(const struct artefact *artefact, unsigned set,
    unsigned number, struct buf *out);
/* What ipfw said about line N of a batch, with the policy's line. */
const char *load_explain(
    struct apply *apply, const struct buf *lines, const char *message);

/*
 * cut.c: sets that cut single conversations.  They are no generations: they
 * stand beside one, and go when it is replaced.
 */

struct cut {
	unsigned protocol;
	bool six;
	const char *source, *target; /* addresses */
	unsigned source_port, target_port;
};
typedef VEC(struct cut) cut_list;

bool cut_is_set(const struct apply *apply, unsigned set);
/* What was cut already under the generation that comes back. */
void cut_find_former(struct apply *apply, cut_list *list);
/* Was CUT written down as cut by an earlier run? */
bool cut_is_known(struct apply *apply, const struct cut *cut);
/*
 * Cut what is in LIST with the switch of the plan, and no longer what earlier
 * runs cut.  False if there is no room, and APPLY has been told.
 */
bool cut_plan(struct apply *apply, const cut_list *list);
bool cut_load(struct apply *apply, const struct apply_step *step);

/* plan_nat.c, plan_settings.c */

/* plan.c */

/* Enabled rules of others that could decide before ours. */
void plan_find_foreign(struct apply *apply);
void plan_add(struct apply *apply, const struct apply_step *step);
void plan_add_modules(struct apply *apply);
bool plan_add_settings(struct apply *apply, enum apply_step_kind kind,
    const artefact_settings *settings);
bool plan_add_nats(struct apply *apply);
void plan_drop_natds(struct apply *apply);
/* Conversations that the switch ends, because their NAT is no more. */
size_t plan_lost(struct apply *apply);

/* signals.c */

#define SIGNALS_CAUGHT 4

/* INT, HUP and TERM are noted, PIPE is ignored.  FORMER: what was before. */
void signals_catch(struct sigaction former[SIGNALS_CAUGHT]);
void signals_restore(const struct sigaction former[SIGNALS_CAUGHT]);
bool signals_came(void);

#endif
