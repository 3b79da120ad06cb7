/*
 * `akinc revoked`, run as the compiler is run, about the live conversations.
 */
#include <jansson.h>
#include <string.h>

#include "runtime/apply/private.h"
#include "runtime/apply/safety.h"

#define SHOWN_MAX 10

static word_list
question_words(struct apply *apply)
{
	const char *const *option = apply->request->options;
	word_list words = {0};

	vec_push(apply->arena, &words, apply->paths.akinc);
	vec_push(apply->arena, &words, "revoked");
	vec_push(apply->arena, &words, "--json");
	for (; option != NULL && *option != NULL; option++)
		vec_push(apply->arena, &words, *option);
	vec_push(apply->arena, &words, "--");
	vec_push(apply->arena, &words, apply->request->policy);
	vec_push(apply->arena, &words, "-");
	vec_push(apply->arena, &words, NULL);
	return words;
}

static void
put_one(struct buf *out, json_t *entry)
{
	buf_printf(out, "\n  protocol %d, %s %d to %s %d: %s",
	    (int)json_integer_value(json_object_get(entry, "protocol")),
	    json_string_value(json_object_get(entry, "source")),
	    (int)json_integer_value(json_object_get(entry, "source-port")),
	    json_string_value(json_object_get(entry, "target")),
	    (int)json_integer_value(json_object_get(entry, "target-port")),
	    json_string_value(json_object_get(entry, "policy")));
}

static void
tell(struct apply *apply, json_t *list, size_t n, bool cut)
{
	size_t shown = json_array_size(list);
	struct buf out;

	if (shown > SHOWN_MAX)
		shown = SHOWN_MAX;
	buf_init(&out, apply->arena);
	buf_printf(&out, "%zu live conversation%s the policy would not admit%s",
	    n, n == 1 ? "" : "s",
	    cut ? "; they are cut:"
		: " go on until they end; --revoke cuts "
		  "them:");
	for (size_t i = 0; i < shown; i++)
		put_one(&out, json_array_get(list, i));
	if (json_array_size(list) > shown)
		buf_printf(
		    &out, "\n  and %zu more", json_array_size(list) - shown);
	apply_say(apply, APPLY_NOTE, "%s", out.p);
}

bool
revoke_check(struct apply *apply, const struct safety *safety)
{
	const struct host_state *host = &apply->host;
	struct child_result result;
	struct buf states;
	json_t *root;
	size_t n;

	if (apply->request->policy == NULL ||
	    strcmp(apply->request->policy, "-") == 0 || host->states.n == 0)
		return true;
	buf_init(&states, apply->arena);
	buf_puts(&states, "## Dynamic rules:\n");
	for (size_t i = 0; i < host->states.n; i++)
		buf_printf(&states, "%s\n", host->states.v[i]);
	if (!compile_run(
		apply, question_words(apply).v, states.p, states.n, &result)) {
		apply_say(apply, APPLY_WARNING,
		    "which conversations the policy would not admit is not "
		    "known: %s revoked %s",
		    apply->paths.akinc, child_fault(apply->arena, &result));
		return !safety->revoke;
	}
	root = json_loadb(result.out.p, result.out.n, 0, NULL);
	n = (size_t)json_integer_value(json_object_get(root, "revoked"));
	if (n > 0)
		tell(apply, json_object_get(root, "list"), n, safety->revoke);
	json_decref(root);
	return true;
}
