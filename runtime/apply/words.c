#include <stddef.h>
#include <string.h>

#include "runtime/apply/words.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define HEXADECIMAL DIGITS "abcdef"
#define RULE_MAX 3900 /* bytes; ipfw(8) reads lines of 4,095 */
#define TABLE_MAX 55  /* of 63, since a set's number is put in */
#define CARD_MAX 15
#define DIGEST_DIGITS 16

static bool
is_one_of(const char *word, size_t length, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strlen(*list) == length && memcmp(*list, word, length) == 0)
			return true;
	return false;
}

static bool
is_made_of(const char *text, const char *bytes)
{
	return *text != '\0' && text[strspn(text, bytes)] == '\0';
}

static bool
is_printable(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text < ' ' || *text > '~' || *text == '#')
			return false;
	return true;
}

bool
words_are_rule(const char *text)
{
	static const char *const actions[] = {"allow", "deny", "reject",
	    "reset", "reset6", "unreach", "unreach6", "count", "skipto",
	    "divert", "tee", "nat", "reass", "check-state", NULL};

	return strlen(text) <= RULE_MAX && is_printable(text) &&
	    is_one_of(text, strcspn(text, " "), actions);
}

/* Words with single blanks between, each of harmless bytes. */
static bool
are_plain(const char *text)
{
	return strlen(text) <= RULE_MAX &&
	    is_made_of(text, LETTERS DIGITS "_.:,/- ") && *text != ' ' &&
	    strstr(text, "  ") == NULL && text[strlen(text) - 1] != ' ';
}

bool
words_are_nat(const char *text)
{
	return are_plain(text) && strstr(text, " -") == NULL && *text != '-';
}

bool
words_are_natd(const char *text)
{
	static const char *const options[] = {"-interface", "-port",
	    "-use_sockets", "-same_ports", "-dynamic", "-redirect_port", NULL};

	if (!are_plain(text))
		return false;
	for (const char *word = text;;) {
		size_t length = strcspn(word, " ");

		if (*word == '-' && !is_one_of(word, length, options))
			return false;
		if (word[length] == '\0')
			return true;
		word += length + 1;
	}
}

bool
word_is_table(const char *text)
{
	return strncmp(text, "akin_", 5) == 0 && strlen(text) <= TABLE_MAX &&
	    is_made_of(text, LETTERS DIGITS "_");
}

bool
word_is_table_type(const char *text)
{
	return *text == '\0' ||
	    (is_made_of(text, LETTERS DIGITS ":,- ") && *text != '-');
}

bool
words_are_entry(const char *text)
{
	const char *blank = strchr(text, ' ');

	return blank != NULL && blank != text && *text != '-' &&
	    strspn(text, LETTERS DIGITS "_.:,/-") == (size_t)(blank - text) &&
	    is_made_of(blank + 1, DIGITS) && strlen(text) <= 100;
}

bool
word_is_card(const char *text)
{
	return strchr(LETTERS, *text) != NULL && strlen(text) <= CARD_MAX &&
	    is_made_of(text, LETTERS DIGITS "_.-*");
}

bool
word_is_module(const char *text)
{
	static const char *const modules[] = {"ipdivert", "ipfw_nat", NULL};

	return is_one_of(text, strlen(text), modules);
}

bool
word_is_setting(const char *text)
{
	static const char *const settings[] = {"net.inet.ip.fw.one_pass",
	    "net.inet.tcp.tso", "net.inet.ip.fw.verbose",
	    "net.inet.ip.fw.dyn_max", "net.inet.ip.fw.dyn_ack_lifetime",
	    "net.inet.ip.fw.enable", "net.inet6.ip6.fw.enable",
	    "net.inet.ip.forwarding", "net.inet6.ip6.forwarding", NULL};

	return is_one_of(text, strlen(text), settings);
}

bool
word_is_digest(const char *text)
{
	return strlen(text) == DIGEST_DIGITS && is_made_of(text, HEXADECIMAL);
}

bool
word_is_net(const char *text)
{
	return is_made_of(text, DIGITS "./") && strlen(text) <= 18;
}
