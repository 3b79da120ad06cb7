/*
 * Numbers for rules.
 *
 * Each section has its range of the number plan.  Blocks begin at round
 * numbers and rules are ten apart where the range is wide enough; the more
 * rules there are, the closer they stand, and at last rules share a number.
 * A rule that is jumped to always begins a number of its own.
 */
#include "target/ipfw/lower/private.h"

struct range {
	uint16_t lo, hi;
};

#define UPLINK_WIDE_END 18990
/* Numbers for labels that come behind those that are many. */
#define LABELS_SPARED 400

static const struct range plan[SECTION_COUNT] = {
    [SECTION_LIFELINE] = {1, 9},
    [SECTION_DISPATCH] = {10, 99},
    [SECTION_INNER_GATES] = {100, 899},
    [SECTION_CLOSED] = {900, 999},
    [SECTION_UPLINK_CHECKS] = {9000, 9999},
    [SECTION_NAT_IN] = {10000, 10009},
    [SECTION_UPLINK] = {10010, 10989},
    [SECTION_UPLINK_END] = {10990, 10999},
    [SECTION_OUT] = {20000, 28999},
    [SECTION_OUT_END] = {29000, 29999},
    [SECTION_INNER] = {31000, 39999},
    [SECTION_DEFAULT] = {40000, 40009},
    [SECTION_NAT_OUT] = {ANCHOR_NAT_OUT, ANCHOR_NAT_OUT + 99},
    [SECTION_ALLOW] = {ANCHOR_ALLOW, ANCHOR_ALLOW},
    [SECTION_LAST] = {65534, 65534},
};

/* From the roomiest spacing to the tightest. */
struct spacing {
	unsigned align, step, share;
};

static const struct spacing spacings[] = {
    {1000, 10, 1},
    {500, 10, 1},
    {200, 10, 1},
    {100, 10, 1},
    {100, 5, 1},
    {100, 2, 1},
    {100, 1, 1},
    {50, 1, 1},
    {10, 1, 1},
    {1, 1, 1},
    {1, 1, 4},
    {1, 1, 16},
    {1, 1, 64},
    {1, 1, 256},
    {1, 1, 1024},
    {1, 1, 4096},
    {1, 1, 65536},
    {1, 1, 1048576},
};

static unsigned
round_up(unsigned number, unsigned align)
{
	return (number + align - 1) / align * align;
}

/*
 * Give the rules of a section numbers by SPACING.  Returns false if the range
 * ends before the rules do.
 */
static bool
number_section(
    struct section *section, struct range range, const struct spacing *spacing)
{
	unsigned next = range.lo, number = 0, used = 0;

	for (size_t i = 0; i < section->rules.n; i++) {
		struct lowered *rule = &section->rules.v[i];

		if (rule->fixed != 0) {
			rule->rule.number = rule->fixed;
			next = round_up(rule->fixed + 1u, 10);
			continue;
		}
		if (i > 0 && rule->block_start)
			next = round_up(next, spacing->align);
		if (number == 0 || rule->labelled || rule->block_start ||
		    rule->alone || (i > 0 && rule[-1].alone) ||
		    used == spacing->share) {
			number = next;
			next = number + spacing->step;
			used = 0;
		}
		if (number > range.hi)
			return false;
		rule->rule.number = (uint16_t)number;
		used++;
	}
	return true;
}

/*
 * What an uplink asks for may be more than its range has numbers for; then it
 * takes the room up to the next section.
 */
static struct range
range_of(const struct lower *l, enum section_id id)
{
	struct range range = plan[id];

	if (l->wide_uplink && id == SECTION_UPLINK)
		range.hi = UPLINK_WIDE_END - 1;
	if (l->wide_uplink && id == SECTION_UPLINK_END)
		range = (struct range){UPLINK_WIDE_END, UPLINK_WIDE_END + 9};
	return range;
}

size_t
layout_labels_max(const struct lower *l, enum section_id section)
{
	struct range range = plan[section];
	size_t n = 0;

	if (section == SECTION_UPLINK)
		range.hi = UPLINK_WIDE_END - 1;
	for (size_t i = 0; i < l->labels.n; i++)
		n += l->labels.v[i]->section == section;
	n += LABELS_SPARED;
	return n < (size_t)(range.hi - range.lo) ? range.hi - range.lo - n : 0;
}

static bool
number_loosely(struct lower *l, enum section_id id)
{
	size_t n = sizeof(spacings) / sizeof(spacings[0]);

	for (size_t i = 0; i < n; i++)
		if (number_section(
			&l->sections[id], range_of(l, id), &spacings[i]))
			return true;
	return false;
}

/* Every label needs a number of its own, and room behind it for others. */
static bool
crowded(const struct lower *l, enum section_id id)
{
	size_t labels = 0;

	for (size_t i = 0; i < l->labels.n; i++)
		labels += l->labels.v[i]->section == id;
	return labels * 2 > (size_t)(plan[id].hi - plan[id].lo);
}

static bool
layout_section(struct lower *l, enum section_id id)
{
	struct diag *diag;
	struct range range;

	if (id == SECTION_UPLINK)
		l->wide_uplink = crowded(l, id);
	if (number_loosely(l, id))
		return true;
	range = range_of(l, id);
	diag = diag_add(l->diags, E_NUMBERS, SPAN_NONE,
	    "the policy needs more than the %u numbers from %u to %u",
	    (unsigned)(range.hi - range.lo + 1), range.lo, range.hi);
	diag_help(l->diags, diag,
	    "put zones together, or write longer lists instead of many rules");
	return false;
}

/* A label at the end of a section is the next number that will be there. */
static uint16_t
label_number(const struct lower *l, const struct label *label)
{
	for (size_t s = label->section; s < SECTION_COUNT; s++) {
		const struct section *section = &l->sections[s];
		size_t index = s == label->section ? label->index : 0;

		if (index < section->rules.n)
			return section->rules.v[index].rule.number;
	}
	return ANCHOR_ALLOW;
}

static void
fill_tables(struct lower *l)
{
	for (size_t i = 0; i < l->table_jumps.n; i++) {
		const struct table_jump *jump = &l->table_jumps.v[i];

		l->ruleset->tables.v[jump->table].entries.v[jump->entry].value =
		    label_number(l, jump->label);
	}
}

static void
take_rule(struct lower *l, enum section_id section, struct lowered *lowered)
{
	if (section == SECTION_LIFELINE)
		lowered->rule.set = IPFW_SET_MAX;
	if (lowered->jump != NULL)
		lowered->rule.argument = label_number(l, lowered->jump);
	vec_push(l->arena, &l->ruleset->rules, lowered->rule);
}

bool
layout_number(struct lower *l)
{
	bool fits = true;
	size_t n = 0;

	for (size_t s = 0; s < SECTION_COUNT; s++) {
		fits = layout_section(l, (enum section_id)s) && fits;
		n += l->sections[s].rules.n;
	}
	vec_reserve(l->arena, &l->ruleset->rules, n);
	for (size_t s = 0; fits && s < SECTION_COUNT; s++)
		for (size_t i = 0; i < l->sections[s].rules.n; i++)
			take_rule(
			    l, (enum section_id)s, &l->sections[s].rules.v[i]);
	if (fits)
		fill_tables(l);
	return fits;
}
