/*
 * Traffic profiles:
 *
 *     https: 60
 *     dns: 25
 *     ssh: 1
 *
 * The weights are shares of the new conversations; only their ratio counts.
 */
#include <string.h>

#include "sema/profile.h"
#include "sema/yaml.h"

static void
add_service(struct profile *profile, struct arena *arena,
    const struct service *service, unsigned weight)
{
	for (size_t i = 0; i < service->parts.n; i++)
		vec_push(arena, &profile->entries,
		    ((struct profile_entry){&service->parts.v[i], weight}));
}

static bool
read_pair(struct profile *profile, const struct yaml *yaml,
    const struct catalogue *catalogue, const struct yaml_pair *pair)
{
	const struct service *service = catalogue_find(
	    catalogue, pair->key->text);
	unsigned weight;

	if (!yaml_expect(yaml, pair->value, YAML_TEXT, "a weight"))
		return false;
	if (service == NULL) {
		diag_add(yaml->diags, E_CATALOGUE_UNKNOWN, pair->key->span,
		    "there is no service '%s'", pair->key->text);
		return false;
	}
	if (!yaml_number(pair->value->text, strlen(pair->value->text),
		PROFILE_WEIGHT_MAX, &weight)) {
		diag_add(yaml->diags, E_YAML_KIND, pair->value->span,
		    "a weight is a number of at most %u", PROFILE_WEIGHT_MAX);
		return false;
	}
	add_service(profile, yaml->arena, service, weight);
	return true;
}

bool
profile_read(struct profile *profile, struct arena *arena,
    struct sym_table *syms, const struct sources *sources, uint32_t file,
    struct diags *diags, const struct catalogue *catalogue)
{
	struct yaml yaml = {
	    .arena = arena,
	    .syms = syms,
	    .sources = sources,
	    .diags = diags,
	};
	const struct yaml_node *root = yaml_read(&yaml, file);
	bool good = true;

	if (root == NULL || !yaml_expect(&yaml, root, YAML_MAP, "a profile"))
		return false;
	for (size_t i = 0; i < root->pairs.n; i++)
		good &= read_pair(profile, &yaml, catalogue, &root->pairs.v[i]);
	return good;
}

unsigned long
profile_weight(
    const struct profile *profile, int protocol, const struct port_set *ports)
{
	unsigned long weight = 0;

	for (size_t i = 0; i < profile->entries.n; i++) {
		const struct profile_entry *entry = &profile->entries.v[i];

		if ((protocol == PROTOCOL_ANY ||
			protocol == entry->part->protocol) &&
		    port_set_overlaps(ports, &entry->part->target))
			weight += entry->weight;
	}
	return weight;
}
