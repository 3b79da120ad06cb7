/*
 * What the files of the lowering share: the rules before they have numbers.
 *
 * A section is a range of the number plan with its rules in order.  Jumps
 * inside go to labels; layout gives rules their numbers and labels theirs.
 */
#ifndef TARGET_IPFW_LOWER_PRIVATE_H
#define TARGET_IPFW_LOWER_PRIVATE_H

#include "target/ipfw/lower/lower.h"

enum section_id {
	SECTION_LIFELINE,      /* 1: set 31 */
	SECTION_DISPATCH,      /* 10: by card and direction; trusted zones */
	SECTION_INNER_GATES,   /* 100: inner zones, source checked */
	SECTION_CLOSED,	       /* 900: unknown cards, spoofed sources */
	SECTION_UPLINK_CHECKS, /* 9000: before NAT */
	SECTION_NAT_IN,	       /* 10000 */
	SECTION_UPLINK,	       /* 10010: state, self, forwards, routed */
	SECTION_UPLINK_END,    /* 10990 */
	SECTION_OUT,	       /* 20000: state, then by zone pair */
	SECTION_OUT_END,       /* 29000: ICMP errors, verdict */
	SECTION_INNER,	       /* 31000: a block each */
	SECTION_DEFAULT,       /* 40000 */
	SECTION_NAT_OUT,       /* 50000 */
	SECTION_ALLOW,	       /* 50100 */
	SECTION_LAST,	       /* 65534 */
	SECTION_COUNT
};

/* A place to jump to: the next rule that is put into the section. */
struct label {
	bool placed;
	enum section_id section;
	size_t index;
	uint16_t number; /* after layout */
};

struct lowered {
	struct ipfw_rule rule;
	const struct label *jump; /* skipto to a label */
	uint16_t fixed;		  /* wants this very number; or 0 */
	bool block_start;	  /* wants a round number */
	bool labelled;		  /* shares no number with the one above */
	bool alone;		  /* shares its number with none */
};

/* The value of a table's entry: the number that a label gets. */
struct table_jump {
	size_t table, entry;
	const struct label *label;
};

struct section {
	VEC(struct lowered) rules;
	bool starts_block; /* so does the next rule */
	bool has_label;	   /* the next rule has one */
};

/* One side of a packet: no condition, or any of what follows. */
struct side {
	bool me;
	bool has_set;
	bool negated; /* none of the set; then one family only */
	struct addr_set set;
	const char *table; /* or in a table of that name */
};

enum direction {
	DIRECTION_ANY,
	DIRECTION_IN,
	DIRECTION_OUT,
};

enum born {
	BORN_ANYWHERE,
	BORN_HERE,	/* out pass without a receiving card */
	BORN_ELSEWHERE, /* forwarded */
};

/* What a rule matches, in words of zones; turned into instructions once. */
struct match {
	enum family families; /* FAMILY_NONE counts as both */
	int protocol;
	int not_protocol; /* or 0 */
	bool not_icmp;	  /* of either family */
	struct side source, target;
	struct port_set source_ports, target_ports;
	bool has_types;
	struct type_set types;
	enum direction direction;
	enum born born;
	struct endpoint_set recv, xmit, via; /* zones; empty: any card */
	const char *flows; /* a table of flows that the packet is in */
	const char *recv_table, *xmit_table; /* cards in a table */
	bool setup, frag, verrevpath_fails;
	bool keep_state;
	unsigned limit;
};

/* What a rule does. */
struct verb {
	enum ipfw_verb verb;
	uint32_t argument;
	const struct label *jump;
	bool log;
};

/* The table that holds the cards of zones. */
struct card_set {
	struct endpoint_set zones;
	const char *table;
};

/* Where packets of a zone's card go on. */
struct card_branch {
	struct endpoint_set zones;
	struct label *label;
};
typedef VEC(struct card_branch) card_branches;

struct lower {
	struct arena *arena;
	struct diags *diags;
	const struct sources *sources;
	const struct ipfw_flavour *flavour;
	const struct ir *ir;
	const struct policy *policy;
	struct ipfw_ruleset *ruleset;
	const char *table_prefix;
	/* What the ruleset's tables of addresses hold; of others, nothing. */
	VEC(struct addr_set) tables;
	VEC(struct table_jump) table_jumps;
	struct section sections[SECTION_COUNT];

	struct endpoint_set uplinks, inners, trusted; /* present ones */
	struct endpoint_set with_v4, with_v6; /* see lower_end_families() */
	struct endpoint_set patterned;	      /* with a pattern for a card */
	/* Present zones on a card of a zone, but itself. */
	struct endpoint_set beside[POLICY_ZONES_MAX + 1];
	VEC(struct card_set) card_sets; /* tables of cards */
	size_t n_card_tables;
	struct addr_set inner_nets; /* of all inner zones, present or not */
	/* Ends that an end may begin a conversation with. */
	struct endpoint_set reaches[POLICY_ZONES_MAX + 1];
	VEC(struct label *) labels; /* all that were placed */
	ipfw_insns draft;	    /* of the rule that is being put */
	bool wide_uplink;	    /* its section takes the room behind it */
	bool families_apart; /* each has its rules for what uplinks bring */
	int level;	     /* of optimisation */
	bool failed;
};

/* insn.c: one side as the one rule at hand has it, and its insns. */
struct operand {
	bool me, me6, negated;
	const char *table;
	struct prefixes v4, v6;
};

/* What the next rule begins with: none, and room for those of the last one. */
ipfw_insns insn_draft_begin(const struct lower *l);
/* The rule's own, with no more room than it needs. */
ipfw_insns insn_draft_end(struct lower *l, ipfw_insns draft);
/* Returns whether the protocol is still to be named among the options. */
bool insn_put_protocol(struct lower *l, struct ipfw_rule *rule,
    const struct match *match, enum family families, bool family_told);
void insn_put_operand(struct lower *l, struct ipfw_rule *rule, bool source,
    const struct operand *operand);
void insn_put_ports(struct lower *l, struct ipfw_rule *rule, enum ipfw_op op,
    struct port_set ports);
void insn_put_options(struct lower *l, struct ipfw_rule *rule,
    const struct match *match, bool name_protocol);

/*
 * table.c: a new table of the ruleset, by its index.  FLOW names the fields of
 * a table of flows, else it is NULL; a table of jumps has OPTIONS for it.
 */
size_t table_add(struct lower *l, enum ipfw_table_type type, const char *flow,
    const char *options);
/* The table that holds SET; made if no rule needed it before. */
const char *table_for(
    struct lower *l, const struct addr_set *set, struct span origin);
void table_entry_add(
    struct lower *l, size_t table, const char *key, const struct label *label);
void table_prefixes_add(struct lower *l, size_t table,
    const struct addr_set *set, const struct label *label);

/* card.c: are N cards too many to ask for one after the other? */
bool cards_many(size_t n);
bool cards_plain(const struct lower *l, endpoint e);
/* False, and nothing is added, if the zones share cards or have patterns. */
bool card_branch_add(const struct lower *l, card_branches *branches,
    const struct endpoint_set *zones, struct label *label);
/* Jumps to the branch of the packet's card; the others go on behind. */
void card_branches_put(struct lower *l, enum section_id section,
    enum direction direction, bool xmit, const card_branches *branches);
/* A table of all cards of ZONES, or NULL if a rule may as well name them. */
const char *cards_table(struct lower *l, const struct endpoint_set *zones);

/* match.c: put a rule into a section, split where ipfw needs it. */
void lower_put(struct lower *l, enum section_id section, struct verb verb,
    const struct match *match, const struct spans *origins, const char *note);
struct match match_any(void);
/* The ICMP types of a flow. */
void match_types(struct match *match, const struct ir_match *from);
struct verb verb_plain(enum ipfw_verb verb);
struct verb verb_deny(bool log);
struct verb verb_jump(const struct label *label);
/* To the number that the last table of the rule holds for the packet. */
struct verb verb_jump_table(void);
struct verb verb_anchor(void);
/* What MATCH lets through goes by outbound NAT, if it may need it. */
struct verb lower_accept(const struct lower *l, const struct match *match);
struct side side_of(struct addr_set set);
struct side side_not(struct addr_set set);
struct side side_me(void);
extern const char *const lower_link_scope[];
struct addr_set lower_join(
    struct lower *l, struct addr_set a, struct addr_set b);
/* The union of the literals of a list that ends with NULL. */
struct addr_set lower_nets(struct lower *l, const char *const *texts);

/* section.c */
void label_place(struct lower *l, enum section_id section, struct label *label);
void block_start(struct lower *l, enum section_id section);
void section_append(struct lower *l, enum section_id section,
    const struct ipfw_rule *rule, const struct label *jump, uint16_t fixed);
void section_check_state(struct lower *l, enum section_id section);
/*
 * A stateful rule looks states up by itself (tests/vectors/lowering/S14), so
 * a check-state in front of one is a rule too many.
 */
void section_drop_probes(struct lower *l);
size_t section_size(const struct lower *l, enum section_id section);
/* The comment of a rule: the lines it comes from, and NOTE. */
const char *lower_comment(
    struct lower *l, const struct spans *origins, const char *note);
/* Numbers for all rules and labels; false after an error. */
bool layout_number(struct lower *l);
/* How many labels the section's range has numbers for. */
size_t layout_labels_max(const struct lower *l, enum section_id section);

/* zone.c: what is known about the ends. */
void lower_ends(struct lower *l);
const struct zone *lower_zone(const struct lower *l, endpoint e);
/* The families that an end speaks: an inner zone those of its nets. */
enum family lower_end_families(const struct lower *l, endpoint e);
bool lower_open(const struct lower *l, endpoint a, endpoint b);
/*
 * A zone's packets are let on to be forwarded if any pair with another zone
 * is open, in either direction: the answers come the same way.
 */
bool lower_gate_open(const struct lower *l, endpoint zone);
/* Is a pair with another zone open? */
bool lower_talks(const struct lower *l, endpoint zone);
/* Does a pattern of these zones match the card NAME? */
bool lower_pattern_takes(
    const struct lower *l, const struct endpoint_set *zones, const char *name);
bool lower_share_card(const struct lower *l, endpoint a, endpoint b);
/* Does ZONE name CARD with the same words? */
bool lower_has_card(const struct zone *zone, const struct zone_card *card);
struct addr_set lower_own(struct lower *l, const struct endpoint_set *zones);
/*
 * What came from ZONES: by their cards, and by their addresses where a card
 * is another zone's as well.
 */
void lower_name_sources(
    struct lower *l, const struct endpoint_set *zones, struct match *match);
bool lower_nated(const struct lower *l, endpoint uplink);
struct endpoint_set end_only(endpoint e);
/* Inner zones that go out by UPLINK untranslated, by their nets. */
struct addr_set lower_untranslated(struct lower *l, endpoint uplink);
struct addr_set lower_translated(struct lower *l, endpoint uplink);
struct addr_set lower_broadcasts(struct lower *l, endpoint e);
struct addr_set lower_broadcasts_beside(struct lower *l);
struct addr_set lower_beside(
    struct lower *l, const struct endpoint_set *uplinks);
struct spans lower_origin(struct lower *l, struct span span);
void lower_check_cards(struct lower *l);

/*
 * flow.c: a rule of the IR in a context: a stretch of rules that only
 * packets between certain ends reach, in one direction.
 */
struct context {
	enum section_id section;
	enum direction direction;
	struct endpoint_set from, to; /* what the context is for */
	/* Ends that reach the context; if FROM is fewer, cards are named. */
	struct endpoint_set reached;
	enum family families; /* that reach it; FAMILY_NONE counts as both */
};

/* Does RULE decide anything between the ends of the context? */
bool flow_applies(const struct lower *l, const struct ir_rule *rule,
    const struct context *context);
void flow_put(
    struct lower *l, const struct ir_rule *rule, const struct context *context);
/* May RULE decide about TCP in mid-conversation? */
bool flow_may_be_midway(const struct ir_rule *rule);
/*
 * The rule once more without `setup`, for conversations begun before; one with
 * a limit refuses these, for it counts from the first packet.
 */
void flow_pickup(
    struct lower *l, const struct ir_rule *rule, const struct context *context);
/* A rule between the ends of a context. */
struct flow {
	struct endpoint_set from, to; /* the rule's ends in the context */
	enum family families;
	bool guarded; /* names addresses of this host */
	struct match match;
};

/* Returns false if RULE decides nothing in the context. */
bool flow_resolve(struct lower *l, const struct ir_rule *rule,
    const struct context *context, struct flow *flow);
/* What RULE does with packets of MATCH. */
void conversation_put(struct lower *l, enum section_id section,
    const struct ir_rule *rule, const struct match *match);
typedef VEC(const struct ir_rule *) ir_rule_list;
/* With fewer rules, a list that reads from top to bottom costs little. */
#define FLOWS_MANY 24
/* many.c: rules in order; many that differ by address are told apart by it. */
void flows_put(struct lower *l, const struct context *context,
    const struct ir_rule *const *list, size_t n);

/* exchange.c */
bool exchange_applies(
    const struct ir_rule *rule, const struct context *context);
void exchange_put(struct lower *l, const struct ir_rule *rule,
    const struct context *context, enum family families);
/* Neighbour discovery and multicast listening on the link (RFC 4861, 3810). */
struct type_set neighbour_types(void);
/* Neighbour discovery that is for this host or the link may come in. */
void neighbours_put(struct lower *l, enum section_id section);
void errors_put(struct lower *l, enum section_id section, enum family families,
    const struct match *base, struct verb verb);
/* The verdict for what is left over, for FAMILIES. */
void verdict_put(struct lower *l, enum section_id section, enum family families,
    const struct match *base);

/*
 * The verdict for all but ICMP, which need not look at errors and neighbours;
 * nothing if it would be two rules.
 */
void verdict_early(
    struct lower *l, enum section_id section, const struct match *base);

/* late.c: exchanges of IPv6 that wait behind a verdict for IPv4. */
bool *late_choose(struct lower *l, const struct context *context);
void flows_early(
    struct lower *l, const struct context *context, const bool *late);
void flows_late(
    struct lower *l, const struct context *context, const bool *late);
/* Would a deny between these ends stop ICMP errors that must pass? */
/* Does RULE match ICMP errors? */
bool flow_overlaps_errors(const struct ir_rule *rule);
bool errors_come_first(const struct lower *l, const struct endpoint_set *from,
    const struct endpoint_set *to, enum family families);

/* dispatch.c, trust.c, gate.c */
void lower_lifeline(struct lower *l);
void lower_dispatch(struct lower *l, const struct label *uplink4,
    const struct label *uplink6, const struct label *out);
void lower_loopback(struct lower *l, enum section_id section);
struct addr_set lower_family(struct addr_set set, enum family family);
struct addr_set lower_spoofed(struct lower *l, enum family family);
struct addr_set lower_hidden(struct lower *l, endpoint uplink);
/* Adds the uplinks that hide the same nets; is one of them before E? */
bool lower_hidden_alike(
    struct lower *l, endpoint e, struct endpoint_set *group);
/* Refuse this host's own address as a source from inner zones. */
void lower_refuse_own(struct lower *l);
void lower_trust(struct lower *l);
/* Is the link of a trusted zone another zone's too? */
bool lower_shares_link(const struct lower *l, endpoint zone);
/* May everything leave towards this trusted zone, whatever card it came by? */
bool lower_trust_short(const struct lower *l, endpoint zone);
/* Returns whether there are any. */
bool lower_gates(struct lower *l, const struct label *blocks);
/*
 * Clients of an exchange that have no address yet: those on the card of an
 * uplink if BESIDE, whose dispatch would take them, else the others.
 */
void lower_clients(struct lower *l, enum section_id section, bool beside);
void lower_closed(struct lower *l);
/* Refuse what has no route back by the zone's card, if an option asks so. */
void lower_no_route(struct lower *l, enum section_id section, endpoint e);

/* nat.c */
void lower_nat_in(
    struct lower *l, struct label *uplink4, struct label *uplink6);
/*
 * Refuse this host's own address as the source of what UPLINKS bring, for
 * FAMILIES.
 */
void lower_deny_own(struct lower *l, enum section_id section,
    const struct endpoint_set *uplinks, enum family families);
void lower_hairpins(struct lower *l);
void lower_nat_out(struct lower *l);
void lower_nat_instances(struct lower *l);
void lower_check_divert(struct lower *l);

/* uplink.c, out.c, inner.c */
/* Is what uplinks bring shorter to judge with the families apart? */
bool lower_uplink_apart(const struct lower *l);
/* UPLINK6: where IPv6 goes on, if the families are apart. */
void lower_uplink(struct lower *l, struct label *uplink6);
/* The zones whose out pass is judged in the out section. */
struct endpoint_set lower_out_zones(const struct lower *l);
void lower_out(struct lower *l, struct label *out);
void lower_inner(struct lower *l, struct label *blocks);

#endif
