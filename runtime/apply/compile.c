/*
 * From a policy to an artefact, in a process that has no privileges: what
 * reads a policy cannot touch the firewall.
 */
#include <errno.h>
#include <jansson.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/apply/file.h"
#include "runtime/apply/pack.h"
#include "runtime/apply/private.h"

#define TIMEOUT 120 /* seconds */
#define POLICY_MAX ((size_t)256 * 1024 * 1024)
#define UNPRIVILEGED "nobody"
#define LEVELS_MAX 32 /* as deep as files may include one another */

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

/* Does the compiler read for itself, with no less rights than we have? */
static bool
reads_for_itself(const struct apply *apply)
{
	return apply->request->pack == NULL &&
	    (geteuid() != 0 || strcmp(apply->request->policy, "-") == 0);
}

/* What fails here is akinc's to tell. */
static void
hand_over(struct apply *apply)
{
	if (apply->files >= 0)
		close(apply->files);
	apply->files = pack_open(&apply->pack);
}

/* The policy, and once it is compiled all that it was made from. */
static void
pack_policy(struct apply *apply)
{
	const struct artefact *artefact = apply->artefact;
	const struct buf *given = apply->request->pack;

	buf_init(&apply->pack, apply->arena);
	if (given != NULL) {
		buf_write(&apply->pack, given->p, given->n);
		return;
	}
	pack_add(&apply->pack, apply->request->policy);
	for (size_t i = 0; artefact != NULL && i < artefact->files.n; i++)
		if (strcmp(artefact->files.v[i], apply->request->policy) != 0)
			pack_add(&apply->pack, artefact->files.v[i]);
}

/* "OPTIONS --files-from=FD -- POLICY" */
void
compile_add_policy(struct apply *apply, word_list *words)
{
	const char *const *option = apply->request->options;

	for (; option != NULL && *option != NULL; option++)
		vec_push(apply->arena, words, *option);
	if (apply->files < 0 && !reads_for_itself(apply)) {
		pack_policy(apply);
		hand_over(apply);
	}
	if (apply->files >= 0)
		vec_push(apply->arena, words,
		    (const char *)arena_printf(
			apply->arena, "--files-from=%d", apply->files));
	vec_push(apply->arena, words, "--");
	vec_push(apply->arena, words, apply->request->policy);
}

/* "akinc --emit=artefact OPTIONS -- POLICY" */
static const char *const *
compiler_words(struct apply *apply)
{
	word_list words = {0};

	vec_push(apply->arena, &words, apply->paths.akinc);
	vec_push(apply->arena, &words, "--emit=artefact");
	compile_add_policy(apply, &words);
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
		  "': what is not below the policy's folder must be readable "
		  "by everybody"
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
	if (apply->files >= 0 && lseek(apply->files, 0, SEEK_SET) == 0)
		child.files = apply->files;
	apply->result.processes++;
	return child_run(apply->arena, &child, result);
}

/* Below the folder of the policy all is the policy's. */
static bool
is_of_policy(const struct apply *apply, const char *name)
{
	const char *policy = apply->request->policy;
	const char *slash = strrchr(policy, '/');
	char *folder = realpath(slash == NULL ? "."
		: slash == policy
		? "/"
		: arena_strndup(apply->arena, policy, (size_t)(slash - policy)),
	    NULL);
	char *path = realpath(name, NULL);
	size_t length = folder != NULL ? strlen(folder) : 0;
	bool below = folder != NULL && path != NULL &&
	    strncmp(path, folder, length) == 0 &&
	    (length == 1 || path[length] == '/');

	free(folder);
	free(path);
	return below;
}

/* The compiler tells what it may not read; true if there is more for it. */
static bool
add_refused(struct apply *apply, const struct child_result *result)
{
	json_t *answer = json_loadb(result->out.p, result->out.n, 0, NULL);
	const json_t *name;
	bool more = false;
	size_t i;

	json_array_foreach(json_object_get(answer, "refused"), i, name)
	{
		if (json_is_string(name) &&
		    is_of_policy(apply, json_string_value(name)) &&
		    pack_add(&apply->pack, json_string_value(name)) == 0)
			more = true;
	}
	json_decref(answer);
	if (more)
		hand_over(apply);
	return more;
}

/* Each level of includes may name files that are to be handed over, too. */
static bool
compile_with_files(
    struct apply *apply, const struct buf *text, struct child_result *result)
{
	bool fine = false;

	for (size_t level = 0; level < LEVELS_MAX; level++) {
		fine = compile_run(
		    apply, compiler_words(apply), text->p, text->n, result);
		if (fine || result->out.p == NULL || apply->files < 0 ||
		    !add_refused(apply, result))
			break;
	}
	return fine;
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
	fine = compile_with_files(apply, &text, &result);
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
