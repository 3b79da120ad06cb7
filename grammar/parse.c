/*
 * From the bytes of one file to its tree: check that it is text, then let the
 * grammar pull tokens until the end.
 */
#include <stdarg.h>

#include "grammar/akp.tab.h"
#include "grammar/ast_build.h"
#include "grammar/parse.h"
#include "grammar/parser.h"

#define QUOTED_MAX ((size_t)40)

struct diag *
parser_error(struct parser *parser, enum diag_code code, struct span span,
    const char *format, ...)
{
	struct diags *diags = parser->parse->diags;
	struct diag *diag;
	struct buf text;
	va_list args;

	buf_init(&text, parser->parse->arena);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	diag = diag_add(diags, code, span, "%s", text.p);
	parser->bad = span;
	if (diags->n_errors - parser->errors_before >= PARSER_ERRORS_MAX)
		parser->stopped = true;
	return diag;
}

const char *
parser_quote(struct parser *parser, const char *text, size_t length)
{
	const char *more = "";

	if (length > QUOTED_MAX) {
		length = QUOTED_MAX;
		while (((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
		more = "...";
	}
	return arena_printf(
	    parser->parse->arena, "'%.*s%s'", (int)length, text, more);
}

struct ast_file *
parse_file(struct parse *parse, uint32_t file)
{
	struct parser parser = {.parse = parse};

	parser.errors_before = parse->diags->n_errors;
	parser.source = sources_get(parse->sources, file);
	parser.tree = ast_file_new(&parser, file);
	if (!text_check(&parser))
		return parser.tree;
	/* What the text is made of says nothing about its statements. */
	parser.bad = SPAN_NONE;
	scan_begin(&parser);
	tokens_begin(&parser);
	akp_yyparse(&parser);
	return parser.tree;
}
