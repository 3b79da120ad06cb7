/*
 * Which packets a rule of the policy decides.
 *
 * Of a later fragment nobody knows the ports.  There a rule that allows is
 * taken to match whatever it may match, and one that refuses is taken to match
 * only what it must: what is left is what must never pass.
 */
#include "prove/policy_model.h"

/* A condition on what a later fragment does not have. */
static bdd_ref
narrow(const struct policy_model *model, bool allows, bdd_ref condition)
{
	if (!model->later)
		return condition;
	return allows ? BDD_TRUE : BDD_FALSE;
}

static bdd_ref
part_types(const struct space *space, const struct service_part *part)
{
	struct addr_range v[256];
	size_t n = 0;

	for (unsigned i = 0; i < 256; i++)
		if ((part->types.bits[i / 64] >> i % 64 & 1) != 0)
			v[n++] = (struct addr_range){{0, i}, {0, i}};
	return encode_ranges(space->bdd, space->type, v, n);
}

static bdd_ref
part_ports(const struct policy_model *model, const struct port_set *ports,
    struct field field, bool allows)
{
	struct bdd *bdd = model->space->bdd;

	if (ports->n == 0)
		return BDD_TRUE;
	return narrow(model, allows,
	    bdd_and(bdd, model->has_ports, encode_ports(bdd, field, ports)));
}

/* BACK: the packet goes the other way than the part is written. */
static bdd_ref
part_packets(const struct policy_model *model, const struct service_part *part,
    bool allows, bool back)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	struct field source = space->source_port, target = space->target_port;
	bdd_ref set = BDD_TRUE;

	if ((part->families & space->family) == 0)
		return BDD_FALSE;
	if (part->protocol != PROTOCOL_ANY)
		set = space_protocol(space, (unsigned)part->protocol);
	if (part->has_types)
		set = bdd_and(
		    bdd, set, narrow(model, allows, part_types(space, part)));
	set = bdd_and(bdd, set,
	    part_ports(model, &part->source, back ? target : source, allows));
	return bdd_and(bdd, set,
	    part_ports(model, &part->target, back ? source : target, allows));
}

bdd_ref
policy_rule_parts(
    const struct policy_model *model, const struct policy_rule *rule)
{
	bool allows = rule->verdict == VERDICT_ALLOW;
	bdd_ref set = BDD_FALSE;

	if (rule->any_service)
		return BDD_TRUE;
	for (size_t i = 0; i < rule->parts.n; i++)
		if (rule->parts.v[i].exchange == EXCHANGE_NONE)
			set = bdd_or(model->space->bdd, set,
			    part_packets(
				model, &rule->parts.v[i], allows, false));
	return set;
}

static bdd_ref
hosts_of(const struct policy_model *model, bool has,
    const struct addr_set *hosts, struct field field)
{
	if (!has)
		return BDD_TRUE;
	return encode_addresses(
	    model->space->bdd, field, hosts, model->space->family);
}

bdd_ref
policy_rule_hosts(
    const struct policy_model *model, const struct policy_rule *rule)
{
	const struct space *space = model->space;

	return bdd_and(space->bdd,
	    hosts_of(model, rule->has_target, &rule->target, space->target),
	    hosts_of(model, rule->has_source, &rule->source, space->source));
}

static bool
is_named(const struct policy_rule *rule, endpoint from, endpoint to)
{
	return endpoint_set_has(&rule->from, from) &&
	    endpoint_set_has(&rule->to, to);
}

/*
 * A conversation is between two hosts that have addresses; what refuses one
 * refuses whatever comes from there and goes there.  Machines that NAT hides
 * are reached by forwards alone, and a forward is for what NAT has changed.
 */
bool
policy_rule_speaks(const struct policy_model *model,
    const struct policy_pair *pair, const struct policy_rule *rule)
{
	if (!is_named(rule, pair->from, pair->to))
		return false;
	if (rule->forward != NULL &&
	    policy_is_uplink(model->space->policy, pair->from))
		return pair->forward != NULL;
	return rule->verdict != VERDICT_ALLOW || !pair->hidden;
}

bdd_ref
policy_rule_conversation(const struct policy_model *model,
    const struct policy_pair *pair, size_t index)
{
	if (!policy_rule_speaks(
		model, pair, &model->space->policy->rules.v[index]))
		return BDD_FALSE;
	if (model->parts[index] == POLICY_PARTS_UNKNOWN)
		model->parts[index] = policy_rule_parts(
		    model, &model->space->policy->rules.v[index]);
	return bdd_and(model->space->bdd, model->parts[index],
	    policy_rule_hosts(model, &model->space->policy->rules.v[index]));
}

/* What inner zones have. */
static bdd_ref
inner_zones(const struct policy_model *model)
{
	const struct policy *policy = model->space->policy;
	bdd_ref set = BDD_FALSE;

	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (policy_is_inner(policy, e))
			set = bdd_or(model->space->bdd, set,
			    model->ends[ENDPOINT_ZONE(e)].target_own);
	return set;
}

static bdd_ref
exchange_groups(
    const struct policy_model *model, const struct service_part *part)
{
	const struct space *space = model->space;
	bdd_ref set = encode_addresses(
	    space->bdd, space->target, &part->groups, space->family);

	return part->broadcast && space->family == FAMILY_4
	    ? bdd_or(space->bdd, set, model->target_everybody)
	    : set;
}

static bdd_ref
exchange_target(const struct policy_model *model,
    const struct policy_pair *pair, const struct service_part *part)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref set = bdd_or(bdd, pair->target_own, pair->target_link);
	bool client = part->exchange == EXCHANGE_CLIENT;

	if (client && space->family == FAMILY_6)
		return pair->from == ENDPOINT_SELF
		    ? model->target_in_link
		    : bdd_choose(bdd, pair->target_group, BDD_FALSE,
			  bdd_and(bdd, model->target_in_link,
			      model->source_link_local));
	if (client && pair->to == ENDPOINT_SELF &&
	    policy_is_uplink(space->policy, pair->from))
		return bdd_not(bdd, inner_zones(model));
	return bdd_or(bdd, set, exchange_groups(model, part));
}

static bdd_ref
exchange_source(const struct policy_model *model,
    const struct policy_pair *pair, const struct service_part *part)
{
	const struct space *space = model->space;
	struct bdd *bdd = space->bdd;
	bdd_ref set = bdd_or(bdd, pair->source_own, pair->source_link);

	if (part->exchange != EXCHANGE_SERVER)
		return set;
	return bdd_or(bdd, set,
	    bdd_and(bdd, pair->source_zero,
		space_prefix(space, space->target, "255.255.255.255")));
}

/*
 * The hosts of an exchange are the zone's, whichever way it goes, and who has
 * no address yet is none of them.  A group is nobody's address.
 */
static bdd_ref
exchange_hosts(const struct policy_model *model, const struct policy_pair *pair,
    const struct policy_rule *rule, const struct service_part *part)
{
	const struct space *space = model->space;
	bool out = pair->from == ENDPOINT_SELF;
	bool written_out = endpoint_set_has(&rule->from, ENDPOINT_SELF);
	bdd_ref far = hosts_of(model,
	    written_out ? rule->has_target : rule->has_source,
	    written_out ? &rule->target : &rule->source,
	    out ? space->target : space->source);

	return out ? bdd_or(space->bdd, far, exchange_groups(model, part))
		   : far;
}

bdd_ref
policy_rule_exchange(const struct policy_model *model,
    const struct policy_pair *pair, const struct policy_rule *rule)
{
	struct bdd *bdd = model->space->bdd;
	bool allows = rule->verdict == VERDICT_ALLOW;
	bdd_ref all = BDD_FALSE;
	endpoint zone = pair->from != ENDPOINT_SELF ? pair->from : pair->to;

	/* A zone without nets of the family has at most the link. */
	if (policy_is_inner(model->space->policy, zone) &&
	    addr_set_ranges(&policy_zone(model->space->policy, zone)->nets,
		model->space->family)
		    ->n == 0)
		return BDD_FALSE;
	if (rule->any_service ||
	    (pair->from != ENDPOINT_SELF && pair->to != ENDPOINT_SELF) ||
	    (!is_named(rule, pair->from, pair->to) &&
		!is_named(rule, pair->to, pair->from)))
		return BDD_FALSE;
	for (size_t i = 0; i < rule->parts.n; i++) {
		const struct service_part *part = &rule->parts.v[i];
		bool back = pair->from == ENDPOINT_SELF &&
		    part->exchange != EXCHANGE_PEER;
		bdd_ref set;

		if (part->exchange == EXCHANGE_NONE)
			continue;
		set = part_packets(model, part, allows, back);
		set = bdd_and(bdd, set, exchange_target(model, pair, part));
		set = bdd_and(bdd, set, exchange_source(model, pair, part));
		set = bdd_and(
		    bdd, set, exchange_hosts(model, pair, rule, part));
		all = bdd_or(bdd, all, set);
	}
	return all;
}
