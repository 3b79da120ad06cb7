/*
 * Operands to questions.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/lockout_words.h"

#define LOGIN_VARIABLE "SSH_CONNECTION"
#define LOGIN_WORDS 4
#define BLANKS " \t\n"

struct reader {
	struct session *session;
	VEC(const char *) words;
	size_t at;
	lockout_questions *out;
};

static bool
refuse(const struct reader *r, const char *what)
{
	return session_fail(r->session, EXIT_USAGE,
	    "expected %s%s%s%s; ask, say, `login 192.0.2.5 50022 "
	    "198.51.100.10 22 dns 192.0.2.1`",
	    what, r->at < r->words.n ? ", not '" : "",
	    r->at < r->words.n ? r->words.v[r->at] : "",
	    r->at < r->words.n ? "'" : "");
}

static void
split(struct reader *r, const char *text)
{
	for (;;) {
		size_t n;

		text += strspn(text, BLANKS);
		n = strcspn(text, BLANKS);
		if (n == 0)
			return;
		vec_push(r->session->arena, &r->words,
		    (const char *)arena_strndup(r->session->arena, text, n));
		text += n;
	}
}

/* An address, and the card behind a '%', if there is one. */
static bool
take_address(
    struct reader *r, enum family *family, struct addr *addr, const char **card)
{
	const char *word = r->at < r->words.n ? r->words.v[r->at] : "";
	size_t n = strcspn(word, "%");
	struct addr_range range;
	int length;

	if (addr_parse(word, n, family, &range, &length) != ADDR_OK ||
	    length != -1 || addr_compare(range.lo, range.hi) != 0)
		return refuse(r, "an address");
	*addr = range.lo;
	if (word[n] == '%')
		*card = word + n + 1;
	if (word[n] == '%' && !host_card_name_valid(*card))
		return refuse(r, "a card behind the address");
	r->at++;
	return true;
}

static bool
take_port(struct reader *r, uint16_t *port)
{
	const char *word = r->at < r->words.n ? r->words.v[r->at] : "";
	char *end;
	unsigned long number;

	if (word[0] < '0' || word[0] > '9')
		return refuse(r, "a port");
	number = strtoul(word, &end, 10);
	if (*end != '\0' || number == 0 || number > UINT16_MAX)
		return refuse(r, "a port");
	*port = (uint16_t)number;
	r->at++;
	return true;
}

/* The login that there is, and one like it. */
static bool
take_login(struct reader *r)
{
	struct lockout_question question = {
	    .topic = LOCKOUT_LOGIN, .has_target = true};
	enum family family;

	if (!take_address(
		r, &question.family, &question.source, &question.card) ||
	    !take_port(r, &question.source_port) ||
	    !take_address(r, &family, &question.target, &question.card) ||
	    !take_port(r, &question.target_port))
		return false;
	if (family != question.family)
		return session_fail(r->session, EXIT_USAGE,
		    "a login has two addresses of one family");
	vec_push(r->session->arena, r->out, question);
	question.topic = LOCKOUT_ANEW;
	vec_push(r->session->arena, r->out, question);
	return true;
}

static bool
take_card(struct reader *r, enum lockout_topic topic)
{
	struct lockout_question question = {.topic = topic};

	if (r->at == r->words.n || !host_card_name_valid(r->words.v[r->at]))
		return refuse(r, "a card");
	question.card = r->words.v[r->at++];
	vec_push(r->session->arena, r->out, question);
	return true;
}

static bool
take_dns(struct reader *r)
{
	struct lockout_question question = {
	    .topic = LOCKOUT_DNS, .has_target = true};

	if (!take_address(
		r, &question.family, &question.target, &question.card))
		return false;
	vec_push(r->session->arena, r->out, question);
	return true;
}

static bool
take_question(struct reader *r)
{
	const char *topic = r->words.v[r->at++];

	if (strcmp(topic, "login") == 0)
		return take_login(r);
	if (strcmp(topic, "dhcp") == 0)
		return take_card(r, LOCKOUT_DHCP);
	if (strcmp(topic, "neighbours") == 0)
		return take_card(r, LOCKOUT_NEIGHBOURS);
	if (strcmp(topic, "dns") == 0)
		return take_dns(r);
	r->at--;
	return refuse(r, "login, dhcp, neighbours or dns");
}

static bool
from_environment(struct reader *r)
{
	const char *login = getenv(LOGIN_VARIABLE);

	if (login == NULL || *login == '\0')
		return true;
	split(r, login);
	if (r->words.n != LOGIN_WORDS)
		return session_fail(r->session, EXIT_USAGE,
		    LOGIN_VARIABLE " is not two addresses with their ports");
	return take_login(r);
}

bool
lockout_words_read(struct session *session, lockout_questions *out)
{
	const struct options *options = session->options;
	struct reader r = {.session = session, .out = out};

	*out = (lockout_questions){NULL, 0, 0};
	if (options->operands.n == 1)
		return from_environment(&r);
	for (size_t i = 1; i < options->operands.n; i++)
		split(&r, options->operands.v[i]);
	while (r.at < r.words.n)
		if (!take_question(&r))
			return false;
	return true;
}

struct scene_hints
lockout_words_hints(struct session *session, const lockout_questions *questions)
{
	struct scene_hints hints = {.ours = {{NULL, 0}, {NULL, 0}}};
	struct arena *arena = session->arena;

	for (size_t i = 0; i < questions->n; i++) {
		const struct lockout_question *q = &questions->v[i];
		struct addr_set one;

		if (!q->has_target)
			continue;
		one = addr_set_of(arena, q->family,
		    (struct addr_range){q->target, q->target});
		if (q->topic == LOCKOUT_DNS) {
			hints.theirs = addr_set_union(
			    arena, &hints.theirs, &one);
			continue;
		}
		hints.ours = addr_set_union(arena, &hints.ours, &one);
		one = addr_set_of(arena, q->family,
		    (struct addr_range){q->source, q->source});
		hints.theirs = addr_set_union(arena, &hints.theirs, &one);
	}
	return hints;
}

static void
ask_of_card(
    struct session *session, const char *card, lockout_questions *questions)
{
	struct lockout_question question = {
	    .topic = LOCKOUT_DHCP, .card = card};

	vec_push(session->arena, questions, question);
	question.topic = LOCKOUT_NEIGHBOURS;
	if (session->flavour->ipv6)
		vec_push(session->arena, questions, question);
}

static void
ask_dns(struct session *session, const struct live *live, endpoint uplink,
    lockout_questions *questions)
{
	struct samples samples = scene_samples(&live->scene, uplink, FAMILY_4);
	struct lockout_question question = {
	    .topic = LOCKOUT_DNS,
	    .has_target = true,
	    .family = FAMILY_4,
	};

	if (samples.n == 0)
		return;
	question.target = samples.v[0];
	vec_push(session->arena, questions, question);
}

void
lockout_words_usual(struct session *session, const struct live *live,
    lockout_questions *questions)
{
	for (size_t i = 0; i < session->policy->zones.n; i++) {
		const struct scene_zone *place = &live->scene.zones[i];

		if (session->policy->zones.v[i].role != ZONE_UPLINK ||
		    place->cards.n == 0)
			continue;
		for (size_t j = 0; j < place->cards.n; j++)
			ask_of_card(session, place->cards.v[j], questions);
		ask_dns(session, live, ENDPOINT_OF_ZONE(i), questions);
	}
}
