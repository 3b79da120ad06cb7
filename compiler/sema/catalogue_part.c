/*
 * The parts of a service, in the short form ("tcp: 22" in the service itself)
 * and the long one (an entry of "parts", with source ports, groups and
 * exchanges).
 */
#include <string.h>

#include "sema/catalogue_read.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* Far above any real service, far below what would fill the memory. */
#define PARTS_MAX 32
#define GROUPS_MAX 32

/* Alike in all but ports and types. */
static bool
parts_alike(const struct service_part *a, const struct service_part *b)
{
	return a->protocol == b->protocol && a->families == b->families &&
	    a->exchange == b->exchange && a->group == b->group &&
	    a->broadcast == b->broadcast && a->has_types == b->has_types &&
	    (a->target.n == 0) == (b->target.n == 0) &&
	    port_set_equal(&a->source, &b->source) &&
	    addr_set_equal(&a->groups, &b->groups);
}

bool
catalogue_add_part(
    struct arena *arena, service_parts *parts, const struct service_part *part)
{
	for (size_t i = 0; i < parts->n; i++) {
		struct service_part *old = &parts->v[i];

		if (!parts_alike(old, part))
			continue;
		if (!port_set_covers(&old->target, &part->target))
			old->target = port_set_union(
			    arena, &old->target, &part->target);
		for (size_t j = 0; j < LENGTH(old->types.bits); j++)
			old->types.bits[j] |= part->types.bits[j];
		return old->target.n <= CATALOGUE_RANGES_MAX;
	}
	if (parts->n >= PARTS_MAX)
		return false;
	vec_push(arena, parts, *part);
	return true;
}

static void
add_part(const struct catalogue_reader *reader, const struct yaml_node *node,
    service_parts *parts, const struct service_part *part)
{
	if (!catalogue_add_part(reader->yaml.arena, parts, part))
		catalogue_report_limit(reader, node);
}

static void
read_value(const struct catalogue_reader *reader, size_t key,
    const struct yaml_node *value, service_parts *parts)
{
	struct service_part part = {.span = value->span};

	if (catalogue_read_traffic(reader, key, value, &part))
		add_part(reader, value, parts, &part);
}

/* "proto: [esp, ah]" is two parts; a list of ports or types is one. */
static void
read_protocols(const struct catalogue_reader *reader, size_t key,
    const struct yaml_node *list, service_parts *parts)
{
	if (yaml_item_count(list) == 0)
		yaml_expect(&reader->yaml, list, YAML_TEXT, "a protocol");
	for (size_t i = 0; i < yaml_item_count(list); i++)
		read_value(reader, key, yaml_item(list, i), parts);
}

void
catalogue_read_short(const struct catalogue_reader *reader,
    const struct yaml_node *map, service_parts *parts)
{
	for (size_t i = 0; i < CATALOGUE_PROTOCOL_KEYS; i++) {
		const char *key = catalogue_protocol_key(i);
		const struct yaml_node *value = yaml_get(map, key);

		if (value != NULL && strcmp(key, "proto") == 0)
			read_protocols(reader, i, value, parts);
		else if (value != NULL)
			read_value(reader, i, value, parts);
	}
}

static bool
report_part(
    const struct catalogue_reader *reader, struct span span, const char *text)
{
	diag_add(reader->yaml.diags, E_CATALOGUE_PART, span, "%s", text);
	return false;
}

/* Of several words the index of the one that is written. */
static bool
read_word(const struct catalogue_reader *reader, const struct yaml_node *node,
    const char *what, const char *const *words, size_t n, size_t *index)
{
	struct diag *diag;

	if (!yaml_expect(&reader->yaml, node, YAML_TEXT, what))
		return false;
	for (*index = 0; *index < n; ++*index) {
		if (strcmp(node->text, words[*index]) == 0)
			return true;
	}
	diag = diag_add(reader->yaml.diags, E_YAML_KIND, node->span,
	    "%s cannot be '%.40s'", what, node->text);
	for (size_t i = 0; i < n; i++)
		diag_help(reader->yaml.diags, diag, "it may be '%s'", words[i]);
	return false;
}

static bool
read_family(const struct catalogue_reader *reader, const struct yaml_node *node,
    struct service_part *part)
{
	static const char *const words[] = {"ipv4", "ipv6"};
	static const enum family families[] = {FAMILY_4, FAMILY_6};
	size_t index;

	if (!read_word(reader, node, "a family", words, LENGTH(words), &index))
		return false;
	if ((part->families & families[index]) == 0)
		return report_part(reader, node->span,
		    "the protocol of this part belongs to the other family");
	part->families = families[index];
	return true;
}

static bool
read_exchange(const struct catalogue_reader *reader,
    const struct yaml_node *node, struct service_part *part)
{
	static const char *const words[] = {"client", "server", "peer"};
	static const enum exchange exchanges[] = {
	    EXCHANGE_CLIENT, EXCHANGE_SERVER, EXCHANGE_PEER};
	size_t index;

	if (!read_word(
		reader, node, "an exchange", words, LENGTH(words), &index))
		return false;
	if (part->protocol == PROTOCOL_TCP)
		return report_part(reader, node->span,
		    "TCP always fits a state, so it is never an exchange");
	part->exchange = exchanges[index];
	return true;
}

static bool
read_sources(const struct catalogue_reader *reader,
    const struct yaml_node *node, struct service_part *part)
{
	if (part->protocol != PROTOCOL_TCP && part->protocol != PROTOCOL_UDP)
		return report_part(
		    reader, node->span, "only TCP and UDP have ports");
	return catalogue_read_ports(reader, node, &part->source);
}

/* Multicast of either family, and the limited broadcast address. */
static bool
is_group(enum family family, const struct addr_range *range)
{
	const uint64_t everyone = UINT32_MAX;

	if (family == FAMILY_6)
		return range->lo.hi >> 56 == 0xff;
	return (range->lo.lo >> 28 == 0xe && range->hi.lo >> 28 == 0xe) ||
	    (range->lo.lo == everyone && range->hi.lo == everyone);
}

static bool
read_group(const struct catalogue_reader *reader, const struct yaml_node *node,
    struct service_part *part)
{
	struct arena *arena = reader->yaml.arena;
	struct addr_range range;
	struct addr_set one;
	enum family family;
	int length;

	if (!yaml_expect(&reader->yaml, node, YAML_TEXT, "a group"))
		return false;
	if (addr_parse(node->text, strlen(node->text), &family, &range,
		&length) != ADDR_OK ||
	    !is_group(family, &range))
		return report_part(reader, node->span,
		    "this is not a multicast address or 255.255.255.255");
	if ((part->families & family) == 0)
		return report_part(reader, node->span,
		    "this group is not of the part's family");
	one = addr_set_of(arena, family, range);
	part->groups = addr_set_union(arena, &part->groups, &one);
	part->group = true;
	return true;
}

static bool
read_groups(const struct catalogue_reader *reader, const struct yaml_node *node,
    struct service_part *part)
{
	size_t n = yaml_item_count(node);
	bool ok = n > 0;

	if (n > GROUPS_MAX)
		return catalogue_report_limit(reader, node);
	if (n == 0)
		yaml_expect(&reader->yaml, node, YAML_TEXT, "a group");
	for (size_t i = 0; i < n; i++)
		ok = read_group(reader, yaml_item(node, i), part) && ok;
	return ok;
}

static bool
read_broadcast(const struct catalogue_reader *reader,
    const struct yaml_node *node, struct service_part *part)
{
	if (!yaml_boolean(&reader->yaml, node, "broadcast", &part->broadcast))
		return false;
	if (part->broadcast && (part->families & FAMILY_4) == 0)
		return report_part(reader, node->span, "IPv6 has no broadcast");
	part->group = part->group || part->broadcast;
	return true;
}

/* In this order: the family must be settled before the groups. */
static const struct part_key {
	const char *key;
	bool (*read)(const struct catalogue_reader *reader,
	    const struct yaml_node *node, struct service_part *part);
} part_keys[] = {
    {"from-ports", read_sources},
    {"family", read_family},
    {"exchange", read_exchange},
    {"groups", read_groups},
    {"broadcast", read_broadcast},
};

static void
check_part_keys(
    const struct catalogue_reader *reader, const struct yaml_node *map)
{
	const char *keys[CATALOGUE_PROTOCOL_KEYS + LENGTH(part_keys)];
	size_t n = 0;

	for (size_t i = 0; i < CATALOGUE_PROTOCOL_KEYS; i++)
		keys[n++] = catalogue_protocol_key(i);
	for (size_t i = 0; i < LENGTH(part_keys); i++)
		keys[n++] = part_keys[i].key;
	yaml_check_keys(&reader->yaml, map, keys, n);
}

/* The one protocol key of a part. */
static bool
read_part_protocol(const struct catalogue_reader *reader,
    const struct yaml_node *map, struct service_part *part)
{
	const struct yaml_node *value = NULL;
	size_t n = 0, key = 0;

	for (size_t i = 0; i < CATALOGUE_PROTOCOL_KEYS; i++) {
		const struct yaml_node *found = yaml_get(
		    map, catalogue_protocol_key(i));

		if (found != NULL) {
			value = found;
			key = i;
			n++;
		}
	}
	if (n != 1)
		return report_part(reader, map->span,
		    "a part has one of tcp, udp, icmp, icmp6 and proto");
	return catalogue_read_traffic(reader, key, value, part);
}

void
catalogue_read_part(const struct catalogue_reader *reader,
    const struct yaml_node *map, service_parts *parts)
{
	struct service_part part = {.span = map->span};
	size_t n_errors = reader->yaml.diags->n_errors;

	if (!yaml_expect(&reader->yaml, map, YAML_MAP, "a part"))
		return;
	check_part_keys(reader, map);
	if (!read_part_protocol(reader, map, &part))
		return;
	for (size_t i = 0; i < LENGTH(part_keys); i++) {
		const struct yaml_node *value = yaml_get(map, part_keys[i].key);

		if (value != NULL)
			part_keys[i].read(reader, value, &part);
	}
	if (reader->yaml.diags->n_errors == n_errors)
		add_part(reader, map, parts, &part);
}
