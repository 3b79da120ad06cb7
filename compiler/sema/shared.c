/*
 * What stands behind a port such as `tcp 443`: made once for all rules that
 * say so and no more, as nearly all rules of a large policy do.
 */
#include "sema/resolve.h"

#define PORTS 65536

/* By the address families that a rule leaves; NULL if none has yet. */
struct shared_part {
	struct service_part *left[FAMILY_BOTH + 1];
};

static struct map *
map_of(struct resolve *r, const struct ast_service *entry)
{
	int protocol = protocol_of_word(entry->protocol.text);

	return protocol == PROTOCOL_TCP ? &r->shared_tcp : &r->shared_udp;
}

static bool
may_share(const ast_services *list)
{
	return list->n == 1 && list->v[0].kind == AST_SERVICE_PORTS &&
	    list->v[0].protocol.text != NULL;
}

static service_parts
list_of(struct service_part *part)
{
	return (service_parts){part, part != NULL, part != NULL};
}

bool
shared_part_find(
    struct resolve *r, const ast_services *list, struct service_value *out)
{
	if (!may_share(list))
		return false;
	out->shared = map_get(map_of(r, &list->v[0]), list->v[0].word.text);
	if (out->shared == NULL)
		return false;
	out->parts = list_of(out->shared->left[FAMILY_BOTH]);
	return true;
}

void
shared_part_keep(
    struct resolve *r, const ast_services *list, struct service_value *value)
{
	if (!may_share(list) || service_entry_is_name(&list->v[0]) ||
	    value->broken)
		return;
	value->shared = arena_new(r->arena, struct shared_part);
	value->shared->left[FAMILY_BOTH] = value->parts.v;
	map_put(map_of(r, &list->v[0]), list->v[0].word.text, value->shared);
}

static service_parts
shared_left(struct resolve *r, struct shared_part *shared, enum family families)
{
	struct service_part **left = &shared->left[families];

	if (*left == NULL && families != FAMILY_NONE) {
		*left = arena_new(r->arena, struct service_part);
		**left = *shared->left[FAMILY_BOTH];
		(*left)->families = families;
	}
	return list_of(*left);
}

service_parts
parts_left(
    struct resolve *r, const struct service_value *value, enum family families)
{
	service_parts parts = value->parts;
	size_t kept = 0;

	if (value->shared != NULL)
		return shared_left(r, value->shared, families);
	for (size_t i = 0; i < parts.n; i++) {
		parts.v[i].families &= families;
		if (parts.v[i].families != FAMILY_NONE)
			parts.v[kept++] = parts.v[i];
	}
	parts.n = kept;
	return parts;
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
