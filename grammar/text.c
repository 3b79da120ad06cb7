/*
 * Is it text at all?  This is settled before the scanner sees a byte, so that
 * its rules are about characters only: it works on a copy in which what was
 * reported here is replaced, and which holds no NUL but those at its end.
 *
 * What a terminal would not show is refused even in a comment, since the
 * policy that somebody reads must be the one that is compiled.
 */
#include <string.h>

#include "base/glyph.h"
#include "grammar/parser.h"

#define BINARY_WINDOW ((size_t)4096)
#define BYTES_SHOWN 4
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static bool
is_control(unsigned char c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7f;
}

static bool
is_utf16(const struct source *source)
{
	return source->size >= 2 &&
	    (memcmp(source->text, "\xff\xfe", 2) == 0 ||
		memcmp(source->text, "\xfe\xff", 2) == 0);
}

/* A NUL near the start, or controls for nearly every third byte. */
static bool
is_binary(const struct source *source)
{
	size_t window = source->size;
	size_t controls = 0;

	if (window > BINARY_WINDOW)
		window = BINARY_WINDOW;
	if (window > 0 && memchr(source->text, '\0', window) != NULL)
		return true;
	for (size_t i = 0; i < source->size; i++)
		controls += is_control((unsigned char)source->text[i]);
	return controls * 10 > source->size * 3;
}

static void
report_binary(struct parser *parser)
{
	const struct source *source = parser->source;
	struct span span = {parser->tree->file, 0, 0};
	struct diag *diag = parser_error(
	    parser, E_NOT_TEXT, span, "'%s' is not a text file", source->name);

	if (is_utf16(source))
		diag_help(parser->parse->diags, diag,
		    "it looks like UTF-16: save it as UTF-8");
}

static bool
check_lines(struct parser *parser)
{
	const struct source *source = parser->source;

	for (size_t line = 1; line <= source->n_lines; line++) {
		size_t length;
		const char *text = source_line(source, line, &length);

		if (length > SOURCE_MAX_LINE) {
			struct span span = {parser->tree->file,
			    (uint32_t)(text - source->text), 1};

			parser_error(parser, E_LINE_LENGTH, span,
			    "this line has %zu bytes, and %zu are the most",
			    length, SOURCE_MAX_LINE);
			return false;
		}
	}
	return true;
}

/* The first byte from P on that is no plain ASCII: nearly all of a policy. */
static char *
skip_plain(char *p, const char *end)
{
	while (p < end && ((*p >= ' ' && *p <= '~') || *p == '\n'))
		p++;
	return p;
}

/* The bytes from P on, of which none can be shown. */
static size_t
bad_run(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && *p != '\n' &&
	    glyph_at(p, end, 0).kind == GLYPH_ESCAPED) {
		if (p[0] == '\r' && p + 1 < end && p[1] == '\n')
			break;
		p++;
	}
	return (size_t)(p - start);
}

static void
report_run(struct parser *parser, struct span span)
{
	const char *bytes = parser->source->text + span.at;
	bool control = is_control((unsigned char)*bytes) || *bytes == '\r';
	struct diag *diag;
	struct buf shown;

	buf_init(&shown, parser->parse->arena);
	for (uint32_t i = 0; i < span.length && i < BYTES_SHOWN; i++)
		buf_printf(&shown, "\\x%02x", (unsigned char)bytes[i]);
	if (span.length > BYTES_SHOWN)
		buf_puts(&shown, "...");
	if (control) {
		parser_error(parser, E_CHARACTER, span,
		    "control characters (%s) have no place in a policy",
		    shown.p);
		return;
	}
	diag = parser_error(parser, E_NOT_TEXT, span,
	    "the bytes %s are no visible UTF-8 text", shown.p);
	diag_help(parser->parse->diags, diag,
	    "save the file as UTF-8, and write what can be seen");
}

/* The scanner writes into its text, and wants two NULs behind it. */
static void
copy_text(struct parser *parser)
{
	const struct source *source = parser->source;

	parser->text = arena_reserve(parser->parse->arena, source->size + 2, 1);
	memcpy(parser->text, source->text, source->size);
}

static void
replace_bad(struct parser *parser)
{
	char *p = parser->text;
	const char *end = p + parser->source->size;

	if (strncmp(p, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
		memset(p, ' ', strlen(BYTE_ORDER_MARK));
	while ((p = skip_plain(p, end)) < end && !parser->stopped) {
		size_t length = bad_run(p, end);

		if (length > 0) {
			report_run(parser, scan_span(parser, p, length));
			memset(p, TEXT_BAD, length);
			p += length;
		} else {
			p += glyph_at(p, end, 0).bytes;
		}
	}
}

bool
text_check(struct parser *parser)
{
	if (is_utf16(parser->source) || is_binary(parser->source)) {
		report_binary(parser);
		return false;
	}
	if (!check_lines(parser))
		return false;
	copy_text(parser);
	replace_bad(parser);
	return !parser->stopped;
}
