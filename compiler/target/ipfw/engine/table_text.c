/*
 * Tables as text: keys read and written, and the order of a listing.
 *
 * Addresses are listed by family and prefix, of equal beginnings the longer
 * first, as the kernel walks its tree; numbers by value; cards and flows by
 * name and fields.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/names.h"
#include "target/ipfw/engine/private.h"

#define FIELD_MAX 64
#define PROTOCOL_MAX 255
#define PORT_MAX 65535

/* Digits alone; false if there is none or the number is above MAX. */
static bool
parse_number(const char *text, uint32_t max, uint32_t *out)
{
	uint64_t number = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (!isdigit((unsigned char)*text))
			return false;
		number = number * 10 + (uint64_t)(*text - '0');
		if (number > max)
			return false;
	}
	*out = (uint32_t)number;
	return true;
}

static bool
parse_address(
    const char *text, struct addr *addr, enum family *family, unsigned *length)
{
	size_t plain = strcspn(text, "/");
	struct addr_range range;
	uint32_t given;
	int none;

	if (addr_parse(text, plain, family, &range, &none) != ADDR_OK ||
	    addr_compare(range.lo, range.hi) != 0)
		return false;
	*addr = range.lo;
	*length = *family == FAMILY_4 ? 32 : 128;
	if (text[plain] == '\0')
		return true;
	if (!parse_number(text + plain + 1, *length, &given))
		return false;
	*length = given;
	return true;
}

/* The next of the fields that commas divide; false if there is none. */
static bool
next_field(const char **text, char *field)
{
	size_t length;

	if (*text == NULL)
		return false;
	length = strcspn(*text, ",");
	if (length >= FIELD_MAX)
		return false;
	memcpy(field, *text, length);
	field[length] = '\0';
	*text = (*text)[length] == ',' ? *text + length + 1 : NULL;
	return true;
}

static bool
parse_protocol(const char *text, uint8_t *out)
{
	unsigned number;

	if (!ipfw_protocol_find(text, &number) &&
	    !parse_number(text, PROTOCOL_MAX, &number))
		return false;
	*out = (uint8_t)number;
	return number <= PROTOCOL_MAX;
}

static bool
parse_flow_address(const char *text, struct ipfw_tuple *flow, struct addr *addr)
{
	enum family family;
	unsigned length;

	if (strchr(text, '/') != NULL ||
	    !parse_address(text, addr, &family, &length) ||
	    (flow->family != FAMILY_NONE && flow->family != family))
		return false;
	flow->family = family;
	return true;
}

static bool
parse_flow_port(const char *text, uint16_t *port)
{
	uint32_t number;

	if (!parse_number(text, PORT_MAX, &number))
		return false;
	*port = (uint16_t)number;
	return true;
}

static bool
parse_flow(unsigned fields, const char *text, struct ipfw_tuple *flow)
{
	char field[FIELD_MAX];

	if ((fields & RUN_FLOW_SOURCE) &&
	    (!next_field(&text, field) ||
		!parse_flow_address(field, flow, &flow->source)))
		return false;
	if ((fields & RUN_FLOW_PROTOCOL) &&
	    (!next_field(&text, field) ||
		!parse_protocol(field, &flow->protocol)))
		return false;
	if ((fields & RUN_FLOW_SOURCE_PORT) &&
	    (!next_field(&text, field) ||
		!parse_flow_port(field, &flow->source_port)))
		return false;
	if ((fields & RUN_FLOW_TARGET) &&
	    (!next_field(&text, field) ||
		!parse_flow_address(field, flow, &flow->target)))
		return false;
	return !(fields & RUN_FLOW_TARGET_PORT) ||
	    (next_field(&text, field) &&
		parse_flow_port(field, &flow->target_port));
}

bool
ipfw_table_parse_key(const struct ipfw_table_info *info, const char *text,
    struct ipfw_table_key *key)
{
	memset(key, 0, sizeof(*key));
	switch (info->type) {
	case IPFW_TABLE_ADDR:
		return parse_address(
		    text, &key->addr, &key->family, &key->length);
	case IPFW_TABLE_IFACE:
		for (size_t i = 0; i < IPFW_NAME_MAX && text[i] != '\0'; i++)
			key->card[i] = text[i];
		return *text != '\0';
	case IPFW_TABLE_NUMBER:
		return parse_number(text, UINT32_MAX, &key->number);
	case IPFW_TABLE_FLOW:
		return parse_flow(info->flow_fields, text, &key->flow);
	}
	return false;
}

static void
write_flow(struct buf *out, unsigned fields, const struct ipfw_tuple *flow)
{
	const char *comma = "";

	if (fields & RUN_FLOW_SOURCE) {
		addr_format(out, flow->family, flow->source);
		comma = ",";
	}
	if (fields & RUN_FLOW_PROTOCOL) {
		buf_printf(out, "%s%u", comma, flow->protocol);
		comma = ",";
	}
	if (fields & RUN_FLOW_SOURCE_PORT) {
		buf_printf(out, "%s%u", comma, flow->source_port);
		comma = ",";
	}
	if (fields & RUN_FLOW_TARGET) {
		buf_puts(out, comma);
		addr_format(out, flow->family, flow->target);
		comma = ",";
	}
	if (fields & RUN_FLOW_TARGET_PORT)
		buf_printf(out, "%s%u", comma, flow->target_port);
}

void
ipfw_table_write_key(struct buf *out, const struct ipfw_table_info *info,
    const struct ipfw_table_key *key)
{
	switch (info->type) {
	case IPFW_TABLE_ADDR:
		addr_format(out, key->family, key->addr);
		buf_printf(out, "/%u", key->length);
		break;
	case IPFW_TABLE_IFACE:
		buf_puts(out, key->card);
		break;
	case IPFW_TABLE_NUMBER:
		buf_printf(out, "%u", (unsigned)key->number);
		break;
	case IPFW_TABLE_FLOW:
		write_flow(out, info->flow_fields, &key->flow);
		break;
	}
}

static int
compare_addresses(
    const struct ipfw_table_key *a, const struct ipfw_table_key *b)
{
	int order = addr_compare(a->addr, b->addr);

	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (order != 0)
		return order;
	return a->length > b->length ? -1 : a->length < b->length;
}

/* The fields that another table's key does not have are equal. */
static int
compare_rows(const void *a, const void *b)
{
	const struct ipfw_table_key *left =
	    &((const struct ipfw_table_row *)a)->key;
	const struct ipfw_table_key *right =
	    &((const struct ipfw_table_row *)b)->key;
	int order = compare_addresses(left, right);

	if (order == 0)
		order = strcmp(left->card, right->card);
	if (order == 0 && left->number != right->number)
		order = left->number < right->number ? -1 : 1;
	if (order == 0)
		order = addr_compare(left->flow.source, right->flow.source);
	if (order == 0)
		order = addr_compare(left->flow.target, right->flow.target);
	if (order == 0)
		order = left->flow.protocol - right->flow.protocol;
	if (order == 0)
		order = left->flow.source_port - right->flow.source_port;
	if (order == 0)
		order = left->flow.target_port - right->flow.target_port;
	return order;
}

struct ipfw_table_row *
ipfw_table_rows(const struct ipfw_engine *engine, const char *name,
    struct arena *arena, size_t *n)
{
	const struct run_table *table = run_table_find(engine, name);
	struct ipfw_table_info info;
	struct ipfw_table_row *rows;
	size_t position = 0;

	*n = 0;
	if (!ipfw_table_find(engine, name, &info))
		return NULL;
	rows = arena_calloc(arena, info.n_entries + 1, sizeof(*rows));
	while (
	    *n < info.n_entries && run_table_next(table, &position, &rows[*n]))
		(*n)++;
	qsort(rows, *n, sizeof(*rows), compare_rows);
	return rows;
}

static int
compare_names(const void *a, const void *b)
{
	const char *left = run_table_info(*(struct run_table *const *)a)->name;
	const char *right = run_table_info(*(struct run_table *const *)b)->name;
	uint32_t m, n;

	if (parse_number(left, UINT32_MAX, &m) &&
	    parse_number(right, UINT32_MAX, &n) && m != n)
		return m < n ? -1 : 1;
	return strcmp(left, right);
}

struct ipfw_table_info
ipfw_engine_table(struct ipfw_engine *engine, size_t index)
{
	struct ipfw_table_info info;

	if (index == 0)
		qsort(engine->tables, engine->n_tables, sizeof(*engine->tables),
		    compare_names);
	ipfw_table_find(
	    engine, run_table_info(engine->tables[index])->name, &info);
	return info;
}
