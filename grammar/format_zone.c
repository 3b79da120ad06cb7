/*
 * Zones on adjacent lines stand in columns: name, cards, nets.  That is so
 * for all lines of such a run or for none: a line that is too wide, or that a
 * comment breaks, leaves the others without columns too.
 */
#include <string.h>

#include "grammar/format_parts.h"

#define CLAUSE_GAP "  "

static uint32_t
end_of(struct span span)
{
	return span.at + span.length;
}

/* Two line ends lie between them if anything but blanks does. */
static bool
is_adjacent(const struct layout *layout, const struct ast_statement *zone,
    const struct ast_statement *next)
{
	return next != NULL && next->kind == AST_ZONE &&
	    layout_newlines(layout, end_of(zone->span), next->span.at) < 2;
}

static bool
has_comment(const struct layout *layout, const struct ast_statement *zone)
{
	size_t i = layout_comment_at(layout, zone->span.at);

	return i < layout->tree->comments.n &&
	    layout->tree->comments.v[i].span.at < end_of(zone->span);
}

static size_t
words_columns(const ast_words *words)
{
	size_t columns = 0;

	for (size_t i = 0; i < words->n; i++) {
		if (i > 0)
			columns += strlen(", ");
		columns += format_word_columns(&words->v[i]);
	}
	return columns;
}

static size_t
cards_columns(const struct ast_zone *zone)
{
	return zone->has_cards ? strlen("on ") + words_columns(&zone->cards)
			       : 0;
}

static void
widen(size_t *columns, size_t wanted)
{
	if (*columns < wanted)
		*columns = wanted;
}

/* The run that FIRST begins; one zone alone needs no columns. */
static void
measure_run(const struct layout *layout, struct zone_columns *columns,
    const struct ast_statement *first)
{
	const struct ast_statement *at = first;
	size_t nets = 0;
	bool whole = true;

	*columns = (struct zone_columns){.last = NULL};
	for (;; at = at->next) {
		const struct ast_zone *zone = &at->u.zone;

		whole = whole && !has_comment(layout, at);
		widen(&columns->name, format_word_columns(&zone->name));
		widen(&columns->cards, cards_columns(zone));
		if (zone->has_nets)
			widen(
			    &nets, strlen("net ") + words_columns(&zone->nets));
		if (!is_adjacent(layout, at, at->next))
			break;
	}
	columns->last = at;
	columns->aligned = whole && at != first &&
	    strlen("zone ") + columns->name + strlen(" ") + columns->cards +
		    strlen(CLAUSE_GAP) + nets <=
		LAYOUT_WIDTH;
}

static void
put_spaces(struct layout *layout, size_t n)
{
	while (n-- > 0)
		layout_put(layout, " ");
}

static void
put_aligned(struct layout *layout, const struct zone_columns *columns,
    const struct ast_zone *zone)
{
	size_t name = format_word_columns(&zone->name);

	if (!zone->has_cards && !zone->has_nets)
		return;
	put_spaces(layout, columns->name - name + 1);
	if (zone->has_cards) {
		layout_put(layout, "on ");
		format_words(layout, &zone->cards);
	}
	if (!zone->has_nets)
		return;
	put_spaces(layout, columns->cards - cards_columns(zone));
	if (columns->cards > 0)
		layout_put(layout, CLAUSE_GAP);
	layout_put(layout, "net ");
	format_words(layout, &zone->nets);
}

static void
put_plain(struct layout *layout, const struct ast_zone *zone)
{
	if (zone->has_cards) {
		layout_put(layout, " on ");
		format_words(layout, &zone->cards);
	}
	if (zone->has_nets) {
		layout_put(layout, " net ");
		format_words(layout, &zone->nets);
	}
}

void
format_zone(struct layout *layout, struct zone_columns *columns,
    const struct ast_statement *statement)
{
	const struct ast_zone *zone = &statement->u.zone;

	if (columns->last == NULL)
		measure_run(layout, columns, statement);
	layout_put(layout, "zone ");
	format_word(layout, &zone->name);
	layout->one_line = columns->aligned;
	if (columns->aligned)
		put_aligned(layout, columns, zone);
	else
		put_plain(layout, zone);
	if (columns->last == statement)
		columns->last = NULL;
}
