/*
 * A ruleset has no zones of its own: it is read in the session of the policy on
 * the other side.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli/diff_sides.h"
#include "cli/test_session.h"

/* Words that begin a line for ipfw(8), and no statement of a policy. */
static const char *const commands[] = {"add", "delete", "disable", "enable",
    "flush", "ipfw", "/sbin/ipfw", "queue", "pipe", "set", "table", "zero",
    "-f", "-q", NULL};

static bool
is_command(const char *word, size_t length)
{
	for (const char *const *c = commands; *c != NULL; c++)
		if (strlen(*c) == length && strncmp(*c, word, length) == 0)
			return true;
	return false;
}

static bool
is_number(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isdigit((unsigned char)word[i]))
			return false;
	return length != 0;
}

/* The first line that is neither empty nor a comment tells. */
static bool
looks_like_ruleset(const struct source *source)
{
	for (size_t i = 1; i <= source->n_lines; i++) {
		size_t length, word;
		const char *line = source_line(source, i, &length);
		const char *end = line + length;

		while (line < end && isspace((unsigned char)*line))
			line++;
		if (line == end || *line == '#')
			continue;
		word = 0;
		while (line + word < end && !isspace((unsigned char)line[word]))
			word++;
		if (word == 3 && strncmp(line, "nat", 3) == 0)
			return (size_t)(end - line) > 4 &&
			    isdigit((unsigned char)line[4]);
		return is_number(line, word) || is_command(line, word);
	}
	return false;
}

static const char *
flavour_of(const struct options *options, int side)
{
	return side == DIFF_OLD ? options->flavour_old : options->flavour_new;
}

static bool
read_side(struct diff_sides *sides, const struct session *root, int side)
{
	struct session *session = &sides->sessions[side];
	const struct source *source;

	sides->options[side] = *root->options;
	session_init(session, &sides->options[side], root->arena);
	if (!session_read(session, sides->paths[side], &sides->files[side]))
		return false;
	source = sources_get(&session->sources, sides->files[side]);
	sides->is_ruleset[side] = looks_like_ruleset(source);
	return true;
}

/* With a flavour the side is what the compiled ruleset does. */
static bool
resolve_policy(struct diff_sides *sides, struct diff *diff, int side)
{
	struct session *session = &sides->sessions[side];
	const char *flavour = flavour_of(session->options, side);

	if (!session_parse_read(session, sides->files[side]) ||
	    !test_session_resolve(session))
		return false;
	diff->sides[side].policy = session->policy;
	diff->catalogues[side] = &session->catalogue;
	if (flavour == NULL)
		return true;
	sides->options[side].flavour = flavour;
	if (!session_lower(session))
		return false;
	diff->sides[side].ruleset = session_read_own(session);
	diff->sides[side].flavour = session->flavour;
	return diff->sides[side].ruleset != NULL;
}

static bool
resolve_ruleset(struct diff_sides *sides, struct diff *diff, int side)
{
	struct session *session = &sides->sessions[1 - side];
	const struct source *source = sources_get(
	    &sides->sessions[side].sources, sides->files[side]);
	uint32_t file = sources_add(
	    &session->sources, sides->paths[side], source->text, source->size);

	sides->options[1 - side].flavour = flavour_of(session->options, side);
	if (!session_lower(session))
		return false;
	diff->sides[side].policy = session->policy;
	diff->catalogues[side] = &session->catalogue;
	diff->sides[side].ruleset = session_read_rules_file(session, file);
	diff->sides[side].flavour = session->flavour;
	return diff->sides[side].ruleset != NULL;
}

/* Warnings about policies are for `akinc check`. */
static enum exit_code
report(struct diff_sides *sides)
{
	enum exit_code code = EXIT_FINE;

	for (int side = 0; side < 2; side++) {
		struct session *session = &sides->sessions[side];

		if (session->code == EXIT_FINE)
			continue;
		if (session->code > code)
			code = session->code;
		session_report(session, stdout);
	}
	return code;
}

bool
diff_sides_load(struct diff_sides *sides, const struct session *root,
    struct diff *diff, enum exit_code *code)
{
	bool good = true;

	for (int side = 0; side < 2; side++)
		good = read_side(sides, root, side) && good;
	if (good && sides->is_ruleset[0] && sides->is_ruleset[1]) {
		fputs("akinc: both are rulesets; name a policy, whose zones "
		      "the difference is told in\n",
		    stderr);
		*code = EXIT_USAGE;
		return false;
	}
	for (int side = 0; side < 2 && good; side++)
		if (!sides->is_ruleset[side])
			good = resolve_policy(sides, diff, side) && good;
	for (int side = 0; side < 2 && good; side++)
		if (sides->is_ruleset[side])
			good = resolve_ruleset(sides, diff, side);
	*code = report(sides);
	return good;
}

const struct session *
diff_sides_session(const struct diff_sides *sides, int side)
{
	return &sides->sessions[sides->is_ruleset[side] ? 1 - side : side];
}
