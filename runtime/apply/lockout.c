/*
 * `akinc lockout`, run as the compiler is run, about the rules that the host
 * has now.
 */
#include <arpa/inet.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "runtime/apply/private.h"
#include "runtime/apply/safety.h"

#define RESOLVERS "/etc/resolv.conf"
#define RESOLVERS_MAX 3 /* as many as resolver(3) asks */
#define LINE_SIZE 512

/* Where the DHCP clients of the systems write down what they got. */
static const char *const leases[] = {
    "/var/db/dhclient.leases.%s",
    "/var/db/dhcpclient/leases/%s",
    "/var/lib/dhcp/dhclient.%s.leases",
    "/var/lib/dhcpcd/%s.lease",
};

static const char *
join(struct apply *apply, const char *first, const char *second)
{
	return arena_printf(apply->arena, "%s%s", first, second);
}

static const char *
root_of(const struct safety *safety)
{
	return safety->root != NULL ? safety->root : "";
}

/* Tables stand behind the rules; those of a generation are in its record. */
static void
write_tables(struct apply *apply, struct buf *out)
{
	const struct host_generation *current = apply->host.current;
	const struct artefact *artefact = current != NULL
	    ? generation_artefact(apply, current)
	    : NULL;

	for (size_t i = 0; artefact != NULL && i < artefact->tables.n; i++) {
		const struct artefact_table *table = &artefact->tables.v[i];
		const char *name = table->name +
		    (strncmp(table->name, "akin_", 5) == 0 ? 5 : 0);

		buf_printf(out, "table akin%u_%s create type %s%s%s\n",
		    current->set, name, table->type,
		    *table->options != '\0' ? " " : "", table->options);
		for (size_t j = 0; j < table->entries.n; j++)
			buf_printf(out, "table akin%u_%s add %s\n",
			    current->set, name, table->entries.v[j]);
	}
}

static void
write_rules(struct apply *apply, struct buf *out)
{
	const struct host_state *host = &apply->host;

	for (size_t i = 0; i < host->rules.n; i++) {
		const struct host_rule *rule = &host->rules.v[i];

		buf_printf(out, "%s%05u set %u %s\n",
		    host_set_enabled(host, rule->set) ? "" : "# DISABLED ",
		    (unsigned)rule->number, (unsigned)rule->set, rule->text);
	}
	if (host->fallback != NULL)
		buf_printf(out, "65535 set 31 %s\n", host->fallback);
	write_tables(apply, out);
}

static bool
is_numeric(const char *word)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, word, bytes) == 1 ||
	    inet_pton(AF_INET6, word, bytes) == 1;
}

/* A resolver on this host is always in reach, and asks another one. */
static bool
is_loopback(const char *word)
{
	return strncmp(word, "127.", 4) == 0 || strcmp(word, "::1") == 0;
}

static void
ask_resolvers(
    struct apply *apply, const struct safety *safety, word_list *words)
{
	FILE *file = fopen(join(apply, root_of(safety), RESOLVERS), "re");
	char line[LINE_SIZE], address[64];
	int n = 0;

	if (file == NULL)
		return;
	while (n < RESOLVERS_MAX && fgets(line, sizeof(line), file) != NULL) {
		if (sscanf(line, "nameserver %63s", address) != 1 ||
		    !is_numeric(address) || is_loopback(address))
			continue;
		vec_push(apply->arena, words, "dns");
		vec_push(apply->arena, words,
		    (const char *)arena_strdup(apply->arena, address));
		n++;
	}
	fclose(file);
}

static bool
has_lease(struct apply *apply, const struct safety *safety, const char *card)
{
	for (size_t i = 0; i < sizeof(leases) / sizeof(leases[0]); i++) {
		struct buf path;
		const char *at = strstr(leases[i], "%s");

		buf_init(&path, apply->arena);
		buf_puts(&path, root_of(safety));
		buf_write(&path, leases[i], (size_t)(at - leases[i]));
		buf_printf(&path, "%s%s", card, at + 2);
		if (access(path.p, F_OK) == 0)
			return true;
	}
	return false;
}

static void
ask_cards(struct apply *apply, const struct safety *safety, word_list *words)
{
	const struct artefact *artefact = apply->artefact;

	for (size_t i = 0; i < artefact->zones.n; i++)
		for (size_t j = 0; j < artefact->zones.v[i].cards.n; j++) {
			const char *card = artefact->zones.v[i].cards.v[j];

			if (strchr(card, '*') != NULL ||
			    !has_lease(apply, safety, card))
				continue;
			vec_push(apply->arena, words, "dhcp");
			vec_push(apply->arena, words, card);
		}
	if (artefact->darwin || artefact->active == NULL)
		return;
	vec_push(apply->arena, words, "neighbours");
	vec_push(apply->arena, words, artefact->active);
}

static word_list
question_words(struct apply *apply, const struct safety *safety)
{
	const char *login = safety->login.connection;
	word_list words = {0};

	vec_push(apply->arena, &words, apply->paths.akinc);
	vec_push(apply->arena, &words, "lockout");
	vec_push(apply->arena, &words, "--json");
	vec_push(apply->arena, &words, "--rules=-");
	compile_add_policy(apply, &words);
	if (*login != '\0')
		vec_push(apply->arena, &words, join(apply, "login ", login));
	ask_cards(apply, safety, &words);
	ask_resolvers(apply, safety, &words);
	return words;
}

static const char *
text_of(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "?";
}

static void
tell_cut(struct apply *apply, json_t *answer)
{
	json_t *refused = json_object_get(answer, "refused");
	const char *help = json_string_value(json_object_get(answer, "help"));

	if (!json_is_object(refused)) {
		apply_say(apply, APPLY_ERROR, "%s: no card leads there",
		    text_of(answer, "question"));
		return;
	}
	apply_say(apply, APPLY_ERROR,
	    "%s would be cut: %s\n"
	    "  rule %d: %s\n"
	    "  policy: %s%s%s",
	    text_of(answer, "question"), text_of(refused, "packet"),
	    (int)json_integer_value(json_object_get(refused, "number")),
	    text_of(refused, "rule"), text_of(refused, "policy"),
	    help != NULL ? "\n  " : "", help != NULL ? help : "");
}

static bool
judge(struct apply *apply, const struct child_result *result)
{
	json_t *root = json_loadb(result->out.p, result->out.n, 0, NULL);
	json_t *answers = json_object_get(root, "answers"), *answer;
	bool known = json_is_boolean(json_object_get(root, "locked-out"));
	bool locked = json_is_true(json_object_get(root, "locked-out"));
	size_t i;

	json_array_foreach(answers, i,
	    answer) if (json_is_true(json_object_get(answer, "cut")))
	    tell_cut(apply, answer);
	json_decref(root);
	if (!known)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "the lock-out check gives no answer; --force applies "
		    "without it");
	return !locked ||
	    apply_fail(apply, APPLY_ENVIRONMENT,
		"nothing is changed; --force applies it all the same");
}

static bool
warn_unknown(struct apply *apply, const struct safety *safety)
{
	if (safety->login.remote && safety->login.connection[0] == '\0')
		apply_say(apply, APPLY_WARNING,
		    "you seem to come over the net, but your address is not "
		    "known: whether you stay in is not checked");
	return true;
}

bool
lockout_check(struct apply *apply, const struct safety *safety)
{
	struct child_result result;
	struct buf rules;
	word_list words;

	if (apply->request->force || apply->request->policy == NULL)
		return true;
	if (strcmp(apply->request->policy, "-") == 0)
		return !safety->login.remote ||
		    apply_fail(apply, APPLY_ENVIRONMENT,
			"whether a policy from the standard input locks you "
			"out is not checked: name a file, or say --force");
	words = question_words(apply, safety);
	vec_push(apply->arena, &words, NULL);
	buf_init(&rules, apply->arena);
	write_rules(apply, &rules);
	compile_run(apply, words.v, rules.p, rules.n, &result);
	if (result.code != APPLY_FINE && result.code != APPLY_POLICY)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "%s lockout %s; --force applies without it",
		    apply->paths.akinc, child_fault(apply->arena, &result));
	return judge(apply, &result) && warn_unknown(apply, safety);
}
