/*
 * The two flavours.  Darwin's engine is FreeBSD's of 2003.
 */
#include <string.h>

#include "target/ipfw/engine/private.h"

#define DARWIN_KEEPALIVE_INTERVAL 25
#define FREEBSD_KEEPALIVE_INTERVAL 20
#define STATES_MAX 4096

static bool
takes_any_rule(const struct ipfw_rule *rule)
{
	(void)rule;
	return true;
}

/* A list of addresses; "10.0.0.0/24{1,5}" is an instruction of its own. */
static bool
is_list(const struct ipfw_insn *insn)
{
	return insn->n_prefixes > 1 &&
	    (insn->text == NULL || strchr(insn->text, '{') == NULL);
}

static bool
darwin_takes_insn(const struct ipfw_insn *insn)
{
	switch (insn->op) {
	case IPFW_IP4:
	case IPFW_IP6:
	case IPFW_SRC_ME6:
	case IPFW_DST_ME6:
	case IPFW_ICMP6TYPES:
	case IPFW_EXT6HDR:
	case IPFW_SRC_TABLE:
	case IPFW_DST_TABLE:
	case IPFW_FLOW_TABLE:
	case IPFW_LOOKUP:
	case IPFW_VERSRCREACH:
	case IPFW_ANTISPOOF:
	case IPFW_DIVERTED:
		return false;
	case IPFW_SRC:
	case IPFW_DST:
		return insn->family == FAMILY_4 && !is_list(insn);
	case IPFW_RECV:
	case IPFW_XMIT:
	case IPFW_VIA:
		return !insn->is_table;
	case IPFW_PROTO:
	case IPFW_SRC_ME:
	case IPFW_DST_ME:
	case IPFW_SRC_PORTS:
	case IPFW_DST_PORTS:
	case IPFW_IN:
	case IPFW_OUT:
	case IPFW_SETUP:
	case IPFW_ESTABLISHED:
	case IPFW_TCPFLAGS:
	case IPFW_ICMPTYPES:
	case IPFW_FRAG:
	case IPFW_VERREVPATH:
	case IPFW_OPTION_PROTO:
	case IPFW_OPTION_TTL:
	case IPFW_ALWAYS:
	case IPFW_OPTION_FOREIGN:
	case IPFW_KEEP_STATE:
	case IPFW_LIMIT:
		return true;
	}
	return false;
}

static bool
darwin_takes_rule(const struct ipfw_rule *rule)
{
	if (rule->verb == IPFW_NAT || rule->verb == IPFW_REASS ||
	    rule->verb == IPFW_RESET6 || rule->verb == IPFW_UNREACH6 ||
	    rule->tag != NULL || rule->argument == IPFW_TABLEARG)
		return false;
	for (size_t i = 0; i < rule->insns.n; i++)
		if (!darwin_takes_insn(&rule->insns.v[i]))
			return false;
	return true;
}

const struct run_flavour run_freebsd = {
    .name = "freebsd",
    .ipv6 = true,
    .me_is_both = true,
    .tables = true,
    .states_max = STATES_MAX,
    .keepalive_interval = FREEBSD_KEEPALIVE_INTERVAL,
    .takes = takes_any_rule,
    .compile_card = run_card_compile_freebsd,
};

const struct run_flavour run_darwin = {
    .name = "darwin",
    .default_allow = true,
    .flush_opens = true,
    .ack_one_way = true,
    .tcp_lingers = true,
    .states_max = STATES_MAX,
    .keepalive_interval = DARWIN_KEEPALIVE_INTERVAL,
    .takes = darwin_takes_rule,
    .compile_card = run_card_compile_darwin,
};

const struct run_flavour *
run_flavour_find(const char *name)
{
	if (strcmp(name, run_freebsd.name) == 0)
		return &run_freebsd;
	if (strcmp(name, run_darwin.name) == 0)
		return &run_darwin;
	return NULL;
}
