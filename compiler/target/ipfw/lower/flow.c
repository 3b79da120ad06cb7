/*
 * A flow of the IR as rules, in a stretch that only packets between certain
 * ends reach.
 */
#include "target/ipfw/lower/private.h"

struct pair {
	struct endpoint_set from, to; /* the rule's ends in the context */
	enum family families;
};

enum family
lower_end_families(const struct lower *l, endpoint e)
{
	if (e == ENDPOINT_SELF || lower_zone(l, e)->role != ZONE_INNER)
		return FAMILY_BOTH;
	return addr_set_families(&lower_zone(l, e)->own);
}

static enum family
ends_families(const struct lower *l, const struct endpoint_set *ends)
{
	struct endpoint_set four = endpoint_set_intersect(ends, &l->with_v4);
	struct endpoint_set six = endpoint_set_intersect(ends, &l->with_v6);

	return (endpoint_set_empty(&four) ? FAMILY_NONE : FAMILY_4) |
	    (endpoint_set_empty(&six) ? FAMILY_NONE : FAMILY_6);
}

/*
 * Towards machines behind NAT there is no IPv4 from the uplink but what a
 * forward has translated: the others are refused before the NAT.
 */
static bool
hidden(const struct lower *l, const struct pair *pair)
{
	struct endpoint_set from = endpoint_set_intersect(
	    &pair->from, &l->uplinks);

	if (endpoint_set_empty(&from))
		return false;
	for (endpoint u = 1; u <= l->policy->zones.n; u++) {
		struct endpoint_set behind;

		if (!endpoint_set_has(&from, u))
			continue;
		behind = endpoint_set_intersect(
		    &lower_zone(l, u)->nat_from, &pair->to);
		if (!endpoint_set_empty(&behind))
			return true;
	}
	return false;
}

static bool
pair_of(const struct lower *l, const struct ir_rule *rule,
    const struct context *context, struct pair *pair)
{
	pair->from = endpoint_set_intersect(&rule->from, &context->from);
	pair->to = endpoint_set_intersect(&rule->to, &context->to);
	if (endpoint_set_empty(&pair->from) || endpoint_set_empty(&pair->to))
		return false;
	pair->families = rule->match.families & ends_families(l, &pair->from) &
	    ends_families(l, &pair->to);
	if (context->families != FAMILY_NONE)
		pair->families &= context->families;
	if (rule->forward == NULL && rule->verdict == VERDICT_ALLOW &&
	    hidden(l, pair))
		pair->families &= FAMILY_6;
	if (!l->flavour->ipv6)
		pair->families &= FAMILY_4;
	if (rule->match.protocol == PROTOCOL_ICMP)
		pair->families &= FAMILY_4;
	if (rule->match.protocol == PROTOCOL_ICMP6)
		pair->families &= FAMILY_6;
	return pair->families != FAMILY_NONE;
}

bool
flow_applies(const struct lower *l, const struct ir_rule *rule,
    const struct context *context)
{
	struct pair pair;

	if (rule->kind == IR_EXCHANGE)
		return exchange_applies(rule, context);
	return pair_of(l, rule, context, &pair);
}

/* The addresses of the zones in ENDS; an uplink has no condition. */
static struct side
target_side(struct lower *l, const struct ir_rule *rule,
    const struct endpoint_set *ends)
{
	struct addr_set set = {0};
	bool all = false;

	if (endpoint_set_has(ends, ENDPOINT_SELF))
		return side_me();
	for (endpoint e = 1; e <= l->policy->zones.n; e++) {
		if (!endpoint_set_has(ends, e))
			continue;
		if (lower_zone(l, e)->role == ZONE_UPLINK)
			all = true;
		set = addr_set_union(l->arena, &set, &lower_zone(l, e)->own);
	}
	if (rule->match.has_target)
		set = addr_set_intersect(l->arena, &set, &rule->match.target);
	else if (all)
		return (struct side){0};
	return side_of(set);
}

static void
name_source(struct lower *l, const struct context *context,
    const struct pair *pair, struct match *match)
{
	struct endpoint_set self = end_only(ENDPOINT_SELF);

	if (endpoint_set_covers(&pair->from, &context->reached))
		return;
	if (endpoint_set_equal(&pair->from, &self))
		match->born = BORN_HERE;
	else
		lower_name_sources(l, &pair->from, match);
}

/*
 * What gets here, or by the cards that are named, is of one family already:
 * no need to say so.
 */
static bool
family_is_plain(const struct lower *l, enum family asked,
    const struct context *context, const struct match *match,
    const struct pair *pair)
{
	const struct endpoint_set *from = endpoint_set_empty(&match->recv)
	    ? &context->reached
	    : &match->recv;

	enum family reach = ends_families(l, from);

	if (context->families == FAMILY_4)
		reach &= FAMILY_4;
	return context->families != FAMILY_6 &&
	    (asked & reach) == pair->families;
}

static struct match
flow_match(struct lower *l, const struct ir_rule *rule,
    const struct context *context, const struct pair *pair)
{
	const struct ir_match *from = &rule->match;
	struct match match = {
	    .families = pair->families,
	    .protocol = from->protocol,
	    .source_ports = from->source_ports,
	    .target_ports = from->target_ports,
	    .direction = context->direction,
	};

	match_types(&match, from);
	if (from->has_source)
		match.source = side_of(from->source);
	match.target = target_side(l, rule, &pair->to);
	name_source(l, context, pair, &match);
	if (family_is_plain(l, from->families, context, &match, pair))
		match.families = from->families;
	return match;
}

static void
allow_put(struct lower *l, enum section_id section, const struct ir_rule *rule,
    struct match match)
{
	match.setup = match.protocol == PROTOCOL_TCP;
	if (rule->log) {
		struct verb count = {.verb = IPFW_COUNT, .log = true};

		lower_put(
		    l, section, count, &match, &rule->origins, rule->label);
	}
	match.keep_state = true;
	match.limit = rule->limit;
	lower_put(l, section, lower_accept(l, &match), &match, &rule->origins,
	    rule->label);
}

/* Every protocol: TCP makes a state by its first packet alone. */
static void
allow_any_put(struct lower *l, enum section_id section,
    const struct ir_rule *rule, struct match match)
{
	match.protocol = PROTOCOL_TCP;
	allow_put(l, section, rule, match);
	match.protocol = PROTOCOL_ANY;
	match.not_protocol = PROTOCOL_TCP;
	allow_put(l, section, rule, match);
}

/*
 * A reset is for TCP alone: on other protocols it says nothing
 * (tests/vectors/lowering/S8), and "unreach port" answers IPv6 as well.
 */
static void
reject_put(struct lower *l, enum section_id section, const struct match *match,
    bool log, const struct spans *origins, const char *note)
{
	struct verb reset = {.verb = IPFW_RESET, .log = log};
	struct verb unreach = {.verb = IPFW_UNREACH, .argument = 3, .log = log};
	struct match tcp = *match;

	if (match->protocol == PROTOCOL_ANY) {
		tcp.protocol = PROTOCOL_TCP;
		lower_put(l, section, reset, &tcp, origins, note);
	}
	lower_put(l, section, match->protocol == PROTOCOL_TCP ? reset : unreach,
	    match, origins, note);
}

void
conversation_put(struct lower *l, enum section_id section,
    const struct ir_rule *rule, const struct match *match)
{
	switch (rule->verdict) {
	case VERDICT_ALLOW:
		if (match->protocol == PROTOCOL_ANY)
			allow_any_put(l, section, rule, *match);
		else
			allow_put(l, section, rule, *match);
		break;
	case VERDICT_DENY:
		lower_put(l, section, verb_deny(rule->log), match,
		    &rule->origins, rule->label);
		break;
	case VERDICT_REJECT:
		reject_put(
		    l, section, match, rule->log, &rule->origins, rule->label);
		break;
	}
}

/*
 * Hosts given for this host itself must be local addresses as well, and one
 * operand cannot say both: what is not for this host jumps over the rules.
 */
static void
guarded_put(struct lower *l, const struct ir_rule *rule,
    const struct context *context, const struct match *match)
{
	struct label *after = arena_new(l->arena, struct label);
	struct match guard = match_any(), narrow = *match;

	guard.families = match->families;
	guard.direction = context->direction;
	guard.target = side_me();
	guard.target.negated = true;
	lower_put(l, context->section, verb_jump(after), &guard, &rule->origins,
	    "not for this host");
	narrow.target = side_of(rule->match.target);
	conversation_put(l, context->section, rule, &narrow);
	label_place(l, context->section, after);
}

static void
flow_warn_hidden(
    struct lower *l, const struct ir_rule *rule, const struct context *context)
{
	struct context whole = *context;
	struct pair pair;
	struct diag *diag;

	/* Told once, and only if the other family is no way in either. */
	whole.families = FAMILY_NONE;
	if (context->families == FAMILY_6 || pair_of(l, rule, &whole, &pair))
		return;
	pair.from = endpoint_set_intersect(&rule->from, &context->from);
	pair.to = endpoint_set_intersect(&rule->to, &context->to);
	if (rule->is_default || rule->verdict != VERDICT_ALLOW ||
	    endpoint_set_empty(&pair.from) || !hidden(l, &pair) ||
	    !endpoint_set_covers(&context->to, &rule->to))
		return;
	diag = diag_add(l->diags, W_BEHIND_NAT, rule->origins.v[0],
	    "machines behind NAT cannot be reached by their own addresses");
	diag_help(l->diags, diag, "write a forward to open a port of theirs");
}

bool
flow_resolve(struct lower *l, const struct ir_rule *rule,
    const struct context *context, struct flow *flow)
{
	struct pair pair;

	if (!pair_of(l, rule, context, &pair))
		return false;
	flow->from = pair.from;
	flow->to = pair.to;
	flow->families = pair.families;
	flow->guarded = endpoint_set_has(&pair.to, ENDPOINT_SELF) &&
	    rule->match.has_target;
	flow->match = flow_match(l, rule, context, &pair);
	return true;
}

void
flow_put(
    struct lower *l, const struct ir_rule *rule, const struct context *context)
{
	struct flow flow;

	if (rule->kind == IR_EXCHANGE) {
		if (exchange_applies(rule, context))
			exchange_put(l, rule, context, FAMILY_BOTH);
		return;
	}
	if (!flow_resolve(l, rule, context, &flow))
		flow_warn_hidden(l, rule, context);
	else if (flow.guarded)
		guarded_put(l, rule, context, &flow.match);
	else
		conversation_put(l, context->section, rule, &flow.match);
}

bool
flow_may_be_midway(const struct ir_rule *rule)
{
	return rule->kind == IR_CONVERSATION &&
	    (rule->match.protocol == PROTOCOL_TCP ||
		rule->match.protocol == PROTOCOL_ANY);
}

void
flow_pickup(
    struct lower *l, const struct ir_rule *rule, const struct context *context)
{
	struct pair pair;
	struct match match;

	if (rule->verdict != VERDICT_ALLOW || !flow_may_be_midway(rule) ||
	    !pair_of(l, rule, context, &pair))
		return;
	match = flow_match(l, rule, context, &pair);
	match.protocol = PROTOCOL_TCP;
	match.keep_state = rule->limit == 0;
	lower_put(l, context->section,
	    rule->limit == 0 ? lower_accept(l, &match)
			     : verb_deny(l->ir->fallback_log),
	    &match, &rule->origins, rule->limit == 0 ? "pickup" : "limited");
}

void
verdict_early(
    struct lower *l, enum section_id section, const struct match *base)
{
	struct match match = *base;

	if (l->ir->fallback == VERDICT_REJECT || !l->flavour->ipv6 ||
	    l->level == 0)
		return;
	match.not_icmp = true;
	verdict_put(l, section, FAMILY_BOTH, &match);
}

void
verdict_put(struct lower *l, enum section_id section, enum family families,
    const struct match *base)
{
	struct match match = *base;
	struct spans origins = lower_origin(l, l->policy->fallback_span);

	match.families = families;
	match.protocol = PROTOCOL_ANY;
	if (l->ir->fallback == VERDICT_REJECT)
		reject_put(l, section, &match, l->ir->fallback_log, &origins,
		    "default");
	else
		lower_put(l, section, verb_deny(l->ir->fallback_log), &match,
		    &origins, "default");
}
