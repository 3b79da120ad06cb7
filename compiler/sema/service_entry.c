/*
 * Lists of services: from names, ports, types and protocols to parts.
 */
#include <string.h>

#include "sema/resolve.h"

/* A list while it is being read. */
struct list_draft {
	struct resolve *r;
	struct service_value *out;
};

/* What a name stands for; either of the two. */
struct named_service {
	const struct service_value *own; /* the policy's */
	const struct service *builtin;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
service_entry_is_name(const struct ast_service *entry)
{
	switch (entry->kind) {
	case AST_SERVICE_NAME:
		return true;
	case AST_SERVICE_PORTS:
		return !is_digit(entry->word.text[0]) &&
		    strcmp(entry->word.text, "any") != 0;
	case AST_SERVICE_ICMP:
	case AST_SERVICE_PROTOCOL:
		break;
	}
	return false;
}

/* `icmp echo-request, time-exceeded`: numbers go on, names do not. */
static void
help_type(struct resolve *r, struct diag *diag, const struct ast_service *entry)
{
	const struct catalogue *catalogue = r->sema->catalogue;
	const char *name = entry->word.text;

	if (map_get(&catalogue->icmp_types, name) != NULL)
		diag_help(r->diags, diag, "write 'icmp %s'", name);
	if (map_get(&catalogue->icmp6_types, name) != NULL)
		diag_help(r->diags, diag, "write 'icmp6 %s'", name);
	if (map_get(&catalogue->protocols, name) != NULL)
		diag_help(r->diags, diag, "write 'proto %s'", name);
}

static void
report_unknown(struct resolve *r, const struct ast_service *entry)
{
	const struct catalogue *catalogue = r->sema->catalogue;
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(r->diags, E_UNKNOWN_SERVICE, entry->word.span,
	    "no service is named '%s'", entry->word.text);
	suggest_init(&suggest, entry->word.text);
	scope_suggest(&r->services, &suggest, &r->suggestions);
	if (catalogue->list.n <= r->suggestions) {
		r->suggestions -= catalogue->list.n;
		for (size_t i = 0; i < catalogue->list.n; i++)
			suggest_offer(&suggest, catalogue->list.v[i]->name);
	}
	help_type(r, diag, entry);
	if (diag->helps.n == 0)
		resolve_help_suggest(r, diag, &suggest);
}

/* Returns false after an error. */
static bool
find_service(struct resolve *r, const struct ast_service *entry,
    struct named_service *out)
{
	struct definition *definition = scope_find(
	    &r->services, entry->word.text);

	if (definition != NULL) {
		definition->used = true;
		out->own = &r->service_values[definition->index];
		return true;
	}
	out->builtin = catalogue_find(r->sema->catalogue, entry->word.text);
	if (out->builtin != NULL) {
		resolve_say_service(r, out->builtin);
		return true;
	}
	report_unknown(r, entry);
	return false;
}

static void
add_caveat(struct list_draft *draft, const struct service *service)
{
	for (size_t i = 0; i < draft->out->caveats.n; i++) {
		if (draft->out->caveats.v[i] == service)
			return;
	}
	vec_push(draft->r->arena, &draft->out->caveats, service);
}

static void
add_caveats(struct list_draft *draft, const struct named_service *service)
{
	if (service->builtin != NULL) {
		if (service->builtin->caveat != NULL)
			add_caveat(draft, service->builtin);
		return;
	}
	for (size_t i = 0; i < service->own->caveats.n; i++)
		add_caveat(draft, service->own->caveats.v[i]);
}

static const service_parts *
parts_of(const struct named_service *service)
{
	return service->builtin != NULL ? &service->builtin->parts
					: &service->own->parts;
}

static void
add_part(
    struct list_draft *draft, const struct service_part *part, struct span span)
{
	parts_add(draft->r->arena, &draft->r->draft, part, span);
}

/* Every protocol.  Beside it nothing else in a list means anything. */
static void
add_any(struct list_draft *draft, const ast_services *list,
    const struct ast_service *entry)
{
	struct diag *diag;

	if (entry->continues) {
		diag = diag_add(draft->r->diags, E_SERVICE_ANY, entry->span,
		    "'any' behind '%s' could be all of %s or every protocol",
		    entry->protocol.text, entry->protocol.text);
		diag_help(draft->r->diags, diag,
		    "write '%s any', or put 'any' on a line of its own",
		    entry->protocol.text);
		draft->out->broken = true;
		return;
	}
	draft->out->any = true;
	if (list->n > 1)
		diag_add(draft->r->diags, W_SERVICE_ANY, entry->span,
		    "'any' is every protocol: the rest of this list adds "
		    "nothing");
}

static void
add_name(struct list_draft *draft, const ast_services *list,
    const struct ast_service *entry)
{
	struct named_service service = {NULL, NULL};

	if (strcmp(entry->word.text, "any") == 0) {
		add_any(draft, list, entry);
		return;
	}
	if (!find_service(draft->r, entry, &service)) {
		draft->out->broken = true;
		return;
	}
	if (service.own != NULL) {
		draft->out->any |= service.own->any;
		draft->out->broken |= service.own->broken;
	}
	for (size_t i = 0; i < parts_of(&service)->n; i++)
		add_part(draft, &parts_of(&service)->v[i], entry->span);
	add_caveats(draft, &service);
}

static void
report_no_ports(
    struct resolve *r, const struct ast_service *entry, bool exchange)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_SERVICE_PROTOCOL, entry->word.span,
	    exchange ? "service '%s' makes no conversation by %s"
		     : "service '%s' has no %s ports",
	    entry->word.text, entry->protocol.text);
	if (exchange)
		diag_help(r->diags, diag, "write '%s' alone for all of it",
		    entry->word.text);
}

/* `tcp https`: what the service has in that protocol. */
static void
add_named_ports(
    struct list_draft *draft, const struct ast_service *entry, int protocol)
{
	struct named_service service = {NULL, NULL};
	bool found = false, exchange = false, good;

	good = find_service(draft->r, entry, &service);
	for (size_t i = 0; good && i < parts_of(&service)->n; i++) {
		const struct service_part *part = &parts_of(&service)->v[i];

		if (part->protocol != protocol)
			continue;
		if (part->exchange == EXCHANGE_NONE) {
			add_part(draft, part, entry->span);
			found = true;
		}
		exchange |= part->exchange != EXCHANGE_NONE;
	}
	draft->out->broken |= !found;
	if (found)
		add_caveats(draft, &service);
	else if (good && (service.own == NULL || !service.own->broken))
		report_no_ports(draft->r, entry, exchange);
}

static void
add_ports(struct list_draft *draft, const struct ast_service *entry)
{
	struct service_part part = {.families = FAMILY_BOTH};
	struct port_range range;

	part.protocol = protocol_of_word(entry->protocol.text);
	if (service_entry_is_name(entry)) {
		add_named_ports(draft, entry, part.protocol);
		return;
	}
	if (strcmp(entry->word.text, "any") != 0) {
		if (!resolve_ports(draft->r, &entry->word, &range)) {
			draft->out->broken = true;
			return;
		}
		part.target = ports_of_range(draft->r, range);
	}
	add_part(draft, &part, entry->span);
}

static void
add_typed(struct list_draft *draft, const ast_services *list,
    const struct ast_service *entry)
{
	struct service_part part = {.protocol = PROTOCOL_ANY};
	bool good;

	if (entry->kind == AST_SERVICE_PROTOCOL &&
	    strcmp(entry->word.text, "any") == 0) {
		add_any(draft, list, entry);
		return;
	}
	good = entry->kind == AST_SERVICE_ICMP
	    ? resolve_icmp(draft->r, entry, &part)
	    : resolve_protocol(draft->r, &entry->word, &part);
	if (good)
		add_part(draft, &part, entry->span);
	else
		draft->out->broken = true;
}

static void
add_entry(struct list_draft *draft, const ast_services *list,
    const struct ast_service *entry)
{
	/* The parser has said that a number has no protocol. */
	if (entry->kind != AST_SERVICE_NAME && entry->protocol.text == NULL) {
		draft->out->broken = true;
		return;
	}
	switch (entry->kind) {
	case AST_SERVICE_NAME:
		add_name(draft, list, entry);
		break;
	case AST_SERVICE_PORTS:
		add_ports(draft, entry);
		break;
	case AST_SERVICE_ICMP:
	case AST_SERVICE_PROTOCOL:
		add_typed(draft, list, entry);
		break;
	}
}

/* Two entries with one key are the same. */
static const char *
entry_key(struct resolve *r, const struct ast_service *entry)
{
	if (entry->kind == AST_SERVICE_NAME || entry->protocol.text == NULL)
		return entry->word.text;
	return arena_printf(
	    r->arena, "%s %s", entry->protocol.text, entry->word.text);
}

void
resolve_service_list(
    struct resolve *r, const ast_services *list, struct service_value *out)
{
	struct list_draft draft = {.r = r, .out = out};
	ast_services once = {NULL, 0, 0};
	struct map seen;

	map_init(&seen, r->arena);
	for (size_t i = 0; i < list->n; i++) {
		const struct ast_service *entry = &list->v[i];

		if (list->n > 1 &&
		    !resolve_list_entry(
			r, &seen, entry_key(r, entry), entry->span))
			continue;
		add_entry(&draft, list, entry);
		if (list->n > 1)
			vec_push(r->arena, &once, *entry);
	}
	if (out->any)
		r->draft.list.n = 0;
	else
		parts_finish(r->arena, &r->draft, &out->parts);
	if (once.n > 1 && !out->broken)
		resolve_service_entries(r, &once, out);
}
