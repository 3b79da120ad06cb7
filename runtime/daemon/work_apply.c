/*
 * Host facts, a compiled policy, and what the applier makes of it.
 */
#include <string.h>

#include "runtime/apply/file.h"
#include "runtime/apply/guard.h"
#include "runtime/apply/pack.h"
#include "runtime/daemon/facts_text.h"
#include "runtime/daemon/work.h"

#define FACTS_MAX ((size_t)1 << 20)

struct run {
	struct work *work;
	struct saved saved;
	struct buf host;	/* facts as akinc reads them */
	const char *host_path;	/* their file */
	const struct buf *pack; /* of the last good policy, if it is that */
	const struct artefact *artefact;
};

/* --- Facts --- */

/* The compiler runs as somebody who has no access to folders of ours. */
static int
write_readable(struct arena *arena, const char *path, const struct buf *text)
{
	return file_write_scratch(arena, path, 0644, text->p, text->n);
}

static bool
read_facts(struct run *run)
{
	struct work *work = run->work;
	struct facts facts;
	int error = facts_collect(&facts);

	if (error != 0)
		return work_refuse(work, APPLY_ENVIRONMENT,
		    "the network of this host cannot be read: %s",
		    strerror(error));
	buf_init(&run->host, work->arena);
	facts_text_write(&run->host, &facts);
	work_add(work, "facts", facts_text_json(&facts));
	facts_free(&facts);
	run->host_path = arena_printf(
	    work->arena, "%s.host.yaml", work->job->options->run_dir);
	error = write_readable(work->arena, run->host_path, &run->host);
	return error == 0 ||
	    work_refuse(work, APPLY_ENVIRONMENT, "%s: %s", run->host_path,
		strerror(error));
}

/* --- What is known of an artefact --- */

static json_t *
json_texts(const artefact_texts *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; i < texts->n; i++)
		json_array_append_new(list, json_string(texts->v[i]));
	return list;
}

static json_t *
json_zones(const struct artefact *artefact)
{
	json_t *list = json_array();

	for (size_t i = 0; i < artefact->zones.n; i++) {
		const struct artefact_zone *zone = &artefact->zones.v[i];

		json_array_append_new(list,
		    json_pack("{s:s, s:o, s:b}", "name", zone->name, "cards",
			json_texts(&zone->cards), "present", zone->present));
	}
	return list;
}

static json_t *
json_nats(const struct artefact *artefact)
{
	json_t *list = json_array();

	for (size_t i = 0; i < artefact->nats.n; i++) {
		const struct artefact_nat *nat = &artefact->nats.v[i];

		json_array_append_new(list,
		    json_pack("{s:s, s:s, s:I}", "method",
			nat->kernel ? "kernel" : "divert", "card", nat->card,
			"id", (json_int_t)nat->id));
	}
	return list;
}

json_t *
work_artefact_json(const struct artefact *artefact)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s}", "version",
	    artefact->version, "zones", json_zones(artefact), "nats",
	    json_nats(artefact), "files", json_texts(&artefact->files),
	    "modules", json_texts(&artefact->modules), "drift",
	    artefact->repair ? "repair" : "report");
}

/* --- Compiling --- */

/* The words for akinc; the array is the arena's. */
static const char *const *
compiler_words(struct work *work, const char *host_path)
{
	const struct daemon_options *options = work->job->options;
	VEC(const char *) words = {0};

	for (size_t i = 0; i < options->n_compiler; i++)
		vec_push(work->arena, &words, options->compiler[i]);
	vec_push(work->arena, &words,
	    (const char *)arena_printf(work->arena, "--host=%s", host_path));
	if (work->job->without_nat)
		vec_push(work->arena, &words, "--without-nat");
	vec_push(work->arena, &words, NULL);
	return words.v;
}

static const struct artefact *
compile_for(struct work *work, const char *host_path, const struct buf *pack)
{
	struct apply_request request = work_request(work);
	const struct artefact *artefact;
	struct apply_result result;

	request.policy = work->job->options->policy;
	request.options = compiler_words(work, host_path);
	request.pack = pack;
	artefact = apply_compile(&request, work->arena, &result);
	if (artefact == NULL)
		work_tell_result(work, &result);
	return artefact;
}

static bool
compile(struct run *run)
{
	run->artefact = compile_for(run->work, run->host_path, run->pack);
	if (run->artefact == NULL)
		return false;
	work_tell_warnings(run->work);
	return work_add(
	    run->work, "artefact", work_artefact_json(run->artefact));
}

/* Not the text that was good last, but one that somebody wrote since. */
static bool
is_other_policy(const struct run *run)
{
	return run->saved.artefact == NULL ||
	    strcmp(run->saved.policy,
		saved_policy_digest(run->work, run->artefact)) != 0;
}

static const char *
saved_digest(const struct run *run)
{
	struct work *work = run->work;
	const struct artefact *saved;
	const char *wrong;
	struct buf text;

	buf_init(&text, work->arena);
	if (file_read(run->saved.artefact, ARTEFACT_BYTES_MAX, &text) != 0)
		return "";
	saved = artefact_read(work->arena, text.p, text.n, &wrong);
	return saved == NULL ? "" : saved->digest;
}

/* What this akin makes of the policy for the facts of then. */
static const char *
digest_for_saved_facts(const struct run *run)
{
	struct work *work = run->work;
	const char *path = arena_printf(
	    work->arena, "%s.former.yaml", work->job->options->run_dir);
	const struct artefact *again = NULL;
	struct buf facts;

	buf_init(&facts, work->arena);
	if (file_read(run->saved.facts, FACTS_MAX, &facts) == 0 &&
	    write_readable(work->arena, path, &facts) == 0)
		again = compile_for(work, path, NULL);
	file_remove(path);
	said_init(&work->said, work->arena);
	return again == NULL ? "?" : again->digest;
}

/*
 * Another akin may make other rules of the same text for the same host.  Then
 * somebody shall know before they are loaded.
 */
static bool
check_version(const struct run *run)
{
	const struct saved *saved = &run->saved;

	if (run->work->job->asked || run->work->job->without_nat ||
	    is_other_policy(run) ||
	    strcmp(saved->version, run->artefact->version) == 0 ||
	    strcmp(saved_digest(run), digest_for_saved_facts(run)) == 0)
		return true;
	return work_refuse(run->work, APPLY_POLICY,
	    "akin %s makes other rules of this policy than akin %s did; "
	    "`akinctl reload` loads them",
	    run->artefact->version, saved->version);
}

/* --- Applying --- */

static bool
is_same(const struct run *run)
{
	const struct job_request *job = run->work->job;

	return !job->fresh && strcmp(job->known, run->artefact->digest) == 0;
}

static void
tell_same(const struct run *run)
{
	work_add(run->work, "code", json_integer(APPLY_FINE));
	work_add(run->work, "steps", json_integer(0));
	work_add(run->work, "digest", json_string(run->artefact->digest));
}

static bool
apply(struct work *work, struct apply_request *request)
{
	struct apply_result result;

	request->hooks.amend = work_amend;
	request->hooks.may_begin = work_may_begin;
	request->hooks.may_keep = work_may_keep;
	apply_run(request, work->arena, NULL, &result);
	if (work->waited)
		guard_end(request, result.code);
	work_tell_result(work, &result);
	return result.code == APPLY_FINE;
}

/* Those of the generation in force, and the firewall itself. */
static const char *const *
known_modules(struct work *work)
{
	const json_t *module;
	VEC(const char *) words = {0};
	size_t i;

	if (work->job->modules == NULL)
		return NULL;
	vec_push(work->arena, &words, "ipfw");
	json_array_foreach(work->job->modules, i, module)
	{
		vec_push(work->arena, &words, json_string_value(module));
	}
	vec_push(work->arena, &words, NULL);
	return words.v;
}

static bool
apply_compiled(struct run *run)
{
	struct work *work = run->work;
	struct apply_request request = work_request(work);

	request.compiled = run->artefact;
	request.modules = known_modules(work);
	request.pack = run->pack;
	request.options = compiler_words(work, run->host_path);
	/* The same text admits what it admitted: no need to ask akinc. */
	if (work->other_text || work->job->without_nat || work->job->nat_back)
		request.policy = work->job->options->policy;
	return apply(work, &request);
}

/* --- The last good policy --- */

static bool
compile_last_good(struct run *run)
{
	struct work *work = run->work;
	struct buf *pack = arena_new(work->arena, struct buf);

	buf_init(pack, work->arena);
	if (run->saved.artefact == NULL ||
	    file_read(run->saved.pack, PACK_MAX, pack) != 0)
		return work_refuse(
		    work, APPLY_POLICY, "no policy is known to be good");
	run->pack = pack;
	if (!compile(run))
		return false;
	return strcmp(run->saved.version, run->artefact->version) == 0 ||
	    work_refuse(work, APPLY_POLICY, "another akin made it");
}

static void
apply_last_good(struct run *run)
{
	if (!compile_last_good(run))
		return;
	if (is_same(run))
		tell_same(run);
	else if (apply_compiled(run) && !run->work->job->without_nat)
		saved_write(run->work, run->artefact, &run->host, &run->saved);
}

/*
 * While the policy is wrong, or nobody has confirmed it, the one before goes on
 * and follows the host.  What became of that is a result in the result.
 */
static void
go_on_with_last_good(struct run *run)
{
	struct work *work = run->work;
	json_t *result = work->result;

	work->result = json_object();
	said_init(&work->said, work->arena);
	apply_last_good(run);
	json_object_set_new(result, "kept", work->result);
	work->result = result;
}

/* --- Jobs --- */

static bool
has_code(const struct work *work, enum apply_code code)
{
	return json_integer_value(json_object_get(work->result, "code")) ==
	    (json_int_t)code;
}

/* A text that nobody has confirmed comes back only if somebody asks for it. */
static bool
check_trial(const struct run *run)
{
	struct work *work = run->work;

	return work->job->asked ||
	    !saved_is_trial(work, saved_policy_digest(work, run->artefact)) ||
	    work_refuse(work, APPLY_POLICY,
		"nobody has confirmed this policy: `akinctl reload` tries it "
		"again");
}

static void
apply_policy(struct run *run)
{
	struct work *work = run->work;

	if (!compile(run) || !check_trial(run)) {
		if (has_code(work, APPLY_POLICY))
			go_on_with_last_good(run);
		return;
	}
	if (!check_version(run))
		return;
	if (is_same(run)) {
		tell_same(run);
		return;
	}
	work->other_text = !work->job->without_nat && is_other_policy(run);
	if (apply_compiled(run) && !work->job->without_nat)
		saved_write(work, run->artefact, &run->host, NULL);
	if (has_code(work, APPLY_FINE) || !work->waited)
		saved_end_trial(work);
}

void
work_apply(struct work *work)
{
	struct run run = {.work = work};

	saved_read(work, &run.saved);
	if (read_facts(&run))
		apply_policy(&run);
}

static bool
something_runs(struct work *work)
{
	struct apply_request request = work_request(work);
	struct apply_status status;

	apply_status(&request, work->arena, &status);
	return status.generation != NULL;
}

/* Only after a boot: what runs is at least as good. */
void
work_boot(struct work *work)
{
	struct apply_request request = work_request(work);

	request.artefact = arena_printf(
	    work->arena, "%s/confirmed", work->job->options->state_dir);
	if (!file_exists(request.artefact) || something_runs(work))
		work_add(work, "code", json_integer(APPLY_FINE));
	else
		apply(work, &request);
}
