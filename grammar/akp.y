/*
 * The grammar of a policy.  Actions call the constructors of ast_build.h and
 * nothing else: no name is resolved here and no number is judged.
 *
 * A statement, a rule and a test step end at a separator, and that is where
 * reading goes on after an error.  Each "error" below is followed by a token,
 * never by a reduction: the parser then skips to that token by itself.  Lists
 * are left-recursive, so that their length costs no stack.
 */
%require "3.8"
%define api.pure full
%define api.prefix {akp_yy}
%define api.token.prefix {TOK_}
%define api.location.type {struct span}
%define parse.error custom
%define parse.lac full
%locations
%param {struct parser *parser}
%expect 0

%code requires {
#include "grammar/ast_build.h"
#include "grammar/parser.h"
#include "grammar/syntax.h"
}

%code {
#define YYLLOC_DEFAULT(result, right, n)                                       \
	((result) = (n) > 1 ? span_join(YYRHSLOC(right, 1),                    \
				  YYRHSLOC(right, n))                          \
		: (n) == 1  ? YYRHSLOC(right, 1)                               \
			    : span_after(YYRHSLOC(right, 0)))

static struct span
span_after(struct span span)
{
	return (struct span){span.file, span.at + span.length, 0};
}

static int
akp_yylex(AKP_YYSTYPE *value, struct span *place, struct parser *parser)
{
	const struct token *token = tokens_next(parser);

	value->word = token->word;
	*place = token->word.span;
	return token->kind;
}

/* Called by the parser itself only when its stack is full. */
static void
akp_yyerror(struct span *place, struct parser *parser, const char *text)
{
	(void)place;
	(void)text;
	syntax_too_deep(parser);
}
}

%union {
	struct ast_word word;
	ast_words words;
	struct ast_host host;
	ast_hosts hosts;
	struct ast_service *service;
	ast_services services;
	struct ast_qualifiers *qualifiers;
	enum ast_verdict verdict;
	struct ast_rule *rule;
	struct ast_rule_list rules;
	struct ast_zone *zone;
	struct ast_test_end *end;
	enum ast_test_kind reaction;
	bool truth;
	struct ast_test_step *step;
	struct ast_step_list steps;
	struct ast_statement *statement;
}

/* Words that begin a statement. */
%token <word> ZONE "zone" SERVICE "service" HOST "host" HOSTS "hosts"
%token <word> TRUST "trust" NAT "nat" FORWARD "forward" FROM "from"
%token <word> DEFAULT "default" OPTION "option" INCLUDE "include" TEST "test"
/* Words inside statements. */
%token <word> TO "to" ON "on" NET "net" PORT "port"
%token <word> ALLOW "allow" DENY "deny" REJECT "reject"
%token <word> TCP "tcp" UDP "udp" ICMP "icmp" ICMP6 "icmp6" PROTO "proto"
%token <word> LOG "log" LIMIT "limit" PER "per" SOURCE "source"
%token <word> LABEL "label" COMMENT "comment"
%token <word> EXPECT "expect" THEN "then" AFTER "after" REPLY "reply"
%token <word> AGAIN "again" FLAGS "flags" VIA "via" BY "by" LINE "line"
/* Everything else; these descriptions stand in messages. */
%token <word> NAME "a name" PATTERN "a card pattern" STRING "a quoted text"
%token <word> NUMBER "a number" RANGE "a port range"
%token <word> ADDRESS "an address" DURATION "a time"
%token COMMA "," EQUALS "=" OPEN "{" CLOSE "}"
%token SEMICOLON ";" NEWLINE "the end of the line"
%token END 0 "the end of the file"

%type <word> word card number_or_word port transport packet type value
%type <word> target_port address end_port flags by
%type <words> words cards nets ports values
%type <host> host
%type <hosts> hosts
%type <service> service
%type <services> services
%type <qualifiers> qualifiers
%type <verdict> verdict
%type <rule> rule
%type <rules> rules body
%type <zone> clauses
%type <end> end
%type <reaction> reaction
%type <truth> via
%type <step> step
%type <steps> steps steps_body
%type <statement> statement definition block

%start policy

%%

policy
	: %empty
	| policy line
	;

line
	: separator
	| statement separator		{ ast_file_add(parser, $1); }
	| error separator
	| error open skipped CLOSE separator
	| FROM error separator
	| FROM error open body separator
	| TEST error separator
	| TEST error open steps_body separator
	;

separator
	: NEWLINE			{ yyerrok; }
	| SEMICOLON			{ yyerrok; }
	;

open
	: OPEN				{ yyerrok; }
	;

statement
	: ZONE word clauses
		{ $$ = ast_zone_new(parser, @$, $2, $3); }
	| definition
	| TRUST words
		{ $$ = ast_trust_new(parser, @$, $2); }
	| NAT words TO words
		{ $$ = ast_nat_new(parser, @$, $2, $4); }
	| FORWARD transport ports FROM words TO host target_port qualifiers
		{
			$$ = ast_forward_new(parser, @$,
			    &(struct ast_forward){.protocol = $2, .ports = $3,
			    .from = $5, .target = $7, .target_port = $8,
			    .qualifiers = ast_qualifiers_end($9)});
		}
	| block
	| DEFAULT verdict
		{ $$ = ast_default_new(parser, @$, $2, false); }
	| DEFAULT verdict LOG
		{ $$ = ast_default_new(parser, @$, $2, true); }
	| OPTION word values
		{ $$ = ast_option_new(parser, @$, $2, $3); }
	| INCLUDE STRING
		{ $$ = ast_include_new(parser, @$, $2); }
	| TEST STRING open steps_body
		{ $$ = ast_test_new(parser, @$, $2, $4); }
	;

definition
	: SERVICE word EQUALS services
		{ $$ = ast_service_new(parser, @$, $2, $4); }
	| HOST word EQUALS host
		{ $$ = ast_host_new(parser, @$, $2, $4); }
	| HOSTS word EQUALS hosts
		{ $$ = ast_hosts_new(parser, @$, $2, $4); }
	| HOSTS word FROM STRING
		{ $$ = ast_hosts_file_new(parser, @$, $2, $4); }
	;

clauses
	: %empty			{ $$ = ast_clauses_new(parser); }
	| clauses ON cards
		{ $$ = ast_clauses_on(parser, $1, span_join(@2, @3), $3); }
	| clauses NET nets
		{ $$ = ast_clauses_net(parser, $1, span_join(@2, @3), $3); }
	;

cards
	: card				{ $$ = ast_words_one(parser, $1); }
	| cards COMMA card		{ $$ = ast_words_add(parser, $1, $3); }
	;

card
	: word
	| PATTERN
	;

nets
	: ADDRESS			{ $$ = ast_words_one(parser, $1); }
	| nets COMMA ADDRESS		{ $$ = ast_words_add(parser, $1, $3); }
	;

/* Blocks and rules. */

block
	: FROM words TO words rule
		{ $$ = ast_block_line(parser, @$, $2, $4, $5); }
	| FROM words TO words open body
		{ $$ = ast_block_new(parser, @$, $2, $4, $6); }
	;

body
	: rules CLOSE
	| rules rule CLOSE		{ $$ = ast_rules_add($1, $2); }
	| rules error CLOSE
	;

rules
	: %empty			{ $$ = ast_rules_new(); }
	| rules separator
	| rules rule separator		{ $$ = ast_rules_add($1, $2); }
	| rules error separator
	| rules error open skipped CLOSE separator
	;

rule
	: verdict services qualifiers
		{
			$$ = ast_rule_new(
			    parser, @$, $1, $2, ast_qualifiers_end($3));
		}
	;

verdict
	: ALLOW			{ $$ = AST_ALLOW; }
	| DENY			{ $$ = AST_DENY; }
	| REJECT		{ $$ = AST_REJECT; }
	;

qualifiers
	: %empty		{ $$ = NULL; }
	| qualifiers FROM hosts
		{ $$ = ast_qualify_from(parser, $1, span_join(@2, @3), $3); }
	| qualifiers TO hosts
		{ $$ = ast_qualify_to(parser, $1, span_join(@2, @3), $3); }
	| qualifiers LOG
		{ $$ = ast_qualify_log(parser, $1, @2); }
	| qualifiers LIMIT NUMBER PER SOURCE
		{ $$ = ast_qualify_limit(parser, $1, span_join(@2, @5), $3); }
	| qualifiers LABEL STRING
		{ $$ = ast_qualify_label(parser, $1, $3); }
	| qualifiers COMMENT STRING
		{ $$ = ast_qualify_comment(parser, $1, $3); }
	;

services
	: service		{ $$ = ast_services_one(parser, $1); }
	| services COMMA service
		{ $$ = ast_services_add(parser, $1, $3); }
	;

service
	: word			{ $$ = ast_service_name(parser, $1); }
	| NUMBER		{ $$ = ast_service_number(parser, $1); }
	| RANGE			{ $$ = ast_service_number(parser, $1); }
	| transport port
		{
			$$ = ast_service_with(
			    parser, AST_SERVICE_PORTS, @$, $1, $2);
		}
	| ICMP number_or_word
		{
			$$ = ast_service_with(
			    parser, AST_SERVICE_ICMP, @$, $1, $2);
		}
	| ICMP6 number_or_word
		{
			$$ = ast_service_with(
			    parser, AST_SERVICE_ICMP, @$, $1, $2);
		}
	| PROTO number_or_word
		{
			$$ = ast_service_with(
			    parser, AST_SERVICE_PROTOCOL, @$, $1, $2);
		}
	;

transport
	: TCP
	| UDP
	;

port
	: NUMBER
	| RANGE
	| word
	;

number_or_word
	: NUMBER
	| word
	;

ports
	: port				{ $$ = ast_words_one(parser, $1); }
	| ports COMMA port		{ $$ = ast_words_add(parser, $1, $3); }
	;

target_port
	: %empty		{ $$ = ast_word_none(); }
	| PORT NUMBER		{ $$ = $2; }
	| PORT RANGE		{ $$ = $2; }
	;

/* Lists. */

words
	: word				{ $$ = ast_words_one(parser, $1); }
	| words COMMA word		{ $$ = ast_words_add(parser, $1, $3); }
	;

hosts
	: host				{ $$ = ast_hosts_one(parser, $1); }
	| hosts COMMA host		{ $$ = ast_hosts_add(parser, $1, $3); }
	;

host
	: ADDRESS	{ $$ = (struct ast_host){AST_HOST_ADDRESS, $1}; }
	| word		{ $$ = (struct ast_host){AST_HOST_NAME, $1}; }
	;

values
	: value				{ $$ = ast_words_one(parser, $1); }
	| values value			{ $$ = ast_words_add(parser, $1, $2); }
	| values COMMA value		{ $$ = ast_words_add(parser, $1, $3); }
	;

value
	: word
	| NUMBER
	| RANGE
	| ADDRESS
	| DURATION
	;

/* Tests. */

steps_body
	: steps CLOSE
	| steps step CLOSE		{ $$ = ast_steps_add($1, $2); }
	| steps error CLOSE
	;

steps
	: %empty			{ $$ = ast_steps_new(); }
	| steps separator
	| steps step separator		{ $$ = ast_steps_add($1, $2); }
	| steps error separator
	| steps error open skipped CLOSE separator
	;

step
	: EXPECT verdict packet type FROM end TO end flags via by
		{
			$$ = ast_step_new(parser, @$, &(struct ast_test_step){
			    .kind = AST_TEST_EXPECT, .has_verdict = true,
			    .verdict = $2, .protocol = $3, .type = $4,
			    .from = *$6, .to = *$8, .flags = $9, .via_nat = $10,
			    .line = $11});
		}
	| THEN reaction via by
		{
			$$ = ast_step_new(parser, @$, &(struct ast_test_step){
			    .kind = $2, .via_nat = $3, .line = $4});
		}
	| THEN verdict reaction via by
		{
			$$ = ast_step_new(parser, @$, &(struct ast_test_step){
			    .kind = $3, .has_verdict = true,
			    .verdict = $2, .via_nat = $4, .line = $5});
		}
	| AFTER DURATION
		{
			$$ = ast_step_new(parser, @$, &(struct ast_test_step){
			    .kind = AST_TEST_AFTER, .duration = $2});
		}
	;

packet
	: TCP
	| UDP
	| ICMP
	| ICMP6
	| number_or_word
	;

type
	: %empty			{ $$ = ast_word_none(); }
	| number_or_word
	;

reaction
	: REPLY				{ $$ = AST_TEST_REPLY; }
	| AGAIN				{ $$ = AST_TEST_AGAIN; }
	;

end
	: word address end_port
		{ $$ = ast_test_end(parser, @$, $1, $2, $3); }
	;

address
	: %empty			{ $$ = ast_word_none(); }
	| ADDRESS
	;

end_port
	: %empty			{ $$ = ast_word_none(); }
	| PORT NUMBER			{ $$ = $2; }
	;

flags
	: %empty			{ $$ = ast_word_none(); }
	| FLAGS word			{ $$ = $2; }
	;

via
	: %empty			{ $$ = false; }
	| VIA NAT			{ $$ = true; }
	;

by
	: %empty			{ $$ = ast_word_none(); }
	| BY LINE NUMBER		{ $$ = $3; }
	| BY STRING			{ $$ = $2; }
	;

/* A word that the grammar needs here and there is a name elsewhere. */

word
	: NAME
	| STRING
	| NAT
	| ON
	| NET
	| PORT
	| LOG
	| LIMIT
	| PER
	| SOURCE
	| LABEL
	| COMMENT
	| EXPECT
	| THEN
	| AFTER
	| REPLY
	| AGAIN
	| FLAGS
	| VIA
	| BY
	| LINE
	;

/* The inside of braces that belong to nothing. */

skipped
	: %empty
	| skipped skipped_token
	| skipped OPEN skipped CLOSE
	;

skipped_token
	: word
	| ZONE
	| SERVICE
	| HOST
	| HOSTS
	| TRUST
	| FORWARD
	| FROM
	| DEFAULT
	| OPTION
	| INCLUDE
	| TEST
	| TO
	| ALLOW
	| DENY
	| REJECT
	| TCP
	| UDP
	| ICMP
	| ICMP6
	| PROTO
	| PATTERN
	| NUMBER
	| RANGE
	| ADDRESS
	| DURATION
	| COMMA
	| EQUALS
	| SEMICOLON
	| NEWLINE
	;

%%

static int
yyreport_syntax_error(const yypcontext_t *context, struct parser *parser)
{
	yysymbol_kind_t kinds[YYNTOKENS];
	const char *expected[YYNTOKENS];
	int n = yypcontext_expected_tokens(context, kinds, YYNTOKENS);

	for (int i = 0; i < n; i++)
		expected[i] = yysymbol_name(kinds[i]);
	syntax_error(parser, expected, n > 0 ? (size_t)n : 0);
	return 0;
}
