/*
 * Within a block: the zones that packets may come from.
 *
 * Sources whose rules are the same form a class.  A class is named by its
 * cards, except the one that this host is in: it comes last, when the others
 * have been sent on, so that it works as well where a packet born here cannot
 * be told from others.
 */
#include "target/ipfw/lower/out.h"

/* Branches are put if they spare so many rules. */
#define BRANCHES_SPARE 2

/*
 * Where packets of an out pass may come from: here, and the inner zones that
 * are let on.
 */
struct endpoint_set
stage_sources(const struct lower *l)
{
	struct endpoint_set sources = end_only(ENDPOINT_SELF);

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->inners, e) && lower_gate_open(l, e))
			endpoint_set_add(&sources, e);
	return sources;
}

struct context
stage_context(const struct stage *stage, const struct endpoint_set *from)
{
	return (struct context){
	    .section = SECTION_OUT,
	    .direction = DIRECTION_OUT,
	    .from = *from,
	    .to = stage->to,
	    .reached = stage->sources,
	};
}

/* Looked through once for each class, so the others are left out. */
void
stage_find_rules(struct lower *l, struct stage *stage)
{
	stage->rules.n = 0;
	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];
		struct endpoint_set to = endpoint_set_intersect(
		    &rule->to, &stage->to);

		if (rule->kind == IR_EXCHANGE || !endpoint_set_empty(&to))
			vec_push(l->arena, &stage->rules, rule);
	}
}

/*
 * Whose addresses are of one family is no matter: packets of the other never
 * get past the zone's gate.
 */
static bool
same_rules(const struct stage *stage, endpoint a, endpoint b)
{
	for (size_t i = 0; i < stage->rules.n; i++) {
		const struct ir_rule *rule = stage->rules.v[i];

		if (rule->kind == IR_CONVERSATION &&
		    endpoint_set_has(&rule->from, a) !=
			endpoint_set_has(&rule->from, b))
			return false;
	}
	return true;
}

/* The class of E: the sources in LEFT with the same rules. */
static struct endpoint_set
class_of(const struct lower *l, const struct stage *stage, endpoint e,
    struct endpoint_set *left)
{
	struct endpoint_set class = {{0, 0}};

	for (endpoint o = 0; o <= l->policy->zones.n; o++) {
		if (!endpoint_set_has(left, o) || !same_rules(stage, e, o))
			continue;
		endpoint_set_add(&class, o);
		endpoint_set_remove(left, o);
	}
	return class;
}

bool
stage_picks_up(const struct lower *l, const struct stage *stage)
{
	struct endpoint_set uplinks = endpoint_set_intersect(
	    &stage->to, &l->uplinks);

	return l->policy->options.pickup && !endpoint_set_empty(&uplinks);
}

/*
 * Where conversations are picked up, the rules that allow them come once more
 * for packets that are not the first, in the order of the list: before a rule
 * that refuses such packets, and at the end.
 */
void
stage_put_flows(
    struct lower *l, const struct stage *stage, const struct context *context)
{
	const ir_rule_list *rules = &stage->rules;
	bool picks_up = stage_picks_up(l, stage);
	ir_rule_list list = {0};
	size_t picked = 0;

	for (size_t i = 0; i < rules->n; i++) {
		const struct ir_rule *rule = rules->v[i];

		if (!flow_applies(l, rule, context))
			continue;
		if (picks_up && rule->verdict != VERDICT_ALLOW &&
		    flow_may_be_midway(rule)) {
			flows_put(l, context, list.v, list.n);
			list.n = 0;
			for (; picked < i; picked++)
				flow_pickup(l, rules->v[picked], context);
		}
		vec_push(l->arena, &list, rule);
	}
	flows_put(l, context, list.v, list.n);
	for (; picks_up && picked < rules->n; picked++)
		flow_pickup(l, rules->v[picked], context);
}

static void
put_class(struct lower *l, const struct stage *stage,
    const struct endpoint_set *class, const struct endpoint_set *reached)
{
	struct context context = stage_context(stage, class);

	context.reached = *reached;
	if (stage->errors_by_class &&
	    errors_come_first(l, class, &stage->to, FAMILY_BOTH)) {
		stage_put_errors(l, stage, FAMILY_BOTH);
		if (l->flavour->ipv6 && endpoint_set_has(class, ENDPOINT_SELF))
			stage_put_neighbours(l, stage);
	}
	stage_put_flows(l, stage, &context);
}

/*
 * Send on what is not of this host's class, lest it meet rules that name no
 * card.  What came in by an uplink is among it where a card can be asked.
 */
static void
put_catch(struct lower *l, const struct stage *stage,
    const struct endpoint_set *self_class)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct match match = match_any();

	match.direction = DIRECTION_OUT;
	if (l->flavour->born_here && endpoint_set_equal(self_class, &self)) {
		match.born = BORN_ELSEWHERE;
	} else {
		struct endpoint_set others = stage->sources;

		for (endpoint e = 0; e <= l->policy->zones.n; e++)
			if (endpoint_set_has(self_class, e))
				endpoint_set_remove(&others, e);
		lower_name_sources(l, &others, &match);
	}
	lower_put(l, SECTION_OUT, verb_jump(stage->tail), &match, NULL,
	    "from other zones");
}

/* Is there a rule for the class at all? */
static bool
decides(const struct lower *l, const struct stage *stage,
    const struct endpoint_set *class)
{
	struct context context = stage_context(stage, class);

	for (size_t i = 0; i < stage->rules.n; i++)
		if (flow_applies(l, stage->rules.v[i], &context))
			return true;
	return false;
}

/* What is left behind the others' rules is this host's. */
static void
put_self_class(struct lower *l, const struct stage *stage,
    const struct endpoint_set *self_class)
{
	if (!decides(l, stage, self_class))
		return;
	put_catch(l, stage, self_class);
	put_class(l, stage, self_class, self_class);
}

typedef VEC(struct endpoint_set) class_list;

static class_list
find_classes(
    struct lower *l, const struct stage *stage, struct endpoint_set left)
{
	class_list classes = {0};

	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		struct endpoint_set class;

		if (!endpoint_set_has(&left, e))
			continue;
		class = class_of(l, stage, e, &left);
		vec_push(l->arena, &classes, class);
	}
	return classes;
}

static void
put_jump(struct lower *l, const struct label *to)
{
	struct match match = match_any();

	match.direction = DIRECTION_OUT;
	lower_put(l, SECTION_OUT, verb_jump(to), &match, NULL, NULL);
}

/* The rules of each class by itself, behind this host's. */
static void
put_branches(struct lower *l, const struct stage *stage,
    const struct endpoint_set *self_class, const card_branches *branches)
{
	card_branches_put(l, SECTION_OUT, DIRECTION_OUT, false, branches);
	put_self_class(l, stage, self_class);
	for (size_t i = 0; i < branches->n; i++) {
		const struct card_branch *branch = &branches->v[i];

		put_jump(l, stage->tail);
		label_place(l, SECTION_OUT, branch->label);
		put_class(l, stage, &branch->zones, &branch->zones);
	}
}

/* How many rules the class has, about. */
static size_t
count_rules(const struct lower *l, const struct stage *stage,
    const struct endpoint_set *class)
{
	struct context context = stage_context(stage, class);
	size_t n = 0;

	for (size_t i = 0; i < stage->rules.n; i++)
		if (flow_applies(l, stage->rules.v[i], &context))
			n += 1u +
			    (stage->rules.v[i]->match.protocol == PROTOCOL_ANY);
	return n;
}

/*
 * Is it shorter to go to the rules of each class by its card than to pass
 * those of the others?  A card is a question, and there is a jump at the end.
 */
static bool
is_branched(
    const struct lower *l, const struct stage *stage, const class_list *classes)
{
	size_t rules = 0, n = 0;

	if (l->level == 0 || layout_labels_max(l, SECTION_OUT) <= classes->n)
		return false;
	for (size_t i = 0; i < classes->n; i++) {
		size_t count = count_rules(l, stage, &classes->v[i]);

		rules += count;
		n += count != 0;
	}
	return cards_many(classes->n) || rules > 2 * n + BRANCHES_SPARE;
}

/*
 * One class after the other, each by its cards, or those whose cards are no
 * others' by branches.
 */
static void
put_classes(struct lower *l, const struct stage *stage,
    struct endpoint_set self_class, struct endpoint_set left)
{
	class_list classes = find_classes(l, stage, left);
	bool branched = is_branched(l, stage, &classes);
	card_branches branches = {0};

	for (size_t i = 0; i < classes.n; i++) {
		struct endpoint_set *class = &classes.v[i];

		if (branched && !decides(l, stage, class))
			continue;
		if (!branched ||
		    !card_branch_add(
			l, &branches, class, arena_new(l->arena, struct label)))
			put_class(l, stage, class, &stage->sources);
	}
	put_branches(l, stage, &self_class, &branches);
}

bool
stage_is_branched(struct lower *l, const struct stage *stage)
{
	struct endpoint_set left = stage->sources;
	class_list classes;

	class_of(l, stage, ENDPOINT_SELF, &left);
	classes = find_classes(l, stage, left);
	for (size_t i = 0; i < classes.n; i++)
		for (endpoint e = 1; e <= l->policy->zones.n; e++)
			if (endpoint_set_has(&classes.v[i], e) &&
			    !cards_plain(l, e))
				return false;
	return is_branched(l, stage, &classes);
}

/* Without an address yet, this host asks for one. */
static const char *const unspecified[] = {"0.0.0.0", NULL};

static void
put_born(
    struct lower *l, const struct stage *stage, endpoint e, struct match *match)
{
	struct spans origins = lower_origin(l, lower_zone(l, e)->trust_span);
	struct endpoint_set zone = end_only(e);

	match->direction = DIRECTION_OUT;
	if (l->flavour->born_here)
		match->born = BORN_HERE;
	else
		match->source = side_me();
	if (!l->flavour->born_here) {
		match->source.has_set = true;
		match->source.set = lower_nets(l, unspecified);
	}
	if (!endpoint_set_equal(&stage->to, &zone))
		match->xmit = zone;
	lower_put(
	    l, SECTION_OUT, verb_plain(IPFW_ALLOW), match, &origins, "trusted");
}

/*
 * What this host sends to a trusted zone, to its groups and its link.  Where a
 * packet born here cannot be told, it is told by its source, which no card
 * lets in.  A zone without IPv6 nets has no more of IPv6 than the link, and one
 * without IPv4 nets nothing of IPv4.
 */
static void
put_trusted_self(struct lower *l, const struct stage *stage, endpoint e)
{
	static const char *const every4[] = {
	    "224.0.0.0/4", "255.255.255.255", NULL};
	static const char *const every6[] = {"fe80::/10", "ff02::/16", NULL};
	static const char *const sources6[] = {"fe80::/10", "::", NULL};
	const struct zone *zone = lower_zone(l, e);
	bool six = l->flavour->ipv6 && !lower_shares_link(l, e);
	struct addr_set all = {0};
	struct addr_set link = lower_nets(l, every6);
	struct match match = match_any();

	if (zone->nets.v4.n != 0)
		all = lower_nets(l, every4);
	if (six && zone->nets.v6.n != 0)
		all = addr_set_union(l->arena, &all, &link);
	match.target = side_of(addr_set_union(l->arena, &all, &zone->own));
	put_born(l, stage, e, &match);
	if (!six || zone->nets.v6.n != 0)
		return;
	match = match_any();
	match.families = FAMILY_6;
	match.source = side_of(lower_nets(l, sources6));
	match.target = side_of(link);
	put_born(l, stage, e, &match);
}

/* Machines of a trusted zone reach it freely, others by their rules. */
static void
put_trusted(struct lower *l, const struct stage *stage)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		struct match match = match_any();
		struct endpoint_set zone = end_only(e);
		struct spans origins;

		if (!endpoint_set_has(&stage->to, e) ||
		    !endpoint_set_has(&l->trusted, e))
			continue;
		put_trusted_self(l, stage, e);
		origins = lower_origin(l, lower_zone(l, e)->trust_span);
		match.direction = DIRECTION_OUT;
		match.target = side_of(lower_zone(l, e)->own);
		lower_name_sources(l, &zone, &match);
		lower_put(l, SECTION_OUT, verb_plain(IPFW_ALLOW), &match,
		    &origins, "trusted");
	}
}

void
stage_put_classes(struct lower *l, struct stage *stage)
{
	struct endpoint_set left = stage->sources;
	struct endpoint_set self_class = class_of(
	    l, stage, ENDPOINT_SELF, &left);

	put_trusted(l, stage);
	if (endpoint_set_empty(&left))
		put_class(l, stage, &self_class, &stage->sources);
	else
		put_classes(l, stage, self_class, left);
}

bool
stage_is_alone(const struct lower *l, const struct stage *stage)
{
	struct endpoint_set trusted = endpoint_set_intersect(
	    &stage->to, &l->trusted);
	struct endpoint_set left = stage->sources;

	class_of(l, stage, ENDPOINT_SELF, &left);
	return endpoint_set_empty(&left) && endpoint_set_empty(&trusted);
}

bool
stage_catches_others(const struct lower *l, const struct stage *stage)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct endpoint_set left = stage->sources;
	struct endpoint_set class = class_of(l, stage, ENDPOINT_SELF, &left);

	return l->flavour->born_here && !endpoint_set_empty(&left) &&
	    endpoint_set_equal(&class, &self);
}

/* Who reaches the stage with errors alone: uplinks, and zones by themselves. */
static bool
has_outsiders(const struct lower *l, const struct stage *stage)
{
	for (endpoint t = 1; t <= l->policy->zones.n; t++)
		for (endpoint e = 1; e <= l->policy->zones.n; e++)
			if (endpoint_set_has(&stage->to, t) &&
			    endpoint_set_has(&l->inners, t) &&
			    !endpoint_set_has(&stage->sources, e) &&
			    (e == t || endpoint_set_has(&l->uplinks, e)) &&
			    lower_open(l, e, t))
				return true;
	return false;
}

bool
stage_errors_make_states(const struct lower *l, const struct stage *stage)
{
	struct context context = stage_context(stage, &stage->sources);

	if (!has_outsiders(l, stage) || stage_catches_others(l, stage))
		return false;
	for (size_t i = 0; i < l->ir->rules.n; i++)
		if (l->ir->rules.v[i].verdict == VERDICT_ALLOW &&
		    l->ir->rules.v[i].kind == IR_CONVERSATION &&
		    flow_overlaps_errors(&l->ir->rules.v[i]) &&
		    flow_applies(l, &l->ir->rules.v[i], &context))
			return true;
	return false;
}
