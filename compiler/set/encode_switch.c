/*
 * A switch is cut in halves by every variable that its functions ask before
 * the field, and then by the field's.  A branch that goes where the rest goes
 * is none: so each piece costs what differs there.
 */
#include "set/encode.h"

struct branch {
	uint32_t index; /* of its case */
	bdd_ref function;
};

struct cut {
	struct arena *arena;
	struct bdd *bdd;
	struct field field;
	const struct encode_case *cases;
	VEC(struct branch) stack;
};

/* What is left to decide: numbers whose first DEPTH bits are BASE's. */
struct piece {
	unsigned depth;
	struct addr base;
	size_t first, end; /* branches on the stack */
	bdd_ref otherwise;
};

static unsigned
first_variable(const struct bdd *bdd, bdd_ref function)
{
	struct bdd_question question;
	uint32_t value;

	return bdd_look(bdd, function, &question, &value) ? question.variable
							  : BDD_VARIABLES_MAX;
}

static bdd_ref
half_of(const struct bdd *bdd, bdd_ref function, unsigned variable, bool high)
{
	struct bdd_question question;
	uint32_t value;

	if (!bdd_look(bdd, function, &question, &value) ||
	    question.variable != variable)
		return function;
	return high ? question.high : question.low;
}

static struct addr
last_of(const struct cut *cut, const struct piece *piece)
{
	return addr_fill(piece->base, cut->field.width - piece->depth);
}

static bool
meets(const struct cut *cut, const struct piece *piece, size_t index)
{
	const struct addr_range *range = &cut->cases[index].range;

	return addr_compare(range->lo, last_of(cut, piece)) <= 0 &&
	    addr_compare(range->hi, piece->base) >= 0;
}

static bool
covers(const struct cut *cut, const struct piece *piece, size_t index)
{
	const struct addr_range *range = &cut->cases[index].range;

	return addr_compare(range->lo, piece->base) <= 0 &&
	    addr_compare(range->hi, last_of(cut, piece)) >= 0;
}

static unsigned
next_variable(const struct cut *cut, const struct piece *piece)
{
	unsigned next = cut->field.first + piece->depth;
	unsigned variable = first_variable(cut->bdd, piece->otherwise);

	if (variable < next)
		next = variable;
	for (size_t i = piece->first; i < piece->end; i++) {
		variable = first_variable(cut->bdd, cut->stack.v[i].function);
		if (variable < next)
			next = variable;
	}
	return next;
}

static bdd_ref decide(struct cut *cut, const struct piece *piece);

static bdd_ref
decide_half(
    struct cut *cut, const struct piece *whole, unsigned variable, bool high)
{
	struct piece half = *whole;
	struct addr bit;
	bdd_ref decided;

	if (variable == cut->field.first + whole->depth) {
		bit = addr_bit(cut->field.width - ++half.depth);
		half.base.hi |= high ? bit.hi : 0;
		half.base.lo |= high ? bit.lo : 0;
	}
	half.otherwise = half_of(cut->bdd, whole->otherwise, variable, high);
	half.first = cut->stack.n;
	for (size_t i = whole->first; i < whole->end; i++) {
		struct branch branch = cut->stack.v[i];

		branch.function = half_of(
		    cut->bdd, branch.function, variable, high);
		if (branch.function != half.otherwise &&
		    meets(cut, &half, branch.index))
			vec_push(cut->arena, &cut->stack, branch);
	}
	half.end = cut->stack.n;
	decided = decide(cut, &half);
	cut->stack.n = half.first;
	return decided;
}

static bdd_ref
decide(struct cut *cut, const struct piece *piece)
{
	unsigned variable;
	bdd_ref low, high;

	if (piece->first == piece->end)
		return piece->otherwise;
	if (piece->first + 1 == piece->end &&
	    covers(cut, piece, cut->stack.v[piece->first].index))
		return cut->stack.v[piece->first].function;
	variable = next_variable(cut, piece);
	low = decide_half(cut, piece, variable, false);
	high = decide_half(cut, piece, variable, true);
	return bdd_node(cut->bdd, variable, low, high);
}

bdd_ref
encode_switch(struct arena *arena, struct bdd *bdd, struct field field,
    const struct encode_case *cases, size_t n, bdd_ref otherwise)
{
	struct cut cut = {
	    .arena = arena, .bdd = bdd, .field = field, .cases = cases};
	struct piece whole = {.end = n, .otherwise = otherwise};

	vec_reserve(arena, &cut.stack, n * 4);
	for (size_t i = 0; i < n; i++)
		vec_push(arena, &cut.stack,
		    ((struct branch){(uint32_t)i, cases[i].function}));
	return decide(&cut, &whole);
}
