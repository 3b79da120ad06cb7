/*
 * The policy's own words, kept for whoever speaks of it: names that it defines
 * or says, and lists of services as they were written.
 */
#include "sema/resolve.h"

void
resolve_say_service(struct resolve *r, const struct service *service)
{
	if (map_put(&r->said, service->name, r) == NULL)
		vec_push(r->arena, &r->policy->services_said, service);
}

void
resolve_service_entries(
    struct resolve *r, const ast_services *list, struct service_value *out)
{
	for (size_t i = 0; i < list->n; i++) {
		ast_services one = {&list->v[i], 1, 1};
		struct service_value value = {.any = false};
		struct service_entry entry = {.span = list->v[i].span};

		resolve_service_list(r, &one, &value);
		entry.parts = value.parts;
		entry.any = value.any;
		vec_push(r->arena, &out->entries, entry);
	}
}

const service_entries *
resolve_keep_entries(struct resolve *r, const struct service_value *services)
{
	service_entries *kept;

	if (services->entries.n == 0)
		return NULL;
	kept = arena_new(r->arena, service_entries);
	*kept = services->entries;
	return kept;
}

static void
keep_service(struct resolve *r, const struct definition *definition)
{
	const struct service_value *value =
	    &r->service_values[definition->index];
	struct policy_service service = {
	    .name = definition->name.text,
	    .span = definition->name.span,
	    .parts = &value->parts,
	    .any = value->any,
	    .entries = &value->entries,
	};

	vec_push(r->arena, &r->policy->services, service);
}

static void
keep_hosts(struct resolve *r, const struct definition *definition)
{
	struct policy_hosts hosts = {
	    .name = definition->name.text,
	    .span = definition->name.span,
	    .set = &r->hosts_values[definition->index].set,
	};

	vec_push(r->arena, &r->policy->hosts, hosts);
}

void
resolve_keep_names(struct resolve *r)
{
	if (r->diags->n_errors != 0)
		return;
	for (size_t i = 0; i < r->services.list.n; i++)
		keep_service(r, r->services.list.v[i]);
	for (size_t i = 0; i < r->hosts.list.n; i++)
		keep_hosts(r, r->hosts.list.v[i]);
}
