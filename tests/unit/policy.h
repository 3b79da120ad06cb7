/*
 * For tests of what comes after the syntax tree: a text as a resolved policy,
 * with a small catalogue and with the host facts that the test gives.
 */
#ifndef POLICY_H
#define POLICY_H

#include "grammar/parse.h"
#include "sema/sema.h"
#include "tests/unit/report.h"

struct policy_reading {
	struct reading reading;
	struct catalogue catalogue;
	struct host host;
	struct policy *policy;
};

static const char policy_catalogue[] =
    "protocols: {tcp: 6, udp: 17, gre: 47}\n"
    "icmp: {echo-request: 8}\n"
    "icmp6: {echo-request: 128}\n"
    "services:\n"
    "  dns: {tcp: 53, udp: 53}\n"
    "  http: {tcp: 80}\n"
    "  https: {tcp: 443}\n"
    "  ping: {icmp: echo-request, icmp6: echo-request}\n"
    "  ssh: {tcp: 22}\n"
    "  dhcp-client:\n"
    "    parts:\n"
    "      - {udp: 68, from-ports: 67, family: ipv4, exchange: client,\n"
    "         groups: 255.255.255.255}\n";

static inline void
policy_start(struct policy_reading *p)
{
	struct reading *r = &p->reading;

	reading_start(r);
	memset(&p->host, 0, sizeof(p->host));
	catalogue_init(&p->catalogue, r->arena);
	ck_assert(catalogue_read(&p->catalogue, r->arena, r->syms, &r->sources,
	    reading_add(r, policy_catalogue), &r->diags));
}

/* To be called before the policy is read. */
static inline void
policy_set_host(struct policy_reading *p, const char *facts)
{
	struct reading *r = &p->reading;

	ck_assert(host_read(&p->host, r->arena, r->syms, &r->sources,
	    reading_add(r, facts), &r->diags));
}

/* Resolve TEXT, which EXPECTED says all about that reading_report() would. */
static inline const struct policy *
policy_read(struct policy_reading *p, const char *text, const char *expected)
{
	struct reading *r = &p->reading;
	struct parse parse = {r->arena, r->syms, &r->sources, &r->diags};
	struct ast_file *tree = parse_file(&parse, reading_add(r, text));
	struct sema sema = {
	    .arena = r->arena,
	    .syms = r->syms,
	    .sources = &r->sources,
	    .diags = &r->diags,
	    .catalogue = &p->catalogue,
	    .host = &p->host,
	};

	p->policy = sema_policy(&sema, tree);
	ck_assert_str_eq(reading_report(r), expected);
	return p->policy;
}

static inline void
policy_end(struct policy_reading *p)
{
	reading_end(&p->reading);
}

/* "self lan" */
static inline const char *
policy_ends(const struct policy_reading *p, const struct endpoint_set *set)
{
	struct buf out;

	buf_init(&out, p->reading.arena);
	for (endpoint e = 0; e <= p->policy->zones.n; e++) {
		if (endpoint_set_has(set, e))
			buf_printf(&out, "%s%s", out.n > 0 ? " " : "",
			    policy_end_name(p->policy, e));
	}
	return out.p;
}

/* Prefixes of both families, with blanks between. */
static inline const char *
policy_addresses(const struct policy_reading *p, const struct addr_set *set)
{
	static const enum family families[] = {FAMILY_4, FAMILY_6};
	struct buf out;

	buf_init(&out, p->reading.arena);
	for (size_t i = 0; i < 2; i++) {
		struct prefixes list = addr_set_prefixes(
		    p->reading.arena, set, families[i]);

		for (size_t j = 0; j < list.n; j++) {
			buf_puts(&out, out.n > 0 ? " " : "");
			prefix_format(&out, families[i], list.v[j]);
		}
	}
	return out.p;
}

/* "6/22,80 17/53 1", protocols with their target ports, or "any". */
static inline const char *
policy_parts(const struct policy_reading *p, const struct policy_rule *rule)
{
	struct buf out;

	buf_init(&out, p->reading.arena);
	for (size_t i = 0; i < rule->parts.n; i++) {
		const struct service_part *part = &rule->parts.v[i];

		buf_printf(&out, "%s%d", out.n > 0 ? " " : "", part->protocol);
		if (part->target.n > 0) {
			buf_putc(&out, '/');
			port_set_format(&out, &part->target);
		}
	}
	if (rule->any_service)
		buf_puts(&out, "any");
	return out.p;
}

#endif
