#include <string.h>

#include "cli/why_packet.h"
#include "cli/words.h"

/* An optional word that belongs to KEY. */
static bool
take_option(struct words *r, const char *key, bool *has, struct ast_word *out)
{
	if (!words_skip(r, key))
		return true;
	if (words_peek(r) == NULL)
		return words_refuse(r,
		    arena_printf(r->session->arena, "a word after '%s'", key));
	*has = true;
	*out = r->list.v[r->at++];
	return true;
}

static bool
is_address(const char *text)
{
	return (*text >= '0' && *text <= '9') || strchr(text, ':') != NULL;
}

static bool
take_end(struct words *r, const char *key, struct ast_test_end *end)
{
	const struct ast_word *word;

	if (!words_skip(r, key))
		return words_refuse(
		    r, arena_printf(r->session->arena, "'%s'", key));
	word = words_peek(r);
	if (word == NULL)
		return words_refuse(r, "a zone or an address");
	end->span = word->span;
	if (!is_address(word->text)) {
		end->zone = *word;
		r->at++;
		word = words_peek(r);
	}
	if (word != NULL && is_address(word->text)) {
		end->has_address = true;
		end->address = *word;
		r->at++;
	}
	return take_option(r, "port", &end->has_port, &end->port);
}

static bool
take_packet(struct words *r, struct ast_test_step *step)
{
	if (words_peek(r) == NULL)
		return words_refuse(r, "a protocol");
	step->protocol = r->list.v[r->at++];
	if (words_peek(r) != NULL && !words_next_is(r, "from")) {
		step->has_type = true;
		step->type = r->list.v[r->at++];
	}
	if (!take_end(r, "from", &step->from) ||
	    !take_end(r, "to", &step->to) ||
	    !take_option(r, "flags", &step->has_flags, &step->flags) ||
	    !take_option(r, "fragment", &step->has_fragment, &step->fragment))
		return false;
	return words_peek(r) == NULL || words_refuse(r, "no more words");
}

static bool
read_words(struct words *r, struct why_packet *out)
{
	struct arena *arena = r->session->arena;
	struct ast_test_step *step = arena_new(arena, struct ast_test_step);
	struct ast_statement *statement = arena_new(
	    arena, struct ast_statement);

	step->kind = AST_TEST_EXPECT;
	if (!take_packet(r, step))
		return false;
	step->span = r->list.v[0].span;
	statement->kind = AST_TEST;
	statement->span = step->span;
	statement->u.test.name = r->list.v[0];
	statement->u.test.steps = step;
	out->statement = statement;
	return true;
}

static bool
read_cards(struct words *r, struct why_packet *out)
{
	struct arena *arena = r->session->arena;
	const char **words = arena_calloc(arena, r->list.n + 1, sizeof(*words));
	const char *wrong;

	for (size_t i = 0; i < r->list.n; i++)
		words[i] = r->list.v[i].text;
	wrong = packet_parse(
	    arena, words, r->list.n, false, &out->way, &out->packet);
	if (wrong == NULL)
		return true;
	diag_add(&r->session->diags, E_SYNTAX, r->list.v[0].span,
	    "not a packet: %s", wrong);
	return false;
}

bool
why_packet_read(struct session *session, struct why_packet *out)
{
	struct words r = words_of_operands(session, "the packet", " \t\n", "",
	    "a packet is, say, `tcp from vm 192.168.56.10 to public port 443`");
	bool good;

	*out = (struct why_packet){.statement = NULL};
	out->by_cards = words_next_is(&r, "in") || words_next_is(&r, "out") ||
	    words_next_is(&r, "fwd");
	good = out->by_cards ? read_cards(&r, out) : read_words(&r, out);
	if (!good)
		session->code = EXIT_USAGE;
	return good;
}
