/*
 * Rules of a context in order: a few one by one, many by their addresses.
 */
#include "target/ipfw/lower/many.h"

/* More ranges than this are one table, not a place to cut at. */
#define RANGES_MAX 8
/* Flows of one rule that a table may hold, beside two for each address. */
#define FLOWS_MAX 64

/* Single addresses alone; false as well if there are none. */
static bool
is_single(const struct addr_ranges *ranges)
{
	for (size_t i = 0; i < ranges->n; i++)
		if (addr_compare(ranges->v[i].lo, ranges->v[i].hi) != 0)
			return false;
	return true;
}

static size_t
n_ranges(const struct addr_set *set)
{
	return set->v4.n + set->v6.n;
}

/* Port 0 is what a packet without a port has in a table of flows. */
static size_t
n_ports(const struct port_set *ports)
{
	size_t n = 0;

	for (size_t i = 0; i < ports->n; i++) {
		if (ports->v[i].lo == 0)
			return 0;
		n += ports->v[i].hi - ports->v[i].lo + 1u;
	}
	return n;
}

/* May the rule's flows be told one by one, and are they not too many? */
static bool
is_exact(const struct many_rule *rule)
{
	const struct ir_match *match = &rule->rule->match;
	size_t addresses = n_ranges(&rule->set);
	size_t others = n_ranges(&rule->others);
	size_t flows = n_ports(&match->target_ports) *
	    (others > 0 ? others : 1);

	if ((match->protocol != PROTOCOL_TCP &&
		match->protocol != PROTOCOL_UDP) ||
	    match->source_ports.n != 0 || flows == 0 ||
	    !is_single(&rule->set.v4) || !is_single(&rule->set.v6) ||
	    !is_single(&rule->others.v4) || !is_single(&rule->others.v6))
		return false;
	return flows <= 2 || flows * addresses <= FLOWS_MAX;
}

static struct addr_set
set_of(const struct side *side, enum family families)
{
	return side->has_set ? lower_family(side->set, families)
			     : (struct addr_set){0};
}

bool
many_narrows(const struct ir_rule *rule, bool source)
{
	return source ? rule->match.has_source : rule->match.has_target;
}

/*
 * Is RULE one that can be told by its addresses?  A limit counts in one rule,
 * which cannot be in several places.
 */
static bool
read_rule(const struct many *many, const struct ir_rule *rule,
    struct flow *flow, struct many_rule *out)
{
	const struct side *side, *other;

	if (rule->kind != IR_CONVERSATION || rule->limit != 0 ||
	    !flow_resolve(many->l, rule, many->context, flow) || flow->guarded)
		return false;
	side = many->by_source ? &flow->match.source : &flow->match.target;
	other = many->by_source ? &flow->match.target : &flow->match.source;
	if (!many_narrows(rule, many->by_source) || !side->has_set)
		return false;
	*out = (struct many_rule){.rule = rule};
	out->set = set_of(side, flow->families);
	if (many_narrows(rule, !many->by_source)) {
		out->others = set_of(other, flow->families);
		if (addr_set_empty(&out->others))
			return false;
	}
	out->exact = many->l->flavour->tables && is_exact(out);
	return out->exact || n_ranges(&out->set) <= RANGES_MAX;
}

/* Then a side that no host narrows is the same for both. */
static bool
alike(const struct flow *a, const struct flow *b)
{
	return endpoint_set_equal(&a->from, &b->from) &&
	    endpoint_set_equal(&a->to, &b->to);
}

static size_t
collect_by(struct many *many, const struct ir_rule *const *list, size_t n)
{
	many->rules.n = 0;
	for (size_t i = 0; i < n; i++) {
		struct many_rule rule;
		struct flow flow;

		if (!read_rule(many, list[i], &flow, &rule))
			break;
		if (i == 0)
			many->first = flow;
		else if (!alike(&flow, &many->first))
			break;
		vec_push(many->l->arena, &many->rules, rule);
	}
	return many->rules.n;
}

/* How many rules from LIST on go together; at least FLOWS_MANY, or none. */
static size_t
collect(struct many *many, const struct ir_rule *const *list, size_t n)
{
	if (n < FLOWS_MANY || many->l->level == 0)
		return 0;
	many->by_source = false;
	if (collect_by(many, list, n) >= FLOWS_MANY)
		return many->rules.n;
	many->by_source = true;
	return collect_by(many, list, n) >= FLOWS_MANY ? many->rules.n : 0;
}

/* Which of the rules still stand in a region, in their order. */
static void
put_in_order(const struct many *many, const struct regions *left)
{
	bool *wanted = arena_calloc(
	    many->l->arena, many->rules.n, sizeof(*wanted));

	for (size_t i = 0; i < left->lists.n; i++)
		wanted[left->lists.v[i]] = true;
	for (size_t i = 0; i < many->rules.n; i++)
		if (wanted[i])
			flow_put(many->l, many->rules.v[i].rule, many->context);
}

static size_t
count_left(const struct many *many, const struct regions *left)
{
	bool *seen = arena_calloc(many->l->arena, many->rules.n, sizeof(*seen));
	size_t n = 0;

	for (size_t i = 0; i < left->lists.n; i++) {
		n += !seen[left->lists.v[i]];
		seen[left->lists.v[i]] = true;
	}
	return n;
}

static void
many_put(const struct many *many, const struct ir_rule *const *list)
{
	struct regions regions = {0}, left = {0};

	if (!regions_find(many, &regions)) {
		for (size_t i = 0; i < many->rules.n; i++)
			flow_put(many->l, list[i], many->context);
		return;
	}
	if (many->l->flavour->tables)
		flow_tables_put(many, &regions, &left);
	else
		left = regions;
	if (count_left(many, &left) < FLOWS_MANY)
		put_in_order(many, &left);
	else if (many->l->flavour->tables)
		buckets_put(many, &left);
	else
		tree_put(many, &left);
}

void
flows_put(struct lower *l, const struct context *context,
    const struct ir_rule *const *list, size_t n)
{
	for (size_t i = 0; i < n;) {
		struct many many = {.l = l, .context = context};
		size_t together = collect(&many, list + i, n - i);

		if (together != 0)
			many_put(&many, list + i);
		else
			flow_put(l, list[i], context);
		i += together != 0 ? together : 1;
	}
}
