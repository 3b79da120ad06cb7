/*
 * The message for a token with which the grammar cannot go on: what was
 * found, what could stand there, and what was probably meant.
 */
#include <string.h>

#include "base/suggest.h"
#include "grammar/akp.tab.h"
#include "grammar/ast_build.h"
#include "grammar/syntax.h"
#include "grammar/words.h"

static const char *
found_text(const struct syntax *syntax)
{
	const struct parser *parser = syntax->parser;
	struct span span = syntax->found->word.span;

	if (syntax->found->kind == TOK_END)
		return "the end of the file";
	/* Also in front of a brace that was made up. */
	if (span.length == 0)
		return "the end of the line";
	return parser_quote(
	    syntax->parser, parser->source->text + span.at, span.length);
}

/* The word that was meant, if it is among those that could stand here. */
static const char *
suggestion(const struct syntax *syntax)
{
	struct suggest suggest;

	if (syntax->found->kind != TOK_NAME)
		return NULL;
	suggest_init(&suggest, syntax->found->word.text);
	for (size_t i = 0; i < syntax->n_expected; i++) {
		if (word_kind(syntax->expected[i]) != TOK_NAME)
			suggest_offer(&suggest, syntax->expected[i]);
	}
	return suggest.best;
}

/* What the line should have begun, NULL if the error is further on. */
static const char *
expected_start(const struct syntax *syntax)
{
	if (!syntax->first)
		return NULL;
	if (syntax_expects(syntax, "zone"))
		return "statement";
	if (!syntax_expects(syntax, "}"))
		return NULL;
	if (syntax_expects(syntax, "allow"))
		return "rule";
	return syntax_expects(syntax, "expect") ? "test step" : NULL;
}

static struct diag *
add_error(const struct syntax *syntax)
{
	struct parser *parser = syntax->parser;
	struct span span = syntax->found->word.span;
	const char *start = expected_start(syntax);
	const char *expected = expected_text(syntax);

	if (start != NULL)
		return parser_error(parser, E_SYNTAX, span,
		    "no %s begins with %s", start, found_text(syntax));
	if (expected[0] == '\0')
		return parser_error(parser, E_SYNTAX, span,
		    "%s has no place here", found_text(syntax));
	return parser_error(parser, E_SYNTAX, span, "expected %s, found %s",
	    expected, found_text(syntax));
}

/* "from not friends": the second word is where the grammar gives up. */
static bool
is_negation(const struct syntax *syntax)
{
	int kind = syntax->found->kind;

	return syntax->before->kind == TOK_NAME &&
	    strcmp(syntax->before->word.text, "not") == 0 &&
	    kind != TOK_NEWLINE && kind != TOK_END && kind != TOK_COMMA;
}

static void
report_negation(const struct syntax *syntax)
{
	struct diag *diag = parser_error(syntax->parser, E_NEGATION,
	    syntax->before->word.span, "'not' has no meaning");

	diag_help(syntax->parser->parse->diags, diag,
	    "write a 'deny' for the exception before the rule");
}

static void
report(const struct syntax *syntax)
{
	struct diags *diags = syntax->parser->parse->diags;
	const char *advice = slip_advice(syntax);
	const char *meant = suggestion(syntax);
	struct diag *diag = add_error(syntax);

	if (advice != NULL)
		diag_help(diags, diag, "%s", advice);
	else if (meant != NULL)
		diag_help(diags, diag, "did you mean '%s'?", meant);
}

/*
 * One message a statement.  A line that would go on with a bad one belongs to
 * it: the mark moves on, so that the line after it does as well.
 */
static bool
is_reported(const struct syntax *syntax)
{
	struct parser *parser = syntax->parser;
	const struct token_stream *stream = &parser->stream;

	if (parser->bad.file == 0)
		return false;
	if (parser->bad.at >= stream->first.word.span.at)
		return true;
	if (!slip_continues(syntax) || parser->bad.at < stream->first_before.at)
		return false;
	parser->bad = syntax->found->word.span;
	return true;
}

static bool
is_on_new_line(const struct parser *parser)
{
	struct span from = parser->stream.previous->word.span;
	struct span to = parser->stream.current->word.span;

	for (uint32_t i = from.at + from.length; i < to.at; i++) {
		if (parser->source->text[i] == '\n')
			return true;
	}
	return false;
}

void
syntax_error(
    struct parser *parser, const char *const *expected, size_t n_expected)
{
	const struct token_stream *stream = &parser->stream;
	struct syntax syntax = {
	    .parser = parser,
	    .expected = expected,
	    .n_expected = n_expected,
	    .found = stream->current,
	    .before = stream->previous,
	    .first = stream->first.word.span.at ==
		stream->current->word.span.at,
	    .new_line = is_on_new_line(parser),
	};

	if (parser->stopped || is_reported(&syntax))
		return;
	if (is_negation(&syntax))
		report_negation(&syntax);
	else
		report(&syntax);
}

void
syntax_too_deep(struct parser *parser)
{
	if (!parser->stopped)
		parser_error(parser, E_SYNTAX,
		    parser->stream.current->word.span,
		    "braces are nested too deeply");
}
