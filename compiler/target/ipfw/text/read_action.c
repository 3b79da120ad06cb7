/*
 * What a rule does, and its log and tag.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"

#define NATD_PORT 8668
#define UNREACH_HOST 1
#define WORDS_LOG 3
#define WORDS_TAG 1

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_NUMBER,   /* 1 to 65534, or tablearg */
	ARGUMENT_PORT,	   /* the same, or the name of a divert port */
	ARGUMENT_INSTANCE, /* the same, or "global" */
	ARGUMENT_CODE,
	ARGUMENT_CODE6,
	ARGUMENT_ADDRESS,
	ARGUMENT_FIB,
	ARGUMENT_DSCP,
};

struct action {
	const char *name;
	enum ipfw_verb verb;
	enum argument argument;
	unsigned module; /* enum ipfw_module, or 0 */
};

static const struct action actions[] = {
    {"accept", IPFW_ALLOW, ARGUMENT_NONE, 0},
    {"pass", IPFW_ALLOW, ARGUMENT_NONE, 0},
    {"allow", IPFW_ALLOW, ARGUMENT_NONE, 0},
    {"permit", IPFW_ALLOW, ARGUMENT_NONE, 0},
    {"count", IPFW_COUNT, ARGUMENT_NONE, 0},
    {"pipe", IPFW_FOREIGN, ARGUMENT_NUMBER, 0},
    {"queue", IPFW_FOREIGN, ARGUMENT_NUMBER, 0},
    {"divert", IPFW_DIVERT, ARGUMENT_PORT, IPFW_MODULE_DIVERT},
    {"tee", IPFW_TEE, ARGUMENT_PORT, IPFW_MODULE_DIVERT},
    {"netgraph", IPFW_FOREIGN, ARGUMENT_NUMBER, IPFW_MODULE_NETGRAPH},
    {"ngtee", IPFW_FOREIGN, ARGUMENT_NUMBER, IPFW_MODULE_NETGRAPH},
    {"fwd", IPFW_FOREIGN, ARGUMENT_ADDRESS, 0},
    {"forward", IPFW_FOREIGN, ARGUMENT_ADDRESS, 0},
    {"skipto", IPFW_SKIPTO, ARGUMENT_NUMBER, 0},
    {"deny", IPFW_DENY, ARGUMENT_NONE, 0},
    {"drop", IPFW_DENY, ARGUMENT_NONE, 0},
    {"reject", IPFW_REJECT, ARGUMENT_NONE, 0},
    {"reset6", IPFW_RESET6, ARGUMENT_NONE, 0},
    {"reset", IPFW_RESET, ARGUMENT_NONE, 0},
    {"unreach6", IPFW_UNREACH6, ARGUMENT_CODE6, 0},
    {"unreach", IPFW_UNREACH, ARGUMENT_CODE, 0},
    {"check-state", IPFW_CHECK_STATE, ARGUMENT_NONE, 0},
    {"nat", IPFW_NAT, ARGUMENT_INSTANCE, IPFW_MODULE_NAT},
    {"reass", IPFW_REASS, ARGUMENT_NONE, 0},
    {"setfib", IPFW_FOREIGN, ARGUMENT_FIB, 0},
    {"setdscp", IPFW_FOREIGN, ARGUMENT_DSCP, 0},
    {"call", IPFW_FOREIGN, ARGUMENT_NUMBER, 0},
    {"return", IPFW_FOREIGN, ARGUMENT_NONE, 0},
};

static const struct action *
find_action(const char *word)
{
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (strcmp(word, actions[i].name) == 0)
			return &actions[i];
	return NULL;
}

/* Only 16 bits of a number count: 65537 is rule 1. */
static bool
read_number(struct rule_scan *scan, const struct action *action)
{
	const char *word = ipfw_scan_word(scan);
	uint16_t number;

	if (word == NULL)
		return ipfw_scan_fail(scan, IPFW_EXIT_USAGE,
		    "missing argument for %s", action->name);
	if (ipfw_scan_is_digit(word[0])) {
		number = (uint16_t)ipfw_scan_number(word, 10);
		if (number == 0 || number > IPFW_NUMBER_MAX)
			return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
			    "illegal argument for %s", action->name);
		scan->rule->argument = number;
	} else if (ipfw_scan_is(scan, "tablearg")) {
		scan->rule->argument = IPFW_TABLEARG;
	} else if (action->argument == ARGUMENT_PORT &&
	    strcmp(word, "natd") == 0) {
		scan->rule->argument = NATD_PORT;
	} else {
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "illegal argument for %s", action->name);
	}
	scan->at++;
	return true;
}

/* In the kernel "tablearg" is 0, and so is "global": one cannot be told. */
static bool
read_instance(struct rule_scan *scan, const struct action *action)
{
	if (ipfw_scan_is(scan, "global")) {
		scan->rule->argument = 0;
		scan->at++;
		return true;
	}
	if (!read_number(scan, action))
		return false;
	if (scan->rule->argument == IPFW_TABLEARG)
		scan->rule->argument = 0;
	return true;
}

static bool
read_code(struct rule_scan *scan, const struct ipfw_name *names)
{
	const char *word = ipfw_scan_word(scan);
	unsigned value;
	char *end;
	uint32_t code;

	if (!ipfw_scan_need(scan, "unreach code"))
		return false;
	code = (uint32_t)strtoul(word, &end, 0);
	if (end == word || *end != '\0' || code > 0xff) {
		if (!ipfw_name_find(names, word, strlen(word), &value))
			return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
			    "unknown unreachable code \"%s\"", word);
		code = value;
	}
	scan->rule->argument = code;
	if (scan->rule->verb == IPFW_UNREACH && code == UNREACH_HOST) {
		scan->rule->verb = IPFW_REJECT;
		scan->rule->argument = 0;
	}
	scan->at++;
	return true;
}

/* Where the port of "ADDRESS,PORT" or "ADDRESS:PORT" begins, or NULL. */
static const char *
find_forward_port(const char *word)
{
	const char *separator = strchr(word, ',');

	if (separator == NULL) {
		separator = strchr(word, ':');
		if (separator != NULL && strchr(separator + 1, ':') != NULL)
			separator = NULL;
	}
	return separator;
}

static bool
format_forward_address(struct buf *out, const char *host, size_t length)
{
	struct addr_range range;
	enum family family;
	uint32_t addr;
	int prefix_length;
	const char *text = arena_strndup(out->arena, host, length);

	if (ipfw_scan_inet4(text, &addr)) {
		if (addr == 0)
			buf_puts(out, "tablearg");
		else
			addr_format(out, FAMILY_4, (struct addr){.lo = addr});
		return true;
	}
	if (strchr(text, '-') != NULL ||
	    addr_parse(text, length, &family, &range, &prefix_length) !=
		ADDR_OK ||
	    family != FAMILY_6 || prefix_length >= 0)
		return false;
	addr_format(out, FAMILY_6, range.lo);
	return true;
}

static bool
read_forward(struct rule_scan *scan)
{
	const char *word = ipfw_scan_word(scan);
	const char *separator, *end;
	uint16_t port = 0;
	struct buf out;
	size_t length;

	if (!ipfw_scan_need(scan, "address to forward to"))
		return false;
	separator = find_forward_port(word);
	length = separator != NULL ? (size_t)(separator - word) : strlen(word);
	if (separator != NULL) {
		port = ipfw_scan_port(separator + 1, 0, &end);
		if (end == separator + 1)
			return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
			    "illegal port to forward to: %s", end);
	}
	buf_init(&out, scan->arena);
	buf_puts(&out, "fwd ");
	if (strncmp(word, "tablearg", length) == 0)
		buf_puts(&out, "tablearg");
	else if (!format_forward_address(&out, word, length))
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "no address to forward to: %s", word);
	if (port != 0)
		buf_printf(&out, ",%u", (unsigned)port);
	scan->rule->foreign = out.p;
	scan->at++;
	return true;
}

static bool
read_dscp(struct rule_scan *scan)
{
	const char *word = ipfw_scan_word(scan);
	const char *name;
	unsigned code;

	if (!ipfw_scan_need(scan, "DSCP code"))
		return false;
	if (ipfw_scan_is(scan, "tablearg")) {
		name = "tablearg";
	} else {
		if (ipfw_scan_is_digit(word[0]))
			code = (unsigned)ipfw_scan_number(word, 10) & 0x3f;
		else if (!ipfw_name_find(
			     ipfw_dscp_codes, word, strlen(word), &code))
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_DATA, "unknown DSCP code %s", word);
		name = ipfw_name_of(ipfw_dscp_codes, code);
		if (name == NULL)
			name = arena_printf(scan->arena, "%u", code);
	}
	scan->rule->foreign = arena_printf(scan->arena, "setdscp %s", name);
	scan->at++;
	return true;
}

static bool
read_fib(struct rule_scan *scan)
{
	const char *word = ipfw_scan_word(scan);

	if (!ipfw_scan_need(scan, "fib number"))
		return false;
	if (ipfw_scan_is(scan, "tablearg"))
		scan->rule->foreign = "setfib tablearg";
	else
		scan->rule->foreign = arena_printf(scan->arena, "setfib %u",
		    (unsigned)ipfw_scan_number(word, 10) & 0x7fff);
	scan->at++;
	return true;
}

static bool
read_foreign_number(struct rule_scan *scan, const struct action *action)
{
	if (!read_number(scan, action))
		return false;
	if (scan->rule->argument == IPFW_TABLEARG)
		scan->rule->foreign = arena_printf(
		    scan->arena, "%s tablearg", action->name);
	else
		scan->rule->foreign = arena_printf(scan->arena, "%s %u",
		    action->name, (unsigned)scan->rule->argument);
	return true;
}

static bool
read_argument(struct rule_scan *scan, const struct action *action)
{
	switch (action->argument) {
	case ARGUMENT_NONE:
		if (action->verb == IPFW_FOREIGN)
			scan->rule->foreign = action->name;
		return true;
	case ARGUMENT_NUMBER:
		if (action->verb == IPFW_FOREIGN)
			return read_foreign_number(scan, action);
		return read_number(scan, action);
	case ARGUMENT_PORT:
		return read_number(scan, action);
	case ARGUMENT_INSTANCE:
		return read_instance(scan, action);
	case ARGUMENT_CODE:
		return read_code(scan, ipfw_unreach_codes);
	case ARGUMENT_CODE6:
		return read_code(scan, ipfw_unreach6_codes);
	case ARGUMENT_ADDRESS:
		return read_forward(scan);
	case ARGUMENT_FIB:
		return read_fib(scan);
	case ARGUMENT_DSCP:
		return read_dscp(scan);
	}
	return false;
}

bool
ipfw_scan_action(struct rule_scan *scan)
{
	const char *word = ipfw_scan_word(scan);
	const struct action *action;

	if (!ipfw_scan_need(scan, "action"))
		return false;
	/* A comment alone is a rule that counts. */
	if (strcmp(word, "//") == 0) {
		scan->rule->verb = IPFW_COUNT;
		return true;
	}
	action = find_action(word);
	if (action == NULL)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "invalid action %s", word);
	if ((action->module & ~scan->reader->modules) != 0)
		ipfw_scan_refuse(
		    scan, "the kernel has no module for this action");
	scan->at++;
	scan->rule->verb = action->verb;
	return read_argument(scan, action);
}

/* Every word that "logamount" begins with is taken for it. */
static bool
read_log(struct rule_scan *scan)
{
	struct ipfw_rule *rule = scan->rule;
	int amount;

	if (rule->log)
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "log cannot be specified more than once");
	rule->log = true;
	scan->at++;
	if (!ipfw_scan_room(scan, WORDS_LOG))
		return false;
	scan->room -= WORDS_LOG;
	if (!ipfw_scan_is(scan, "logamount"))
		return true;
	scan->at++;
	if (!ipfw_scan_need(scan, "argument of logamount"))
		return false;
	amount = ipfw_scan_integer(ipfw_scan_word(scan));
	if (amount < 0)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "logamount must be positive");
	rule->has_logamount = true;
	rule->logamount = (uint32_t)amount;
	scan->at++;
	return true;
}

static bool
read_tag(struct rule_scan *scan)
{
	const char *word = ipfw_scan_word(scan);
	uint32_t tag;

	if (scan->rule->tag != NULL)
		return ipfw_scan_fail(scan, IPFW_EXIT_USAGE,
		    "tag and untag cannot be specified more than once");
	scan->at++;
	if (!ipfw_scan_argument(scan, word, &tag))
		return false;
	if (tag == IPFW_TABLEARG)
		scan->rule->tag = arena_printf(
		    scan->arena, "%s tablearg", word);
	else
		scan->rule->tag = arena_printf(
		    scan->arena, "%s %u", word, (unsigned)tag);
	if (!ipfw_scan_room(scan, WORDS_TAG))
		return false;
	scan->room -= WORDS_TAG;
	return true;
}

bool
ipfw_scan_parameters(struct rule_scan *scan)
{
	const char *word;

	while ((word = ipfw_scan_word(scan)) != NULL) {
		if (strcmp(word, "log") == 0) {
			if (!read_log(scan))
				return false;
		} else if (strcmp(word, "tag") == 0 ||
		    strcmp(word, "untag") == 0) {
			if (!read_tag(scan))
				return false;
		} else if (strcmp(word, "altq") == 0) {
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_UNAVAILABLE, "altq is not there");
		} else {
			break;
		}
	}
	return true;
}
