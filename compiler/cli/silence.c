/*
 * The comment is looked for in the text of the line, so that it works in every
 * file that has lines and comments with a #.
 */
#include <string.h>

#include "cli/silence.h"

#define CODE_LENGTH 5

static const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	return at;
}

/* Behind WORD, if the text begins with it; else NULL. */
static const char *
skip_word(const char *at, const char *end, const char *word)
{
	size_t n = strlen(word);

	at = skip_blanks(at, end);
	if ((size_t)(end - at) < n || memcmp(at, word, n) != 0)
		return NULL;
	return skip_blanks(at + n, end);
}

/* The next code of a list, or DIAG_CODE_COUNT; *AT moves behind it. */
static enum diag_code
take_code(const char **at, const char *end)
{
	char name[CODE_LENGTH + 1] = {0};
	enum diag_code code;

	*at = skip_blanks(*at, end);
	if (*at < end && **at == ',')
		*at = skip_blanks(*at + 1, end);
	if (end - *at < CODE_LENGTH)
		return DIAG_CODE_COUNT;
	memcpy(name, *at, CODE_LENGTH);
	code = diag_code_find(name);
	if (code != DIAG_CODE_COUNT)
		*at += CODE_LENGTH;
	return code;
}

/* A comment, from its # on.  NULL, or its list of codes. */
static const char *
codes_of(const char *comment, const char *end)
{
	const char *at = skip_word(comment, end, "#");

	if (at != NULL)
		at = skip_word(at, end, "akin:");
	return at != NULL ? skip_word(at, end, "allow") : NULL;
}

static bool
allows(const char *comment, const char *end, enum diag_code code)
{
	const char *at = codes_of(comment, end);
	enum diag_code found;

	if (at == NULL)
		return false;
	while ((found = take_code(&at, end)) != DIAG_CODE_COUNT)
		if (found == code)
			return true;
	return false;
}

/* Where the comment of a line begins: a # outside of quotes. */
static const char *
comment_of(const char *line, const char *end)
{
	bool quoted = false;

	for (; line < end; line++) {
		if (*line == '"')
			quoted = !quoted;
		else if (*line == '#' && !quoted)
			break;
	}
	return line;
}

static bool
line_allows(
    const struct source *source, size_t number, bool alone, enum diag_code code)
{
	const char *line, *end, *comment;
	size_t length;

	if (number == 0)
		return false;
	line = source_line(source, number, &length);
	end = line + length;
	comment = comment_of(line, end);
	if (alone && skip_blanks(line, end) != comment)
		return false;
	return allows(comment, end, code);
}

static bool
is_allowed(const struct session *session, const struct diag *diag)
{
	const struct source *source = sources_get(
	    &session->sources, diag->span.file);
	size_t line, column;

	if (source == NULL || diag_code_severity(diag->code) != DIAG_WARNING)
		return false;
	source_position(source, diag->span, &line, &column);
	return line_allows(source, line, false, diag->code) ||
	    line_allows(source, line - 1, true, diag->code);
}

void
silence_diagnostics(struct session *session)
{
	struct diags *diags = &session->diags;
	size_t kept = 0;

	for (size_t i = 0; i < diags->list.n; i++)
		if (is_allowed(session, diags->list.v[i]))
			diags->n_warnings--;
		else
			diags->list.v[kept++] = diags->list.v[i];
	diags->list.n = kept;
}

/* Does it speak to akin, and say nothing that is understood? */
static bool
is_misspelt(const char *comment, const char *end)
{
	const char *at = skip_word(comment, end, "#");
	enum diag_code code;

	if (at == NULL || skip_word(at, end, "akin:") == NULL)
		return false;
	at = codes_of(comment, end);
	if (at == NULL)
		return true;
	code = take_code(&at, end);
	return code == DIAG_CODE_COUNT ||
	    diag_code_severity(code) != DIAG_WARNING;
}

static void
check_comment(struct session *session, const struct ast_comment *comment)
{
	const struct source *source = sources_get(
	    &session->sources, comment->span.file);
	const char *text = source->text + comment->span.at;
	struct diag *diag;

	if (!is_misspelt(text, text + comment->span.length))
		return;
	diag = diag_add(&session->diags, W_REMARK, comment->span,
	    "this comment allows no warning");
	diag_help(&session->diags, diag,
	    "write '# akin: allow' and the code of a warning, such as W0456");
}

void
silence_check_comments(struct session *session, const struct ast_file *tree)
{
	const struct ast_statement *s = tree->statements;

	for (size_t i = 0; i < tree->comments.n; i++)
		check_comment(session, &tree->comments.v[i]);
	for (; s != NULL; s = s->next)
		if (s->kind == AST_INCLUDE && s->u.include.file != NULL)
			silence_check_comments(session, s->u.include.file);
}
