/*
 * The scan: one packet over the rules, from where it is to begin to the rule
 * that ends the pass.
 *
 * A rule that looks states up does so before its own conditions, and a state
 * that is met runs the action of the rule that it was born of, wherever that
 * stands and whatever set it is in.  The lookup is made once a pass.
 */
#include <string.h>

#include "target/ipfw/engine/private.h"

#define UNREACHABLE_HOST 1
#define NUMBER_MASK 0xffff

/* Where a scan goes after a rule has acted. */
enum step {
	STEP_NEXT,
	STEP_JUMP,
	STEP_END,
};

static void
note(const struct run_scan *scan, enum ipfw_event event,
    const struct run_rule *rule)
{
	if (scan->trace != NULL)
		scan->trace->event(
		    scan->trace->context, event, rule->number, rule->source);
}

static void
count(const struct run_scan *scan, struct run_rule *rule)
{
	rule->packets++;
	rule->bytes += scan->packet->length;
	rule->last = scan->engine->now;
}

enum match {
	MATCH_NO,
	MATCH_YES,
	MATCH_SKIPS, /* an or-block that goes on behind the instructions */
};

static enum match
matches(struct run_scan *scan, const struct run_rule *rule)
{
	const struct run_insn *insn = rule->insns, *end;

	if ((scan->word & rule->mask) != rule->value)
		return MATCH_NO;
	if (rule->n_insns == 0)
		return MATCH_YES;
	for (end = insn + rule->n_insns; insn < end; insn++) {
		if (run_match(scan, insn) != insn->negated) {
			for (; insn->or_next; insn++)
				if (insn == end - 1)
					return MATCH_SKIPS;
		} else if (!insn->or_next) {
			return MATCH_NO;
		}
	}
	return MATCH_YES;
}

/* The value of a table that holds values for TYPE. */
static uint32_t
argument_of(const struct run_scan *scan, const struct run_rule *rule,
    enum run_value_type type)
{
	if (rule->argument != IPFW_TABLEARG)
		return rule->argument;
	if (scan->tablearg_type != RUN_VALUE_LEGACY &&
	    scan->tablearg_type != type)
		return 0;
	return type == RUN_VALUE_NAT ? scan->tablearg
				     : scan->tablearg & NUMBER_MASK;
}

/* Never to a number that is not above the rule's own. */
static size_t
jump_target(struct run_scan *scan, struct run_rule *rule)
{
	const struct ipfw_engine *engine = scan->engine;
	unsigned number;

	if (rule->argument != IPFW_TABLEARG &&
	    rule->jump_generation == engine->generation)
		return rule->jump;
	number = argument_of(scan, rule, RUN_VALUE_SKIPTO);
	if (number <= rule->number)
		number = rule->number + 1u;
	rule->jump = run_map_find(engine, number, 0);
	rule->jump_generation = rule->argument == IPFW_TABLEARG
	    ? 0
	    : engine->generation;
	return rule->jump;
}

static size_t
skip_disabled(const struct ipfw_engine *engine, size_t index)
{
	while (index < engine->n - 1 &&
	    (engine->disabled >> engine->map[index]->set & 1) != 0)
		index++;
	return index;
}

/* May an error about the packet be sent: not about an error, not to many. */
static bool
may_answer(const struct run_scan *scan, bool allow4)
{
	const struct ipfw_packet *packet = scan->packet;
	uint8_t type = packet->icmp_type;

	if (!scan->has_header)
		return false;
	if (scan->key.family == FAMILY_4)
		return allow4 && (scan->key.target.lo >> 28) != 0xe &&
		    (scan->key.protocol != IPFW_PROTOCOL_ICMP || type == 8 ||
			type == 10 || type == 13 || type == 15 || type == 17);
	return (scan->key.target.hi >> 56) != 0xff &&
	    (scan->key.protocol != IPFW_PROTOCOL_ICMP6 || type == 128 ||
		type == 130 || type == 139);
}

static bool
may_reset(const struct run_scan *scan, bool allow4)
{
	return scan->key.protocol == IPFW_PROTOCOL_TCP &&
	    (scan->packet->tcp_flags & IPFW_TCP_RST) == 0 &&
	    may_answer(scan, allow4);
}

/* End the pass in a refusal, in the way of RULE if it is one that refuses. */
static void
refuse(struct run_scan *scan, const struct run_rule *rule,
    struct ipfw_outcome *out)
{
	bool only6 = rule->verb == IPFW_RESET6 || rule->verb == IPFW_UNREACH6;

	if (rule->verb == IPFW_RESET || rule->verb == IPFW_RESET6) {
		out->end = IPFW_END_RESET;
		out->answered = may_reset(scan, !only6);
	} else if (rule->verb == IPFW_UNREACH || rule->verb == IPFW_REJECT ||
	    only6) {
		out->end = only6 ? IPFW_END_UNREACH6 : IPFW_END_UNREACH;
		out->argument = rule->verb == IPFW_REJECT ? UNREACHABLE_HOST
							  : rule->argument;
		out->answered = may_answer(scan, !only6);
	}
}

static void
leave(const struct run_scan *scan, const struct run_rule *rule,
    enum ipfw_end end, enum run_value_type type, struct ipfw_outcome *out)
{
	out->end = end;
	out->argument = argument_of(scan, rule, type);
	out->next.how = end == IPFW_END_DIVERT ? IPFW_AFTER_NUMBER
					       : IPFW_AFTER_RULE;
	out->next.number = rule->number;
	out->next.id = rule->id;
	out->next.diverted = end == IPFW_END_DIVERT;
}

static enum step
reassemble(
    struct run_scan *scan, struct run_rule *rule, struct ipfw_outcome *out)
{
	count(scan, rule);
	if (scan->key.family != FAMILY_4 ||
	    (scan->packet->offset == 0 && !scan->packet->more_fragments))
		return STEP_NEXT;
	leave(scan, rule, IPFW_END_REASS, RUN_VALUE_OTHER, out);
	return STEP_END;
}

/* What RULE does; after STEP_JUMP the scan goes on at *INDEX. */
static enum step
act(struct run_scan *scan, struct run_rule *rule, size_t *index,
    struct ipfw_outcome *out)
{
	switch ((enum ipfw_verb)rule->verb) {
	case IPFW_ALLOW:
		out->end = IPFW_END_ALLOW;
		return STEP_END;
	case IPFW_DENY:
		out->end = IPFW_END_DENY;
		return STEP_END;
	case IPFW_REJECT:
	case IPFW_RESET:
	case IPFW_RESET6:
	case IPFW_UNREACH:
	case IPFW_UNREACH6:
		refuse(scan, rule, out);
		return STEP_END;
	case IPFW_COUNT:
		count(scan, rule);
		note(scan, IPFW_EVENT_COUNT, rule);
		return STEP_NEXT;
	case IPFW_SKIPTO:
		count(scan, rule);
		note(scan, IPFW_EVENT_SKIPTO, rule);
		*index = skip_disabled(scan->engine, jump_target(scan, rule));
		return STEP_JUMP;
	case IPFW_DIVERT:
		leave(scan, rule, IPFW_END_DIVERT, RUN_VALUE_DIVERT, out);
		return STEP_END;
	case IPFW_TEE:
		leave(scan, rule, IPFW_END_TEE, RUN_VALUE_DIVERT, out);
		return STEP_END;
	case IPFW_NAT:
		leave(scan, rule, IPFW_END_NAT, RUN_VALUE_NAT, out);
		return STEP_END;
	case IPFW_REASS:
		return reassemble(scan, rule, out);
	case IPFW_CHECK_STATE:
		return STEP_NEXT;
	case IPFW_FOREIGN:
		if (!rule->only_counts) {
			out->end = IPFW_END_FOREIGN;
			return STEP_END;
		}
		count(scan, rule);
		return STEP_NEXT;
	}
	return STEP_NEXT;
}

/* The state that RULE asks for, which another rule may have made a moment
 * ago; false if the packet must be denied. */
static bool
keep_state(
    struct run_scan *scan, struct run_rule *rule, struct ipfw_outcome *out)
{
	if (run_state_install(scan, rule)) {
		note(scan, IPFW_EVENT_NEW_STATE, rule);
		return true;
	}
	note(scan, IPFW_EVENT_NO_STATE, rule);
	refuse(scan, rule, out);
	out->answered = false;
	return false;
}

/* The state of the packet, looked up once a pass. */
static struct run_state *
ask_state(struct run_scan *scan, const struct run_rule *rule)
{
	struct run_state *state;

	if (!rule->probes || scan->asked)
		return NULL;
	scan->asked = true;
	state = run_state_lookup(scan);
	if (state != NULL)
		note(scan, IPFW_EVENT_STATE, state->rule);
	return state;
}

/* One rule; *RULE becomes the parent of a state that was met. */
static enum step
run_rule(struct run_scan *scan, struct run_rule **rule, size_t *index,
    struct ipfw_outcome *out)
{
	struct run_state *state;
	enum match match;
	bool skips;

	scan->looked++;
	state = ask_state(scan, *rule);
	if (state != NULL) {
		*rule = state->rule;
		*index = (*rule)->index;
		scan->looked++;
		return act(scan, *rule, index, out);
	}
	if ((*rule)->verb == IPFW_CHECK_STATE)
		return STEP_NEXT;
	match = matches(scan, *rule);
	if (match == MATCH_NO && !scan->foreign)
		return STEP_NEXT;
	if (scan->foreign || (*rule)->foreign) {
		out->end = IPFW_END_FOREIGN;
		return STEP_END;
	}
	/* What comes next is the state, then the log, then the action. */
	skips = match == MATCH_SKIPS;
	if ((*rule)->keep != RUN_KEEP_NONE) {
		if (!skips && !keep_state(scan, *rule, out))
			return STEP_END;
		skips = (*rule)->keep_or;
	}
	if (skips && !(*rule)->logs)
		return STEP_NEXT;
	return act(scan, *rule, index, out);
}

/* A glance at what is known of a rule without looking at the rule. */
static bool
may_matter(struct run_scan *scan, const struct run_slot *slot)
{
	if (slot->probes && !scan->asked)
		return true;
	if ((scan->word & slot->mask) != slot->value)
		return false;
	return !slot->has_first ||
	    run_match(scan, &slot->first) != slot->first.negated;
}

/* From INDEX to the end; returns the rule that ended the pass. */
static struct run_rule *
scan_rules(struct run_scan *scan, size_t index, struct ipfw_outcome *out)
{
	const struct ipfw_engine *engine = scan->engine;

	for (; index < engine->n; index++) {
		const struct run_slot *slot = &engine->slots[index];
		struct run_rule *rule = slot->rule;
		enum step step;

		if ((engine->disabled >> slot->set & 1) != 0)
			continue;
		if (!may_matter(scan, slot)) {
			scan->looked++;
			continue;
		}
		scan->tablearg = 0;
		scan->tablearg_type = RUN_VALUE_LEGACY;
		/* A jump lands on a rule with the table's value kept. */
		while ((step = run_rule(scan, &rule, &index, out)) == STEP_JUMP)
			rule = engine->map[index];
		if (step == STEP_END)
			return rule;
	}
	return NULL;
}

static size_t
first_index(const struct ipfw_engine *engine, const struct ipfw_resume *from)
{
	switch (from->how) {
	case IPFW_FROM_START:
		return 0;
	case IPFW_AFTER_NUMBER:
		return run_map_find(engine, from->number + 1, 0);
	case IPFW_AFTER_RULE:
		return run_map_find(engine, from->number, from->id + 1);
	}
	return 0;
}

/* The protocols that the kernel knows behind an IPv6 header; the packets of
 * others are dropped before any rule. */
static bool
is_known_in_ip6(uint8_t protocol)
{
	static const uint8_t known[] = {4, 6, 17, 41, 50, 58, 59, 89, 103, 132};

	return memchr(known, protocol, sizeof(known)) != NULL;
}

static void
prepare(struct run_scan *scan)
{
	const struct ipfw_packet *packet = scan->packet;
	uint8_t protocol = packet->tuple.protocol;

	scan->key = packet->tuple;
	scan->has_header = packet->offset == 0;
	if (!scan->has_header ||
	    (protocol != IPFW_PROTOCOL_TCP && protocol != IPFW_PROTOCOL_UDP &&
		protocol != IPFW_PROTOCOL_SCTP))
		scan->key.source_port = scan->key.target_port = 0;
	scan->word = run_fold_packet(scan);
}

static void
fill_outcome(const struct run_scan *scan, struct run_rule *rule,
    struct ipfw_outcome *out)
{
	out->looked = scan->looked;
	if (rule == NULL)
		return;
	count(scan, rule);
	out->number = rule->number;
	out->copy = rule->copy;
	out->shared = rule->shared;
	out->set = rule->set;
	out->source = rule->source;
}

void
ipfw_engine_pass(struct ipfw_engine *engine, const struct ipfw_host *host,
    const struct ipfw_packet *packet, const struct ipfw_resume *from,
    const struct ipfw_trace *trace, struct ipfw_outcome *out)
{
	struct run_scan scan = {
	    .engine = engine,
	    .host = host,
	    .packet = packet,
	    .trace = trace,
	    .diverted = from->diverted,
	};

	*out = (struct ipfw_outcome){.end = IPFW_END_DENY};
	if (engine->open ||
	    (!engine->flavour->ipv6 && packet->tuple.family == FAMILY_6)) {
		out->end = IPFW_END_ALLOW;
		return;
	}
	prepare(&scan);
	if (packet->tuple.family == FAMILY_6 && scan.has_header &&
	    !is_known_in_ip6(packet->tuple.protocol))
		return;
	run_map_sort(engine);
	fill_outcome(
	    &scan, scan_rules(&scan, first_index(engine, from), out), out);
}
