/*
 * Every function here walks a diagram node by node, and remembers what it made
 * of each.
 */
#include <string.h>

#include "analyse/slice.h"

#define SLOTS_FIRST 1024

/* What became of a node; a table that is emptied by a new number. */
struct slice_memo {
	struct slot {
		uint32_t run; /* 0: never used */
		bdd_ref key, value;
	} * slots;
	size_t n, cap;
	uint32_t run;
};

void
slicer_init(struct slicer *slicer, struct arena *arena, struct bdd *bdd)
{
	*slicer = (struct slicer){.arena = arena, .bdd = bdd};
	slicer->memo = arena_new(arena, struct slice_memo);
	slicer->memo->cap = SLOTS_FIRST;
	slicer->memo->slots = arena_calloc(
	    arena, SLOTS_FIRST, sizeof(*slicer->memo->slots));
}

static void
forget(struct slice_memo *memo)
{
	memo->run++;
	memo->n = 0;
}

static struct slot *
find(const struct slice_memo *memo, bdd_ref key)
{
	size_t at = key * UINT32_C(2654435761) & (memo->cap - 1);

	while (memo->slots[at].run == memo->run && memo->slots[at].key != key)
		at = (at + 1) & (memo->cap - 1);
	return &memo->slots[at];
}

static void
remember(struct slicer *slicer, bdd_ref key, bdd_ref value)
{
	struct slice_memo *memo = slicer->memo, old = *memo;

	if (2 * ++memo->n > memo->cap) {
		memo->cap *= 2;
		memo->slots = arena_calloc(
		    slicer->arena, memo->cap, sizeof(*memo->slots));
		for (size_t i = 0; i < old.cap; i++)
			if (old.slots[i].run == memo->run)
				*find(memo, old.slots[i].key) = old.slots[i];
	}
	*find(memo, key) = (struct slot){memo->run, key, value};
}

void
slice_know_nothing(struct slice_known *known)
{
	memset(known->bits, SLICE_OPEN, sizeof(known->bits));
}

void
slice_know_addr(struct slice_known *known, struct field field, struct addr addr)
{
	field_write(field, addr, known->bits);
}

void
slice_know(struct slice_known *known, struct field field, uint64_t number)
{
	slice_know_addr(known, field, (struct addr){0, number});
}

static bdd_ref
fix(struct slicer *slicer, bdd_ref function, const struct slice_known *known)
{
	const struct slot *slot = find(slicer->memo, function);
	struct bdd_question q;
	bdd_ref low, high, result;
	uint32_t value;

	if (!bdd_look(slicer->bdd, function, &q, &value))
		return function;
	if (slot->run == slicer->memo->run)
		return slot->value;
	if (known->bits[q.variable] != SLICE_OPEN) {
		result = fix(slicer,
		    known->bits[q.variable] != 0 ? q.high : q.low, known);
	} else {
		low = fix(slicer, q.low, known);
		high = fix(slicer, q.high, known);
		result = bdd_node(slicer->bdd, q.variable, low, high);
	}
	remember(slicer, function, result);
	return result;
}

bdd_ref
slice_fix(
    struct slicer *slicer, bdd_ref function, const struct slice_known *known)
{
	forget(slicer->memo);
	return fix(slicer, function, known);
}

struct mapping {
	struct slicer *slicer;
	uint32_t (*map)(void *context, uint32_t value);
	void *context;
};

static bdd_ref
map_node(const struct mapping *m, bdd_ref function)
{
	struct slicer *slicer = m->slicer;
	const struct slot *slot = find(slicer->memo, function);
	struct bdd_question q;
	bdd_ref low, high, result;
	uint32_t value;

	if (slot->run == slicer->memo->run)
		return slot->value;
	if (!bdd_look(slicer->bdd, function, &q, &value)) {
		result = bdd_value(slicer->bdd, m->map(m->context, value));
	} else {
		low = map_node(m, q.low);
		high = map_node(m, q.high);
		result = bdd_node(slicer->bdd, q.variable, low, high);
	}
	remember(slicer, function, result);
	return result;
}

bdd_ref
slice_map(struct slicer *slicer, bdd_ref function,
    uint32_t (*map)(void *context, uint32_t value), void *context)
{
	struct mapping mapping = {slicer, map, context};

	forget(slicer->memo);
	return map_node(&mapping, function);
}

/* The numbers whose first DEPTH bits are BASE's. */
struct cut {
	struct slicer *slicer;
	struct field field;
	slice_pieces *out;
	size_t n_ranges;
};

/* The slot's value is the index of the piece, and one. */
static struct slice_piece *
piece_of(struct cut *cut, bdd_ref rest)
{
	struct slicer *slicer = cut->slicer;
	struct slot *slot = find(slicer->memo, rest);
	struct slice_piece piece = {.rest = rest};

	if (slot->run == slicer->memo->run)
		return &cut->out->v[slot->value];
	remember(slicer, rest, (bdd_ref)cut->out->n);
	vec_push(slicer->arena, cut->out, piece);
	return &cut->out->v[cut->out->n - 1];
}

static void
add_range(struct cut *cut, bdd_ref rest, struct addr lo, struct addr hi)
{
	struct slice_piece *piece = piece_of(cut, rest);
	struct addr_range range = {lo, hi};

	if (piece->ranges.n != 0) {
		struct addr_range *last = &piece->ranges.v[piece->ranges.n - 1];

		if (addr_compare(addr_next(last->hi), lo) == 0) {
			last->hi = hi;
			return;
		}
	}
	if (++cut->n_ranges > SLICE_RANGES_MAX)
		cut->slicer->failed = true;
	else
		vec_push(cut->slicer->arena, &piece->ranges, range);
}

static void
cut_at(struct cut *cut, bdd_ref function, unsigned depth, struct addr base)
{
	struct field field = cut->field;
	unsigned left = field.width - depth;
	struct addr middle = base;
	struct bdd_question q;
	uint32_t value;

	if (cut->slicer->failed)
		return;
	if (!bdd_look(cut->slicer->bdd, function, &q, &value) ||
	    q.variable >= field.first + field.width) {
		add_range(cut, function, base, addr_fill(base, left));
		return;
	}
	if (q.variable != field.first + depth)
		q.low = q.high = function;
	middle.hi |= addr_bit(left - 1).hi;
	middle.lo |= addr_bit(left - 1).lo;
	cut_at(cut, q.low, depth + 1, base);
	cut_at(cut, q.high, depth + 1, middle);
}

void
slice_cut(struct slicer *slicer, bdd_ref function, struct field field,
    slice_pieces *out)
{
	struct cut cut = {.slicer = slicer, .field = field, .out = out};

	out->v = NULL;
	out->n = out->cap = 0;
	forget(slicer->memo);
	cut_at(&cut, function, 0, (struct addr){0, 0});
}
