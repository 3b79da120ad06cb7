/*
 * A rule as a line: number, set, action, and what write_body.c makes of the
 * rest.
 */
#include "target/ipfw/text/write_private.h"

#define UNREACH_HOST 1

static void
write_code(struct buf *out, const char *verb, const struct ipfw_name *names,
    uint32_t code)
{
	const char *name = ipfw_name_of(names, code);

	if (name != NULL)
		buf_printf(out, "%s %s", verb, name);
	else
		buf_printf(out, "%s %u", verb, (unsigned)code);
}

static void
write_numbered(struct buf *out, const char *verb, uint32_t argument)
{
	buf_printf(out, "%s ", verb);
	ipfw_write_argument(out, argument);
}

static void
write_action(struct buf *out, const struct ipfw_rule *rule)
{
	switch (rule->verb) {
	case IPFW_ALLOW:
		buf_puts(out, "allow");
		break;
	case IPFW_DENY:
		buf_puts(out, "deny");
		break;
	case IPFW_REJECT:
		buf_puts(out, "reject");
		break;
	case IPFW_RESET:
		buf_puts(out, "reset");
		break;
	case IPFW_RESET6:
		buf_puts(out, "reset6");
		break;
	case IPFW_UNREACH:
		if (rule->argument == UNREACH_HOST)
			buf_puts(out, "reject");
		else
			write_code(
			    out, "unreach", ipfw_unreach_codes, rule->argument);
		break;
	case IPFW_UNREACH6:
		write_code(
		    out, "unreach6", ipfw_unreach6_codes, rule->argument);
		break;
	case IPFW_COUNT:
		buf_puts(out, "count");
		break;
	case IPFW_SKIPTO:
		write_numbered(out, "skipto", rule->argument);
		break;
	case IPFW_DIVERT:
		write_numbered(out, "divert", rule->argument);
		break;
	case IPFW_TEE:
		write_numbered(out, "tee", rule->argument);
		break;
	case IPFW_NAT:
		if (rule->argument == 0)
			buf_puts(out, "nat global");
		else
			write_numbered(out, "nat", rule->argument);
		break;
	case IPFW_REASS:
		buf_puts(out, "reass");
		break;
	case IPFW_CHECK_STATE:
		buf_puts(out, "check-state");
		break;
	case IPFW_FOREIGN:
		buf_puts(out, rule->foreign);
		break;
	}
}

/* "logamount 0" is no limit: listed as if nothing had been said. */
static void
write_parameters(
    struct buf *out, const struct ipfw_rule *rule, enum write_form form)
{
	if (rule->log)
		buf_puts(out, " log");
	if (rule->log && rule->has_logamount &&
	    (rule->logamount > 0 || form == WRITE_COMMAND))
		buf_printf(out, " logamount %u", (unsigned)rule->logamount);
	if (rule->tag != NULL)
		buf_printf(out, " %s", rule->tag);
}

void
ipfw_write_body(struct buf *out, const struct ipfw_rule *rule, bool comments)
{
	write_action(out, rule);
	write_parameters(out, rule, WRITE_LISTING);
	ipfw_write_match(out, rule, WRITE_LISTING, comments);
}

void
ipfw_write_listing_parts(struct buf *out, struct buf *astray,
    const struct ipfw_rule *rule, const char *counters, bool sets)
{
	buf_printf(out, "%05u ", (unsigned)rule->number);
	if (counters != NULL)
		buf_puts(out, counters);
	if (sets)
		buf_printf(out, "set %u ", (unsigned)rule->set);
	if (rule->has_prob)
		buf_printf(out, "prob %f ", (double)rule->prob / IPFW_PROB_ONE);
	write_action(rule->verb == IPFW_UNREACH6 ? astray : out, rule);
	write_parameters(out, rule, WRITE_LISTING);
	ipfw_write_match(out, rule, WRITE_LISTING, true);
}

void
ipfw_write_listing(struct buf *out, const struct ipfw_rule *rule, bool sets)
{
	struct buf astray, line;

	buf_init(&astray, out->arena);
	buf_init(&line, out->arena);
	ipfw_write_listing_parts(&line, &astray, rule, NULL, sets);
	buf_write(out, astray.p, astray.n);
	buf_write(out, line.p, line.n);
}

void
ipfw_write_add(
    struct buf *out, const struct ipfw_rule *rule, int set, bool comments)
{
	buf_puts(out, "add ");
	if (rule->number != 0)
		buf_printf(out, "%u ", (unsigned)rule->number);
	if (set >= 0)
		buf_printf(out, "set %d ", set);
	/* Half a step more, so that the reader finds the same step. */
	if (rule->has_prob)
		buf_printf(
		    out, "prob %.11f ", (rule->prob + 0.5) / IPFW_PROB_ONE);
	write_action(out, rule);
	write_parameters(out, rule, WRITE_COMMAND);
	ipfw_write_match(out, rule, WRITE_COMMAND, comments);
}
