/*
 * The last good generation: its artefact, the host facts that it was made for,
 * which akin made it, and the files of its policy, since these may be changed
 * to what is wrong while the host goes on changing.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "runtime/apply/file.h"
#include "runtime/apply/pack.h"
#include "runtime/daemon/work.h"

#define ARTEFACT "good.artefact"
#define FACTS "good.yaml"
#define PACK "good.files"
#define ABOUT "good.json"
#define TRIAL "unconfirmed"
#define ABOUT_MAX 65536
#define POLICY_MAX ((size_t)256 << 20)

static const char *
path_of(struct work *work, const char *name)
{
	return arena_printf(
	    work->arena, "%s/%s", work->job->options->state_dir, name);
}

static const char *
text_of(struct work *work, const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text == NULL ? "" : arena_strdup(work->arena, text);
}

void
saved_read(struct work *work, struct saved *saved)
{
	struct buf about;
	json_t *object;

	memset(saved, 0, sizeof(*saved));
	buf_init(&about, work->arena);
	if (file_read(path_of(work, ABOUT), ABOUT_MAX, &about) != 0)
		return;
	object = json_loadb(about.p, about.n, 0, NULL);
	if (object == NULL)
		return;
	saved->version = text_of(work, object, "version");
	saved->policy = text_of(work, object, "policy");
	saved->artefact = path_of(work, ARTEFACT);
	saved->facts = path_of(work, FACTS);
	saved->pack = path_of(work, PACK);
	json_decref(object);
	if (!file_exists(saved->artefact))
		saved->artefact = NULL;
}

static int
write_one(struct work *work, const char *name, const char *bytes, size_t n)
{
	return file_write(work->arena, path_of(work, name), bytes, n);
}

/* The files as they are now. */
static int
write_pack(struct work *work, const struct artefact *artefact)
{
	struct buf pack;
	int error = 0;

	buf_init(&pack, work->arena);
	for (size_t i = 0; error == 0 && i < artefact->files.n; i++)
		error = pack_add(&pack, artefact->files.v[i]);
	return error == 0 ? write_one(work, PACK, pack.p, pack.n) : error;
}

/* What tells about the others comes last, and goes first. */
static int
write_all(struct work *work, const struct artefact *artefact,
    const struct buf *host, const struct saved *saved)
{
	const char *about = arena_printf(work->arena,
	    "{\"version\": \"%s\", \"policy\": \"%s\"}\n", artefact->version,
	    saved != NULL ? saved->policy
			  : saved_policy_digest(work, artefact));
	int error = file_make_folder(
	    work->arena, work->job->options->state_dir);

	if (error == 0)
		error = file_remove(path_of(work, ABOUT));
	if (error == 0)
		error = write_one(
		    work, ARTEFACT, artefact->text, artefact->size);
	if (error == 0)
		error = write_one(work, FACTS, host->p, host->n);
	if (error == 0 && saved == NULL)
		error = write_pack(work, artefact);
	if (error == 0)
		error = write_one(work, ABOUT, about, strlen(about));
	return error;
}

void
saved_write(struct work *work, const struct artefact *artefact,
    const struct buf *host, const struct saved *saved)
{
	int error = write_all(work, artefact, host, saved);

	if (error != 0)
		job_say(work->out, "warning",
		    arena_printf(work->arena,
			"this generation is not kept for the next boot: %s",
			strerror(error)));
}

static void
add_file(struct work *work, const char *path, uint64_t *digest)
{
	struct stat info;
	struct buf text;

	buf_init(&text, work->arena);
	/* The list comes from an unprivileged process: no pipe, no device. */
	if (stat(path, &info) == 0 && S_ISREG(info.st_mode) &&
	    file_read(path, POLICY_MAX, &text) == 0)
		*digest = digest_add(*digest, text.p, text.n);
	*digest = digest_add(*digest, "", 1);
}

const char *
saved_policy_digest(struct work *work, const struct artefact *artefact)
{
	uint64_t digest = DIGEST_START;
	struct buf text;

	for (size_t i = 0; i < artefact->files.n; i++)
		add_file(work, artefact->files.v[i], &digest);
	buf_init(&text, work->arena);
	digest_format(&text, digest);
	return text.p;
}

bool
saved_note_trial(struct work *work, const char *policy_digest)
{
	int error = file_make_folder(
	    work->arena, work->job->options->state_dir);

	if (error == 0)
		error = write_one(
		    work, TRIAL, policy_digest, strlen(policy_digest));
	return error == 0 ||
	    work_refuse(work, APPLY_ENVIRONMENT, "%s: %s", path_of(work, TRIAL),
		strerror(error));
}

bool
saved_is_trial(struct work *work, const char *policy_digest)
{
	struct buf text;

	buf_init(&text, work->arena);
	return file_read(path_of(work, TRIAL), ABOUT_MAX, &text) == 0 &&
	    strcmp(text.p, policy_digest) == 0;
}

void
saved_end_trial(struct work *work)
{
	file_remove(path_of(work, TRIAL));
}
