/*
 * The settings and modules that a ruleset needs.
 */
#include "target/ipfw/needs.h"

#define FW "net.inet.ip.fw."

/*
 * An idle conversation through NAT must outlive a long silence, for what ipfw
 * sends to keep it alive does not pass the NAT.
 */
#define ACK_LIFETIME 7200
/* Older kernels have 4,096, which a port scan fills. */
#define STATES 16384

static bool
has_verb(const struct ipfw_ruleset *ruleset, enum ipfw_verb verb)
{
	for (size_t i = 0; i < ruleset->rules.n; i++)
		if (ruleset->rules.v[i].verb == verb)
			return true;
	return false;
}

static bool
is_stateful(const struct ipfw_rule *rule)
{
	for (size_t i = 0; i < rule->insns.n; i++)
		if (rule->insns.v[i].op == IPFW_KEEP_STATE ||
		    rule->insns.v[i].op == IPFW_LIMIT)
			return true;
	return false;
}

static bool
has_states(const struct ipfw_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->rules.n; i++)
		if (is_stateful(&ruleset->rules.v[i]))
			return true;
	return false;
}

static bool
has_log(const struct ipfw_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->rules.n; i++)
		if (ruleset->rules.v[i].log)
			return true;
	return false;
}

static bool
has_nat(const struct ipfw_ruleset *ruleset, bool kernel)
{
	for (size_t i = 0; i < ruleset->nats.n; i++)
		if (ruleset->nats.v[i].kernel == kernel)
			return true;
	return false;
}

static void
want(struct arena *arena, ipfw_settings *list, const char *name, uint32_t value,
    bool exactly)
{
	struct ipfw_setting setting = {name, value, exactly};

	vec_push(arena, list, setting);
}

/*
 * With one_pass a packet is accepted as soon as nat or reass is done with it.
 * A segment that the card is to cut cannot be translated by the kernel.
 */
static void
add_before(struct arena *arena, const struct ipfw_ruleset *ruleset,
    ipfw_settings *list)
{
	bool kernel = has_nat(ruleset, true);

	if (has_verb(ruleset, IPFW_NAT) || has_verb(ruleset, IPFW_REASS))
		want(arena, list, FW "one_pass", 0, true);
	if (kernel)
		want(arena, list, "net.inet.tcp.tso", 0, true);
	if (has_log(ruleset))
		want(arena, list, FW "verbose", 1, false);
	if (has_states(ruleset))
		want(arena, list, FW "dyn_max", STATES, false);
	if (kernel || has_nat(ruleset, false))
		want(arena, list, FW "dyn_ack_lifetime", ACK_LIFETIME, false);
}

/*
 * A firewall that is off is turned on when its rules are in force, not before,
 * and nothing is forwarded by what was there before them.
 */
static void
add_after(struct arena *arena, const struct ipfw_needs_request *request,
    ipfw_settings *list)
{
	want(arena, list, FW "enable", 1, false);
	if (request->flavour->ipv6)
		want(arena, list, "net.inet6.ip6.fw.enable", 1, false);
	if (request->forwards4)
		want(arena, list, "net.inet.ip.forwarding", 1, false);
	if (request->forwards6)
		want(arena, list, "net.inet6.ip6.forwarding", 1, false);
}

struct ipfw_needs
ipfw_needs(struct arena *arena, const struct ipfw_needs_request *request)
{
	const struct ipfw_ruleset *ruleset = request->ruleset;
	bool modules = request->flavour->modules;
	struct ipfw_needs needs = {0};

	if (modules && has_nat(ruleset, false))
		vec_push(arena, &needs.modules, "ipdivert");
	if (modules && has_nat(ruleset, true))
		vec_push(arena, &needs.modules, "ipfw_nat");
	add_before(arena, ruleset, &needs.before);
	add_after(arena, request, &needs.after);
	return needs;
}
