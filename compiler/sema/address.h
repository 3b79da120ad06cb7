/*
 * Addresses that users write, with an error for each way to get them wrong.
 */
#ifndef SEMA_ADDRESS_H
#define SEMA_ADDRESS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "set/addr.h"

/* Ranges that are still being gathered, in any order. */
struct address_list {
	VEC(struct addr_range) v4, v6;
};

/*
 * TEXT is an address, a prefix or a range.  Returns false after an error at
 * SPAN.
 */
bool address_read(struct diags *diags, const char *text, size_t length,
    struct span span, enum family *family, struct addr_range *range);

void address_list_add(struct arena *arena, struct address_list *list,
    enum family family, struct addr_range range);
void address_list_add_set(
    struct arena *arena, struct address_list *list, const struct addr_set *set);
struct addr_set address_list_set(
    struct arena *arena, struct address_list *list);

/* If SET is exactly one address: which. */
bool address_set_single(
    const struct addr_set *set, enum family *family, struct addr *addr);

#endif
