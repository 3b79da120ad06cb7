/*
 * What the grammar could go on with, in the words of akp(5): several tokens of
 * a kind under one name, and only if they are few.
 */
#include <string.h>

#include "grammar/akp.tab.h"
#include "grammar/ast_build.h"
#include "grammar/syntax.h"
#include "grammar/words.h"

#define SHOWN_MAX 5

static bool
is_one_of(const char *name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

#define IS_ONE_OF(name, ...)                                                   \
	is_one_of((name), (const char *const[]){__VA_ARGS__},                  \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

bool
syntax_expects(const struct syntax *syntax, const char *name)
{
	return is_one_of(name, syntax->expected, syntax->n_expected);
}

/*
 * Where a name may stand, the words that could be names as well are not worth
 * a mention; where something else may stand, neither is the end of the line.
 */
static bool
is_hidden(const struct syntax *syntax, const char *name)
{
	if (IS_ONE_OF(name, ";", "the end of the file"))
		return true;
	if (strcmp(name, "the end of the line") == 0)
		return syntax_expects(syntax, "zone") ||
		    syntax_expects(syntax, "}");
	if (!syntax_expects(syntax, "a name"))
		return false;
	return strcmp(name, "a quoted text") == 0 ||
	    (word_kind(name) != TOK_NAME && !word_reserved(name));
}

/* What several tokens have in common, else NAME itself. */
static const char *
group_name(const struct syntax *syntax, const char *name)
{
	bool names = syntax_expects(syntax, "a name");

	if (syntax_expects(syntax, "zone") && word_statement(word_kind(name)))
		return "a statement";
	if (!names && syntax_expects(syntax, "label") &&
	    IS_ONE_OF(name, "from", "to", "log", "limit", "label", "comment"))
		return "a qualifier";
	if (names && syntax_expects(syntax, "tcp") &&
	    IS_ONE_OF(name, "tcp", "udp", "icmp", "icmp6", "proto", "a name",
		"a number", "a port range"))
		return syntax_expects(syntax, "proto") ? "a service"
						       : "a protocol";
	if (names && syntax_expects(syntax, "a time") &&
	    IS_ONE_OF(name, "a name", "a number", "a port range", "an address",
		"a time"))
		return "a value";
	return name;
}

/* Descriptions begin with an article; everything else is shown as text. */
static void
put_name(struct buf *out, const char *name)
{
	bool description = strncmp(name, "a ", 2) == 0 ||
	    strncmp(name, "an ", 3) == 0 || strncmp(name, "the ", 4) == 0;

	buf_printf(out, description ? "%s" : "'%s'", name);
}

const char *
expected_text(const struct syntax *syntax)
{
	const char *shown[SHOWN_MAX];
	size_t n = 0;
	struct buf out;

	for (size_t i = 0; i < syntax->n_expected; i++) {
		const char *name = syntax->expected[i];

		if (is_hidden(syntax, name))
			continue;
		name = group_name(syntax, name);
		if (is_one_of(name, shown, n))
			continue;
		if (n == SHOWN_MAX)
			return "";
		shown[n++] = name;
	}
	buf_init(&out, syntax->parser->parse->arena);
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(&out, i + 1 < n ? ", " : " or ");
		put_name(&out, shown[i]);
	}
	return out.p;
}
