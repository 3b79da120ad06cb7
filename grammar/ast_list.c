/*
 * Words, lists, and the entries of lists.
 *
 * In a list of services a protocol holds for the entries after it, until
 * another takes its place.  Every entry that it holds for has a copy, so that
 * nobody has to look back.
 */
#include <string.h>

#include "grammar/ast_build.h"

struct ast_word
ast_word_none(void)
{
	return (struct ast_word){.text = NULL};
}

ast_words
ast_words_one(struct parser *parser, struct ast_word word)
{
	return ast_words_add(parser, (ast_words){.v = NULL}, word);
}

ast_words
ast_words_add(struct parser *parser, ast_words words, struct ast_word word)
{
	vec_push(parser->parse->arena, &words, word);
	return words;
}

ast_hosts
ast_hosts_one(struct parser *parser, struct ast_host host)
{
	return ast_hosts_add(parser, (ast_hosts){.v = NULL}, host);
}

ast_hosts
ast_hosts_add(struct parser *parser, ast_hosts hosts, struct ast_host host)
{
	vec_push(parser->parse->arena, &hosts, host);
	return hosts;
}

static struct ast_service *
service_new(struct parser *parser, struct ast_service service)
{
	struct ast_service *made = arena_new(
	    parser->parse->arena, struct ast_service);

	*made = service;
	return made;
}

struct ast_service *
ast_service_name(struct parser *parser, struct ast_word name)
{
	return service_new(parser,
	    (struct ast_service){
		.kind = AST_SERVICE_NAME, .span = name.span, .word = name});
}

struct ast_service *
ast_service_number(struct parser *parser, struct ast_word number)
{
	return service_new(parser,
	    (struct ast_service){.kind = AST_SERVICE_PORTS,
		.span = number.span,
		.word = number,
		.continues = true});
}

struct ast_service *
ast_service_with(struct parser *parser, enum ast_service_kind kind,
    struct span span, struct ast_word protocol, struct ast_word word)
{
	return service_new(parser,
	    (struct ast_service){.kind = kind,
		.span = span,
		.protocol = protocol,
		.word = word});
}

static enum ast_service_kind
kind_of_number(const struct ast_word *protocol)
{
	if (strcmp(protocol->text, "proto") == 0)
		return AST_SERVICE_PROTOCOL;
	if (strncmp(protocol->text, "icmp", strlen("icmp")) == 0)
		return AST_SERVICE_ICMP;
	return AST_SERVICE_PORTS;
}

static void
report_bare_number(struct parser *parser, const struct ast_word *number)
{
	struct diag *diag = parser_error(parser, E_SYNTAX, number->span,
	    "the port %s has no protocol before it", number->text);

	diag_help(parser->parse->diags, diag, "write 'tcp %s' or 'udp %s'",
	    number->text, number->text);
}

static struct ast_service
go_on(struct parser *parser, const struct ast_service *before,
    struct ast_service service)
{
	bool number = service.kind != AST_SERVICE_NAME;

	if (service.protocol.text != NULL)
		return service;
	if (before == NULL || before->protocol.text == NULL) {
		if (number)
			report_bare_number(parser, &service.word);
		return service;
	}
	service.protocol = before->protocol;
	service.continues = true;
	if (number)
		service.kind = kind_of_number(&service.protocol);
	return service;
}

ast_services
ast_services_one(struct parser *parser, struct ast_service *service)
{
	*service = go_on(parser, NULL, *service);
	return (ast_services){.v = service, .n = 1, .cap = 1};
}

ast_services
ast_services_add(struct parser *parser, ast_services services,
    const struct ast_service *service)
{
	const struct ast_service *before = &services.v[services.n - 1];

	vec_push(
	    parser->parse->arena, &services, go_on(parser, before, *service));
	return services;
}

struct ast_rule_list
ast_rules_new(void)
{
	return (struct ast_rule_list){NULL, NULL};
}

struct ast_rule_list
ast_rules_add(struct ast_rule_list rules, struct ast_rule *rule)
{
	if (rules.last == NULL)
		rules.first = rule;
	else
		rules.last->next = rule;
	rules.last = rule;
	return rules;
}

struct ast_step_list
ast_steps_new(void)
{
	return (struct ast_step_list){NULL, NULL};
}

struct ast_step_list
ast_steps_add(struct ast_step_list steps, struct ast_test_step *step)
{
	if (steps.last == NULL)
		steps.first = step;
	else
		steps.last->next = step;
	steps.last = step;
	return steps;
}
