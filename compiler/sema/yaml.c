/*
 * From the events of libyaml to a tree.
 *
 * libyaml counts characters where we count bytes: a table of every 256th
 * character turns one into the other.  An error that leaves the structure
 * whole is reported and reading goes on; any other ends it.
 */
#include <assert.h>
#include <string.h>

#include <yaml.h>

#include "base/map.h"
#include "sema/yaml.h"

#define STEP 256

struct reader {
	const struct yaml *yaml;
	uint32_t file;
	const char *text;
	size_t size;
	/* Byte offset of each STEPth character; empty if all is ASCII. */
	VEC(uint32_t) steps;
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	bool failed; /* no further event may be asked for */
	size_t n_nodes;
};

static struct yaml_node *read_node(struct reader *reader, unsigned depth);

static bool
is_start_byte(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static void
find_steps(struct reader *reader)
{
	bool ascii = true;
	size_t n = 0;

	for (size_t i = 0; i < reader->size && ascii; i++)
		ascii = (unsigned char)reader->text[i] < 0x80;
	for (size_t i = 0; i < reader->size && !ascii; i++) {
		if (!is_start_byte(reader->text[i]))
			continue;
		if (n % STEP == 0)
			vec_push(
			    reader->yaml->arena, &reader->steps, (uint32_t)i);
		n++;
	}
}

static size_t
offset_of(const struct reader *reader, size_t character)
{
	size_t at = character;

	if (reader->steps.n > 0) {
		size_t step = character / STEP;
		size_t rest = character % STEP;

		if (step >= reader->steps.n)
			return reader->size;
		at = reader->steps.v[step];
		while (at < reader->size &&
		    (rest > 0 || !is_start_byte(reader->text[at])))
			rest -= is_start_byte(reader->text[at++]);
	}
	return at < reader->size ? at : reader->size;
}

static struct span
span_of(
    const struct reader *reader, const yaml_mark_t *from, const yaml_mark_t *to)
{
	size_t start = offset_of(reader, from->index);
	size_t end = offset_of(reader, to->index);

	if (end < start)
		end = start;
	return (struct span){
	    reader->file, (uint32_t)start, (uint32_t)(end - start)};
}

static struct span
event_span(const struct reader *reader)
{
	return span_of(
	    reader, &reader->event.start_mark, &reader->event.end_mark);
}

/* How many bytes a character takes that begins with C. */
static size_t
sequence_length(char c)
{
	unsigned char byte = (unsigned char)c;

	if (byte >= 0xf0)
		return 4;
	return byte >= 0xe0 ? 3 : 2;
}

/*
 * libyaml points at the first byte that cannot follow; what is wrong begins
 * at the start of the character that is not complete.
 */
static void
report_encoding(struct reader *reader)
{
	size_t at = reader->parser.problem_offset;
	struct span span = {reader->file, 0, 1};

	if (at > reader->size)
		at = reader->size;
	for (size_t back = 1; back < 4 && back <= at; back++) {
		char c = reader->text[at - back];

		if ((unsigned char)c < 0x80)
			break;
		if (is_start_byte(c)) {
			if (back < sequence_length(c))
				at -= back;
			break;
		}
	}
	span.at = (uint32_t)at;
	diag_add(reader->yaml->diags, E_YAML_SYNTAX, span,
	    "a byte that is not text in UTF-8");
}

static void
report_problem(struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	struct diags *diags = reader->yaml->diags;
	struct diag *diag;

	reader->failed = true;
	if (parser->error == YAML_READER_ERROR) {
		report_encoding(reader);
		return;
	}
	diag = diag_add(diags, E_YAML_SYNTAX,
	    span_of(reader, &parser->problem_mark, &parser->problem_mark),
	    "this is not YAML: %s",
	    parser->problem != NULL ? parser->problem : "no memory for it");
	if (parser->context != NULL && parser->context_mark.index > 0)
		diag_label(diags, diag,
		    span_of(
			reader, &parser->context_mark, &parser->context_mark),
		    "%s", parser->context);
}

static void
next_event(struct reader *reader)
{
	if (reader->has_event)
		yaml_event_delete(&reader->event);
	reader->has_event = false;
	if (reader->failed)
		return;
	if (yaml_parser_parse(&reader->parser, &reader->event))
		reader->has_event = true;
	else
		report_problem(reader);
}

static bool
at_event(const struct reader *reader, yaml_event_type_t type)
{
	return reader->has_event && reader->event.type == type;
}

/* Limits end the reading: what follows may be as large again. */
static void
report_limit(struct reader *reader, const char *text)
{
	diag_add(
	    reader->yaml->diags, E_YAML_LIMIT, event_span(reader), "%s", text);
	reader->failed = true;
}

static void
report_feature(struct reader *reader, const char *what, const char *help)
{
	struct diag *diag = diag_add(reader->yaml->diags, E_YAML_FEATURE,
	    event_span(reader), "%s not read here", what);

	diag_help(reader->yaml->diags, diag, "%s", help);
}

static void
check_properties(struct reader *reader, const void *anchor, const void *tag)
{
	if (anchor != NULL)
		report_feature(reader, "anchors are",
		    "write the value out wherever it is needed");
	if (tag != NULL)
		report_feature(
		    reader, "tags are", "leave it out: no value needs a type");
}

static bool
is_clean(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == 0x7f || (c < 0x20 && c != '\n' && c != '\t'))
			return false;
	}
	return true;
}

static void
read_text(struct reader *reader, struct yaml_node *node)
{
	const char *text = (const char *)reader->event.data.scalar.value;
	size_t length = reader->event.data.scalar.length;

	check_properties(reader, reader->event.data.scalar.anchor,
	    reader->event.data.scalar.tag);
	if (!is_clean(text, length)) {
		diag_add(reader->yaml->diags, E_YAML_SYNTAX, node->span,
		    "a control character in a text");
		node->kind = YAML_BROKEN;
		return;
	}
	node->kind = YAML_TEXT;
	node->text = sym_intern(reader->yaml->syms, text, length);
	node->quoted = reader->event.data.scalar.style !=
	    YAML_PLAIN_SCALAR_STYLE;
}

static void
read_list(struct reader *reader, struct yaml_node *node, unsigned depth)
{
	node->kind = YAML_LIST;
	check_properties(reader, reader->event.data.sequence_start.anchor,
	    reader->event.data.sequence_start.tag);
	next_event(reader);
	while (!reader->failed && !at_event(reader, YAML_SEQUENCE_END_EVENT)) {
		struct yaml_node *item = read_node(reader, depth + 1);

		vec_push(reader->yaml->arena, &node->items, item);
		node->span = span_join(node->span, item->span);
		next_event(reader);
	}
}

static void
report_twice(struct reader *reader, const struct yaml_node *key,
    const struct yaml_node *before)
{
	struct diags *diags = reader->yaml->diags;
	struct diag *diag = diag_add(diags, E_YAML_TWICE, key->span,
	    "'%.40s' is given twice", key->text);

	diag_label(diags, diag, before->span, "first given here");
}

/* A pair whose key is no text, or not the first of its name, is left out. */
static void
keep_pair(struct reader *reader, struct yaml_node *map, struct map *seen,
    struct yaml_pair pair)
{
	const struct yaml_node *before;

	if (pair.key->kind != YAML_TEXT) {
		yaml_expect(reader->yaml, pair.key, YAML_TEXT, "a key");
		return;
	}
	before = map_get(seen, pair.key->text);
	if (before != NULL) {
		report_twice(reader, pair.key, before);
		return;
	}
	map_put(seen, pair.key->text, pair.key);
	vec_push(reader->yaml->arena, &map->pairs, pair);
}

static void
read_map(struct reader *reader, struct yaml_node *node, unsigned depth)
{
	struct map seen;

	node->kind = YAML_MAP;
	check_properties(reader, reader->event.data.mapping_start.anchor,
	    reader->event.data.mapping_start.tag);
	map_init(&seen, reader->yaml->arena);
	next_event(reader);
	while (!reader->failed && !at_event(reader, YAML_MAPPING_END_EVENT)) {
		struct yaml_pair pair = {NULL, NULL};

		pair.key = read_node(reader, depth + 1);
		next_event(reader);
		if (reader->failed)
			return;
		pair.value = read_node(reader, depth + 1);
		keep_pair(reader, node, &seen, pair);
		node->span = span_join(node->span, pair.value->span);
		next_event(reader);
	}
}

/*
 * The node that the current event begins; its last event is current at the
 * end.  Never NULL: after a failure the node is broken or cut short.
 */
static struct yaml_node *
read_node(struct reader *reader, unsigned depth)
{
	struct yaml_node *node = arena_new(
	    reader->yaml->arena, struct yaml_node);

	node->span = event_span(reader);
	if (depth > YAML_DEPTH_MAX)
		report_limit(reader, "this is nested too deeply");
	else if (reader->n_nodes++ >= YAML_NODES_MAX)
		report_limit(reader, "the file has too many values");
	else if (at_event(reader, YAML_SCALAR_EVENT))
		read_text(reader, node);
	else if (at_event(reader, YAML_SEQUENCE_START_EVENT))
		read_list(reader, node, depth);
	else if (at_event(reader, YAML_MAPPING_START_EVENT))
		read_map(reader, node, depth);
	else
		report_feature(reader, "aliases are",
		    "write the value out wherever it is needed");
	/* A closing bracket; the end of a block is where the next begins. */
	if (!reader->failed && event_span(reader).length > 0)
		node->span = span_join(node->span, event_span(reader));
	return node;
}

static struct yaml_node *
read_document(struct reader *reader)
{
	struct yaml_node *root;

	next_event(reader);
	if (at_event(reader, YAML_STREAM_START_EVENT))
		next_event(reader);
	if (at_event(reader, YAML_STREAM_END_EVENT)) {
		diag_add(reader->yaml->diags, E_YAML_KIND, event_span(reader),
		    "there is nothing in the file");
		return NULL;
	}
	next_event(reader);
	if (reader->failed)
		return NULL;
	root = read_node(reader, 1);
	next_event(reader); /* the end of the document */
	next_event(reader);
	if (at_event(reader, YAML_DOCUMENT_START_EVENT))
		report_feature(reader, "a second document is",
		    "put it into a file of its own");
	return reader->failed ? NULL : root;
}

struct yaml_node *
yaml_read(const struct yaml *yaml, uint32_t file)
{
	const struct source *source = sources_get(yaml->sources, file);
	struct reader reader = {.yaml = yaml, .file = file};
	struct yaml_node *root = NULL;

	assert(source != NULL);
	if (source->size > YAML_BYTES_MAX) {
		diag_add(yaml->diags, E_YAML_LIMIT, (struct span){file, 0, 0},
		    "the file is too large");
		return NULL;
	}
	reader.text = source->text;
	reader.size = source->size;
	find_steps(&reader);
	if (!yaml_parser_initialize(&reader.parser)) {
		report_problem(&reader);
		return NULL;
	}
	yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(
	    &reader.parser, (const unsigned char *)reader.text, reader.size);
	root = read_document(&reader);
	if (reader.has_event)
		yaml_event_delete(&reader.event);
	yaml_parser_delete(&reader.parser);
	return root;
}
