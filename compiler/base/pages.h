/*
 * Pages of memory that is about to be used.
 */
#ifndef BASE_PAGES_H
#define BASE_PAGES_H

#include <stddef.h>

/*
 * SIZE bytes from START on will soon be written, nearly all of them: a system
 * that can, makes their pages now, and all in one go.  Otherwise each costs a
 * fault when it is first written.  Nothing else changes.
 */
void pages_populate(void *start, size_t size);

#endif
