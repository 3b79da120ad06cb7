/*
 * The tests of a policy: packets between ends, resolved and checked as far as
 * the text goes.  Running them is the evaluator's work.
 */
#include <string.h>

#include "sema/resolve.h"

#define PORT_MAX 65535
#define PROTOCOL_MAX 255
#define SECONDS_MAX (24 * 60 * 60)
#define FLAG_LETTERS "SAFRPUEW"

static bool
read_end_zone(
    struct resolve *r, const struct ast_word *word, struct test_end *out)
{
	const struct definition *definition;

	out->end = ENDPOINT_SELF;
	if (strcmp(word->text, "self") == 0)
		return true;
	if (name_is_reserved(word->text)) {
		diag_add(r->diags, E_WRONG_KIND, word->span,
		    "a packet is from one zone to one, and '%s' is not a zone",
		    word->text);
		return false;
	}
	definition = resolve_zone_name(r, word);
	if (definition == NULL || definition->index >= r->policy->zones.n)
		return false;
	out->end = ENDPOINT_OF_ZONE(definition->index);
	if (policy_zone(r->policy, out->end)->role != ZONE_LOOPBACK)
		return true;
	diag_add(r->diags, E_LOOPBACK, word->span,
	    "zone '%s' is loopback, which is always open", word->text);
	return false;
}

/* Every zone with IPv6 has addresses of the link as well. */
static bool
is_neighbour(const struct zone *zone, const struct test_end *end)
{
	return end->family == FAMILY_6 && zone->nets.v6.n != 0 &&
	    end->address.hi >> 54 == 0xfe80 >> 6;
}

static bool
check_own(
    struct resolve *r, const struct ast_word *word, const struct test_end *end)
{
	const struct zone *zone;
	struct diag *diag;

	if (end->end == ENDPOINT_SELF)
		return true;
	zone = policy_zone(r->policy, end->end);
	if (r->zone_work[ENDPOINT_ZONE(end->end)].nets_broken ||
	    is_neighbour(zone, end) ||
	    addr_set_contains(&zone->own, end->family, end->address))
		return true;
	diag = diag_add(r->diags, E_TEST_ADDRESS, word->span,
	    "%s is not an address of zone '%s'", word->text, zone->name);
	diag_label(r->diags, diag, zone->span, "zone '%s'", zone->name);
	return false;
}

static bool
read_end_address(
    struct resolve *r, const struct ast_word *word, struct test_end *out)
{
	struct addr_range range;

	if (!address_read(r->diags, word->text, strlen(word->text), word->span,
		&out->family, &range))
		return false;
	if (addr_compare(range.lo, range.hi) != 0) {
		diag_add(r->diags, E_TEST_ADDRESS, word->span,
		    "a packet has one address, and '%s' is more", word->text);
		return false;
	}
	out->has_address = true;
	out->address = range.lo;
	return true;
}

static bool
read_end_port(
    struct resolve *r, const struct ast_word *word, struct test_end *out)
{
	unsigned port;

	if (!resolve_number(word->text, PORT_MAX, &port)) {
		diag_add(r->diags, E_PORT, word->span,
		    "'%s' is not a port: ports go from 0 to %d", word->text,
		    PORT_MAX);
		return false;
	}
	out->has_port = true;
	out->port = (uint16_t)port;
	return true;
}

static bool
is_of_host(const struct host *host, const struct test_end *end)
{
	for (size_t i = 0; i < host->cards.n; i++) {
		const struct host_card *card = &host->cards.v[i];

		for (size_t j = 0; j < card->addresses.n; j++)
			if (card->addresses.v[j].family == end->family &&
			    addr_compare(
				card->addresses.v[j].addr, end->address) == 0)
				return true;
	}
	return false;
}

/* The zones that have the address; an uplink has it if no other does. */
static struct endpoint_set
zones_of(struct resolve *r, const struct test_end *end)
{
	struct endpoint_set set = {{0, 0}};

	for (size_t i = 0; i < r->policy->zones.n; i++) {
		const struct zone *zone = &r->policy->zones.v[i];

		if (zone->role != ZONE_LOOPBACK &&
		    addr_set_contains(&zone->own, end->family, end->address))
			endpoint_set_add(&set, ENDPOINT_OF_ZONE(i));
	}
	return set;
}

/* Nobody named the zone: whose address is it? */
static bool
decide_zone(
    struct resolve *r, const struct ast_word *word, struct test_end *end)
{
	struct endpoint_set zones = zones_of(r, end);
	struct diag *diag;

	end->end = ENDPOINT_SELF;
	if (is_of_host(r->sema->host, end))
		return true;
	for (endpoint e = 1; e <= r->policy->zones.n; e++) {
		if (!endpoint_set_has(&zones, e))
			continue;
		endpoint_set_remove(&zones, e);
		end->end = e;
		break;
	}
	if (end->end != ENDPOINT_SELF && endpoint_set_empty(&zones))
		return true;
	diag = diag_add(r->diags, E_TEST_ADDRESS, word->span,
	    end->end == ENDPOINT_SELF ? "%s is in no zone"
				      : "%s is in more zones than one",
	    word->text);
	diag_help(r->diags, diag, "name the zone before the address");
	return false;
}

static bool
read_end(struct resolve *r, const struct ast_test_end *end, bool spoofed,
    struct test_end *out)
{
	bool named = end->zone.text != NULL;
	bool good = !named || read_end_zone(r, &end->zone, out);

	if (good && end->has_address)
		good = read_end_address(r, &end->address, out);
	if (good && !named)
		good = decide_zone(r, &end->address, out);
	if (good && named && end->has_address && !spoofed)
		good = check_own(r, &end->address, out);
	if (end->has_port)
		good &= read_end_port(r, &end->port, out);
	return good;
}

static bool
read_protocol(
    struct resolve *r, const struct ast_word *word, struct test_step *out)
{
	const struct number_name *name = map_get(
	    &r->sema->catalogue->protocols, word->text);
	struct suggest suggest;
	struct diag *diag;
	unsigned number;

	out->protocol = protocol_of_word(word->text);
	if (out->protocol != PROTOCOL_ANY)
		return true;
	if (name != NULL) {
		out->protocol = (int)name->number;
		return true;
	}
	if (resolve_number(word->text, PROTOCOL_MAX, &number)) {
		out->protocol = (int)number;
		return true;
	}
	diag = diag_add(r->diags, E_TEST_PROTOCOL, word->span,
	    "'%s' is not the protocol of a packet", word->text);
	suggest_init(&suggest, word->text);
	resolve_suggest_map(&suggest, &r->sema->catalogue->protocols);
	resolve_help_suggest(r, diag, &suggest);
	diag_help(r->diags, diag, "write tcp, udp, icmp TYPE or icmp6 TYPE");
	return false;
}

static bool
is_icmp(const struct test_step *step)
{
	return step->protocol == PROTOCOL_ICMP ||
	    step->protocol == PROTOCOL_ICMP6;
}

static bool
has_ports(const struct test_step *step)
{
	return step->protocol == PROTOCOL_TCP || step->protocol == PROTOCOL_UDP;
}

static bool
read_type(
    struct resolve *r, const struct ast_test_step *tree, struct test_step *out)
{
	struct diag *diag;

	if (is_icmp(out) && tree->has_type) {
		out->has_type = true;
		return resolve_icmp_type(r,
		    out->protocol == PROTOCOL_ICMP ? FAMILY_4 : FAMILY_6,
		    &tree->type, &out->type);
	}
	if (is_icmp(out)) {
		diag = diag_add(r->diags, E_TEST_PROTOCOL, tree->protocol.span,
		    "an ICMP packet has a type");
		diag_help(r->diags, diag, "write '%s echo-request'",
		    tree->protocol.text);
		return false;
	}
	if (tree->has_type) {
		diag_add(r->diags, E_TEST_PROTOCOL, tree->type.span,
		    "'%s' has no types", tree->protocol.text);
		return false;
	}
	return true;
}

/* A test without a port could pass for a reason that nobody meant. */
static bool
check_ports(struct resolve *r, const struct ast_test_step *tree,
    const struct test_step *step)
{
	const struct ast_test_end *with = tree->to.has_port ? &tree->to
							    : &tree->from;
	struct diag *diag;

	if (has_ports(step) && !tree->to.has_port) {
		diag = diag_add(r->diags, E_TEST_PORT, tree->to.span,
		    "a packet of %s goes to a port", tree->protocol.text);
		diag_help(r->diags, diag, "add 'port NUMBER'");
		return false;
	}
	if (!has_ports(step) && with->has_port) {
		diag_add(r->diags, E_TEST_PORT, with->port.span,
		    "a packet of '%s' has no ports", tree->protocol.text);
		return false;
	}
	return true;
}

static void
check_families(struct resolve *r, const struct ast_test_step *tree,
    const struct test_step *step)
{
	const struct test_end *from = &step->from, *to = &step->to;
	enum family families = FAMILY_BOTH;

	if (step->protocol == PROTOCOL_ICMP)
		families = FAMILY_4;
	if (step->protocol == PROTOCOL_ICMP6)
		families = FAMILY_6;
	if (from->has_address)
		families &= from->family;
	if (to->has_address)
		families &= to->family;
	if (families != FAMILY_NONE)
		return;
	diag_add(r->diags, E_TEST_ADDRESS,
	    to->has_address ? tree->to.address.span : tree->from.address.span,
	    "this packet would be IPv4 and IPv6 at once");
}

static bool
are_flags(const char *text)
{
	if (strcmp(text, "-") == 0)
		return true;
	for (const char *p = text; *p != '\0'; p++) {
		if (strchr(FLAG_LETTERS, *p) == NULL ||
		    strchr(p + 1, *p) != NULL)
			return false;
	}
	return text[0] != '\0';
}

static void
read_flags(
    struct resolve *r, const struct ast_test_step *tree, struct test_step *out)
{
	if (!tree->has_flags)
		return;
	out->flags = tree->flags.text;
	if (out->protocol != PROTOCOL_TCP)
		diag_add(r->diags, E_TEST_FLAGS, tree->flags.span,
		    "a packet of '%s' has no flags", tree->protocol.text);
	else if (!are_flags(tree->flags.text))
		diag_add(r->diags, E_TEST_FLAGS, tree->flags.span,
		    "flags are letters of " FLAG_LETTERS ", each once, or "
		    "\"-\" for none");
}

static void
report_label(struct resolve *r, const struct ast_word *word)
{
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(r->diags, E_TEST_LINE, word->span,
	    "no rule has the label '%s'", word->text);
	suggest_init(&suggest, word->text);
	resolve_suggest_map(&suggest, &r->labels);
	resolve_help_suggest(r, diag, &suggest);
}

static void
read_line(struct resolve *r, const struct ast_test_step *tree, uint32_t file,
    struct test_step *out)
{
	const struct ast_word *word = &tree->line;
	const struct source *source;
	unsigned last;

	out->line_file = file != 0 ? file : word->span.file;
	source = sources_get(r->sema->sources, out->line_file);
	last = source == NULL ? 0 : (unsigned)source->n_lines;
	if (!tree->has_line)
		return;
	if (word->quoted) {
		out->label = word->text;
		if (map_get(&r->labels, word->text) == NULL)
			report_label(r, word);
		return;
	}
	if (!resolve_number(word->text, last, &out->line) || out->line == 0)
		diag_add(r->diags, E_TEST_LINE, word->span,
		    "%s has no line '%s'",
		    source == NULL || out->line_file == word->span.file
			? "this file"
			: source->name,
		    word->text);
}

static void
read_fragment(
    struct resolve *r, const struct ast_test_step *tree, struct test_step *out)
{
	const struct ast_word *word = &tree->fragment;
	struct diag *diag;

	if (!tree->has_fragment)
		return;
	if (strcmp(word->text, "all") == 0) {
		out->fragment = TEST_FRAGMENTS;
	} else if (strcmp(word->text, "later") == 0) {
		out->fragment = TEST_LATER;
	} else {
		diag = diag_add(r->diags, E_TEST_FLAGS, word->span,
		    "'%s' is no fragment of a packet", word->text);
		diag_help(r->diags, diag,
		    "write all, for the packet in fragments, or later, for "
		    "one without the first");
	}
}

static void
read_packet(
    struct resolve *r, const struct ast_test_step *tree, struct test_step *out)
{
	bool good = read_end(r, &tree->from, tree->spoofed, &out->from);

	good &= read_end(r, &tree->to, false, &out->to);
	if (!read_protocol(r, &tree->protocol, out))
		return;
	good &= read_type(r, tree, out);
	good &= check_ports(r, tree, out);
	read_flags(r, tree, out);
	read_fragment(r, tree, out);
	if (good)
		check_families(r, tree, out);
}

/* "25s", "10m", "2h" */
static void
read_duration(
    struct resolve *r, const struct ast_word *word, struct test_step *out)
{
	size_t length = strlen(word->text);
	unsigned unit = 0, number;
	const char *digits;

	if (length > 0) {
		char last = word->text[length - 1];

		unit = last == 's' ? 1 : last == 'm' ? 60 : 3600;
		length--;
	}
	digits = arena_strndup(r->arena, word->text, length);
	if (unit != 0 && resolve_number(digits, SECONDS_MAX / unit, &number) &&
	    number > 0)
		out->seconds = number * unit;
	else
		diag_add(r->diags, E_TEST_TIME, word->span,
		    "'%s' is not a time from 1s to 24h", word->text);
}

/* A wrong step is kept too: it is one that the next step can follow. */
static void
read_step(struct resolve *r, const struct ast_test_step *tree, uint32_t file,
    bool first, struct test_step *out)
{
	out->kind = tree->kind;
	out->span = tree->span;
	out->via_nat = tree->via_nat;
	out->verdict = VERDICT_ALLOW;
	if (tree->has_verdict)
		out->verdict = resolve_verdict(tree->verdict);
	switch (tree->kind) {
	case AST_TEST_EXPECT:
		read_packet(r, tree, out);
		read_line(r, tree, file, out);
		break;
	case AST_TEST_REPLY:
	case AST_TEST_AGAIN:
		if (first)
			diag_add(r->diags, E_TEST_ORDER, tree->span,
			    "there is no packet yet that this could follow");
		read_line(r, tree, file, out);
		break;
	case AST_TEST_AFTER:
		read_duration(r, &tree->duration, out);
		break;
	}
}

static void
add_test(struct resolve *r, const struct ast_statement *statement)
{
	const struct ast_test *tree = &statement->u.test;
	struct policy_test test = {
	    .name = tree->name.text, .span = statement->span};
	bool first = true;

	for (const struct ast_test_step *s = tree->steps; s != NULL;
	     s = s->next) {
		struct test_step step = {.seconds = 0};

		read_step(r, s, tree->lines_of, first, &step);
		first &= s->kind != AST_TEST_EXPECT;
		vec_push(r->arena, &test.steps, step);
	}
	/* Steps before a packet have been reported, each. */
	if (tree->steps == NULL)
		diag_add(r->diags, E_TEST_ORDER, tree->name.span,
		    "this test expects nothing");
	vec_push(r->arena, &r->policy->tests, test);
}

void
resolve_tests(struct resolve *r)
{
	for (size_t i = 0; i < r->statements.n; i++) {
		if (r->statements.v[i]->kind == AST_TEST)
			add_test(r, r->statements.v[i]);
	}
}
