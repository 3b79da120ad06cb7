/*
 * The words of the language.
 *
 * Few are reserved, since a policy's own names should rarely need quotes: the
 * words that begin a statement, the verdicts, the protocols, and "to".  The
 * others have a meaning only where the grammar asks for them.
 */
#include <string.h>

#include "grammar/akp.tab.h"
#include "grammar/ast_build.h"
#include "grammar/words.h"

#define LETTERS 26
#define LETTER_WORDS_MAX 5

struct word {
	const char *text;
	int kind;
	bool reserved;
};

/* By their first letter; a row ends with its last word or with NULL. */
static const struct word words[LETTERS][LETTER_WORDS_MAX] = {
    ['a' - 'a'] = {{"after", TOK_AFTER, false}, {"again", TOK_AGAIN, false},
	{"allow", TOK_ALLOW, true}},
    ['b' - 'a'] = {{"by", TOK_BY, false}},
    ['c' - 'a'] = {{"comment", TOK_COMMENT, false}},
    ['d' - 'a'] = {{"default", TOK_DEFAULT, true}, {"deny", TOK_DENY, true}},
    ['e' - 'a'] = {{"expect", TOK_EXPECT, false}},
    ['f' - 'a'] = {{"flags", TOK_FLAGS, false}, {"forward", TOK_FORWARD, true},
	{"from", TOK_FROM, true}},
    ['h' - 'a'] = {{"host", TOK_HOST, true}, {"hosts", TOK_HOSTS, true}},
    ['i' - 'a'] = {{"icmp", TOK_ICMP, true}, {"icmp6", TOK_ICMP6, true},
	{"include", TOK_INCLUDE, true}},
    ['l' - 'a'] = {{"label", TOK_LABEL, false}, {"limit", TOK_LIMIT, false},
	{"line", TOK_LINE, false}, {"log", TOK_LOG, false}},
    ['n' - 'a'] = {{"nat", TOK_NAT, false}, {"net", TOK_NET, false}},
    ['o' - 'a'] = {{"on", TOK_ON, false}, {"option", TOK_OPTION, true}},
    ['p' - 'a'] = {{"per", TOK_PER, false}, {"port", TOK_PORT, false},
	{"proto", TOK_PROTO, true}},
    ['r' - 'a'] = {{"reject", TOK_REJECT, true}, {"reply", TOK_REPLY, false}},
    ['s' - 'a'] = {{"service", TOK_SERVICE, true},
	{"source", TOK_SOURCE, false}},
    ['t' - 'a'] = {{"tcp", TOK_TCP, true}, {"test", TOK_TEST, true},
	{"then", TOK_THEN, false}, {"to", TOK_TO, true},
	{"trust", TOK_TRUST, true}},
    ['u' - 'a'] = {{"udp", TOK_UDP, true}},
    ['v' - 'a'] = {{"via", TOK_VIA, false}},
    ['z' - 'a'] = {{"zone", TOK_ZONE, true}},
};

/* Names with a meaning of their own, which quotes take away. */
static const char *const special[] = {"active", "any", "self"};

static const struct word *
word_find(const char *text)
{
	const struct word *word;

	if (text[0] < 'a' || text[0] > 'z')
		return NULL;
	word = words[text[0] - 'a'];
	for (size_t i = 0; i < LETTER_WORDS_MAX && word[i].text != NULL; i++)
		if (strcmp(word[i].text, text) == 0)
			return &word[i];
	return NULL;
}

int
word_kind(const char *text)
{
	const struct word *word = word_find(text);

	return word != NULL ? word->kind : TOK_NAME;
}

bool
word_reserved(const char *text)
{
	const struct word *word = word_find(text);

	return word != NULL && word->reserved;
}

bool
word_statement(int kind)
{
	return kind == TOK_ZONE || kind == TOK_SERVICE || kind == TOK_HOST ||
	    kind == TOK_HOSTS || kind == TOK_TRUST || kind == TOK_NAT ||
	    kind == TOK_FORWARD || kind == TOK_FROM || kind == TOK_DEFAULT ||
	    kind == TOK_OPTION || kind == TOK_INCLUDE || kind == TOK_TEST;
}

bool
word_verdict(int kind)
{
	return kind == TOK_ALLOW || kind == TOK_DENY || kind == TOK_REJECT;
}

/* ASCII only: what a name is must not depend on the locale. */
static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_name(const char *text)
{
	if (!is_letter(text[0]))
		return false;
	for (const char *p = text; *p != '\0'; p++) {
		if (!is_letter(*p) && !(*p >= '0' && *p <= '9') && *p != '.' &&
		    *p != '-')
			return false;
	}
	return true;
}

bool
word_needs_quotes(const char *text)
{
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		if (strcmp(text, special[i]) == 0)
			return true;
	}
	return !is_name(text) || word_reserved(text);
}
