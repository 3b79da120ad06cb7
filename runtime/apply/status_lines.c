/*
 * The lines of the policy that a ruleset came from, by its rules' comments:
 * "FILE:LINE[,LINE...] words".  For what the printed script has loaded, of
 * which nothing else tells.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/private.h"
#include "runtime/apply/status_lines.h"

#define COMMENT " // "
#define LINE_DIGITS "0123456789,"

struct status_line *
status_find_line(struct apply *apply, struct apply_status *status,
    const char *file, size_t number)
{
	struct status_line line = {.file = file, .line = number};

	for (size_t i = 0; i < status->lines.n; i++)
		if (status->lines.v[i].line == number &&
		    strcmp(status->lines.v[i].file, file) == 0)
			return &status->lines.v[i];
	vec_push(apply->arena, &status->lines, line);
	return &status->lines.v[status->lines.n - 1];
}

/* The colon between FILE and lines that are not cut, or NULL. */
static const char *
find_numbers(const char *comment)
{
	const char *colon = strchr(comment, ':');

	for (; colon != NULL; colon = strchr(colon + 1, ':')) {
		size_t n = strspn(colon + 1, LINE_DIGITS);

		if (n > 0 && (colon[1 + n] == ' ' || colon[1 + n] == '\0'))
			return colon;
	}
	return NULL;
}

static void
count_rule(struct apply *apply, struct apply_status *status,
    const struct host_rule *rule)
{
	const char *comment = strstr(rule->text, COMMENT), *colon, *file;

	if (comment == NULL)
		return;
	comment += sizeof(COMMENT) - 1;
	colon = find_numbers(comment);
	if (colon == NULL)
		return;
	file = arena_strndup(apply->arena, comment, (size_t)(colon - comment));
	for (const char *at = colon; *at == ':' || *at == ',';) {
		struct status_line *line = status_find_line(
		    apply, status, file, strtoul(at + 1, NULL, 10));

		line->packets += rule->packets;
		line->bytes += rule->bytes;
		at += 1 + strspn(at + 1, "0123456789");
	}
}

void
status_read_lines(struct apply *apply, struct apply_status *status)
{
	const struct host_state *host = &apply->host;

	for (size_t i = 0; i < host->rules.n; i++)
		if (host->rules.v[i].set == status->generation->set)
			count_rule(apply, status, &host->rules.v[i]);
}
