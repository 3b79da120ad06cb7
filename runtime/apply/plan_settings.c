/*
 * Modules and settings of the kernel.
 */
#include <inttypes.h>
#include <string.h>

#include "runtime/apply/private.h"

static const char *
join(struct arena *arena, const char *before, const char *const *words,
    size_t n, const char *between)
{
	struct buf text;

	buf_init(&text, arena);
	buf_puts(&text, before);
	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%s%s", i > 0 ? between : "", words[i]);
	return text.p;
}

void
plan_add_modules(struct apply *apply)
{
	const struct artefact *artefact = apply->artefact;
	struct apply_step step = {.kind = APPLY_STEP_MODULES};

	for (size_t i = 0; i < artefact->modules.n; i++) {
		const char *name = artefact->modules.v[i];

		if (host_has_module(&apply->host, name))
			continue;
		vec_push(apply->arena, &step.words, name);
		vec_push(apply->arena, &step.notes,
		    (const char *)arena_printf(
			apply->arena, "module %s", name));
	}
	if (step.words.n == 0)
		return;
	step.text = join(
	    apply->arena, "load module ", step.words.v, step.words.n, ", ");
	step.undo = "unload it";
	plan_add(apply, &step);
}

static bool
is_wanted(const struct artefact_setting *want, const struct host_setting *there)
{
	return want->exactly ? there->value != want->value
			     : there->value < want->value;
}

static void
add_setting(struct apply *apply, struct apply_step *step, word_list *told,
    const struct artefact_setting *want, const struct host_setting *there)
{
	vec_push(apply->arena, &step->words,
	    (const char *)arena_printf(
		apply->arena, "%s=%" PRIu64, want->name, want->value));
	vec_push(apply->arena, &step->notes,
	    (const char *)arena_printf(
		apply->arena, "sysctl %s %" PRIu64, want->name, there->value));
	vec_push(apply->arena, told,
	    (const char *)arena_printf(apply->arena,
		"%s to %" PRIu64 " (is %" PRIu64 ")", want->name, want->value,
		there->value));
}

bool
plan_add_settings(struct apply *apply, enum apply_step_kind kind,
    const artefact_settings *settings)
{
	struct apply_step step = {.kind = kind};
	word_list told = {0};

	for (size_t i = 0; i < settings->n; i++) {
		const struct artefact_setting *want = &settings->v[i];
		const struct host_setting *there = host_setting_find(
		    &apply->host, want->name);

		if (there == NULL)
			return apply_fail(apply, APPLY_ENVIRONMENT,
			    "the kernel has no setting %s", want->name);
		if (is_wanted(want, there))
			add_setting(apply, &step, &told, want, there);
	}
	if (step.words.n == 0)
		return true;
	step.text = join(apply->arena, "set ", told.v, told.n, ",\n         ");
	step.undo = "set it back";
	plan_add(apply, &step);
	return true;
}
