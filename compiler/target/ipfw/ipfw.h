/*
 * An ipfw ruleset as a value: what lowering makes, what is written and read
 * back, what the evaluator runs.
 *
 * A rule is, as in the kernel, an action and a list of match instructions.
 * They are tried in order.  One whose result is false ends the rule, unless
 * it has or_next: then the next one is tried.  One with or_next whose result
 * is true skips all up to and including the next one without or_next.  If
 * that end is the action itself (an or-block that was never closed), a match
 * skips the action, and the search goes on with the next rule.
 */
#ifndef TARGET_IPFW_IPFW_H
#define TARGET_IPFW_IPFW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/source.h"
#include "set/addr.h"
#include "set/port.h"

#define IPFW_NUMBER_MAX 65534
#define IPFW_DEFAULT_NUMBER 65535
#define IPFW_SET_MAX 31
#define IPFW_NAME_MAX 15 /* bytes of a card's name, IFNAMSIZ - 1 */
#define IPFW_TABLE_NAME_MAX 63
#define IPFW_PORTS_MAX 30	/* ports or ranges an instruction */
#define IPFW_ADDRS_MAX 15	/* IPv4 entries a comma list */
#define IPFW_RULE_WORDS_MAX 255 /* 32-bit words a rule */
#define IPFW_COMMENT_MAX 80	/* bytes */
#define IPFW_PROB_ONE 0x7fffffff
#define IPFW_TABLEARG 0xffffffffu /* as a number: from the table */

enum ipfw_verb {
	IPFW_ALLOW,
	IPFW_DENY,
	IPFW_REJECT, /* unreach host, by its old name */
	IPFW_RESET,
	IPFW_RESET6,
	IPFW_UNREACH, /* number: ICMP code, never 1 when read */
	IPFW_UNREACH6,
	IPFW_COUNT,
	IPFW_SKIPTO, /* number: rule */
	IPFW_DIVERT, /* number: port */
	IPFW_TEE,
	IPFW_NAT, /* number: instance; 0: all of them (global) */
	IPFW_REASS,
	IPFW_CHECK_STATE, /* has no body */
	IPFW_FOREIGN,	  /* accepted and listed, never run: pipe, call */
};

/*
 * "Needs" names what the packet must have for the result to be true; without
 * it the result is false, and a negated instruction is true.
 */
enum ipfw_op {
	/* Protocol.  "ip" and "all" have no instruction. */
	IPFW_PROTO, /* the protocol is number (above 255: never) */
	IPFW_IP4,
	IPFW_IP6,
	/*
	 * Addresses.  "any" has no instruction.  A list needs a packet of its
	 * own family, and is true if a prefix holds the address; no prefix:
	 * never.  text: how the list is shown, if not by its prefixes.
	 */
	IPFW_SRC, /* prefixes of one family */
	IPFW_DST,
	IPFW_SRC_ME, /* a local address, of the packet's family */
	IPFW_DST_ME,
	IPFW_SRC_ME6, /* needs IPv6 */
	IPFW_DST_ME6,
	IPFW_SRC_TABLE, /* in table text, with value if has_value */
	IPFW_DST_TABLE,
	/*
	 * Ports: the list as written; a range may run backwards.  Needs TCP
	 * or UDP and fragment offset 0.
	 */
	IPFW_SRC_PORTS,
	IPFW_DST_PORTS,
	/* Options. */
	IPFW_IN, /* no card to leave by */
	IPFW_OUT,
	/*
	 * text: a card's name; with * ? or [ a pattern; if it begins with a
	 * digit an IPv4 address of the card; or is_table.  Needs a card; via:
	 * the one to leave by, else the one it came in on.
	 */
	IPFW_RECV,
	IPFW_XMIT,
	IPFW_VIA,
	IPFW_SETUP,	  /* TCPFLAGS with syn set and ack cleared */
	IPFW_ESTABLISHED, /* needs TCP, offset 0; not SYN alone */
	IPFW_TCPFLAGS,	  /* flags set and cleared; TCP, offset 0 */
	IPFW_ICMPTYPES,	  /* types 0-31; needs ICMP, offset 0 */
	IPFW_ICMP6TYPES,  /* types; needs ICMPv6, offset 0 */
	IPFW_FRAG,	  /* fragment offset not 0 */
	IPFW_VERREVPATH,
	IPFW_VERSRCREACH,
	IPFW_ANTISPOOF,
	IPFW_DIVERTED, /* number: 1 loopback, 2 output, 3 either */
	/*
	 * PROTO among the options.  ipfw(8) lists it in a way that can be read
	 * back only behind another option or where all are options.
	 */
	IPFW_OPTION_PROTO,
	IPFW_OPTION_TTL,     /* ports: the list of ipttl */
	IPFW_FLOW_TABLE,     /* flow table(text), with value if has_value */
	IPFW_LOOKUP,	     /* table text holds enum ipfw_lookup number */
	IPFW_EXT6HDR,	     /* number: enum ipfw_ext6hdr, one is there */
	IPFW_ALWAYS,	     /* a comment that ends an or-block: is true */
	IPFW_OPTION_FOREIGN, /* text: accepted and listed, never run */
	/* State, always the last. */
	IPFW_KEEP_STATE,
	IPFW_LIMIT, /* mask; number or IPFW_TABLEARG: the count */
};

enum ipfw_limit_mask {
	IPFW_LIMIT_SRC_ADDR = 1,
	IPFW_LIMIT_SRC_PORT = 2,
	IPFW_LIMIT_DST_ADDR = 4,
	IPFW_LIMIT_DST_PORT = 8,
};

enum ipfw_tcp_flag {
	IPFW_TCP_FIN = 0x01,
	IPFW_TCP_SYN = 0x02,
	IPFW_TCP_RST = 0x04,
	IPFW_TCP_PSH = 0x08,
	IPFW_TCP_ACK = 0x10,
	IPFW_TCP_URG = 0x20,
};

enum ipfw_lookup {
	IPFW_LOOKUP_DST_IP,
	IPFW_LOOKUP_SRC_IP,
	IPFW_LOOKUP_DST_PORT,
	IPFW_LOOKUP_SRC_PORT,
	IPFW_LOOKUP_UID,
	IPFW_LOOKUP_JAIL,
	IPFW_LOOKUP_DSCP,
};

enum ipfw_ext6hdr {
	IPFW_EXT6_FRAGMENT = 0x01,
	IPFW_EXT6_HOPOPTS = 0x02,
	IPFW_EXT6_ROUTING = 0x04,
	IPFW_EXT6_AH = 0x08,
	IPFW_EXT6_ESP = 0x10,
	IPFW_EXT6_DSTOPTS = 0x20,
	IPFW_EXT6_RTHDR0 = 0x40,
	IPFW_EXT6_RTHDR2 = 0x80,
};

struct ipfw_port {
	uint16_t lo, hi; /* as written; lo > hi never matches */
};

struct ipfw_insn {
	enum ipfw_op op;
	bool negated;
	bool or_next;	    /* an or-block goes on with the next one */
	uint32_t number;    /* protocol, limit count, lookup key */
	enum family family; /* of the prefixes */
	struct prefix *prefixes;
	size_t n_prefixes;
	struct ipfw_port *ports;
	size_t n_ports;
	const char *text; /* card, table, option; or how a list is shown */
	bool is_table;	  /* recv, xmit, via: the text names a table */
	bool has_value;
	uint32_t value;
	uint64_t types[4]; /* ICMP types as bits */
	uint8_t flags_set, flags_clear;
	uint8_t mask; /* enum ipfw_limit_mask */
};

typedef VEC(struct ipfw_insn) ipfw_insns;

struct ipfw_rule {
	uint16_t number; /* 0: the ruleset chooses one */
	uint8_t set;
	uint64_t id; /* given by the ruleset, never twice */
	enum ipfw_verb verb;
	uint32_t argument;   /* see enum ipfw_verb; or IPFW_TABLEARG */
	const char *foreign; /* IPFW_FOREIGN: the words of the action */
	bool has_prob;	     /* such a rule is never run */
	uint32_t prob;	     /* of IPFW_PROB_ONE */
	const char *tag;     /* "tag 3", "untag 3": never run; or NULL */
	bool log;
	bool has_logamount;
	uint32_t logamount;
	/*
	 * Written as "ip from any to any" with options only: then addresses,
	 * ports and protocols are listed as options.
	 */
	bool options_only;
	ipfw_insns insns;
	const char *comment;	     /* text after "//", or NULL */
	struct span origin;	     /* where the rule was asked for, or read */
	const struct spans *origins; /* all such places, or NULL */
};

enum ipfw_table_type {
	IPFW_TABLE_ADDR,
	IPFW_TABLE_IFACE,
	IPFW_TABLE_NUMBER,
	IPFW_TABLE_FLOW,
};

struct ipfw_table_entry {
	const char *key; /* as table add takes it */
	bool has_value;
	uint32_t value;
};

struct ipfw_table {
	const char *name;
	enum ipfw_table_type type;
	const char *options; /* "valtype skipto", or NULL */
	const char *flow;    /* of a flow table: "src-ip,proto", or NULL */
	VEC(struct ipfw_table_entry) entries;
	struct span origin;
	/* The reader's: numbers of entries from 1, by their keys. */
	uint32_t *slots;
	size_t n_slots, n_known;
};

/* A NAT instance: in-kernel, or a natd behind a divert port. */
struct ipfw_redirect {
	int protocol;
	struct addr target;
	struct port_range inside, outside;
	struct span origin;
};

struct ipfw_nat {
	bool kernel;
	uint32_t id; /* instance, or divert port */
	const char *card;
	const char *words; /* when read: all after "config" */
	VEC(struct ipfw_redirect) redirects;
	struct span origin;
};

struct ipfw_ruleset {
	VEC(struct ipfw_rule) rules; /* by number, then as inserted */
	VEC(struct ipfw_table) tables;
	VEC(struct ipfw_nat) nats;
	uint32_t disabled; /* set N is disabled if bit N is set */
	uint64_t last_id;  /* of the rules inserted so far */
};

#endif
