/*
 * The engine: what an ipfw ruleset does to one packet.
 *
 * The engine holds rules, sets, tables, dynamic states and its own clock, and
 * nothing else.  Files, sockets, divert daemons and translators are not known
 * here: a pass over the rules ends with an outcome, and the caller who has
 * diverted, translated or reassembled the packet goes on from where the
 * outcome says.  Everything that depends on the host comes in with a record of
 * functions.
 *
 * The semantics are those of FreeBSD's ip_fw2.c, as ipfw(8) documents them and
 * tests/vectors records them; a flavour (flavour.h) says where another
 * system differs.
 */
#ifndef TARGET_IPFW_ENGINE_RUN_H
#define TARGET_IPFW_ENGINE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "set/addr.h"
#include "target/ipfw/ipfw.h"
#include "target/ipfw/engine/flavour.h"

#define IPFW_PROTOCOL_ICMP 1
#define IPFW_PROTOCOL_TCP 6
#define IPFW_PROTOCOL_UDP 17
#define IPFW_PROTOCOL_ESP 50
#define IPFW_PROTOCOL_ICMP6 58
#define IPFW_PROTOCOL_SCTP 132

/* The addresses and ports of a flow, one way. */
struct ipfw_tuple {
	enum family family;
	uint8_t protocol;
	struct addr source, target;
	uint16_t source_port, target_port;
};

struct ipfw_packet {
	struct ipfw_tuple tuple;
	uint8_t tcp_flags;
	uint32_t sequence, acknowledgement;
	uint8_t icmp_type, icmp_code;
	bool has_inner; /* an ICMP error: the packet it is about */
	struct ipfw_tuple inner;
	uint8_t ttl, tos;
	uint16_t id;
	uint32_t length; /* bytes, headers included */
	bool dont_fragment, more_fragments;
	uint16_t offset;      /* of a fragment, in bytes */
	const char *card_in;  /* NULL: none */
	const char *card_out; /* NULL: the packet is inbound */
	bool local_end;	      /* the local end counts as a local address */
};

/* What the engine must know of the host; CONTEXT is handed to each. */
struct ipfw_host {
	const void *context;
	bool (*is_local)(
	    const void *context, enum family family, struct addr addr);
	/* Has CARD this IPv4 address? */
	bool (*card_has)(
	    const void *context, const char *card, struct addr addr);
	/* Is ADDR in a net that the host is connected to? */
	bool (*is_connected)(
	    const void *context, enum family family, struct addr addr);
	/* The card of the route to ADDR, or NULL; *IS_DEFAULT may be set. */
	const char *(*route)(const void *context, enum family family,
	    struct addr addr, bool *is_default);
};

enum ipfw_error {
	IPFW_OK,
	IPFW_NO_MEMORY,
	IPFW_LIMIT_REACHED,
	IPFW_INVALID, /* what the kernel answers with EINVAL */
	IPFW_EXISTS,
	IPFW_NOT_FOUND,
	IPFW_BUSY,
};

/* Explicit bounds of memory; 0 stands for the default. */
struct ipfw_bounds {
	size_t rules, table_entries, fragments;
};

/* What sysctl(8) sets below net.inet.ip.fw; times are in seconds. */
struct ipfw_settings {
	uint32_t ack_lifetime, syn_lifetime, fin_lifetime, rst_lifetime;
	uint32_t udp_lifetime, short_lifetime;
	bool keepalive;
	uint32_t keepalive_interval, keepalive_period;
	bool keep_states; /* states outlive their rule */
	uint32_t states_max;
	uint32_t number_step;
	bool one_pass;
};

struct ipfw_engine;

/* NULL if there is no memory.  BOUNDS may be NULL. */
struct ipfw_engine *ipfw_engine_create(
    const struct run_flavour *flavour, const struct ipfw_bounds *bounds);
void ipfw_engine_destroy(struct ipfw_engine *engine);
struct ipfw_settings *ipfw_engine_settings(struct ipfw_engine *engine);
/* The action of rule 65535. */
void ipfw_engine_set_default(struct ipfw_engine *engine, bool allow);

/*
 * Insert RULE, which is copied, behind the others of its number; number 0
 * takes the highest number and a step.  TEXT is what a listing shows, or NULL.
 * Outcomes hand back SOURCE, which is never looked through.
 */
enum ipfw_error ipfw_engine_add(struct ipfw_engine *engine,
    const struct ipfw_rule *rule, const char *text, const void *source,
    unsigned *number);
/* Tables and rules; the source of a rule is its struct ipfw_rule. */
enum ipfw_error ipfw_engine_load(
    struct ipfw_engine *engine, const struct ipfw_ruleset *ruleset);

/* Rules by number, by set, or both; neither is all but set 31. */
struct ipfw_selection {
	bool by_number, by_set;
	unsigned first, last, set;
};

/* Each returns the number of rules it met. */
size_t ipfw_engine_delete(
    struct ipfw_engine *engine, const struct ipfw_selection *selection);
size_t ipfw_engine_move(struct ipfw_engine *engine,
    const struct ipfw_selection *selection, unsigned set);
size_t ipfw_engine_zero(
    struct ipfw_engine *engine, const struct ipfw_selection *selection);
void ipfw_engine_swap_sets(struct ipfw_engine *engine, unsigned a, unsigned b);
/* A bit for each set; what is in both is enabled, and set 31 always is. */
void ipfw_engine_switch_sets(
    struct ipfw_engine *engine, uint32_t disable, uint32_t enable);
uint32_t ipfw_engine_disabled_sets(const struct ipfw_engine *engine);

struct ipfw_rule_view {
	unsigned number, set;
	enum ipfw_verb verb;
	const char *text;
	const void *source;
	uint64_t packets, bytes;
	uint64_t last; /* when it last matched, 0 never */
};

size_t ipfw_engine_n_rules(struct ipfw_engine *engine);
struct ipfw_rule_view ipfw_engine_rule(
    struct ipfw_engine *engine, size_t index);

/* Where a pass begins.  The zero value is the first rule. */
struct ipfw_resume {
	enum {
		IPFW_FROM_START,
		IPFW_AFTER_NUMBER, /* a divert: the next higher number */
		IPFW_AFTER_RULE,   /* nat, tee, reass: the next rule */
	} how;
	unsigned number;
	uint64_t id;
	bool diverted; /* comes from a divert socket */
};

enum ipfw_event {
	IPFW_EVENT_COUNT,
	IPFW_EVENT_SKIPTO,
	IPFW_EVENT_STATE, /* a state born of the rule was met */
	IPFW_EVENT_NEW_STATE,
	IPFW_EVENT_NO_STATE, /* a limit is reached, or the table is full */
};

/* Called for each event of a pass, with the number of the rule. */
struct ipfw_trace {
	void *context;
	void (*event)(void *context, enum ipfw_event event, unsigned number,
	    const void *source);
};

enum ipfw_end {
	IPFW_END_ALLOW,
	IPFW_END_DENY,
	IPFW_END_RESET,
	IPFW_END_UNREACH, /* argument: ICMP code */
	IPFW_END_UNREACH6,
	IPFW_END_DIVERT, /* argument: port */
	IPFW_END_TEE,
	IPFW_END_NAT, /* argument: instance */
	IPFW_END_REASS,
	IPFW_END_FOREIGN, /* a rule that is listed but never run */
};

struct ipfw_outcome {
	enum ipfw_end end;
	uint32_t argument;
	bool answered;	 /* a reset or an ICMP error goes back */
	unsigned number; /* 0: no rule was asked */
	unsigned copy;	 /* the how many-th of its number */
	bool shared;	 /* other rules have the number too */
	unsigned set;
	const void *source;
	uint64_t looked; /* rules looked at */
	struct ipfw_resume next;
};

/* TRACE may be NULL. */
void ipfw_engine_pass(struct ipfw_engine *engine, const struct ipfw_host *host,
    const struct ipfw_packet *packet, const struct ipfw_resume *from,
    const struct ipfw_trace *trace, struct ipfw_outcome *out);

/* The clock starts at 1. */
uint64_t ipfw_engine_now(const struct ipfw_engine *engine);
/* Moves it on second by second; returns the keepalives sent meanwhile. */
uint64_t ipfw_engine_advance(struct ipfw_engine *engine, uint64_t seconds);

enum ipfw_state_kind {
	IPFW_STATE_KEEP,
	IPFW_STATE_LIMIT,
	IPFW_STATE_PARENT, /* counts the states of a limit */
};

struct ipfw_state_view {
	enum ipfw_state_kind kind;
	unsigned number, set;
	struct ipfw_tuple tuple;
	uint64_t left; /* seconds to live */
	uint64_t packets, bytes;
	uint32_t tcp;	/* flags seen each way, as the kernel keeps */
	uint32_t count; /* of a parent */
};

size_t ipfw_engine_n_states(const struct ipfw_engine *engine);
/* In the order in which the kernel lists them. */
struct ipfw_state_view *ipfw_engine_states(
    struct ipfw_engine *engine, struct arena *arena);

#endif
