/*
 * Words and lists in canonical form.
 */
#include <string.h>

#include "grammar/format_parts.h"
#include "grammar/words.h"

static uint32_t
end_of(struct span span)
{
	return span.at + span.length;
}

void
format_text(struct layout *layout, const struct ast_word *text)
{
	layout_put(layout, "\"");
	for (const char *p = text->text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			layout_put(layout, "\\");
		layout_put(layout, (const char[]){*p, '\0'});
	}
	layout_put(layout, "\"");
}

void
format_word(struct layout *layout, const struct ast_word *word)
{
	if (word->quoted && word_needs_quotes(word->text))
		format_text(layout, word);
	else
		layout_put(layout, word->text);
}

size_t
format_word_columns(const struct ast_word *word)
{
	size_t columns = layout_columns(word->text, strlen(word->text));

	if (!word->quoted || !word_needs_quotes(word->text))
		return columns;
	for (const char *p = word->text; *p != '\0'; p++)
		columns += *p == '"' || *p == '\\';
	return columns + strlen("\"\"");
}

/* The comma after an entry, and what stands before the next one. */
static void
put_comma(struct layout *layout, struct span before, struct span after)
{
	layout_put(layout, ",");
	layout_break(layout, end_of(before), after.at);
}

void
format_equals(struct layout *layout, struct span name, struct span first)
{
	layout_put(layout, " =");
	layout_break(layout, end_of(name), first.at);
}

void
format_words(struct layout *layout, const ast_words *words)
{
	for (size_t i = 0; i < words->n; i++) {
		if (i > 0)
			put_comma(
			    layout, words->v[i - 1].span, words->v[i].span);
		format_word(layout, &words->v[i]);
	}
}

void
format_hosts(struct layout *layout, const ast_hosts *hosts)
{
	for (size_t i = 0; i < hosts->n; i++) {
		if (i > 0)
			put_comma(layout, hosts->v[i - 1].word.span,
			    hosts->v[i].word.span);
		format_word(layout, &hosts->v[i].word);
	}
}

void
format_services(struct layout *layout, const ast_services *services)
{
	for (size_t i = 0; i < services->n; i++) {
		const struct ast_service *service = &services->v[i];

		if (i > 0)
			put_comma(
			    layout, services->v[i - 1].span, service->span);
		if (service->protocol.text != NULL && !service->continues) {
			layout_put(layout, service->protocol.text);
			layout_put(layout, " ");
		}
		format_word(layout, &service->word);
	}
}
