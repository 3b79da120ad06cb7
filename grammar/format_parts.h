/*
 * The parts of statements in canonical form.  Private to this folder.
 */
#ifndef GRAMMAR_FORMAT_PARTS_H
#define GRAMMAR_FORMAT_PARTS_H

#include "grammar/ast.h"
#include "grammar/layout.h"

/* The columns of a run of zones that stand on adjacent lines. */
struct zone_columns {
	const struct ast_statement *last; /* of the run; NULL: no run */
	bool aligned;
	size_t name, cards; /* widths */
};

/* format_list.c */
void format_word(struct layout *layout, const struct ast_word *word);
size_t format_word_columns(const struct ast_word *word);
/* In quotes, whatever it is. */
void format_text(struct layout *layout, const struct ast_word *text);
void format_words(struct layout *layout, const ast_words *words);
void format_hosts(struct layout *layout, const ast_hosts *hosts);
void format_services(struct layout *layout, const ast_services *services);
/* "=", between the name that it defines and the first entry. */
void format_equals(struct layout *layout, struct span name, struct span first);

/* format_rule.c */
const char *format_verdict(enum ast_verdict verdict);
void format_qualifiers(
    struct layout *layout, const struct ast_qualifiers *qualifiers);
void format_rule(struct layout *layout, const struct ast_rule *rule);
void format_step(struct layout *layout, const struct ast_test_step *step);

/* format_zone.c */
void format_zone(struct layout *layout, struct zone_columns *columns,
    const struct ast_statement *statement);

/* format_block.c: statements with an inside. */
void format_block(
    struct layout *layout, const struct ast_statement *statement, bool blank);
/*
 * What the source has in [FROM, TO), between two statements: comments at the
 * end of the last line and on lines of their own.  FIRST: no empty line goes
 * before what comes next.  Returns whether one goes before TO.
 */
bool format_gap(struct layout *layout, uint32_t from, uint32_t to,
    size_t indent, bool first);

#endif
