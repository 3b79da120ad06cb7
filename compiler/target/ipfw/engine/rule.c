/*
 * A rule compiled into one block of memory: the rule, its instructions, their
 * operands, its text.  The block is measured first and filled second, so
 * nothing in it moves and one free() returns it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/engine/private.h"

#define ALIGNMENT ((size_t)8)
#define COUNT_MAX 65535

struct block {
	unsigned char *next;
	struct ipfw_engine *engine;
	enum ipfw_error error;
};

static size_t
rounded(size_t size)
{
	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static void *
block_take(struct block *block, size_t size)
{
	void *taken = block->next;

	block->next += rounded(size);
	return taken;
}

static bool
names_card(const struct ipfw_insn *insn)
{
	return insn->op == IPFW_RECV || insn->op == IPFW_XMIT ||
	    insn->op == IPFW_VIA;
}

static size_t
measure_insn(const struct ipfw_insn *insn)
{
	size_t net = insn->family == FAMILY_4 ? sizeof(struct run_net4)
					      : sizeof(struct run_net6);
	size_t size = rounded(insn->n_prefixes * net);

	size += rounded(insn->n_ports * sizeof(struct ipfw_port));
	if (insn->op == IPFW_OPTION_FOREIGN && insn->text != NULL)
		size += rounded(
		    run_rare_ports(insn->text) * sizeof(struct ipfw_port));
	if (insn->op == IPFW_ICMP6TYPES)
		size += rounded(sizeof(insn->types));
	if (names_card(insn))
		size += rounded(sizeof(struct run_card));
	return size;
}

static uint64_t
high_bits(unsigned length)
{
	return length == 0 ? 0 : ~UINT64_C(0) << (64 - length);
}

static struct addr
mask6(unsigned length)
{
	if (length <= 64)
		return (struct addr){high_bits(length), 0};
	return (struct addr){
	    ~UINT64_C(0), high_bits(length < 128 ? length - 64 : 64)};
}

static void
fill_nets4(struct run_net4 *nets, const struct ipfw_insn *insn)
{
	for (size_t i = 0; i < insn->n_prefixes; i++) {
		unsigned length = insn->prefixes[i].length;
		uint32_t mask =
		    (uint32_t)(high_bits(length < 32 ? length : 32) >> 32);

		nets[i].mask = mask;
		nets[i].addr = (uint32_t)insn->prefixes[i].addr.lo & mask;
	}
}

static void
fill_nets6(struct run_net6 *nets, const struct ipfw_insn *insn)
{
	for (size_t i = 0; i < insn->n_prefixes; i++) {
		const struct prefix *prefix = &insn->prefixes[i];
		struct addr mask = mask6(prefix->length);

		nets[i].mask = mask;
		nets[i].addr.hi = prefix->addr.hi & mask.hi;
		nets[i].addr.lo = prefix->addr.lo & mask.lo;
	}
}

/* A single net is kept in the instruction itself. */
static void
compile_nets4(
    struct block *block, const struct ipfw_insn *insn, struct run_insn *out)
{
	bool source = insn->op == IPFW_SRC;
	struct run_net4 *nets = block_take(
	    block, insn->n_prefixes * sizeof(*nets));

	fill_nets4(nets, insn);
	if (insn->n_prefixes == 1) {
		out->op = source ? RUN_SOURCE4_ONE : RUN_TARGET4_ONE;
		out->u.bits = nets->addr | (uint64_t)nets->mask << 32;
		return;
	}
	out->op = source ? RUN_SOURCE4 : RUN_TARGET4;
	out->u.nets4 = nets;
}

static void
compile_nets(
    struct block *block, const struct ipfw_insn *insn, struct run_insn *out)
{
	struct run_net6 *nets;

	out->count = (uint16_t)insn->n_prefixes;
	if (insn->family == FAMILY_4) {
		compile_nets4(block, insn, out);
		return;
	}
	nets = block_take(block, insn->n_prefixes * sizeof(*nets));
	fill_nets6(nets, insn);
	out->op = insn->op == IPFW_SRC ? RUN_SOURCE6 : RUN_TARGET6;
	out->u.nets6 = nets;
}

static void
compile_ports(struct block *block, const struct ipfw_insn *insn,
    enum run_op one, enum run_op many, struct run_insn *out)
{
	struct ipfw_port *ports = block_take(
	    block, insn->n_ports * sizeof(*ports));

	if (insn->n_ports == 1 && one != many) {
		out->op = one;
		out->u.bits = insn->ports[0].lo |
		    (uint64_t)insn->ports[0].hi << 16;
		return;
	}
	if (insn->n_ports > 0)
		memcpy(ports, insn->ports, insn->n_ports * sizeof(*ports));
	out->op = many;
	out->count = (uint16_t)insn->n_ports;
	out->u.ports = ports;
}

static void
compile_table(struct block *block, const struct ipfw_insn *insn, enum run_op op,
    enum ipfw_table_type type, struct run_insn *out)
{
	enum ipfw_error error = IPFW_INVALID;

	out->op = op;
	if (block->engine->flavour->tables && insn->text != NULL)
		out->u.table = run_table_refer(
		    block->engine, insn->text, type, &error);
	if (out->u.table == NULL)
		block->error = error;
	out->has_value = insn->has_value;
	out->number = insn->has_value ? insn->value : insn->number;
}

/* A name that begins with a digit is an address. */
static void
compile_card_name(struct block *block, const char *text, struct run_card *card)
{
	struct addr_range range;
	enum family family;
	int length;

	if (!isdigit((unsigned char)text[0])) {
		block->engine->flavour->compile_card(text, card);
		return;
	}
	card->kind = RUN_CARD_NEVER;
	if (addr_parse(text, strlen(text), &family, &range, &length) !=
		ADDR_OK ||
	    family != FAMILY_4)
		return;
	card->kind = RUN_CARD_ADDRESS;
	card->address = (uint32_t)range.lo.lo;
}

static void
compile_card(struct block *block, const struct ipfw_insn *insn, enum run_op op,
    enum run_op op_table, struct run_insn *out)
{
	struct run_card *card = block_take(block, sizeof(*card));
	char name[IPFW_NAME_MAX + 1] = "";

	if (insn->is_table) {
		compile_table(block, insn, op_table, IPFW_TABLE_IFACE, out);
		return;
	}
	out->op = op;
	out->u.card = card;
	if (insn->text == NULL)
		return;
	for (size_t i = 0; i < IPFW_NAME_MAX && insn->text[i] != '\0'; i++)
		name[i] = insn->text[i];
	compile_card_name(block, name, card);
}

static void
compile_icmp6_types(
    struct block *block, const struct ipfw_insn *insn, struct run_insn *out)
{
	uint64_t *types = block_take(block, sizeof(insn->types));

	memcpy(types, insn->types, sizeof(insn->types));
	out->op = RUN_ICMP6_TYPES;
	out->u.types = types;
}

static void
compile_foreign(
    struct block *block, const struct ipfw_insn *insn, struct run_insn *out)
{
	struct ipfw_port *ports;

	out->op = RUN_FOREIGN;
	if (insn->text == NULL)
		return;
	ports = block_take(block, run_rare_ports(insn->text) * sizeof(*ports));
	run_rare_compile(insn->text, ports, out);
}

static bool
is_number_key(uint32_t key)
{
	return key != IPFW_LOOKUP_SRC_IP && key != IPFW_LOOKUP_DST_IP;
}

static void
compile_insn(
    struct block *block, const struct ipfw_insn *insn, struct run_insn *out)
{
	out->negated = insn->negated;
	out->or_next = insn->or_next;
	switch (insn->op) {
	case IPFW_PROTO:
	case IPFW_OPTION_PROTO:
		out->op = RUN_PROTOCOL;
		out->number = insn->number;
		break;
	case IPFW_IP4:
		out->op = RUN_IP4;
		break;
	case IPFW_IP6:
		out->op = RUN_IP6;
		break;
	case IPFW_SRC:
	case IPFW_DST:
		compile_nets(block, insn, out);
		break;
	case IPFW_SRC_ME:
		out->op = RUN_SOURCE_ME;
		break;
	case IPFW_DST_ME:
		out->op = RUN_TARGET_ME;
		break;
	case IPFW_SRC_ME6:
		out->op = RUN_SOURCE_ME6;
		break;
	case IPFW_DST_ME6:
		out->op = RUN_TARGET_ME6;
		break;
	case IPFW_SRC_TABLE:
		compile_table(
		    block, insn, RUN_SOURCE_TABLE, IPFW_TABLE_ADDR, out);
		break;
	case IPFW_DST_TABLE:
		compile_table(
		    block, insn, RUN_TARGET_TABLE, IPFW_TABLE_ADDR, out);
		break;
	case IPFW_FLOW_TABLE:
		compile_table(
		    block, insn, RUN_FLOW_TABLE, IPFW_TABLE_FLOW, out);
		break;
	case IPFW_LOOKUP:
		compile_table(block, insn, RUN_LOOKUP,
		    is_number_key(insn->number) ? IPFW_TABLE_NUMBER
						: IPFW_TABLE_ADDR,
		    out);
		break;
	case IPFW_SRC_PORTS:
		compile_ports(
		    block, insn, RUN_SOURCE_PORT, RUN_SOURCE_PORTS, out);
		break;
	case IPFW_DST_PORTS:
		compile_ports(
		    block, insn, RUN_TARGET_PORT, RUN_TARGET_PORTS, out);
		break;
	case IPFW_OPTION_TTL:
		compile_ports(block, insn, RUN_TTL, RUN_TTL, out);
		break;
	case IPFW_RECV:
		compile_card(block, insn, RUN_RECV, RUN_RECV_TABLE, out);
		break;
	case IPFW_XMIT:
		compile_card(block, insn, RUN_XMIT, RUN_XMIT_TABLE, out);
		break;
	case IPFW_VIA:
		compile_card(block, insn, RUN_VIA, RUN_VIA_TABLE, out);
		break;
	case IPFW_ICMP6TYPES:
		compile_icmp6_types(block, insn, out);
		break;
	case IPFW_OPTION_FOREIGN:
		compile_foreign(block, insn, out);
		break;
	case IPFW_IN:
	case IPFW_OUT:
	case IPFW_SETUP:
	case IPFW_ESTABLISHED:
	case IPFW_TCPFLAGS:
	case IPFW_ICMPTYPES:
	case IPFW_FRAG:
	case IPFW_VERREVPATH:
	case IPFW_VERSRCREACH:
	case IPFW_ANTISPOOF:
	case IPFW_DIVERTED:
	case IPFW_EXT6HDR:
	case IPFW_ALWAYS:
	case IPFW_KEEP_STATE:
	case IPFW_LIMIT:
		break;
	}
}

/* The instructions that need no operands of their own. */
static void
compile_plain(const struct ipfw_insn *insn, struct run_insn *out)
{
	static const uint8_t plain[] = {
	    [IPFW_IN] = RUN_IN,
	    [IPFW_OUT] = RUN_IN,
	    [IPFW_SETUP] = RUN_TCP_FLAGS,
	    [IPFW_ESTABLISHED] = RUN_ESTABLISHED,
	    [IPFW_TCPFLAGS] = RUN_TCP_FLAGS,
	    [IPFW_ICMPTYPES] = RUN_ICMP_TYPES,
	    [IPFW_FRAG] = RUN_FRAGMENT,
	    [IPFW_VERREVPATH] = RUN_VERREVPATH,
	    [IPFW_VERSRCREACH] = RUN_VERSRCREACH,
	    [IPFW_ANTISPOOF] = RUN_ANTISPOOF,
	    [IPFW_DIVERTED] = RUN_DIVERTED,
	    [IPFW_EXT6HDR] = RUN_HEADERS6,
	    [IPFW_ALWAYS] = RUN_ALWAYS,
	};

	if ((size_t)insn->op >= sizeof(plain) || plain[insn->op] == 0)
		return;
	out->op = plain[insn->op];
	if (insn->op == IPFW_OUT)
		out->negated = !insn->negated;
	if (insn->op == IPFW_SETUP)
		out->u.bits = IPFW_TCP_SYN | IPFW_TCP_ACK << 8;
	if (insn->op == IPFW_TCPFLAGS)
		out->u.bits = insn->flags_set |
		    (uint64_t)insn->flags_clear << 8;
	if (insn->op == IPFW_ICMPTYPES)
		out->u.bits = insn->types[0];
	if (insn->op == IPFW_EXT6HDR || insn->op == IPFW_DIVERTED)
		out->number = insn->number;
}

static bool
compile_keep(const struct ipfw_insn *insn, struct run_rule *out)
{
	if (insn->op != IPFW_KEEP_STATE && insn->op != IPFW_LIMIT)
		return false;
	out->keep = insn->op == IPFW_LIMIT ? RUN_KEEP_LIMIT : RUN_KEEP_STATE;
	out->keep_or = insn->or_next;
	out->limit = insn->number;
	out->limit_mask = insn->mask;
	out->probes = true;
	return true;
}

static void
compile_insns(
    struct block *block, const struct ipfw_rule *rule, struct run_rule *out)
{
	for (size_t i = 0; i < rule->insns.n; i++) {
		const struct ipfw_insn *insn = &rule->insns.v[i];
		struct run_insn *compiled = &out->insns[out->n_insns];

		if (compile_keep(insn, out))
			continue;
		if (insn->n_prefixes > COUNT_MAX || insn->n_ports > COUNT_MAX)
			block->error = IPFW_INVALID;
		else
			compile_insn(block, insn, compiled);
		compile_plain(insn, compiled);
		out->n_insns++;
	}
}

static size_t
measure(const struct ipfw_rule *rule, const char *text)
{
	size_t size = rounded(sizeof(struct run_rule)) +
	    rounded(rule->insns.n * sizeof(struct run_insn));

	for (size_t i = 0; i < rule->insns.n; i++)
		size += measure_insn(&rule->insns.v[i]);
	return size + (text != NULL ? rounded(strlen(text) + 1) : 0);
}

/* Of actions that are never written, fwd lets the packet pass. */
static void
compile_foreign_verb(const struct ipfw_rule *rule, struct run_rule *out)
{
	static const char forward[] = "fwd ", mark[] = "setdscp ";

	if (rule->verb != IPFW_FOREIGN || rule->foreign == NULL)
		return;
	if (strncmp(rule->foreign, forward, strlen(forward)) == 0)
		out->verb = IPFW_ALLOW;
	if (strncmp(rule->foreign, mark, strlen(mark)) == 0)
		out->only_counts = true;
}

enum ipfw_error
run_rule_compile(struct ipfw_engine *engine, const struct ipfw_rule *rule,
    const char *text, struct run_rule **out)
{
	struct block block = {.engine = engine};
	struct run_rule *compiled;

	if (!engine->flavour->takes(rule))
		return IPFW_INVALID;
	compiled = calloc(1, measure(rule, text));
	if (compiled == NULL)
		return IPFW_NO_MEMORY;
	block.next = (unsigned char *)compiled;
	block_take(&block, sizeof(*compiled));
	compiled->insns = block_take(
	    &block, rule->insns.n * sizeof(*compiled->insns));
	compiled->number = rule->number;
	compiled->set = rule->set;
	compiled->verb = rule->verb;
	compiled->argument = rule->argument;
	compiled->logs = rule->log;
	compiled->probes = rule->verb == IPFW_CHECK_STATE;
	compiled->foreign = rule->has_prob || rule->tag != NULL;
	compile_foreign_verb(rule, compiled);
	compile_insns(&block, rule, compiled);
	if (text != NULL)
		compiled->text = memcpy(block_take(&block, strlen(text) + 1),
		    text, strlen(text) + 1);
	if (block.error != IPFW_OK) {
		run_rule_free(compiled);
		return block.error;
	}
	run_fold_rule(compiled);
	*out = compiled;
	return IPFW_OK;
}

static bool
refers_to_table(const struct run_insn *insn)
{
	return insn->op == RUN_SOURCE_TABLE || insn->op == RUN_TARGET_TABLE ||
	    insn->op == RUN_FLOW_TABLE || insn->op == RUN_LOOKUP ||
	    insn->op == RUN_RECV_TABLE || insn->op == RUN_XMIT_TABLE ||
	    insn->op == RUN_VIA_TABLE;
}

void
run_rule_free(struct run_rule *rule)
{
	for (size_t i = 0; i < rule->n_insns; i++)
		if (refers_to_table(&rule->insns[i]) &&
		    rule->insns[i].u.table != NULL)
			run_table_release(rule->insns[i].u.table);
	free(rule);
}
