/*
 * Lists of hosts: from literals, names of other lists, and files, to sets of
 * addresses.  An empty list never comes out: it is an error, since a rule
 * that is narrowed to nothing looks much like one that is not narrowed.
 */
#include <string.h>

#include "sema/order.h"
#include "sema/resolve.h"

static const struct ast_hosts_definition *
hosts_tree(const struct resolve *r, size_t index)
{
	return &r->hosts.list.v[index]->statement->u.hosts;
}

/* Which other lists each list names. */
static needs *
collect_needs(struct resolve *r)
{
	size_t n = r->hosts.list.n;
	needs *lists = arena_calloc(r->arena, n, sizeof(*lists));

	for (size_t i = 0; i < n; i++) {
		const ast_hosts *entries = &hosts_tree(r, i)->hosts;

		for (size_t j = 0; j < entries->n; j++) {
			const struct ast_host *entry = &entries->v[j];
			const struct definition *other;
			struct need need = {0, entry->word.span};

			if (entry->kind != AST_HOST_NAME)
				continue;
			other = scope_find(&r->hosts, entry->word.text);
			if (other == NULL)
				continue;
			need.on = other->index;
			vec_push(r->arena, &lists[i], need);
		}
	}
	return lists;
}

/* Returns false after an error, now or in the definition named. */
static bool
add_entry(
    struct resolve *r, const struct ast_host *entry, struct address_list *list)
{
	const struct definition *definition;
	const struct hosts_value *value;
	enum family family;
	struct addr_range range;

	switch (entry->kind) {
	case AST_HOST_ADDRESS:
		if (!address_read(r->diags, entry->word.text,
			strlen(entry->word.text), entry->word.span, &family,
			&range))
			return false;
		address_list_add(r->arena, list, family, range);
		return true;
	case AST_HOST_NAME:
		definition = resolve_hosts_name(r, &entry->word);
		if (definition == NULL)
			return false;
		value = &r->hosts_values[definition->index];
		address_list_add_set(r->arena, list, &value->set);
		return !value->broken;
	}
	return false;
}

static bool
add_entries(
    struct resolve *r, const ast_hosts *entries, struct address_list *list)
{
	struct map seen;
	bool good = true;

	map_init(&seen, r->arena);
	for (size_t i = 0; i < entries->n; i++) {
		const struct ast_word *word = &entries->v[i].word;

		if (entries->n > 1 &&
		    !resolve_list_entry(r, &seen, word->text, word->span))
			continue;
		if (!add_entry(r, &entries->v[i], list))
			good = false;
	}
	return good;
}

/* The address that most lists are. */
static struct hosts_value
resolve_address(struct resolve *r, const struct ast_word *word)
{
	struct hosts_value value = {.broken = true};
	struct addr_range range;
	enum family family;

	if (address_read(r->diags, word->text, strlen(word->text), word->span,
		&family, &range)) {
		value.set = addr_set_of(r->arena, family, range);
		value.broken = false;
	}
	return value;
}

static struct hosts_value
resolve_entries(struct resolve *r, const ast_hosts *list)
{
	struct address_list addresses = {0};
	struct hosts_value value = {.broken = false};

	if (list->n == 1 && list->v[0].kind == AST_HOST_ADDRESS)
		return resolve_address(r, &list->v[0].word);
	value.broken = !add_entries(r, list, &addresses);
	value.set = address_list_set(r->arena, &addresses);
	return value;
}

struct hosts_value *
resolve_hosts_list(
    struct resolve *r, const ast_hosts *list, struct hosts_value *own)
{
	const struct definition *definition;

	if (list->n != 1 || list->v[0].kind != AST_HOST_NAME) {
		*own = resolve_entries(r, list);
		return own;
	}
	definition = resolve_hosts_name(r, &list->v[0].word);
	if (definition != NULL)
		return &r->hosts_values[definition->index];
	*own = (struct hosts_value){.broken = true};
	return own;
}

static void
check_single(struct resolve *r, const struct ast_hosts_definition *tree,
    struct hosts_value *value)
{
	enum family family;
	struct addr addr;
	struct diag *diag;

	if (value->broken || address_set_single(&value->set, &family, &addr))
		return;
	diag = diag_add(r->diags, E_HOST_SINGLE, tree->name.span,
	    "host '%s' is not exactly one address", tree->name.text);
	diag_help(r->diags, diag, "write 'hosts' for a list or a net");
	value->broken = true;
}

static void
resolve_definition(struct resolve *r, size_t index)
{
	const struct ast_hosts_definition *tree = hosts_tree(r, index);
	struct hosts_value *value = &r->hosts_values[index];
	struct address_list addresses = {0};

	if (tree->from_file) {
		value->broken = !resolve_hosts_file(r, &tree->file, &addresses);
		value->set = address_list_set(r->arena, &addresses);
	} else {
		struct hosts_value own;
		const struct hosts_value *list = resolve_hosts_list(
		    r, &tree->hosts, &own);

		value->set = list->set;
		value->broken = list->broken;
	}
	if (tree->single)
		check_single(r, tree, value);
}

void
resolve_hosts(struct resolve *r)
{
	size_t n = r->hosts.list.n;
	bool *cyclic = arena_calloc(r->arena, n, sizeof(*cyclic));
	size_t *order;

	r->hosts_values = arena_calloc(r->arena, n, sizeof(*r->hosts_values));
	order = scope_order(&r->hosts, r->diags, collect_needs(r), cyclic);
	for (size_t i = 0; i < n; i++) {
		if (cyclic[order[i]])
			r->hosts_values[order[i]].broken = true;
		else
			resolve_definition(r, order[i]);
	}
}
