/*
 * Services as diagrams over family, protocol, ports and type.
 */
#include "analyse/services.h"

#define FIRST_VARIABLE 900
#define SORTED_MAX 200
#define V6 1

static struct field
take(unsigned *next, unsigned width)
{
	struct field field = {*next, width};

	*next += width;
	return field;
}

/* The family is one bit: set for IPv6. */
static bdd_ref
family_set(const struct services *s, enum family families)
{
	bdd_ref six = encode_number(s->bdd, s->family, V6);

	if (families == FAMILY_BOTH)
		return BDD_TRUE;
	if (families == FAMILY_NONE)
		return BDD_FALSE;
	return families == FAMILY_6 ? six : bdd_not(s->bdd, six);
}

bdd_ref
services_of_family(struct services *s, bdd_ref set, enum family families)
{
	return bdd_and(s->bdd, set, family_set(s, families));
}

static bdd_ref
protocol_set(const struct services *s, unsigned protocol)
{
	return encode_number(s->bdd, s->protocol, protocol);
}

static bdd_ref
has_ports(const struct services *s)
{
	return bdd_or(s->bdd, protocol_set(s, PROTOCOL_TCP),
	    protocol_set(s, PROTOCOL_UDP));
}

/* Ranges as diagrams tell no packet without ports from one with. */
static void
init_every(struct services *s)
{
	bdd_ref wrong = bdd_or(s->bdd,
	    bdd_and(s->bdd, family_set(s, FAMILY_6),
		protocol_set(s, PROTOCOL_ICMP)),
	    bdd_and(s->bdd, family_set(s, FAMILY_4),
		protocol_set(s, PROTOCOL_ICMP6)));

	s->every = bdd_not(s->bdd, wrong);
}

static void
add_types(struct services *s, const char *name, const struct addr_range *four,
    size_t n_four, const struct addr_range *six, size_t n_six)
{
	bdd_ref icmp = bdd_and(s->bdd, protocol_set(s, PROTOCOL_ICMP),
	    encode_ranges(s->bdd, s->type, four, n_four));
	bdd_ref icmp6 = bdd_and(s->bdd, protocol_set(s, PROTOCOL_ICMP6),
	    encode_ranges(s->bdd, s->type, six, n_six));
	struct services_name entry = {name,
	    bdd_or(s->bdd, services_of_family(s, icmp, FAMILY_4),
		services_of_family(s, icmp6, FAMILY_6))};

	vec_push(s->arena, &s->names, entry);
}

/* What passes by itself where conversations do: RFC 792, 4443, 4861. */
static void
init_names(struct services *s)
{
	static const struct addr_range errors4[] = {
	    {{0, 3}, {0, 3}}, {{0, 11}, {0, 12}}};
	static const struct addr_range errors6[] = {{{0, 1}, {0, 4}}};
	static const struct addr_range link6[] = {
	    {{0, 130}, {0, 136}}, {{0, 143}, {0, 143}}};

	add_types(s, "ICMP errors", errors4, 2, errors6, 1);
	add_types(s, "neighbour discovery", NULL, 0, link6, 2);
}

void
services_init(struct services *s, struct arena *arena, struct bdd *bdd)
{
	unsigned next = FIRST_VARIABLE;

	*s = (struct services){.arena = arena, .bdd = bdd};
	slicer_init(&s->slicer, arena, bdd);
	s->family = take(&next, 1);
	s->protocol = take(&next, 8);
	s->target = take(&next, 16);
	s->type = take(&next, 8);
	s->source = take(&next, 16);
	init_every(s);
	init_names(s);
}

static bdd_ref
ranges_of(
    struct services *s, struct field field, const struct slice_piece *piece)
{
	if (piece == NULL || piece->ranges.n == 0)
		return BDD_TRUE;
	return encode_ranges(s->bdd, field, piece->ranges.v, piece->ranges.n);
}

bdd_ref
services_box(struct services *s, const struct services_box *box)
{
	bdd_ref set = family_set(s, box->family);

	set = bdd_and(s->bdd, set, ranges_of(s, s->protocol, box->protocol));
	set = bdd_and(s->bdd, set, ranges_of(s, s->target, box->target));
	set = bdd_and(s->bdd, set, ranges_of(s, s->type, box->type));
	set = bdd_and(s->bdd, set, ranges_of(s, s->source, box->source));
	return bdd_and(s->bdd, set, s->every);
}

static bdd_ref
type_set_of(struct services *s, const struct type_set *types)
{
	struct addr_range v[256];
	size_t n = 0;

	for (unsigned i = 0; i < 256; i++)
		if ((types->bits[i / 64] >> i % 64 & 1) != 0)
			v[n++] = (struct addr_range){{0, i}, {0, i}};
	return encode_ranges(s->bdd, s->type, v, n);
}

static bdd_ref
ports_of(struct services *s, struct field field, const struct port_set *ports)
{
	if (ports->n == 0)
		return BDD_TRUE;
	return bdd_and(
	    s->bdd, has_ports(s), encode_ports(s->bdd, field, ports));
}

static bdd_ref
part_of(struct services *s, const struct service_part *part)
{
	bdd_ref set = family_set(s, part->families);

	if (part->protocol != PROTOCOL_ANY)
		set = bdd_and(
		    s->bdd, set, protocol_set(s, (unsigned)part->protocol));
	if (part->has_types)
		set = bdd_and(s->bdd, set, type_set_of(s, &part->types));
	set = bdd_and(s->bdd, set, ports_of(s, s->target, &part->target));
	return bdd_and(s->bdd, set, ports_of(s, s->source, &part->source));
}

bdd_ref
services_parts(struct services *s, const service_parts *parts, bool any)
{
	bdd_ref set = any ? BDD_TRUE : BDD_FALSE;

	for (size_t i = 0; i < parts->n; i++)
		set = bdd_or(s->bdd, set, part_of(s, &parts->v[i]));
	return bdd_and(s->bdd, set, s->every);
}

bdd_ref
services_minus(struct services *s, bdd_ref a, bdd_ref b)
{
	return bdd_choose(s->bdd, b, BDD_FALSE, a);
}

bool
services_covers(struct services *s, bdd_ref outer, bdd_ref inner)
{
	return services_minus(s, inner, outer) == BDD_FALSE;
}

/* A name for more comes before those for parts of it. */
static void
add_sorted(struct services *s, size_t first, struct services_name entry)
{
	size_t at = first;

	if (entry.set == BDD_FALSE || entry.set == s->every)
		return;
	vec_push(s->arena, &s->names, entry);
	if (s->names.n - first > SORTED_MAX)
		return;
	while (at + 1 < s->names.n &&
	    !services_covers(s, entry.set, s->names.v[at].set))
		at++;
	for (size_t i = s->names.n - 1; i > at; i--)
		s->names.v[i] = s->names.v[i - 1];
	s->names.v[at] = entry;
}

/* One port by one protocol or by several. */
static bool
is_one_port(const struct service *service)
{
	for (size_t i = 0; i < service->parts.n; i++) {
		const struct port_set *ports = &service->parts.v[i].target;
		const struct port_set *first = &service->parts.v[0].target;

		if (ports->n != 1 || ports->v[0].lo != ports->v[0].hi ||
		    ports->v[0].lo != first->v[0].lo)
			return false;
	}
	return service->parts.n != 0;
}

static void
learn_service(struct services *s, size_t first, const struct service *service)
{
	struct services_name entry = {
	    service->name, services_parts(s, &service->parts, false)};

	add_sorted(s, first, entry);
}

static void
learn_policy(struct services *s, size_t first, const struct policy *policy)
{
	for (size_t i = 0; i < policy->services.n; i++) {
		const struct policy_service *own = &policy->services.v[i];
		struct services_name entry = {
		    own->name, services_parts(s, own->parts, own->any)};

		add_sorted(s, first, entry);
	}
}

void
services_learn(struct services *s, const struct policy *const *policies,
    size_t n, const struct catalogue *catalogue)
{
	size_t first = s->names.n;

	for (size_t i = 0; i < n; i++)
		learn_policy(s, first, policies[i]);
	first = s->names.n;
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < policies[i]->services_said.n; j++)
			learn_service(
			    s, first, policies[i]->services_said.v[j]);
	first = s->names.n;
	for (size_t i = 0; i < catalogue->list.n; i++)
		if (is_one_port(catalogue->list.v[i]))
			learn_service(s, first, catalogue->list.v[i]);
}
