/*
 * The list of diagnostics and the table of their codes.  Findings are kept in
 * the order in which they were made; diag_render.c puts them in order of
 * place.
 */
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "base/diag.h"

struct diag_entry {
	const char *code, *title;
	enum diag_severity severity;
};

static const struct diag_entry entries[] = {
#define DIAG(name, code, severity, title) {code, title, severity},
#include "base/diag.def"
#undef DIAG
};

void
diags_init(
    struct diags *diags, struct arena *arena, const struct sources *sources)
{
	memset(diags, 0, sizeof(*diags));
	diags->arena = arena;
	diags->sources = sources;
}

static const char *format_text(struct arena *arena, const char *format,
    va_list args) __attribute__((format(printf, 2, 0)));

static const char *
format_text(struct arena *arena, const char *format, va_list args)
{
	struct buf text;

	buf_init(&text, arena);
	buf_vprintf(&text, format, args);
	return text.p;
}

struct diag *
diag_add(struct diags *diags, enum diag_code code, struct span span,
    const char *format, ...)
{
	struct diag *diag = arena_new(diags->arena, struct diag);
	va_list args;

	diag->code = code;
	diag->span = span;
	va_start(args, format);
	diag->text = format_text(diags->arena, format, args);
	va_end(args);
	vec_push(diags->arena, &diags->list, diag);
	switch (diag_code_severity(code)) {
	case DIAG_ERROR:
		diags->n_errors++;
		break;
	case DIAG_WARNING:
		diags->n_warnings++;
		break;
	}
	return diag;
}

void
diag_label(struct diags *diags, struct diag *diag, struct span span,
    const char *format, ...)
{
	struct diag_label label = {span, NULL};
	va_list args;

	va_start(args, format);
	label.text = format_text(diags->arena, format, args);
	va_end(args);
	vec_push(diags->arena, &diag->labels, label);
}

void
diag_help(struct diags *diags, struct diag *diag, const char *format, ...)
{
	const char *text;
	va_list args;

	va_start(args, format);
	text = format_text(diags->arena, format, args);
	va_end(args);
	vec_push(diags->arena, &diag->helps, text);
}

const char *
diag_code_name(enum diag_code code)
{
	return entries[code].code;
}

const char *
diag_code_title(enum diag_code code)
{
	return entries[code].title;
}

enum diag_severity
diag_code_severity(enum diag_code code)
{
	return entries[code].severity;
}

enum diag_code
diag_code_find(const char *name)
{
	size_t code = 0;

	while (
	    code < DIAG_CODE_COUNT && strcasecmp(entries[code].code, name) != 0)
		code++;
	return (enum diag_code)code;
}
