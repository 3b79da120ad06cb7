/*
 * akinc apply, rollback, stop: what this host runs is changed.  The work is
 * the runtime's; here is what it is asked and what is said of it.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/running.h"
#include "runtime/apply/guard.h"

#define TEXT_SIZE 128

static void
say(void *context, enum apply_level level, const char *text)
{
	static const char *const heads[] = {
	    [APPLY_NOTE] = "akinc: ",
	    [APPLY_WARNING] = "akinc: warning: ",
	    [APPLY_ERROR] = "akinc: ",
	    [APPLY_QUOTE] = "",
	};

	(void)context;
	fprintf(stderr, "%s%s\n", heads[level], text);
}

/* The options that the compiler is run with. */
static const char *const *
compiler_options(const struct session *session)
{
	const struct options *options = session->options;
	struct arena *arena = session->arena;
	VEC(const char *) words = {0};

	if (options->flavour != NULL)
		vec_push(arena, &words,
		    (const char *)arena_printf(
			arena, "--flavour=%s", options->flavour));
	if (options->nic != NULL)
		vec_push(arena, &words,
		    (const char *)arena_printf(
			arena, "--nic=%s", options->nic));
	if (options->host != NULL)
		vec_push(arena, &words,
		    (const char *)arena_printf(
			arena, "--host=%s", options->host));
	for (size_t i = 0; i < options->catalogues.n; i++)
		vec_push(arena, &words,
		    (const char *)arena_printf(
			arena, "--catalogue=%s", options->catalogues.v[i]));
	if (options->level == 0)
		vec_push(arena, &words, "-O0");
	vec_push(arena, &words, NULL);
	return words.v;
}

static const char *
program(const struct session *session, const char *path, const char *name)
{
	const char *folder = session->options->sbin;

	if (path != NULL || folder == NULL)
		return path;
	return arena_printf(session->arena, "%s/%s", folder, name);
}

void
running_request(const struct session *session, struct apply_request *request)
{
	const struct options *options = session->options;

	*request = (struct apply_request){
	    .options = compiler_options(session),
	    .dry_run = options->dry_run,
	    .force = options->force,
	    .take_over = options->take_over,
	    .confirm = options->confirm,
	    .timeout = options->timeout,
	    .state_dir = options->state_dir,
	    .hooks = {.say = say},
	};
	request->paths = (struct apply_paths){
	    .akinc = apply_own_path(session->arena),
	    .ipfw = program(session, options->ipfw, "ipfw"),
	    .natd = program(session, options->natd, "natd"),
	    .sysctl = program(session, NULL, "sysctl"),
	    .kldstat = program(session, NULL, "kldstat"),
	    .kldload = program(session, NULL, "kldload"),
	    .kldunload = program(session, NULL, "kldunload"),
	};
	request->run_dir = options->run_dir;
	if (options->state_dir != NULL && options->run_dir == NULL)
		request->run_dir = arena_printf(
		    session->arena, "%s/run", options->state_dir);
}

/*
 * The firewall is what counts: that it cannot be told changes nothing about the
 * exit code.
 */
static void
tell(const char *text)
{
	signal(SIGPIPE, SIG_IGN);
	if (dprintf(STDOUT_FILENO, "%s\n", text) < 0)
		fputs("akinc: warning: the output cannot be written\n", stderr);
}

static void
tell_applied(const struct apply_result *result)
{
	char text[TEXT_SIZE];

	if (result->planned == 0)
		snprintf(text, sizeof(text),
		    "set %d is in force: nothing to do", result->set);
	else
		snprintf(text, sizeof(text),
		    "set %d is in force: generation %u, digest %s", result->set,
		    result->generation, result->digest);
	tell(text);
}
enum exit_code
running_end(const struct apply_request *request,
    const struct apply_result *result, const struct safety *safety)
{
	if (safety != NULL && safety->waited)
		guard_end(request, result->code);
	if (!request->dry_run && result->code == APPLY_FINE)
		tell_applied(result);
	return (enum exit_code)result->code;
}

enum exit_code
running_no_operands(const char *name)
{
	fprintf(
	    stderr, "akinc: %s takes no operand\nTry `akinc --help`.\n", name);
	return EXIT_USAGE;
}

enum exit_code
command_apply(struct session *session)
{
	const struct options *options = session->options;
	struct apply_request request;
	struct apply_result result;
	struct safety safety;

	if (options->operands.n != 1) {
		fputs("akinc: name one policy to apply\n"
		      "Try `akinc --help`.\n",
		    stderr);
		return EXIT_USAGE;
	}
	running_request(session, &request);
	request.policy = options->operands.v[0];
	if (request.paths.akinc == NULL) {
		fputs("akinc: the path of this program is not known\n", stderr);
		return EXIT_ENVIRONMENT;
	}
	if (!running_safety(session, &safety, &request))
		return EXIT_USAGE;
	apply_run(&request, session->arena, stdout, &result);
	return running_end(&request, &result, &safety);
}

enum exit_code
command_rollback(struct session *session)
{
	struct apply_request request;
	struct apply_result result;
	struct safety safety;

	if (session->options->operands.n > 0)
		return running_no_operands("rollback");
	running_request(session, &request);
	if (!running_safety(session, &safety, &request))
		return EXIT_USAGE;
	apply_rollback(&request, session->arena, stdout, &result);
	return running_end(&request, &result, &safety);
}

enum exit_code
command_stop(struct session *session)
{
	struct apply_request request;
	struct apply_result result;

	if (session->options->operands.n > 0)
		return running_no_operands("stop");
	running_request(session, &request);
	apply_stop(&request, session->arena, stdout, &result);
	if (result.code == APPLY_FINE && !request.dry_run)
		tell(result.planned == 0 ? "nothing of akin is here"
					 : "what akin had loaded is gone");
	return (enum exit_code)result.code;
}
