/*
 * Services first: those that leave the same question about addresses behind
 * are one.  Then targets, sources, source ports; and what differs in one of
 * them alone is put together again.
 */
#include "analyse/boxes.h"

/* Services that are treated alike. */
struct group {
	bdd_ref rest;	  /* a question about addresses and source port */
	bdd_ref services; /* without source port */
	bdd_ref packets;
};

struct cutting {
	const struct boxes_cutter *cutter;
	VEC(struct group) groups;
	flow_boxes *out;
	size_t first; /* of this cutting's boxes */
};

static bdd_ref
encode(const struct cutting *c, struct field field,
    const struct slice_piece *piece)
{
	return encode_ranges(
	    c->cutter->space->bdd, field, piece->ranges.v, piece->ranges.n);
}

static void
add_group(struct cutting *c, const struct services_box *box, bdd_ref rest)
{
	const struct space *space = c->cutter->space;
	struct bdd *bdd = space->bdd;
	struct group group = {.rest = rest};
	bdd_ref packets = encode(c, space->protocol, box->protocol);

	packets = bdd_and(
	    bdd, packets, encode(c, space->target_port, box->target));
	packets = bdd_and(bdd, packets, encode(c, space->type, box->type));
	group.services = services_box(c->cutter->services, box);
	group.packets = packets;
	for (size_t i = 0; i < c->groups.n; i++) {
		struct group *known = &c->groups.v[i];

		if (known->rest != rest)
			continue;
		known->services = bdd_or(bdd, known->services, group.services);
		known->packets = bdd_or(bdd, known->packets, group.packets);
		return;
	}
	vec_push(c->cutter->arena, &c->groups, group);
}

static bool
is_nothing(const struct cutting *c, bdd_ref function)
{
	return function == bdd_value(c->cutter->space->bdd, BOXES_NO_VALUE);
}

static void
cut_services(struct cutting *c, bdd_ref function)
{
	const struct space *space = c->cutter->space;
	struct slicer *slicer = c->cutter->slicer;
	slice_pieces protocols, ports, types;

	slice_cut(slicer, function, space->protocol, &protocols);
	for (size_t i = 0; i < protocols.n; i++) {
		struct services_box box = {
		    .family = space->family, .protocol = &protocols.v[i]};

		slice_cut(
		    slicer, box.protocol->rest, space->target_port, &ports);
		for (size_t j = 0; j < ports.n; j++) {
			box.target = &ports.v[j];
			slice_cut(
			    slicer, box.target->rest, space->type, &types);
			for (size_t k = 0; k < types.n; k++) {
				box.type = &types.v[k];
				if (!is_nothing(c, box.type->rest))
					add_group(c, &box, box.type->rest);
			}
		}
	}
}

static struct addr_set
set_of(const struct cutting *c, const struct slice_piece *piece)
{
	struct addr_ranges ranges = {piece->ranges.v, piece->ranges.n};
	struct addr_set set = {.v4 = {NULL, 0}};

	if (c->cutter->space->family == FAMILY_4)
		set.v4 = ranges;
	else
		set.v6 = ranges;
	return set;
}

/* A box that differs from BOX in its services alone, or BOX itself. */
static void
add_box(struct cutting *c, const struct flow_box *box)
{
	struct bdd *bdd = c->cutter->space->bdd;

	for (size_t i = c->first; i < c->out->n; i++) {
		struct flow_box *known = &c->out->v[i];

		if (known->value != box->value ||
		    !addr_set_equal(&known->target, &box->target) ||
		    !addr_set_equal(&known->source, &box->source))
			continue;
		known->services = bdd_or(bdd, known->services, box->services);
		known->packets = bdd_or(bdd, known->packets, box->packets);
		return;
	}
	vec_push(c->cutter->arena, c->out, *box);
}

/* SOURCE leaves a question about the source port alone. */
static void
cut_source_ports(struct cutting *c, const struct group *group,
    const struct slice_piece *source, struct flow_box box)
{
	const struct space *space = c->cutter->space;
	bdd_ref packets = box.packets;
	slice_pieces ports;

	slice_cut(c->cutter->slicer, source->rest, space->source_port, &ports);
	for (size_t i = 0; i < ports.n; i++) {
		struct services_box from = {
		    .family = space->family, .source = &ports.v[i]};
		struct bdd_question question;

		if (is_nothing(c, ports.v[i].rest))
			continue;
		bdd_look(space->bdd, ports.v[i].rest, &question, &box.value);
		box.services = bdd_and(space->bdd, group->services,
		    services_box(c->cutter->services, &from));
		box.packets = bdd_and(space->bdd, packets,
		    encode(c, space->source_port, &ports.v[i]));
		add_box(c, &box);
	}
}

static void
cut_addresses(struct cutting *c, const struct group *group)
{
	const struct space *space = c->cutter->space;
	struct flow_box box = {.family = space->family};
	slice_pieces targets, sources;

	slice_cut(c->cutter->slicer, group->rest, space->target, &targets);
	for (size_t i = 0; i < targets.n; i++) {
		if (is_nothing(c, targets.v[i].rest))
			continue;
		slice_cut(c->cutter->slicer, targets.v[i].rest, space->source,
		    &sources);
		for (size_t j = 0; j < sources.n; j++) {
			if (is_nothing(c, sources.v[j].rest))
				continue;
			box.target = set_of(c, &targets.v[i]);
			box.source = set_of(c, &sources.v[j]);
			box.packets = bdd_and(space->bdd, group->packets,
			    bdd_and(space->bdd,
				encode(c, space->target, &targets.v[i]),
				encode(c, space->source, &sources.v[j])));
			cut_source_ports(c, group, &sources.v[j], box);
		}
	}
}

/* Take box AT out by adding its hosts to those of box INTO. */
static void
join(struct cutting *c, size_t into, size_t at)
{
	struct arena *arena = c->cutter->arena;
	struct flow_box *a = &c->out->v[into], *b = &c->out->v[at];

	a->target = addr_set_union(arena, &a->target, &b->target);
	a->source = addr_set_union(arena, &a->source, &b->source);
	a->packets = bdd_or(c->cutter->space->bdd, a->packets, b->packets);
	for (size_t i = at; i + 1 < c->out->n; i++)
		c->out->v[i] = c->out->v[i + 1];
	c->out->n--;
}

static bool
joins(const struct flow_box *a, const struct flow_box *b)
{
	return a->value == b->value && a->services == b->services &&
	    (addr_set_equal(&a->target, &b->target) ||
		addr_set_equal(&a->source, &b->source));
}

static void
join_hosts(struct cutting *c)
{
	for (size_t i = c->first; i < c->out->n; i++)
		for (size_t j = i + 1; j < c->out->n; j++)
			if (joins(&c->out->v[i], &c->out->v[j]))
				join(c, i, j--);
}

void
boxes_cut(const struct boxes_cutter *cutter, bdd_ref function, flow_boxes *out)
{
	struct cutting c = {.cutter = cutter, .out = out, .first = out->n};

	cut_services(&c, function);
	for (size_t i = 0; i < c.groups.n; i++)
		cut_addresses(&c, &c.groups.v[i]);
	join_hosts(&c);
}

struct addr_set
boxes_addresses(
    const struct boxes_cutter *cutter, bdd_ref set, struct field field)
{
	struct cutting c = {.cutter = cutter};
	slice_pieces pieces;

	slice_cut(cutter->slicer, set, field, &pieces);
	for (size_t i = 0; i < pieces.n; i++)
		if (pieces.v[i].rest == BDD_TRUE)
			return set_of(&c, &pieces.v[i]);
	return (struct addr_set){.v4 = {NULL, 0}};
}
