/*
 * Statements, and the file that they make up.
 */
#include "grammar/ast_build.h"

struct ast_file *
ast_file_new(struct parser *parser, uint32_t file)
{
	struct ast_file *tree = arena_new(
	    parser->parse->arena, struct ast_file);

	tree->file = file;
	return tree;
}

/* A statement that was reported is left out. */
void
ast_file_add(struct parser *parser, struct ast_statement *statement)
{
	if (parser->bad.file != 0 && parser->bad.at >= statement->span.at)
		return;
	if (parser->last == NULL)
		parser->tree->statements = statement;
	else
		parser->last->next = statement;
	parser->last = statement;
}

void
ast_comment_add(struct parser *parser, struct span span, bool own_line)
{
	struct ast_comment comment = {span, own_line};

	vec_push(parser->parse->arena, &parser->tree->comments, comment);
}

static struct ast_statement *
statement_new(struct parser *parser, enum ast_kind kind, struct span span)
{
	struct ast_statement *statement = arena_new(
	    parser->parse->arena, struct ast_statement);

	statement->kind = kind;
	statement->span = span;
	return statement;
}

struct ast_statement *
ast_zone_new(struct parser *parser, struct span span, struct ast_word name,
    const struct ast_zone *clauses)
{
	struct ast_statement *statement = statement_new(parser, AST_ZONE, span);

	statement->u.zone = *clauses;
	statement->u.zone.name = name;
	return statement;
}

struct ast_statement *
ast_service_new(struct parser *parser, struct span span, struct ast_word name,
    ast_services services)
{
	struct ast_statement *statement = statement_new(
	    parser, AST_SERVICE, span);

	statement->u.service.name = name;
	statement->u.service.services = services;
	return statement;
}

struct ast_statement *
ast_host_new(struct parser *parser, struct span span, struct ast_word name,
    struct ast_host host)
{
	struct ast_statement *statement = ast_hosts_new(
	    parser, span, name, ast_hosts_one(parser, host));

	statement->u.hosts.single = true;
	return statement;
}

struct ast_statement *
ast_hosts_new(struct parser *parser, struct span span, struct ast_word name,
    ast_hosts hosts)
{
	struct ast_statement *statement = statement_new(
	    parser, AST_HOSTS, span);

	statement->u.hosts.name = name;
	statement->u.hosts.hosts = hosts;
	return statement;
}

struct ast_statement *
ast_hosts_file_new(struct parser *parser, struct span span,
    struct ast_word name, struct ast_word file)
{
	struct ast_statement *statement = statement_new(
	    parser, AST_HOSTS, span);

	statement->u.hosts.name = name;
	statement->u.hosts.from_file = true;
	statement->u.hosts.file = file;
	return statement;
}

struct ast_statement *
ast_trust_new(struct parser *parser, struct span span, ast_words zones)
{
	struct ast_statement *statement = statement_new(
	    parser, AST_TRUST, span);

	statement->u.trust.zones = zones;
	return statement;
}

struct ast_statement *
ast_nat_new(
    struct parser *parser, struct span span, ast_words from, ast_words to)
{
	struct ast_statement *statement = statement_new(parser, AST_NAT, span);

	statement->u.nat.from = from;
	statement->u.nat.to = to;
	return statement;
}

struct ast_statement *
ast_forward_new(
    struct parser *parser, struct span span, const struct ast_forward *forward)
{
	struct ast_statement *statement = statement_new(
	    parser, AST_FORWARD, span);

	statement->u.forward = *forward;
	statement->u.forward.has_target_port = forward->target_port.text !=
	    NULL;
	return statement;
}

struct ast_statement *
ast_block_new(struct parser *parser, struct span span, ast_words from,
    ast_words to, struct ast_rule_list rules)
{
	struct ast_statement *statement = statement_new(
	    parser, AST_BLOCK, span);

	statement->u.block.from = from;
	statement->u.block.to = to;
	statement->u.block.rules = rules.first;
	return statement;
}

struct ast_statement *
ast_block_line(struct parser *parser, struct span span, ast_words from,
    ast_words to, struct ast_rule *rule)
{
	struct ast_statement *statement = ast_block_new(
	    parser, span, from, to, ast_rules_add(ast_rules_new(), rule));

	statement->u.block.one_line = true;
	return statement;
}

struct ast_statement *
ast_default_new(
    struct parser *parser, struct span span, enum ast_verdict verdict, bool log)
{
	struct ast_statement *statement = statement_new(
	    parser, AST_DEFAULT, span);

	statement->u.fallback.verdict = verdict;
	statement->u.fallback.log = log;
	return statement;
}

struct ast_statement *
ast_option_new(struct parser *parser, struct span span, struct ast_word name,
    ast_words values)
{
	struct ast_statement *statement = statement_new(
	    parser, AST_OPTION, span);

	statement->u.option.name = name;
	statement->u.option.values = values;
	return statement;
}

struct ast_statement *
ast_include_new(struct parser *parser, struct span span, struct ast_word path)
{
	struct ast_statement *statement = statement_new(
	    parser, AST_INCLUDE, span);

	statement->u.include.path = path;
	return statement;
}

struct ast_statement *
ast_test_new(struct parser *parser, struct span span, struct ast_word name,
    struct ast_step_list steps)
{
	struct ast_statement *statement = statement_new(parser, AST_TEST, span);

	statement->u.test.name = name;
	statement->u.test.steps = steps.first;
	return statement;
}
