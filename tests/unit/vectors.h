/*
 * The recorded sessions with a real ipfw under tests/vectors, as steps and
 * answers.  tests/vectors/README.md has their form.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

typedef VEC(const char *) vector_words;

struct vector_step {
	size_t line;
	const char *text;
	vector_words words;
	vector_words answers;
};

struct vector {
	const char *path;
	bool default_allow;
	VEC(struct vector_step) steps;
};

typedef VEC(struct vector) vector_list;

/* Every file, in the order of the paths.  Fails the test if there is none. */
void vectors_read(struct arena *arena, vector_list *list);

/* WORDS of TEXT between blanks. */
vector_words vector_split(struct arena *arena, const char *text);
/* The exit code that the answers of STEP tell, 0 if none. */
int vector_code(const struct vector_step *step);

#endif
