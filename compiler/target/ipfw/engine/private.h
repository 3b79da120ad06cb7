/*
 * The inside of the engine, shared by the files here alone.
 *
 * A rule is compiled into one block of memory that holds its instructions and
 * their operands.  The map is the array of all rules in the order in which
 * they are scanned; rules that were added since it was last sorted stand
 * behind it, and run_map_sort() brings them in.
 */
#ifndef TARGET_IPFW_ENGINE_PRIVATE_H
#define TARGET_IPFW_ENGINE_PRIVATE_H

#include "target/ipfw/engine/run.h"
#include "target/ipfw/engine/table.h"

#define RUN_SET_LAST 31

enum run_op {
	RUN_NEVER,
	RUN_PROTOCOL, /* number */
	RUN_IP4,
	RUN_IP6,
	RUN_SOURCE4_ONE, /* bits: address, and the mask above it */
	RUN_TARGET4_ONE,
	RUN_SOURCE4, /* count struct run_net4 */
	RUN_TARGET4,
	RUN_SOURCE6, /* count struct run_net6 */
	RUN_TARGET6,
	RUN_SOURCE_ME,
	RUN_TARGET_ME,
	RUN_SOURCE_ME6,
	RUN_TARGET_ME6,
	RUN_SOURCE_TABLE, /* table; number if has_value */
	RUN_TARGET_TABLE,
	RUN_FLOW_TABLE,
	RUN_LOOKUP,	 /* table; number is an enum ipfw_lookup */
	RUN_SOURCE_PORT, /* bits: low and high */
	RUN_TARGET_PORT,
	RUN_SOURCE_PORTS, /* count struct ipfw_port */
	RUN_TARGET_PORTS,
	RUN_IN,
	RUN_RECV, /* card */
	RUN_XMIT,
	RUN_VIA,
	RUN_RECV_TABLE,
	RUN_XMIT_TABLE,
	RUN_VIA_TABLE,
	RUN_TCP_FLAGS, /* bits: set, and cleared above them */
	RUN_ESTABLISHED,
	RUN_ICMP_TYPES,	 /* bits */
	RUN_ICMP6_TYPES, /* four words of bits */
	RUN_FRAGMENT,
	RUN_HEADERS6, /* number: enum ipfw_ext6hdr, one of them */
	RUN_VERREVPATH,
	RUN_VERSRCREACH,
	RUN_ANTISPOOF,
	RUN_DIVERTED, /* number: 1 in, 2 out */
	RUN_TTL,      /* count struct ipfw_port */
	RUN_ALWAYS,
	RUN_FOREIGN, /* what it means is not known */
	RUN_RARE,    /* this and all above it: rare.c */
};

struct run_net4 {
	uint32_t addr, mask;
};

struct run_net6 {
	struct addr addr, mask;
};

struct run_insn {
	uint8_t op; /* enum run_op */
	bool negated, or_next;
	bool has_value;
	uint16_t count;
	uint32_t number;
	union {
		uint64_t bits;
		const struct run_net4 *nets4;
		const struct run_net6 *nets6;
		const struct ipfw_port *ports;
		const uint64_t *types;
		const struct run_card *card;
		struct run_table *table;
	} u;
};

enum run_keep {
	RUN_KEEP_NONE,
	RUN_KEEP_STATE,
	RUN_KEEP_LIMIT,
};

struct run_rule {
	uint64_t id;  /* grows with each rule added */
	size_t index; /* in the map */
	uint16_t number;
	uint8_t set;
	uint8_t verb; /* enum ipfw_verb */
	uint8_t keep; /* enum run_keep */
	uint8_t limit_mask;
	bool probes;	  /* looks a state up before all else */
	bool foreign;	  /* has a chance or a tag, which is never run */
	bool only_counts; /* setdscp: then the next rule */
	bool keep_or;	  /* an or-block goes on behind the state */
	bool logs;
	bool shared;
	uint32_t mask, value; /* of the packet's word, see fold.c */
	uint32_t limit;	      /* states; or IPFW_TABLEARG */
	uint32_t argument;
	uint32_t n_insns;
	unsigned copy;
	struct run_insn *insns;
	const char *text;
	const void *source;
	uint64_t packets, bytes, last;
	uint64_t jump_generation; /* of the map that JUMP is for */
	size_t jump;
	size_t n_states;
};

/* What a scan reads of every rule, side by side in memory. */
struct run_slot {
	uint32_t mask, value;
	struct run_insn first; /* if has_first */
	struct run_rule *rule;
	uint8_t set;
	bool probes;
	bool has_first;
};

struct run_state {
	struct run_state *next; /* in the bucket, or free */
	struct run_state *all_next, *all_previous;
	struct run_state *parent;
	struct run_rule *rule;
	struct ipfw_tuple tuple;
	uint64_t hash;
	uint64_t expire;
	uint64_t touched; /* grows; orders the kernel's chain */
	uint64_t packets, bytes;
	uint32_t tcp;
	uint32_t ack_forward, ack_reverse;
	uint32_t count; /* states of a parent */
	uint8_t kind;	/* enum ipfw_state_kind */
};

struct run_states {
	struct run_state **buckets;
	size_t n_buckets; /* a power of two */
	struct run_state *first;
	size_t n;
	size_t n_parents;
	struct run_state *free;
	struct run_slab *slabs;
	uint64_t touch;
	uint64_t due; /* nothing happens to a state before */
	uint64_t keepalive_last;
};

struct ipfw_engine {
	const struct run_flavour *flavour;
	struct ipfw_bounds bounds;
	struct ipfw_settings settings;
	struct run_rule **map;
	struct run_slot *slots; /* of the sorted map */
	size_t n, capacity;
	size_t n_sorted;
	bool stale;	     /* the slots are */
	uint64_t generation; /* of the map */
	uint64_t last_id;
	unsigned highest; /* number, the default rule aside */
	struct run_rule *default_rule;
	uint32_t disabled; /* a bit for each set */
	bool open;	   /* the flavour's flush_opens */
	struct run_table **tables;
	size_t n_tables, tables_capacity;
	size_t n_entries;
	struct run_states states;
	uint64_t now;
};

/* A packet on its way over the rules. */
struct run_scan {
	struct ipfw_engine *engine;
	const struct ipfw_host *host;
	const struct ipfw_packet *packet;
	const struct ipfw_trace *trace;
	struct ipfw_tuple key; /* of states: ports only where a header is */
	bool has_header;       /* the first or only fragment */
	bool diverted;
	bool foreign;  /* met an instruction without a meaning */
	bool asked;    /* the state table was looked up */
	uint32_t word; /* what the packet is, see fold.c */
	uint32_t tablearg;
	enum run_value_type tablearg_type;
	uint64_t looked;
};

/* map.c */
void run_map_sort(struct ipfw_engine *engine);
/* Index of the first rule that is not before number NUMBER and id ID. */
size_t run_map_find(
    const struct ipfw_engine *engine, unsigned number, uint64_t id);

/* rule.c */
enum ipfw_error run_rule_compile(struct ipfw_engine *engine,
    const struct ipfw_rule *rule, const char *text, struct run_rule **out);
void run_rule_free(struct run_rule *rule);

/* fold.c */
uint32_t run_fold_packet(const struct run_scan *scan);
/* Takes what the word decides out of the instructions. */
void run_fold_rule(struct run_rule *rule);

/* match.c */
bool run_match(struct run_scan *scan, const struct run_insn *insn);
/* NUMBER lies in one of the ranges of INSN, whose operand are ports. */
bool run_in_ranges(const struct run_insn *insn, uint32_t number);

/* rare.c */
/* At most how many ranges the list in TEXT has. */
size_t run_rare_ports(const char *text);
/* An option from its text; false if what it means is not known. */
bool run_rare_compile(
    const char *text, struct ipfw_port *ports, struct run_insn *out);
bool run_rare_match(const struct run_scan *scan, const struct run_insn *insn);

/* card.c */
bool run_card_match(const struct run_card *card, const char *name,
    const struct ipfw_host *host);
void run_card_compile_freebsd(const char *name, struct run_card *card);
void run_card_compile_darwin(const char *name, struct run_card *card);

/* state.c */
/* The state that the packet belongs to, brought up to date; or NULL. */
struct run_state *run_state_lookup(struct run_scan *scan);
/* False: the packet must be denied. */
bool run_state_install(struct run_scan *scan, struct run_rule *rule);
/* Drops, or hands to the default rule, the states of deleted rules: those
 * whose rule has a set above RUN_SET_LAST. */
void run_states_forget(struct ipfw_engine *engine);

/* state_table.c */
void run_states_init(struct ipfw_engine *engine);
void run_states_free(struct ipfw_engine *engine);
uint64_t run_state_hash(const struct ipfw_tuple *tuple);
struct run_state *run_state_insert(struct ipfw_engine *engine,
    const struct ipfw_tuple *tuple, enum ipfw_state_kind kind,
    struct run_rule *rule);
void run_state_remove(struct ipfw_engine *engine, struct run_state *state);

/* table.c */
/* The table of that name, made if it is not there; NULL: of another type, or
 * out of memory. */
struct run_table *run_table_refer(struct ipfw_engine *engine, const char *name,
    enum ipfw_table_type type, enum ipfw_error *error);
void run_table_release(struct run_table *table);
void run_tables_free(struct ipfw_engine *engine);
const struct run_table *run_table_find(
    const struct ipfw_engine *engine, const char *name);
const struct ipfw_table_info *run_table_info(const struct run_table *table);
/* The next entry in no order; *POSITION begins at 0. */
bool run_table_next(const struct run_table *table, size_t *position,
    struct ipfw_table_row *row);
bool run_table_match(const struct run_table *table,
    const struct ipfw_table_key *key, uint32_t *value,
    enum run_value_type *type);

#endif
