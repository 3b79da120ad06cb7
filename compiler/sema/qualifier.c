/*
 * What stands behind the services of a rule or the target of a forward.
 */
#include <string.h>

#include "sema/resolve.h"

#define LIMIT_MAX 65534
#define TEXT_MAX 60
#define NAMES_SHOWN 4

static bool
has_addresses_of(struct resolve *r, struct hosts_value *hosts, size_t zone)
{
	endpoint end = ENDPOINT_OF_ZONE(zone);

	if (r->zone_work[zone].nets_broken)
		return true;
	if (!endpoint_set_has(&hosts->compared, end)) {
		endpoint_set_add(&hosts->compared, end);
		if (addr_set_overlaps(
			&r->policy->zones.v[zone].own, &hosts->set))
			endpoint_set_add(&hosts->met, end);
	}
	return endpoint_set_has(&hosts->met, end);
}

/* The ends of ASKED that can have one of HOSTS.  This host can have any. */
static struct endpoint_set
ends_met(struct resolve *r, struct hosts_value *hosts,
    const struct endpoint_set *asked)
{
	struct endpoint_set met = *asked;

	for (size_t i = 0; i < r->policy->zones.n; i++) {
		endpoint end = ENDPOINT_OF_ZONE(i);

		if (endpoint_set_has(asked, end) &&
		    !has_addresses_of(r, hosts, i))
			endpoint_set_remove(&met, end);
	}
	return met;
}

/* "'lan'", "'lan', 'dmz' and 3 more" */
static const char *
end_names(const struct resolve *r, const struct endpoint_set *set)
{
	size_t n = 0;
	struct buf text;

	buf_init(&text, r->arena);
	for (endpoint e = 0; e <= r->policy->zones.n; e++) {
		if (!endpoint_set_has(set, e))
			continue;
		if (n < NAMES_SHOWN)
			buf_printf(&text, "%s'%s'", n == 0 ? "" : ", ",
			    policy_end_name(r->policy, e));
		n++;
	}
	if (n > NAMES_SHOWN)
		buf_printf(&text, " and %zu more", n - NAMES_SHOWN);
	return text.p;
}

/* What "any" stands for may well have none of the hosts. */
static void
warn_outside(struct resolve *r, struct span span, const struct ends *ends,
    const struct endpoint_set *asked, const struct endpoint_set *met)
{
	struct endpoint_set missed = {{0, 0}};
	struct diag *diag;

	for (endpoint e = 1; e <= r->policy->zones.n; e++) {
		if (endpoint_set_has(&ends->named, e) &&
		    endpoint_set_has(asked, e) && !endpoint_set_has(met, e))
			endpoint_set_add(&missed, e);
	}
	if (endpoint_set_empty(&missed))
		return;
	diag = diag_add(r->diags, W_HOSTS_OUTSIDE, span,
	    "none of these hosts is in %s: the rule leaves it out",
	    end_names(r, &missed));
	diag_label(r->diags, diag, ends_span(r, ends, &missed), "named here");
}

/*
 * What leaves by an uplink may be for any address, but for those of inner
 * zones, and no card of an absent one takes its own.
 */
static void
leave_absent_out(struct resolve *r, struct hosts_value *hosts,
    const struct endpoint_set *to, struct addr_set *targets)
{
	bool outwards = false;

	for (size_t i = 0; i < r->policy->zones.n; i++)
		outwards = outwards ||
		    (r->policy->zones.v[i].role == ZONE_UPLINK &&
			endpoint_set_has(to, ENDPOINT_OF_ZONE(i)));
	for (size_t i = 0; outwards && i < r->policy->zones.n; i++) {
		const struct zone *zone = &r->policy->zones.v[i];

		if (zone->role == ZONE_INNER && !zone->present &&
		    has_addresses_of(r, hosts, i))
			*targets = addr_set_subtract(
			    r->arena, targets, &zone->own);
	}
}

/*
 * The hosts of LIST, which narrow the ends of *ASKED; those that have none of
 * them leave it.  Returns false after an error.
 */
static bool
narrow(struct resolve *r, const ast_hosts *list, struct span span,
    const struct ends *ends, struct endpoint_set *asked, struct addr_set *out)
{
	struct hosts_value own, *hosts = resolve_hosts_list(r, list, &own);
	struct endpoint_set met;
	struct diag *diag;

	*out = hosts->set;
	if (hosts->broken)
		return false;
	if (endpoint_set_empty(asked))
		return true;
	met = ends_met(r, hosts, asked);
	if (endpoint_set_empty(&met)) {
		diag = diag_add(r->diags, E_HOSTS_OUTSIDE, span,
		    "none of these hosts is in %s", end_names(r, asked));
		diag_help(r->diags, diag,
		    "the rule would never match: compare the addresses with "
		    "the nets of the zone");
		return false;
	}
	warn_outside(r, span, ends, asked, &met);
	leave_absent_out(r, hosts, &met, out);
	*asked = met;
	return true;
}

static bool
check_text(struct resolve *r, const struct ast_word *word, const char *what)
{
	size_t length = strlen(word->text);
	const char *fault = NULL;
	struct diag *diag;

	if (length == 0)
		fault = "is empty";
	else if (length > TEXT_MAX)
		fault = "is too long";
	else if (strchr(word->text, '#') != NULL)
		fault = "holds a '#'";
	for (size_t i = 0; i < length && fault == NULL; i++) {
		if (word->text[i] < ' ' || word->text[i] > '~')
			fault = "is not plain ASCII";
	}
	if (fault == NULL)
		return true;
	diag = diag_add(
	    r->diags, E_LABEL, word->span, "this %s %s", what, fault);
	diag_help(r->diags, diag,
	    "it goes into the ruleset: at most %d printable ASCII characters, "
	    "and no '#', where ipfw cuts a line",
	    TEXT_MAX);
	return false;
}

static bool
read_texts(struct resolve *r, const struct ast_qualifiers *qualifiers,
    struct policy_rule *rule)
{
	bool good = true;

	if (qualifiers->label != NULL) {
		good &= check_text(r, qualifiers->label, "label");
		rule->label = qualifiers->label->text;
		map_put(&r->labels, rule->label, r);
	}
	if (qualifiers->comment != NULL) {
		good &= check_text(r, qualifiers->comment, "comment");
		rule->comment = qualifiers->comment->text;
	}
	return good;
}

static bool
read_limit(struct resolve *r, const struct ast_qualifiers *qualifiers,
    struct policy_rule *rule)
{
	struct diag *diag;

	if (qualifiers->limit == NULL)
		return true;
	if (rule->verdict != VERDICT_ALLOW) {
		diag = diag_add(r->diags, E_LIMIT, qualifiers->limit_span,
		    "only 'allow' takes a limit");
		diag_help(r->diags, diag,
		    "write the limit at the 'allow': what is over it is "
		    "denied");
		return false;
	}
	if (!resolve_number(qualifiers->limit->text, LIMIT_MAX, &rule->limit) ||
	    rule->limit == 0) {
		diag_add(r->diags, E_LIMIT, qualifiers->limit->span,
		    "a limit is a number from 1 to %d", LIMIT_MAX);
		return false;
	}
	return true;
}

static bool
read_hosts(struct resolve *r, const struct ast_qualifiers *qualifiers,
    const struct pairs *pairs, struct policy_rule *rule)
{
	bool good = true;

	/* What an unknown zone would have had nobody can say. */
	if (!pairs->broken) {
		rule->from = pairs->from_asked;
		rule->to = pairs->to_asked;
	}
	rule->has_source = qualifiers->has_from;
	rule->has_target = qualifiers->has_to;
	if (qualifiers->has_from)
		good &= narrow(r, &qualifiers->from, qualifiers->from_span,
		    &pairs->from, &rule->from, &rule->source);
	if (qualifiers->has_to)
		good &= narrow(r, &qualifiers->to, qualifiers->to_span,
		    &pairs->to, &rule->to, &rule->target);
	return good;
}

bool
resolve_qualifiers(struct resolve *r, const struct ast_qualifiers *qualifiers,
    const struct pairs *pairs, struct policy_rule *rule)
{
	bool good = read_texts(r, qualifiers, rule);

	good &= read_limit(r, qualifiers, rule);
	good &= read_hosts(r, qualifiers, pairs, rule);
	rule->log = qualifiers->log;
	return good;
}
