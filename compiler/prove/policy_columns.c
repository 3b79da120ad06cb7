/*
 * The ports are a list of cases, each with its hosts.  That takes hosts which
 * the space asks for behind the ports.
 */
#include <stdlib.h>

#include "prove/policy_columns.h"

static bool
hosts_behind_ports(const struct space *space, const struct policy_rule *rule)
{
	return (!rule->has_source ||
		   space->source.first > space->target_port.first) &&
	    (!rule->has_target ||
		space->target.first > space->target_port.first);
}

static bool
has_shape(const struct policy_model *model, const struct policy_rule *rule)
{
	const struct service_part *part = rule->parts.v;

	return !model->later && !rule->any_service && rule->parts.n == 1 &&
	    part->exchange == EXCHANGE_NONE && !part->has_types &&
	    part->source.n == 0 && part->target.n != 0 &&
	    (part->protocol == PROTOCOL_TCP ||
		part->protocol == PROTOCOL_UDP) &&
	    (part->families & model->space->family) != 0 &&
	    hosts_behind_ports(model->space, rule);
}

bool
policy_columns_add(
    const struct policy_model *model, size_t index, policy_columns *columns)
{
	const struct policy_rule *rule = &model->space->policy->rules.v[index];

	if (!has_shape(model, rule))
		return false;
	for (size_t i = 0; i < rule->parts.v[0].target.n; i++) {
		struct policy_column column = {
		    .protocol = (unsigned)rule->parts.v[0].protocol,
		    .lo = rule->parts.v[0].target.v[i].lo,
		    .hi = rule->parts.v[0].target.v[i].hi,
		    .hosts = model->hosts[index],
		};

		vec_push(model->space->arena, columns, column);
	}
	return true;
}

static int
compare_columns(const void *left, const void *right)
{
	const struct policy_column *a = left, *b = right;

	if (a->protocol != b->protocol)
		return a->protocol < b->protocol ? -1 : 1;
	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return (a->hi > b->hi) - (a->hi < b->hi);
}

/* Columns of the same ports; what overlaps other ports goes to REST. */
static size_t
take_cases(const struct space *space, const struct policy_column *v, size_t n,
    struct encode_case *cases, struct bdd_union *rest)
{
	struct bdd *bdd = space->bdd;
	size_t n_cases = 0;

	for (size_t i = 0, end; i < n; i = end) {
		struct bdd_union hosts = {{BDD_FALSE}};
		bdd_ref all;

		for (end = i;
		     end < n && v[end].lo == v[i].lo && v[end].hi == v[i].hi;
		     end++)
			bdd_union_add(bdd, &hosts, v[end].hosts);
		all = bdd_union_all(bdd, &hosts);
		if (n_cases == 0 || cases[n_cases - 1].hi < v[i].lo)
			cases[n_cases++] = (struct encode_case){
			    v[i].lo, v[i].hi, all};
		else
			bdd_union_add(bdd, rest,
			    bdd_and(bdd,
				encode_range(
				    bdd, space->target_port, v[i].lo, v[i].hi),
				all));
	}
	return n_cases;
}

/* All columns of one protocol. */
static bdd_ref
union_of(const struct space *space, const struct policy_column *v, size_t n)
{
	struct encode_case *cases = arena_calloc(
	    space->arena, n, sizeof(*cases));
	struct bdd_union rest = {{BDD_FALSE}};
	size_t n_cases = take_cases(space, v, n, cases, &rest);
	bdd_ref set = encode_cases(
	    space->bdd, space->target_port, cases, n_cases);

	set = bdd_or(space->bdd, set, bdd_union_all(space->bdd, &rest));
	set = bdd_and(space->bdd, space_protocol(space, v->protocol), set);
	return bdd_and(space->bdd, space_has_ports(space), set);
}

bdd_ref
policy_columns_take(const struct policy_model *model, policy_columns *columns)
{
	bdd_ref set = BDD_FALSE;
	size_t n = columns->n;

	columns->n = 0;
	if (n == 0)
		return BDD_FALSE;
	qsort(columns->v, n, sizeof(*columns->v), compare_columns);
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i; end < n &&
		     columns->v[end].protocol == columns->v[i].protocol;
		     end++)
			;
		set = bdd_or(model->space->bdd, set,
		    union_of(model->space, &columns->v[i], end - i));
	}
	return set;
}
