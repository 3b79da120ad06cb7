/*
 * Out: the state is asked first, then each target zone has its block.
 */
#include "target/ipfw/lower/out.h"

static bool
any_open(const struct lower *l, const struct endpoint_set *to, endpoint from)
{
	for (endpoint t = 1; t <= l->policy->zones.n; t++)
		if (endpoint_set_has(to, t) && lower_open(l, from, t))
			return true;
	return false;
}

/* An uplink has no condition on the target; inner zones have their nets. */
static struct side
target_side(struct lower *l, const struct endpoint_set *to)
{
	struct endpoint_set uplinks = endpoint_set_intersect(to, &l->uplinks);

	return endpoint_set_empty(&uplinks) ? side_of(lower_own(l, to))
					    : (struct side){0};
}

static struct endpoint_set
closed_sources(const struct lower *l, const struct stage *stage,
    const struct endpoint_set *to)
{
	struct endpoint_set closed = {{0, 0}};

	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&stage->sources, e) && !any_open(l, to, e))
			endpoint_set_add(&closed, e);
	return closed;
}

/*
 * The target zones one by one, or together where they are ruled alike and
 * have no nets.
 */
static bool
next_target(
    const struct lower *l, struct endpoint_set *left, struct endpoint_set *to)
{
	struct endpoint_set uplinks = endpoint_set_intersect(left, &l->uplinks);
	endpoint e = 1;

	if (endpoint_set_empty(left))
		return false;
	*to = uplinks;
	if (endpoint_set_empty(&uplinks)) {
		while (!endpoint_set_has(left, e))
			e++;
		*to = end_only(e);
	}
	for (e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(to, e))
			endpoint_set_remove(left, e);
	return true;
}

static bool
has_closed(const struct lower *l, const struct stage *stage)
{
	struct endpoint_set left = stage->to, to;
	bool any = false;

	while (next_target(l, &left, &to)) {
		struct endpoint_set closed = closed_sources(l, stage, &to);

		any = any || !endpoint_set_empty(&closed);
	}
	return any;
}

/*
 * Sources whose pairs with TO are closed send no errors there either: for those
 * alone ERRORS is said, if it is not NULL.
 */
static void
put_closed(
    struct lower *l, const struct stage *stage, const struct verb *errors)
{
	struct endpoint_set left = stage->to, to;

	while (next_target(l, &left, &to)) {
		struct endpoint_set closed = closed_sources(l, stage, &to);
		struct match match = match_any();

		if (endpoint_set_empty(&closed))
			continue;
		match.direction = DIRECTION_OUT;
		if (!endpoint_set_equal(&to, &stage->to))
			match.target = target_side(l, &to);
		lower_name_sources(l, &closed, &match);
		if (errors != NULL)
			errors_put(
			    l, SECTION_OUT, FAMILY_BOTH, &match, *errors);
		else
			verdict_put(l, SECTION_OUT, FAMILY_BOTH, &match);
	}
}

void
stage_put_neighbours(struct lower *l, const struct stage *stage)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct match match = match_any();

	match.protocol = PROTOCOL_ICMP6;
	match.direction = DIRECTION_OUT;
	match.has_types = true;
	match.types = neighbour_types();
	if (!endpoint_set_equal(&stage->sources, &self))
		match.born = BORN_HERE;
	match.target = target_side(l, &stage->to);
	if (match.target.has_set) {
		struct addr_set set = lower_nets(l, lower_link_scope);

		match.target.set = addr_set_union(
		    l->arena, &set, &match.target.set);
	}
	lower_put(
	    l, SECTION_OUT, verb_plain(IPFW_ALLOW), &match, NULL, "neighbours");
}

void
stage_put_errors(
    struct lower *l, const struct stage *stage, enum family families)
{
	static const enum family each[] = {FAMILY_4, FAMILY_6};
	struct match match = match_any();

	match.direction = DIRECTION_OUT;
	match.target = target_side(l, &stage->to);
	for (size_t f = 0; f < 2; f++) {
		match.families = each[f];
		errors_put(l, SECTION_OUT, families & each[f], &match,
		    lower_accept(l, &match));
	}
}

/*
 * Conversations of IPv6 alone, behind all that IPv4 may begin.  A refusal may
 * be of pairs that are closed, and tell or log what the default would not.
 */
static size_t
trailing_ipv6(const ir_rule_list *list)
{
	size_t n = list->n;

	while (n > 0 && list->v[n - 1]->verdict == VERDICT_ALLOW &&
	    !(list->v[n - 1]->match.families & FAMILY_4))
		n--;
	return n;
}

/*
 * The flows of the context, if each exchange comes behind all conversations;
 * N is how many there are of these.
 */
static bool
exchanges_last(const struct lower *l, const struct context *context,
    ir_rule_list *list, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];

		if (!flow_applies(l, rule, context))
			continue;
		if (rule->kind == IR_CONVERSATION && *n != list->n)
			return false;
		vec_push(l->arena, list, rule);
		*n += rule->kind == IR_CONVERSATION;
	}
	return *n != list->n;
}

static void
put_exchanges(struct lower *l, const struct context *context,
    const ir_rule_list *list, size_t from, enum family family)
{
	for (size_t i = from; i < list->n; i++)
		exchange_put(l, list->v[i], context, family);
}

/*
 * What has no conversation goes on by family: exchanges, errors, the verdict.
 * No packet of IPv6 but ICMP gets as far as neighbours.
 */
static bool
put_apart(struct lower *l, struct stage *stage, const struct context *context)
{
	struct label *six = arena_new(l->arena, struct label);
	struct match match = match_any(), last;
	ir_rule_list list = {0};
	size_t n, four;

	if (!l->flavour->ipv6 || l->level == 0 || stage_picks_up(l, stage) ||
	    !exchanges_last(l, context, &list, &n))
		return false;
	four = trailing_ipv6(&(ir_rule_list){list.v, n, n});
	flows_put(l, context, list.v, four);
	put_closed(l, stage, NULL);
	match.direction = DIRECTION_OUT;
	last = match;
	match.families = FAMILY_6;
	lower_put(l, SECTION_OUT, verb_jump(six), &match, NULL, "IPv6");
	put_exchanges(l, context, &list, n, FAMILY_4);
	stage_put_errors(l, stage, FAMILY_4);
	verdict_put(l, SECTION_OUT, FAMILY_BOTH, &last);
	label_place(l, SECTION_OUT, six);
	flows_put(l, context, list.v + four, n - four);
	put_exchanges(l, context, &list, n, FAMILY_6);
	last.not_protocol = PROTOCOL_ICMP6;
	if (l->ir->fallback != VERDICT_REJECT)
		verdict_put(l, SECTION_OUT, FAMILY_BOTH, &last);
	stage_put_neighbours(l, stage);
	stage_put_errors(l, stage, FAMILY_6);
	return true;
}

/*
 * The stretch of the only class: IPv6 alone may wait.  With several classes
 * the rules of each stand together, and this host's come last.
 */
static void
put_alone(struct lower *l, struct stage *stage, bool first)
{
	struct context context = stage_context(stage, &stage->sources);
	struct match match = match_any();
	bool *late;

	if (!first && put_apart(l, stage, &context))
		return;
	late = late_choose(l, &context);
	match.direction = DIRECTION_OUT;
	if (stage_picks_up(l, stage))
		stage_put_flows(l, stage, &context);
	else
		flows_early(l, &context, late);
	put_closed(l, stage, NULL);
	if (!first)
		stage_put_errors(l, stage, FAMILY_4);
	if (!l->flavour->ipv6)
		return;
	if (l->level > 0)
		verdict_put(l, SECTION_OUT, FAMILY_4, &match);
	flows_late(l, &context, late);
	if (first)
		return;
	stage_put_neighbours(l, stage);
	stage_put_errors(l, stage, FAMILY_6);
}

/*
 * Later fragments have no ports and no state.  Where all that leaves passes
 * the divert, they may go there: it puts them together, and one whose first
 * part was refused never leaves it (tests/vectors/lowering/S19).
 */
static void
put_fragments(struct lower *l, const struct stage *stage)
{
	struct match match = match_any();

	if (l->flavour->reass)
		return;
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		struct addr_set kept;

		if (!endpoint_set_has(&stage->to, e))
			continue;
		if (!endpoint_set_has(&l->uplinks, e) || !lower_nated(l, e))
			return;
		kept = lower_untranslated(l, e);
		if (!addr_set_empty(&kept))
			return;
	}
	match.direction = DIRECTION_OUT;
	match.frag = true;
	lower_put(
	    l, SECTION_OUT, lower_accept(l, &match), &match, NULL, "fragments");
}

static void
put_stage_tail(struct lower *l, const struct stage *stage, bool first)
{
	struct match match = match_any();

	match.direction = DIRECTION_OUT;
	put_fragments(l, stage);
	if (!first)
		verdict_early(l, SECTION_OUT, &match);
	put_closed(l, stage, NULL);
	if (first)
		return;
	if (l->flavour->ipv6)
		stage_put_neighbours(l, stage);
	stage_put_errors(l, stage, FAMILY_BOTH);
}

/* Could a rule of the stage match the exchange's packets? */
static bool
taken_for_flow(const struct lower *l, const struct stage *stage,
    const struct ir_rule *exchange)
{
	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];
		struct endpoint_set to = endpoint_set_intersect(
		    &rule->to, &stage->to);
		const struct ir_match *m = &rule->match;
		struct port_set both = port_set_intersect(
		    l->arena, &m->target_ports, &exchange->match.target_ports);

		if (rule->kind == IR_CONVERSATION &&
		    rule->verdict == VERDICT_ALLOW &&
		    !endpoint_set_empty(&to) &&
		    (m->protocol == PROTOCOL_ANY ||
			(m->protocol == exchange->match.protocol &&
			    (m->target_ports.n == 0 || both.n != 0))))
			return true;
	}
	return false;
}

/*
 * An answer of DHCP is let in whomever it is for, since we may not have the
 * address yet.  If it was for somebody else it must not go out again, where a
 * rule that asks for no card would let it.
 */
static void
put_unasked(struct lower *l, const struct stage *stage)
{
	struct endpoint_set uplinks = endpoint_set_intersect(
	    &stage->to, &l->uplinks);

	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];
		struct endpoint_set from = endpoint_set_intersect(
		    &rule->from, &l->uplinks);
		struct match match = match_any();
		struct addr_set beside;

		if (endpoint_set_empty(&uplinks) || endpoint_set_empty(&from) ||
		    rule->exchange != EXCHANGE_CLIENT ||
		    rule->verdict != VERDICT_ALLOW ||
		    !(rule->match.families & FAMILY_4) ||
		    !taken_for_flow(l, stage, rule))
			continue;
		match.protocol = rule->match.protocol;
		match.source_ports = rule->match.source_ports;
		match.target_ports = rule->match.target_ports;
		match.direction = DIRECTION_OUT;
		match.recv = from;
		beside = lower_family(lower_beside(l, &from), FAMILY_4);
		if (!addr_set_empty(&beside)) {
			match.families = FAMILY_4;
			match.source = side_not(beside);
		}
		lower_put(l, SECTION_OUT, verb_deny(l->ir->fallback_log),
		    &match, &rule->origins, "not for this host");
	}
}

/* What this host sends to a trusted zone no rule is asked about. */
static struct endpoint_set
without_trusted(const struct lower *l, struct endpoint_set zones)
{
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&l->trusted, e))
			endpoint_set_remove(&zones, e);
	return zones;
}

/* What this host sends to groups goes to all on the card. */
static void
put_beside(struct lower *l, const struct stage *stage)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);
	struct context context = stage_context(stage, &self);

	context.to = stage->beside;
	for (size_t i = 0; i < l->ir->rules.n; i++)
		if (l->ir->rules.v[i].kind == IR_EXCHANGE &&
		    exchange_applies(&l->ir->rules.v[i], &context))
			exchange_put(
			    l, &l->ir->rules.v[i], &context, FAMILY_BOTH);
}

/* Does a rule refuse errors with a log where the default has none, or so on? */
static bool
logs_errors_otherwise(const struct lower *l, const struct stage *stage)
{
	for (size_t i = 0; i < l->ir->rules.n; i++) {
		const struct ir_rule *rule = &l->ir->rules.v[i];

		if (rule->verdict != VERDICT_ALLOW &&
		    rule->log != l->ir->fallback_log &&
		    flow_overlaps_errors(rule) &&
		    endpoint_set_meets(&rule->from, &stage->sources) &&
		    endpoint_set_meets(&rule->to, &stage->to))
			return true;
	}
	return false;
}

/* Errors that come first, but those of closed pairs: they meet the rules. */
static void
put_first_errors(struct lower *l, const struct stage *stage)
{
	struct label *rules = arena_new(l->arena, struct label);
	struct verb closed = logs_errors_otherwise(l, stage)
	    ? verb_jump(rules)
	    : verb_deny(l->ir->fallback_log);

	put_closed(l, stage, &closed);
	stage_put_errors(l, stage, FAMILY_BOTH);
	if (l->flavour->ipv6)
		stage_put_neighbours(l, stage);
	label_place(l, SECTION_OUT, rules);
}

static void
put_stage(struct lower *l, struct stage *stage)
{
	struct match match = match_any();
	bool first = errors_come_first(
	    l, &stage->sources, &stage->to, FAMILY_BOTH);

	stage_find_rules(l, stage);
	stage->errors_by_class = first && !has_closed(l, stage) &&
	    stage_is_branched(l, stage);
	first = (first && !stage->errors_by_class) ||
	    stage_errors_make_states(l, stage);
	stage->errors_by_class = stage->errors_by_class && !first;
	match.direction = DIRECTION_OUT;
	if (!stage_catches_others(l, stage))
		put_unasked(l, stage);
	put_beside(l, stage);
	if (first)
		put_first_errors(l, stage);
	if (stage_is_alone(l, stage)) {
		put_alone(l, stage, first);
		put_fragments(l, stage);
	} else {
		stage_put_classes(l, stage);
		label_place(l, SECTION_OUT, stage->tail);
		put_stage_tail(l, stage, first);
	}
	verdict_put(l, SECTION_OUT, FAMILY_BOTH, &match);
}

/* Is there a card of an uplink here that no inner zone has? */
static bool
has_far_uplink(const struct lower *l, const struct target *target)
{
	for (endpoint u = 1; u <= l->policy->zones.n; u++) {
		bool shared = !endpoint_set_has(&target->uplinks, u);

		for (endpoint e = 1; e <= l->policy->zones.n && !shared; e++)
			shared = endpoint_set_has(&target->inners, e) &&
			    lower_share_card(l, u, e);
		if (!shared)
			return true;
	}
	return false;
}

/*
 * An inner zone on the card of an uplink: what goes to its nets is told from
 * the rest first, with what goes to everybody on the link.
 */
static void
put_target(struct lower *l, struct target *target)
{
	struct stage stage = {.sources = stage_sources(l)};
	struct label *elsewhere = arena_new(l->arena, struct label);
	struct match match = match_any();

	stage.tail = arena_new(l->arena, struct label);
	if (!endpoint_set_empty(&target->inners) &&
	    !endpoint_set_empty(&target->uplinks)) {
		match.direction = DIRECTION_OUT;
		match.target = side_of(lower_own(l, &target->inners));
		if (has_far_uplink(l, target))
			match.xmit = target->inners;
		lower_put(l, SECTION_OUT, verb_jump(elsewhere), &match, NULL,
		    "to the inner zone");
		stage.to = target->uplinks;
		stage.beside = without_trusted(l, target->inners);
		put_stage(l, &stage);
		stage.beside = (struct endpoint_set){{0, 0}};
		label_place(l, SECTION_OUT, elsewhere);
		stage.tail = arena_new(l->arena, struct label);
	}
	stage.to = endpoint_set_empty(&target->inners) ? target->uplinks
						       : target->inners;
	put_stage(l, &stage);
}

static void
put_dispatch(struct lower *l, struct target *target)
{
	struct match match = match_any();
	struct spans origins = {0};

	match.direction = DIRECTION_OUT;
	match.xmit = endpoint_set_union(&target->uplinks, &target->inners);
	for (endpoint e = 1; e <= l->policy->zones.n; e++)
		if (endpoint_set_has(&match.xmit, e))
			vec_push(l->arena, &origins, lower_zone(l, e)->span);
	lower_put(
	    l, SECTION_OUT, verb_jump(&target->start), &match, &origins, "out");
}

/* Uplinks first; of inner zones, if they are many, a table knows the cards. */
static void
put_dispatches(struct lower *l, struct target *targets, size_t n)
{
	card_branches branches = {0};

	for (size_t i = 0; n > 1 && i < n; i++)
		if (!cards_many(n) ||
		    !endpoint_set_empty(&targets[i].uplinks) ||
		    !card_branch_add(
			l, &branches, &targets[i].inners, &targets[i].start))
			put_dispatch(l, &targets[i]);
	card_branches_put(l, SECTION_OUT, DIRECTION_OUT, true, &branches);
}

void
lower_out(struct lower *l, struct label *out)
{
	struct target *targets = arena_calloc(
	    l->arena, l->policy->zones.n + 1, sizeof(*targets));
	size_t n = targets_find(l, targets);

	if (n == 0)
		return;
	label_place(l, SECTION_OUT, out);
	section_check_state(l, SECTION_OUT);
	put_dispatches(l, targets, n);
	for (size_t i = 0; i < n; i++) {
		if (n > 1) {
			block_start(l, SECTION_OUT);
			label_place(l, SECTION_OUT, &targets[i].start);
		}
		put_target(l, &targets[i]);
	}
}
