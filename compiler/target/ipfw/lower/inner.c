/*
 * In from an inner zone, its source checked: what is for this host is judged
 * here; the rest is let on without a state, for the out pass to judge.
 */
#include "target/ipfw/lower/private.h"

static const char *const special4[] = {
    "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", NULL};
static const char *const special6[] = {"fe80::/10", "ff00::/8", NULL};

/*
 * Not only "me": broadcast, multicast and net 0 have no out pass, the host
 * takes them (tests/vectors/lowering/S2).
 */
static void
put_local(struct lower *l, endpoint e, const struct label *local)
{
	struct match match = match_any();
	struct addr_set set = lower_join(
	    l, lower_zone(l, e)->own, lower_nets(l, special4));

	for (endpoint o = 1; o <= l->policy->zones.n; o++)
		if (endpoint_set_has(&l->inners, o) &&
		    lower_share_card(l, e, o))
			set = lower_join(l, set, lower_broadcasts(l, o));
	if (l->flavour->ipv6 && set.v6.n != 0)
		set = lower_join(l, set, lower_nets(l, special6));
	match.target = side_me();
	match.target.has_set = true;
	match.target.set = set;
	lower_put(
	    l, SECTION_INNER, verb_jump(local), &match, NULL, "for this host");
}

static void
put_onward(struct lower *l, endpoint e, enum family family)
{
	struct match match = match_any();
	struct spans origins = lower_origin(l, lower_zone(l, e)->span);
	struct addr_set nets = lower_family(lower_zone(l, e)->nets, family);

	if (addr_set_empty(&nets))
		return;
	match.families = family;
	match.direction = DIRECTION_IN;
	if (family == FAMILY_6)
		match.source = side_of(nets);
	lower_put(l, SECTION_INNER, verb_plain(IPFW_ALLOW), &match, &origins,
	    "on to the out pass");
}

static void
put_errors(struct lower *l, endpoint e, struct side target)
{
	struct match match = match_any();

	match.direction = DIRECTION_IN;
	match.target = target;
	errors_put(l, SECTION_INNER, addr_set_families(&lower_zone(l, e)->nets),
	    &match, verb_plain(IPFW_ALLOW));
}

static void
put_flows(struct lower *l, const struct context *context, bool exchanges)
{
	ir_rule_list list = {0};

	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];

		if ((exchanges || rule->kind == IR_CONVERSATION) &&
		    flow_applies(l, rule, context))
			vec_push(l->arena, &list, rule);
	}
	flows_put(l, context, list.v, list.n);
}

/*
 * Between machines of one zone on two cards: the state is made here, and the
 * out pass rides on it.  The broadcast of the zone's nets is for this host
 * and has been judged by then.
 */
static void
put_among(struct lower *l, endpoint e, bool first)
{
	struct endpoint_set zone = end_only(e);
	struct context context = {
	    .section = SECTION_INNER,
	    .direction = DIRECTION_IN,
	    .from = zone,
	    .to = zone,
	    .reached = zone,
	};
	struct label *after = arena_new(l->arena, struct label);
	struct match match = match_any();
	bool any = lower_open(l, e, e);

	for (size_t i = 0; i < l->ir->rules.n; i++)
		any = any ||
		    (l->ir->rules.v[i].kind == IR_CONVERSATION &&
			flow_applies(l, &l->ir->rules.v[i], &context));
	if (!any)
		return;
	match.direction = DIRECTION_IN;
	match.target = side_of(lower_broadcasts(l, e));
	match.target.me = true;
	lower_put(
	    l, SECTION_INNER, verb_jump(after), &match, NULL, "for this host");
	if (first && lower_open(l, e, e))
		put_errors(l, e, side_of(lower_zone(l, e)->own));
	put_flows(l, &context, false);
	if (!first && lower_open(l, e, e))
		put_errors(l, e, side_of(lower_zone(l, e)->own));
	label_place(l, SECTION_INNER, after);
}

static void
put_tail(struct lower *l, endpoint e)
{
	put_errors(l, e, side_me());
	if (l->flavour->ipv6 && lower_zone(l, e)->nets.v6.n != 0)
		neighbours_put(l, SECTION_INNER);
}

/* What is for this host. */
static void
put_self(struct lower *l, endpoint e)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct endpoint_set zone = end_only(e);
	struct endpoint_set to = endpoint_set_union(&self, &zone);
	struct context context = {
	    .section = SECTION_INNER,
	    .direction = DIRECTION_IN,
	    .from = zone,
	    .to = self,
	    .reached = zone,
	};
	bool first = errors_come_first(l, &zone, &to, FAMILY_BOTH);
	struct match any = match_any();

	section_check_state(l, SECTION_INNER);
	if (first)
		put_tail(l, e);
	put_flows(l, &context, true);
	put_among(l, e, first);
	if (first)
		return;
	if (lower_zone(l, e)->nets.v6.n != 0)
		verdict_early(l, SECTION_INNER, &any);
	put_tail(l, e);
}

/* Later fragments have no ports: they would meet no rule and no state. */
static void
put_reass(struct lower *l, endpoint e)
{
	struct match match = match_any();

	match.families = FAMILY_4;
	match.direction = DIRECTION_IN;
	if (l->flavour->reass && lower_zone(l, e)->nets.v4.n != 0)
		lower_put(l, SECTION_INNER, verb_plain(IPFW_REASS), &match,
		    NULL, "fragments");
}

static void
put_block(struct lower *l, endpoint e, struct label *start)
{
	struct label *local = arena_new(l->arena, struct label);
	struct match any = match_any();

	block_start(l, SECTION_INNER);
	label_place(l, SECTION_INNER, start);
	put_reass(l, e);
	if (lower_gate_open(l, e)) {
		put_local(l, e, local);
		put_onward(l, e, FAMILY_4);
		if (l->flavour->ipv6)
			put_onward(l, e, FAMILY_6);
		label_place(l, SECTION_INNER, local);
	}
	put_self(l, e);
	verdict_put(l, SECTION_INNER, FAMILY_BOTH, &any);
}

void
lower_inner(struct lower *l, struct label *blocks)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->inners, e) &&
		    !endpoint_set_has(&l->trusted, e))
			put_block(l, e, &blocks[e]);
}
