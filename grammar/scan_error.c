/*
 * What is no token: the message says what was probably meant.
 */
#include <ctype.h>
#include <string.h>

#include "grammar/parser.h"

/* Characters that text processors put in the place of plain ones. */
static const struct lookalike {
	const char *bytes;
	const char *help;
} lookalikes[] = {
    {"\xe2\x80\x98", "write the plain quotes \"...\""},
    {"\xe2\x80\x99", "write the plain quotes \"...\""},
    {"\xe2\x80\x9c", "write the plain quotes \"...\""},
    {"\xe2\x80\x9d", "write the plain quotes \"...\""},
    {"\xe2\x80\x93", "this is a dash: write '-'"},
    {"\xe2\x80\x94", "this is a dash: write '-'"},
    {"\xc2\xa0", "this is a no-break space: write a plain blank"},
};

static bool
begins_with(const char *text, size_t length, const char *prefix)
{
	size_t n = strlen(prefix);

	return length >= n && memcmp(text, prefix, n) == 0;
}

static bool
is_plain(char c)
{
	return (unsigned char)c < 0x80;
}

static const char *
find_any(const char *text, size_t length, const char *set)
{
	for (size_t i = 0; i < length; i++) {
		if (strchr(set, text[i]) != NULL)
			return text + i;
	}
	return NULL;
}

/* The part of a run from TEXT on that is not ASCII. */
static void
report_foreign(struct parser *parser, const char *text, size_t room)
{
	const char *help = "names are made of the letters a to z, digits, "
			   "'_', '.' and '-'";
	struct diag *diag;
	size_t length = 0;

	while (length < room && !is_plain(text[length]))
		length++;
	for (size_t i = 0; i < sizeof(lookalikes) / sizeof(*lookalikes); i++) {
		if (begins_with(text, length, lookalikes[i].bytes))
			help = lookalikes[i].help;
	}
	diag = parser_error(parser, E_CHARACTER,
	    scan_span(parser, text, length),
	    "%s has no place outside quotes and comments",
	    parser_quote(parser, text, length));
	diag_help(parser->parse->diags, diag, "%s", help);
}

static void
report_wildcard(struct parser *parser, const char *text, const char *at)
{
	struct diag *diag = parser_error(parser, E_CHARACTER,
	    scan_span(parser, at, 1), "'%c' has no place here", *at);

	if (text[0] == '[')
		diag_help(parser->parse->diags, diag,
		    "an IPv6 address stands without brackets");
	else
		diag_help(parser->parse->diags, diag,
		    "the only pattern is a '*' at the end of a card's name, "
		    "as in 'on vboxnet*'");
}

static const char *
help_for_run(const char *text, size_t length)
{
	if (begins_with(text, length, "tcp/") ||
	    begins_with(text, length, "udp/"))
		return "a port follows its protocol: 'tcp 80'";
	if (text[0] == '-')
		return "a range has no blanks in it: '8080-8090', "
		       "'10.0.0.1-10.0.0.9'";
	if (text[0] == '/')
		return "a path is written in quotes, and a prefix length "
		       "stands right after its address";
	if (text[0] >= '0' && text[0] <= '9')
		return "a name begins with a letter or '_'";
	return "names are made of letters, digits, '_', '.' and '-'";
}

void
scan_bad_run(struct parser *parser, const char *text, size_t length)
{
	const char *wildcard = find_any(text, length, "*?[]");
	struct diag *diag;

	for (size_t i = 0; i < length; i++) {
		if (!is_plain(text[i])) {
			report_foreign(parser, text + i, length - i);
			return;
		}
	}
	if (wildcard != NULL) {
		report_wildcard(parser, text, wildcard);
		return;
	}
	diag = parser_error(parser, E_CHARACTER,
	    scan_span(parser, text, length),
	    "%s is no name, no number and no address",
	    parser_quote(parser, text, length));
	diag_help(parser->parse->diags, diag, "%s", help_for_run(text, length));
}

void
scan_bad_marks(struct parser *parser, const char *text, size_t length)
{
	struct diag *diag = parser_error(parser, E_CHARACTER,
	    scan_span(parser, text, length), "%s has no place here",
	    parser_quote(parser, text, length));

	if (text[0] == '\'')
		diag_help(
		    parser->parse->diags, diag, "texts stand in double quotes");
	if (begins_with(text, length, "&&") || begins_with(text, length, "||"))
		diag_help(parser->parse->diags, diag,
		    "write a rule for each case, or a list with commas");
}

void
scan_unclosed(struct parser *parser, const char *text, size_t length)
{
	struct diag *diag = parser_error(parser, E_STRING,
	    scan_span(parser, text, length), "this text is not closed");

	diag_help(parser->parse->diags, diag,
	    "a text ends with a '\"' on the line that it begins on");
}

void
scan_negation(struct parser *parser, const char *text, size_t length)
{
	struct diag *diag = parser_error(parser, E_NEGATION,
	    scan_span(parser, text, length), "'!' has no meaning");

	diag_help(parser->parse->diags, diag,
	    "write a 'deny' for the exception before the rule");
}
