/*
 * From the resolved policy to the list of flows.  This is the only place that
 * expands a line into several rules: one for each protocol it names.
 */
#include "ir/ir.h"

struct builder {
	struct arena *arena;
	const struct policy *policy;
	struct ir *ir;
	struct endpoint_set uplinks;
};

static bool
end_exists(const struct policy *policy, endpoint e)
{
	return e == ENDPOINT_SELF || policy_zone(policy, e)->present;
}

/* The ends of SET whose cards are there. */
static struct endpoint_set
present_ends(const struct policy *policy, const struct endpoint_set *set)
{
	struct endpoint_set result = {{0, 0}};

	for (endpoint e = 0; e <= policy->zones.n; e++)
		if (endpoint_set_has(set, e) && end_exists(policy, e))
			endpoint_set_add(&result, e);
	return result;
}

/*
 * Ports and types of parts that differ in nothing else go together: a line is
 * one rule for each protocol, whatever the order of its services.
 */
static bool
parts_join(const struct service_part *a, const struct service_part *b)
{
	return a->exchange == EXCHANGE_NONE && b->exchange == EXCHANGE_NONE &&
	    a->protocol == b->protocol && a->families == b->families &&
	    a->has_types == b->has_types &&
	    port_set_equal(&a->source, &b->source) &&
	    (a->target.n == 0) == (b->target.n == 0);
}

static void
part_add(struct arena *arena, struct service_part *to,
    const struct service_part *from)
{
	if (to->target.n != 0)
		to->target = port_set_union(arena, &to->target, &from->target);
	for (size_t i = 0; i < 4; i++)
		to->types.bits[i] |= from->types.bits[i];
}

static void
parts_gather(
    struct arena *arena, const service_parts *parts, service_parts *out)
{
	for (size_t i = 0; i < parts->n; i++) {
		size_t j;

		for (j = 0; j < out->n; j++)
			if (parts_join(&out->v[j], &parts->v[i]))
				break;
		if (j < out->n)
			part_add(arena, &out->v[j], &parts->v[i]);
		else
			vec_push(arena, out, parts->v[i]);
	}
}

static enum family
rule_families(const struct policy_rule *rule, enum family families)
{
	if (rule->has_source)
		families &= addr_set_families(&rule->source);
	if (rule->has_target)
		families &= addr_set_families(&rule->target);
	return families;
}

static struct ir_rule
rule_start(struct builder *b, const struct policy_rule *rule)
{
	struct ir_rule out = {
	    .verdict = rule->verdict,
	    .kind = IR_CONVERSATION,
	    .from = present_ends(b->policy, &rule->from),
	    .to = present_ends(b->policy, &rule->to),
	    .log = rule->log,
	    .limit = rule->limit,
	    .forward = rule->forward,
	    .label = rule->label,
	};

	out.match.protocol = PROTOCOL_ANY;
	out.match.has_source = rule->has_source;
	out.match.source = rule->source;
	out.match.has_target = rule->has_target;
	out.match.target = rule->target;
	vec_push(b->arena, &out.origins, rule->span);
	return out;
}

static void
rule_push(struct builder *b, struct ir_rule *rule)
{
	if (rule->match.families == FAMILY_NONE ||
	    endpoint_set_empty(&rule->from) || endpoint_set_empty(&rule->to))
		return;
	vec_push(b->arena, &b->ir->rules, *rule);
}

/*
 * An exchange is kept in the direction towards this host.  With this host on
 * both sides, as by `any`, no hosts are named and the zones of both are meant.
 */
static void
exchange_turn(struct ir_rule *rule)
{
	struct endpoint_set ends = rule->from;
	struct addr_set addresses = rule->match.source;
	bool has = rule->match.has_source;

	if (!endpoint_set_has(&rule->from, ENDPOINT_SELF))
		return;
	if (endpoint_set_has(&rule->to, ENDPOINT_SELF)) {
		rule->from = endpoint_set_union(&rule->from, &rule->to);
		return;
	}
	rule->from = rule->to;
	rule->to = ends;
	rule->match.source = rule->match.target;
	rule->match.has_source = rule->match.has_target;
	rule->match.target = addresses;
	rule->match.has_target = has;
}

/*
 * `from self, vm to public allow dhcp-client`: only the pairs with this host
 * are meant, so the other ends go; and so do those that trust has decided.
 */
static void
exchange_narrow(const struct policy *policy, struct ir_rule *rule)
{
	struct endpoint_set self = {{0, 0}};

	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (!policy_pair_asked(policy, e, ENDPOINT_SELF))
			endpoint_set_remove(&rule->from, e);

	endpoint_set_add(&self, ENDPOINT_SELF);
	endpoint_set_remove(&rule->from, ENDPOINT_SELF);
	rule->to = endpoint_set_intersect(&rule->to, &self);
}

static void
build_part(struct builder *b, const struct policy_rule *rule,
    const struct service_part *part)
{
	struct ir_rule out = rule_start(b, rule);

	out.match.families = rule_families(rule, part->families);
	out.match.protocol = part->protocol;
	out.match.source_ports = part->source;
	out.match.target_ports = part->target;
	out.match.types = part->has_types ? &part->types : NULL;
	if (part->exchange != EXCHANGE_NONE) {
		out.kind = IR_EXCHANGE;
		out.exchange = part->exchange;
		out.groups = part->group ? &part->groups : NULL;
		out.broadcast = part->broadcast;
		exchange_turn(&out);
		exchange_narrow(b->policy, &out);
	}
	rule_push(b, &out);
}

static void
build_rule(struct builder *b, const struct policy_rule *rule)
{
	service_parts parts = {0};

	if (rule->any_service) {
		struct ir_rule out = rule_start(b, rule);

		out.match.families = rule_families(rule, FAMILY_BOTH);
		rule_push(b, &out);
		return;
	}
	if (rule->parts.n == 1)
		parts = rule->parts;
	else
		parts_gather(b->arena, &rule->parts, &parts);
	for (size_t i = 0; i < parts.n; i++)
		build_part(b, rule, &parts.v[i]);
}

/*
 * `default allow` is the last rule of the list: it makes states like any
 * other, and lets nothing in that no zone accounts for.
 */
static void
build_default(struct builder *b)
{
	struct ir_rule rule = {
	    .verdict = VERDICT_ALLOW,
	    .kind = IR_CONVERSATION,
	    .is_default = true,
	};

	if (b->policy->fallback != VERDICT_ALLOW)
		return;
	rule.from = policy_live_ends(b->policy);
	rule.to = rule.from;
	rule.match.families = FAMILY_BOTH;
	rule.match.protocol = PROTOCOL_ANY;
	vec_push(b->arena, &rule.origins, b->policy->fallback_span);
	vec_push(b->arena, &b->ir->rules, rule);
}

struct ir *
ir_build(struct arena *arena, const struct policy *policy)
{
	struct builder b = {.arena = arena, .policy = policy};

	b.ir = arena_new(arena, struct ir);
	b.ir->policy = policy;
	b.ir->fallback = policy->fallback == VERDICT_ALLOW ? VERDICT_DENY
							   : policy->fallback;
	b.ir->fallback_log = policy->fallback_log;
	vec_reserve(arena, &b.ir->rules, policy->rules.n);
	for (size_t i = 0; i < policy->rules.n; i++)
		build_rule(&b, &policy->rules.v[i]);
	build_default(&b);
	ir_refuse_exchanges(arena, b.ir);
	return b.ir;
}
