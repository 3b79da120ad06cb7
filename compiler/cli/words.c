#include <string.h>

#include "cli/words.h"

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

static size_t
length_of(const char *text, const char *blanks, const char *marks)
{
	size_t blank = strcspn(text, blanks), mark = strcspn(text, marks);

	if (mark == 0 && *text != '\0')
		return 1;
	return blank < mark ? blank : mark;
}

static void
split(struct words *words, const char *text, const char *blanks,
    const char *marks)
{
	size_t at = strspn(text, blanks), n;

	while ((n = length_of(text + at, blanks, marks)) != 0) {
		struct ast_word word = {
		    .text = sym_intern(words->session->syms, text + at, n),
		    .span = {words->file, (uint32_t)at, (uint32_t)n},
		};

		vec_push(words->session->arena, &words->list, word);
		at += n;
		at += strspn(text + at, blanks);
	}
	words->end = (struct span){words->file, (uint32_t)at, 0};
}

struct words
words_of_operands(struct session *session, const char *name, const char *blanks,
    const char *marks, const char *help)
{
	const char *text = join(session);
	struct words words = {.session = session, .help = help};

	words.file = sources_add(&session->sources, name, text, strlen(text));
	split(&words, text, blanks, marks);
	return words;
}

const struct ast_word *
words_peek(const struct words *words)
{
	return words->at < words->list.n ? &words->list.v[words->at] : NULL;
}

bool
words_next_is(const struct words *words, const char *text)
{
	const struct ast_word *word = words_peek(words);

	return word != NULL && strcmp(word->text, text) == 0;
}

bool
words_skip(struct words *words, const char *text)
{
	bool found = words_next_is(words, text);

	words->at += found;
	return found;
}

bool
words_refuse(const struct words *words, const char *what)
{
	const struct ast_word *word = words_peek(words);
	struct diag *diag;

	diag = diag_add(&words->session->diags, E_SYNTAX,
	    word != NULL ? word->span : words->end, "expected %s", what);
	diag_help(&words->session->diags, diag, "%s", words->help);
	return false;
}
