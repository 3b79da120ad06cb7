/*
 * Conditions that are cheap for every packet are folded into one word.
 *
 * What a packet is, its protocol, family, direction and a few yes-or-no
 * questions, is put into a word once a pass.  A rule that asks for some of
 * that alone, outside of an or-block, keeps a mask and a value, and a glance
 * at the word decides most rules.
 */
#include "target/ipfw/engine/private.h"

#define PROTOCOL_MASK 0xffu
#define WORD_IP4 (1u << 8)
#define WORD_IP6 (1u << 9)
#define WORD_IN (1u << 10)
#define WORD_SETUP (1u << 11)
#define WORD_ESTABLISHED (1u << 12)
#define WORD_PORTS (1u << 13)
#define WORD_FRAGMENT (1u << 14)
#define WORD_NEVER (1u << 31) /* set in no packet */
#define SETUP_BITS (IPFW_TCP_SYN | IPFW_TCP_ACK << 8)
#define ESTABLISHED_MASK (IPFW_TCP_RST | IPFW_TCP_ACK | IPFW_TCP_SYN)

uint32_t
run_fold_packet(const struct run_scan *scan)
{
	const struct ipfw_packet *packet = scan->packet;
	uint8_t flags = packet->tcp_flags;
	bool tcp = scan->has_header && scan->key.protocol == IPFW_PROTOCOL_TCP;
	uint32_t word = scan->key.protocol;

	word |= scan->key.family == FAMILY_4 ? WORD_IP4 : WORD_IP6;
	if (packet->card_out == NULL)
		word |= WORD_IN;
	if (tcp && (flags & (IPFW_TCP_SYN | IPFW_TCP_ACK)) == IPFW_TCP_SYN)
		word |= WORD_SETUP;
	if (tcp && (flags & ESTABLISHED_MASK) != IPFW_TCP_SYN)
		word |= WORD_ESTABLISHED;
	if (tcp ||
	    (scan->has_header && scan->key.protocol == IPFW_PROTOCOL_UDP))
		word |= WORD_PORTS;
	if (packet->offset != 0)
		word |= WORD_FRAGMENT;
	return word;
}

/* The bits of MASK must be VALUE; two such demands may be too many. */
static void
demand(struct run_rule *rule, uint32_t mask, uint32_t value)
{
	if (((rule->value ^ value) & rule->mask & mask) != 0) {
		mask |= WORD_NEVER;
		value |= WORD_NEVER;
	}
	rule->mask |= mask;
	rule->value |= value;
}

/* The bit that stands for all that INSN asks, or 0. */
static uint32_t
bit_of(const struct run_insn *insn)
{
	switch (insn->op) {
	case RUN_IP4:
		return WORD_IP4;
	case RUN_IP6:
		return WORD_IP6;
	case RUN_IN:
		return WORD_IN;
	case RUN_TCP_FLAGS:
		return insn->u.bits == SETUP_BITS ? WORD_SETUP : 0;
	case RUN_ESTABLISHED:
		return WORD_ESTABLISHED;
	case RUN_FRAGMENT:
		return WORD_FRAGMENT;
	}
	return 0;
}

/* A bit without which INSN cannot hold, or 0. */
static uint32_t
bit_needed(const struct run_insn *insn)
{
	switch (insn->op) {
	case RUN_SOURCE4:
	case RUN_TARGET4:
	case RUN_SOURCE4_ONE:
	case RUN_TARGET4_ONE:
		return WORD_IP4;
	case RUN_SOURCE6:
	case RUN_TARGET6:
	case RUN_SOURCE_ME6:
	case RUN_TARGET_ME6:
		return WORD_IP6;
	case RUN_SOURCE_PORT:
	case RUN_TARGET_PORT:
	case RUN_SOURCE_PORTS:
	case RUN_TARGET_PORTS:
		return WORD_PORTS;
	}
	return 0;
}

/* True if nothing is left to ask of INSN. */
static bool
fold(struct run_rule *rule, const struct run_insn *insn)
{
	uint32_t bit = bit_of(insn);

	if (bit != 0) {
		demand(rule, bit, insn->negated ? 0 : bit);
		return true;
	}
	if (insn->negated)
		return false;
	if (insn->op == RUN_PROTOCOL && insn->number <= PROTOCOL_MASK) {
		demand(rule, PROTOCOL_MASK, insn->number);
		return true;
	}
	bit = bit_needed(insn);
	demand(rule, bit, bit);
	return false;
}

void
run_fold_rule(struct run_rule *rule)
{
	uint32_t kept = 0;
	bool in_block = false;

	for (uint32_t i = 0; i < rule->n_insns; i++) {
		struct run_insn insn = rule->insns[i];
		bool alone = !in_block && !insn.or_next;

		in_block = insn.or_next;
		if (!alone || !fold(rule, &insn))
			rule->insns[kept++] = insn;
	}
	rule->n_insns = kept;
}
