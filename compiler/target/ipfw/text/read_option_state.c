/*
 * keep-state and limit.
 */
#include <string.h>

#include "target/ipfw/text/read_private.h"

#define WORDS_KEEP_STATE 1
#define WORDS_LIMIT 2

/* State goes last in the rule, wherever its word stands. */
static bool
put_state(struct rule_scan *scan, const struct ipfw_insn *insn, size_t words)
{
	const char *word = ipfw_scan_word(scan);

	if (!ipfw_scan_room(scan, words))
		return false;
	scan->room -= words;
	scan->has_state = true;
	scan->state = *insn;
	scan->previous = PREVIOUS_STATE;
	scan->pending_not = false;
	if (scan->reader->listing && word != NULL &&
	    strcmp(word, STATE_NAME_DEFAULT) == 0)
		scan->at++;
	return true;
}

static bool
check_state_allowed(struct rule_scan *scan)
{
	if (scan->open)
		return ipfw_scan_fail_back(scan, IPFW_EXIT_USAGE,
		    "state cannot be part of an or-block");
	if (scan->has_state)
		return ipfw_scan_fail_back(scan, IPFW_EXIT_USAGE,
		    "only one of keep-state and limit is allowed");
	return true;
}

bool
ipfw_scan_option_keep_state(
    struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, option->op);

	return check_state_allowed(scan) &&
	    put_state(scan, &insn, WORDS_KEEP_STATE);
}

/* The masks of "src-addr dst-port", which ipfw(8) lists with a comma. */
static bool
read_limit_masks(struct rule_scan *scan, uint8_t *masks)
{
	const char *word = ipfw_scan_word(scan);
	const char *bad;
	unsigned mask, none;

	if (scan->reader->listing && word != NULL &&
	    ipfw_scan_flags(ipfw_limit_masks, word, &mask, &none, &bad)) {
		*masks = (uint8_t)mask;
		scan->at++;
	}
	for (; (word = ipfw_scan_word(scan)) != NULL; scan->at++) {
		if (!ipfw_name_find(
			ipfw_limit_masks, word, strlen(word), &mask))
			break;
		*masks |= (uint8_t)mask;
	}
	if (*masks == 0)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_USAGE, "limit: missing limit mask");
	return true;
}

/* A "not" in front of limit means nothing. */
bool
ipfw_scan_option_limit(struct rule_scan *scan, const struct scan_option *option)
{
	struct ipfw_insn insn = {.op = option->op};

	return check_state_allowed(scan) && ipfw_scan_room(scan, WORDS_LIMIT) &&
	    read_limit_masks(scan, &insn.mask) &&
	    ipfw_scan_argument(scan, option->name, &insn.number) &&
	    put_state(scan, &insn, WORDS_LIMIT);
}
