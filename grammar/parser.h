/*
 * One file on its way to a syntax tree: what the scanner, the stream of
 * tokens, the grammar and the messages share.  Private to this folder.
 */
#ifndef GRAMMAR_PARSER_H
#define GRAMMAR_PARSER_H

#include <stdbool.h>
#include <stddef.h>

#include "grammar/ast.h"
#include "grammar/parse.h"

/* After so many errors in one file nobody reads on. */
#define PARSER_ERRORS_MAX 1000

/* KIND is a TOK_ value of the grammar.  WORD has the token's place in any
 * case, and its text if it is a word, a number, an address or a text. */
struct token {
	int kind;
	struct ast_word word;
};

/* What has been handed to the grammar, as far as it matters for the next. */
struct token_stream {
	/* These three change places, so that no token is ever moved. */
	struct token tokens[3];
	struct token *previous, *current;
	struct token *held; /* scanned, but not handed out yet */
	bool holding;
	struct token first;	  /* of this statement, rule or step */
	struct span first_before; /* the same of the one before */
	bool line_start;	  /* the next token begins a statement */
	bool opened;		  /* this statement has a '{' or a verdict */
	bool joining;		  /* line ends do not count before a '{' */
	size_t depth;		  /* open braces */
	struct span brace;	  /* the outermost open one */
	size_t indent;		  /* of the statement that opened it */
	bool closing;		  /* a missing '}' is being made up */
	size_t surplus; /* '}' that were made up, and may still come */
};

struct parser {
	struct parse *parse;
	const struct source *source;
	struct ast_file *tree;
	struct ast_statement *last;
	char *text; /* a copy of the source for the scanner */
	void *scanner;
	struct token_stream stream;
	struct span bad; /* the latest token that was reported */
	size_t errors_before;
	bool stopped; /* no token and no message after this */
};

/* text.c: false if the file is no text or has a line that is too long.  Else
 * TEXT is set, with TEXT_BAD for the bytes that were reported. */
#define TEXT_BAD '\177'
bool text_check(struct parser *parser);

/* akp.l: the next token as it is written. */
void scan_begin(struct parser *parser);
void scan_next(struct parser *parser, struct token *token);

/* scan.c: what the scanner's rules do with a piece of the copied text. */
struct span scan_span(
    const struct parser *parser, const char *text, size_t length);
void scan_word(struct parser *parser, const char *text, size_t length,
    struct ast_word *word);
void scan_address(struct parser *parser, const char *text, size_t length,
    struct ast_word *word);
/* A text with its quotes; the last is missing if it is not CLOSED. */
struct ast_word scan_text(
    struct parser *parser, const char *text, size_t length, bool closed);
void scan_comment(struct parser *parser, const char *text, size_t length);

/* scan_error.c: what is no token. */
void scan_unclosed(struct parser *parser, const char *text, size_t length);
void scan_bad_run(struct parser *parser, const char *text, size_t length);
void scan_bad_marks(struct parser *parser, const char *text, size_t length);
void scan_negation(struct parser *parser, const char *text, size_t length);

/* tokens.c: the next token for the grammar, with line ends that do not count
 * left out and braces that are missing put in; it stays until the next but one
 * is asked for. */
void tokens_begin(struct parser *parser);
const struct token *tokens_next(struct parser *parser);

/* parse.c: an error at SPAN, after which the grammar's own message about the
 * same statement would say nothing new. */
struct diag *parser_error(struct parser *parser, enum diag_code code,
    struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* TEXT in quotes for a message, shortened if it is long. */
const char *parser_quote(
    struct parser *parser, const char *text, size_t length);

#endif
