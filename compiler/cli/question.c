#include <string.h>

#include "base/suggest.h"
#include "cli/question.h"
#include "cli/test_session.h"
#include "cli/words.h"

#define SERVICES_NAME "_.question"

static bool
expect(struct words *r, const char *text)
{
	return words_skip(r, text) ||
	    words_refuse(r, arena_printf(r->session->arena, "'%s'", text));
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
take_ends(struct words *r, struct question_end *end)
{
	if (words_peek(r) == NULL || is_keyword(words_peek(r)->text))
		return words_refuse(r, "a zone, self, any, or hosts");
	while (words_peek(r) != NULL && !is_keyword(words_peek(r)->text)) {
		if (words_skip(r, ",") || words_skip(r, "and") ||
		    words_skip(r, "or"))
			continue;
		vec_push(r->session->arena, &end->words, *words_peek(r));
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
take_service(struct words *r, struct question *q, struct ast_word *protocol)
{
	struct ast_service entry = {.kind = AST_SERVICE_NAME};

	if (words_peek(r) == NULL || words_next_is(r, ","))
		return words_refuse(r, "a service, or a protocol and a port");
	entry.span = words_peek(r)->span;
	if (starts_protocol(words_peek(r)->text, &entry.kind)) {
		*protocol = r->list.v[r->at++];
		entry.protocol = *protocol;
		if (words_peek(r) == NULL)
			return words_refuse(r, "a port, a type or a number");
	} else if (is_digit(words_peek(r)->text[0])) {
		if (protocol->text == NULL)
			return words_refuse(r, "tcp or udp before a port");
		entry.kind = AST_SERVICE_PORTS;
		entry.protocol = *protocol;
		entry.continues = true;
	}
	entry.word = r->list.v[r->at++];
	entry.span = span_join(entry.span, entry.word.span);
	vec_push(r->session->arena, &q->services, entry);
	return true;
}

static bool
take_services(struct words *r, struct question *q)
{
	struct ast_word protocol = {.text = NULL};

	if (!words_skip(r, "on"))
		return true;
	q->has_services = true;
	do
		if (!take_service(r, q, &protocol))
			return false;
	while (
	    words_skip(r, ",") || words_skip(r, "and") || words_skip(r, "or"));
	return true;
}

static bool
read_who(struct words *r, struct question *q)
{
	q->from.any = true;
	if (words_skip(r, "cannot"))
		q->verdict = QUERY_REFUSED;
	else if (!expect(r, "can"))
		return false;
	return expect(r, "reach") && take_ends(r, &q->to) &&
	    take_services(r, q);
}

static bool
read_verdict(struct words *r, struct question *q)
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
		if (words_skip(r, words[i])) {
			q->verdict = (enum query_verdict)i;
			return true;
		}
	return words_refuse(r,
	    "allowed, denied, rejected, refused, logged, limited, forwarded or "
	    "translated");
}

static bool
read_is(struct words *r, struct question *q)
{
	q->from.any = q->to.any = true;
	if (!read_verdict(r, q))
		return false;
	if (words_skip(r, "from")) {
		q->from.any = false;
		if (!take_ends(r, &q->from))
			return false;
	}
	if (words_skip(r, "to")) {
		q->to.any = false;
		if (!take_ends(r, &q->to))
			return false;
	}
	return take_services(r, q);
}

/* `on public` is a place, if there is a zone of that name. */
static bool
names_zone(const struct words *r, size_t at)
{
	const struct ast_statement *s = r->session->tree->statements;

	if (at >= r->list.n)
		return false;
	if (strcmp(r->list.v[at].text, "self") == 0)
		return true;
	for (; s != NULL; s = s->next)
		if (s->kind == AST_ZONE &&
		    strcmp(s->u.zone.name.text, r->list.v[at].text) == 0)
			return true;
	return false;
}

static bool
read_what(struct words *r, struct question *q)
{
	if (words_skip(r, "is"))
		return read_is(r, q);
	q->to.any = true;
	if (!expect(r, "can") || !take_ends(r, &q->from) || !expect(r, "reach"))
		return false;
	if (words_next_is(r, "in") ||
	    (words_next_is(r, "on") && names_zone(r, r->at + 1))) {
		r->at++;
		q->to.any = false;
		if (!take_ends(r, &q->to))
			return false;
	}
	return take_services(r, q);
}

static bool
read_can(struct words *r, struct question *q)
{
	q->is_can = true;
	return take_ends(r, &q->from) && expect(r, "reach") &&
	    take_ends(r, &q->to) && take_services(r, q);
}

static bool
read(struct words *r, struct question *q)
{
	bool good;

	if (words_skip(r, "who"))
		good = read_who(r, q);
	else if (words_skip(r, "what"))
		good = read_what(r, q);
	else if (words_skip(r, "can"))
		good = read_can(r, q);
	else
		return words_refuse(r, "'who', 'what' or 'can'");
	return good &&
	    (words_peek(r) == NULL || words_refuse(r, "no more words"));
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
	struct words r = words_of_operands(session, "the question", " \t\n?",
	    ",",
	    "ask, say, `who can reach self on ssh`, `what can lan reach`, `can "
	    "wan reach self on tcp 80` or `what is denied from lan to self`");

	*question = (struct question){.verdict = QUERY_ALLOWED, .file = r.file};
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
