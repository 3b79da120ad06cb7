/*
 * Addresses: order, text to value, value to text.
 *
 * The reader is strict, because what one program takes for 10.0.0.8 another
 * takes for 8.0.0.8: no octal, no missing octets, no host names, no blanks.
 * IPv6 is read by RFC 4291, section 2.2, and written by RFC 5952.
 */
#include <string.h>

#include "set/addr.h"

#define GROUPS 8
#define WIDTH_4 32
#define WIDTH_6 128

/* What is left to read. */
struct cursor {
	const char *p, *end;
};

/* The groups of an IPv6 address as far as they are read. */
struct groups {
	uint16_t v[GROUPS];
	size_t n;
	size_t gap; /* where "::" stood, or GROUPS + 1 */
};

int
addr_compare(struct addr a, struct addr b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return (a.lo > b.lo) - (a.lo < b.lo);
}

struct addr
addr_max(enum family family)
{
	if (family == FAMILY_4)
		return (struct addr){0, UINT32_MAX};
	return (struct addr){UINT64_MAX, UINT64_MAX};
}

struct addr
addr_next(struct addr addr)
{
	addr.lo++;
	if (addr.lo == 0)
		addr.hi++;
	return addr;
}

struct addr
addr_previous(struct addr addr)
{
	if (addr.lo == 0)
		addr.hi--;
	addr.lo--;
	return addr;
}

struct addr
addr_bit(unsigned from_last)
{
	if (from_last >= 64)
		return (struct addr){UINT64_C(1) << (from_last - 64), 0};
	return (struct addr){0, UINT64_C(1) << from_last};
}

struct addr
addr_fill(struct addr base, unsigned bits)
{
	if (bits >= 64) {
		base.lo = UINT64_MAX;
		if (bits > 64)
			base.hi |= UINT64_MAX >> (128 - bits);
	} else if (bits > 0) {
		base.lo |= UINT64_MAX >> (64 - bits);
	}
	return base;
}

static bool
take(struct cursor *in, char c)
{
	if (in->p == in->end || *in->p != c)
		return false;
	in->p++;
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The value of a hexadecimal digit, -1 if C is none. */
static int
digit_value(char c)
{
	if (is_digit(c))
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/*
 * Decimal digits up to MAX.  ADDR_BAD if there are none; a number that is too
 * large is read to its end, so that the caller can judge what follows.
 */
static enum addr_error
parse_number(struct cursor *in, unsigned max, unsigned *value)
{
	const char *start = in->p;
	bool large = false;

	*value = 0;
	for (; in->p < in->end && is_digit(*in->p); in->p++) {
		*value = *value * 10 + (unsigned)(*in->p - '0');
		if (*value > max) {
			large = true;
			*value = max;
		}
	}
	if (in->p == start)
		return ADDR_BAD;
	if (in->p - start > 1 && *start == '0')
		return ADDR_LEADING_ZERO;
	return large ? ADDR_BAD_OCTET : ADDR_OK;
}

/* A wrong octet is reported only if there are four of them. */
static enum addr_error
parse_4(struct cursor in, struct addr *addr)
{
	enum addr_error first = ADDR_OK;
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		enum addr_error error;
		unsigned octet;

		if (i > 0 && !take(&in, '.'))
			return ADDR_BAD;
		error = parse_number(&in, 255, &octet);
		if (error == ADDR_BAD)
			return ADDR_BAD;
		if (first == ADDR_OK)
			first = error;
		value = value << 8 | octet;
	}
	if (in.p != in.end)
		return ADDR_BAD;
	*addr = (struct addr){0, value};
	return first;
}

/* Two groups from the dotted quad that may end an IPv6 address. */
static enum addr_error
parse_quad(struct cursor *in, struct groups *groups)
{
	enum addr_error error;
	struct addr addr;

	if (groups->n > GROUPS - 2)
		return ADDR_BAD;
	error = parse_4(*in, &addr);
	if (error != ADDR_OK)
		return error;
	groups->v[groups->n++] = (uint16_t)(addr.lo >> 16);
	groups->v[groups->n++] = (uint16_t)addr.lo;
	in->p = in->end;
	return ADDR_OK;
}

static enum addr_error
parse_group(struct cursor *in, struct groups *groups)
{
	const char *start = in->p;
	unsigned value = 0;

	while (in->p < in->end && digit_value(*in->p) >= 0) {
		if (in->p - start == 4)
			return ADDR_BAD;
		value = value << 4 | (unsigned)digit_value(*in->p);
		in->p++;
	}
	if (in->p < in->end && *in->p == '.') {
		in->p = start;
		return parse_quad(in, groups);
	}
	if (in->p == start || groups->n == GROUPS)
		return ADDR_BAD;
	groups->v[groups->n++] = (uint16_t)value;
	return ADDR_OK;
}

/* "::" at this place; a second one is left for the caller to stumble over. */
static bool
take_gap(struct cursor *in, struct groups *groups)
{
	if (groups->gap <= GROUPS || in->end - in->p < 2 ||
	    memcmp(in->p, "::", 2) != 0)
		return false;
	groups->gap = groups->n;
	in->p += 2;
	return true;
}

static enum addr_error
parse_groups(struct cursor *in, struct groups *groups)
{
	enum addr_error error;

	if (take_gap(in, groups) && in->p == in->end)
		return ADDR_OK;
	for (;;) {
		error = parse_group(in, groups);
		if (error != ADDR_OK || in->p == in->end)
			return error;
		if (take_gap(in, groups)) {
			if (in->p == in->end)
				return ADDR_OK;
		} else if (!take(in, ':')) {
			return ADDR_BAD;
		}
	}
}

static enum addr_error
parse_6(struct cursor in, struct addr *addr)
{
	struct groups groups = {{0}, 0, GROUPS + 1};
	enum addr_error error = parse_groups(&in, &groups);
	bool gap = groups.gap <= GROUPS;
	size_t missing = GROUPS - groups.n;

	if (error != ADDR_OK)
		return error;
	if (gap != (missing > 0))
		return ADDR_BAD;
	*addr = (struct addr){0, 0};
	for (size_t i = 0; i < GROUPS; i++) {
		uint64_t value = 0;

		if (!gap || i < groups.gap)
			value = groups.v[i];
		else if (i >= groups.gap + missing)
			value = groups.v[i - missing];
		addr->hi = addr->hi << 16 | addr->lo >> 48;
		addr->lo = addr->lo << 16 | value;
	}
	return ADDR_OK;
}

static enum addr_error
parse_address(struct cursor in, enum family *family, struct addr *addr)
{
	if (memchr(in.p, ':', (size_t)(in.end - in.p)) != NULL) {
		*family = FAMILY_6;
		return parse_6(in, addr);
	}
	*family = FAMILY_4;
	return parse_4(in, addr);
}

static enum addr_error
parse_range(struct cursor in, const char *dash, enum family *family,
    struct addr_range *range)
{
	enum family other;
	enum addr_error error;

	error = parse_address((struct cursor){in.p, dash}, family, &range->lo);
	if (error != ADDR_OK)
		return error;
	error = parse_address(
	    (struct cursor){dash + 1, in.end}, &other, &range->hi);
	if (error != ADDR_OK)
		return error;
	if (other != *family)
		return ADDR_MIXED;
	if (addr_compare(range->lo, range->hi) > 0)
		return ADDR_BACKWARDS;
	return ADDR_OK;
}

static enum addr_error
parse_prefix(struct cursor in, const char *slash, enum family *family,
    struct addr_range *range, int *prefix_length)
{
	struct cursor tail = {slash + 1, in.end};
	struct prefix prefix;
	enum addr_error error;

	error = parse_address(
	    (struct cursor){in.p, slash}, family, &prefix.addr);
	if (error != ADDR_OK)
		return error;
	error = parse_number(
	    &tail, *family == FAMILY_4 ? WIDTH_4 : WIDTH_6, &prefix.length);
	if (error != ADDR_OK || tail.p != tail.end)
		return ADDR_BAD_LENGTH;
	*prefix_length = (int)prefix.length;
	*range = prefix_range(*family, prefix);
	if (addr_compare(range->lo, prefix.addr) != 0)
		return ADDR_HOST_BITS;
	return ADDR_OK;
}

enum addr_error
addr_parse(const char *text, size_t length, enum family *family,
    struct addr_range *range, int *prefix_length)
{
	struct cursor in = {text, text + length};
	const char *dash, *slash;
	enum addr_error error;

	*family = FAMILY_NONE;
	memset(range, 0, sizeof(*range));
	*prefix_length = -1;
	if (length == 0)
		return ADDR_BAD;
	if (memchr(text, ':', length) != NULL &&
	    memchr(text, '%', length) != NULL)
		return ADDR_SCOPED;
	dash = memchr(text, '-', length);
	if (dash != NULL)
		return parse_range(in, dash, family, range);
	slash = memchr(text, '/', length);
	if (slash != NULL)
		return parse_prefix(in, slash, family, range, prefix_length);
	error = parse_address(in, family, &range->lo);
	range->hi = range->lo;
	return error;
}

static void
format_4(struct buf *out, uint32_t value)
{
	for (unsigned shift = 32; shift > 0; shift -= 8) {
		if (shift < 32)
			buf_putc(out, '.');
		buf_put_number(out, value >> (shift - 8) & 0xff);
	}
}

/* The first of the longest runs of at least two zero groups. */
static void
longest_zeros(const uint16_t *groups, size_t *start, size_t *length)
{
	size_t run = 0;

	*start = GROUPS;
	*length = 1;
	for (size_t i = 0; i < GROUPS; i++) {
		run = groups[i] == 0 ? run + 1 : 0;
		if (run > *length) {
			*start = i + 1 - run;
			*length = run;
		}
	}
}

static void
format_6(struct buf *out, struct addr addr)
{
	uint16_t groups[GROUPS];
	size_t start, length;

	for (size_t i = 0; i < GROUPS; i++) {
		uint64_t half = i < GROUPS / 2 ? addr.hi : addr.lo;

		groups[i] = (uint16_t)(half >> (48 - i % 4 * 16));
	}
	longest_zeros(groups, &start, &length);
	for (size_t i = 0; i < GROUPS; i++) {
		if (i == start) {
			buf_puts(out, "::");
			i += length - 1;
			continue;
		}
		if (i > 0 && i != start + length)
			buf_putc(out, ':');
		buf_printf(out, "%x", groups[i]);
	}
}

void
addr_format(struct buf *out, enum family family, struct addr addr)
{
	if (family == FAMILY_4) {
		format_4(out, (uint32_t)addr.lo);
	} else if (addr.hi == 0 && addr.lo >> 32 == 0xffff) {
		buf_puts(out, "::ffff:");
		format_4(out, (uint32_t)addr.lo);
	} else {
		format_6(out, addr);
	}
}
