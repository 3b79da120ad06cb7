/*
 * Rows, put together family by family and zone by zone.
 */
#include <string.h>

#include "analyse/rows.h"
#include "eval/packet.h"

#define USUAL_PORT 80
#define USUAL_SOURCE_PORT 40000
#define USUAL_TYPE 8

static void
usual_address(const struct space *space, const struct addr_set *all,
    struct field field, uint64_t host, uint8_t *bits)
{
	const struct addr_ranges *ranges = addr_set_ranges(all, space->family);
	struct addr addr = {0, UINT64_C(0xc6336400) + host};

	if (space->family == FAMILY_6)
		addr = (struct addr){UINT64_C(0x20010db800090000), host};
	if (!addr_set_contains(all, space->family, addr) && ranges->n != 0) {
		addr = ranges->v[0].lo;
		addr.lo |= host;
	}
	field_write(field, addr, bits);
}

/* A SYN for the web, between hosts that the zones have. */
static void
usual(const struct space *space, const struct flow_place *place, uint8_t *bits)
{
	field_write(space->protocol, (struct addr){0, PROTOCOL_TCP}, bits);
	field_write(space->target_port, (struct addr){0, USUAL_PORT}, bits);
	field_write(
	    space->source_port, (struct addr){0, USUAL_SOURCE_PORT}, bits);
	field_write(space->type, (struct addr){0, USUAL_TYPE}, bits);
	usual_address(space, &place->source, space->source, 7, bits);
	usual_address(space, &place->target, space->target, 9, bits);
}

static void
choose_witness(const struct space *space, const struct flow_place *place,
    const struct flow_box *box, struct flow_row *row)
{
	uint8_t bits[BDD_VARIABLES_MAX] = {0};
	struct flow *flow = &row->witness;

	usual(space, place, bits);
	if (!bdd_satisfy(space->bdd, box->packets, bits))
		return;
	flow->family = space->family;
	flow->protocol = (int)field_read(space->protocol, bits).lo;
	flow->source = field_read(space->source, bits);
	flow->target = field_read(space->target, bits);
	flow->type = (unsigned)field_read(space->type, bits).lo;
	flow->source_port = (uint16_t)field_read(space->source_port, bits).lo;
	flow->target_port = (uint16_t)field_read(space->target_port, bits).lo;
	row->witness_from = place->from_word;
	row->witness_to = place->to_word;
}

struct collecting {
	struct arena *arena;
	row_outcomes *out;
};

void
row_add_outcome(struct arena *arena, row_outcomes *list, uint32_t id)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == id)
			return;
	vec_push(arena, list, id);
}

static uint32_t
collect(void *context, uint32_t value)
{
	struct collecting *c = context;

	if (value != BOXES_NO_VALUE)
		row_add_outcome(c->arena, c->out, value);
	return 0;
}

/* All values of DECIDED among the packets of BOX. */
static void
find_outcomes(const struct boxes_cutter *cutter, const struct flow_box *box,
    bdd_ref decided, row_outcomes *out)
{
	struct bdd *bdd = cutter->space->bdd;
	struct collecting c = {cutter->arena, out};

	slice_map(cutter->slicer,
	    bdd_choose(
		bdd, box->packets, decided, bdd_value(bdd, BOXES_NO_VALUE)),
	    collect, &c);
}

/* fe80::/10, and the groups of IPv6. */
static bool
is_link(struct arena *arena, const struct flow_row *row)
{
	static struct addr_range ranges[] = {
	    {{UINT64_C(0xfe80) << 48, 0},
		{UINT64_C(0xfebfffffffffffff), UINT64_MAX}},
	    {{UINT64_C(0xff) << 56, 0}, {UINT64_MAX, UINT64_MAX}}};
	struct addr_set link = {.v6 = {ranges, 2}};

	(void)arena;
	return row->families == FAMILY_6 &&
	    addr_set_covers(&link, &row->target);
}

/* What of SET there can be; SET itself if that is nothing. */
static struct addr_set
within(
    struct arena *arena, const struct addr_set *set, const struct addr_set *all)
{
	struct addr_set part = addr_set_intersect(arena, set, all);

	return addr_set_empty(&part) ? *set : part;
}

void
rows_add(const struct boxes_cutter *cutter, const struct flow_place *place,
    const flow_boxes *boxes, const bdd_ref decided[2], flow_rows *out)
{
	struct arena *arena = cutter->arena;

	for (size_t i = 0; i < boxes->n; i++) {
		const struct flow_box *box = &boxes->v[i];
		struct flow_row row = {
		    .value = box->value,
		    .families = box->family,
		    .one_family = box->family != place->families,
		    .services = box->services,
		    .all_source = place->all_source,
		    .all_target = place->all_target,
		    .rank = place->rank,
		    .further = place->further,
		    .midway = place->midway,
		};

		row.source = within(arena, &box->source, &place->source);
		row.target = within(arena, &box->target, &place->target);
		row.further |= is_link(arena, &row);
		vec_push(arena, &row.from, place->from);
		vec_push(arena, &row.to, place->to);
		choose_witness(cutter->space, place, box, &row);
		find_outcomes(cutter, box, decided[0], &row.before);
		find_outcomes(cutter, box, decided[1], &row.after);
		vec_push(arena, out, row);
	}
}

static bool
is_all(struct arena *arena, const struct addr_set *set,
    const struct addr_set *all, enum family families)
{
	struct addr_set missing = addr_set_subtract(arena, all, set);

	return (addr_set_families(&missing) & families) == 0;
}

bool
row_all_sources(struct arena *arena, const struct flow_row *row)
{
	return is_all(arena, &row->source, &row->all_source, row->families);
}

bool
row_all_targets(struct arena *arena, const struct flow_row *row)
{
	return is_all(arena, &row->target, &row->all_target, row->families);
}

static void
put_end(struct buf *out, const struct flow_row *row, const char *name, bool all,
    struct addr addr, uint16_t port)
{
	buf_puts(out, name);
	if (strcmp(name, "self") != 0 || row->further || !all) {
		buf_putc(out, ' ');
		addr_format(out, row->witness.family, addr);
	}
	if (port != 0)
		buf_printf(out, " port %u", port);
}

const char *
row_witness_text(struct arena *arena, const struct flow_row *row)
{
	const struct flow *w = &row->witness;
	bool ports = w->protocol == PROTOCOL_TCP || w->protocol == PROTOCOL_UDP;
	struct buf out;

	buf_init(&out, arena);
	packet_write_protocol(&out, (unsigned)w->protocol);
	if (w->protocol == PROTOCOL_ICMP || w->protocol == PROTOCOL_ICMP6)
		buf_printf(&out, " %u", w->type);
	buf_puts(&out, " from ");
	put_end(&out, row, row->witness_from, row_all_sources(arena, row),
	    w->source,
	    ports && w->source_port != USUAL_SOURCE_PORT ? w->source_port : 0);
	buf_puts(&out, " to ");
	put_end(&out, row, row->witness_to, row_all_targets(arena, row),
	    w->target, ports ? w->target_port : 0);
	if (row->midway)
		buf_puts(&out, " flags A");
	return out.p;
}
