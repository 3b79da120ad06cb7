/*
 * The frame of a rule: its words, number, set and probability, and the order
 * of its parts.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"

/* ipfw(8) keeps three words of its buffer back. */
#define ROOM (IPFW_RULE_WORDS_MAX - 3)

void
ipfw_reader_init(struct ipfw_reader *reader, struct arena *arena)
{
	*reader = (struct ipfw_reader){
	    .arena = arena,
	    .modules = IPFW_MODULE_DIVERT | IPFW_MODULE_NAT,
	    .message = "",
	};
}

bool
ipfw_scan_fail(
    struct rule_scan *scan, enum ipfw_exit code, const char *format, ...)
{
	struct ipfw_reader *reader = scan->reader;
	struct buf text;
	va_list args;

	buf_init(&text, scan->arena);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	reader->code = code;
	reader->message = text.p;
	reader->word = scan->places[scan->at];
	return false;
}

bool
ipfw_scan_fail_back(
    struct rule_scan *scan, enum ipfw_exit code, const char *message)
{
	scan->at--;
	return ipfw_scan_fail(scan, code, "%s", message);
}

void
ipfw_scan_refuse(struct rule_scan *scan, const char *message)
{
	scan->refused = message;
	scan->refused_at = scan->at;
}

const char *
ipfw_scan_word(const struct rule_scan *scan)
{
	return scan->words[scan->at];
}

bool
ipfw_scan_is(const struct rule_scan *scan, const char *full)
{
	const char *word = ipfw_scan_word(scan);

	return word != NULL && strncmp(word, full, strlen(word)) == 0;
}

bool
ipfw_scan_need(struct rule_scan *scan, const char *what)
{
	if (ipfw_scan_word(scan) != NULL)
		return true;
	return ipfw_scan_fail(scan, IPFW_EXIT_USAGE, "missing %s", what);
}

bool
ipfw_scan_room(struct rule_scan *scan, size_t words)
{
	if (words <= scan->room)
		return true;
	return ipfw_scan_fail(scan, IPFW_EXIT_DATA, "the rule is too long");
}

struct ipfw_insn
ipfw_scan_insn(struct rule_scan *scan, enum ipfw_op op)
{
	return (struct ipfw_insn){.op = op, .negated = scan->pending_not};
}

bool
ipfw_scan_put(
    struct rule_scan *scan, const struct ipfw_insn *insn, size_t words)
{
	if (!ipfw_scan_room(scan, words))
		return false;
	scan->room -= words;
	vec_push(scan->arena, &scan->rule->insns, *insn);
	scan->previous = PREVIOUS_INSN;
	scan->pending_not = false;
	return true;
}

unsigned long
ipfw_scan_number(const char *text, int base)
{
	return strtoul(text, NULL, base);
}

int
ipfw_scan_integer(const char *text)
{
	long long value = strtoll(text, NULL, 10);
	uint32_t low = (uint32_t)value;

	return low <= INT_MAX ? (int)low : -(int)(UINT32_MAX - low) - 1;
}

bool
ipfw_scan_argument(struct rule_scan *scan, const char *what, uint32_t *argument)
{
	const char *word = ipfw_scan_word(scan);
	char *end;
	long value;

	if (word == NULL)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_USAGE, "%s: missing argument", what);
	if (ipfw_scan_is(scan, "tablearg")) {
		*argument = IPFW_TABLEARG;
		scan->at++;
		return true;
	}
	value = strtol(word, &end, 10);
	if (!ipfw_scan_is_digit(word[0]) || *end != '\0')
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "%s: invalid argument: %s", what, word);
	if (value < 1 || value > IPFW_NUMBER_MAX)
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "%s: argument is out of range (1..%d): %s", what,
		    IPFW_NUMBER_MAX, word);
	*argument = (uint32_t)value;
	scan->at++;
	return true;
}

/* A word that ends with a comma goes on with the next one. */
static void
copy_words(struct rule_scan *scan, const char *const *words, size_t n)
{
	struct arena *arena = scan->arena;
	size_t count = 0;
	struct buf word;

	scan->words = arena_calloc(arena, n + 1, sizeof(*scan->words));
	scan->places = arena_calloc(arena, n + 1, sizeof(*scan->places));
	for (size_t i = 0; i < n; i++) {
		scan->places[count] = i;
		if (words[i][0] == '\0')
			continue;
		buf_init(&word, arena);
		buf_puts(&word, words[i]);
		while (word.p[word.n - 1] == ',' && i + 1 < n)
			buf_puts(&word, words[++i]);
		scan->words[count++] = word.p;
	}
	scan->places[count] = n > 0 ? n - 1 : 0;
}

static bool
read_number(struct rule_scan *scan)
{
	const char *word = ipfw_scan_word(scan);
	int max = scan->reader->listing ? IPFW_DEFAULT_NUMBER : IPFW_NUMBER_MAX;
	int number;

	if (word == NULL || !ipfw_scan_is_digit(word[0]))
		return true;
	number = ipfw_scan_integer(word);
	if (number >= 0 && number <= max)
		scan->rule->number = (uint16_t)number;
	else
		ipfw_scan_refuse(
		    scan, "the kernel takes rule numbers up to 65534");
	scan->at++;
	return true;
}

static bool
read_set(struct rule_scan *scan)
{
	const char *value;
	unsigned set;

	if (!ipfw_scan_is(scan, "set") || scan->words[scan->at + 1] == NULL)
		return true;
	value = scan->words[++scan->at];
	set = (unsigned)ipfw_scan_number(value, 10);
	if (set > IPFW_SET_MAX)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "illegal set %s", value);
	scan->rule->set = (uint8_t)set;
	scan->at++;
	return true;
}

/* A probability of 1 is no condition. */
static bool
read_prob(struct rule_scan *scan)
{
	const char *value;
	double prob;

	if (!ipfw_scan_is(scan, "prob") || scan->words[scan->at + 1] == NULL)
		return true;
	value = scan->words[++scan->at];
	prob = strtod(value, NULL);
	if (!(prob > 0 && prob <= 1))
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "illegal probability %s", value);
	scan->rule->has_prob = prob < 1;
	if (scan->rule->has_prob)
		scan->rule->prob = (uint32_t)(prob * IPFW_PROB_ONE);
	scan->at++;
	return true;
}

/* State is asked for before anything else and made after all has matched. */
static void
put_state_last(struct rule_scan *scan)
{
	if (scan->has_state)
		vec_push(scan->arena, &scan->rule->insns, scan->state);
}

/*
 * Words behind check-state mean nothing to ipfw(8) of 2014.  Later ones list
 * the name of the states that are meant, and a comment.
 */
static bool
read_check_state(struct rule_scan *scan)
{
	if (!scan->reader->listing)
		return true;
	if (ipfw_scan_word(scan) != NULL &&
	    strcmp(ipfw_scan_word(scan), STATE_NAME_DEFAULT) == 0)
		scan->at++;
	return ipfw_scan_options(scan);
}

static bool
read_parts(struct rule_scan *scan)
{
	bool ok;

	if (!read_number(scan) || !read_set(scan) || !read_prob(scan) ||
	    !ipfw_scan_action(scan) || !ipfw_scan_parameters(scan))
		return false;
	ok = scan->rule->verb == IPFW_CHECK_STATE ? read_check_state(scan)
						  : ipfw_scan_body(scan);
	if (!ok)
		return false;
	put_state_last(scan);
	if (scan->refused == NULL)
		return true;
	scan->at = scan->refused_at;
	return ipfw_scan_fail(scan, IPFW_EXIT_UNAVAILABLE, "%s", scan->refused);
}

bool
ipfw_read_rule(struct ipfw_reader *reader, const char *const *words, size_t n,
    struct ipfw_rule *rule)
{
	struct rule_scan scan = {
	    .reader = reader,
	    .arena = reader->arena,
	    .rule = rule,
	    .room = ROOM,
	};

	*rule = (struct ipfw_rule){.number = 0};
	copy_words(&scan, words, n);
	return read_parts(&scan);
}
