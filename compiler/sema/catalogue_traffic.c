/*
 * The protocol of a part with its ports or types: "tcp: 22", "icmp: [0, 8]",
 * "proto: gre".
 */
#include <string.h>

#include "sema/catalogue_read.h"

#define PORT_MAX 65535u

static bool
report_port(const struct catalogue_reader *reader, const struct yaml_node *node)
{
	struct diags *diags = reader->yaml.diags;
	struct diag *diag = diag_add(diags, E_CATALOGUE_NUMBER, node->span,
	    "'%.40s' is not a port or a range of ports", node->text);

	diag_help(diags, diag,
	    "ports are numbers from 1 to %u, ranges are written 137-139",
	    PORT_MAX);
	return false;
}

static bool
read_port_range(const struct catalogue_reader *reader,
    const struct yaml_node *node, struct port_range *range)
{
	const char *text = node->text;
	const char *dash = strchr(text, '-');
	size_t length = dash != NULL ? (size_t)(dash - text) : strlen(text);
	unsigned lo = 0, hi = 0;

	if (!yaml_number(text, length, PORT_MAX, &lo))
		return report_port(reader, node);
	hi = lo;
	if (dash != NULL &&
	    !yaml_number(dash + 1, strlen(dash + 1), PORT_MAX, &hi))
		return report_port(reader, node);
	if (lo == 0 || hi < lo)
		return report_port(reader, node);
	*range = (struct port_range){(uint16_t)lo, (uint16_t)hi};
	return true;
}

static bool
is_listed(const struct port_set *set, struct port_range range)
{
	for (size_t i = 0; i < set->n; i++) {
		if (range.lo <= set->v[i].hi && range.hi >= set->v[i].lo)
			return true;
	}
	return false;
}

static bool
read_port(const struct catalogue_reader *reader, const struct yaml_node *node,
    struct port_set *set)
{
	const struct yaml *yaml = &reader->yaml;
	struct port_range range;
	struct port_set one;

	if (!yaml_expect(yaml, node, YAML_TEXT, "a port") ||
	    !read_port_range(reader, node, &range))
		return false;
	if (is_listed(set, range)) {
		diag_add(yaml->diags, E_CATALOGUE_NUMBER, node->span,
		    "'%s' is already in this list", node->text);
		return false;
	}
	one = port_set_of(yaml->arena, range.lo, range.hi);
	*set = port_set_union(yaml->arena, set, &one);
	return true;
}

bool
catalogue_report_limit(
    const struct catalogue_reader *reader, const struct yaml_node *node)
{
	diag_add(reader->yaml.diags, E_YAML_LIMIT, node->span,
	    "more than a service may have");
	return false;
}

bool
catalogue_read_ports(const struct catalogue_reader *reader,
    const struct yaml_node *node, struct port_set *set)
{
	size_t n = yaml_item_count(node);
	bool ok = n > 0;

	if (n > CATALOGUE_RANGES_MAX)
		return catalogue_report_limit(reader, node);
	if (n == 0)
		yaml_expect(&reader->yaml, node, YAML_TEXT, "a port");
	for (size_t i = 0; i < n; i++)
		ok = read_port(reader, yaml_item(node, i), set) && ok;
	return ok;
}

/* A number of eight bits, or a name from NAMES. */
static bool
read_named(const struct catalogue_reader *reader, const struct yaml_node *node,
    const char *what, const struct map *names, unsigned *number)
{
	const struct number_name *entry;

	if (!yaml_expect(&reader->yaml, node, YAML_TEXT, what))
		return false;
	if (yaml_number(node->text, strlen(node->text), UINT8_MAX, number))
		return true;
	entry = map_get(names, node->text);
	if (entry == NULL)
		return catalogue_report_unknown(reader, node, what, names);
	*number = entry->number;
	return true;
}

static bool
read_type(const struct catalogue_reader *reader, const struct yaml_node *node,
    struct service_part *part)
{
	bool six = part->protocol == PROTOCOL_ICMP6;
	const struct map *names = six ? &reader->catalogue->icmp6_types
				      : &reader->catalogue->icmp_types;
	unsigned type = 0;

	if (!read_named(reader, node, "ICMP type", names, &type))
		return false;
	if (!six && type > ICMP_TYPE_MAX) {
		diag_add(reader->yaml.diags, E_CATALOGUE_NUMBER, node->span,
		    "ICMP type %u cannot be filtered: ipfw knows types up to "
		    "%d",
		    type, ICMP_TYPE_MAX);
		return false;
	}
	part->types.bits[type / 64] |= UINT64_C(1) << type % 64;
	return true;
}

static bool
read_types(const struct catalogue_reader *reader, const struct yaml_node *node,
    struct service_part *part)
{
	size_t n = yaml_item_count(node);
	bool ok = n > 0;

	if (n == 0)
		yaml_expect(&reader->yaml, node, YAML_TEXT, "an ICMP type");
	for (size_t i = 0; i < n; i++)
		ok = read_type(reader, yaml_item(node, i), part) && ok;
	part->has_types = true;
	return ok;
}

static bool
read_protocol(const struct catalogue_reader *reader,
    const struct yaml_node *node, struct service_part *part)
{
	unsigned number = 0;

	if (!read_named(reader, node, "protocol", &reader->catalogue->protocols,
		&number))
		return false;
	if (number == 0) {
		diag_add(reader->yaml.diags, E_CATALOGUE_NUMBER, node->span,
		    "a protocol is a number from 1 to %u", UINT8_MAX);
		return false;
	}
	if (protocol_families(number) == FAMILY_NONE) {
		diag_add(reader->yaml.diags, E_CATALOGUE_NUMBER, node->span,
		    "protocol %u is an option header of IPv6", number);
		return false;
	}
	part->protocol = (int)number;
	part->families = protocol_families(number);
	return true;
}

static const struct protocol_key {
	const char *key;
	enum protocol protocol; /* PROTOCOL_ANY: the value says which */
	enum family families;
} protocol_keys[CATALOGUE_PROTOCOL_KEYS] = {
    {"tcp", PROTOCOL_TCP, FAMILY_BOTH},
    {"udp", PROTOCOL_UDP, FAMILY_BOTH},
    {"icmp", PROTOCOL_ICMP, FAMILY_4},
    {"icmp6", PROTOCOL_ICMP6, FAMILY_6},
    {"proto", PROTOCOL_ANY, FAMILY_BOTH},
};

const char *
catalogue_protocol_key(size_t index)
{
	return protocol_keys[index].key;
}

bool
catalogue_read_traffic(const struct catalogue_reader *reader, size_t index,
    const struct yaml_node *value, struct service_part *part)
{
	const struct protocol_key *key = &protocol_keys[index];

	part->protocol = key->protocol;
	part->families = key->families;
	switch (key->protocol) {
	case PROTOCOL_TCP:
	case PROTOCOL_UDP:
		return catalogue_read_ports(reader, value, &part->target);
	case PROTOCOL_ICMP:
	case PROTOCOL_ICMP6:
		return read_types(reader, value, part);
	case PROTOCOL_ANY:
		return read_protocol(reader, value, part);
	}
	return false;
}
