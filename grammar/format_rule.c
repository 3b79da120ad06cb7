/*
 * Rules and test steps in canonical form: qualifiers and options in the order
 * in which akp(5) lists them.
 */
#include "grammar/format_parts.h"

const char *
format_verdict(enum ast_verdict verdict)
{
	switch (verdict) {
	case AST_ALLOW:
		return "allow";
	case AST_DENY:
		return "deny";
	case AST_REJECT:
		return "reject";
	}
	return NULL;
}

static void
put_named_text(
    struct layout *layout, const char *name, const struct ast_word *text)
{
	layout_put(layout, name);
	format_text(layout, text);
}

static void
put_named_word(
    struct layout *layout, const char *name, const struct ast_word *word)
{
	layout_put(layout, name);
	format_word(layout, word);
}

void
format_qualifiers(
    struct layout *layout, const struct ast_qualifiers *qualifiers)
{
	if (qualifiers->has_from) {
		layout_put(layout, " from ");
		format_hosts(layout, &qualifiers->from);
	}
	if (qualifiers->has_to) {
		layout_put(layout, " to ");
		format_hosts(layout, &qualifiers->to);
	}
	if (qualifiers->log)
		layout_put(layout, " log");
	if (qualifiers->limit != NULL) {
		put_named_word(layout, " limit ", qualifiers->limit);
		layout_put(layout, " per source");
	}
	if (qualifiers->label != NULL)
		put_named_text(layout, " label ", qualifiers->label);
	if (qualifiers->comment != NULL)
		put_named_text(layout, " comment ", qualifiers->comment);
}

void
format_rule(struct layout *layout, const struct ast_rule *rule)
{
	layout_put(layout, format_verdict(rule->verdict));
	layout_put(layout, " ");
	format_services(layout, &rule->services);
	format_qualifiers(layout, rule->qualifiers);
}

static void
put_end(struct layout *layout, const char *name, const struct ast_test_end *end)
{
	put_named_word(layout, name, &end->zone);
	if (end->has_address)
		put_named_word(layout, " ", &end->address);
	if (end->has_port)
		put_named_word(layout, " port ", &end->port);
}

static void
put_step_options(struct layout *layout, const struct ast_test_step *step)
{
	if (step->has_flags)
		put_named_word(layout, " flags ", &step->flags);
	if (step->via_nat)
		layout_put(layout, " via nat");
	if (step->has_line && step->line.quoted)
		put_named_text(layout, " by ", &step->line);
	else if (step->has_line)
		put_named_word(layout, " by line ", &step->line);
}

static void
put_expectation(struct layout *layout, const struct ast_test_step *step)
{
	layout_put(layout, "expect ");
	layout_put(layout, format_verdict(step->verdict));
	put_named_word(layout, " ", &step->protocol);
	if (step->has_type)
		put_named_word(layout, " ", &step->type);
	put_end(layout, " from ", &step->from);
	put_end(layout, " to ", &step->to);
}

static void
put_reaction(
    struct layout *layout, const struct ast_test_step *step, const char *what)
{
	layout_put(layout, "then ");
	if (step->has_verdict) {
		layout_put(layout, format_verdict(step->verdict));
		layout_put(layout, " ");
	}
	layout_put(layout, what);
}

void
format_step(struct layout *layout, const struct ast_test_step *step)
{
	switch (step->kind) {
	case AST_TEST_EXPECT:
		put_expectation(layout, step);
		break;
	case AST_TEST_REPLY:
		put_reaction(layout, step, "reply");
		break;
	case AST_TEST_AGAIN:
		put_reaction(layout, step, "again");
		break;
	case AST_TEST_AFTER:
		put_named_word(layout, "after ", &step->duration);
		break;
	}
	put_step_options(layout, step);
}
