/*
 * Joining parts of services.
 *
 * Ports are gathered as plain ranges and made a set once, at the end: a list
 * of ten thousand ports would otherwise be copied ten thousand times.
 */
#include <stdlib.h>

#include "sema/parts.h"

static bool
same_key(const struct service_part *a, const struct service_part *b)
{
	return a->protocol == b->protocol && a->families == b->families &&
	    a->exchange == b->exchange && a->has_types == b->has_types &&
	    a->group == b->group && a->broadcast == b->broadcast &&
	    (a->target.n == 0) == (b->target.n == 0) &&
	    port_set_equal(&a->source, &b->source) &&
	    addr_set_equal(&a->groups, &b->groups);
}

/* The two directions of an exchange are tied to their ports: never joined. */
static bool
can_join(const struct service_part *a, const struct service_part *b)
{
	if (!same_key(a, b))
		return false;
	return a->exchange == EXCHANGE_NONE ||
	    port_set_equal(&a->target, &b->target);
}

static void
push_ports(
    struct arena *arena, struct part_draft *draft, const struct port_set *ports)
{
	for (size_t i = 0; i < ports->n; i++)
		vec_push(arena, &draft->ports, ports->v[i]);
}

static void
join(struct arena *arena, struct part_draft *draft,
    const struct service_part *part)
{
	if (draft->ports.n == 0)
		push_ports(arena, draft, &draft->part.target);
	push_ports(arena, draft, &part->target);
	for (size_t i = 0; i < 4; i++)
		draft->part.types.bits[i] |= part->types.bits[i];
}

void
parts_add(struct arena *arena, struct parts_draft *draft,
    const struct service_part *part, struct span span)
{
	struct part_draft fresh = {.part = *part};

	for (size_t i = 0; i < draft->list.n; i++) {
		if (can_join(&draft->list.v[i].part, part)) {
			join(arena, &draft->list.v[i], part);
			return;
		}
	}
	fresh.part.span = span;
	vec_push(arena, &draft->list, fresh);
}

static int
compare_ranges(const void *left, const void *right)
{
	const struct port_range *a = left, *b = right;

	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return (a->hi > b->hi) - (a->hi < b->hi);
}

struct port_set
ports_build(struct arena *arena, struct port_range *ranges, size_t n)
{
	VEC(struct port_range) out = {NULL, 0, 0};

	if (n > 0)
		qsort(ranges, n, sizeof(*ranges), compare_ranges);
	for (size_t i = 0; i < n; i++) {
		struct port_range *last = out.n > 0 ? &out.v[out.n - 1] : NULL;

		if (last == NULL || ranges[i].lo > (uint32_t)last->hi + 1)
			vec_push(arena, &out, ranges[i]);
		else if (ranges[i].hi > last->hi)
			last->hi = ranges[i].hi;
	}
	return (struct port_set){out.v, out.n};
}

/* Most lists have one part, so room is made for no more than there are. */
void
parts_finish(struct arena *arena, struct parts_draft *draft, service_parts *out)
{
	size_t n = draft->list.n;

	out->v = arena_calloc(arena, n, sizeof(*out->v));
	out->n = out->cap = n;
	for (size_t i = 0; i < n; i++) {
		struct part_draft *d = &draft->list.v[i];

		if (d->ports.n > 0)
			d->part.target = ports_build(
			    arena, d->ports.v, d->ports.n);
		out->v[i] = d->part;
	}
	draft->list.n = 0;
}
