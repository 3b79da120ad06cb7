/*
 * A kind is a hash of what each condition says of the value.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/alter/kinds.h"

#define KINDS_MAX 1024

struct kinds {
	uint64_t v[KINDS_MAX];
	size_t n;
};

static uint64_t
mix(uint64_t kind, uint64_t value)
{
	return (kind ^ value) * UINT64_C(1099511628211) + 7;
}

static bool
is_new(struct kinds *kinds, uint64_t kind)
{
	for (size_t i = 0; i < kinds->n; i++)
		if (kinds->v[i] == kind)
			return false;
	if (kinds->n == KINDS_MAX)
		abort();
	kinds->v[kinds->n++] = kind;
	return true;
}

static bool
in_range(struct addr addr, struct addr_range range)
{
	return addr_compare(range.lo, addr) <= 0 &&
	    addr_compare(addr, range.hi) <= 0;
}

/* A condition on the source for the kinds of sources, else on the target. */
static bool
is_about(const struct ipfw_insn *insn, enum side side)
{
	bool source = insn->op == IPFW_SRC || insn->op == IPFW_SRC_PORTS;
	bool target = insn->op == IPFW_DST || insn->op == IPFW_DST_PORTS;

	return side == SIDE_SOURCE ? source : target;
}

static uint64_t
by_prefixes(const struct ipfw_insn *insn, enum family family, struct addr addr,
    uint64_t kind)
{
	bool in = false;

	for (size_t i = 0; i < insn->n_prefixes; i++)
		in |= insn->family == family &&
		    in_range(
			addr, prefix_range(insn->family, insn->prefixes[i]));
	return mix(kind, in);
}

static uint64_t
by_ports(const struct ipfw_insn *insn, uint16_t port, uint64_t kind)
{
	bool in = false;

	for (size_t i = 0; i < insn->n_ports; i++)
		in |= port >= insn->ports[i].lo && port <= insn->ports[i].hi;
	return mix(kind, in);
}

static uint64_t
by_types(const struct ipfw_insn *insn, unsigned type, uint64_t kind)
{
	if (insn->op != IPFW_ICMPTYPES && insn->op != IPFW_ICMP6TYPES)
		return kind;
	return mix(kind, insn->types[type / 64] >> type % 64 & 1);
}

static uint64_t
by_table(const struct ipfw_table *table, enum family family, struct addr addr,
    uint64_t kind)
{
	for (size_t i = 0; i < table->entries.n; i++) {
		const struct ipfw_table_entry *entry = &table->entries.v[i];
		struct addr_range range;
		enum family of;
		int length;

		if (addr_parse(entry->key, strlen(entry->key), &of, &range,
			&length) == ADDR_OK &&
		    of == family && in_range(addr, range))
			kind = mix(kind, entry->value + 1);
	}
	return mix(kind, 0);
}

static uint64_t
address_kind(const struct ipfw_ruleset *ruleset, enum side side,
    enum family family, struct addr addr, uint64_t kind)
{
	for (size_t i = 0; i < ruleset->rules.n; i++)
		for (size_t j = 0; j < ruleset->rules.v[i].insns.n; j++) {
			const struct ipfw_insn *insn =
			    &ruleset->rules.v[i].insns.v[j];

			if (is_about(insn, side))
				kind = by_prefixes(insn, family, addr, kind);
		}
	for (size_t i = 0; i < ruleset->tables.n; i++)
		kind = by_table(&ruleset->tables.v[i], family, addr, kind);
	for (size_t i = 0; i < ruleset->nats.n; i++)
		for (size_t j = 0; j < ruleset->nats.v[i].redirects.n; j++)
			kind = mix(kind,
			    addr_compare(addr,
				ruleset->nats.v[i].redirects.v[j].target) == 0);
	return kind;
}

static uint64_t
redirect_kind(const struct ipfw_redirect *r, uint16_t port, uint64_t kind)
{
	kind = mix(kind, port >= r->outside.lo && port <= r->outside.hi);
	return mix(kind, port >= r->inside.lo && port <= r->inside.hi);
}

static uint64_t
port_kind(const struct ipfw_ruleset *ruleset, enum side side, uint16_t port,
    uint64_t kind)
{
	for (size_t i = 0; i < ruleset->rules.n; i++)
		for (size_t j = 0; j < ruleset->rules.v[i].insns.n; j++) {
			const struct ipfw_insn *insn =
			    &ruleset->rules.v[i].insns.v[j];

			if (is_about(insn, side))
				kind = by_ports(insn, port, kind);
		}
	for (size_t i = 0; i < ruleset->nats.n; i++)
		for (size_t j = 0; j < ruleset->nats.v[i].redirects.n; j++)
			kind = redirect_kind(
			    &ruleset->nats.v[i].redirects.v[j], port, kind);
	return kind;
}

static uint64_t
type_kind(const struct ipfw_ruleset *ruleset, unsigned type, uint64_t kind)
{
	for (size_t i = 0; i < ruleset->rules.n; i++)
		for (size_t j = 0; j < ruleset->rules.v[i].insns.n; j++)
			kind = by_types(
			    &ruleset->rules.v[i].insns.v[j], type, kind);
	return kind;
}

/* Each address of this host is a kind of its own. */
size_t
kinds_fold_addresses(const struct scene *scene,
    const struct ipfw_ruleset *other, enum side side, enum family family,
    struct addr *v, size_t n)
{
	struct kinds kinds = {.n = 0};
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t kind = address_kind(
		    scene->ruleset, side, family, v[i], 1);

		kind = address_kind(other, side, family, v[i], kind);
		if (addr_set_contains(&scene->locality.local, family, v[i]))
			kind = mix(mix(kind, v[i].hi), v[i].lo);
		if (is_new(&kinds, kind))
			v[kept++] = v[i];
	}
	return kept;
}

size_t
kinds_fold_ports(const struct ipfw_ruleset *one,
    const struct ipfw_ruleset *other, enum side side, uint16_t *v, size_t n)
{
	struct kinds kinds = {.n = 0};
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (is_new(&kinds,
			port_kind(
			    other, side, v[i], port_kind(one, side, v[i], 1))))
			v[kept++] = v[i];
	return kept;
}

void
kinds_of_types(const struct ipfw_ruleset *one, const struct ipfw_ruleset *other,
    bool types[256])
{
	struct kinds kinds = {.n = 0};

	for (unsigned i = 0; i < 256; i++) {
		uint64_t kind = type_kind(other, i, type_kind(one, i, 1));

		if (i == 0 || i == 8 || i == 128 || i == 129)
			kind = mix(kind, i);
		types[i] = is_new(&kinds, kind);
	}
}
