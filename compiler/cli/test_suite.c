/*
 * From the operands to sessions.
 */
#include "cli/test_file.h"
#include "cli/test_session.h"
#include "cli/test_suite.h"

struct suite {
	struct session *root; /* of the command line */
	void (*run)(void *context, const struct test_case *test);
	void *context;
	enum exit_code worst;
};

static void
note(struct suite *suite, struct session *session)
{
	session_report_text(session);
	if (session->code > suite->worst)
		suite->worst = session->code;
}

static struct session *
session_new(struct suite *suite, const struct test_variant *variant)
{
	struct arena *arena = suite->root->arena;
	struct session *session = arena_new(arena, struct session);
	struct options *options = arena_new(arena, struct options);

	*options = test_session_options(suite->root->options, variant);
	session_init(session, options, arena);
	return session;
}

static void
run_own(struct suite *suite, const char *policy)
{
	struct session *session = session_new(suite, NULL);
	struct test_case test = {.session = session, .policy = policy};

	if (session_parse(session, policy) &&
	    test_session_compile(session, NULL)) {
		test.n_tests = session->policy->tests.n;
		suite->run(suite->context, &test);
	}
	note(suite, session);
}

/* The file is read anew for each session, whose sources show its lines. */
static void
run_variant(struct suite *suite, const char *policy, const char *path,
    const struct test_variant *variant)
{
	struct session *session = session_new(suite, variant);
	struct test_case test = {
	    .session = session,
	    .policy = policy,
	    .file = path,
	    .variant = variant != NULL ? variant->name : NULL,
	};
	struct test_file file;

	if (session_parse(session, policy) &&
	    test_file_read(session, path, session->tree->file, &file)) {
		test.n_tests = test_session_append(session, file.statements);
		if (test_session_compile(
			session, variant != NULL ? variant->nat : NULL))
			suite->run(suite->context, &test);
	}
	note(suite, session);
}

static void
run_file(struct suite *suite, const char *policy, const char *path)
{
	struct session *session = session_new(suite, NULL);
	struct test_file file;

	if (!test_file_read(session, path, 0, &file)) {
		note(suite, session);
		return;
	}
	if (file.matrix.n == 0)
		run_variant(suite, policy, path, NULL);
	for (size_t i = 0; i < file.matrix.n; i++)
		run_variant(suite, policy, path, &file.matrix.v[i]);
}

enum exit_code
test_suite_each(struct session *root,
    void (*run)(void *context, const struct test_case *test), void *context)
{
	struct suite suite = {.root = root, .run = run, .context = context};
	const struct options *options = root->options;
	const char *policy = NULL;

	for (size_t i = 0; i < options->operands.n; i++) {
		const char *operand = options->operands.v[i];

		if (test_file_named(operand)) {
			run_file(&suite, policy, operand);
		} else {
			policy = operand;
			run_own(&suite, policy);
		}
	}
	return suite.worst;
}
