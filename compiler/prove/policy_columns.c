/*
 * Columns are sorted by the numbers that they are about.  Those that have none
 * in common stand side by side, and take no operation between diagrams; where
 * some have, the first rule is laid upon the others.
 */
#include <stdlib.h>

#include "prove/policy_columns.h"

#define RANGES_MAX 64 /* of one rule: a longer list is a set by itself */

/* The conditions of a rule by the fields that they ask. */
struct shape {
	const struct policy_model *model;
	const struct policy_rule *rule;
	const struct service_part *part;
	struct field first;
};

static bool
has_shape(const struct policy_model *model, const struct policy_rule *rule)
{
	for (size_t i = 0; i < rule->parts.n; i++) {
		const struct service_part *part = &rule->parts.v[i];

		if (part->exchange != EXCHANGE_NONE || part->has_types ||
		    part->source.n != 0 || part->target.n == 0 ||
		    part->target.n > RANGES_MAX ||
		    (part->protocol != PROTOCOL_TCP &&
			part->protocol != PROTOCOL_UDP))
			return false;
	}
	return !rule->any_service &&
	    addr_set_ranges(&rule->source, model->space->family)->n <=
	    RANGES_MAX &&
	    addr_set_ranges(&rule->target, model->space->family)->n <=
	    RANGES_MAX;
}

static bool
asks_ports(const struct policy_model *model)
{
	return !model->later;
}

static void
take_first(struct field *first, struct field field)
{
	if (first->width == 0 || field.first < first->first)
		*first = field;
}

/* What RULE asks first; no field if it asks nothing. */
static struct field
first_of(const struct policy_model *model, const struct policy_rule *rule)
{
	struct field first = {0, 0};

	if (asks_ports(model))
		take_first(&first, model->space->target_port);
	if (rule->has_source)
		take_first(&first, model->space->source);
	if (rule->has_target)
		take_first(&first, model->space->target);
	return first;
}

static bool
is(struct field a, struct field b)
{
	return a.first == b.first;
}

/* The conditions on all fields but the first. */
static bdd_ref
rest_of(const struct shape *shape)
{
	const struct space *space = shape->model->space;
	const struct policy_rule *rule = shape->rule;
	bdd_ref set = BDD_TRUE;

	if (asks_ports(shape->model) && !is(shape->first, space->target_port))
		set = encode_ports(
		    space->bdd, space->target_port, &shape->part->target);
	if (rule->has_target && !is(shape->first, space->target))
		set = bdd_and(space->bdd, set,
		    encode_addresses(space->bdd, space->target, &rule->target,
			space->family));
	if (rule->has_source && !is(shape->first, space->source))
		set = bdd_and(space->bdd, set,
		    encode_addresses(space->bdd, space->source, &rule->source,
			space->family));
	return set;
}

static void
add(struct policy_columns *columns, const struct shape *shape,
    struct addr_range range, bdd_ref rest)
{
	struct policy_column column = {
	    .protocol = (unsigned)shape->part->protocol,
	    .range = range,
	    .rest = rest,
	    .index = (size_t)(shape->rule -
		shape->model->space->policy->rules.v),
	};

	vec_push(shape->model->space->arena, &columns->all, column);
}

static void
add_part(
    struct policy_columns *columns, const struct shape *shape, uint32_t class)
{
	const struct space *space = shape->model->space;
	const struct addr_set *hosts = is(shape->first, space->source)
	    ? &shape->rule->source
	    : &shape->rule->target;
	const struct addr_ranges *ranges = addr_set_ranges(
	    hosts, space->family);
	const struct port_set *ports = &shape->part->target;
	bdd_ref rest = bdd_choose(space->bdd, rest_of(shape),
	    bdd_value(space->bdd, class), BDD_FALSE);

	if (is(shape->first, space->target_port))
		for (size_t i = 0; i < ports->n; i++)
			add(columns, shape,
			    (struct addr_range){
				{0, ports->v[i].lo}, {0, ports->v[i].hi}},
			    rest);
	else
		for (size_t i = 0; i < ranges->n; i++)
			add(columns, shape, ranges->v[i], rest);
}

bool
policy_columns_fit(const struct policy_model *model,
    const struct policy_rule *rule, const struct policy_columns *columns)
{
	struct field first = first_of(model, rule);

	return has_shape(model, rule) && first.width != 0 &&
	    (columns->all.n == 0 || is(first, columns->field));
}

void
policy_columns_add(const struct policy_model *model, size_t index,
    uint32_t class, struct policy_columns *columns)
{
	const struct policy_rule *rule = &model->space->policy->rules.v[index];
	struct shape shape = {
	    .model = model, .rule = rule, .first = first_of(model, rule)};

	columns->field = shape.first;
	for (size_t i = 0; i < rule->parts.n; i++) {
		shape.part = &rule->parts.v[i];
		if ((shape.part->families & model->space->family) != 0)
			add_part(columns, &shape, class);
	}
}

static int
compare_indices(const void *left, const void *right)
{
	const struct policy_column *a = left, *b = right;

	return (a->index > b->index) - (a->index < b->index);
}

static int
compare_columns(const void *left, const void *right)
{
	const struct policy_column *a = left, *b = right;
	int order;

	if (a->protocol != b->protocol)
		return a->protocol < b->protocol ? -1 : 1;
	order = addr_compare(a->range.lo, b->range.lo);
	return order != 0 ? order : compare_indices(left, right);
}

static uint32_t
first_class(uint32_t a, uint32_t b)
{
	return a != 0 ? a : b;
}

static const struct bdd_op op_first = {SPACE_OP_FIRST, first_class};

/* Two by two, for the reason that bdd_union has. */
static bdd_ref
lay(struct bdd *bdd, const bdd_ref *sets, size_t n)
{
	bdd_ref upper, lower;

	if (n <= 1)
		return n == 0 ? BDD_FALSE : sets[0];
	upper = lay(bdd, sets, n / 2);
	lower = lay(bdd, sets + n / 2, n - n / 2);
	if (upper == BDD_FALSE || lower == BDD_FALSE)
		return upper == BDD_FALSE ? lower : upper;
	return bdd_apply(bdd, &op_first, upper, lower);
}

/* Columns of one protocol on their way to a diagram. */
struct stand {
	const struct space *space;
	struct field field;
	bdd_ref *sets; /* scratch */
	struct encode_case *cases;
	size_t n_cases;
	bdd_ref *mixed; /* what is not a case: no two have a packet in common */
	size_t n_mixed;
};

/* Columns with numbers in common, all of the same or not. */
static void
stand_cluster(struct stand *stand, struct policy_column *v, size_t n, bool same)
{
	struct bdd *bdd = stand->space->bdd;

	if (!same)
		qsort(v, n, sizeof(*v), compare_indices);
	for (size_t i = 0; i < n; i++) {
		struct encode_case one = {v[i].range, v[i].rest};

		stand->sets[i] = same
		    ? v[i].rest
		    : encode_cases(bdd, stand->field, &one, 1);
	}
	if (same)
		stand->cases[stand->n_cases++] = (struct encode_case){
		    v[0].range, lay(bdd, stand->sets, n)};
	else
		stand->mixed[stand->n_mixed++] = lay(bdd, stand->sets, n);
}

static bdd_ref
stand_together(struct stand *stand, struct policy_column *v, size_t n)
{
	struct bdd *bdd = stand->space->bdd;
	bdd_ref sets[2];

	for (size_t i = 0, end; i < n; i = end) {
		struct addr last = v[i].range.hi;
		bool same = true;

		for (end = i + 1;
		     end < n && addr_compare(v[end].range.lo, last) <= 0;
		     end++) {
			same = same &&
			    addr_compare(v[end].range.lo, v[i].range.lo) == 0 &&
			    addr_compare(v[end].range.hi, last) == 0;
			if (addr_compare(v[end].range.hi, last) > 0)
				last = v[end].range.hi;
		}
		stand_cluster(stand, &v[i], end - i, same);
	}
	sets[0] = encode_cases(bdd, stand->field, stand->cases, stand->n_cases);
	sets[1] = lay(bdd, stand->mixed, stand->n_mixed);
	return lay(bdd, sets, 2);
}

/* All columns of one protocol. */
static bdd_ref
take_protocol(const struct policy_model *model, struct field field,
    struct policy_column *v, size_t n)
{
	const struct space *space = model->space;
	struct stand stand = {
	    .space = space,
	    .field = field,
	    .sets = arena_calloc(space->arena, n, sizeof(*stand.sets)),
	    .cases = arena_calloc(space->arena, n, sizeof(*stand.cases)),
	    .mixed = arena_calloc(space->arena, n, sizeof(*stand.mixed)),
	};
	bdd_ref where = space_protocol(space, v->protocol);

	if (asks_ports(model))
		where = bdd_and(space->bdd, where, space_has_ports(space));
	return bdd_choose(
	    space->bdd, where, stand_together(&stand, v, n), BDD_FALSE);
}

bdd_ref
policy_columns_take(
    const struct policy_model *model, struct policy_columns *columns)
{
	struct policy_column *v = columns->all.v;
	size_t n = columns->all.n;
	bdd_ref sets[2] = {BDD_FALSE, BDD_FALSE};

	columns->all.n = 0;
	if (n == 0)
		return BDD_FALSE;
	qsort(v, n, sizeof(*v), compare_columns);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n && v[end].protocol == v[i].protocol;
		     end++)
			;
		sets[1] = take_protocol(model, columns->field, &v[i], end - i);
		sets[0] = lay(model->space->bdd, sets, 2);
	}
	return sets[0];
}
