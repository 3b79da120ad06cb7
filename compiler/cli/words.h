/*
 * The operands of a command as words: a source of their own, so that what is
 * wrong with one is shown like a mistake in a policy.
 */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "cli/session.h"

struct words {
	struct session *session;
	const char *help; /* what one may write */
	uint32_t file;	  /* that they are in, in the session's sources */
	ast_words list;
	size_t at; /* of the next one */
	struct span end;
};

/*
 * The operands after the first, with a blank between, however the shell has
 * cut them.  Each character of MARKS is a word, those of BLANKS stand between
 * words.  NAME is what the source is called.
 */
struct words words_of_operands(struct session *session, const char *name,
    const char *blanks, const char *marks, const char *help);

/* The next word, or NULL. */
const struct ast_word *words_peek(const struct words *words);
bool words_next_is(const struct words *words, const char *text);
/* Goes behind TEXT if it is the next word. */
bool words_skip(struct words *words, const char *text);
/* Says that WHAT was expected; returns false. */
bool words_refuse(const struct words *words, const char *what);

#endif
