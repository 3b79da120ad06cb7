/*
 * A sorted list of ranges is cut in halves bit by bit: the diagram is made in
 * one go, without an operation between diagrams.
 */
#include "set/encode.h"

#define PORTS_AT_ONCE 64

struct piece {
	struct bdd *bdd;
	struct field field;
	const struct addr_range *ranges;
	/* What holds in each range; NULL: that it is one of them. */
	const struct encode_case *cases;
};

static const struct addr_range *
range_of(const struct piece *piece, size_t i)
{
	return piece->cases != NULL ? &piece->cases[i].range
				    : &piece->ranges[i];
}

/* For numbers whose first DEPTH bits are BASE's: ranges FIRST to END. */
static bdd_ref
build(const struct piece *piece, unsigned depth, struct addr base, size_t first,
    size_t end)
{
	unsigned left = piece->field.width - depth;
	struct addr last = addr_fill(base, left), middle = base;
	bdd_ref low, high;

	while (
	    first < end && addr_compare(range_of(piece, first)->hi, base) < 0)
		first++;
	while (
	    first < end && addr_compare(range_of(piece, end - 1)->lo, last) > 0)
		end--;
	if (first == end)
		return BDD_FALSE;
	if (addr_compare(range_of(piece, first)->lo, base) <= 0 &&
	    addr_compare(range_of(piece, first)->hi, last) >= 0)
		return piece->cases != NULL ? piece->cases[first].function
					    : BDD_TRUE;
	middle.hi |= addr_bit(left - 1).hi;
	middle.lo |= addr_bit(left - 1).lo;
	low = build(piece, depth + 1, base, first, end);
	high = build(piece, depth + 1, middle, first, end);
	return bdd_node(piece->bdd, piece->field.first + depth, low, high);
}

bdd_ref
encode_ranges(struct bdd *bdd, struct field field,
    const struct addr_range *ranges, size_t n)
{
	struct piece piece = {bdd, field, ranges, NULL};

	return build(&piece, 0, (struct addr){0, 0}, 0, n);
}

bdd_ref
encode_cases(struct bdd *bdd, struct field field,
    const struct encode_case *cases, size_t n)
{
	struct piece piece = {bdd, field, NULL, cases};

	return build(&piece, 0, (struct addr){0, 0}, 0, n);
}

bdd_ref
encode_range(struct bdd *bdd, struct field field, uint64_t lo, uint64_t hi)
{
	struct addr_range range = {{0, lo}, {0, hi}};

	return lo <= hi ? encode_ranges(bdd, field, &range, 1) : BDD_FALSE;
}

bdd_ref
encode_number(struct bdd *bdd, struct field field, uint64_t number)
{
	return encode_range(bdd, field, number, number);
}

bdd_ref
encode_ports(struct bdd *bdd, struct field field, const struct port_set *ports)
{
	struct addr_range ranges[PORTS_AT_ONCE];
	bdd_ref set = BDD_FALSE;
	size_t n = 0;

	for (size_t i = 0; i < ports->n; i++) {
		ranges[n++] = (struct addr_range){
		    {0, ports->v[i].lo}, {0, ports->v[i].hi}};
		if (n < PORTS_AT_ONCE && i + 1 < ports->n)
			continue;
		set = bdd_or(bdd, set, encode_ranges(bdd, field, ranges, n));
		n = 0;
	}
	return set;
}

bdd_ref
encode_addresses(struct bdd *bdd, struct field field,
    const struct addr_set *set, enum family family)
{
	const struct addr_ranges *ranges = addr_set_ranges(set, family);

	return encode_ranges(bdd, field, ranges->v, ranges->n);
}

bdd_ref
encode_prefix(struct bdd *bdd, struct field field, enum family family,
    struct prefix prefix)
{
	struct addr_range range = prefix_range(family, prefix);

	return encode_ranges(bdd, field, &range, 1);
}

struct addr
field_read(struct field field, const uint8_t *bits)
{
	struct addr number = {0, 0};

	for (unsigned i = 0; i < field.width; i++) {
		struct addr bit = addr_bit(field.width - 1 - i);

		if (bits[field.first + i] == 0)
			continue;
		number.hi |= bit.hi;
		number.lo |= bit.lo;
	}
	return number;
}

void
field_write(struct field field, struct addr number, uint8_t *bits)
{
	for (unsigned i = 0; i < field.width; i++) {
		struct addr bit = addr_bit(field.width - 1 - i);

		bits[field.first + i] = (number.hi & bit.hi) != 0 ||
		    (number.lo & bit.lo) != 0;
	}
}
