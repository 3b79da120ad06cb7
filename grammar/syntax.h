/*
 * A token with which the grammar cannot go on, seen with what stands around
 * it.  Private to this folder.
 */
#ifndef GRAMMAR_SYNTAX_H
#define GRAMMAR_SYNTAX_H

#include "grammar/parser.h"

struct syntax {
	struct parser *parser;
	/* The names of the tokens with which the grammar could go on. */
	const char *const *expected;
	size_t n_expected;
	const struct token *found, *before;
	bool first;    /* FOUND begins a statement, a rule or a step */
	bool new_line; /* FOUND stands on a later line than BEFORE */
};

bool syntax_expects(const struct syntax *syntax, const char *name);

/* syntax.c: report that the current token is not among the EXPECTED. */
void syntax_error(
    struct parser *parser, const char *const *expected, size_t n_expected);
/* The same, when the grammar's stack is full. */
void syntax_too_deep(struct parser *parser);

/* expected.c: "'to', ',' or a name"; empty if there is nothing short to say. */
const char *expected_text(const struct syntax *syntax);

/* slips.c: advice for the commonest mistakes, NULL if it is none of them. */
const char *slip_advice(const struct syntax *syntax);
/* Is FOUND what the line before it could have ended with? */
bool slip_continues(const struct syntax *syntax);

#endif
