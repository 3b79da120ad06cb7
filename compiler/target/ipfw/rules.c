/*
 * The ruleset as lines of a rules file: tables first, since a rule that names
 * an unknown table makes an empty one, then NAT, since a packet that meets a
 * missing instance is lost.
 */
#include <assert.h>
#include <string.h>

#include "base/digest.h"
#include "target/ipfw/lower/lower.h"
#include "target/ipfw/names.h"
#include "target/ipfw/rules.h"
#include "target/ipfw/text/write.h"

static void
write_create(struct buf *out, const struct ipfw_table *table)
{
	buf_printf(out, "table %s create type %s", table->name,
	    ipfw_name_of(ipfw_table_types, table->type));
	if (table->flow != NULL)
		buf_printf(out, ":%s", table->flow);
	if (table->options != NULL)
		buf_printf(out, " %s", table->options);
	buf_putc(out, '\n');
}

/*
 * `table add` takes several keys at once if each has a value; a key without
 * one has 0.
 */
static void
write_entries(struct buf *out, const struct ipfw_table *table)
{
	struct buf entry;
	size_t start = 0;

	buf_init(&entry, out->arena);
	for (size_t i = 0; i < table->entries.n; i++) {
		const struct ipfw_table_entry *e = &table->entries.v[i];

		buf_reset(&entry);
		buf_putc(&entry, ' ');
		buf_puts(&entry, e->key);
		buf_putc(&entry, ' ');
		buf_put_number(&entry, e->has_value ? e->value : 0);
		if (i > 0 && out->n - start + entry.n >= IPFW_LINE_MAX)
			buf_putc(out, '\n');
		if (i == 0 || out->p[out->n - 1] == '\n') {
			start = out->n;
			buf_printf(out, "table %s add", table->name);
		}
		buf_write(out, entry.p, entry.n);
	}
	if (table->entries.n > 0)
		buf_putc(out, '\n');
}

static void
write_nat(struct buf *out, const struct ipfw_nat *nat)
{
	buf_printf(out, "nat %u config ", (unsigned)nat->id);
	ipfw_nat_config(out, nat);
	buf_putc(out, '\n');
}

static void
write_rule(struct buf *out, const struct ipfw_rule *rule,
    const struct ipfw_flavour *flavour, int set)
{
	size_t start = out->n;

	ipfw_write_add(out, rule,
	    rule->set == IPFW_SET_MAX ? IPFW_SET_MAX : set, flavour->comments);
	buf_putc(out, '\n');
	assert(out->n - start <= IPFW_LINE_MAX);
}

static void
write_all_but_rules(struct buf *out, const struct ipfw_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->tables.n; i++) {
		write_create(out, &ruleset->tables.v[i]);
		write_entries(out, &ruleset->tables.v[i]);
	}
	for (size_t i = 0; i < ruleset->nats.n; i++)
		if (ruleset->nats.v[i].kernel)
			write_nat(out, &ruleset->nats.v[i]);
}

void
ipfw_rules_write(struct buf *out, const struct ipfw_ruleset *ruleset,
    const struct ipfw_flavour *flavour, int set)
{
	for (size_t i = 0; i < ruleset->nats.n; i++)
		assert(ipfw_nat_fits(out->arena, &ruleset->nats.v[i]));
	write_all_but_rules(out, ruleset);
	for (size_t i = 0; i < ruleset->rules.n; i++)
		write_rule(out, &ruleset->rules.v[i], flavour, set);
}

static bool
is_last_anchor(const struct ipfw_rule *rule)
{
	return rule->number == ANCHOR_ALLOW && rule->verb == IPFW_ALLOW;
}

/* The text is digested piece by piece, and none of it is kept. */
static uint64_t
digest_piece(uint64_t digest, struct buf *text)
{
	digest = digest_add(digest, text->p, text->n);
	buf_reset(text);
	return digest;
}

const char *
ipfw_rules_digest(struct arena *arena, const struct ipfw_ruleset *ruleset,
    const struct ipfw_flavour *flavour)
{
	uint64_t digest = DIGEST_START;
	struct buf text, hex;

	buf_init(&text, arena);
	buf_init(&hex, arena);
	write_all_but_rules(&text, ruleset);
	for (size_t i = 0; i < ruleset->nats.n; i++)
		if (!ruleset->nats.v[i].kernel)
			write_nat(&text, &ruleset->nats.v[i]);
	for (size_t i = 0; i < ruleset->rules.n; i++) {
		struct ipfw_rule rule = ruleset->rules.v[i];

		if (is_last_anchor(&rule))
			rule.comment = NULL;
		write_rule(&text, &rule, flavour, -1);
		digest = digest_piece(digest, &text);
	}
	digest_format(&hex, digest_piece(digest, &text));
	return hex.p;
}

void
ipfw_rules_sign(struct arena *arena, struct ipfw_ruleset *ruleset,
    const struct ipfw_flavour *flavour)
{
	const char *comment;

	if (!flavour->comments)
		return;
	comment = arena_printf(
	    arena, "akin %s", ipfw_rules_digest(arena, ruleset, flavour));
	for (size_t i = 0; i < ruleset->rules.n; i++)
		if (is_last_anchor(&ruleset->rules.v[i]))
			ruleset->rules.v[i].comment = comment;
}
