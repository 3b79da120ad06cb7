/*
 * What stands behind a port such as `tcp 443`: made once for all rules that
 * say so and no more, as nearly all rules of a large policy do.
 */
#include "sema/resolve.h"

/* The parts by the address families that a rule leaves of them. */
struct shared_parts {
	service_parts left[FAMILY_BOTH + 1]; /* empty: nobody asked yet */
};

static struct map *
map_of(struct resolve *r, const struct ast_service *entry)
{
	int protocol = protocol_of_word(entry->protocol.text);

	return protocol == PROTOCOL_TCP ? &r->shared_tcp : &r->shared_udp;
}

static bool
is_port(const ast_services *list)
{
	return list->n == 1 && list->v[0].kind == AST_SERVICE_PORTS &&
	    list->v[0].protocol.text != NULL &&
	    !service_entry_is_name(&list->v[0]);
}

bool
shared_parts_find(
    struct resolve *r, const ast_services *list, struct service_value *out)
{
	if (!is_port(list))
		return false;
	out->shared = map_get(map_of(r, &list->v[0]), list->v[0].word.text);
	if (out->shared == NULL)
		return false;
	out->parts = out->shared->left[FAMILY_BOTH];
	return true;
}

void
shared_parts_keep(
    struct resolve *r, const ast_services *list, struct service_value *value)
{
	if (!is_port(list) || value->broken)
		return;
	value->shared = arena_new(r->arena, struct shared_parts);
	value->shared->left[FAMILY_BOTH] = value->parts;
	map_put(map_of(r, &list->v[0]), list->v[0].word.text, value->shared);
}

static void
cut(service_parts *parts, enum family families)
{
	size_t kept = 0;

	for (size_t i = 0; i < parts->n; i++) {
		parts->v[i].families &= families;
		if (parts->v[i].families != FAMILY_NONE)
			parts->v[kept++] = parts->v[i];
	}
	parts->n = kept;
}

service_parts
parts_left(
    struct resolve *r, const struct service_value *value, enum family families)
{
	service_parts *left, parts = {NULL, 0, 0};

	if (value->shared == NULL) {
		parts = value->parts;
		cut(&parts, families);
		return parts;
	}
	left = &value->shared->left[families];
	if (left->n != 0 || families == FAMILY_NONE)
		return *left;
	for (size_t i = 0; i < value->parts.n; i++)
		vec_push(r->arena, &parts, value->parts.v[i]);
	cut(&parts, families);
	*left = parts;
	return parts;
}
