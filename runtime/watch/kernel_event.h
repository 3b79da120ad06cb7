/*
 * Kernel events of Darwin, struct kern_event_msg: six words before its data,
 * of 64 bits in a 64-bit program of 10.5, of 32 bits later.
 */
#ifndef RUNTIME_WATCH_KERNEL_EVENT_H
#define RUNTIME_WATCH_KERNEL_EVENT_H

#include <stddef.h>

/* The WATCH_ bits of SIZE bytes, whose words have WORD bytes, 4 or 8. */
unsigned watch_kernel_event_decode(size_t word, const void *bytes, size_t size);

#endif
