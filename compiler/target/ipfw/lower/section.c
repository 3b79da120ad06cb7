/*
 * Sections: rules in order, before they have numbers, and their comments.
 */
#include <string.h>

#include "target/ipfw/lower/private.h"

void
section_append(struct lower *l, enum section_id id,
    const struct ipfw_rule *rule, const struct label *jump, uint16_t fixed)
{
	struct section *section = &l->sections[id];
	struct lowered lowered = {
	    .rule = *rule,
	    .jump = jump,
	    .fixed = fixed,
	    .block_start = section->starts_block,
	    .labelled = section->has_label,
	};

	section->starts_block = false;
	section->has_label = false;
	vec_push(l->arena, &section->rules, lowered);
}

size_t
section_size(const struct lower *l, enum section_id section)
{
	return l->sections[section].rules.n;
}

void
label_place(struct lower *l, enum section_id section, struct label *label)
{
	label->placed = true;
	label->section = section;
	label->index = l->sections[section].rules.n;
	l->sections[section].has_label = true;
	vec_push(l->arena, &l->labels, label);
}

void
section_check_state(struct lower *l, enum section_id section)
{
	struct ipfw_rule rule = {.verb = IPFW_CHECK_STATE};

	section_append(l, section, &rule, NULL, 0);
}

static bool
looks_up(const struct ipfw_rule *rule)
{
	enum ipfw_op last;

	if (rule->insns.n == 0)
		return false;
	last = rule->insns.v[rule->insns.n - 1].op;
	return last == IPFW_KEEP_STATE || last == IPFW_LIMIT;
}

static void
drop(struct lower *l, enum section_id id, size_t at)
{
	struct section *section = &l->sections[id];
	struct lowered gone = section->rules.v[at];

	for (size_t i = at; i + 1 < section->rules.n; i++)
		section->rules.v[i] = section->rules.v[i + 1];
	section->rules.n--;
	section->rules.v[at].labelled |= gone.labelled;
	section->rules.v[at].block_start |= gone.block_start;
	for (size_t i = 0; i < l->labels.n; i++)
		if (l->labels.v[i]->section == id && l->labels.v[i]->index > at)
			l->labels.v[i]->index--;
}

void
section_drop_probes(struct lower *l)
{
	for (size_t s = 0; s < SECTION_COUNT; s++) {
		struct section *section = &l->sections[s];

		for (size_t i = 0; i + 1 < section->rules.n; i++)
			if (section->rules.v[i].rule.verb == IPFW_CHECK_STATE &&
			    looks_up(&section->rules.v[i + 1].rule))
				drop(l, (enum section_id)s, i);
	}
}

void
block_start(struct lower *l, enum section_id section)
{
	l->sections[section].starts_block = true;
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/*
 * ipfw cuts a line at '#' wherever it stands, takes the blank behind a comma
 * away, and shows comments on the administrator's terminal, so only plain
 * characters go into one.
 */
static void
put_plain(struct buf *out, const char *text, size_t max)
{
	for (size_t i = 0; text[i] != '\0' && i < max; i++) {
		char c = text[i];

		if (c == ',' && text[i + 1] == ' ')
			continue;
		if (c <= ' ' || c > '~' || strchr("#\"'`\\$;|&<>", c) != NULL)
			c = c == ' ' ? ' ' : '_';
		buf_putc(out, c);
	}
}

/* "laptop.akp:19,21", as many lines as fit; "…" would not be plain. */
static void
put_lines(struct lower *l, struct buf *out, const struct spans *origins)
{
	uint32_t file = 0;
	size_t last = 0;

	for (size_t i = 0; i < origins->n && out->n < 48; i++) {
		struct span at = origins->v[i];
		const struct source *source = sources_get(l->sources, at.file);
		size_t line, column;

		if (source == NULL)
			continue;
		source_position(source, at, &line, &column);
		if (at.file == file && line == last)
			continue;
		if (at.file != file) {
			buf_puts(out, out->n != 0 ? " " : "");
			put_plain(out, base_name(source->name), 24);
		}
		buf_printf(out, "%c%zu", at.file == file ? ',' : ':', line);
		file = at.file;
		last = line;
	}
}

const char *
lower_comment(struct lower *l, const struct spans *origins, const char *note)
{
	struct buf out;

	buf_init(&out, l->arena);
	if (origins != NULL)
		put_lines(l, &out, origins);
	if (note != NULL && *note != '\0') {
		if (out.n != 0)
			buf_putc(&out, ' ');
		put_plain(&out, note, 76 - out.n);
	}
	return out.n != 0 ? out.p : NULL;
}
