/*
 * Words and commas are a source of their own, so that what is wrong with one is
 * shown like a mistake in a policy.
 */
#include <string.h>

#include "base/suggest.h"
#include "cli/question.h"
#include "cli/test_session.h"

#define SERVICES_NAME "_.question"

struct reader {
	struct session *session;
	uint32_t file;
	ast_words words; /* a comma is one */
	size_t at;
	struct span end;
};

static const char *
join(struct session *session)
{
	const struct options *options = session->options;
	struct buf out;

	buf_init(&out, session->arena);
	for (size_t i = 1; i < options->operands.n; i++)
		buf_printf(
		    &out, "%s%s", i > 1 ? " " : "", options->operands.v[i]);
	return out.p;
}

static void
split(struct reader *r, const char *text)
{
	size_t at = 0;

	for (;;) {
		size_t n;

		at += strspn(text + at, " \t\n?");
		n = text[at] == ',' ? 1 : strcspn(text + at, " \t\n?,");
		r->end = (struct span){r->file, (uint32_t)at, 0};
		if (n == 0)
			return;
		struct ast_word word = {
		    .text = sym_intern(r->session->syms, text + at, n),
		    .span = {r->file, (uint32_t)at, (uint32_t)n},
		};
		vec_push(r->session->arena, &r->words, word);
		at += n;
	}
}

static const struct ast_word *
peek(const struct reader *r)
{
	return r->at < r->words.n ? &r->words.v[r->at] : NULL;
}

static bool
next_is(const struct reader *r, const char *text)
{
	const struct ast_word *word = peek(r);

	return word != NULL && strcmp(word->text, text) == 0;
}

static bool
skip(struct reader *r, const char *text)
{
	bool found = next_is(r, text);

	r->at += found;
	return found;
}

static bool
refuse(const struct reader *r, const char *what)
{
	const struct ast_word *word = peek(r);
	struct diag *diag;

	diag = diag_add(&r->session->diags, E_SYNTAX,
	    word != NULL ? word->span : r->end, "expected %s", what);
	diag_help(&r->session->diags, diag,
	    "ask, say, `who can reach self on ssh`, `what can lan reach`, `can "
	    "wan reach self on tcp 80` or `what is denied from lan to self`");
	return false;
}

static bool
expect(struct reader *r, const char *text)
{
	return skip(r, text) ||
	    refuse(r, arena_printf(r->session->arena, "'%s'", text));
}

/* Words that end a list of ends. */
static bool
is_keyword(const char *text)
{
	static const char *const words[] = {
	    "reach", "on", "in", "from", "to", NULL};

	for (const char *const *w = words; *w != NULL; w++)
		if (strcmp(*w, text) == 0)
			return true;
	return false;
}

static bool
take_ends(struct reader *r, struct question_end *end)
{
	if (peek(r) == NULL || is_keyword(peek(r)->text))
		return refuse(r, "a zone, self, any, or hosts");
	while (peek(r) != NULL && !is_keyword(peek(r)->text)) {
		if (skip(r, ",") || skip(r, "and") || skip(r, "or"))
			continue;
		vec_push(r->session->arena, &end->words, *peek(r));
		r->at++;
	}
	return true;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
starts_protocol(const char *text, enum ast_service_kind *kind)
{
	*kind = AST_SERVICE_NAME;
	if (strcmp(text, "tcp") == 0 || strcmp(text, "udp") == 0)
		*kind = AST_SERVICE_PORTS;
	else if (strcmp(text, "icmp") == 0 || strcmp(text, "icmp6") == 0)
		*kind = AST_SERVICE_ICMP;
	else if (strcmp(text, "proto") == 0)
		*kind = AST_SERVICE_PROTOCOL;
	return *kind != AST_SERVICE_NAME;
}

/* Numbers go on with the protocol before them. */
static bool
take_service(struct reader *r, struct question *q, struct ast_word *protocol)
{
	struct ast_service entry = {.kind = AST_SERVICE_NAME};

	if (peek(r) == NULL || next_is(r, ","))
		return refuse(r, "a service, or a protocol and a port");
	entry.span = peek(r)->span;
	if (starts_protocol(peek(r)->text, &entry.kind)) {
		*protocol = r->words.v[r->at++];
		entry.protocol = *protocol;
		if (peek(r) == NULL)
			return refuse(r, "a port, a type or a number");
	} else if (is_digit(peek(r)->text[0])) {
		if (protocol->text == NULL)
			return refuse(r, "tcp or udp before a port");
		entry.kind = AST_SERVICE_PORTS;
		entry.protocol = *protocol;
		entry.continues = true;
	}
	entry.word = r->words.v[r->at++];
	entry.span = span_join(entry.span, entry.word.span);
	vec_push(r->session->arena, &q->services, entry);
	return true;
}

static bool
take_services(struct reader *r, struct question *q)
{
	struct ast_word protocol = {.text = NULL};

	if (!skip(r, "on"))
		return true;
	q->has_services = true;
	do
		if (!take_service(r, q, &protocol))
			return false;
	while (skip(r, ",") || skip(r, "and") || skip(r, "or"));
	return true;
}

static bool
read_who(struct reader *r, struct question *q)
{
	q->from.any = true;
	if (skip(r, "cannot"))
		q->verdict = QUERY_REFUSED;
	else if (!expect(r, "can"))
		return false;
	return expect(r, "reach") && take_ends(r, &q->to) &&
	    take_services(r, q);
}

static bool
read_verdict(struct reader *r, struct question *q)
{
	static const char *const words[] = {
	    [QUERY_ALLOWED] = "allowed",
	    [QUERY_REFUSED] = "refused",
	    [QUERY_DENIED] = "denied",
	    [QUERY_REJECTED] = "rejected",
	    [QUERY_LOGGED] = "logged",
	    [QUERY_LIMITED] = "limited",
	    [QUERY_FORWARDED] = "forwarded",
	    [QUERY_TRANSLATED] = "translated",
	};

	for (int i = QUERY_ALLOWED; i <= QUERY_TRANSLATED; i++)
		if (skip(r, words[i])) {
			q->verdict = (enum query_verdict)i;
			return true;
		}
	return refuse(r,
	    "allowed, denied, rejected, refused, logged, limited, forwarded or "
	    "translated");
}

static bool
read_is(struct reader *r, struct question *q)
{
	q->from.any = q->to.any = true;
	if (!read_verdict(r, q))
		return false;
	if (skip(r, "from")) {
		q->from.any = false;
		if (!take_ends(r, &q->from))
			return false;
	}
	if (skip(r, "to")) {
		q->to.any = false;
		if (!take_ends(r, &q->to))
			return false;
	}
	return take_services(r, q);
}

/* `on public` is a place, if there is a zone of that name. */
static bool
names_zone(const struct reader *r, size_t at)
{
	const struct ast_statement *s = r->session->tree->statements;

	if (at >= r->words.n)
		return false;
	if (strcmp(r->words.v[at].text, "self") == 0)
		return true;
	for (; s != NULL; s = s->next)
		if (s->kind == AST_ZONE &&
		    strcmp(s->u.zone.name.text, r->words.v[at].text) == 0)
			return true;
	return false;
}

static bool
read_what(struct reader *r, struct question *q)
{
	if (skip(r, "is"))
		return read_is(r, q);
	q->to.any = true;
	if (!expect(r, "can") || !take_ends(r, &q->from) || !expect(r, "reach"))
		return false;
	if (next_is(r, "in") ||
	    (next_is(r, "on") && names_zone(r, r->at + 1))) {
		r->at++;
		q->to.any = false;
		if (!take_ends(r, &q->to))
			return false;
	}
	return take_services(r, q);
}

static bool
read_can(struct reader *r, struct question *q)
{
	q->is_can = true;
	return take_ends(r, &q->from) && expect(r, "reach") &&
	    take_ends(r, &q->to) && take_services(r, q);
}

static bool
read(struct reader *r, struct question *q)
{
	bool good;

	if (skip(r, "who"))
		good = read_who(r, q);
	else if (skip(r, "what"))
		good = read_what(r, q);
	else if (skip(r, "can"))
		good = read_can(r, q);
	else
		return refuse(r, "'who', 'what' or 'can'");
	return good && (peek(r) == NULL || refuse(r, "no more words"));
}

/* A definition that no policy can write. */
static void
append_services(struct session *session, const struct question *q)
{
	struct ast_statement *s = arena_new(
	    session->arena, struct ast_statement);

	s->kind = AST_SERVICE;
	s->span = q->services.v[0].span;
	s->u.service.name = q->services.v[0].word;
	s->u.service.name.text = sym_intern_string(
	    session->syms, SERVICES_NAME);
	s->u.service.name.quoted = true;
	s->u.service.services = q->services;
	test_session_append(session, s);
}

bool
question_read(struct session *session, struct question *question)
{
	const char *text = join(session);
	struct reader r = {.session = session};

	*question = (struct question){.verdict = QUERY_ALLOWED};
	r.file = sources_add(
	    &session->sources, "the question", text, strlen(text));
	question->file = r.file;
	split(&r, text);
	if (!read(&r, question)) {
		session->code = EXIT_USAGE;
		return false;
	}
	if (question->has_services)
		append_services(session, question);
	return true;
}

static bool
unknown(struct session *session, const struct ast_word *word)
{
	const struct policy *policy = session->policy;
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(&session->diags, E_UNKNOWN_ZONE, word->span,
	    "'%s' is no zone, no hosts of the policy, and no address",
	    word->text);
	suggest_init(&suggest, word->text);
	for (endpoint e = 0; e <= policy->zones.n; e++)
		suggest_offer(&suggest, policy_end_name(policy, e));
	for (size_t i = 0; i < policy->hosts.n; i++)
		suggest_offer(&suggest, policy->hosts.v[i].name);
	if (suggest.best != NULL)
		diag_help(
		    &session->diags, diag, "did you mean '%s'?", suggest.best);
	session->code = EXIT_USAGE;
	return false;
}

static bool
is_zone(const struct policy *policy, const char *text, endpoint *found)
{
	for (endpoint e = 0; e <= policy->zones.n; e++)
		if (strcmp(policy_end_name(policy, e), text) == 0) {
			*found = e;
			return true;
		}
	return false;
}

static bool
is_hosts(struct session *session, const char *text, struct addr_set *set)
{
	const struct policy *policy = session->policy;
	struct addr_range range;
	enum family family;
	int length;

	for (size_t i = 0; i < policy->hosts.n; i++)
		if (strcmp(policy->hosts.v[i].name, text) == 0) {
			*set = *policy->hosts.v[i].set;
			return true;
		}
	if (addr_parse(text, strlen(text), &family, &range, &length) != ADDR_OK)
		return false;
	*set = addr_set_of(session->arena, family, range);
	return true;
}

static void
add_everyone(const struct policy *policy, struct endpoint_set *set)
{
	for (endpoint e = 0; e <= policy->zones.n; e++)
		endpoint_set_add(set, e);
}

/* Hosts alone may be in any zone that has some of them. */
static void
find_homes(const struct policy *policy, struct query_end *end)
{
	for (endpoint e = 1; e <= policy->zones.n; e++)
		if (addr_set_overlaps(
			&policy_zone(policy, e)->own, &end->hosts))
			endpoint_set_add(&end->ends, e);
}

static bool
resolve_end(struct session *session, const struct question_end *written,
    struct query_end *end)
{
	const struct policy *policy = session->policy;

	if (written->any)
		add_everyone(policy, &end->ends);
	for (size_t i = 0; i < written->words.n; i++) {
		const struct ast_word *word = &written->words.v[i];
		struct addr_set hosts;
		endpoint e;

		if (strcmp(word->text, "any") == 0)
			add_everyone(policy, &end->ends);
		else if (is_zone(policy, word->text, &e))
			endpoint_set_add(&end->ends, e);
		else if (is_hosts(session, word->text, &hosts)) {
			end->hosts = addr_set_union(
			    session->arena, &end->hosts, &hosts);
			end->has_hosts = true;
		} else
			return unknown(session, word);
	}
	if (end->has_hosts && endpoint_set_empty(&end->ends))
		find_homes(policy, end);
	return true;
}

bool
question_resolve(struct session *session, const struct question *question,
    struct query *query)
{
	struct policy *policy = session->policy;

	query->verdict = question->verdict;
	query->has_services = question->has_services;
	if (question->has_services) {
		/* The last definition is the question's. */
		const struct policy_service *last =
		    &policy->services.v[--policy->services.n];

		query->parts = *last->parts;
		query->any = last->any;
	}
	return resolve_end(session, &question->from, &query->from) &&
	    resolve_end(session, &question->to, &query->to);
}
