/*
 * The services as a table, for people who look for a name.
 */
#include <string.h>

#include "sema/catalogue.h"
#include "sema/yaml.h"

/* A column wider than this pushes the next one to the right. */
#define COLUMN_MAX 28
#define GAP 2

struct row {
	const struct service *service;
	const char *traffic;
};

struct port_pattern {
	int protocol; /* PROTOCOL_ANY: TCP or UDP */
	unsigned port;
};

static char
fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_glob(const char *pattern)
{
	return strpbrk(pattern, "*?") != NULL;
}

/*
 * Only the last star can be in doubt: an earlier one has matched as little as
 * it could, and nothing is gained if it matches more.
 */
static bool
glob_match(const char *pattern, const char *text)
{
	const char *star = NULL, *retry = NULL;

	while (*text != '\0') {
		if (*pattern == '*') {
			star = ++pattern;
			retry = text;
		} else if (*pattern == '?' || fold(*pattern) == fold(*text)) {
			pattern++;
			text++;
		} else if (star != NULL) {
			pattern = star;
			text = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}

static bool
holds(const char *text, const char *part)
{
	size_t n = strlen(part);

	for (; strlen(text) >= n; text++) {
		size_t i = 0;

		while (i < n && fold(text[i]) == fold(part[i]))
			i++;
		if (i == n)
			return true;
	}
	return false;
}

bool
catalogue_match(const char *pattern, const char *name)
{
	if (is_glob(pattern))
		return glob_match(pattern, name);
	return holds(name, pattern);
}

/* "443", "tcp/443", "udp/53" */
static bool
parse_port(const char *pattern, struct port_pattern *wanted)
{
	const char *number = pattern;

	wanted->protocol = PROTOCOL_ANY;
	if (strncmp(pattern, "tcp/", 4) == 0)
		wanted->protocol = PROTOCOL_TCP;
	else if (strncmp(pattern, "udp/", 4) == 0)
		wanted->protocol = PROTOCOL_UDP;
	if (wanted->protocol != PROTOCOL_ANY)
		number += 4;
	return yaml_number(number, strlen(number), UINT16_MAX, &wanted->port);
}

static bool
has_port(const struct service *service, const struct port_pattern *wanted)
{
	for (size_t i = 0; i < service->parts.n; i++) {
		const struct service_part *part = &service->parts.v[i];

		if (wanted->protocol != PROTOCOL_ANY &&
		    part->protocol != wanted->protocol)
			continue;
		if (port_set_contains(&part->target, (uint16_t)wanted->port))
			return true;
	}
	return false;
}

static bool
is_wanted(const struct service *service, const char *pattern)
{
	struct port_pattern port;

	if (pattern == NULL)
		return true;
	if (parse_port(pattern, &port))
		return has_port(service, &port);
	return catalogue_match(pattern, service->name) ||
	    holds(service->about, pattern);
}

static void
put_types(struct buf *out, const struct type_set *types)
{
	const char *before = " ";

	for (unsigned type = 0; type < 256; type++) {
		if ((types->bits[type / 64] >> type % 64 & 1) == 0)
			continue;
		buf_printf(out, "%s%u", before, type);
		before = ",";
	}
}

static void
put_protocol(struct buf *out, const struct service_part *part)
{
	static const struct {
		int protocol;
		const char *name;
	} names[] = {
	    {PROTOCOL_TCP, "tcp"},
	    {PROTOCOL_UDP, "udp"},
	    {PROTOCOL_ICMP, "icmp"},
	    {PROTOCOL_ICMP6, "icmp6"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (part->protocol == names[i].protocol) {
			buf_puts(out, names[i].name);
			return;
		}
	}
	buf_printf(out, "proto %d", part->protocol);
}

/* "tcp 25,110", "udp 67 from 68", "icmp 8" */
static void
put_part(struct buf *out, const struct service_part *part)
{
	put_protocol(out, part);
	if (part->target.n > 0) {
		buf_putc(out, ' ');
		port_set_format(out, &part->target);
	}
	if (part->has_types)
		put_types(out, &part->types);
	if (part->source.n > 0) {
		buf_puts(out, " from ");
		port_set_format(out, &part->source);
	}
}

/* DNS and many others have the same ports in both protocols. */
static bool
is_twin(const struct service_part *tcp, const struct service_part *udp)
{
	return tcp->protocol == PROTOCOL_TCP && udp->protocol == PROTOCOL_UDP &&
	    tcp->source.n == 0 && udp->source.n == 0 && tcp->target.n > 0 &&
	    port_set_equal(&tcp->target, &udp->target);
}

static const char *
traffic_of(const struct service *service, struct arena *arena)
{
	const service_parts *parts = &service->parts;
	struct buf text;

	buf_init(&text, arena);
	for (size_t i = 0; i < parts->n; i++) {
		if (i > 0)
			buf_puts(&text, "; ");
		if (i + 1 < parts->n &&
		    is_twin(&parts->v[i], &parts->v[i + 1])) {
			buf_puts(&text, "tcp,");
			i++;
		}
		put_part(&text, &parts->v[i]);
	}
	return text.p;
}

static void
widen(size_t *width, const char *text)
{
	size_t n = strlen(text);

	if (n <= COLUMN_MAX && n > *width)
		*width = n;
}

static void
put_column(struct buf *out, const char *text, size_t width)
{
	size_t n = strlen(text);

	buf_puts(out, text);
	buf_pad(out, ' ', (n < width ? width - n : 0) + GAP);
}

void
catalogue_list(
    const struct catalogue *catalogue, const char *pattern, struct buf *out)
{
	VEC(struct row) rows = {NULL, 0, 0};
	size_t name_width = 0, traffic_width = 0;

	for (size_t i = 0; i < catalogue->list.n; i++) {
		struct row row = {catalogue->list.v[i], NULL};

		if (!is_wanted(row.service, pattern))
			continue;
		row.traffic = traffic_of(row.service, out->arena);
		widen(&name_width, row.service->name);
		widen(&traffic_width, row.traffic);
		vec_push(out->arena, &rows, row);
	}
	for (size_t i = 0; i < rows.n; i++) {
		const char *about = rows.v[i].service->about;

		put_column(out, rows.v[i].service->name, name_width);
		if (about[0] != '\0')
			put_column(out, rows.v[i].traffic, traffic_width);
		else
			buf_puts(out, rows.v[i].traffic);
		buf_puts(out, about);
		buf_putc(out, '\n');
	}
}
