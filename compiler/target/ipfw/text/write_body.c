/*
 * The match part of a rule as text.
 *
 * ipfw(8) lists instructions one by one and keeps note of which parts of
 * "PROTOCOL from SOURCE to TARGET" it has written.  A part that no
 * instruction stands for is written as "ip" or "any" when a later part needs
 * it, and once all parts are there, addresses, ports and protocols are listed
 * as options.  A listing of ours walks the same way, so that it is the same
 * for rules that nobody would write.
 *
 * For a line that is read back this is right only if the instructions stand
 * in the order of the parts; if not, all of them are written as options.
 */
#include <string.h>

#include "target/ipfw/text/write_private.h"

#define PROTOCOL_IPV6 41

enum part {
	PART_PROTOCOL = 1,
	PART_SOURCE = 2,
	PART_TARGET = 4,
	PART_ALL = PART_PROTOCOL | PART_SOURCE | PART_TARGET,
};

/* What an instruction is to the text, in the order of the text. */
enum kind {
	KIND_FAMILY,
	KIND_PROTOCOL,
	KIND_SOURCE,
	KIND_SOURCE_PORTS,
	KIND_TARGET,
	KIND_OPTION,
};

struct body {
	struct buf *out;
	enum write_form form;
	unsigned written; /* enum part */
	bool complete;	  /* options begin with the next instruction */
	bool options;	  /* what comes is written as an option */
	bool ip4, ip6;	  /* "ip" is the family, from anywhere */
	bool in_block;
};

static enum kind
kind_of(const struct ipfw_insn *insn, enum write_form form)
{
	switch (insn->op) {
	case IPFW_PROTO:
		return KIND_PROTOCOL;
	case IPFW_OPTION_PROTO:
		return form == WRITE_LISTING ? KIND_PROTOCOL : KIND_OPTION;
	case IPFW_IP4:
	case IPFW_IP6:
		return insn->negated || insn->or_next ? KIND_OPTION
						      : KIND_FAMILY;
	case IPFW_SRC:
	case IPFW_SRC_ME:
	case IPFW_SRC_ME6:
	case IPFW_SRC_TABLE:
		return KIND_SOURCE;
	case IPFW_SRC_PORTS:
		return KIND_SOURCE_PORTS;
	case IPFW_DST:
	case IPFW_DST_ME:
	case IPFW_DST_ME6:
	case IPFW_DST_TABLE:
		return KIND_TARGET;
	case IPFW_LOOKUP:
		return form == WRITE_LISTING ? KIND_TARGET : KIND_OPTION;
	case IPFW_DST_PORTS:
	case IPFW_IN:
	case IPFW_OUT:
	case IPFW_RECV:
	case IPFW_XMIT:
	case IPFW_VIA:
	case IPFW_SETUP:
	case IPFW_ESTABLISHED:
	case IPFW_TCPFLAGS:
	case IPFW_ICMPTYPES:
	case IPFW_ICMP6TYPES:
	case IPFW_FRAG:
	case IPFW_VERREVPATH:
	case IPFW_VERSRCREACH:
	case IPFW_ANTISPOOF:
	case IPFW_DIVERTED:
	case IPFW_OPTION_TTL:
	case IPFW_FLOW_TABLE:
	case IPFW_EXT6HDR:
	case IPFW_ALWAYS:
	case IPFW_OPTION_FOREIGN:
	case IPFW_KEEP_STATE:
	case IPFW_LIMIT:
		return KIND_OPTION;
	}
	return KIND_OPTION;
}

static const char *
protocol_word(const struct body *body)
{
	if (body->ip4)
		return " ip4";
	return body->ip6 ? " ip6" : " ip";
}

/* Write the parts that WANTED needs and that are not there. */
static void
require(struct body *body, unsigned wanted)
{
	unsigned missing = wanted & ~body->written;

	if (body->complete)
		body->options = true;
	if (!body->options) {
		if ((missing & PART_PROTOCOL) != 0)
			buf_puts(body->out, protocol_word(body));
		if ((missing & PART_SOURCE) != 0)
			buf_puts(body->out, " from any");
		if ((missing & PART_TARGET) != 0)
			buf_puts(body->out, " to any");
	}
	body->written |= wanted;
}

static void
begin_options(struct body *body)
{
	require(body, PART_ALL);
	body->complete = true;
	body->options = true;
}

static void
open_block(struct body *body, const struct ipfw_insn *insn)
{
	if (insn->or_next && !body->in_block)
		buf_puts(body->out, " {");
}

static void
close_block(struct body *body, const struct ipfw_insn *insn)
{
	if (insn->or_next) {
		buf_puts(body->out, " or");
		body->in_block = true;
	} else if (body->in_block) {
		buf_puts(body->out, " }");
		body->in_block = false;
	}
}

static bool
is_version6(const struct ipfw_insn *insn)
{
	return insn->op == IPFW_SRC_ME6 || insn->op == IPFW_DST_ME6 ||
	    ((insn->op == IPFW_SRC || insn->op == IPFW_DST) &&
		insn->family == FAMILY_6);
}

static void
put_address(struct body *body, const struct ipfw_insn *insn, bool source)
{
	enum part part = source ? PART_SOURCE : PART_TARGET;

	require(body, source ? PART_PROTOCOL : PART_PROTOCOL | PART_SOURCE);
	if ((body->written & part) == 0)
		buf_puts(body->out, source ? " from" : " to");
	open_block(body, insn);
	if (insn->negated)
		buf_puts(body->out, " not");
	if (insn->op == IPFW_LOOKUP) {
		ipfw_write_option(body->out, insn, body->form);
	} else {
		if (body->options)
			buf_printf(body->out, " %s-ip%s",
			    source ? "src" : "dst",
			    is_version6(insn) ? "6" : "");
		buf_putc(body->out, ' ');
		ipfw_write_address(body->out, insn, body->form);
	}
	body->written |= part;
}

static void
put_ports(struct body *body, const struct ipfw_insn *insn, bool source)
{
	if (!source) {
		require(body, PART_ALL);
		body->complete = true;
	}
	if ((body->written & PART_TARGET) != 0)
		body->complete = true;
	require(body, PART_PROTOCOL | PART_SOURCE);
	open_block(body, insn);
	if (insn->negated)
		buf_puts(body->out, " not");
	if (body->options)
		buf_puts(body->out, source ? " src-port" : " dst-port");
	ipfw_write_ports(body->out, insn);
}

/* The listing has "ip4 from any to any" behind the brace and the "not". */
static void
put_protocol(struct body *body, const struct ipfw_insn *insn)
{
	bool behind = (body->ip4 || body->ip6) &&
	    (body->written & PART_PROTOCOL) == 0;

	if (behind && body->form == WRITE_COMMAND)
		begin_options(body);
	open_block(body, insn);
	if (insn->negated)
		buf_puts(body->out, " not");
	if (behind && body->form == WRITE_LISTING)
		begin_options(body);
	if (body->options)
		buf_puts(body->out, " proto");
	buf_putc(body->out, ' ');
	ipfw_write_protocol(body->out, insn, body->form);
	body->written |= PART_PROTOCOL;
}

/* The word "in" or "out" holds its own "not". */
static void
put_option(struct body *body, const struct ipfw_insn *insn)
{
	bool direction = insn->op == IPFW_IN || insn->op == IPFW_OUT;

	begin_options(body);
	open_block(body, insn);
	if (insn->negated && !direction)
		buf_puts(body->out, " not");
	ipfw_write_option(body->out, insn, body->form);
}

static void
put_insn(struct body *body, const struct ipfw_insn *insn)
{
	require(body, 0);
	switch (kind_of(insn, body->form)) {
	case KIND_PROTOCOL:
		put_protocol(body, insn);
		break;
	case KIND_FAMILY:
		/* It is the word in front of "from" already. */
		if (insn->op == IPFW_IP4 ? body->ip4 : body->ip6)
			break;
		put_option(body, insn);
		break;
	case KIND_SOURCE:
		put_address(body, insn, true);
		break;
	case KIND_TARGET:
		put_address(body, insn, false);
		break;
	case KIND_SOURCE_PORTS:
		put_ports(body, insn, true);
		break;
	case KIND_OPTION:
		if (insn->op == IPFW_DST_PORTS)
			put_ports(body, insn, false);
		else
			put_option(body, insn);
		break;
	}
	close_block(body, insn);
}

static enum kind
command_kind(const struct ipfw_insn *insn)
{
	return kind_of(insn, WRITE_COMMAND);
}

/* One family anywhere in the rule is the protocol in front of "from". */
static void
find_family(struct body *body, const ipfw_insns *insns)
{
	for (size_t i = 0; i < insns->n; i++) {
		if (command_kind(&insns->v[i]) != KIND_FAMILY)
			continue;
		body->ip4 = insns->v[i].op == IPFW_IP4;
		body->ip6 = insns->v[i].op == IPFW_IP6;
		return;
	}
}

/* Number of instructions of the or-block that begins at START. */
static size_t
block_length(const ipfw_insns *insns, size_t start)
{
	size_t end = start;

	while (end + 1 < insns->n && insns->v[end].or_next)
		end++;
	return end - start + 1;
}

/* Would the address be read in another family behind "ip6 from"? */
static bool
is_misread(const struct ipfw_insn *insn, bool protocol6)
{
	return protocol6 && !is_version6(insn) && insn->op != IPFW_SRC_TABLE &&
	    insn->op != IPFW_DST_TABLE;
}

/* Can the N instructions at FIRST be one part of the text? */
static bool
fits(const struct ipfw_insn *first, size_t n, bool protocol6)
{
	enum kind kind = command_kind(first);

	if (first[n - 1].or_next || (kind == KIND_SOURCE_PORTS && n > 1))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (command_kind(&first[i]) != kind)
			return false;
		if ((kind == KIND_SOURCE || kind == KIND_TARGET) &&
		    is_misread(&first[i], protocol6))
			return false;
	}
	return true;
}

static bool
is_protocol6(const struct ipfw_insn *insn)
{
	return insn->op == IPFW_IP6 ||
	    (insn->op == IPFW_PROTO && (insn->number & 0xff) == PROTOCOL_IPV6);
}

/*
 * Do the instructions stand in the order of the text?  Each part there is
 * makes the next one a later one, up to the first option.
 */
static bool
is_in_order(const ipfw_insns *insns)
{
	bool protocol6 = false;
	size_t n;

	for (size_t i = 1; i < insns->n; i++)
		if (command_kind(&insns->v[i]) == KIND_FAMILY)
			return false;
	for (size_t i = 0; i < insns->n; i += n) {
		const struct ipfw_insn *first = &insns->v[i];

		n = block_length(insns, i);
		if (command_kind(first) == KIND_OPTION)
			return true;
		if (i > 0 && command_kind(first) == KIND_PROTOCOL)
			return command_kind(first - 1) == KIND_FAMILY;
		if (i > 0 && command_kind(first) <= command_kind(first - 1))
			return false;
		if (!fits(first, n, protocol6))
			return false;
		if (i == 0)
			protocol6 = is_protocol6(&first[n - 1]);
	}
	return true;
}

static bool
is_state(const struct ipfw_insn *insn)
{
	return insn->op == IPFW_KEEP_STATE || insn->op == IPFW_LIMIT;
}

/*
 * The reader puts state last wherever its word stands, and takes the word
 * outside of braces only.  So it goes in front of a block that stays open and
 * of a comment that is an instruction.
 */
static bool
is_state_first(const ipfw_insns *insns)
{
	const struct ipfw_insn *before;

	if (insns->n < 2 || !is_state(&insns->v[insns->n - 1]))
		return false;
	before = &insns->v[insns->n - 2];
	return before->or_next || before->op == IPFW_ALWAYS;
}

static void
put_state(struct body *body, const struct ipfw_insn *insn)
{
	begin_options(body);
	if (insn->negated)
		buf_puts(body->out, " not");
	ipfw_write_option(body->out, insn, body->form);
	if (insn->or_next)
		buf_puts(body->out, " { or }");
}

static void
put_all_as_options(struct body *body)
{
	body->ip4 = body->ip6 = false;
	begin_options(body);
}

/* Written as a command, it would have options only. */
static bool
begins_with_option(const ipfw_insns *insns)
{
	return insns->n > 0 && command_kind(&insns->v[0]) == KIND_OPTION;
}

static void
write_listed(struct body *body, const struct ipfw_rule *rule)
{
	const ipfw_insns *insns = &rule->insns;

	if (rule->options_only || begins_with_option(insns))
		begin_options(body);
	for (size_t i = 0; i < insns->n; i++)
		put_insn(body, &insns->v[i]);
}

static void
write_command(struct body *body, const struct ipfw_rule *rule)
{
	const ipfw_insns *insns = &rule->insns;
	bool state_first = is_state_first(insns);

	if (rule->options_only || state_first || !is_in_order(insns))
		put_all_as_options(body);
	if (state_first)
		put_state(body, &insns->v[insns->n - 1]);
	for (size_t i = 0; i < insns->n; i++) {
		if (!is_state(&insns->v[i]))
			put_insn(body, &insns->v[i]);
		else if (!state_first)
			put_state(body, &insns->v[i]);
	}
}

static bool
has_always(const ipfw_insns *insns)
{
	for (size_t i = 0; i < insns->n; i++)
		if (insns->v[i].op == IPFW_ALWAYS)
			return true;
	return false;
}

void
ipfw_write_match(struct buf *out, const struct ipfw_rule *rule,
    enum write_form form, bool comments)
{
	struct body body = {.out = out, .form = form};

	if (rule->verb != IPFW_CHECK_STATE) {
		find_family(&body, &rule->insns);
		if (form == WRITE_LISTING)
			write_listed(&body, rule);
		else
			write_command(&body, rule);
		require(&body, PART_ALL);
	}
	if (rule->comment != NULL && (comments || has_always(&rule->insns)))
		buf_printf(out, " // %s", rule->comment);
}
