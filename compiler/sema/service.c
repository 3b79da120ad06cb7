/*
 * The services that a policy defines, each after those that it is made of.
 */
#include "sema/order.h"
#include "sema/resolve.h"

static const ast_services *
definition_entries(const struct resolve *r, size_t index)
{
	return &r->services.list.v[index]->statement->u.service.services;
}

static needs *
collect_needs(struct resolve *r)
{
	size_t n = r->services.list.n;
	needs *lists = arena_calloc(r->arena, n, sizeof(*lists));

	for (size_t i = 0; i < n; i++) {
		const ast_services *entries = definition_entries(r, i);

		for (size_t j = 0; j < entries->n; j++) {
			const struct ast_service *entry = &entries->v[j];
			const struct definition *other;
			struct need need = {0, entry->span};

			if (!service_entry_is_name(entry))
				continue;
			other = scope_find(&r->services, entry->word.text);
			if (other == NULL)
				continue;
			need.on = other->index;
			vec_push(r->arena, &lists[i], need);
		}
	}
	return lists;
}

void
resolve_services(struct resolve *r)
{
	size_t n = r->services.list.n;
	bool *cyclic = arena_calloc(r->arena, n, sizeof(*cyclic));
	size_t *order;

	r->service_values = arena_calloc(
	    r->arena, n, sizeof(*r->service_values));
	order = scope_order(&r->services, r->diags, collect_needs(r), cyclic);
	for (size_t i = 0; i < n; i++) {
		struct service_value *value = &r->service_values[order[i]];

		if (cyclic[order[i]])
			value->broken = true;
		else
			resolve_service_list(
			    r, definition_entries(r, order[i]), value);
	}
}
