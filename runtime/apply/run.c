/*
 * A run of the applier: the stages, and the lists of them.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"

#define TRIES 3 /* to take something back */

static void
say(struct apply *apply, enum apply_level level, const char *text)
{
	const struct apply_hooks *hooks = &apply->request->hooks;

	if (level == APPLY_ERROR)
		apply->result.reason = text;
	if (hooks->say != NULL)
		hooks->say(hooks->context, level, text);
}

void
apply_say(struct apply *apply, enum apply_level level, const char *format, ...)
{
	struct buf text;
	va_list args;

	buf_init(&text, apply->arena);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	say(apply, level, text.p);
}

bool
apply_fail(struct apply *apply, enum apply_code code, const char *format, ...)
{
	struct buf text;
	va_list args;

	buf_init(&text, apply->arena);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	if (apply->result.code == APPLY_FINE)
		apply->result.code = code;
	say(apply, APPLY_ERROR, text.p);
	return false;
}

bool
apply_write(struct apply *apply, const char *folder, const char *path,
    const char *text, size_t size)
{
	int error = file_make_folder(apply->arena, folder);

	if (error == 0)
		error = file_write(apply->arena, path, text, size);
	return error == 0 ||
	    apply_fail(
		apply, APPLY_ENVIRONMENT, "%s: %s", path, strerror(error));
}

const struct artefact *
apply_artefact(const struct apply *apply)
{
	return apply->artefact;
}

const struct host_state *
apply_host(const struct apply *apply)
{
	return &apply->host;
}

const struct apply_plan *
apply_plan(const struct apply *apply)
{
	return &apply->plan;
}

const struct apply_request *
apply_request(const struct apply *apply)
{
	return apply->request;
}

struct arena *
apply_arena(const struct apply *apply)
{
	return apply->arena;
}

const char *
apply_candidate(const struct apply *apply)
{
	return apply->candidate;
}

const char *
apply_own_path(struct arena *arena)
{
	char path[4096];

	return process_own_path(path, sizeof(path)) == 0
	    ? arena_strdup(arena, path)
	    : NULL;
}

static bool
system_is_darwin(void)
{
	struct utsname name;

	return uname(&name) >= 0 && strcmp(name.sysname, "Darwin") == 0;
}

struct apply *
apply_begin(const struct apply_request *request, struct arena *arena)
{
	struct apply *apply = arena_new(arena, struct apply);

	apply->arena = arena;
	apply->request = request;
	apply->state_dir = request->state_dir != NULL ? request->state_dir
						      : APPLY_STATE_DIR;
	apply->run_dir = request->run_dir != NULL ? request->run_dir
						  : APPLY_RUN_DIR;
	apply->lock_dir = arena_printf(arena, "%s.lock.d", apply->run_dir);
	apply->lock.held = apply->files = -1;
	apply->darwin = system_is_darwin();
	apply->result.set = apply->result.former = -1;
	command_find(apply);
	return apply;
}

/* Without an ipfw there is nothing to do here, and a policy is no help. */
bool
apply_find_ipfw(struct apply *apply)
{
	const char *path = apply->paths.ipfw;

	if (access(path, X_OK) == 0)
		return true;
	return apply_fail(apply, APPLY_ENVIRONMENT,
	    "%s: %s\n"
	    "  This machine has no ipfw.  --ipfw names it where it is; "
	    "`akinc --flavour\n"
	    "  freebsd POLICY` prints a script for a machine that has one.",
	    path, strerror(errno));
}

bool
apply_lock(struct apply *apply)
{
	int error = file_make_folder(apply->arena, apply->run_dir);

	if (error == 0)
		error = lock_take(apply->arena, apply->lock_dir, &apply->lock);
	if (error == 0)
		return true;
	if (error == EBUSY && apply->lock.holder != 0)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "process %ld is at it", (long)apply->lock.holder);
	if (error == EBUSY)
		return apply_fail(
		    apply, APPLY_ENVIRONMENT, "another run is at it");
	return apply_fail(apply, APPLY_ENVIRONMENT, "%s: %s", apply->lock_dir,
	    strerror(error));
}

bool
apply_take_back_left(struct apply *apply)
{
	if (!journal_left(apply))
		return true;
	apply_say(apply, APPLY_WARNING,
	    "the last run was interrupted; it is taken back");
	return journal_take_back(apply) ||
	    apply_fail(apply, APPLY_ENVIRONMENT,
		"what it did cannot be taken back; %s tells",
		journal_path(apply, "undo"));
}

/* ipfw itself is not loaded here, since that closes the host at once. */
static bool
check_ipfw(struct apply *apply)
{
	if (apply->artefact->darwin || host_has_module(&apply->host, "ipfw"))
		return true;
	return apply_fail(apply, APPLY_ENVIRONMENT,
	    "ipfw is not loaded; let it begin open, with\n"
	    "  kenv net.inet.ip.fw.default_to_accept=1 && kldload ipfw");
}

static bool
nat_in_kernel(const struct apply *apply)
{
	for (size_t i = 0; i < apply->artefact->nats.n; i++)
		if (apply->artefact->nats.v[i].kernel)
			return true;
	return false;
}

static unsigned
questions(const struct apply *apply)
{
	unsigned wanted = HOST_STATES;

	if (!apply->artefact->darwin)
		wanted |= HOST_TABLES;
	/* Without the module the command is refused. */
	if (nat_in_kernel(apply) && host_has_module(&apply->host, "ipfw_nat"))
		wanted |= HOST_NATS;
	return wanted;
}

/* The numbers of our rules in set 31, as the last run wrote them down. */
void
apply_find_lifeline(struct apply *apply)
{
	struct host_state *host = &apply->host;
	struct buf text;
	char *at;

	host->lifeline.n = 0;
	buf_init(&text, apply->arena);
	if (file_read(run_path(apply, "lifeline"), 4096, &text) != 0)
		return;
	for (at = text.p; *at != '\0';) {
		char *end;
		unsigned long number = strtoul(at, &end, 10);
		bool there = false;

		if (end == at)
			return;
		for (size_t i = 0; i < host->rules.n; i++)
			there = there ||
			    (host->rules.v[i].set == APPLY_SET_LIFELINE &&
				host->rules.v[i].number == number);
		if (there)
			vec_push(
			    apply->arena, &host->lifeline, (unsigned)number);
		at = end + strspn(end, " \n");
	}
}

bool
apply_read_state(struct apply *apply)
{
	apply->darwin = apply->artefact->darwin;
	if (!host_read_modules(apply) || !check_ipfw(apply) ||
	    !host_read_settings(apply) ||
	    !host_list(apply, NULL, questions(apply), NULL))
		return false;
	apply_find_lifeline(apply);
	natd_find_all(apply);
	return true;
}

static bool
ask(struct apply *apply, bool (*hook)(void *, struct apply *))
{
	if (hook == NULL || hook(apply->request->hooks.context, apply))
		return true;
	if (apply->result.code == APPLY_FINE)
		apply->result.code = APPLY_ENVIRONMENT;
	return false;
}

static bool
make_plan(struct apply *apply)
{
	return apply_plan_make(apply) &&
	    ask(apply, apply->request->hooks.amend);
}

static bool
do_step(struct apply *apply, size_t i)
{
	const struct apply_hooks *hooks = &apply->request->hooks;
	const struct apply_step *step = &apply->plan.steps.v[i];

	if (signals_came())
		return apply_fail(apply, APPLY_ENVIRONMENT, "interrupted");
	if (step->kind == APPLY_STEP_SWITCH && !ask(apply, hooks->may_switch))
		return false;
	if (hooks->step != NULL)
		hooks->step(hooks->context, step, i, false);
	if (step->cuts > 0)
		apply_say(apply, APPLY_NOTE, "this ends %zu conversation%s: %s",
		    step->cuts, step->cuts == 1 ? "" : "s", step->text);
	if (!step_do(apply, step))
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "this step failed: %s", step->text);
	apply->result.steps++;
	if (hooks->step != NULL)
		hooks->step(hooks->context, step, i, true);
	return true;
}

bool
apply_execute(struct apply *apply)
{
	for (size_t i = 0; i < apply->plan.steps.n; i++)
		if (!apply->plan.steps.v[i].late && !do_step(apply, i))
			return false;
	return !signals_came() ||
	    apply_fail(apply, APPLY_ENVIRONMENT, "interrupted");
}

/* What is left to do cannot be taken back, and the new rules are in force. */
static void
finish(struct apply *apply)
{
	for (size_t i = 0; i < apply->plan.steps.n; i++) {
		const struct apply_step *step = &apply->plan.steps.v[i];

		if (!step->late)
			continue;
		if (step_do(apply, step))
			apply->result.steps++;
		else
			apply_say(apply, APPLY_WARNING, "this was not done: %s",
			    step->text);
	}
}

bool
apply_commit(struct apply *apply)
{
	if (apply->plan.steps.n == 0)
		return true;
	if (!generation_record(apply) || !journal_close(apply))
		return false;
	generation_confirm(apply);
	finish(apply);
	return true;
}

/* Each deed looks first, so it may be tried again: a process short, say. */
static bool
take_back(struct apply *apply)
{
	for (int i = 1; i < TRIES; i++) {
		if (journal_take_back(apply))
			return true;
		apply_say(apply, APPLY_WARNING, "that is tried again");
		nanosleep(&(struct timespec){i, 0}, NULL);
	}
	return journal_take_back(apply);
}

bool
apply_take_back(struct apply *apply)
{
	if (!journal_left(apply))
		return true;
	if (!take_back(apply))
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "not all could be taken back; %s tells what is left",
		    journal_path(apply, "undo"));
	apply_say(apply, APPLY_NOTE, "the firewall is as it was");
	return true;
}

static void
tell_result(struct apply *apply)
{
	struct apply_result *result = &apply->result;
	const struct host_generation *current = apply->host.current;

	result->planned = apply->plan.steps.n;
	result->cut = apply->plan.cuts;
	result->former = apply->plan.former;
	if (current == NULL)
		return;
	result->set = (int)current->set;
	memcpy(result->digest, current->digest, sizeof(result->digest));
	if (result->generation == 0)
		result->generation = current->number;
}

void
apply_end(struct apply *apply, struct apply_result *result)
{
	tell_result(apply);
	if (apply->files >= 0)
		close(apply->files);
	if (apply->candidate != NULL)
		file_remove(apply->candidate);
	if (apply->lock.held >= 0 && journal_left(apply))
		lock_abandon(&apply->lock);
	else
		lock_release(apply->arena, &apply->lock);
	*result = apply->result;
}

/* Others look at the candidate by a file. */
static bool
write_candidate(struct apply *apply)
{
	const char *path = journal_path(apply, "candidate");
	int error = file_write_scratch(apply->arena, path, 0600,
	    apply->artefact->text, apply->artefact->size);

	if (error != 0)
		return apply_fail(
		    apply, APPLY_ENVIRONMENT, "%s: %s", path, strerror(error));
	apply->candidate = path;
	return true;
}

bool
apply_change(struct apply *apply)
{
	const struct apply_hooks *hooks = &apply->request->hooks;

	if (apply->plan.steps.n == 0) {
		generation_confirm(apply);
		return true;
	}
	if (write_candidate(apply) && ask(apply, hooks->may_begin) &&
	    apply_execute(apply) && ask(apply, hooks->may_keep) &&
	    apply_commit(apply))
		return true;
	apply_take_back(apply);
	return false;
}

bool
apply_open(struct apply *apply)
{
	return apply_find_ipfw(apply) && apply_lock(apply) &&
	    apply_take_back_left(apply);
}

/* A dry run takes no lock, and leaves what an interrupted run left. */
static bool
run_dry(struct apply *apply, FILE *out)
{
	if (!apply_find_ipfw(apply) || !compile_artefact(apply))
		return false;
	if (journal_left(apply))
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "the last run was interrupted: run without --dry-run");
	if (!apply_read_state(apply) || !make_plan(apply))
		return false;
	apply_plan_print(&apply->plan, out);
	return true;
}

static bool
run(struct apply *apply)
{
	return compile_artefact(apply) && apply_open(apply) &&
	    apply_read_state(apply) && make_plan(apply) && apply_change(apply);
}

enum apply_code
apply_run(const struct apply_request *request, struct arena *arena, FILE *out,
    struct apply_result *result)
{
	struct apply *apply = apply_begin(request, arena);
	struct sigaction former[SIGNALS_CAUGHT];

	signals_catch(former);
	if (request->dry_run)
		run_dry(apply, out);
	else
		run(apply);
	apply_end(apply, result);
	signals_restore(former);
	return result->code;
}

const struct artefact *
apply_compile(const struct apply_request *request, struct arena *arena,
    struct apply_result *result)
{
	struct apply *apply = apply_begin(request, arena);
	struct sigaction former[SIGNALS_CAUGHT];

	signals_catch(former);
	compile_artefact(apply);
	if (apply->files >= 0)
		close(apply->files);
	signals_restore(former);
	*result = apply->result;
	return apply->artefact;
}

enum apply_code
apply_recover(const struct apply_request *request, struct arena *arena,
    struct apply_result *result)
{
	struct apply *apply = apply_begin(request, arena);
	struct sigaction former[SIGNALS_CAUGHT];

	signals_catch(former);
	apply_open(apply);
	apply_end(apply, result);
	signals_restore(former);
	return result->code;
}

/* The generation before, with what its own record says it needs. */
static bool
find_former(struct apply *apply)
{
	const struct host_generation *before;

	if (!host_list(apply, NULL, 0, NULL))
		return false;
	before = generation_before(apply);
	if (before == NULL)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "there is no generation to go back to");
	apply->artefact = generation_artefact(apply, before);
	if (apply->artefact == NULL)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "it is not written down what set %u was loaded from",
		    before->set);
	if (apply->host.current != NULL)
		apply->give_back = apply->host.current->taken;
	return true;
}

static bool
roll_back(struct apply *apply, FILE *out)
{
	if (!apply_open(apply) || !find_former(apply) ||
	    !apply_read_state(apply) || !make_plan(apply))
		return false;
	if (!apply->request->dry_run)
		return apply_change(apply);
	apply_plan_print(&apply->plan, out);
	return true;
}

enum apply_code
apply_rollback(const struct apply_request *request, struct arena *arena,
    FILE *out, struct apply_result *result)
{
	struct apply *apply = apply_begin(request, arena);
	struct sigaction former[SIGNALS_CAUGHT];

	signals_catch(former);
	roll_back(apply, out);
	apply_end(apply, result);
	signals_restore(former);
	return result->code;
}
