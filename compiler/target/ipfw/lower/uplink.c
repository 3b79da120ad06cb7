/*
 * In by an uplink: judged in the in pass, by the tuple that the NAT has put
 * right, and closed unless a rule opens it.
 */
#include "target/ipfw/lower/private.h"

/* The families are kept apart if it makes IPv6 shorter by so many rules. */
#define APART_GAIN 2

/* Uplinks that hide the same zones, and which zones they hide. */
struct side_group {
	struct endpoint_set uplinks, hidden, plain;
};

static struct context
uplink_context(const struct lower *l, const struct endpoint_set *from,
    const struct endpoint_set *to, enum family families)
{
	return (struct context){
	    .section = SECTION_UPLINK,
	    .direction = DIRECTION_IN,
	    .from = *from,
	    .to = *to,
	    .reached = l->uplinks,
	    .families = families,
	};
}

static bool
next_group(
    const struct lower *l, struct endpoint_set *left, struct side_group *group)
{
	const struct endpoint_set *nat = NULL;

	*group = (struct side_group){{{0, 0}}, {{0, 0}}, {{0, 0}}};
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		if (!endpoint_set_has(left, e))
			continue;
		if (nat == NULL)
			nat = &lower_zone(l, e)->nat_from;
		if (!endpoint_set_equal(nat, &lower_zone(l, e)->nat_from))
			continue;
		endpoint_set_add(&group->uplinks, e);
		endpoint_set_remove(left, e);
	}
	if (nat == NULL)
		return false;
	group->hidden = endpoint_set_intersect(nat, &l->inners);
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->inners, e) &&
		    !endpoint_set_has(&group->hidden, e))
			endpoint_set_add(&group->plain, e);
	return true;
}

static void
push_narrowed(struct lower *l, const struct ir_rule *rule, enum family families,
    enum verdict verdict, ir_rule_list *out)
{
	struct ir_rule *copy = arena_new(l->arena, struct ir_rule);

	*copy = *rule;
	copy->match.families &= families;
	copy->verdict = verdict;
	if (copy->match.families != FAMILY_NONE)
		vec_push(l->arena, out, copy);
}

/*
 * What the NAT has turned to a machine is dropped in silence: a reset or an
 * unreachable goes past the NAT and would show the machine's address.
 */
static ir_rule_list
silenced(struct lower *l, const ir_rule_list *list)
{
	ir_rule_list out = {0};

	for (size_t i = 0; i < list->n; i++) {
		const struct ir_rule *rule = list->v[i];

		if (rule->verdict != VERDICT_REJECT) {
			vec_push(l->arena, &out, rule);
			continue;
		}
		push_narrowed(l, rule, FAMILY_4, VERDICT_DENY, &out);
		push_narrowed(l, rule, FAMILY_6, VERDICT_REJECT, &out);
	}
	return out;
}

static void
put_group(struct lower *l, const ir_rule_list *list,
    const struct side_group *group, enum family families)
{
	struct context context = uplink_context(
	    l, &group->uplinks, &group->plain, families);
	ir_rule_list plain = {0}, hidden = silenced(l, list);

	for (size_t i = 0; i < list->n; i++)
		if (flow_applies(l, list->v[i], &context))
			vec_push(l->arena, &plain, list->v[i]);
	flows_put(l, &context, plain.v, plain.n);
	context.to = group->hidden;
	flows_put(l, &context, hidden.v, hidden.n);
}

/* Rules towards zones, once for those behind NAT and once for the others. */
static void
put_inward(struct lower *l, const ir_rule_list *list, enum family families)
{
	struct endpoint_set left = l->uplinks;
	struct side_group group;

	while (next_group(l, &left, &group))
		put_group(l, list, &group, families);
}

/*
 * A few stand in the order of the policy; many are told apart by address,
 * group by group.
 */
static void
put_conversations(struct lower *l, enum family families)
{
	ir_rule_list list = {0};

	for (size_t i = 0; i < l->ir->rules.n; i++)
		if (l->ir->rules.v[i].kind == IR_CONVERSATION)
			vec_push(l->arena, &list, &l->ir->rules.v[i]);
	if (list.n >= FLOWS_MANY) {
		put_inward(l, &list, families);
		return;
	}
	for (size_t i = 0; i < list.n; i++)
		put_inward(l, &(ir_rule_list){&list.v[i], 1, 1}, families);
}

/* As put_inward() asks: a zone behind NAT must not hide one that is not. */
static bool
goes_inward(const struct lower *l, const struct ir_rule *rule,
    enum family families, bool *wide)
{
	struct endpoint_set left = l->uplinks;
	struct side_group group;
	bool goes = false;

	while (rule->kind == IR_CONVERSATION && next_group(l, &left, &group)) {
		struct context context = uplink_context(
		    l, &group.uplinks, &group.plain, families);

		goes = goes || flow_applies(l, rule, &context);
		context.to = group.hidden;
		goes = goes || flow_applies(l, rule, &context);
	}
	*wide = *wide || (goes && rule->forward == NULL);
	return goes;
}

/*
 * A zone's nets hold this host's own address in them, and that of everybody if
 * it is on the uplink's card: what is for this host has been judged by then,
 * and must not be taken for the zone's.
 */
static void
put_all_inward(struct lower *l, enum family families)
{
	struct match me = match_any();
	struct label *end = arena_new(l->arena, struct label);
	bool wide = false, any = false;

	for (size_t i = 0; i < l->ir->rules.n; i++)
		any = goes_inward(l, &l->ir->rules.v[i], families, &wide) ||
		    any;
	if (wide) {
		if (families == FAMILY_6)
			me.families = families;
		me.direction = DIRECTION_IN;
		me.target = side_me();
		me.target.set = lower_broadcasts_beside(l);
		me.target.has_set = !addr_set_empty(&me.target.set);
		lower_put(l, SECTION_UPLINK, verb_jump(end), &me, NULL,
		    "for this host");
	}
	put_conversations(l, families);
	if (wide)
		label_place(l, SECTION_UPLINK, end);
}

/* This host and the zones that errors from UPLINK may be for. */
static struct endpoint_set
errors_ends(const struct lower *l, endpoint uplink)
{
	struct endpoint_set ends = {{0, 0}};

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->inners, e) && lower_open(l, uplink, e))
			endpoint_set_add(&ends, e);
	return ends;
}

/* What is for everybody in a zone beside the uplink is not for the zone. */
static void
put_errors_beside(struct lower *l, enum family families)
{
	struct match match = match_any();
	struct addr_set all = lower_broadcasts_beside(l), asked = {0};

	for (endpoint u = 1; u <= l->policy->zones.n; u++) {
		struct endpoint_set ends = errors_ends(l, u);
		struct addr_set own = lower_own(l, &ends);

		if (endpoint_set_has(&l->uplinks, u))
			asked = addr_set_union(l->arena, &asked, &own);
	}
	all = addr_set_intersect(l->arena, &all, &asked);
	if (addr_set_empty(&all))
		return;
	match.direction = DIRECTION_IN;
	match.target = side_me();
	errors_put(l, SECTION_UPLINK, families & FAMILY_4, &match,
	    verb_plain(IPFW_ALLOW));
	match.target = side_of(all);
	errors_put(l, SECTION_UPLINK, families & FAMILY_4, &match,
	    verb_deny(l->ir->fallback_log));
}

/* A rule for each group of uplinks that may reach the same zones. */
static void
put_errors(struct lower *l, enum family families)
{
	struct endpoint_set left = l->uplinks;

	put_errors_beside(l, families);
	for (endpoint u = 1; u <= l->policy->zones.n; u++) {
		struct endpoint_set ends = errors_ends(l, u);
		struct endpoint_set group = {{0, 0}};
		struct match match = match_any();

		if (!endpoint_set_has(&left, u))
			continue;
		for (endpoint o = u; o <= l->policy->zones.n; o++) {
			struct endpoint_set other = errors_ends(l, o);

			if (!endpoint_set_has(&left, o) ||
			    !endpoint_set_equal(&ends, &other))
				continue;
			endpoint_set_add(&group, o);
			endpoint_set_remove(&left, o);
		}
		match.direction = DIRECTION_IN;
		match.target = side_me();
		match.target.set = lower_own(l, &ends);
		match.target.has_set = !endpoint_set_empty(&ends);
		if (!endpoint_set_equal(&group, &l->uplinks))
			match.recv = group;
		errors_put(l, SECTION_UPLINK, families, &match,
		    verb_plain(IPFW_ALLOW));
	}
}

/* As silenced(), for what no rule has decided. */
static void
put_silence(struct lower *l)
{
	struct endpoint_set left = l->uplinks;
	struct side_group group;

	if (l->ir->fallback != VERDICT_REJECT)
		return;
	while (next_group(l, &left, &group)) {
		struct match match = match_any();
		struct spans origins = lower_origin(
		    l, l->policy->fallback_span);

		if (endpoint_set_empty(&group.hidden))
			continue;
		match.direction = DIRECTION_IN;
		match.families = FAMILY_4;
		match.target = side_of(lower_own(l, &group.hidden));
		if (!endpoint_set_equal(&group.uplinks, &l->uplinks))
			match.recv = group.uplinks;
		lower_put(l, SECTION_UPLINK, verb_deny(l->ir->fallback_log),
		    &match, &origins, "behind NAT");
	}
}

/* Errors of FAMILIES, and neighbours if IPv6 is among them. */
static void
put_link(struct lower *l, enum family families)
{
	put_errors(l, families);
	if (families & FAMILY_6)
		neighbours_put(l, SECTION_UPLINK);
}

static enum family
early_errors(const struct lower *l)
{
	static const enum family families[] = {FAMILY_4, FAMILY_6};
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct endpoint_set inside = endpoint_set_union(&self, &l->inners);
	enum family early = FAMILY_NONE;

	for (size_t f = 0; f < 2; f++)
		if (errors_come_first(l, &l->uplinks, &inside, families[f]))
			early |= families[f];
	return l->flavour->ipv6 ? early : early & FAMILY_4;
}

/*
 * Both families in a row; no IPv4 packet need look at what is for IPv6 alone.
 */
static void
put_together(struct lower *l)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct context context = uplink_context(
	    l, &l->uplinks, &self, FAMILY_NONE);
	struct match match = match_any();
	bool *late = late_choose(l, &context);
	enum family early = early_errors(l);

	section_check_state(l, SECTION_UPLINK);
	put_link(l, early);
	flows_early(l, &context, late);
	put_all_inward(l, FAMILY_NONE);
	put_link(l, FAMILY_4 & ~early);
	put_silence(l);
	if (!l->flavour->ipv6)
		return;
	match.direction = DIRECTION_IN;
	if (l->level > 0)
		verdict_put(l, SECTION_UPLINK, FAMILY_4, &match);
	flows_late(l, &context, late);
	put_link(l, FAMILY_6 & ~early);
}

static void
put_family(struct lower *l, enum family family)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct context context = uplink_context(l, &l->uplinks, &self, family);
	bool *none = arena_calloc(l->arena, l->ir->rules.n + 1, sizeof(*none));
	enum family early = early_errors(l) & family;

	section_check_state(l, SECTION_UPLINK);
	put_link(l, early);
	flows_early(l, &context, none);
	put_all_inward(l, family);
	put_link(l, family & ~early);
	if (family == FAMILY_4)
		put_silence(l);
}

/* What serves both families stands twice, but each packet passes half. */
static void
put_apart(struct lower *l, struct label *uplink6)
{
	struct match match = match_any();

	match.direction = DIRECTION_IN;
	put_family(l, FAMILY_4);
	verdict_put(l, SECTION_UPLINK, FAMILY_BOTH, &match);
	block_start(l, SECTION_UPLINK);
	label_place(l, SECTION_UPLINK, uplink6);
	lower_deny_own(l, SECTION_UPLINK, &l->uplinks, FAMILY_6);
	put_family(l, FAMILY_6);
}

void
lower_uplink(struct lower *l, struct label *uplink6)
{
	struct match match = match_any();

	if (endpoint_set_empty(&l->uplinks))
		return;
	if (l->families_apart)
		put_apart(l, uplink6);
	else
		put_together(l);
	verdict_put(l, SECTION_UPLINK_END, FAMILY_BOTH, &match);
}

/* How many rules of ipfw RULE makes, about. */
static size_t
size_of(const struct ir_rule *rule)
{
	return 1u + (rule->match.protocol == PROTOCOL_ANY) + rule->log;
}

/* How many rules are for both families, and how many for IPv4 alone. */
static void
count_rules(const struct lower *l, const struct ir_rule *rule, size_t *both,
    size_t *four)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct endpoint_set ends[2] = {self, l->inners};

	for (size_t i = 0; i < 2; i++) {
		struct context in4 = uplink_context(
		    l, &l->uplinks, &ends[i], FAMILY_4);
		struct context in6 = uplink_context(
		    l, &l->uplinks, &ends[i], FAMILY_6);

		if (!flow_applies(l, rule, &in4))
			continue;
		if (rule->kind == IR_CONVERSATION &&
		    flow_applies(l, rule, &in6))
			*both += size_of(rule);
		else
			*four += size_of(rule);
	}
}

/*
 * With the families apart IPv6 passes by the rules that are for IPv4 alone:
 * those counted, NAT, errors and the verdict.  What is for both is written
 * twice, and so is the check of this host's own address.
 */
bool
lower_uplink_apart(const struct lower *l)
{
	size_t both = 1, four = 2;

	if (!l->flavour->ipv6 || l->level == 0)
		return false;
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		if (!endpoint_set_has(&l->uplinks, e))
			continue;
		if (lower_zone(l, e)->verrevpath)
			return false;
		four += lower_nated(l, e);
	}
	for (size_t i = 0; i < l->ir->rules.n && both < FLOWS_MANY; i++)
		count_rules(l, &l->ir->rules.v[i], &both, &four);
	return four >= both + APART_GAIN && both < FLOWS_MANY;
}
