/*
 * Statements with an inside, and what stands between statements.
 *
 * A block that the source has on one line stays on one line if it fits.  It
 * holds no comment then, since a comment would have ended the line.
 */
#include "grammar/format_parts.h"

/* One rule or step of the inside. */
struct item {
	const struct ast_rule *rule;
	const struct ast_test_step *step;
};

static uint32_t
end_of(struct span span)
{
	return span.at + span.length;
}

bool
format_gap(struct layout *layout, uint32_t from, uint32_t to, size_t indent,
    bool first)
{
	size_t i = layout_comment_at(layout, from);

	for (; i < layout->tree->comments.n; i++) {
		const struct ast_comment *comment =
		    &layout->tree->comments.v[i];
		size_t newlines;

		if (comment->span.at >= to)
			break;
		newlines = layout_newlines(layout, from, comment->span.at);
		if (newlines == 0 && layout->lines.n > 0) {
			layout_end_comment(layout, comment);
		} else {
			layout_own_comment(
			    layout, comment, indent, newlines > 1 && !first);
			first = false;
		}
		from = end_of(comment->span);
	}
	return layout_newlines(layout, from, to) > 1 && !first;
}

static struct span
item_span(struct item item)
{
	return item.rule != NULL ? item.rule->span : item.step->span;
}

static struct item
item_next(struct item item)
{
	if (item.rule != NULL)
		return (struct item){.rule = item.rule->next};
	return (struct item){.step = item.step->next};
}

static bool
item_is_none(struct item item)
{
	return item.rule == NULL && item.step == NULL;
}

static void
format_item(struct layout *layout, struct item item)
{
	if (item.rule != NULL)
		format_rule(layout, item.rule);
	else
		format_step(layout, item.step);
}

static struct item
first_item(const struct ast_statement *statement)
{
	if (statement->kind == AST_TEST)
		return (struct item){.step = statement->u.test.steps};
	return (struct item){.rule = statement->u.block.rules};
}

/* Up to the brace, or to the rule of the one-line form. */
static void
put_head(struct layout *layout, const struct ast_statement *statement)
{
	if (statement->kind == AST_TEST) {
		layout_put(layout, "test ");
		format_text(layout, &statement->u.test.name);
	} else {
		layout_put(layout, "from ");
		format_words(layout, &statement->u.block.from);
		layout_put(layout, " to ");
		format_words(layout, &statement->u.block.to);
	}
	layout_put(layout, " ");
}

static uint32_t
head_end(const struct ast_statement *statement)
{
	const ast_words *to = &statement->u.block.to;

	if (statement->kind == AST_TEST)
		return end_of(statement->u.test.name.span);
	return end_of(to->v[to->n - 1].span);
}

/* False, and nothing done, if it does not fit. */
static bool
put_on_one_line(
    struct layout *layout, const struct ast_statement *statement, bool blank)
{
	struct item item = first_item(statement);
	size_t n = layout->lines.n;

	layout_begin(layout, 0, blank);
	layout->one_line = true;
	put_head(layout, statement);
	layout_put(layout, "{ ");
	for (; !item_is_none(item); item = item_next(item)) {
		format_item(layout, item);
		if (!item_is_none(item_next(item)))
			layout_put(layout, ";");
		layout_put(layout, " ");
	}
	layout_put(layout, "}");
	layout_end(layout);
	if (layout->lines.v[n].columns <= LAYOUT_WIDTH)
		return true;
	layout_truncate(layout, n);
	return false;
}

static void
put_on_lines(
    struct layout *layout, const struct ast_statement *statement, bool blank)
{
	struct item item = first_item(statement);
	uint32_t from = head_end(statement);
	bool first = true;

	layout_begin(layout, 0, blank);
	put_head(layout, statement);
	layout_put(layout, "{");
	layout_end(layout);
	for (; !item_is_none(item); item = item_next(item)) {
		blank = format_gap(
		    layout, from, item_span(item).at, LAYOUT_INDENT, first);
		layout_begin(layout, LAYOUT_INDENT, blank);
		format_item(layout, item);
		layout_end(layout);
		from = end_of(item_span(item));
		first = false;
	}
	format_gap(layout, from, end_of(statement->span), LAYOUT_INDENT, first);
	layout_begin(layout, 0, false);
	layout_put(layout, "}");
	layout_end(layout);
}

void
format_block(
    struct layout *layout, const struct ast_statement *statement, bool blank)
{
	struct span span = statement->span;

	if (statement->kind == AST_BLOCK && statement->u.block.one_line) {
		layout_begin(layout, 0, blank);
		put_head(layout, statement);
		format_rule(layout, statement->u.block.rules);
		layout_end(layout);
		return;
	}
	if (layout_newlines(layout, span.at, end_of(span)) == 0 &&
	    put_on_one_line(layout, statement, blank))
		return;
	put_on_lines(layout, statement, blank);
}
