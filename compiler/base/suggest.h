/*
 * "Did you mean": the known word nearest to an unknown one.
 */
#ifndef BASE_SUGGEST_H
#define BASE_SUGGEST_H

#include <stddef.h>

struct suggest {
	const char *word; /* what the user wrote */
	const char *best; /* NULL while nothing is near enough */
	size_t distance;
};

void suggest_init(struct suggest *suggest, const char *word);
void suggest_offer(struct suggest *suggest, const char *candidate);

#endif
