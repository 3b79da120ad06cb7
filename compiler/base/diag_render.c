/*
 * Diagnostics as text for people: the place and message, the line with the
 * span marked, the lines of the labels, then what to do.
 *
 * Everything that may come from the user's files passes through glyph.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/diag.h"
#include "base/excerpt.h"
#include "base/glyph.h"

#define GUTTER_MIN 5

enum style {
	STYLE_NONE,
	STYLE_STRONG,
	STYLE_ERROR,
	STYLE_WARNING,
	STYLE_GUTTER,
	STYLE_LABEL,
};

struct render {
	const struct diags *diags;
	struct buf *out;
	bool colour;
	enum style mark;    /* of the diagnostic being written */
	int gutter;	    /* columns for line numbers */
	struct span beside; /* the place shown last */
};

/* A diagnostic and where it stood in the list, to keep the sort stable. */
struct ranked {
	const struct diag *diag;
	size_t index;
};

static void
put_style(struct render *render, enum style style)
{
	static const char *const sequences[] = {
	    [STYLE_NONE] = "\x1b[0m",
	    [STYLE_STRONG] = "\x1b[1m",
	    [STYLE_ERROR] = "\x1b[1;31m",
	    [STYLE_WARNING] = "\x1b[1;35m",
	    [STYLE_GUTTER] = "\x1b[34m",
	    [STYLE_LABEL] = "\x1b[36m",
	};

	if (render->colour)
		buf_puts(render->out, sequences[style]);
}

static void
put_styled(struct render *render, enum style style, const char *text)
{
	put_style(render, style);
	glyph_write_text(render->out, text);
	put_style(render, STYLE_NONE);
}

/* "name:line:column" */
static void
put_place(struct render *render, struct span span)
{
	const struct source *source = sources_get(
	    render->diags->sources, span.file);
	size_t line, column;

	source_position(source, span, &line, &column);
	glyph_write_text(render->out, source->name);
	buf_printf(render->out, ":%zu:%zu", line, column);
}

static void
put_gutter(struct render *render, size_t line)
{
	char number[32] = "";

	if (line > 0)
		snprintf(number, sizeof(number), "%zu", line);
	put_style(render, STYLE_GUTTER);
	buf_printf(render->out, "%*s |", render->gutter, number);
	put_style(render, STYLE_NONE);
}

static bool
has_place(const struct render *render, struct span span)
{
	return sources_get(render->diags->sources, span.file) != NULL;
}

static size_t
line_of(const struct render *render, struct span span)
{
	size_t line, column;

	source_position(sources_get(render->diags->sources, span.file), span,
	    &line, &column);
	return line;
}

/* The line of SPAN, unless it was just shown, and the mark under it. */
static void
put_excerpt(
    struct render *render, struct span span, enum style style, char mark)
{
	const struct source *source = sources_get(
	    render->diags->sources, span.file);
	struct excerpt excerpt = excerpt_of(source, span);
	bool shown = render->beside.file == span.file &&
	    line_of(render, render->beside) == excerpt.line &&
	    excerpt.low == excerpt_of(source, render->beside).low;

	if (!shown) {
		put_gutter(render, excerpt.line);
		if (excerpt.text < excerpt.end)
			buf_putc(render->out, ' ');
		excerpt_write(render->out, &excerpt);
		buf_putc(render->out, '\n');
	}
	put_gutter(render, 0);
	buf_putc(render->out, ' ');
	put_style(render, style);
	excerpt_mark(render->out, &excerpt, mark);
	render->beside = span;
}

static void
put_note(struct render *render, const char *kind, const char *text)
{
	buf_puts(render->out, "   = ");
	put_styled(render, STYLE_STRONG, kind);
	buf_puts(render->out, ": ");
	glyph_write_text(render->out, text);
	buf_putc(render->out, '\n');
}

static void
put_label(struct render *render, const struct diag_label *label)
{
	if (!has_place(render, label->span)) {
		put_note(render, "note", label->text);
		return;
	}
	if (label->span.file != render->beside.file) {
		put_style(render, STYLE_GUTTER);
		buf_puts(render->out, "  --> ");
		put_style(render, STYLE_NONE);
		put_place(render, label->span);
		buf_putc(render->out, '\n');
	}
	put_excerpt(render, label->span, STYLE_LABEL, '~');
	if (label->text[0] != '\0')
		buf_putc(render->out, ' ');
	glyph_write_text(render->out, label->text);
	put_style(render, STYLE_NONE);
	buf_putc(render->out, '\n');
}

static void
put_heading(struct render *render, const struct diag *diag)
{
	enum diag_severity severity = diag_code_severity(diag->code);

	put_style(render, STYLE_STRONG);
	if (has_place(render, diag->span))
		put_place(render, diag->span);
	else
		buf_puts(render->out, "akinc");
	buf_puts(render->out, ": ");
	put_style(render, STYLE_NONE);
	put_styled(render, render->mark,
	    severity == DIAG_ERROR ? "error:" : "warning:");
	buf_putc(render->out, ' ');
	put_styled(render, STYLE_STRONG, diag->text);
	buf_printf(render->out, " [%s]\n", diag_code_name(diag->code));
}

/* One width for all line numbers of a diagnostic. */
static int
gutter_width(const struct render *render, const struct diag *diag)
{
	size_t line = 1;
	int width = 1;

	if (has_place(render, diag->span))
		line = line_of(render, diag->span);
	for (size_t i = 0; i < diag->labels.n; i++) {
		struct span span = diag->labels.v[i].span;

		if (has_place(render, span) && line_of(render, span) > line)
			line = line_of(render, span);
	}
	for (; line >= 10; line /= 10)
		width++;
	return width < GUTTER_MIN ? GUTTER_MIN : width;
}

static void
put_diag(struct render *render, const struct diag *diag)
{
	render->mark = diag_code_severity(diag->code) == DIAG_ERROR
	    ? STYLE_ERROR
	    : STYLE_WARNING;
	render->gutter = gutter_width(render, diag);
	render->beside = SPAN_NONE;
	put_heading(render, diag);
	if (has_place(render, diag->span)) {
		put_excerpt(render, diag->span, render->mark, '^');
		put_style(render, STYLE_NONE);
		buf_putc(render->out, '\n');
	}
	for (size_t i = 0; i < diag->labels.n; i++)
		put_label(render, &diag->labels.v[i]);
	for (size_t i = 0; i < diag->helps.n; i++)
		put_note(render, "help", diag->helps.v[i]);
}

static int
compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;
	const struct span *p = &a->diag->span, *q = &b->diag->span;

	if (p->file != q->file)
		return p->file < q->file ? -1 : 1;
	if (p->at != q->at)
		return p->at < q->at ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

static struct ranked *
rank(const struct diags *diags, struct arena *arena)
{
	size_t n = diags->list.n;
	struct ranked *ranked = arena_calloc(arena, n, sizeof(*ranked));

	for (size_t i = 0; i < n; i++)
		ranked[i] = (struct ranked){diags->list.v[i], i};
	if (n > 0)
		qsort(ranked, n, sizeof(*ranked), compare_ranked);
	return ranked;
}

static void
put_rest(struct buf *out, size_t count, const char *what)
{
	if (count > DIAG_SHOWN_MAX) {
		count -= DIAG_SHOWN_MAX;
		buf_printf(out, "(+%zu more %s%s)\n", count, what,
		    count == 1 ? "" : "s");
	}
}

void
diags_render(const struct diags *diags, struct buf *out, bool colour)
{
	struct render render = {.diags = diags, .out = out, .colour = colour};
	struct ranked *ranked = rank(diags, out->arena);
	size_t shown[] = {[DIAG_ERROR] = 0, [DIAG_WARNING] = 0};

	for (size_t i = 0; i < diags->list.n; i++) {
		const struct diag *diag = ranked[i].diag;

		if (shown[diag_code_severity(diag->code)]++ < DIAG_SHOWN_MAX)
			put_diag(&render, diag);
	}
	put_rest(out, diags->n_errors, "error");
	put_rest(out, diags->n_warnings, "warning");
}
