/*
 * The sizes are those of the instructions in FreeBSD's sys/netinet/ip_fw.h.
 */
#include <string.h>

#include "target/ipfw/size.h"

static size_t
prefix_words(const struct ipfw_insn *insn)
{
	return insn->family == FAMILY_4 ? 1 + 2 * insn->n_prefixes
					: 1 + 8 * insn->n_prefixes;
}

/* Lists grow; everything else has one size, which is 2 unless it is here. */
static size_t
insn_words(const struct ipfw_insn *insn)
{
	if (insn->n_prefixes != 0)
		return prefix_words(insn);
	if (insn->n_ports != 0)
		return 1 + insn->n_ports;
	if (insn->op == IPFW_RECV || insn->op == IPFW_XMIT ||
	    insn->op == IPFW_VIA)
		return 6;
	return insn->op == IPFW_ICMP6TYPES ? 8 : 2;
}

size_t
ipfw_rule_words(const struct ipfw_rule *rule)
{
	size_t words = 2 + (rule->log ? 4 : 0);

	for (size_t i = 0; i < rule->insns.n; i++)
		words += insn_words(&rule->insns.v[i]);
	if (rule->comment != NULL)
		words += 2 + strlen(rule->comment) / 4;
	return words;
}
