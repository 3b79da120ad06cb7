/*
 * forward: the rule that it is, and the redirection that the NAT makes.
 *
 * The rule is about the packet after the NAT, so it names the inside port and
 * the target.  Where two forwards, or a forward and a rule, want the same
 * packet is found in conflict.c, when all are known.
 */
#include <string.h>

#include "sema/resolve.h"

/* A forward while it is being resolved. */
struct forward_draft {
	const struct ast_forward *tree;
	struct span span;
	int protocol;
	struct addr target;
	size_t target_zone;
	struct pairs pairs;
};

static struct span
target_span(const struct forward_draft *draft)
{
	return draft->tree->target.word.span;
}

static const struct host_card *
find_own_address(const struct resolve *r, struct addr addr)
{
	const struct host *host = r->sema->host;

	for (size_t i = 0; i < host->cards.n; i++) {
		const struct host_card *card = &host->cards.v[i];

		for (size_t j = 0; j < card->addresses.n; j++) {
			const struct host_address *address =
			    &card->addresses.v[j];

			if (address->family == FAMILY_4 &&
			    addr_compare(address->addr, addr) == 0)
				return card;
		}
	}
	return NULL;
}

/* Returns false after an error. */
static bool
read_target(struct resolve *r, struct forward_draft *draft)
{
	struct ast_host entry = draft->tree->target;
	ast_hosts list = {&entry, 1, 1};
	struct hosts_value own;
	const struct hosts_value *value = resolve_hosts_list(r, &list, &own);
	const struct host_card *card;
	enum family family;
	struct diag *diag;

	if (value->broken)
		return false;
	if (!address_set_single(&value->set, &family, &draft->target)) {
		diag_add(r->diags, E_FORWARD_TARGET, target_span(draft),
		    "'%s' is not exactly one address", entry.word.text);
		return false;
	}
	if (family != FAMILY_4) {
		diag = diag_add(r->diags, E_FORWARD_TARGET, target_span(draft),
		    "a forward is NAT, and NAT is for IPv4");
		diag_help(r->diags, diag,
		    "IPv6 is routed as it is: write a rule to this address");
		return false;
	}
	card = find_own_address(r, draft->target);
	if (card == NULL)
		return true;
	diag = diag_add(r->diags, E_FORWARD_TARGET, target_span(draft),
	    "this is an address of this host, on card '%s'", card->name);
	diag_help(r->diags, diag, "a rule 'to self' is all that it needs");
	return false;
}

/* Returns false after an error, now or in some zone's nets. */
static bool
find_target_zone(struct resolve *r, struct forward_draft *draft)
{
	bool broken = false;
	struct diag *diag;

	for (size_t i = 0; i < r->policy->zones.n; i++) {
		const struct zone *zone = &r->policy->zones.v[i];

		broken |= r->zone_work[i].nets_broken;
		if (zone->role != ZONE_INNER ||
		    !addr_set_contains(&zone->own, FAMILY_4, draft->target))
			continue;
		draft->target_zone = i;
		r->zone_work[i].mentioned = true;
		return true;
	}
	if (broken)
		return false;
	diag = diag_add(r->diags, E_FORWARD_TARGET, target_span(draft),
	    "the target is in no inner zone");
	diag_help(r->diags, diag,
	    "define the zone that it is in, with its net, and its NAT");
	return false;
}

/* Returns false after an error. */
static bool
check_from_words(struct resolve *r, const struct forward_draft *draft)
{
	for (size_t i = 0; i < draft->tree->from.n; i++) {
		const struct ast_word *word = &draft->tree->from.v[i];
		struct diag *diag;

		if (!name_is_reserved(word->text))
			continue;
		diag = diag_add(r->diags, E_FORWARD_FROM, word->span,
		    "a forward is not from '%s'", word->text);
		diag_help(r->diags, diag,
		    "name the uplink, and the zones that use its address too");
		return false;
	}
	return true;
}

static bool
holds_default_route(const struct resolve *r, size_t index)
{
	const struct host *host = r->sema->host;
	struct endpoint_set zones;

	if (r->policy->zones.v[index].active)
		return r->policy->zones.v[index].present;
	if (!host->active_known || host->active == NULL)
		return false;
	zones = policy_card_zones(r->policy, host->active);
	return endpoint_set_has(&zones, ENDPOINT_OF_ZONE(index));
}

/* Which uplink holds the default route, or zones.n if nobody knows. */
static size_t
default_uplink(const struct resolve *r)
{
	size_t i = 0;

	while (i < r->policy->zones.n && !holds_default_route(r, i))
		i++;
	return i;
}

/* Returns false after an error. */
static bool
check_route(struct resolve *r, const struct forward_draft *draft, size_t index)
{
	size_t route = default_uplink(r);
	endpoint end = ENDPOINT_OF_ZONE(index);
	struct endpoint_set set = {{0, 0}};
	struct diag *diag;

	if (route == r->policy->zones.n || route == index)
		return true;
	endpoint_set_add(&set, end);
	diag = diag_add(r->diags, E_FORWARD_ROUTE,
	    ends_span(r, &draft->pairs.from, &set),
	    "'%s' does not hold the default route",
	    policy_end_name(r->policy, end));
	diag_label(r->diags, diag, r->policy->zones.v[route].span,
	    "'%s' does: the answers would leave by it",
	    r->policy->zones.v[route].name);
	diag_help(r->diags, diag,
	    "forward from the uplink that holds the default route");
	return false;
}

/* Returns false after an error. */
static bool
check_uplink(struct resolve *r, const struct forward_draft *draft, size_t index)
{
	const struct zone *uplink = &r->policy->zones.v[index];
	const char *target = r->policy->zones.v[draft->target_zone].name;
	struct endpoint_set set = {{0, 0}};
	struct diag *diag;

	if (endpoint_set_has(
		&uplink->nat_from, ENDPOINT_OF_ZONE(draft->target_zone)))
		return check_route(r, draft, index);
	endpoint_set_add(&set, ENDPOINT_OF_ZONE(index));
	diag = diag_add(r->diags, E_FORWARD_NAT,
	    ends_span(r, &draft->pairs.from, &set),
	    "zone '%s' does not go out by '%s' with NAT", target, uplink->name);
	diag_label(r->diags, diag, target_span(draft), "the target is in '%s'",
	    target);
	diag_help(r->diags, diag, "add 'nat %s to %s'", target, uplink->name);
	return false;
}

/* A client in the server's own zone: its answer does not pass this host. */
static bool
check_hairpin(struct resolve *r, const struct forward_draft *draft)
{
	struct endpoint_set set = {{0, 0}};
	struct diag *diag;

	endpoint_set_add(&set, ENDPOINT_OF_ZONE(draft->target_zone));
	if (!endpoint_set_has(
		&draft->pairs.from.all, ENDPOINT_OF_ZONE(draft->target_zone)))
		return true;
	diag = diag_add(r->diags, E_FORWARD_HAIRPIN,
	    ends_span(r, &draft->pairs.from, &set),
	    "the target is in zone '%s' itself",
	    r->policy->zones.v[draft->target_zone].name);
	diag_label(r->diags, diag, target_span(draft),
	    "its answers go straight to its neighbours, with its own address");
	diag_help(r->diags, diag,
	    "let the name of the service resolve to this address inside the "
	    "zone");
	return false;
}

/* Returns false after an error. */
static bool
read_from(struct resolve *r, struct forward_draft *draft)
{
	struct pairs *pairs = &draft->pairs;
	struct endpoint_set uplinks;

	if (!check_from_words(r, draft))
		return false;
	resolve_ends(r, &draft->tree->from, &pairs->from);
	if (pairs->from.broken)
		return false;
	uplinks = endpoint_set_intersect(&pairs->from.all, &r->uplinks);
	if (!endpoint_set_empty(&uplinks))
		return true;
	diag_add(r->diags, E_FORWARD_FROM, draft->tree->from.v[0].span,
	    "a forward is from an uplink, and none is named");
	return false;
}

/* Returns false after an error. */
static bool
check_ends(struct resolve *r, struct forward_draft *draft)
{
	struct pairs *pairs = &draft->pairs;
	bool good = check_hairpin(r, draft);

	for (size_t i = 0; i < r->policy->zones.n; i++) {
		endpoint end = ENDPOINT_OF_ZONE(i);

		if (endpoint_set_has(&pairs->from.all, end) &&
		    endpoint_set_has(&r->uplinks, end))
			good &= check_uplink(r, draft, i);
	}
	pairs->from_asked = pairs->from.all;
	endpoint_set_add(
	    &pairs->to_asked, ENDPOINT_OF_ZONE(draft->target_zone));
	return good;
}

/* The ports of one entry.  Returns false after an error. */
static bool
read_ports(struct resolve *r, const struct forward_draft *draft, size_t index,
    struct policy_forward *forward)
{
	const struct ast_forward *tree = draft->tree;
	struct diag *diag;

	if (!resolve_ports(r, &tree->ports.v[index], &forward->outside))
		return false;
	forward->inside = forward->outside;
	if (!tree->has_target_port)
		return true;
	if (!resolve_ports(r, &tree->target_port, &forward->inside))
		return false;
	if (tree->ports.n == 1 &&
	    forward->outside.hi - forward->outside.lo ==
		forward->inside.hi - forward->inside.lo)
		return true;
	if (index > 0)
		return false;
	diag = diag_add(r->diags, E_FORWARD_PORTS, tree->target_port.span,
	    "there are not as many ports here as before");
	diag_label(r->diags, diag,
	    span_join(
		tree->ports.v[0].span, tree->ports.v[tree->ports.n - 1].span),
	    "these are forwarded");
	diag_help(r->diags, diag,
	    "write a port for a port, a range for a range of the same length, "
	    "and a forward for each");
	return false;
}

static service_parts
forward_parts(struct resolve *r, const struct policy_forward *forward)
{
	struct service_part *part = arena_new(r->arena, struct service_part);

	part->protocol = forward->protocol;
	part->families = FAMILY_4;
	part->span = forward->span;
	part->target = port_set_of(
	    r->arena, forward->inside.lo, forward->inside.hi);
	return (service_parts){part, 1, 1};
}

static void
push_forward(struct resolve *r, const struct forward_draft *draft,
    struct policy_forward *forward, struct policy_rule rule)
{
	struct endpoint_set uplinks = endpoint_set_intersect(
	    &rule.from, &r->uplinks);
	struct endpoint_set live = endpoint_set_intersect(&uplinks, &r->live);

	forward->protocol = draft->protocol;
	forward->target = draft->target;
	forward->target_zone = ENDPOINT_OF_ZONE(draft->target_zone);
	forward->span = draft->span;
	rule.parts = forward_parts(r, forward);
	rule.forward = forward;
	rule.has_target = true;
	rule.target = addr_set_of(r->arena, FAMILY_4,
	    (struct addr_range){draft->target, draft->target});
	/* Without the uplink there is no address to forward from. */
	if (endpoint_set_empty(&live))
		rule.from = uplinks;
	if (!resolve_rule_add(r, &rule))
		return;
	forward->from = rule.from;
	vec_push(r->arena, &r->policy->forwards, forward);
}

/* Returns false after an error. */
static bool
read_qualifiers(struct resolve *r, const struct forward_draft *draft,
    struct policy_rule *rule)
{
	struct ast_qualifiers qualifiers = *draft->tree->qualifiers;
	struct diag *diag;
	bool good = true;

	if (qualifiers.has_to) {
		diag = diag_add(r->diags, E_FORWARD_TO, qualifiers.to_span,
		    "a forward has its target already");
		diag_label(r->diags, diag, target_span(draft), "this one");
		qualifiers.has_to = false;
		good = false;
	}
	good &= resolve_qualifiers(r, &qualifiers, &draft->pairs, rule);
	if (good && rule->has_source &&
	    (addr_set_families(&rule->source) & FAMILY_4) == 0) {
		diag_add(r->diags, E_RULE_EMPTY, qualifiers.from_span,
		    "a forward is for IPv4, and these hosts have no IPv4 "
		    "address");
		good = false;
	}
	if (rule->limit != 0 && draft->tree->ports.n > 1)
		diag_add(r->diags, W_LIMIT_COUNTS, qualifiers.limit_span,
		    "this line makes %zu counts, each with this limit",
		    draft->tree->ports.n);
	return good;
}

void
resolve_forward(struct resolve *r, const struct ast_statement *statement)
{
	const struct ast_forward *tree = &statement->u.forward;
	struct forward_draft draft = {.tree = tree, .span = statement->span};
	struct policy_rule rule = {
	    .verdict = VERDICT_ALLOW, .span = statement->span};
	bool good;

	draft.protocol = protocol_of_word(tree->protocol.text);
	good = read_from(r, &draft);
	good &= read_target(r, &draft) && find_target_zone(r, &draft);
	good = good && check_ends(r, &draft);
	draft.pairs.broken = !good;
	good &= read_qualifiers(r, &draft, &rule);
	for (size_t i = 0; i < tree->ports.n; i++) {
		struct policy_forward *forward = arena_new(
		    r->arena, struct policy_forward);

		if (read_ports(r, &draft, i, forward) && good)
			push_forward(r, &draft, forward, rule);
	}
}
