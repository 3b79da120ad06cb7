/*
 * The words of ipfw(8) that stand for numbers.
 *
 * A table is in the order in which ipfw(8) lists flags, and where two words
 * mean one number the first is the one that is listed.  It ends with NULL.
 * Nothing here asks the host: a rule means the same everywhere.
 */
#ifndef TARGET_IPFW_NAMES_H
#define TARGET_IPFW_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "target/ipfw/ipfw.h"

/* The bytes that the name of a table may have. */
#define IPFW_TABLE_NAME_BYTES                                                  \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."

struct ipfw_name {
	const char *name;
	unsigned value;
};

extern const struct ipfw_name ipfw_protocol_names[];
extern const struct ipfw_name ipfw_unreach_codes[];
extern const struct ipfw_name ipfw_unreach6_codes[];
extern const struct ipfw_name ipfw_tcp_flags[];
extern const struct ipfw_name ipfw_tcp_options[];
extern const struct ipfw_name ipfw_ip_options[];
extern const struct ipfw_name ipfw_tos_flags[];
extern const struct ipfw_name ipfw_dscp_codes[];
extern const struct ipfw_name ipfw_limit_masks[];
extern const struct ipfw_name ipfw_lookup_keys[];
extern const struct ipfw_name ipfw_ext6hdr_names[];
extern const struct ipfw_name ipfw_table_types[];

/* False if no entry is named NAME (LENGTH bytes). */
bool ipfw_name_find(const struct ipfw_name *table, const char *name,
    size_t length, unsigned *value);
/* The word for VALUE, or NULL. */
const char *ipfw_name_of(const struct ipfw_name *table, unsigned value);

/* Number of the IP protocol NAME, as protocols(5) has it. */
bool ipfw_protocol_find(const char *name, unsigned *number);
/*
 * Port of the service NAME (LENGTH bytes) of PROTOCOL, where 0 stands for
 * any: the services whose names stand in rules files of old.
 */
bool ipfw_service_find(
    const char *name, size_t length, unsigned protocol, unsigned *port);

#endif
