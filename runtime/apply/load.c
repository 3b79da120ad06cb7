/*
 * An artefact as lines for ipfw(8).  A table of set 12 is called akin12_X
 * where the artefact says akin_X: each generation has its own.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/private.h"

#define LINE_MAX_BYTES 3900
#define PREFIX "akin_"
#define OPENING "table(" PREFIX

const char *
load_table_name(struct arena *arena, const char *name, unsigned set)
{
	return arena_printf(arena, "akin%u_%s", set, name + sizeof(PREFIX) - 1);
}

const char *
load_name_tables(struct arena *arena, const char *text, unsigned set)
{
	const char *place = strstr(text, OPENING);
	struct buf out;

	if (place == NULL)
		return text;
	buf_init(&out, arena);
	for (; place != NULL; place = strstr(text, OPENING)) {
		buf_write(&out, text, (size_t)(place - text));
		buf_printf(&out, "table(akin%u_", set);
		text = place + sizeof(OPENING) - 1;
	}
	buf_puts(&out, text);
	return out.p;
}

static void
put_entries(
    const struct artefact_table *table, const char *name, struct buf *out)
{
	size_t start = out->n;

	for (size_t i = 0; i < table->entries.n; i++) {
		const char *entry = table->entries.v[i];

		if (i == 0 || out->n - start + strlen(entry) > LINE_MAX_BYTES) {
			buf_puts(out, i == 0 ? "" : "\n");
			start = out->n;
			buf_printf(out, "table %s add", name);
		}
		buf_printf(out, " %s", entry);
	}
	if (table->entries.n > 0)
		buf_putc(out, '\n');
}

void
load_lines(const struct artefact *artefact, unsigned set, struct buf *out)
{
	struct arena *arena = out->arena;

	buf_printf(out, "set disable %u\n", set);
	for (size_t i = 0; i < artefact->tables.n; i++) {
		const struct artefact_table *table = &artefact->tables.v[i];
		const char *name = load_table_name(arena, table->name, set);

		buf_printf(out, "table %s create type %s%s%s\n", name,
		    table->type, *table->options != '\0' ? " " : "",
		    table->options);
		put_entries(table, name, out);
	}
	for (size_t i = 0; i < artefact->rules.n; i++) {
		const struct artefact_rule *rule = &artefact->rules.v[i];

		if (!rule->lifeline)
			buf_printf(out, "add %u set %u %s\n",
			    (unsigned)rule->number, set,
			    load_name_tables(arena, rule->add, set));
	}
}

void
load_lifeline_lines(const struct artefact *artefact, unsigned set,
    unsigned number, struct buf *out)
{
	for (size_t i = 0; i < artefact->rules.n; i++)
		if (artefact->rules.v[i].lifeline)
			buf_printf(out, "add %u set %d %s\n", number,
			    APPLY_SET_LIFELINE,
			    load_name_tables(
				out->arena, artefact->rules.v[i].add, set));
}

/* Line NUMBER of LINES, from 1; NULL if there are fewer. */
static const char *
find_line(const struct buf *lines, unsigned long number, size_t *length)
{
	const char *at = lines->p;

	for (; number > 1 && *at != '\0'; number--)
		at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n');
	*length = strcspn(at, "\n");
	return number == 1 && *length > 0 ? at : NULL;
}

/* The rule that "add NUMBER set SET BODY" loads. */
static const struct artefact_rule *
find_rule(const struct artefact *artefact, const char *line, size_t length)
{
	for (size_t i = 0; i < artefact->rules.n; i++) {
		const struct artefact_rule *rule = &artefact->rules.v[i];
		size_t n = strlen(rule->add);

		if (n < length &&
		    strncmp(line + length - n, rule->add, n) == 0 &&
		    strtoul(line + 4, NULL, 10) == rule->number)
			return rule;
	}
	return NULL;
}

const char *
load_explain(struct apply *apply, const struct buf *lines, const char *message)
{
	const char *place = strstr(message, "Line "), *line;
	const struct artefact_rule *rule = NULL;
	size_t length;

	if (place == NULL)
		return message;
	line = find_line(lines, strtoul(place + 5, NULL, 10), &length);
	if (line == NULL)
		return message;
	if (apply->artefact != NULL && strncmp(line, "add ", 4) == 0)
		rule = find_rule(apply->artefact, line, length);
	if (rule == NULL || rule->origins.n == 0)
		return arena_printf(
		    apply->arena, "%s\n    %.*s", message, (int)length, line);
	return arena_printf(apply->arena,
	    "%s\n    %.*s\n    asked for by %s:%zu", message, (int)length, line,
	    rule->origins.v[0].file, rule->origins.v[0].line);
}
