/*
 * A growable text buffer in an arena, always NUL-terminated.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/arena.h"

struct buf {
	struct arena *arena;
	char *p; /* never NULL after buf_init */
	size_t n, cap;
};

void buf_init(struct buf *buf, struct arena *arena);
void buf_reset(struct buf *buf);
void buf_putc(struct buf *buf, char c);
void buf_puts(struct buf *buf, const char *text);
void buf_write(struct buf *buf, const char *bytes, size_t length);
void buf_put_number(struct buf *buf, unsigned number);
void buf_pad(struct buf *buf, char c, size_t count);
void buf_printf(struct buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#endif
