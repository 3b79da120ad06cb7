/*
 * Rules, test steps, and the clauses that may stand in any order but only
 * once.  Of a clause that is given twice the first one counts.
 */
#include "grammar/ast_build.h"

static void
report_twice(struct parser *parser, struct span first, struct span again,
    const char *clause)
{
	struct diag *diag = parser_error(
	    parser, E_TWICE, again, "'%s' is given twice", clause);

	diag_label(parser->parse->diags, diag, first, "first given here");
}

struct ast_zone *
ast_clauses_new(struct parser *parser)
{
	return arena_new(parser->parse->arena, struct ast_zone);
}

struct ast_zone *
ast_clauses_on(struct parser *parser, struct ast_zone *zone, struct span span,
    ast_words cards)
{
	if (zone->has_cards) {
		report_twice(parser, zone->cards_span, span, "on");
		return zone;
	}
	zone->has_cards = true;
	zone->cards_span = span;
	zone->cards = cards;
	return zone;
}

struct ast_zone *
ast_clauses_net(struct parser *parser, struct ast_zone *zone, struct span span,
    ast_words nets)
{
	if (zone->has_nets) {
		report_twice(parser, zone->nets_span, span, "net");
		return zone;
	}
	zone->has_nets = true;
	zone->nets_span = span;
	zone->nets = nets;
	return zone;
}

static const struct ast_word *
word_new(struct parser *parser, struct ast_word word)
{
	struct ast_word *made = arena_new(
	    parser->parse->arena, struct ast_word);

	*made = word;
	return made;
}

static struct ast_qualifiers *
qualifiers_begin(struct parser *parser, struct ast_qualifiers *qualifiers)
{
	if (qualifiers != NULL)
		return qualifiers;
	return arena_new(parser->parse->arena, struct ast_qualifiers);
}

const struct ast_qualifiers *
ast_qualifiers_end(const struct ast_qualifiers *qualifiers)
{
	static const struct ast_qualifiers none;

	return qualifiers != NULL ? qualifiers : &none;
}

struct ast_qualifiers *
ast_qualify_from(struct parser *parser, struct ast_qualifiers *qualifiers,
    struct span span, ast_hosts hosts)
{
	qualifiers = qualifiers_begin(parser, qualifiers);
	if (qualifiers->has_from) {
		report_twice(parser, qualifiers->from_span, span, "from");
		return qualifiers;
	}
	qualifiers->has_from = true;
	qualifiers->from_span = span;
	qualifiers->from = hosts;
	return qualifiers;
}

struct ast_qualifiers *
ast_qualify_to(struct parser *parser, struct ast_qualifiers *qualifiers,
    struct span span, ast_hosts hosts)
{
	qualifiers = qualifiers_begin(parser, qualifiers);
	if (qualifiers->has_to) {
		report_twice(parser, qualifiers->to_span, span, "to");
		return qualifiers;
	}
	qualifiers->has_to = true;
	qualifiers->to_span = span;
	qualifiers->to = hosts;
	return qualifiers;
}

struct ast_qualifiers *
ast_qualify_log(
    struct parser *parser, struct ast_qualifiers *qualifiers, struct span span)
{
	qualifiers = qualifiers_begin(parser, qualifiers);
	if (qualifiers->log) {
		report_twice(parser, qualifiers->log_span, span, "log");
		return qualifiers;
	}
	qualifiers->log = true;
	qualifiers->log_span = span;
	return qualifiers;
}

struct ast_qualifiers *
ast_qualify_limit(struct parser *parser, struct ast_qualifiers *qualifiers,
    struct span span, struct ast_word count)
{
	qualifiers = qualifiers_begin(parser, qualifiers);
	if (qualifiers->limit != NULL) {
		report_twice(parser, qualifiers->limit_span, span, "limit");
		return qualifiers;
	}
	qualifiers->limit = word_new(parser, count);
	qualifiers->limit_span = span;
	return qualifiers;
}

struct ast_qualifiers *
ast_qualify_label(struct parser *parser, struct ast_qualifiers *qualifiers,
    struct ast_word label)
{
	qualifiers = qualifiers_begin(parser, qualifiers);
	if (qualifiers->label != NULL) {
		report_twice(
		    parser, qualifiers->label->span, label.span, "label");
		return qualifiers;
	}
	qualifiers->label = word_new(parser, label);
	return qualifiers;
}

struct ast_qualifiers *
ast_qualify_comment(struct parser *parser, struct ast_qualifiers *qualifiers,
    struct ast_word comment)
{
	qualifiers = qualifiers_begin(parser, qualifiers);
	if (qualifiers->comment != NULL) {
		report_twice(
		    parser, qualifiers->comment->span, comment.span, "comment");
		return qualifiers;
	}
	qualifiers->comment = word_new(parser, comment);
	return qualifiers;
}

struct ast_rule *
ast_rule_new(struct parser *parser, struct span span, enum ast_verdict verdict,
    ast_services services, const struct ast_qualifiers *qualifiers)
{
	struct ast_rule *rule = arena_new(
	    parser->parse->arena, struct ast_rule);

	rule->verdict = verdict;
	rule->span = span;
	rule->services = services;
	rule->qualifiers = qualifiers;
	return rule;
}

struct ast_test_end *
ast_test_end(struct parser *parser, struct span span, struct ast_word zone,
    struct ast_word address, struct ast_word port)
{
	struct ast_test_end *end = arena_new(
	    parser->parse->arena, struct ast_test_end);

	*end = (struct ast_test_end){.zone = zone,
	    .has_address = address.text != NULL,
	    .has_port = port.text != NULL,
	    .address = address,
	    .port = port,
	    .span = span};
	return end;
}

struct ast_test_step *
ast_step_new(
    struct parser *parser, struct span span, const struct ast_test_step *step)
{
	struct ast_test_step *made = arena_new(
	    parser->parse->arena, struct ast_test_step);

	*made = *step;
	made->span = span;
	made->has_type = step->type.text != NULL;
	made->has_flags = step->flags.text != NULL;
	made->has_line = step->line.text != NULL;
	return made;
}
