/*
 * What the scanner's rules do with a piece of text.  Places are offsets in
 * the copy that is scanned, which are those of the source.
 */
#include <string.h>

#include "grammar/ast_build.h"
#include "grammar/parser.h"

struct span
scan_span(const struct parser *parser, const char *text, size_t length)
{
	return (struct span){parser->tree->file,
	    (uint32_t)(text - parser->text), (uint32_t)length};
}

void
scan_word(struct parser *parser, const char *text, size_t length,
    struct ast_word *word)
{
	word->text = sym_intern(parser->parse->syms, text, length);
	word->span = scan_span(parser, text, length);
}

void
scan_address(struct parser *parser, const char *text, size_t length,
    struct ast_word *word)
{
	word->text = sym_keep(parser->parse->syms, text, length);
	word->span = scan_span(parser, text, length);
}

static void
report_escape(struct parser *parser, const char *text)
{
	struct diag *diag = parser_error(parser, E_CHARACTER,
	    scan_span(parser, text, 2), "'\\%c' means nothing in a text",
	    text[1] >= ' ' && text[1] < 0x7f ? text[1] : '?');

	diag_help(parser->parse->diags, diag,
	    "only '\\\"' and '\\\\' do: write '\\\\' for a backslash");
}

static void
report_tab(struct parser *parser, const char *text)
{
	struct diag *diag = parser_error(parser, E_CHARACTER,
	    scan_span(parser, text, 1), "a tab has no place in a text");

	diag_help(parser->parse->diags, diag, "write a blank");
}

struct ast_word
scan_text(struct parser *parser, const char *text, size_t length, bool closed)
{
	struct ast_word word = {.quoted = true};
	const char *end = text + length - (closed ? 1 : 0);
	struct buf plain;

	buf_init(&plain, parser->parse->arena);
	for (const char *p = text + 1; p < end; p++) {
		if (*p == TEXT_BAD)
			parser->bad = scan_span(parser, p, 1);
		if (*p == '\t')
			report_tab(parser, p);
		if (*p == '\\' && p + 1 < end) {
			if (p[1] != '"' && p[1] != '\\')
				report_escape(parser, p);
			p++;
		}
		buf_putc(&plain, *p);
	}
	word.text = sym_intern(parser->parse->syms, plain.p, plain.n);
	word.span = scan_span(parser, text, length);
	return word;
}

static bool
begins_line(const struct parser *parser, const char *text)
{
	while (text > parser->text && (text[-1] == ' ' || text[-1] == '\t'))
		text--;
	return text == parser->text || text[-1] == '\n';
}

void
scan_comment(struct parser *parser, const char *text, size_t length)
{
	ast_comment_add(
	    parser, scan_span(parser, text, length), begins_line(parser, text));
}
