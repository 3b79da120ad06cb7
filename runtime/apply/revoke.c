/*
 * `akinc revoked`, run as the compiler is run, about the live conversations.
 */
#include <arpa/inet.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>

#include "runtime/apply/private.h"
#include "runtime/apply/safety.h"

#define SHOWN_MAX 10

static word_list
question_words(struct apply *apply)
{
	word_list words = {0};

	vec_push(apply->arena, &words, apply->paths.akinc);
	vec_push(apply->arena, &words, "revoked");
	vec_push(apply->arena, &words, "--json");
	compile_add_policy(apply, &words);
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
	    cut ? ", to be cut:"
		: " go on until they end; --revoke cuts them:");
	for (size_t i = 0; i < shown; i++)
		put_one(&out, json_array_get(list, i));
	if (json_array_size(list) > shown)
		buf_printf(
		    &out, "\n  and %zu more", json_array_size(list) - shown);
	apply_say(apply, APPLY_NOTE, "%s", out.p);
}

/* What comes from the other process is looked at before it is believed. */
static bool
read_address(json_t *entry, const char *key, const char **text, bool *six)
{
	unsigned char bytes[16];

	*text = json_string_value(json_object_get(entry, key));
	if (*text == NULL)
		return false;
	*six = strchr(*text, ':') != NULL;
	return inet_pton(*six ? AF_INET6 : AF_INET, *text, bytes) == 1;
}

static bool
read_number(json_t *entry, const char *key, unsigned max, unsigned *number)
{
	json_int_t value = json_integer_value(json_object_get(entry, key));

	*number = (unsigned)value;
	return value >= 0 && value <= max;
}

static bool
read_cut(struct apply *apply, json_t *entry, struct cut *cut)
{
	bool other;

	if (!read_address(entry, "source", &cut->source, &cut->six) ||
	    !read_address(entry, "target", &cut->target, &other) ||
	    other != cut->six ||
	    !read_number(entry, "protocol", UINT8_MAX, &cut->protocol) ||
	    !read_number(entry, "source-port", UINT16_MAX, &cut->source_port) ||
	    !read_number(entry, "target-port", UINT16_MAX, &cut->target_port))
		return false;
	cut->source = arena_strdup(apply->arena, cut->source);
	cut->target = arena_strdup(apply->arena, cut->target);
	return true;
}

/* With REVOKE all that are not admitted; else those that are cut already. */
static bool
read_cuts(struct apply *apply, json_t *entries, bool revoke, cut_list *list)
{
	json_t *entry;
	size_t i;

	json_array_foreach(entries, i, entry)
	{
		struct cut cut;

		if (json_is_true(json_object_get(entry, "unsure")))
			continue;
		if (!read_cut(apply, entry, &cut))
			return apply_fail(apply, APPLY_ENVIRONMENT,
			    "%s revoked says what cannot be understood",
			    apply->paths.akinc);
		if (revoke || cut_is_known(apply, &cut))
			vec_push(apply->arena, list, cut);
	}
	return true;
}

static bool
ask(struct apply *apply, struct child_result *result)
{
	const struct host_state *host = &apply->host;
	struct buf states;

	buf_init(&states, apply->arena);
	buf_puts(&states, "## Dynamic rules:\n");
	for (size_t i = 0; i < host->states.n; i++)
		buf_printf(&states, "%s\n", host->states.v[i]);
	return compile_run(
	    apply, question_words(apply).v, states.p, states.n, result);
}

static bool
amend_plan(struct apply *apply, json_t *root, bool revoke)
{
	size_t n = (size_t)json_integer_value(json_object_get(root, "revoked"));
	json_t *entries = json_object_get(root, "list");
	cut_list list = {NULL, 0, 0};

	if (!read_cuts(apply, entries, revoke, &list))
		return false;
	if (n > list.n || (revoke && n > 0))
		tell(apply, entries, n, revoke);
	return cut_plan(apply, &list);
}

bool
revoke_check(struct apply *apply, const struct safety *safety)
{
	const struct apply_request *request = apply->request;
	cut_list former = {NULL, 0, 0};
	struct child_result result;
	json_t *root;
	bool good;

	/* What was there before admits what it admitted then. */
	if (request->policy == NULL)
		cut_find_former(apply, &former);
	if (request->policy == NULL || apply->host.states.n == 0)
		return cut_plan(apply, &former);
	if (strcmp(request->policy, "-") == 0)
		return !safety->revoke ||
		    apply_fail(apply, APPLY_USAGE,
			"--revoke wants the policy in a file");
	if (!ask(apply, &result)) {
		apply_say(apply, APPLY_WARNING,
		    "which conversations the policy would not admit is not "
		    "known: %s revoked %s",
		    apply->paths.akinc, child_fault(apply->arena, &result));
		return !safety->revoke;
	}
	root = json_loadb(result.out.p, result.out.n, 0, NULL);
	good = amend_plan(apply, root, safety->revoke);
	json_decref(root);
	return good;
}
