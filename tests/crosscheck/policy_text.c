/*
 * Writing a policy at random.
 */
#include "tests/crosscheck/policy_text.h"

#define ZONES_MAX 7

struct zone_plan {
	char name[8];
	bool uplink, trusted, nated, shares;
	unsigned net; /* 10.NET.0.0/16 */
	bool narrow;  /* 10.NET.66.0/24 on the card of the zone before */
	bool four, six;
	unsigned card;
};

struct plan {
	struct chance *chance;
	const struct policy_shape *shape;
	struct buf *out;
	struct zone_plan zones[ZONES_MAX];
	size_t n, n_uplinks;
};

const char crosscheck_catalogue[] =
    "protocols: {tcp: 6, udp: 17, gre: 47, esp: 50}\n"
    "icmp: {echo-request: 8, echo-reply: 0, unreachable: 3, timestamp: 13}\n"
    "icmp6: {echo-request: 128, echo-reply: 129}\n"
    "services:\n"
    "  dns: {tcp: 53, udp: 53}\n"
    "  http: {tcp: 80}\n"
    "  https: {tcp: 443}\n"
    "  ssh: {tcp: 22}\n"
    "  many: {tcp: [1000-1010, 2000, 2002, 3000-3003], udp: 4000-4100}\n"
    "  ping: {icmp: echo-request, icmp6: echo-request}\n"
    "  ping4: {icmp: echo-request}\n"
    "  ipsec: {udp: 500, proto: esp}\n"
    "  ftp-data: {parts: [{tcp: 1024-65535, from-ports: 20}]}\n"
    "  mdns:\n"
    "    parts: [{udp: 5353, exchange: peer,\n"
    "      groups: [224.0.0.251, \"ff02::fb\"]}]\n"
    "  llmnr:\n"
    "    parts: [{udp: 5355, exchange: server,\n"
    "      groups: [224.0.0.252, \"ff02::1:3\"]}]\n"
    "  netbios-ns:\n"
    "    parts: [{udp: 137, family: ipv4, exchange: peer,\n"
    "      broadcast: true}]\n"
    "  vxlan: {parts: [{udp: 4789, exchange: peer}]}\n"
    "  dhcp-client:\n"
    "    parts:\n"
    "      - {udp: 68, from-ports: 67, family: ipv4, exchange: client,\n"
    "         groups: 255.255.255.255}\n"
    "      - {udp: 546, from-ports: 547, family: ipv6, exchange: client}\n"
    "  dhcp-server:\n"
    "    parts:\n"
    "      - {udp: 67, from-ports: 68, family: ipv4, exchange: server,\n"
    "         groups: 255.255.255.255}\n"
    "      - {udp: 547, from-ports: 546, family: ipv6, exchange: server,\n"
    "         groups: [\"ff02::1:2\"]}\n";

static const char *const services[] = {"ssh", "http", "https", "dns", "ping",
    "ping4", "ipsec", "many", "ftp-data", "tcp 8080", "tcp 20-25, 80", "udp 53",
    "udp 1024-65535", "udp any", "tcp any", "icmp any", "icmp 3", "icmp 13",
    "icmp6 any", "icmp6 128", "icmp6 1", "proto gre", "any", "any",
    "http, https, ssh", "tcp 1-1023, udp 1-1023", "dns, ping, https"};

static const char *const exchanges[] = {
    "dhcp-client", "dhcp-server", "mdns", "netbios-ns", "llmnr", "vxlan"};

static const char *const ports[] = {"22", "80", "443", "8080", "2222"};

#define PICK(plan, list)                                                       \
	((list)[chance_below((plan)->chance, sizeof(list) / sizeof((list)[0]))])

static bool
percent(struct plan *plan, unsigned n)
{
	return chance_percent(plan->chance, n);
}

static void
plan_uplinks(struct plan *plan)
{
	plan->n_uplinks = percent(plan, 25) ? 2 : 1;
	if (percent(plan, 4))
		plan->n_uplinks = 0;
	for (size_t i = 0; i < plan->n_uplinks; i++) {
		struct zone_plan *zone = &plan->zones[plan->n++];

		*zone = (struct zone_plan){.uplink = true, .card = (unsigned)i};
		zone->name[0] = 'u';
		zone->name[1] = (char)('1' + i);
	}
}

static void
plan_inner(struct plan *plan)
{
	struct zone_plan *before = &plan->zones[plan->n == 0 ? 0 : plan->n - 1];
	struct zone_plan *zone = &plan->zones[plan->n];
	bool can_share = plan->n > 0;

	*zone = (struct zone_plan){.net = (unsigned)plan->n};
	zone->name[0] = (char)('a' + plan->n);
	zone->card = (unsigned)plan->n + 1;
	zone->four = !plan->shape->ipv6 || percent(plan, 90);
	zone->six = plan->shape->ipv6 && (!zone->four || percent(plan, 45));
	zone->trusted = percent(plan, 25);
	if (can_share && percent(plan, 20)) {
		zone->card = before->card;
		zone->shares = true;
		zone->narrow = !before->uplink && percent(plan, 70);
		if (zone->narrow) {
			zone->net = before->net;
			zone->four = before->four;
			zone->six = before->six;
		}
	}
	plan->n++;
}

static void
put_nets(struct plan *plan, const struct zone_plan *zone)
{
	struct buf *out = plan->out;
	const char *between = " net ";

	if (zone->four) {
		if (zone->narrow)
			buf_printf(out, " net 10.%u.66.0/24", zone->net);
		else if (percent(plan, 15))
			buf_printf(out, " net 10.%u.0.0/17, 10.%u.128.0/18",
			    zone->net, zone->net);
		else
			buf_printf(out, " net 10.%u.0.0/16", zone->net);
		between = ", ";
	}
	if (zone->six)
		buf_printf(out, "%s2001:db8:%x:%s", between, zone->net,
		    zone->narrow ? "6600::/72" : ":/48");
}

static void
put_zone(struct plan *plan, size_t index)
{
	const struct zone_plan *zone = &plan->zones[index];
	struct buf *out = plan->out;

	buf_printf(out, "zone %s on em%u", zone->name, zone->card);
	if (!zone->uplink && !zone->shares && percent(plan, 10))
		buf_printf(out, ", tap%u", zone->card);
	else if (!zone->uplink && !zone->shares && percent(plan, 10))
		buf_puts(out,
		    plan->shape->long_names && index % 2 ? ", bridge100"
							 : ", vnet*");
	if (!zone->uplink)
		put_nets(plan, zone);
	buf_putc(out, '\n');
}

static void
put_nat(struct plan *plan)
{
	struct buf *out = plan->out;
	bool all = plan->n_uplinks > 1 || percent(plan, 50), some = false;

	if (plan->n_uplinks == 0 || (plan->n_uplinks == 1 && percent(plan, 25)))
		return;
	for (size_t i = plan->n_uplinks; i < plan->n; i++) {
		struct zone_plan *zone = &plan->zones[i];

		zone->nated = zone->four && (all || percent(plan, 50));
		if (zone->nated) {
			buf_printf(
			    out, "%s%s", some ? ", " : "nat ", zone->name);
			some = true;
		}
	}
	if (some)
		buf_printf(
		    out, " to u1%s\n", plan->n_uplinks > 1 ? ", u2" : "");
}

/* An address that may be a machine's, in ZONE or elsewhere. */
static void
put_address(struct plan *plan, const struct zone_plan *zone)
{
	static const char *const far4[] = {"198.51.100.7", "203.0.113.0/24",
	    "203.0.113.128/25", "198.51.100.0-198.51.100.40", "8.8.8.8"};
	static const char *const far6[] = {
	    "2001:db8:bad::/48", "2001:db8:bad::7", "2001:db8:f00::/40"};
	bool six = plan->shape->ipv6 && percent(plan, 30);
	struct buf *out = plan->out;

	if (zone->uplink) {
		buf_puts(out, six ? PICK(plan, far6) : PICK(plan, far4));
		return;
	}
	six = zone->six && (six || !zone->four);
	if (six)
		buf_printf(out, "2001:db8:%x:%s", zone->net,
		    percent(plan, 50) ? "6600::5" : "6600::/73");
	else
		buf_printf(out, "10.%u.66.%s", zone->net,
		    percent(plan, 50)	    ? "5"
			: percent(plan, 50) ? "0/25"
					    : "64/26");
}

static void
put_hosts(struct plan *plan, const char *word, const struct zone_plan *zone)
{
	buf_printf(plan->out, " %s ", word);
	put_address(plan, zone);
	if (percent(plan, 30)) {
		buf_puts(plan->out, ", ");
		put_address(plan,
		    percent(plan, 60)
			? zone
			: &plan->zones[chance_below(plan->chance, plan->n)]);
	}
}

/* The ends of one side of a block. */
struct ends_plan {
	bool self, uplink, trusted; /* named */
	uint64_t zones;		    /* named, by index */
	bool with_self;		    /* named or by "any" */
	const struct zone_plan *first;
};

/* No pair that rules do not decide: self with itself, uplinks, trust. */
static bool
may_stand(
    const struct ends_plan *other, const struct zone_plan *zone, size_t at)
{
	if (other == NULL)
		return true;
	if (zone == NULL)
		return !other->self && !other->trusted;
	return !(zone->uplink && other->uplink) &&
	    !(zone->trusted && (other->self || (other->zones >> at & 1) != 0));
}

/* Names of zones, self and any, such that OTHER and they have rules. */
static void
put_ends(
    struct plan *plan, const struct ends_plan *other, struct ends_plan *ends)
{
	size_t n = 1 + chance_below(plan->chance, 3), put = 0;

	*ends = (struct ends_plan){.self = false};
	for (size_t i = 0; i < 2 * n && put < n; i++) {
		size_t at = chance_below(plan->chance, plan->n + 1);
		const struct zone_plan *zone = at == plan->n ? NULL
							     : &plan->zones[at];

		if ((ends->zones >> at & 1) != 0 || !may_stand(other, zone, at))
			continue;
		ends->zones |= UINT64_C(1) << at;
		buf_printf(plan->out, "%s%s", put++ > 0 ? ", " : "",
		    zone == NULL ? "self" : zone->name);
		if (zone == NULL)
			ends->self = ends->with_self = true;
		else if (ends->first == NULL)
			ends->first = zone;
		ends->uplink |= zone != NULL && zone->uplink;
		ends->trusted |= zone != NULL && zone->trusted;
	}
	if (put > 0 && !percent(plan, 5))
		return;
	buf_puts(plan->out, put > 0 ? ", any" : "any");
	ends->with_self = true;
}

static void
put_rule(struct plan *plan, const struct zone_plan *from,
    const struct zone_plan *to, bool with_self)
{
	unsigned verdict = (unsigned)chance_below(plan->chance, 100);
	bool exchange = with_self && percent(plan, 15);
	struct buf *out = plan->out;

	buf_puts(out,
	    verdict < 68       ? "allow "
		: verdict < 90 ? "deny "
			       : "reject ");
	buf_puts(out, exchange ? PICK(plan, exchanges) : PICK(plan, services));
	if (from != NULL && percent(plan, 25))
		put_hosts(plan, "from", from);
	if (to != NULL && percent(plan, 20))
		put_hosts(plan, "to", to);
	if (percent(plan, 10))
		buf_puts(out, " log");
	if (verdict < 68 && !exchange && percent(plan, 8))
		buf_printf(out, " limit %zu per source",
		    1 + chance_below(plan->chance, 3));
	buf_putc(out, '\n');
}

static void
put_block(struct plan *plan)
{
	struct ends_plan from, to;
	size_t n = 1 + chance_below(plan->chance, 4);

	buf_puts(plan->out, "from ");
	put_ends(plan, NULL, &from);
	buf_puts(plan->out, " to ");
	put_ends(plan, &from, &to);
	buf_puts(plan->out, " {\n");
	for (size_t i = 0; i < n; i++) {
		buf_puts(plan->out, "    ");
		put_rule(plan, from.first, to.first,
		    (from.with_self && from.first == NULL) !=
			(to.with_self && to.first == NULL));
	}
	buf_puts(plan->out, "}\n");
}

static void
put_forward(struct plan *plan)
{
	size_t n = plan->n - plan->n_uplinks;
	const struct zone_plan *zone, *near;
	struct buf *out = plan->out;

	if (n == 0 || plan->n_uplinks == 0)
		return;
	zone = &plan->zones[plan->n_uplinks + chance_below(plan->chance, n)];
	near = &plan->zones[plan->n_uplinks + chance_below(plan->chance, n)];
	if (!zone->nated)
		return;
	buf_printf(out, "forward %s %s from u%zu",
	    percent(plan, 80) ? "tcp" : "udp", PICK(plan, ports),
	    1 + chance_below(plan->chance, plan->n_uplinks));
	if (near != zone && percent(plan, 25))
		buf_printf(out, ", %s", near->name);
	buf_printf(out, " to 10.%u.66.%u", zone->net,
	    5 + (unsigned)chance_below(plan->chance, 3));
	if (percent(plan, 40))
		buf_printf(out, " port %s", PICK(plan, ports));
	if (percent(plan, 20))
		put_hosts(plan, "from", &plan->zones[0]);
	buf_putc(out, '\n');
}

static void
put_options(struct plan *plan)
{
	struct buf *out = plan->out;

	if (percent(plan, 12))
		buf_puts(out, "option pickup on\n");
	if (percent(plan, 8))
		buf_puts(out, "option lifeline 198.51.100.7, 10.2.66.5\n");
	if (percent(plan, 10) && plan->n > plan->n_uplinks)
		buf_printf(out, "option verrevpath %s\n",
		    plan->zones[plan->n_uplinks].name);
}

static void
put_default(struct plan *plan)
{
	unsigned which = (unsigned)chance_below(plan->chance, 100);

	if (which < 15)
		buf_puts(plan->out, "default allow");
	else if (which < 25)
		buf_puts(plan->out, "default reject");
	else
		buf_puts(plan->out, "default deny");
	buf_puts(plan->out, percent(plan, 30) ? " log\n" : "\n");
}

/* The cards of a zone, as a host might have them. */
static void
put_cards(struct plan *plan, const struct zone_plan *zone, struct buf *facts)
{
	bool whole = percent(plan, 60);

	if (zone->shares)
		return;
	buf_printf(facts, "  em%u:\n    addresses: [", zone->card);
	if (zone->uplink)
		buf_printf(facts, "192.0.2.%u/24, \"2001:db8:ffff:%x::10/64\"",
		    10 + zone->card, zone->card);
	if (zone->four)
		buf_printf(
		    facts, "10.%u.%s", zone->net, whole ? "0.1/17" : "3.1/24");
	if (zone->six)
		buf_printf(facts, "%s\"2001:db8:%x::1/64\"",
		    zone->four ? ", " : "", zone->net);
	buf_puts(facts, "]\n");
}

/* Some hosts lack a card, and some have more of a pattern than one. */
static void
put_facts(struct plan *plan, struct buf *facts)
{
	buf_puts(facts,
	    "interfaces:\n  lo0:\n    addresses: "
	    "[127.0.0.1/8, \"::1/128\"]\n");
	for (size_t i = 0; i < plan->n; i++)
		if (percent(plan, 92))
			put_cards(plan, &plan->zones[i], facts);
	if (percent(plan, 50))
		buf_puts(facts,
		    "  vnet0:\n    addresses: []\n"
		    "  vnet7:\n    addresses: []\n");
	if (plan->n_uplinks == 1 && percent(plan, 50))
		buf_puts(facts, "default-route: em0\n");
}

void
policy_text(struct chance *chance, const struct policy_shape *shape,
    struct buf *out, struct buf *facts)
{
	struct plan plan = {.chance = chance, .shape = shape, .out = out};
	size_t inner = chance_below(chance, 5);
	size_t blocks = 1 + chance_below(chance, 5);

	plan_uplinks(&plan);
	for (size_t i = 0; i < inner || plan.n == 0; i++)
		plan_inner(&plan);
	for (size_t i = 0; i < plan.n; i++)
		put_zone(&plan, i);
	for (size_t i = 0; i < plan.n; i++)
		if (plan.zones[i].trusted)
			buf_printf(out, "trust %s\n", plan.zones[i].name);
	put_nat(&plan);
	put_options(&plan);
	for (size_t i = 0; i < blocks; i++) {
		if (percent(&plan, 20))
			put_forward(&plan);
		put_block(&plan);
	}
	put_default(&plan);
	put_facts(&plan, facts);
}
