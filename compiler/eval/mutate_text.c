/*
 * A mutation in words.
 */
#include "eval/mutate.h"
#include "eval/packet.h"

/* As a prefix, if it is one. */
static void
put_range(struct buf *out, enum family family, struct addr_range range)
{
	struct addr_set set = addr_set_of(out->arena, family, range);
	struct prefixes list = addr_set_prefixes(out->arena, &set, family);

	if (list.n == 1) {
		prefix_format(out, family, list.v[0]);
		return;
	}
	addr_format(out, family, range.lo);
	buf_putc(out, '-');
	addr_format(out, family, range.hi);
}

static void
put_hosts(struct buf *out, const struct addr_set *set, size_t item)
{
	if (item < set->v4.n)
		put_range(out, FAMILY_4, set->v4.v[item]);
	else
		put_range(out, FAMILY_6, set->v6.v[item - set->v4.n]);
}

static void
put_protocol(struct buf *out, const struct service_part *part)
{
	if (part->protocol == PROTOCOL_ANY)
		buf_puts(out, "any protocol");
	else
		packet_write_protocol(out, (unsigned)part->protocol);
}

static void
put_part(struct buf *out, const struct service_part *part)
{
	put_protocol(out, part);
	if (part->target.n == 0)
		return;
	buf_putc(out, ' ');
	port_set_format(out, &part->target);
}

static void
put_ports(
    struct buf *out, const struct service_part *part, const struct mutation *m)
{
	struct port_range range = part->target.v[m->item];

	put_protocol(out, part);
	buf_printf(out, " %u", range.lo);
	if (range.hi != range.lo)
		buf_printf(out, "-%u", range.hi);
}

static const char *
kind_text(enum mutation_kind kind)
{
	switch (kind) {
	case MUTATE_DELETE:
		return "deleted";
	case MUTATE_ALLOW:
		return "allowed";
	case MUTATE_ANY_SOURCE:
		return "from any address";
	case MUTATE_ANY_TARGET:
		return "to any address";
	case MUTATE_ANY_FROM:
		return "from any zone";
	case MUTATE_ANY_TO:
		return "to any zone";
	case MUTATE_ANY_PORT:
		return "any ";
	case MUTATE_NO_PORTS:
	case MUTATE_NO_TYPE:
	case MUTATE_NO_PART:
		return "without ";
	case MUTATE_LESS_SOURCE:
	case MUTATE_NO_FROM:
		return "not from ";
	case MUTATE_LESS_TARGET:
	case MUTATE_NO_TO:
		return "not to ";
	case MUTATE_NO_IPV4:
		return "not for IPv4";
	case MUTATE_NO_IPV6:
		return "not for IPv6";
	case MUTATE_DEFAULT:
		return "default ";
	}
	return "";
}

static void
put_item(struct buf *out, const struct policy *policy, const struct mutation *m)
{
	const struct policy_rule *rule = &policy->rules.v[m->rule];

	switch (m->kind) {
	case MUTATE_ANY_PORT:
		put_protocol(out, &rule->parts.v[m->part]);
		break;
	case MUTATE_NO_PORTS:
		put_ports(out, &rule->parts.v[m->part], m);
		break;
	case MUTATE_NO_TYPE:
		put_protocol(out, &rule->parts.v[m->part]);
		buf_printf(out, " %zu", m->item);
		break;
	case MUTATE_NO_PART:
		put_part(out, &rule->parts.v[m->part]);
		break;
	case MUTATE_LESS_SOURCE:
		put_hosts(out, &rule->source, m->item);
		break;
	case MUTATE_LESS_TARGET:
		put_hosts(out, &rule->target, m->item);
		break;
	case MUTATE_NO_FROM:
	case MUTATE_NO_TO:
		buf_puts(out, policy_end_name(policy, (endpoint)m->item));
		break;
	case MUTATE_DEFAULT:
		buf_puts(
		    out, policy->fallback == VERDICT_ALLOW ? "deny" : "allow");
		break;
	case MUTATE_DELETE:
	case MUTATE_ALLOW:
	case MUTATE_ANY_SOURCE:
	case MUTATE_ANY_TARGET:
	case MUTATE_ANY_FROM:
	case MUTATE_ANY_TO:
	case MUTATE_NO_IPV4:
	case MUTATE_NO_IPV6:
		break;
	}
}

const char *
mutation_text(struct arena *arena, const struct policy *policy,
    const struct mutation *mutation)
{
	struct buf out;

	buf_init(&out, arena);
	buf_puts(&out, kind_text(mutation->kind));
	put_item(&out, policy, mutation);
	return out.p;
}
