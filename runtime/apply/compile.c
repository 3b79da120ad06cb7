/*
 * From a policy to an artefact, in a process that has no privileges: what
 * reads a policy cannot touch the firewall.
 */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"

#define TIMEOUT 120 /* seconds */
#define POLICY_MAX ((size_t)256 * 1024 * 1024)
#define UNPRIVILEGED "nobody"

bool
apply_find_user(uid_t *user, gid_t *group)
{
	const struct passwd *entry = getpwnam(UNPRIVILEGED);

	if (entry == NULL || entry->pw_uid == 0)
		return false;
	*user = entry->pw_uid;
	*group = entry->pw_gid;
	return true;
}

/* Whose process compiles.  Root without such a user cannot go on. */
static bool
choose_user(struct apply *apply, struct child_request *child)
{
	if (geteuid() != 0)
		return true;
	child->drop = true;
	child->user = apply->request->user;
	child->group = apply->request->group;
	return child->user != 0 ||
	    apply_find_user(&child->user, &child->group) ||
	    apply_fail(apply, APPLY_ENVIRONMENT,
		"there is no user '%s' to compile the policy as", UNPRIVILEGED);
}

/* "akinc --emit=artefact OPTIONS -- POLICY" */
static const char *const *
compiler_words(struct apply *apply)
{
	const char *const *option = apply->request->options;
	word_list words = {0};

	vec_push(apply->arena, &words, apply->paths.akinc);
	vec_push(apply->arena, &words, "--emit=artefact");
	for (; option != NULL && *option != NULL; option++)
		vec_push(apply->arena, &words, *option);
	vec_push(apply->arena, &words, "--");
	vec_push(apply->arena, &words, apply->request->policy);
	vec_push(apply->arena, &words, NULL);
	return words.v;
}

/* A policy on our standard input is handed on. */
static bool
read_input(struct apply *apply, struct buf *text)
{
	int error;

	if (strcmp(apply->request->policy, "-") != 0)
		return true;
	error = file_read("/dev/fd/0", POLICY_MAX, text);
	if (error != 0)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "the standard input: %s", strerror(error));
	return true;
}

/* What the compiler said is passed on as it is. */
static void
pass_on(struct apply *apply, struct child_result *result)
{
	struct buf *text = &result->err;

	while (text->n > 0 && text->p[text->n - 1] == '\n')
		text->p[--text->n] = '\0';
	if (text->n > 0)
		apply_say(apply, APPLY_QUOTE, "%s", text->p);
}

static bool
refuse_policy(struct apply *apply, const struct child_result *result)
{
	if (result->code == APPLY_POLICY || result->code == APPLY_USAGE)
		return apply_fail(apply, (enum apply_code)result->code,
		    "%s is not applied", apply->request->policy);
	return apply_fail(apply, APPLY_ENVIRONMENT, "%s %s%s",
	    apply->paths.akinc, child_fault(apply->arena, result),
	    geteuid() == 0 && result->code == APPLY_ENVIRONMENT
		? "; it runs without privileges, as user '" UNPRIVILEGED
		  "', who must be able to read the policy"
		: "");
}

bool
compile_run(struct apply *apply, const char *const *words, const char *input,
    size_t size, struct child_result *result)
{
	struct child_request child = {
	    .words = words,
	    .input = input,
	    .size = size,
	    .timeout = TIMEOUT,
	    .output_max = ARTEFACT_BYTES_MAX,
	    .confine = true,
	};

	memset(result, 0, sizeof(*result));
	result->code = -1;
	if (!choose_user(apply, &child))
		return false;
	apply->result.processes++;
	return child_run(apply->arena, &child, result);
}

static bool
compile(struct apply *apply, struct buf *out)
{
	struct child_result result;
	struct buf text;
	bool fine;

	buf_init(&text, apply->arena);
	if (!read_input(apply, &text))
		return false;
	fine = compile_run(
	    apply, compiler_words(apply), text.p, text.n, &result);
	if (result.out.p == NULL)
		return false;
	pass_on(apply, &result);
	*out = result.out;
	return fine || refuse_policy(apply, &result);
}

static bool
read_artefact(struct apply *apply, struct buf *out)
{
	const char *path = apply->request->artefact;
	int error;

	buf_init(out, apply->arena);
	error = file_read(path, ARTEFACT_BYTES_MAX, out);
	return error == 0 ||
	    apply_fail(
		apply, APPLY_ENVIRONMENT, "%s: %s", path, strerror(error));
}

bool
compile_artefact(struct apply *apply)
{
	const char *wrong;
	struct buf text;

	apply->artefact = apply->request->compiled;
	if (apply->artefact != NULL)
		return true;
	if (apply->request->artefact != NULL ? !read_artefact(apply, &text)
					     : !compile(apply, &text))
		return false;
	apply->artefact = artefact_read(apply->arena, text.p, text.n, &wrong);
	if (apply->artefact != NULL)
		return true;
	return apply_fail(
	    apply, APPLY_ENVIRONMENT, "the artefact cannot be used: %s", wrong);
}
