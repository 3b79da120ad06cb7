/*
 * What the files that read a catalogue share; no one else includes this.
 *
 * A function that returns bool returns false after an error in the
 * diagnostics.
 */
#ifndef SEMA_CATALOGUE_READ_H
#define SEMA_CATALOGUE_READ_H

#include "base/map.h"
#include "sema/catalogue.h"
#include "sema/yaml.h"

#define CATALOGUE_NAME_MAX 32
#define CATALOGUE_RANGES_MAX 64	  /* of ports, in one part */
#define CATALOGUE_PROTOCOL_KEYS 5 /* tcp, udp, icmp, icmp6, proto */

struct catalogue_reader {
	struct yaml yaml;
	struct catalogue *catalogue;
};

/* May KEY name a service, a type or a protocol? */
bool catalogue_check_name(
    const struct catalogue_reader *reader, const struct yaml_node *key);

/*
 * The error for a name that is not in MAP, with the nearest one that is.
 * Always false, as is the other.
 */
bool catalogue_report_unknown(const struct catalogue_reader *reader,
    const struct yaml_node *node, const char *what, const struct map *map);
bool catalogue_report_limit(
    const struct catalogue_reader *reader, const struct yaml_node *node);

/* The section "services".  Installs what it can. */
void catalogue_read_services(
    const struct catalogue_reader *reader, const struct yaml_node *section);

/* The protocol keys of MAP, which is a service, as parts of PARTS. */
void catalogue_read_short(const struct catalogue_reader *reader,
    const struct yaml_node *map, service_parts *parts);
/* One entry of "parts". */
void catalogue_read_part(const struct catalogue_reader *reader,
    const struct yaml_node *map, service_parts *parts);

/*
 * Add PART to PARTS, joined with one that differs in its ports or types alone.
 * False, without an error, if that is more than a service may have.
 */
bool catalogue_add_part(
    struct arena *arena, service_parts *parts, const struct service_part *part);

/* The protocol key with the number INDEX, and what VALUE says under it. */
const char *catalogue_protocol_key(size_t index);
bool catalogue_read_traffic(const struct catalogue_reader *reader, size_t index,
    const struct yaml_node *value, struct service_part *part);
bool catalogue_read_ports(const struct catalogue_reader *reader,
    const struct yaml_node *node, struct port_set *set);

#endif
