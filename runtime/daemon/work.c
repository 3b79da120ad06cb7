/*
 * One job, from its request to its result.
 */
#include <stdarg.h>
#include <string.h>

#include "runtime/daemon/daemon.h"
#include "runtime/daemon/work.h"

bool
work_add(struct work *work, const char *name, json_t *value)
{
	return json_object_set_new(work->result, name, value) == 0;
}

bool
work_refuse(struct work *work, enum apply_code code, const char *format, ...)
{
	struct buf text;
	va_list args;

	buf_init(&text, work->arena);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	work_add(work, "code", json_integer(code));
	work_add(work, "reason", json_string(text.p));
	return false;
}

/* --- Hooks of the applier --- */

/* What goes wrong is told once, at the end. */
static void
say(void *context, enum apply_level level, const char *text)
{
	struct work *work = context;

	switch (level) {
	case APPLY_NOTE:
		job_say(work->out, "note", text);
		break;
	case APPLY_WARNING:
		job_say(work->out, "warning", text);
		break;
	case APPLY_QUOTE:
		said_add_quote(&work->said, text);
		break;
	case APPLY_ERROR:
		said_add_error(&work->said, text);
		break;
	}
}

/* The steps that a person asks about; the others only move rules. */
static bool
is_worth_telling(enum apply_step_kind kind)
{
	switch (kind) {
	case APPLY_STEP_MODULES:
	case APPLY_STEP_MODULES_DROP:
	case APPLY_STEP_NAT:
	case APPLY_STEP_NATD:
	case APPLY_STEP_NAT_DROP:
	case APPLY_STEP_NATD_STOP:
	case APPLY_STEP_CUT:
		return true;
	case APPLY_STEP_SETTINGS_BEFORE:
	case APPLY_STEP_SETTINGS_AFTER:
	case APPLY_STEP_COLLECT:
	case APPLY_STEP_LOAD:
	case APPLY_STEP_LIFELINE:
	case APPLY_STEP_LIFELINE_DROP:
	case APPLY_STEP_SWITCH:
	case APPLY_STEP_RESTORE:
		return false;
	}
	return false;
}

/* In the words of the tool of 2009 where it had some. */
static void
tell_setting(struct work *work, const char *setting)
{
	static const struct {
		const char *setting, *line;
	} lines[] = {
	    {"net.inet.ip.forwarding=1", "enabled ip forwarding"},
	    {"net.inet6.ip6.forwarding=1", "enabled ipv6 forwarding"},
	    {"net.inet.ip.fw.enable=1", "enabled ipfw"},
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strcmp(setting, lines[i].setting) == 0)
			job_send(work->out,
			    json_pack("{s:s}", "step", lines[i].line));
	}
}

static void
tell_step(void *context, const struct apply_step *step, size_t i, bool done)
{
	struct work *work = context;

	(void)i;
	work->in_nat = !done &&
	    (step->kind == APPLY_STEP_NATD || step->kind == APPLY_STEP_NAT);
	if (!done)
		return;
	for (size_t k = 0; k < step->words.n; k++) {
		if (step->kind == APPLY_STEP_SETTINGS_BEFORE ||
		    step->kind == APPLY_STEP_SETTINGS_AFTER)
			tell_setting(work, step->words.v[k]);
	}
	if (step->kind == APPLY_STEP_NATD)
		job_send(work->out,
		    json_pack("{s:s, s:b}", "step", "enabled natd", "natd", 1));
	else if (step->kind == APPLY_STEP_NATD_STOP)
		job_send(
		    work->out, json_pack("{s:s}", "step", "disabled natd"));
	else if (is_worth_telling(step->kind))
		job_send(work->out, json_pack("{s:s}", "step", step->text));
}

struct apply_request
work_request(struct work *work)
{
	const struct daemon_options *options = work->job->options;

	return (struct apply_request){
	    .options = options->compiler,
	    .paths = options->paths,
	    .user = options->user,
	    .group = options->group,
	    .state_dir = options->state_dir,
	    .run_dir = options->run_dir,
	    .force = work->job->force,
	    .take_over = options->take_over,
	    .hooks = {.context = work, .say = say, .step = tell_step},
	};
}

void
work_tell_result(struct work *work, const struct apply_result *result)
{
	work_add(work, "code", json_integer(result->code));
	work_add(work, "set", json_integer(result->set));
	work_add(work, "generation", json_integer(result->generation));
	work_add(work, "digest", json_string(result->digest));
	work_add(work, "steps", json_integer((json_int_t)result->steps));
	work_add(
	    work, "processes", json_integer((json_int_t)result->processes));
	if (result->code == APPLY_FINE)
		return;
	work_add(work, "nat_failed", json_boolean(work->in_nat));
	work_add(work, "reason",
	    job_text(work->said.errors.n > 0
		    ? work->said.errors.p
		    : "it failed and nobody said why"));
	work_add(work, "details", job_text(work->said.rest.p));
	work_add(work, "warnings", job_text(work->said.warnings.p));
}

void
work_tell_warnings(struct work *work)
{
	work_add(work, "warnings", job_text(work->said.warnings.p));
	said_init(&work->said, work->arena);
}

/* --- Jobs --- */

static void
stop(struct work *work)
{
	struct apply_request request = work_request(work);
	struct apply_result result;

	apply_stop(&request, work->arena, NULL, &result);
	work_tell_result(work, &result);
}

static void
roll_back(struct work *work)
{
	struct apply_request request = work_request(work);
	struct apply_result result;

	apply_rollback(&request, work->arena, NULL, &result);
	work_tell_result(work, &result);
}

static void
do_job(struct work *work)
{
	switch (work->job->kind) {
	case JOB_BOOT:
		work_boot(work);
		break;
	case JOB_APPLY:
		work_apply(work);
		break;
	case JOB_STOP:
		stop(work);
		break;
	case JOB_ROLLBACK:
		roll_back(work);
		break;
	case JOB_LOOK:
		work_look(work);
		break;
	}
}

void
work_do(const struct job_request *request, int out)
{
	struct work work = {.job = request,
	    .out = out,
	    .arena = arena_create(0, NULL, NULL),
	    .result = json_object()};

	if (work.arena == NULL || work.result == NULL)
		return;
	said_init(&work.said, work.arena);
	do_job(&work);
	job_send(out, json_pack("{s:o}", "result", work.result));
	arena_destroy(work.arena);
}
