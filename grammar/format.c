/*
 * The canonical form of a policy, statement by statement.
 */
#include "grammar/format.h"
#include "grammar/format_parts.h"

static void
put_definition(
    struct layout *layout, const struct ast_service_definition *definition)
{
	layout_put(layout, "service ");
	format_word(layout, &definition->name);
	format_equals(
	    layout, definition->name.span, definition->services.v[0].span);
	format_services(layout, &definition->services);
}

static void
put_hosts(struct layout *layout, const struct ast_hosts_definition *definition)
{
	layout_put(layout, definition->single ? "host " : "hosts ");
	format_word(layout, &definition->name);
	if (definition->from_file) {
		layout_put(layout, " from ");
		format_text(layout, &definition->file);
		return;
	}
	format_equals(
	    layout, definition->name.span, definition->hosts.v[0].word.span);
	format_hosts(layout, &definition->hosts);
}

static void
put_forward(struct layout *layout, const struct ast_forward *forward)
{
	layout_put(layout, "forward ");
	layout_put(layout, forward->protocol.text);
	layout_put(layout, " ");
	format_words(layout, &forward->ports);
	layout_put(layout, " from ");
	format_words(layout, &forward->from);
	layout_put(layout, " to ");
	format_word(layout, &forward->target.word);
	if (forward->has_target_port) {
		layout_put(layout, " port ");
		format_word(layout, &forward->target_port);
	}
	format_qualifiers(layout, forward->qualifiers);
}

static void
put_nat(struct layout *layout, const struct ast_nat *nat)
{
	layout_put(layout, "nat ");
	format_words(layout, &nat->from);
	layout_put(layout, " to ");
	format_words(layout, &nat->to);
}

static void
put_default(struct layout *layout, const struct ast_default *fallback)
{
	layout_put(layout, "default ");
	layout_put(layout, format_verdict(fallback->verdict));
	if (fallback->log)
		layout_put(layout, " log");
}

static void
put_option(struct layout *layout, const struct ast_option *option)
{
	layout_put(layout, "option ");
	format_word(layout, &option->name);
	layout_put(layout, " ");
	format_words(layout, &option->values);
}

/* A statement of one line, as long as it does not have to be broken. */
static void
put_statement(struct layout *layout, struct zone_columns *columns,
    const struct ast_statement *statement)
{
	switch (statement->kind) {
	case AST_ZONE:
		format_zone(layout, columns, statement);
		break;
	case AST_SERVICE:
		put_definition(layout, &statement->u.service);
		break;
	case AST_HOSTS:
		put_hosts(layout, &statement->u.hosts);
		break;
	case AST_TRUST:
		layout_put(layout, "trust ");
		format_words(layout, &statement->u.trust.zones);
		break;
	case AST_NAT:
		put_nat(layout, &statement->u.nat);
		break;
	case AST_FORWARD:
		put_forward(layout, &statement->u.forward);
		break;
	case AST_DEFAULT:
		put_default(layout, &statement->u.fallback);
		break;
	case AST_OPTION:
		put_option(layout, &statement->u.option);
		break;
	case AST_INCLUDE:
		layout_put(layout, "include ");
		format_text(layout, &statement->u.include.path);
		break;
	case AST_BLOCK:
	case AST_TEST:
		break;
	}
}

void
format_file(
    const struct ast_file *tree, const struct sources *sources, struct buf *out)
{
	const struct source *source = sources_get(sources, tree->file);
	struct zone_columns columns = {.last = NULL};
	uint32_t from = 0;
	bool blank, first = true;
	struct layout layout;

	layout_init(&layout, out->arena, tree, source);
	for (const struct ast_statement *at = tree->statements; at != NULL;
	     at = at->next) {
		blank = format_gap(&layout, from, at->span.at, 0, first);
		if (at->kind == AST_BLOCK || at->kind == AST_TEST) {
			format_block(&layout, at, blank);
		} else {
			layout_begin(&layout, 0, blank);
			put_statement(&layout, &columns, at);
			layout_end(&layout);
		}
		from = at->span.at + at->span.length;
		first = false;
	}
	format_gap(&layout, from, (uint32_t)source->size, 0, first);
	layout_write(&layout, out);
}
