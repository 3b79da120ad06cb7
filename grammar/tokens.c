/*
 * The stream of tokens between the scanner and the grammar.
 *
 * Line ends after ',' '=' and '{' are left out here, so that the grammar
 * knows nothing of continued lines.  A brace that was forgotten is reported
 * and made up here, where lines and columns are known, so that one slip does
 * not spoil the rest of the file.
 */
#include <string.h>

#include "grammar/akp.tab.h"
#include "grammar/ast_build.h"
#include "grammar/words.h"

static struct token
token_after_current(const struct parser *parser, int kind)
{
	struct span last = parser->stream.current->word.span;

	return (struct token){.kind = kind,
	    .word.span = {parser->tree->file, last.at + last.length, 0}};
}

static size_t
column_of(const struct parser *parser, struct span span)
{
	const char *text = parser->source->text + span.at;
	const char *start = text;

	while (start > parser->source->text && start[-1] != '\n')
		start--;
	return (size_t)(text - start);
}

/* The first byte from TEXT on that is no blank, line end or comment. */
static const char *
skip_to_text(const char *text)
{
	for (;;) {
		text += strspn(text, " \t\r\n");
		if (*text != '#')
			return text;
		text += strcspn(text, "\n");
	}
}

static int
kind_at(const char *text)
{
	char word[16] = "";
	size_t length = strspn(text, "abcdefghijklmnopqrstuvwxyz");

	if (length < sizeof(word))
		memcpy(word, text, length);
	return word_kind(word);
}

static bool
begins_inner(int statement, int kind)
{
	if (statement == TOK_FROM)
		return word_verdict(kind);
	return kind == TOK_EXPECT || kind == TOK_THEN || kind == TOK_AFTER;
}

static void
report_brace(struct parser *parser, struct span span, const char *text)
{
	struct span first = parser->stream.first.word.span;
	struct diag *diag;

	/* One message a statement. */
	if (parser->bad.file != 0 && parser->bad.at >= first.at)
		return;
	diag = parser_error(parser, E_SYNTAX, span, "%s", text);
	diag_help(parser->parse->diags, diag,
	    "a line end ends a statement, except after ',' '=' and '{'");
}

/*
 * At a line end in the head of a block: see whether its inside follows.  The
 * line end then gives way to the brace, which stands on the next line or is
 * made up.
 */
static struct token
end_head(struct parser *parser, struct token line_end)
{
	struct token_stream *stream = &parser->stream;
	struct span span = line_end.word.span;
	const char *text = parser->source->text;
	const char *next = skip_to_text(text + span.at + span.length);

	if (*next == '{') {
		span = (struct span){span.file, (uint32_t)(next - text), 1};
		report_brace(parser, span,
		    "this '{' belongs at the end of the line before");
		stream->joining = true;
	} else if (begins_inner(stream->first.kind, kind_at(next))) {
		line_end = token_after_current(parser, TOK_OPEN);
		report_brace(parser, line_end.word.span,
		    "a '{' is missing at the end of this line");
	}
	return line_end;
}

static bool
in_head(const struct token_stream *stream)
{
	return stream->depth == 0 && !stream->opened && !stream->line_start &&
	    (stream->first.kind == TOK_FROM || stream->first.kind == TOK_TEST);
}

static bool
line_goes_on(const struct token_stream *stream)
{
	int kind = stream->current->kind;

	return kind == TOK_COMMA || kind == TOK_EQUALS || kind == TOK_OPEN ||
	    stream->joining;
}

/* Is it the brace of a block that was closed before its time?  Once each. */
static bool
take_surplus(struct token_stream *stream, const struct token *token)
{
	if (token->kind != TOK_CLOSE || stream->depth > 0 ||
	    stream->surplus == 0)
		return false;
	stream->surplus--;
	return true;
}

/* Hold the next token that counts. */
static void
scan_counted(struct parser *parser)
{
	struct token_stream *stream = &parser->stream;
	struct token *token = stream->held;

	do {
		if (parser->stopped) {
			*token = token_after_current(parser, TOK_END);
			return;
		}
		scan_next(parser, token);
		if (token->kind == TOK_NEWLINE && in_head(stream) &&
		    !line_goes_on(stream))
			*token = end_head(parser, *token);
	} while ((token->kind == TOK_NEWLINE && line_goes_on(stream)) ||
	    take_surplus(stream, token));
	/* What is missing is missing after the last word, not far below. */
	if (token->kind == TOK_NEWLINE || token->kind == TOK_END)
		*token = token_after_current(parser, token->kind);
}

/*
 * Inside braces a word that begins a statement, no further to the right than
 * the one whose block this is, shows that the block should have ended.
 */
static bool
ends_block(const struct parser *parser, const struct token *token)
{
	const struct token_stream *stream = &parser->stream;

	if (token->kind == TOK_END)
		return true;
	return stream->line_start && word_statement(token->kind) &&
	    column_of(parser, token->word.span) <= stream->indent;
}

static void
report_missing(struct parser *parser, const struct token *token)
{
	struct span bad = parser->bad;
	struct diag *diag;

	if (parser->stopped)
		return;
	diag = parser_error(parser, E_SYNTAX, parser->stream.brace,
	    "no '}' closes the block that is opened here");
	diag_label(parser->parse->diags, diag, token->word.span,
	    token->kind == TOK_END ? "the file ends here"
				   : "a '}' is missing before this");
	parser->bad = bad;
}

/* TOKEN is the next one; the one before the current is forgotten. */
static void
hand_out(struct parser *parser, struct token *token)
{
	struct token_stream *stream = &parser->stream;
	int kind = token->kind;
	bool separates = kind == TOK_NEWLINE || kind == TOK_SEMICOLON;

	if (stream->line_start && !separates) {
		stream->first_before = stream->first.word.span;
		stream->first = *token;
		stream->opened = false;
	}
	if (kind == TOK_OPEN && stream->depth++ == 0) {
		stream->brace = token->word.span;
		stream->indent = column_of(parser, stream->first.word.span);
	}
	if (kind == TOK_CLOSE && stream->depth > 0)
		stream->depth--;
	if (kind == TOK_OPEN || word_verdict(kind))
		stream->opened = true;
	if (kind != TOK_NEWLINE)
		stream->joining = false;
	stream->line_start = separates || kind == TOK_OPEN;
	stream->previous = stream->current;
	stream->current = token;
}

static void
hand_out_held(struct parser *parser)
{
	struct token_stream *stream = &parser->stream;
	struct token *free = stream->previous;

	hand_out(parser, stream->held);
	stream->held = free;
	stream->holding = false;
}

static void
hand_out_made_up(struct parser *parser, int kind)
{
	struct token *made = parser->stream.previous;

	*made = token_after_current(parser, kind);
	hand_out(parser, made);
}

/* The last line of a file may have no line end, and still ends. */
static bool
lacks_line_end(const struct token_stream *stream)
{
	return stream->held->kind == TOK_END && !stream->line_start &&
	    !line_goes_on(stream);
}

void
tokens_begin(struct parser *parser)
{
	struct token_stream *stream = &parser->stream;

	stream->previous = &stream->tokens[0];
	stream->current = &stream->tokens[1];
	stream->held = &stream->tokens[2];
	stream->line_start = true;
}

const struct token *
tokens_next(struct parser *parser)
{
	struct token_stream *stream = &parser->stream;

	if (!stream->holding)
		scan_counted(parser);
	stream->holding = true;
	if (stream->depth > 0 && !stream->closing &&
	    ends_block(parser, stream->held)) {
		report_missing(parser, stream->held);
		stream->closing = true;
	}
	if (stream->closing && stream->depth > 0) {
		stream->surplus++;
		hand_out_made_up(parser, TOK_CLOSE);
	} else if (stream->closing || lacks_line_end(stream)) {
		stream->closing = false;
		hand_out_made_up(parser, TOK_NEWLINE);
	} else {
		hand_out_held(parser);
	}
	return stream->current;
}
