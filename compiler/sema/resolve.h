/*
 * What the steps of sema_policy() share, and the steps.
 *
 * Every step goes on after an error.  What was wrong is marked as broken, and
 * nothing is said that only follows from it.
 */
#ifndef SEMA_RESOLVE_H
#define SEMA_RESOLVE_H

#include "base/map.h"
#include "sema/address.h"
#include "sema/parts.h"
#include "sema/scope.h"
#include "sema/sema.h"

#define LEFT_OUT_SHOWN 8

/* A zone while it is being resolved; at the index of the zone. */
struct zone_work {
	const struct ast_zone *tree;
	bool cards_broken, nets_broken;
	struct span active_span; /* of the word, if zone.active */
	/* The active card is another zone's by its name: that card. */
	const struct zone_card *active_taken;
	bool nat_target;
	struct span nat_span;
	bool mentioned; /* by its name, in a rule, trust, nat, forward */
	bool by_any;	/* mentioned by "any" */
	/* The first "any" that lets another zone reach this one. */
	struct span opened;
	/* What has no effect because the zone is not present. */
	VEC(struct span) left_out;
	size_t n_left_out;
};

/* How the cards of two zones meet. */
enum meeting_kind {
	MEETING_NONE,
	MEETING_PATTERN, /* a name here, a pattern over it there */
	MEETING_SAME,	 /* equal names, or two patterns */
};

struct meeting {
	enum meeting_kind kind;
	const struct zone_card *card[2]; /* the lower zone's first */
};

/* A list of hosts, resolved. */
struct hosts_value {
	struct addr_set set;
	bool broken;
	/*
	 * The zones that the list was compared with, and those that have some
	 * of its addresses: a long list is used by many rules.
	 */
	struct endpoint_set compared, met;
};

/* A list of services, resolved. */
struct service_value {
	service_parts parts;
	bool any; /* every protocol; PARTS is empty */
	bool broken;
	/* Services of the catalogue in it that have one. */
	VEC(const struct service *) caveats;
	service_entries entries;
};

/* A list of zones, with self and any. */
struct ends {
	const ast_words *words;
	struct endpoint_set named; /* by their names */
	struct endpoint_set all;   /* and what any stands for */
	struct span any;	   /* the word, if it is there */
	bool broken;
};

/* The pairs that a block of rules is about. */
struct pairs {
	struct ends from, to;
	struct endpoint_set from_asked, to_asked; /* rules decide them */
	bool broken;
};

/* Everything that stands between the parts of sema_policy(). */
struct resolve {
	struct sema *sema;
	struct arena *arena;
	struct diags *diags;
	struct policy *policy;
	const struct ast_file *tree;
	/* Of all files, in the order of the text. */
	VEC(const struct ast_statement *) statements;
	struct scope zones, hosts, services;
	size_t suggestions; /* names that may still be compared */
	struct zone_work *zone_work;
	/* [i * zones.n + j] with i < j */
	struct meeting *meetings;
	struct hosts_value *hosts_values; /* by index in the scope */
	struct service_value *service_values;
	/* Made by resolve_trust(), of ends: */
	struct endpoint_set asked[POLICY_ZONES_MAX + 1]; /* to where */
	struct endpoint_set everyone, live, uplinks;
	struct endpoint_set with_v4, with_v6;
	struct parts_draft draft; /* of the list being resolved */
	struct map caveats;	  /* services whose caveat was said */
	struct map said;	  /* services of the catalogue, by name */
	struct map labels;	  /* of rules */
	struct port_range *ports; /* each alone: see ports_of_range() */
};

/*
 * What a name stands for.  The definition is marked as used; NULL after an
 * error.
 */
struct definition *resolve_zone_name(
    struct resolve *r, const struct ast_word *word);
struct definition *resolve_hosts_name(
    struct resolve *r, const struct ast_word *word);

/*
 * TEXT stands in a list at SPAN; SEEN holds what stood before it.  Returns
 * false after a warning if it did.
 */
bool resolve_list_entry(
    struct resolve *r, struct map *seen, const char *text, struct span span);

/* "did you mean", if SUGGEST found something. */
void resolve_help_suggest(
    struct resolve *r, struct diag *diag, const struct suggest *suggest);
/* Offer the keys of MAP.  The answer does not depend on its order. */
void resolve_suggest_map(struct suggest *suggest, const struct map *map);

/* Decimal digits without leading zeros, up to MAX. */
bool resolve_number(const char *text, unsigned max, unsigned *number);

/*
 * A list of hosts: OWN, or the value of the name if the list is one name.
 */
struct hosts_value *resolve_hosts_list(
    struct resolve *r, const ast_hosts *list, struct hosts_value *own);
/* Add the addresses of a file to LIST.  Returns false after an error. */
bool resolve_hosts_file(
    struct resolve *r, const struct ast_word *path, struct address_list *list);

/*
 * The card that a word of an `on` clause names.  Returns false after an
 * error.
 */
bool card_read(
    struct resolve *r, const struct ast_word *word, struct zone_card *card);
/* Fill r->meetings. */
void card_find_meetings(struct resolve *r);

/* Does ENTRY stand for a service by its name? */
bool service_entry_is_name(const struct ast_service *entry);
/*
 * The services of a list.  Those that the policy defines and LIST names must
 * have been resolved.
 */
void resolve_service_list(
    struct resolve *r, const ast_services *list, struct service_value *out);
/* The policy says the name of a service of the catalogue. */
void resolve_say_service(struct resolve *r, const struct service *service);
/* Each entry of LIST, which is sound, by itself: in OUT. */
void resolve_service_entries(
    struct resolve *r, const ast_services *list, struct service_value *out);
/* The entries of SERVICES for a rule; NULL if there is one or none. */
const service_entries *resolve_keep_entries(
    struct resolve *r, const struct service_value *services);
/* The part of an icmp, icmp6 or proto entry.  Returns false after an error. */
bool resolve_icmp(struct resolve *r, const struct ast_service *entry,
    struct service_part *part);
bool resolve_protocol(
    struct resolve *r, const struct ast_word *word, struct service_part *part);
/* tcp, udp, icmp, icmp6; PROTOCOL_ANY if WORD is none of them. */
int protocol_of_word(const char *word);
/* An ICMP type by name or number.  Returns false after an error. */
bool resolve_icmp_type(struct resolve *r, enum family family,
    const struct ast_word *word, unsigned *type);

/* A list of zones, self and any. */
void resolve_ends(struct resolve *r, const ast_words *words, struct ends *out);
/* The place where LIST names an end that is in SET. */
struct span ends_span(const struct resolve *r, const struct ends *ends,
    const struct endpoint_set *set);
/*
 * The pairs from FROM to TO.  Pairs that no rule may decide are an error if
 * both ends were named, and are left out if "any" made them.
 */
void resolve_pairs(
    struct resolve *r, const struct ast_block *block, struct pairs *out);
/* What goes from FROM to TO and rules decide; the ends that have such. */
void resolve_asked(const struct resolve *r, const struct endpoint_set *from,
    const struct endpoint_set *to, struct endpoint_set *from_out,
    struct endpoint_set *to_out);

/* A port or LO-HI.  Returns false after an error. */
bool resolve_ports(
    struct resolve *r, const struct ast_word *word, struct port_range *out);
/* Single ports stand in one table, where those who look at many find them. */
struct port_set ports_of_range(struct resolve *r, struct port_range range);

/*
 * Fill in what stands behind the services of a rule: addresses, log, limit,
 * label, comment, and the ends that are left.  Returns false after an error.
 */
bool resolve_qualifiers(struct resolve *r,
    const struct ast_qualifiers *qualifiers, const struct pairs *pairs,
    struct policy_rule *rule);
/*
 * Put a finished rule on the list.  Returns false if no pair of its ends has
 * cards: it is then left out.
 */
bool resolve_rule_add(struct resolve *r, struct policy_rule *rule);
/* The rule of a forward, and the forward itself. */
void resolve_forward(struct resolve *r, const struct ast_statement *statement);

enum verdict resolve_verdict(enum ast_verdict verdict);

/* The statement at SPAN has no effect on the zone, which is not present. */
void resolve_leave_out(struct resolve *r, size_t zone, struct span span);

/* Steps, in their order. */
void resolve_hosts(struct resolve *r);
void resolve_services(struct resolve *r);
void resolve_zones(struct resolve *r);
void resolve_cards(struct resolve *r);
void resolve_nat_uplinks(struct resolve *r);
void resolve_roles(struct resolve *r);
void resolve_own(struct resolve *r);
void resolve_presence(struct resolve *r);
void resolve_trust(struct resolve *r);
void resolve_nat(struct resolve *r);
void resolve_rules(struct resolve *r);
void resolve_conflicts(struct resolve *r);
void resolve_rejects(struct resolve *r);
void resolve_options(struct resolve *r);
void resolve_tests(struct resolve *r);
void resolve_absent(struct resolve *r);
void resolve_unused(struct resolve *r);
void resolve_keep_names(struct resolve *r);

#endif
