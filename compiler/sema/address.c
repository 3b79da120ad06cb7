/*
 * From text to address with an error that says what to write instead.
 *
 * ipfw(8) takes nearly anything for an address and a resolver takes the rest,
 * so nothing is guessed here.
 */
#include <string.h>

#include "sema/address.h"

#define TEXT_SHOWN 60

struct complaint {
	enum diag_code code;
	const char *what; /* follows the text in quotes */
	const char *help; /* or NULL */
};

static const struct complaint complaints[] = {
    [ADDR_BAD] = {E_ADDRESS, "is not an address",
	"write 192.0.2.1, 192.0.2.0/24, 192.0.2.1-192.0.2.9, or the same "
	"with IPv6 addresses"},
    [ADDR_BAD_OCTET] = {E_ADDRESS, "has a part over 255", NULL},
    [ADDR_LEADING_ZERO] = {E_ADDRESS, "has a number that begins with 0",
	"some programs read such numbers as octal: leave the 0 out"},
    [ADDR_SCOPED] = {E_ADDRESS, "names a card inside an address",
	"leave out what stands from '%' on: a zone says which card it is"},
    [ADDR_BAD_LENGTH] = {E_PREFIX, "has no valid prefix length",
	"it is a number up to 32 for IPv4 and up to 128 for IPv6"},
    [ADDR_HOST_BITS] = {E_PREFIX, "has address bits behind its length", NULL},
    [ADDR_BACKWARDS] = {E_RANGE, "is a range that runs backwards",
	"write the smaller address first"},
    [ADDR_MIXED] = {E_RANGE, "is a range from one family to the other",
	"write a range for each family"},
};

/* ::ffff:0:0/96, IPv4 as programs see it; on no wire (RFC 4291, 2.5.5.2). */
static bool
is_mapped(enum family family, const struct addr_range *range)
{
	return family == FAMILY_6 && range->lo.hi == 0 && range->hi.hi == 0 &&
	    range->lo.lo >> 32 == 0xffff && range->hi.lo >> 32 == 0xffff;
}

static const struct complaint mapped = {E_ADDRESS,
    "is IPv4 in the form of IPv6, which no packet bears",
    "write the IPv4 address as such"};

/* 10.0.0.1/24 is 10.0.0.0/24, or 10.0.0.1: only the user knows. */
static void
help_host_bits(struct diags *diags, struct diag *diag, enum family family,
    struct addr_range range, int prefix_length)
{
	struct prefix net = {range.lo, (unsigned)prefix_length};
	struct buf text;

	buf_init(&text, diags->arena);
	prefix_format(&text, family, net);
	diag_help(diags, diag,
	    "write %s for the whole net, or leave the length out for the "
	    "one address",
	    text.p);
}

bool
address_read(struct diags *diags, const char *text, size_t length,
    struct span span, enum family *family, struct addr_range *range)
{
	const struct complaint *complaint;
	enum addr_error error;
	int prefix_length;
	struct diag *diag;
	bool cut = length > TEXT_SHOWN;

	error = addr_parse(text, length, family, range, &prefix_length);
	if (error == ADDR_OK && !is_mapped(*family, range))
		return true;
	complaint = error == ADDR_OK ? &mapped : &complaints[error];
	diag = diag_add(diags, complaint->code, span, "'%.*s%s' %s",
	    (int)(cut ? TEXT_SHOWN : length), text, cut ? "..." : "",
	    complaint->what);
	if (complaint->help != NULL)
		diag_help(diags, diag, "%s", complaint->help);
	if (error == ADDR_HOST_BITS)
		help_host_bits(diags, diag, *family, *range, prefix_length);
	return false;
}

void
address_list_add(struct arena *arena, struct address_list *list,
    enum family family, struct addr_range range)
{
	if (family == FAMILY_4)
		vec_push(arena, &list->v4, range);
	else
		vec_push(arena, &list->v6, range);
}

void
address_list_add_set(
    struct arena *arena, struct address_list *list, const struct addr_set *set)
{
	for (size_t i = 0; i < set->v4.n; i++)
		vec_push(arena, &list->v4, set->v4.v[i]);
	for (size_t i = 0; i < set->v6.n; i++)
		vec_push(arena, &list->v6, set->v6.v[i]);
}

struct addr_set
address_list_set(struct arena *arena, struct address_list *list)
{
	return addr_set_build(
	    arena, list->v4.v, list->v4.n, list->v6.v, list->v6.n);
}

bool
address_set_single(
    const struct addr_set *set, enum family *family, struct addr *addr)
{
	const struct addr_range *range;

	if (set->v4.n + set->v6.n != 1)
		return false;
	*family = set->v4.n == 1 ? FAMILY_4 : FAMILY_6;
	range = set->v4.n == 1 ? &set->v4.v[0] : &set->v6.v[0];
	*addr = range->lo;
	return addr_compare(range->lo, range->hi) == 0;
}
