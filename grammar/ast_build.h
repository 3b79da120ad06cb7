/*
 * Constructors of the syntax tree, for the actions of the grammar.
 *
 * A list is handed on by value and grows at its end.  A word without text is
 * one that was not written; has_… is derived from it here and nowhere else.
 */
#ifndef GRAMMAR_AST_BUILD_H
#define GRAMMAR_AST_BUILD_H

#include "grammar/ast.h"
#include "grammar/parser.h"

struct ast_rule_list {
	struct ast_rule *first, *last;
};

struct ast_step_list {
	struct ast_test_step *first, *last;
};

/* ast_list.c: words, lists and the entries of lists. */
struct ast_word ast_word_none(void);
ast_words ast_words_one(struct parser *parser, struct ast_word word);
ast_words ast_words_add(
    struct parser *parser, ast_words words, struct ast_word word);
ast_hosts ast_hosts_one(struct parser *parser, struct ast_host host);
ast_hosts ast_hosts_add(
    struct parser *parser, ast_hosts hosts, struct ast_host host);

struct ast_service *ast_service_name(
    struct parser *parser, struct ast_word name);
/* A port or number that goes on with the protocol before it. */
struct ast_service *ast_service_number(
    struct parser *parser, struct ast_word number);
struct ast_service *ast_service_with(struct parser *parser,
    enum ast_service_kind kind, struct span span, struct ast_word protocol,
    struct ast_word word);
/* The list of one is SERVICE itself, for most lists are no longer. */
ast_services ast_services_one(
    struct parser *parser, struct ast_service *service);
ast_services ast_services_add(struct parser *parser, ast_services services,
    const struct ast_service *service);

struct ast_rule_list ast_rules_new(void);
struct ast_rule_list ast_rules_add(
    struct ast_rule_list rules, struct ast_rule *rule);
struct ast_step_list ast_steps_new(void);
struct ast_step_list ast_steps_add(
    struct ast_step_list steps, struct ast_test_step *step);

/* ast_rule.c: clauses that may be given once, and what has them. */
struct ast_zone *ast_clauses_new(struct parser *parser);
struct ast_zone *ast_clauses_on(struct parser *parser, struct ast_zone *zone,
    struct span span, ast_words cards);
struct ast_zone *ast_clauses_net(struct parser *parser, struct ast_zone *zone,
    struct span span, ast_words nets);

/* Qualifiers are NULL until one is added: many rules have none. */
struct ast_qualifiers *ast_qualify_from(struct parser *parser,
    struct ast_qualifiers *qualifiers, struct span span, ast_hosts hosts);
struct ast_qualifiers *ast_qualify_to(struct parser *parser,
    struct ast_qualifiers *qualifiers, struct span span, ast_hosts hosts);
struct ast_qualifiers *ast_qualify_log(
    struct parser *parser, struct ast_qualifiers *qualifiers, struct span span);
struct ast_qualifiers *ast_qualify_limit(struct parser *parser,
    struct ast_qualifiers *qualifiers, struct span span, struct ast_word count);
struct ast_qualifiers *ast_qualify_label(struct parser *parser,
    struct ast_qualifiers *qualifiers, struct ast_word label);
struct ast_qualifiers *ast_qualify_comment(struct parser *parser,
    struct ast_qualifiers *qualifiers, struct ast_word comment);

const struct ast_qualifiers *ast_qualifiers_end(
    const struct ast_qualifiers *qualifiers);
struct ast_rule *ast_rule_new(struct parser *parser, struct span span,
    enum ast_verdict verdict, ast_services services,
    const struct ast_qualifiers *qualifiers);
struct ast_test_end *ast_test_end(struct parser *parser, struct span span,
    struct ast_word zone, struct ast_word address, struct ast_word port);
struct ast_test_step *ast_step_new(
    struct parser *parser, struct span span, const struct ast_test_step *step);

/* ast.c: statements, and the file that they make up. */
struct ast_file *ast_file_new(struct parser *parser, uint32_t file);
void ast_file_add(struct parser *parser, struct ast_statement *statement);
void ast_comment_add(struct parser *parser, struct span span, bool own_line);

struct ast_statement *ast_zone_new(struct parser *parser, struct span span,
    struct ast_word name, const struct ast_zone *clauses);
struct ast_statement *ast_service_new(struct parser *parser, struct span span,
    struct ast_word name, ast_services services);
struct ast_statement *ast_host_new(struct parser *parser, struct span span,
    struct ast_word name, struct ast_host host);
struct ast_statement *ast_hosts_new(struct parser *parser, struct span span,
    struct ast_word name, ast_hosts hosts);
struct ast_statement *ast_hosts_file_new(struct parser *parser,
    struct span span, struct ast_word name, struct ast_word file);
struct ast_statement *ast_trust_new(
    struct parser *parser, struct span span, ast_words zones);
struct ast_statement *ast_nat_new(
    struct parser *parser, struct span span, ast_words from, ast_words to);
struct ast_statement *ast_forward_new(
    struct parser *parser, struct span span, const struct ast_forward *forward);
struct ast_statement *ast_block_new(struct parser *parser, struct span span,
    ast_words from, ast_words to, struct ast_rule_list rules);
/* The one-line form. */
struct ast_statement *ast_block_line(struct parser *parser, struct span span,
    ast_words from, ast_words to, struct ast_rule *rule);
struct ast_statement *ast_default_new(struct parser *parser, struct span span,
    enum ast_verdict verdict, bool log);
struct ast_statement *ast_option_new(struct parser *parser, struct span span,
    struct ast_word name, ast_words values);
struct ast_statement *ast_include_new(
    struct parser *parser, struct span span, struct ast_word path);
struct ast_statement *ast_test_new(struct parser *parser, struct span span,
    struct ast_word name, struct ast_step_list steps);

#endif
