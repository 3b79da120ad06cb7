/*
 * Does the kernel hold what was compiled?
 *
 * Versions of ipfw(8) list the same rule in different words: keywords that
 * mean nothing come and go, and a protocol stands here or there.  What may not
 * differ are the words that carry meaning, so a rule is compared by these, in
 * the order of the alphabet: a card's name that was cut, a port that wrapped
 * around, a condition that was lost.  Number, action and its argument must
 * agree word by word.
 */
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "runtime/apply/private.h"

static bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

static bool
is_noise(const char *word)
{
	static const char *const noise[] = {"from", "to", "any", "ip", "all",
	    "dst-port", "proto", ":default", "{", "}", "or", NULL};

	return is_one_of(word, noise);
}

static int
compare_words(const void *left, const void *right)
{
	const char *const *a = left, *const *b = right;

	return strcmp(*a, *b);
}

/* "logamount" and its number come from a setting of the kernel. */
static void
split(struct arena *arena, const char *text, word_list *words)
{
	char *copy = arena_strdup(arena, text), *state = NULL;
	bool skip = false;

	words->n = 0;
	for (char *word = strtok_r(copy, " ", &state); word != NULL;
	     word = strtok_r(NULL, " ", &state)) {
		bool amount = strcmp(word, "logamount") == 0;

		if (strcmp(word, "icmp6") == 0)
			vec_push(arena, words, "ipv6-icmp");
		else if (!skip && !amount && !is_noise(word))
			vec_push(arena, words, (const char *)word);
		skip = amount;
	}
}

static bool
same_words(const word_list *a, const word_list *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

/* The action, with its argument if it has one. */
static bool
same_shape(const word_list *a, const word_list *b)
{
	static const char *const with_argument[] = {
	    "skipto", "divert", "nat", "unreach", "unreach6", "tee", NULL};
	size_t n = 1;

	if (a->n == 0 || b->n == 0)
		return false;
	if (is_one_of(a->v[0], with_argument))
		n = 2;
	for (size_t i = 0; i < n; i++)
		if (i >= a->n || i >= b->n || strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return true;
}

static bool
same_rule(
    struct arena *arena, const char *want, const char *listed, bool strictly)
{
	word_list a = {0}, b = {0};

	if (strcmp(want, listed) == 0)
		return true;
	split(arena, want, &a);
	split(arena, listed, &b);
	if (!same_shape(&a, &b))
		return false;
	if (!strictly)
		return true;
	qsort(a.v, a.n, sizeof(a.v[0]), compare_words);
	qsort(b.v, b.n, sizeof(b.v[0]), compare_words);
	return same_words(&a, &b);
}

static const struct host_rule *
next_rule(const struct host_state *host, unsigned set, size_t *i)
{
	while (*i < host->rules.n)
		if (host->rules.v[(*i)++].set == set)
			return &host->rules.v[*i - 1];
	return NULL;
}

static const char *
describe(struct arena *arena, const struct host_rule *rule)
{
	if (rule == NULL)
		return "no rule";
	return arena_printf(
	    arena, "\"%u %s\"", (unsigned)rule->number, rule->text);
}

static bool
compare_rules(
    struct apply *apply, unsigned set, bool strictly, const char **why)
{
	const struct artefact *artefact = apply->artefact;
	const struct host_rule *rule;
	size_t at = 0;

	for (size_t i = 0; i < artefact->rules.n; i++) {
		const struct artefact_rule *want = &artefact->rules.v[i];
		const char *text = load_name_tables(
		    apply->arena, want->list, set);

		if (want->lifeline)
			continue;
		rule = next_rule(&apply->host, set, &at);
		if (rule != NULL && rule->number == want->number &&
		    same_rule(apply->arena, text, rule->text, strictly))
			continue;
		*why = arena_printf(apply->arena, "%s for \"%u %s\"",
		    describe(apply->arena, rule), (unsigned)want->number, text);
		return false;
	}
	rule = next_rule(&apply->host, set, &at);
	*why = arena_printf(apply->arena, "%s, which is one more",
	    describe(apply->arena, rule));
	return rule == NULL;
}

/* ipfw(8) shows a single address with its length. */
static const char *
normal_entry(struct arena *arena, const char *entry)
{
	size_t n = strcspn(entry, " ");

	if (memchr(entry, '/', n) != NULL)
		return entry;
	if (memchr(entry, ':', n) != NULL)
		return arena_printf(
		    arena, "%.*s/128%s", (int)n, entry, entry + n);
	if (strspn(entry, "0123456789.") == n && memchr(entry, '.', n) != NULL)
		return arena_printf(
		    arena, "%.*s/32%s", (int)n, entry, entry + n);
	return entry;
}

uint64_t
loaded_table_digest(struct arena *arena, const char *const *entries, size_t n)
{
	const char **sorted = arena_calloc(arena, n + 1, sizeof(*sorted));
	uint64_t digest = DIGEST_START;

	for (size_t i = 0; i < n; i++)
		sorted[i] = normal_entry(arena, entries[i]);
	qsort(sorted, n, sizeof(*sorted), compare_words);
	for (size_t i = 0; i < n; i++)
		digest = digest_add(digest, sorted[i], strlen(sorted[i]) + 1);
	return digest;
}

static bool
has_table(
    const struct apply *apply, const struct artefact_table *table, unsigned set)
{
	const char *name = load_table_name(apply->arena, table->name, set);

	for (size_t i = 0; i < apply->host.tables.n; i++) {
		const struct host_table *there = &apply->host.tables.v[i];

		if (strcmp(there->name, name) == 0)
			return there->n_entries == table->entries.n &&
			    there->digest ==
			    loaded_table_digest(apply->arena, table->entries.v,
				table->entries.n);
	}
	return false;
}

static bool
compare_tables(struct apply *apply, unsigned set, const char **why)
{
	const struct artefact *artefact = apply->artefact;

	for (size_t i = 0; i < artefact->tables.n; i++)
		if (!has_table(apply, &artefact->tables.v[i], set)) {
			*why = arena_printf(apply->arena,
			    "other entries in table %s",
			    artefact->tables.v[i].name);
			return false;
		}
	return true;
}

bool
loaded_equals(
    struct apply *apply, unsigned set, bool strictly, const char **why)
{
	return compare_rules(apply, set, strictly, why) &&
	    compare_tables(apply, set, why);
}

/* The lifeline has one number; its rules are in order. */
bool
loaded_lifeline(const struct apply *apply, unsigned number, unsigned set)
{
	const struct artefact *artefact = apply->artefact;
	const struct host_state *host = &apply->host;
	size_t at = 0;

	for (size_t i = 0; i < artefact->rules.n; i++) {
		const struct artefact_rule *want = &artefact->rules.v[i];

		if (!want->lifeline)
			continue;
		while (at < host->rules.n &&
		    (host->rules.v[at].set != APPLY_SET_LIFELINE ||
			host->rules.v[at].number != number))
			at++;
		if (at == host->rules.n ||
		    !same_rule(apply->arena,
			load_name_tables(apply->arena, want->list, set),
			host->rules.v[at].text, !apply->request->force))
			return false;
		at++;
	}
	return true;
}
