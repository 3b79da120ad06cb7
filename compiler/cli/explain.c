/*
 * The policy line by line, below each the rules that it asks for, and at the
 * end the rules that every ruleset has.
 */
#include <stdio.h>

#include "cli/explain.h"
#include "target/ipfw/text/write.h"

/* One line of one file, and which rules cite it. */
struct cited {
	uint32_t file;
	size_t line;
	size_t rule;
};

struct cites {
	VEC(struct cited) list;
};

static void
cite(const struct session *session, struct cites *cites, size_t rule,
    struct span span)
{
	const struct source *source = sources_get(&session->sources, span.file);
	struct cited cited = {.file = span.file, .rule = rule};
	size_t column;

	if (source == NULL)
		return;
	source_position(source, span, &cited.line, &column);
	vec_push(session->arena, &cites->list, cited);
}

static struct cites
collect(const struct session *session)
{
	struct cites cites = {0};

	for (size_t i = 0; i < session->ruleset->rules.n; i++) {
		const struct spans *origins =
		    session->ruleset->rules.v[i].origins;

		for (size_t j = 0; origins != NULL && j < origins->n; j++)
			cite(session, &cites, i, origins->v[j]);
	}
	return cites;
}

static void
print_rule(const struct session *session, size_t index)
{
	struct buf out;

	buf_init(&out, session->arena);
	ipfw_write_listing(&out, &session->ruleset->rules.v[index], false);
	printf("        %s\n", out.p);
}

static bool
blank(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] != ' ' && text[i] != '\t')
			return text[i] == '#';
	return true;
}

/* A chain of citations for each line, so that a line costs its own rules. */
static size_t *
chain(const struct session *session, const struct cites *cites, uint32_t file,
    size_t n_lines, size_t **next)
{
	size_t *heads = arena_calloc(
	    session->arena, n_lines + 2, sizeof(*heads));

	*next = arena_calloc(session->arena, cites->list.n + 1, sizeof(**next));
	for (size_t i = cites->list.n; i-- > 0;) {
		const struct cited *c = &cites->list.v[i];

		if (c->file != file || c->line > n_lines)
			continue;
		(*next)[i] = heads[c->line];
		heads[c->line] = i + 1;
	}
	return heads;
}

static void
print_file(
    const struct session *session, const struct cites *cites, uint32_t file)
{
	const struct source *source = sources_get(&session->sources, file);
	size_t *next;
	size_t *heads = chain(session, cites, file, source->n_lines, &next);

	for (size_t line = 1; line <= source->n_lines; line++) {
		size_t length;
		const char *text = source_line(source, line, &length);

		if (blank(text, length) && heads[line] == 0)
			continue;
		printf("%s:%zu: %.*s\n", source->name, line, (int)length, text);
		for (size_t at = heads[line]; at != 0; at = next[at - 1])
			print_rule(session, cites->list.v[at - 1].rule);
	}
}

static bool
cites_file(const struct cites *cites, uint32_t file)
{
	for (size_t i = 0; i < cites->list.n; i++)
		if (cites->list.v[i].file == file)
			return true;
	return false;
}

void
explain_print(const struct session *session)
{
	struct cites cites = collect(session);

	for (uint32_t file = 1; file <= session->sources.list.n; file++)
		if (file == session->tree->file || cites_file(&cites, file))
			print_file(session, &cites, file);
	puts("every ruleset:");
	for (size_t i = 0; i < session->ruleset->rules.n; i++) {
		const struct spans *origins =
		    session->ruleset->rules.v[i].origins;

		if (origins == NULL || origins->n == 0)
			print_rule(session, i);
	}
	printf("\n%zu rules\n", session->ruleset->rules.n);
}
