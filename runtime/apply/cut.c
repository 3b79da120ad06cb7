/*
 * Cutting single conversations.
 *
 * ipfw(8) deletes states by their rule or its set, never one alone.  So a
 * conversation is cut by rules that refuse its packets, both ways, in a set of
 * its own that the switch enables: at 9, before anything else is asked, and at
 * 10009, where what comes in has its own address back and its state is still to
 * be looked up.  The state then ends as one whose ends are silent; if the
 * switch is taken back, the conversation goes on.
 *
 * TCP and UDP are entries of one table of flows, so that many cost what one
 * does.  `cut.N` in the run folder says what set N cuts: a line for each
 * conversation and each generation, by its digest, under which it is cut.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"

#define MARK " // akin cut"
#define ADDRESS_SIZE 64
#define DIGEST_SIZE 32
#define OTHERS_MAX 200 /* conversations that need rules of their own */

/* Echo, timestamp, information, mask; and their answers: no errors. */
#define TYPES4 " icmptypes 0,8,13,14,15,16,17,18"
#define TYPES6 " icmp6types 128,129"

static const unsigned places[] = {9, 10009};

static bool
has_ports(const struct cut *cut)
{
	return cut->protocol == IPPROTO_TCP || cut->protocol == IPPROTO_UDP;
}

bool
cut_is_set(const struct apply *apply, unsigned set)
{
	const struct host_state *host = &apply->host;
	bool found = false;

	if (set < APPLY_SET_FIRST || set > APPLY_SET_LAST)
		return false;
	for (size_t i = 0; i < host->rules.n; i++) {
		const struct host_rule *rule = &host->rules.v[i];

		if (rule->set != set)
			continue;
		if (strstr(rule->text, MARK) == NULL)
			return false;
		found = true;
	}
	return found;
}

/* What a line of the record begins with. */
static const char *
key_of(struct apply *apply, const struct cut *cut)
{
	return arena_printf(apply->arena, "%u %s %u %s %u ", cut->protocol,
	    cut->source, cut->source_port, cut->target, cut->target_port);
}

/* The records of all sets that cut. */
static const char *
read_records(struct apply *apply)
{
	struct buf all;

	buf_init(&all, apply->arena);
	for (unsigned set = APPLY_SET_FIRST; set <= APPLY_SET_LAST; set++) {
		struct buf one;

		buf_init(&one, apply->arena);
		if (cut_is_set(apply, set) &&
		    file_read(run_path(apply, "cut.%u", set), STATE_FILE_MAX,
			&one) == 0)
			buf_puts(&all, one.p);
	}
	return all.p;
}

/* The first line of TEXT that begins with KEY, or NULL. */
static const char *
find_line(const char *text, const char *key)
{
	while (*text != '\0') {
		if (strncmp(text, key, strlen(key)) == 0)
			return text;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

bool
cut_is_known(struct apply *apply, const struct cut *cut)
{
	return find_line(read_records(apply), key_of(apply, cut)) != NULL;
}

static bool
is_address(const char *text)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, text, bytes) == 1 ||
	    inet_pton(AF_INET6, text, bytes) == 1;
}

/* A line of a record; false if it is none, or of another generation. */
static bool
read_line(struct apply *apply, const char *line, struct cut *cut)
{
	char source[ADDRESS_SIZE], target[ADDRESS_SIZE], digest[DIGEST_SIZE];

	if (sscanf(line, "%u %63s %u %63s %u %31s", &cut->protocol, source,
		&cut->source_port, target, &cut->target_port, digest) != 6 ||
	    strcmp(digest, apply->artefact->digest) != 0 ||
	    !is_address(source) || !is_address(target) ||
	    cut->protocol > UINT8_MAX || cut->source_port > UINT16_MAX ||
	    cut->target_port > UINT16_MAX)
		return false;
	cut->six = strchr(source, ':') != NULL;
	cut->source = arena_strdup(apply->arena, source);
	cut->target = arena_strdup(apply->arena, target);
	return true;
}

void
cut_find_former(struct apply *apply, cut_list *list)
{
	const char *text = read_records(apply);
	struct cut cut;

	while (*text != '\0') {
		if (read_line(apply, text, &cut))
			vec_push(apply->arena, list, cut);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

static void
put_flow(struct buf *out, unsigned set, const struct cut *cut)
{
	buf_printf(out, "table akin%u_cut add %s,%u,%u,%s,%u\n", set,
	    cut->source, cut->protocol, cut->source_port, cut->target,
	    cut->target_port);
	buf_printf(out, "table akin%u_cut add %s,%u,%u,%s,%u\n", set,
	    cut->target, cut->protocol, cut->target_port, cut->source,
	    cut->source_port);
}

static void
put_other(struct buf *out, unsigned set, unsigned place, const struct cut *cut)
{
	const char *types = cut->protocol == IPPROTO_ICMP ? TYPES4
	    : cut->protocol == IPPROTO_ICMPV6		  ? TYPES6
							  : "";
	const char *ends[] = {cut->source, cut->target, cut->source};

	for (size_t i = 0; i < 2; i++)
		buf_printf(out,
		    "add %u set %u deny %u from %s to %s%s" MARK "\n", place,
		    set, cut->protocol, ends[i], ends[i + 1], types);
}

static void
put_lines(struct buf *out, unsigned set, const cut_list *list)
{
	buf_printf(out, "set disable %u\n", set);
	buf_printf(out,
	    "table akin%u_cut create type "
	    "flow:src-ip,proto,src-port,dst-ip,dst-port\n",
	    set);
	for (size_t i = 0; i < list->n; i++)
		if (has_ports(&list->v[i]))
			put_flow(out, set, &list->v[i]);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		buf_printf(out,
		    "add %u set %u deny ip from any to any flow "
		    "table(akin%u_cut)" MARK "\n",
		    places[i], set, set);
		for (size_t j = 0; j < list->n; j++)
			if (!has_ports(&list->v[j]))
				put_other(out, set, places[i], &list->v[j]);
	}
}

/* -1: there is none but the plan's. */
static int
free_set(const struct apply *apply)
{
	for (unsigned set = APPLY_SET_FIRST; set <= APPLY_SET_LAST; set++)
		if (set != apply->plan.set && host_set_empty(&apply->host, set))
			return (int)set;
	return -1;
}

static size_t
count_others(const cut_list *list)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		n += !has_ports(&list->v[i]);
	return n;
}

/* The lines of an earlier record that are about KEY. */
static void
copy_lines(struct buf *out, const char *text, const char *key)
{
	while ((text = find_line(text, key)) != NULL) {
		size_t n = strcspn(text, "\n");

		buf_write(out, text, n);
		buf_putc(out, '\n');
		text += n;
		text += *text == '\n';
	}
}

static const char *
record_of(struct apply *apply, const cut_list *list)
{
	const char *former = read_records(apply);
	struct buf text;

	buf_init(&text, apply->arena);
	for (size_t i = 0; i < list->n; i++) {
		const char *key = key_of(apply, &list->v[i]);
		const char *line = arena_printf(
		    apply->arena, "%s%s", key, apply->artefact->digest);

		copy_lines(&text, former, key);
		if (find_line(former, line) == NULL)
			buf_printf(&text, "%s\n", line);
	}
	return text.p;
}

static void
add_note(struct apply *apply, struct apply_step *step, const char *kind,
    unsigned set)
{
	vec_push(apply->arena, &step->notes,
	    (const char *)arena_printf(apply->arena, "%s %u", kind, set));
}

/* The switch of the plan, or one that only enables and disables cuts. */
static size_t
find_switch(struct apply *apply)
{
	struct apply_step step = {
	    .kind = APPLY_STEP_SWITCH,
	    .text = "switch by one command",
	    .undo = "switch back by one command",
	};
	size_t i = 0;

	while (i < apply->plan.steps.n &&
	    apply->plan.steps.v[i].kind != APPLY_STEP_SWITCH)
		i++;
	if (i == apply->plan.steps.n)
		plan_add(apply, &step);
	return i;
}

static void
insert_step(struct apply *apply, size_t at, const struct apply_step *step)
{
	plan_add(apply, step);
	for (size_t i = apply->plan.steps.n - 1; i > at; i--)
		apply->plan.steps.v[i] = apply->plan.steps.v[i - 1];
	apply->plan.steps.v[at] = *step;
}

/* Taken back in the opposite order: it is disabled, then deleted. */
static void
add_cut(struct apply *apply, unsigned set, const cut_list *list)
{
	size_t at = find_switch(apply);
	struct apply_step *change = &apply->plan.steps.v[at];
	struct apply_step step = {
	    .kind = APPLY_STEP_CUT, .set = set, .cuts = list->n};
	struct buf lines;

	buf_init(&lines, apply->arena);
	put_lines(&lines, set, list);
	step.text = arena_printf(apply->arena,
	    "load rules into set %u that cut what the policy does not admit",
	    set);
	step.undo = arena_printf(apply->arena, "delete set %u", set);
	add_note(apply, &step, "set", set);
	add_note(apply, &step, "switch", set);
	vec_push(apply->arena, &step.words, (const char *)lines.p);
	vec_push(apply->arena, &step.words, record_of(apply, list));
	change->enable |= UINT32_C(1) << set;
	change->text = arena_printf(
	    apply->arena, "%s, enable set %u, which cuts", change->text, set);
	insert_step(apply, at, &step);
}

static void
drop_cut(struct apply *apply, unsigned set)
{
	struct apply_step *change = &apply->plan.steps.v[find_switch(apply)];
	struct apply_step step = {
	    .kind = APPLY_STEP_COLLECT, .set = set, .late = true};

	if (host_set_enabled(&apply->host, set)) {
		change->disable |= UINT32_C(1) << set;
		change->text = arena_printf(apply->arena,
		    "%s, disable set %u, which cut", change->text, set);
		add_note(apply, change, "enable", set);
	}
	step.text = arena_printf(
	    apply->arena, "delete set %u, which cut conversations", set);
	plan_add(apply, &step);
}

/* Does the only set that cuts cut just these? */
static bool
is_same(struct apply *apply, const cut_list *list)
{
	const char *record = record_of(apply, list);
	bool same = false;

	for (unsigned set = APPLY_SET_FIRST; set <= APPLY_SET_LAST; set++) {
		struct buf text;

		if (!cut_is_set(apply, set))
			continue;
		buf_init(&text, apply->arena);
		if (same || !host_set_enabled(&apply->host, set) ||
		    file_read(run_path(apply, "cut.%u", set), STATE_FILE_MAX,
			&text) != 0 ||
		    strcmp(text.p, record) != 0)
			return false;
		same = true;
	}
	return same || list->n == 0;
}

bool
cut_plan(struct apply *apply, const cut_list *list)
{
	int set = free_set(apply);

	if (is_same(apply, list))
		return true;
	if (list->n > 0 && apply->darwin)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "this ipfw has no tables and no comments to cut single "
		    "conversations with");
	if (list->n > 0 && set < 0)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "no set is free for the rules that cut conversations");
	if (count_others(list) > OTHERS_MAX)
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "more than %d conversations that are neither TCP nor UDP "
		    "would have to be cut",
		    OTHERS_MAX);
	if (list->n > 0)
		add_cut(apply, (unsigned)set, list);
	for (unsigned old = APPLY_SET_FIRST; old <= APPLY_SET_LAST; old++)
		if (cut_is_set(apply, old))
			drop_cut(apply, old);
	return true;
}

static size_t
count_lines(const char *text, const char *beginning)
{
	size_t n = 0;

	for (; *text != '\0'; text += strcspn(text, "\n"), text += *text != 0)
		n += strncmp(text, beginning, strlen(beginning)) == 0;
	return n;
}

static size_t
count_rules(const struct host_state *host, unsigned set)
{
	size_t n = 0;

	for (size_t i = 0; i < host->rules.n; i++)
		n += host->rules.v[i].set == set;
	return n;
}

static size_t
count_entries(const struct host_state *host, const char *name)
{
	for (size_t i = 0; i < host->tables.n; i++)
		if (strcmp(host->tables.v[i].name, name) == 0)
			return host->tables.v[i].n_entries;
	return 0;
}

bool
cut_load(struct apply *apply, const struct apply_step *step)
{
	const char *text = step->words.v[0], *record = step->words.v[1];
	const char *path = run_path(apply, "cut.%u", step->set);
	const char *table = arena_printf(apply->arena, "akin%u_cut", step->set);
	struct buf lines;

	buf_init(&lines, apply->arena);
	buf_puts(&lines, text);
	return apply_write(
		   apply, apply->run_dir, path, record, strlen(record)) &&
	    host_list(apply, &lines, HOST_TABLES, NULL) &&
	    ((!host_set_enabled(&apply->host, step->set) &&
		 cut_is_set(apply, step->set) &&
		 count_rules(&apply->host, step->set) ==
		     count_lines(text, "add ") &&
		 count_entries(&apply->host, table) ==
		     count_lines(text,
			 arena_printf(apply->arena, "table %s add ", table))) ||
		apply_fail(apply, APPLY_ENVIRONMENT,
		    "the kernel lists other rules in set %u", step->set));
}
