/*
 * The words are kept as a source of their own, so that what is wrong with one
 * is shown like a mistake in a policy.
 */
#include <string.h>

#include "cli/why_packet.h"

struct reader {
	struct session *session;
	uint32_t file;
	ast_words words;
	size_t at;
	struct span end;
};

/* All operands with a blank between, however the shell has cut them. */
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

		at += strspn(text + at, " \t\n");
		n = strcspn(text + at, " \t\n");
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
	    "a packet is, say, `tcp from vm 192.168.56.10 to public port 443`");
	return false;
}

/* An optional word that belongs to KEY. */
static bool
take_option(struct reader *r, const char *key, bool *has, struct ast_word *out)
{
	if (!skip(r, key))
		return true;
	if (peek(r) == NULL)
		return refuse(r, key);
	*has = true;
	*out = r->words.v[r->at++];
	return true;
}

static bool
is_address(const char *text)
{
	return (*text >= '0' && *text <= '9') || strchr(text, ':') != NULL;
}

static bool
take_end(struct reader *r, const char *key, struct ast_test_end *end)
{
	const struct ast_word *word;

	if (!skip(r, key))
		return refuse(r, arena_printf(r->session->arena, "'%s'", key));
	word = peek(r);
	if (word == NULL)
		return refuse(r, "a zone or an address");
	end->span = word->span;
	if (!is_address(word->text)) {
		end->zone = *word;
		r->at++;
		word = peek(r);
	}
	if (word != NULL && is_address(word->text)) {
		end->has_address = true;
		end->address = *word;
		r->at++;
	}
	return take_option(r, "port", &end->has_port, &end->port);
}

static bool
take_packet(struct reader *r, struct ast_test_step *step)
{
	if (peek(r) == NULL)
		return refuse(r, "a protocol");
	step->protocol = r->words.v[r->at++];
	if (peek(r) != NULL && !next_is(r, "from")) {
		step->has_type = true;
		step->type = r->words.v[r->at++];
	}
	if (!take_end(r, "from", &step->from) ||
	    !take_end(r, "to", &step->to) ||
	    !take_option(r, "flags", &step->has_flags, &step->flags) ||
	    !take_option(r, "fragment", &step->has_fragment, &step->fragment))
		return false;
	return peek(r) == NULL || refuse(r, "no more words");
}

static bool
read_words(struct reader *r, struct why_packet *out)
{
	struct arena *arena = r->session->arena;
	struct ast_test_step *step = arena_new(arena, struct ast_test_step);
	struct ast_statement *statement = arena_new(
	    arena, struct ast_statement);

	step->kind = AST_TEST_EXPECT;
	if (!take_packet(r, step))
		return false;
	step->span = r->words.v[0].span;
	statement->kind = AST_TEST;
	statement->span = step->span;
	statement->u.test.name = r->words.v[0];
	statement->u.test.steps = step;
	out->statement = statement;
	return true;
}

static bool
read_cards(struct reader *r, struct why_packet *out)
{
	struct arena *arena = r->session->arena;
	const char **words = arena_calloc(
	    arena, r->words.n + 1, sizeof(*words));
	const char *wrong;

	for (size_t i = 0; i < r->words.n; i++)
		words[i] = r->words.v[i].text;
	wrong = packet_parse(
	    arena, words, r->words.n, false, &out->way, &out->packet);
	if (wrong == NULL)
		return true;
	diag_add(&r->session->diags, E_SYNTAX, r->words.v[0].span,
	    "not a packet: %s", wrong);
	return false;
}

bool
why_packet_read(struct session *session, struct why_packet *out)
{
	const char *text = join(session);
	struct reader r = {.session = session};
	bool good;

	r.file = sources_add(
	    &session->sources, "the packet", text, strlen(text));
	split(&r, text);
	*out = (struct why_packet){.statement = NULL};
	out->by_cards = next_is(&r, "in") || next_is(&r, "out") ||
	    next_is(&r, "fwd");
	good = out->by_cards ? read_cards(&r, out) : read_words(&r, out);
	if (!good)
		session->code = EXIT_USAGE;
	return good;
}
