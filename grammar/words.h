/*
 * The words of the language, and what may stand for a name without quotes.
 */
#ifndef GRAMMAR_WORDS_H
#define GRAMMAR_WORDS_H

#include <stdbool.h>

/* The token of TEXT if it is a word of the language, else that of a name. */
int word_kind(const char *text);
/* Must TEXT be quoted to be a name because it is a word of the language? */
bool word_reserved(const char *text);
/* Does a line that begins with the token KIND begin a statement? */
bool word_statement(int kind);
bool word_verdict(int kind);
/* Does TEXT mean the same name only if it is quoted? */
bool word_needs_quotes(const char *text);

#endif
