/*
 * The capacity always has room for the NUL that ends the text, so that P can
 * be handed to anything that wants a string at any time.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#define CAPACITY_FIRST 64

void
buf_init(struct buf *buf, struct arena *arena)
{
	buf->arena = arena;
	buf->p = arena_alloc(arena, CAPACITY_FIRST);
	buf->n = 0;
	buf->cap = CAPACITY_FIRST;
}

void
buf_reset(struct buf *buf)
{
	buf->n = 0;
	buf->p[0] = '\0';
}

/* Room for LENGTH bytes more and the NUL. */
static void
buf_reserve(struct buf *buf, size_t length)
{
	size_t wanted = buf->cap;

	if (length < buf->cap - buf->n)
		return;
	if (length > wanted)
		wanted = length;
	buf->p = arena_grow(buf->arena, buf->p, buf->n + 1, &wanted, 1);
	buf->cap = wanted;
}

void
buf_putc(struct buf *buf, char c)
{
	buf_reserve(buf, 1);
	buf->p[buf->n++] = c;
	buf->p[buf->n] = '\0';
}

void
buf_puts(struct buf *buf, const char *text)
{
	buf_write(buf, text, strlen(text));
}

void
buf_write(struct buf *buf, const char *bytes, size_t length)
{
	if (length == 0)
		return;
	buf_reserve(buf, length);
	memcpy(buf->p + buf->n, bytes, length);
	buf->n += length;
	buf->p[buf->n] = '\0';
}

/* What buf_printf() does with "%u", for texts of many numbers. */
void
buf_put_number(struct buf *buf, unsigned number)
{
	char digits[3 * sizeof(number)];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	buf_write(buf, digits + at, sizeof(digits) - at);
}

void
buf_pad(struct buf *buf, char c, size_t count)
{
	buf_reserve(buf, count);
	memset(buf->p + buf->n, c, count);
	buf->n += count;
	buf->p[buf->n] = '\0';
}

void
buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

void
buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	size_t room = buf->cap - buf->n;
	va_list again;
	int length;

	va_copy(again, args);
	length = vsnprintf(buf->p + buf->n, room, format, args);
	assert(length >= 0);
	if ((size_t)length >= room) {
		buf_reserve(buf, (size_t)length);
		vsnprintf(buf->p + buf->n, (size_t)length + 1, format, again);
	}
	va_end(again);
	buf->n += (size_t)length;
}
