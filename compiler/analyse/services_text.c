/*
 * The words for a set of services: names first, the largest of them before the
 * others, then what is left as protocols and ports.
 */
#include "analyse/services.h"

/* RFC 3692 keeps this number free: only `any` has it. */
#define PROTOCOL_UNUSED 253

struct list {
	struct services *services;
	enum family families;
	bdd_ref left; /* what no word has been found for */
	struct buf out;
	const char *protocol; /* that the last entry was of */
	const char *suffix;
};

static bool
meets(struct services *s, bdd_ref a, bdd_ref b)
{
	return bdd_and(s->bdd, a, b) != BDD_FALSE;
}

static void
begin_entry(struct list *list)
{
	if (list->out.n != 0)
		buf_puts(&list->out, ", ");
}

/* NAME as far as it is of FAMILIES, if the set has all of that. */
static void
try_name(struct list *list, bdd_ref set, const struct services_name *name,
    enum family families, const char *suffix)
{
	struct services *s = list->services;
	bdd_ref part = services_of_family(s, name->set, families);

	if (part == BDD_FALSE || !meets(s, part, list->left) ||
	    !services_covers(s, set, part))
		return;
	begin_entry(list);
	buf_printf(&list->out, "%s%s", name->name,
	    part != services_of_family(s, name->set, list->families) ? suffix
								     : "");
	list->left = services_minus(s, list->left, part);
}

static void
put_names(struct list *list, bdd_ref set)
{
	struct services *s = list->services;

	for (size_t i = 0; i < s->names.n && list->left != BDD_FALSE; i++) {
		const struct services_name *name = &s->names.v[i];

		try_name(list, set, name, list->families, "");
		if (list->families != FAMILY_BOTH)
			continue;
		try_name(list, set, name, FAMILY_4, " (IPv4)");
		try_name(list, set, name, FAMILY_6, " (IPv6)");
	}
}

static void
put_range(struct buf *out, struct addr_range range)
{
	buf_printf(out, "%u", (unsigned)range.lo.lo);
	if (range.lo.lo != range.hi.lo)
		buf_printf(out, "-%u", (unsigned)range.hi.lo);
}

static void
put_ranges(struct list *list, const char *protocol,
    const struct slice_piece *piece, uint64_t max)
{
	bool all = piece->ranges.n == 1 && piece->ranges.v[0].lo.lo == 0 &&
	    piece->ranges.v[0].hi.lo == max;

	for (size_t i = 0; i < piece->ranges.n; i++) {
		begin_entry(list);
		if (i == 0)
			buf_printf(&list->out, "%s ", protocol);
		if (all)
			buf_puts(&list->out, "any");
		else
			put_range(&list->out, piece->ranges.v[i]);
	}
}

static void
put_source(struct list *list, const struct slice_piece *source)
{
	if (source->ranges.n == 1 && source->ranges.v[0].lo.lo == 0 &&
	    source->ranges.v[0].hi.lo == UINT16_MAX)
		return;
	buf_puts(&list->out, " from port ");
	for (size_t i = 0; i < source->ranges.n; i++) {
		if (i != 0)
			buf_puts(&list->out, ", ");
		put_range(&list->out, source->ranges.v[i]);
	}
}

/* SET asks for ports alone. */
static void
put_ports(struct list *list, const char *protocol, bdd_ref set)
{
	struct services *s = list->services;
	slice_pieces targets, sources, types;

	slice_cut(&s->slicer, set, s->target, &targets);
	for (size_t i = 0; i < targets.n; i++) {
		if (targets.v[i].rest == BDD_FALSE)
			continue;
		slice_cut(&s->slicer, targets.v[i].rest, s->type, &types);
		slice_cut(&s->slicer, types.v[0].rest, s->source, &sources);
		put_ranges(list, protocol, &targets.v[i], UINT16_MAX);
		for (size_t j = 0; j < sources.n; j++)
			if (sources.v[j].rest != BDD_FALSE)
				put_source(list, &sources.v[j]);
		buf_puts(&list->out, list->suffix);
	}
}

static void
put_types(struct list *list, const char *protocol, bdd_ref set)
{
	struct services *s = list->services;
	slice_pieces types;

	slice_cut(&s->slicer, set, s->type, &types);
	for (size_t i = 0; i < types.n; i++) {
		if (types.v[i].rest == BDD_FALSE)
			continue;
		put_ranges(list, protocol, &types.v[i], UINT8_MAX);
		buf_puts(&list->out, list->suffix);
	}
}

static void
put_protocol(struct list *list, unsigned protocol, bdd_ref set)
{
	switch (protocol) {
	case PROTOCOL_TCP:
		put_ports(list, "tcp", set);
		return;
	case PROTOCOL_UDP:
		put_ports(list, "udp", set);
		return;
	case PROTOCOL_ICMP:
		put_types(list, "icmp", set);
		return;
	case PROTOCOL_ICMP6:
		put_types(list, "icmp6", set);
		return;
	default:
		begin_entry(list);
		buf_printf(&list->out, "proto %u%s", protocol, list->suffix);
	}
}

static void
put_protocols(struct list *list, const struct slice_piece *piece)
{
	for (size_t i = 0; i < piece->ranges.n; i++) {
		struct addr_range range = piece->ranges.v[i];

		if (range.lo.lo == range.hi.lo) {
			put_protocol(list, (unsigned)range.lo.lo, piece->rest);
			continue;
		}
		begin_entry(list);
		buf_puts(&list->out, "proto ");
		put_range(&list->out, range);
		buf_puts(&list->out, list->suffix);
	}
}

/* SET does not ask for the family any more. */
static void
put_raw(struct list *list, bdd_ref set, const char *suffix)
{
	struct services *s = list->services;
	slice_pieces protocols;

	list->suffix = suffix;
	slice_cut(&s->slicer, set, s->protocol, &protocols);
	for (size_t i = 0; i < protocols.n; i++)
		if (protocols.v[i].rest != BDD_FALSE)
			put_protocols(list, &protocols.v[i]);
}

static bdd_ref
without_family(struct services *s, bdd_ref set, enum family family)
{
	struct slice_known known;

	slice_know_nothing(&known);
	slice_know(&known, s->family, family == FAMILY_6);
	return slice_fix(&s->slicer, set, &known);
}

static void
put_rest(struct list *list)
{
	struct services *s = list->services;
	bdd_ref four = without_family(s, list->left, FAMILY_4);
	bdd_ref six = without_family(s, list->left, FAMILY_6);
	bdd_ref both = bdd_and(s->bdd, four, six);

	if (list->families != FAMILY_BOTH) {
		put_raw(list, list->families == FAMILY_4 ? four : six, "");
		return;
	}
	put_raw(list, both, "");
	put_raw(list, services_minus(s, four, both), " (IPv4)");
	put_raw(list, services_minus(s, six, both), " (IPv6)");
}

static const char *list_text(
    struct services *s, bdd_ref set, enum family families);

/* All ports but a few: those that nobody uses are among them. */
static void
put_nearly_all(struct list *list, unsigned protocol, const char *word)
{
	struct services *s = list->services;
	bdd_ref all = bdd_and(s->bdd,
	    services_of_family(s, s->every, list->families),
	    encode_number(s->bdd, s->protocol, protocol));
	bdd_ref ends = bdd_or(s->bdd, encode_number(s->bdd, s->target, 0),
	    encode_number(s->bdd, s->target, UINT16_MAX));
	bdd_ref missing = services_minus(s, all, list->left);

	if (!services_covers(s, list->left, bdd_and(s->bdd, all, ends)))
		return;
	begin_entry(list);
	buf_printf(&list->out, "%s any", word);
	list->left = services_minus(s, list->left, all);
	if (missing != BDD_FALSE)
		buf_printf(&list->out, " but (%s)",
		    list_text(s, missing, list->families));
}

static const char *
list_text(struct services *s, bdd_ref set, enum family families)
{
	struct list list = {.services = s, .families = families, .left = set};

	buf_init(&list.out, s->arena);
	put_nearly_all(&list, PROTOCOL_TCP, "tcp");
	put_nearly_all(&list, PROTOCOL_UDP, "udp");
	put_names(&list, set);
	if (list.left != BDD_FALSE)
		put_rest(&list);
	return list.out.p;
}

/* Is it all but a few? */
static bool
is_open_ended(struct services *s, bdd_ref set, enum family families)
{
	bdd_ref unused = bdd_and(s->bdd,
	    encode_number(s->bdd, s->protocol, PROTOCOL_UNUSED),
	    services_of_family(s, BDD_TRUE, families));

	return services_covers(s, set, unused);
}

const char *
services_text(struct services *s, bdd_ref set, enum family families)
{
	bdd_ref every = services_of_family(s, s->every, families);

	set = bdd_and(s->bdd, set, every);
	if (set == every)
		return "any";
	if (set == BDD_FALSE)
		return "nothing";
	if (!is_open_ended(s, set, families))
		return list_text(s, set, families);
	return arena_printf(s->arena, "any but %s",
	    list_text(s, services_minus(s, every, set), families));
}
