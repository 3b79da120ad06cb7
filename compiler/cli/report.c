/*
 * Diagnostics for a person, on the standard error, or for a program.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/json.h"
#include "cli/session.h"
#include "cli/silence.h"

static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return (no == NULL || *no == '\0') && isatty(STDERR_FILENO);
}

static json_t *
json_place(const struct session *session, struct span span)
{
	const struct source *source = sources_get(&session->sources, span.file);
	size_t line, column;

	if (source == NULL)
		return json_null();
	source_position(source, span, &line, &column);
	return json_pack("{s:o, s:I, s:I, s:I}", "file",
	    json_text(source->name), "line", (json_int_t)line, "column",
	    (json_int_t)column, "length", (json_int_t)span.length);
}

static json_t *
json_diag(const struct session *session, const struct diag *diag)
{
	json_t *labels = json_array(), *helps = json_array();

	for (size_t i = 0; i < diag->labels.n; i++)
		json_array_append_new(labels,
		    json_pack("{s:o, s:o}", "place",
			json_place(session, diag->labels.v[i].span), "text",
			json_text(diag->labels.v[i].text)));
	for (size_t i = 0; i < diag->helps.n; i++)
		json_array_append_new(helps, json_text(diag->helps.v[i]));
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "code",
	    diag_code_name(diag->code), "severity",
	    diag_code_severity(diag->code) == DIAG_ERROR ? "error" : "warning",
	    "text", json_text(diag->text), "place",
	    json_place(session, diag->span), "labels", labels, "help", helps);
}

static json_t *
json_diags(const struct session *session)
{
	json_t *list = json_array();

	for (size_t i = 0; i < session->diags.list.n; i++)
		json_array_append_new(
		    list, json_diag(session, session->diags.list.v[i]));
	return json_pack("{s:I, s:I, s:o}", "errors",
	    (json_int_t)session->diags.n_errors, "warnings",
	    (json_int_t)session->diags.n_warnings, "diagnostics", list);
}

/* Text that is not UTF-8 has its strange bytes replaced. */
json_t *
json_text(const char *text)
{
	json_t *value = json_string(text);
	size_t n = strlen(text);
	char *copy;

	if (value != NULL)
		return value;
	copy = malloc(n + 1);
	if (copy == NULL)
		return json_null();
	for (size_t i = 0; i <= n; i++)
		copy[i] = (unsigned char)text[i] < 0x80 ? text[i] : '?';
	value = json_string(copy);
	free(copy);
	return value;
}

static void
print_to(FILE *stream, json_t *value)
{
	json_dumpf(value, stream, JSON_INDENT(2));
	putc('\n', stream);
	json_decref(value);
}

void
json_print(json_t *value)
{
	print_to(stdout, value);
}

void
session_report_text(struct session *session)
{
	struct buf out;

	silence_diagnostics(session);
	buf_init(&out, session->arena);
	diags_render(&session->diags, &out, wants_colour());
	fputs(out.p, stderr);
}

void
session_report(struct session *session, FILE *json)
{
	silence_diagnostics(session);
	if (session->options->json)
		print_to(json, json_diags(session));
	else
		session_report_text(session);
}
