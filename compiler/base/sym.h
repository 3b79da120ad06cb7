/*
 * Interned strings: equal text has one address, so names are compared with
 * ==.  The text lives as long as the arena.
 */
#ifndef BASE_SYM_H
#define BASE_SYM_H

#include <stddef.h>

#include "base/arena.h"

struct sym_table;

struct sym_table *sym_table_create(struct arena *arena);
const char *sym_intern(
    struct sym_table *table, const char *text, size_t length);
/* A copy of TEXT beside the others, which is not interned. */
const char *sym_keep(struct sym_table *table, const char *text, size_t length);
const char *sym_intern_string(struct sym_table *table, const char *text);

#endif
