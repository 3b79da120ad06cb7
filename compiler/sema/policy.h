/*
 * A policy with all its names resolved to sets.  What the language means is
 * decided here and nowhere later: IR, proof and evaluator start from it.
 */
#ifndef SEMA_POLICY_H
#define SEMA_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "grammar/ast.h"
#include "sema/catalogue.h"
#include "sema/endpoint_set.h"
#include "sema/host.h"
#include "set/addr.h"
#include "set/port.h"

/* For more there are no numbers, see the targets. */
#define POLICY_INNER_ZONES_MAX 80
#define POLICY_NATED_UPLINKS_MAX 10

/* Where the cards of a zone are matched by ipfw. */
struct zone_card {
	const char *pattern; /* "em0", or "vboxnet*"; interned */
	bool wildcard;
	struct span span;
};

enum zone_role {
	ZONE_INNER,    /* has nets; judged by card and net */
	ZONE_UPLINK,   /* "elsewhere": all that no inner zone has */
	ZONE_LOOPBACK, /* lo0: always open, neither inner nor uplink */
};

struct zone {
	const char *name;
	struct span span;
	enum zone_role role;
	bool trusted;
	struct span trust_span;
	/*
	 * Empty if no card of the zone is present: it then has no packets,
	 * and no rule is made for it.
	 */
	bool present;
	bool active; /* "on active" was written */
	VEC(struct zone_card) cards;
	struct addr_set nets; /* as written */
	/*
	 * What the zone's addresses are: the nets without the nets of
	 * narrower zones on the same card.  For an uplink: everything that is
	 * in no inner zone.
	 */
	struct addr_set own;
	struct endpoint_set nat_from; /* zones that go out by it with NAT */
	struct span nat_span;	      /* the first nat statement to it */
	bool verrevpath;	      /* option verrevpath ZONE */
};

enum verdict {
	VERDICT_ALLOW,
	VERDICT_DENY,
	VERDICT_REJECT,
};

/* An entry of a list of services, alone; of lists of several. */
struct service_entry {
	struct span span;
	service_parts parts;
	bool any;
};

typedef VEC(struct service_entry) service_entries;

/*
 * One rule of the policy's single ordered list.  It decides every flow from
 * an end in FROM to an end in TO that matches a part of its services and its
 * addresses.  FROM times TO may hold pairs that no rule decides: see
 * policy_pair_asked().  Ends whose zone is not present are not in it.
 */
struct policy_rule {
	enum verdict verdict;
	struct endpoint_set from, to;
	service_parts parts;		/* services, names resolved */
	bool any_service;		/* every protocol; PARTS is empty */
	const service_entries *entries; /* of several, or NULL */
	bool has_source, has_target;
	struct addr_set source; /* from HOSTS, if has_source */
	struct addr_set target; /* to HOSTS, if has_target */
	bool log;
	unsigned limit;		     /* per source; 0 is none */
	const char *label, *comment; /* or NULL */
	struct span span;
	const struct policy_forward *forward; /* if it is one */
};

/* Names of the policy, for whoever speaks of it. */
struct policy_service {
	const char *name;
	struct span span;
	const service_parts *parts;
	bool any; /* every protocol; PARTS is empty */
	const service_entries *entries;
};

struct policy_hosts {
	const char *name;
	struct span span;
	const struct addr_set *set;
};

/* Port redirection by the NAT of an uplink. */
struct policy_forward {
	int protocol;
	struct port_range outside; /* ports at this host's address */
	struct port_range inside;  /* ports at the target, as many */
	struct addr target;	   /* IPv4 */
	endpoint target_zone;
	struct endpoint_set from; /* uplinks, and zones for hairpin */
	struct span span;
};

enum nat_method {
	NAT_DIVERT,
	NAT_KERNEL,
};

struct policy_options {
	enum nat_method nat;
	bool pickup;
	bool drift_repair;
	bool ipv6_uncovered_ok;
	bool has_lifeline;
	struct addr_set lifeline;
	struct span nat_span, lifeline_span;
};

/* One end of a packet in a test, resolved. */
struct test_end {
	endpoint end;
	bool has_address;
	enum family family;
	struct addr address;
	bool has_port;
	uint16_t port;
};

/* How a packet of a test is sent. */
enum test_fragment {
	TEST_WHOLE,
	TEST_FRAGMENTS, /* in two, which are the packet together */
	TEST_LATER,	/* the second of two, alone */
};

struct test_step {
	enum ast_test_kind kind;
	enum verdict verdict;
	int protocol;
	bool has_type;
	unsigned type;
	struct test_end from, to;
	const char *flags; /* or NULL */
	enum test_fragment fragment;
	bool via_nat;
	unsigned line;	    /* 0: no expectation */
	uint32_t line_file; /* of the source list */
	const char *label;  /* or NULL */
	unsigned seconds;
	struct span span;
};

struct policy_test {
	const char *name;
	struct span span;
	VEC(struct test_step) steps;
};

struct policy {
	VEC(struct zone) zones;
	VEC(struct policy_rule) rules;
	VEC(struct policy_forward *) forwards;
	VEC(struct policy_test) tests;
	VEC(struct policy_service) services;	   /* that it defines */
	VEC(struct policy_hosts) hosts;		   /* that it defines */
	VEC(const struct service *) services_said; /* of the catalogue */
	enum verdict fallback;			   /* default */
	bool fallback_log;
	struct span fallback_span;
	struct policy_options options;
	const struct host *host;
	bool nat_left_out; /* it has NAT, but for now there is none */
};

/* What may talk: this host and the zones that are present and no loopback. */
struct endpoint_set policy_live_ends(const struct policy *policy);
/* The zone of an end that is not self. */
const struct zone *policy_zone(const struct policy *policy, endpoint e);
/* "self", or the zone's name. */
const char *policy_end_name(const struct policy *policy, endpoint e);
/*
 * Do rules decide what goes from FROM to TO?  Not from this host to itself,
 * to or from a loopback zone, where trust decides, nor between uplinks.
 */
bool policy_pair_asked(const struct policy *policy, endpoint from, endpoint to);

/*
 * The policy for as long as no NAT can be had: what goes out or comes in by it
 * is refused, IPv6 and all else stay as they are.
 */
void policy_leave_out_nat(struct arena *arena, struct policy *policy);
/* Does it ask for NAT anywhere, for zones that may be absent or left out? */
bool policy_has_nat(const struct policy *policy);

bool zone_card_matches(const struct zone_card *card, const char *name);
/* Is there a card that both name?  An exact name takes it from all patterns. */
bool zone_shares_card(const struct zone *a, const struct zone *b);
/*
 * The zones that the card NAME belongs to: those that name it, else those
 * with a pattern for it.
 */
struct endpoint_set policy_card_zones(
    const struct policy *policy, const char *name);
/* Is the card NAME always open: lo0, or one of a loopback zone? */
bool policy_card_is_loopback(const struct policy *policy, const char *name);
/*
 * Is a zone that is not trusted on a card of the trusted ZONE?  The link tells
 * nobody apart there.
 */
bool policy_shares_link(const struct policy *policy, endpoint zone);

#endif
