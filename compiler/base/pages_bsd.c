/*
 * Neither FreeBSD nor Darwin makes pages of private memory before they are
 * used; FreeBSD makes large ones of many small ones by itself.
 */
#include "base/pages.h"

void
pages_populate(void *start, size_t size)
{
	(void)start;
	(void)size;
}
