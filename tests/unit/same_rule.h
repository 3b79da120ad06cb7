/*
 * Do two rules say the same, instruction by instruction?  How a protocol is
 * listed, and whether the rule was written with options only, does not count.
 */
#ifndef SAME_RULE_H
#define SAME_RULE_H

#include <string.h>

#include "target/ipfw/ipfw.h"

static inline bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static inline bool
same_prefixes(const struct ipfw_insn *a, const struct ipfw_insn *b)
{
	if (a->family != b->family || a->n_prefixes != b->n_prefixes)
		return false;
	for (size_t i = 0; i < a->n_prefixes; i++)
		if (a->prefixes[i].length != b->prefixes[i].length ||
		    addr_compare(a->prefixes[i].addr, b->prefixes[i].addr) != 0)
			return false;
	return true;
}

static inline bool
same_ports(const struct ipfw_insn *a, const struct ipfw_insn *b)
{
	if (a->n_ports != b->n_ports)
		return false;
	for (size_t i = 0; i < a->n_ports; i++)
		if (a->ports[i].lo != b->ports[i].lo ||
		    a->ports[i].hi != b->ports[i].hi)
			return false;
	return true;
}

static inline bool
same_insn(const struct ipfw_insn *a, const struct ipfw_insn *b)
{
	enum ipfw_op x = a->op == IPFW_OPTION_PROTO ? IPFW_PROTO : a->op;
	enum ipfw_op y = b->op == IPFW_OPTION_PROTO ? IPFW_PROTO : b->op;

	return x == y && a->negated == b->negated && a->or_next == b->or_next &&
	    a->number == b->number && same_prefixes(a, b) && same_ports(a, b) &&
	    same_text(a->text, b->text) && a->is_table == b->is_table &&
	    a->has_value == b->has_value && a->value == b->value &&
	    memcmp(a->types, b->types, sizeof(a->types)) == 0 &&
	    a->flags_set == b->flags_set && a->flags_clear == b->flags_clear &&
	    a->mask == b->mask;
}

static inline bool
same_rule(const struct ipfw_rule *a, const struct ipfw_rule *b)
{
	if (a->number != b->number || a->set != b->set || a->verb != b->verb ||
	    a->argument != b->argument || !same_text(a->foreign, b->foreign) ||
	    a->has_prob != b->has_prob || a->prob != b->prob ||
	    !same_text(a->tag, b->tag) || a->log != b->log ||
	    a->has_logamount != b->has_logamount ||
	    a->logamount != b->logamount ||
	    !same_text(a->comment, b->comment) || a->insns.n != b->insns.n)
		return false;
	for (size_t i = 0; i < a->insns.n; i++)
		if (!same_insn(&a->insns.v[i], &b->insns.v[i]))
			return false;
	return true;
}

#endif
