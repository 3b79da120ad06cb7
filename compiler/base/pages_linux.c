/*
 * madvise(2), MADV_POPULATE_WRITE: since Linux 5.14, and an error that changes
 * nothing before that.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/pages.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

void
pages_populate(void *start, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	size_t before = (size_t)(-(uintptr_t)start % page);

	if (size > before)
		(void)madvise((char *)start + before,
		    (size - before) / page * page, MADV_POPULATE_WRITE);
}
