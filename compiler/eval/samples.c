/*
 * One address of each kind that the rules of a policy tell apart.
 *
 * The ranges of all host lists cut the addresses of a zone into pieces; two
 * pieces that the same lists hold are of one kind.
 */
#include <stdlib.h>

#include "eval/scene.h"

typedef VEC(struct addr) cuts;

static void
cut(struct arena *arena, cuts *list, const struct addr_set *set,
    enum family family)
{
	const struct addr_ranges *ranges = addr_set_ranges(set, family);

	for (size_t i = 0; i < ranges->n; i++) {
		vec_push(arena, list, ranges->v[i].lo);
		if (addr_compare(ranges->v[i].hi, addr_max(family)) < 0)
			vec_push(arena, list, addr_next(ranges->v[i].hi));
	}
}

static int
compare(const void *a, const void *b)
{
	const struct addr *x = a, *y = b;

	return addr_compare(*x, *y);
}

static cuts
cuts_of(
    const struct scene *scene, const struct addr_set *own, enum family family)
{
	cuts list = {0};

	cut(scene->arena, &list, own, family);
	for (size_t i = 0; i < scene->policy->rules.n; i++) {
		const struct policy_rule *rule = &scene->policy->rules.v[i];

		if (rule->has_source)
			cut(scene->arena, &list, &rule->source, family);
		if (rule->has_target)
			cut(scene->arena, &list, &rule->target, family);
	}
	if (list.n != 0)
		qsort(list.v, list.n, sizeof(*list.v), compare);
	return list;
}

/* Which lists hold ADDR, folded into a number. */
static uint64_t
kind_of(const struct scene *scene, enum family family, struct addr addr)
{
	uint64_t kind = 1469598103934665603u;

	for (size_t i = 0; i < scene->policy->rules.n; i++) {
		const struct policy_rule *rule = &scene->policy->rules.v[i];
		unsigned bits = 0;

		if (rule->has_source &&
		    addr_set_contains(&rule->source, family, addr))
			bits |= 1;
		if (rule->has_target &&
		    addr_set_contains(&rule->target, family, addr))
			bits |= 2;
		kind = (kind ^ bits) * 1099511628211u;
	}
	return kind;
}

static bool
is_local(const struct scene *scene, enum family family, struct addr addr)
{
	for (endpoint e = 1; e <= scene->policy->zones.n; e++) {
		struct addr local;

		if (scene_local(scene, e, family, &local) &&
		    addr_compare(local, addr) == 0)
			return true;
	}
	return false;
}

/*
 * A host of the piece that begins at LO: not the net itself and not this
 * host, if the piece has any other.
 */
static struct addr
host_in(const struct scene *scene, enum family family,
    const struct addr_set *own, struct addr lo, const struct addr *end)
{
	struct addr addr = lo;

	for (unsigned i = 0; i < 10; i++) {
		struct addr next = addr_next(addr);

		if ((end != NULL && addr_compare(next, *end) >= 0) ||
		    !addr_set_contains(own, family, next))
			break;
		addr = next;
	}
	if (is_local(scene, family, addr) && addr_compare(addr, lo) > 0)
		addr = addr_previous(addr);
	return addr;
}

struct kinds {
	uint64_t v[SAMPLES_MAX];
	struct samples samples;
};

/* Take ADDR if none of its kind has been taken. */
static void
take(const struct scene *scene, enum family family, struct addr piece,
    struct addr addr, struct kinds *kinds)
{
	uint64_t kind = kind_of(scene, family, piece);
	size_t n = kinds->samples.n;

	for (size_t i = 0; i < n; i++)
		if (kinds->v[i] == kind)
			return;
	if (n == SAMPLES_MAX)
		return;
	kinds->v[n] = kind;
	kinds->samples.v[kinds->samples.n++] = addr;
}

/* Strangers with addresses of the documentation, if the zone has them. */
static void
take_usual(const struct scene *scene, enum family family,
    const struct addr_set *own, struct kinds *kinds)
{
	static const struct {
		enum family family;
		struct addr addr;
	} usual[] = {
	    {FAMILY_4, {0, 0xc6336407}}, /* 198.51.100.7 */
	    {FAMILY_4, {0, 0xcb007107}}, /* 203.0.113.7 */
	    {FAMILY_4, {0, 0xc000024d}}, /* 192.0.2.77 */
	    {FAMILY_6, {0x20010db800090000, 7}},
	};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		if (usual[i].family == family &&
		    addr_set_contains(own, family, usual[i].addr) &&
		    !is_local(scene, family, usual[i].addr))
			take(
			    scene, family, usual[i].addr, usual[i].addr, kinds);
}

struct samples
scene_samples(const struct scene *scene, endpoint end, enum family family)
{
	const struct addr_set *own = &policy_zone(scene->policy, end)->own;
	cuts list = cuts_of(scene, own, family);
	struct kinds kinds = {.samples = {.n = 0}};

	take_usual(scene, family, own, &kinds);
	for (size_t i = 0; i < list.n; i++)
		if (addr_set_contains(own, family, list.v[i]))
			take(scene, family, list.v[i],
			    host_in(scene, family, own, list.v[i],
				i + 1 < list.n ? &list.v[i + 1] : NULL),
			    &kinds);
	return kinds.samples;
}
