/*
 * Port numbers that users write.  ipfw(8) takes 70000 for 4464 and a range
 * that runs backwards for one that matches nothing, so both are refused here.
 */
#include <string.h>

#include "sema/resolve.h"

#define PORT_MAX 65535
#define PORTS (PORT_MAX + 1)

static bool
report_port(struct resolve *r, const struct ast_word *word)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_PORT, word->span,
	    "'%s' is not a port or a range of ports", word->text);
	diag_help(r->diags, diag,
	    "ports are numbers from 0 to %d, ranges are written 8080-8090",
	    PORT_MAX);
	return false;
}

static bool
report_backwards(
    struct resolve *r, const struct ast_word *word, unsigned low, unsigned high)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_PORT_RANGE, word->span,
	    "the range '%s' runs backwards", word->text);
	diag_help(r->diags, diag, "write %u-%u", high, low);
	return false;
}

bool
resolve_ports(
    struct resolve *r, const struct ast_word *word, struct port_range *out)
{
	const char *dash = strchr(word->text, '-');
	unsigned low, high;

	if (dash == NULL) {
		if (!resolve_number(word->text, PORT_MAX, &low))
			return report_port(r, word);
		high = low;
	} else {
		const char *first = arena_strndup(
		    r->arena, word->text, (size_t)(dash - word->text));

		if (!resolve_number(first, PORT_MAX, &low) ||
		    !resolve_number(dash + 1, PORT_MAX, &high))
			return report_port(r, word);
	}
	if (low > high)
		return report_backwards(r, word, low, high);
	*out = (struct port_range){(uint16_t)low, (uint16_t)high};
	return true;
}

struct port_set
ports_of_range(struct resolve *r, struct port_range range)
{
	if (range.lo != range.hi)
		return port_set_of(r->arena, range.lo, range.hi);
	if (r->ports == NULL)
		r->ports = arena_calloc(r->arena, PORTS, sizeof(*r->ports));
	r->ports[range.lo] = range;
	return (struct port_set){&r->ports[range.lo], 1};
}
