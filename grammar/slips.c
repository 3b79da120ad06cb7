/*
 * Advice for the commonest mistakes: what people write who know another
 * language, or who forget one of the few rules of this one.
 */
#include <string.h>

#include "grammar/akp.tab.h"
#include "grammar/ast_build.h"
#include "grammar/syntax.h"
#include "grammar/words.h"

struct slip {
	bool (*applies)(const struct syntax *syntax);
	const char *advice;
};

static bool
is_name(const struct token *token, const char *text)
{
	return token->kind == TOK_NAME && strcmp(token->word.text, text) == 0;
}

static bool
is_foreign_allow(const struct syntax *syntax)
{
	return is_name(syntax->found, "accept") ||
	    is_name(syntax->found, "pass") || is_name(syntax->found, "permit");
}

static bool
is_foreign_deny(const struct syntax *syntax)
{
	return is_name(syntax->found, "block") ||
	    is_name(syntax->found, "drop");
}

static bool
is_allow(const struct syntax *syntax)
{
	return syntax_expects(syntax, "allow") && is_foreign_allow(syntax);
}

static bool
is_deny(const struct syntax *syntax)
{
	return syntax_expects(syntax, "allow") && is_foreign_deny(syntax);
}

static bool
is_rule_outside(const struct syntax *syntax)
{
	return syntax_expects(syntax, "zone") &&
	    (word_verdict(syntax->found->kind) || is_foreign_allow(syntax) ||
		is_foreign_deny(syntax));
}

static bool
is_stray_brace(const struct syntax *syntax)
{
	return syntax->found->kind == TOK_CLOSE &&
	    syntax_expects(syntax, "zone");
}

/* A list that was meant to end, but its last line has a comma. */
static bool
is_comma_too_many(const struct syntax *syntax)
{
	int kind = syntax->found->kind;

	return syntax->before->kind == TOK_COMMA &&
	    (kind == TOK_CLOSE || kind == TOK_END ||
		(syntax->new_line &&
		    (word_statement(kind) || word_verdict(kind))));
}

static bool
is_nothing_defined(const struct syntax *syntax)
{
	return syntax->before->kind == TOK_EQUALS &&
	    (syntax->new_line || syntax->found->kind == TOK_END);
}

static bool
is_inside_block(const struct syntax *syntax)
{
	return syntax->first && syntax->parser->stream.depth > 0 &&
	    word_statement(syntax->found->kind);
}

static bool
is_block_or_line(const struct syntax *syntax)
{
	return is_inside_block(syntax) && syntax->found->kind == TOK_FROM;
}

bool
slip_continues(const struct syntax *syntax)
{
	int kind = syntax->found->kind;

	return syntax->first &&
	    (kind == TOK_FROM || kind == TOK_TO || kind == TOK_ON ||
		kind == TOK_NET || kind == TOK_PORT || kind == TOK_LOG ||
		kind == TOK_LIMIT || kind == TOK_LABEL || kind == TOK_COMMENT ||
		kind == TOK_VIA || kind == TOK_BY || kind == TOK_FLAGS ||
		kind == TOK_COMMA || kind == TOK_EQUALS);
}

/* Where a name and nothing but a name is due. */
static bool
is_reserved(const struct syntax *syntax)
{
	return syntax->found->kind != TOK_STRING &&
	    syntax->found->word.text != NULL &&
	    word_reserved(syntax->found->word.text) &&
	    syntax_expects(syntax, "a name") && !syntax_expects(syntax, "tcp");
}

static bool
is_pattern(const struct syntax *syntax)
{
	return syntax->found->kind == TOK_PATTERN;
}

static bool
is_port_without_protocol(const struct syntax *syntax)
{
	int kind = syntax->found->kind;

	return syntax->before->kind == TOK_PORT &&
	    (kind == TOK_NUMBER || kind == TOK_RANGE);
}

static bool
is_address_for_service(const struct syntax *syntax)
{
	int before = syntax->before->kind;

	return syntax->found->kind == TOK_ADDRESS &&
	    (syntax_expects(syntax, "tcp") || before == TOK_TCP ||
		before == TOK_UDP);
}

/* "3/1" is read as an address that is cut short. */
static bool
is_icmp_code(const struct syntax *syntax)
{
	int before = syntax->before->kind;

	return syntax->found->kind == TOK_ADDRESS &&
	    (before == TOK_ICMP || before == TOK_ICMP6);
}

static bool
is_address_for_zone(const struct syntax *syntax)
{
	int first = syntax->parser->stream.first.kind;

	return syntax->found->kind == TOK_ADDRESS &&
	    syntax_expects(syntax, "a name") &&
	    (first == TOK_FROM || first == TOK_TRUST || first == TOK_NAT ||
		first == TOK_FORWARD);
}

static bool
is_any_any(const struct syntax *syntax)
{
	return is_name(syntax->before, "any") && is_name(syntax->found, "any");
}

static bool
is_equals_missing(const struct syntax *syntax)
{
	return syntax_expects(syntax, "=");
}

/* "host desk = 10.1.0.5, fd00::5" */
static bool
is_second_address(const struct syntax *syntax)
{
	return syntax->found->kind == TOK_COMMA &&
	    syntax->parser->stream.first.kind == TOK_HOST;
}

static bool
is_text_unquoted(const struct syntax *syntax)
{
	return syntax->n_expected == 1 && syntax->found->word.text != NULL &&
	    syntax_expects(syntax, "a quoted text");
}

static bool
is_unit_missing(const struct syntax *syntax)
{
	return syntax->found->kind == TOK_NUMBER && syntax->n_expected == 1 &&
	    syntax_expects(syntax, "a time");
}

/* The first that applies is shown. */
static const struct slip slips[] = {
    {is_rule_outside,
	"a rule stands in a block, or after 'from ZONE to ZONE' on one line"},
    {is_allow, "write 'allow'"},
    {is_deny, "write 'deny'"},
    {is_stray_brace, "no block is open here"},
    {is_comma_too_many,
	"the ',' before this lets the list go on: take it away"},
    {is_nothing_defined, "what the name stands for is missing after the '='"},
    {is_block_or_line,
	"a line end ends a rule, and a block does not stand inside another"},
    {slip_continues,
	"a line end ends a statement, except after ',' '=' and '{'"},
    {is_inside_block, "a statement does not stand inside a block"},
    {is_reserved, "this is a word of the language: in quotes it is a name"},
    {is_pattern, "a pattern with '*' stands only after 'on'"},
    {is_port_without_protocol, "ports follow a protocol: 'tcp 80', 'udp 53'"},
    {is_address_for_service,
	"ports follow a protocol: 'tcp 80', 'tcp 8080-8090'"},
    {is_icmp_code,
	"ICMP is told apart by types alone, not by codes: 'icmp 3', "
	"'icmp echo-request'"},
    {is_address_for_zone,
	"zones stand here; addresses go with a rule, as in "
	"'allow ssh from 192.0.2.7'"},
    {is_any_any,
	"a rule names services, and one 'any' is all of them: "
	"'from any to any allow any'"},
    {is_equals_missing, "a definition has a '=' after its name"},
    {is_second_address,
	"a 'host' has one address; 'hosts' is the word for several"},
    {is_text_unquoted, "write it in quotes"},
    {is_unit_missing, "a time has a unit: 25s, 5m, 2h"},
};

const char *
slip_advice(const struct syntax *syntax)
{
	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		if (slips[i].applies(syntax))
			return slips[i].advice;
	}
	return NULL;
}
