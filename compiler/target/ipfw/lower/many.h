/*
 * Many rules in a row, each about other addresses.
 *
 * One after the other, a packet would look at all of them.  Instead the
 * addresses are cut into regions in which the same rules apply, in their
 * order.  What is about single addresses and ports goes into tables of flows;
 * the rest stands in buckets, and the packet's address tells the bucket.
 */
#ifndef TARGET_IPFW_LOWER_MANY_H
#define TARGET_IPFW_LOWER_MANY_H

#include "target/ipfw/lower/private.h"

struct many_rule {
	const struct ir_rule *rule;
	struct addr_set set;	/* on the side that the regions are of */
	struct addr_set others; /* on the other side, if it names any */
	bool exact;		/* its flows may go into a table */
};

/* Rules that are alike in all but addresses, services and verdict. */
struct many {
	struct lower *l;
	const struct context *context;
	struct flow first;
	bool by_source; /* regions of the source, not of the target */
	VEC(struct many_rule) rules;
};

/* Does the rule name hosts on that side? */
bool many_narrows(const struct ir_rule *rule, bool source);

/* Addresses that the same rules are about. */
struct region {
	enum family family;
	struct addr_range range;
	size_t first, n; /* of the lists */
};

struct regions {
	VEC(struct region) v; /* by family and address; none overlap */
	VEC(uint32_t) lists;  /* indexes of rules, each list in order */
};

/*
 * region.c: the regions of the rules.  Returns false if so many rules lie in
 * one another that the lists would grow out of proportion.
 */
bool regions_find(const struct many *many, struct regions *regions);

/*
 * flow_table.c: put the flows of single addresses and ports into tables, and
 * the rules that ask for these into the section; LEFT are the regions with
 * what remains.
 */
void flow_tables_put(const struct many *many, const struct regions *regions,
    struct regions *left);

/* bucket.c: the rules of the regions, told apart by address. */
void buckets_put(const struct many *many, const struct regions *regions);
/* tree.c: the same where there are no tables, by halves. */
void tree_put(const struct many *many, const struct regions *regions);

/* Some regions side by side, of one family. */
struct bucket {
	const struct region *v;
	size_t n;
};

/* bucket.c, for tree.c: the rules in order, and a jump if AFTER is given. */
void bucket_put(const struct many *many, const struct regions *regions,
    struct bucket bucket, const struct label *after);
/* Has the bucket more than MAX rules?  STAMPS is for each rule, STAMP new. */
bool bucket_exceeds(const struct regions *regions, struct bucket bucket,
    size_t max, uint32_t *stamps, uint32_t stamp);
/* How many labels the section has room for. */
size_t buckets_max(const struct many *many);

#endif
