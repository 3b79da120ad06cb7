/*
 * The distance counts insertions, deletions, replacements and swaps of
 * neighbours, each once, without regard to case.  Of two words at the same
 * distance the first offered wins, so the answer does not depend on chance.
 */
#include <stdbool.h>
#include <string.h>

#include "base/suggest.h"

#define LENGTH_MAX 64
#define DISTANCE_MAX 3

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* ASCII only: the answer must not depend on the locale. */
static char
fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A third of the word may differ, or one letter, but never all of it. */
static size_t
distance_allowed(size_t length)
{
	size_t allowed = length / 3;

	if (length <= 1)
		return 0;
	if (allowed < 1)
		return 1;
	return smaller(allowed, DISTANCE_MAX);
}

/* Three rows of the usual table are alive: this one and the two before. */
static size_t
edit_distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][LENGTH_MAX + 1];

	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *now = rows[i % 3];
		const size_t *up = rows[(i - 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= m; j++) {
			bool same = fold(a[i - 1]) == fold(b[j - 1]);

			now[j] = up[j - 1] + (same ? 0 : 1);
			now[j] = smaller(now[j], up[j] + 1);
			now[j] = smaller(now[j], now[j - 1] + 1);
			if (i > 1 && j > 1 &&
			    fold(a[i - 1]) == fold(b[j - 2]) &&
			    fold(a[i - 2]) == fold(b[j - 1]))
				now[j] = smaller(
				    now[j], rows[(i - 2) % 3][j - 2] + 1);
		}
	}
	return rows[n % 3][m];
}

void
suggest_init(struct suggest *suggest, const char *word)
{
	suggest->word = word;
	suggest->best = NULL;
	suggest->distance = distance_allowed(strlen(word)) + 1;
}

void
suggest_offer(struct suggest *suggest, const char *candidate)
{
	size_t n = strlen(suggest->word);
	size_t m = strlen(candidate);
	size_t apart = n > m ? n - m : m - n;
	size_t distance;

	if (n == 0 || n > LENGTH_MAX || m == 0 || m > LENGTH_MAX)
		return;
	if (apart >= suggest->distance)
		return;
	distance = edit_distance(suggest->word, n, candidate, m);
	if (distance < suggest->distance) {
		suggest->best = candidate;
		suggest->distance = distance;
	}
}
