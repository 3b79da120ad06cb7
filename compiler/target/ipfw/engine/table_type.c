/*
 * What a table is made for, in the words of `table NAME create`.
 */
#include <string.h>

#include "target/ipfw/engine/private.h"
#include "target/ipfw/names.h"

static bool
parse_flow_fields(const char *text, unsigned *fields)
{
	static const struct {
		const char *name;
		unsigned field;
	} known[] = {
	    {"src-ip", RUN_FLOW_SOURCE},
	    {"proto", RUN_FLOW_PROTOCOL},
	    {"src-port", RUN_FLOW_SOURCE_PORT},
	    {"dst-ip", RUN_FLOW_TARGET},
	    {"dst-port", RUN_FLOW_TARGET_PORT},
	};

	while (*text != '\0') {
		size_t length = strcspn(text, ","), i = 0;

		while (i < 5 &&
		    (strncmp(known[i].name, text, length) != 0 ||
			known[i].name[length] != '\0'))
			i++;
		if (i == 5)
			return false;
		*fields |= known[i].field;
		text += length + (text[length] == ',');
	}
	return true;
}

bool
ipfw_table_parse_type(const char *text, struct ipfw_table_info *info)
{
	size_t length = strcspn(text, ":");
	unsigned type;

	if (!ipfw_name_find(ipfw_table_types, text, length, &type))
		return false;
	info->type = (enum ipfw_table_type)type;
	if (text[length] == '\0')
		return true;
	return info->type == IPFW_TABLE_FLOW &&
	    parse_flow_fields(text + length + 1, &info->flow_fields);
}

bool
ipfw_table_parse_value_type(const char *text, enum run_value_type *type)
{
	static const struct {
		const char *name;
		enum run_value_type type;
	} known[] = {
	    {"legacy", RUN_VALUE_LEGACY},
	    {"skipto", RUN_VALUE_SKIPTO},
	    {"nat", RUN_VALUE_NAT},
	    {"divert", RUN_VALUE_DIVERT},
	    {"limit", RUN_VALUE_LIMIT},
	    {"pipe", RUN_VALUE_OTHER},
	    {"fib", RUN_VALUE_OTHER},
	    {"dscp", RUN_VALUE_OTHER},
	    {"tag", RUN_VALUE_OTHER},
	    {"netgraph", RUN_VALUE_OTHER},
	};

	size_t length = strcspn(text, " ");

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strncmp(known[i].name, text, length) == 0 &&
		    known[i].name[length] == '\0') {
			*type = known[i].type;
			return true;
		}
	return false;
}

bool
ipfw_table_info_of(const struct ipfw_table *table, struct ipfw_table_info *info)
{
	static const char valtype[] = "valtype ";
	const char *words = table->options;

	*info = (struct ipfw_table_info){
	    .name = table->name, .type = table->type};
	if (table->type == IPFW_TABLE_FLOW && table->flow != NULL &&
	    !parse_flow_fields(table->flow, &info->flow_fields))
		return false;
	words = words != NULL ? strstr(words, valtype) : NULL;
	return words == NULL ||
	    ipfw_table_parse_value_type(
		words + sizeof(valtype) - 1, &info->value_type);
}
