/*
 * The syntax tree as JSON.  A place is "LINE:COLUMN-LINE:COLUMN", from the
 * first byte to the one after the last.
 */
#include <string.h>

#include "grammar/dump.h"
#include "grammar/words.h"

struct dump {
	const struct source *source;
	const struct sources *sources;
	bool failed; /* out of memory */
};

static const char *const statement_names[] = {
    [AST_ZONE] = "zone",
    [AST_SERVICE] = "service",
    [AST_HOSTS] = "hosts",
    [AST_TRUST] = "trust",
    [AST_NAT] = "nat",
    [AST_FORWARD] = "forward",
    [AST_BLOCK] = "block",
    [AST_DEFAULT] = "default",
    [AST_OPTION] = "option",
    [AST_INCLUDE] = "include",
    [AST_TEST] = "test",
};

static const char *const verdict_names[] = {
    [AST_ALLOW] = "allow",
    [AST_DENY] = "deny",
    [AST_REJECT] = "reject",
};

static const char *const service_names[] = {
    [AST_SERVICE_NAME] = "name",
    [AST_SERVICE_PORTS] = "ports",
    [AST_SERVICE_ICMP] = "icmp",
    [AST_SERVICE_PROTOCOL] = "protocol",
};

static const char *const step_names[] = {
    [AST_TEST_EXPECT] = "expect",
    [AST_TEST_REPLY] = "reply",
    [AST_TEST_AGAIN] = "again",
    [AST_TEST_AFTER] = "after",
};

/* Takes VALUE over, as all that is put into something. */
static void
put(struct dump *dump, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) == -1)
		dump->failed = true;
}

static void
append(struct dump *dump, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) == -1)
		dump->failed = true;
}

/* The name of a file is in any encoding: what is not UTF-8 becomes '?'. */
static json_t *
text_json(const char *text, size_t length)
{
	json_t *json = json_stringn(text, length);
	struct arena *scratch;
	char *plain;

	if (json != NULL)
		return json;
	scratch = arena_create(0, NULL, NULL);
	if (scratch == NULL)
		return NULL;
	plain = arena_strndup(scratch, text, length);
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)plain[i] >= 0x80)
			plain[i] = '?';
	}
	json = json_stringn(plain, length);
	arena_destroy(scratch);
	return json;
}

static void
put_text(struct dump *dump, json_t *object, const char *key, const char *text)
{
	put(dump, object, key, text_json(text, strlen(text)));
}

static void
put_place(struct dump *dump, json_t *object, struct span span)
{
	struct span end = {span.file, span.at + span.length, 0};
	size_t line, column, end_line, end_column;

	source_position(dump->source, span, &line, &column);
	source_position(dump->source, end, &end_line, &end_column);
	put(dump, object, "at",
	    json_sprintf(
		"%zu:%zu-%zu:%zu", line, column, end_line, end_column));
}

static json_t *
word_json(struct dump *dump, const struct ast_word *word)
{
	json_t *object = json_object();

	put_text(dump, object, "text", word->text);
	if (word->quoted && word_needs_quotes(word->text))
		put(dump, object, "quoted", json_true());
	put_place(dump, object, word->span);
	return object;
}

static void
put_word(struct dump *dump, json_t *object, const char *key,
    const struct ast_word *word)
{
	put(dump, object, key, word_json(dump, word));
}

static void
put_words(
    struct dump *dump, json_t *object, const char *key, const ast_words *words)
{
	json_t *array = json_array();

	for (size_t i = 0; i < words->n; i++)
		append(dump, array, word_json(dump, &words->v[i]));
	put(dump, object, key, array);
}

static json_t *
host_json(struct dump *dump, const struct ast_host *host)
{
	json_t *object = word_json(dump, &host->word);

	put_text(dump, object, "kind",
	    host->kind == AST_HOST_ADDRESS ? "address" : "name");
	return object;
}

static void
put_hosts(
    struct dump *dump, json_t *object, const char *key, const ast_hosts *hosts)
{
	json_t *array = json_array();

	for (size_t i = 0; i < hosts->n; i++)
		append(dump, array, host_json(dump, &hosts->v[i]));
	put(dump, object, key, array);
}

static json_t *
service_json(struct dump *dump, const struct ast_service *service)
{
	json_t *object = json_object();

	put_text(dump, object, "kind", service_names[service->kind]);
	if (service->protocol.text != NULL)
		put_word(dump, object, "protocol", &service->protocol);
	put_word(dump, object, "word", &service->word);
	put(dump, object, "continues", json_boolean(service->continues));
	put_place(dump, object, service->span);
	return object;
}

static void
put_services(struct dump *dump, json_t *object, const ast_services *services)
{
	json_t *array = json_array();

	for (size_t i = 0; i < services->n; i++)
		append(dump, array, service_json(dump, &services->v[i]));
	put(dump, object, "services", array);
}

static void
put_qualifiers(
    struct dump *dump, json_t *object, const struct ast_qualifiers *q)
{
	if (q->has_from)
		put_hosts(dump, object, "from_hosts", &q->from);
	if (q->has_to)
		put_hosts(dump, object, "to_hosts", &q->to);
	if (q->log)
		put(dump, object, "log", json_true());
	if (q->limit != NULL)
		put_word(dump, object, "limit", q->limit);
	if (q->label != NULL)
		put_word(dump, object, "label", q->label);
	if (q->comment != NULL)
		put_word(dump, object, "comment", q->comment);
}

static void
put_rules(struct dump *dump, json_t *object, const struct ast_rule *rules)
{
	json_t *array = json_array();

	for (const struct ast_rule *rule = rules; rule != NULL;
	     rule = rule->next) {
		json_t *json = json_object();

		put_text(dump, json, "verdict", verdict_names[rule->verdict]);
		put_services(dump, json, &rule->services);
		put_qualifiers(dump, json, rule->qualifiers);
		put_place(dump, json, rule->span);
		append(dump, array, json);
	}
	put(dump, object, "rules", array);
}

static void
put_end(struct dump *dump, json_t *object, const char *key,
    const struct ast_test_end *end)
{
	json_t *json = json_object();

	put_word(dump, json, "zone", &end->zone);
	if (end->has_address)
		put_word(dump, json, "address", &end->address);
	if (end->has_port)
		put_word(dump, json, "port", &end->port);
	put_place(dump, json, end->span);
	put(dump, object, key, json);
}

static json_t *
step_json(struct dump *dump, const struct ast_test_step *step)
{
	json_t *json = json_object();

	put_text(dump, json, "kind", step_names[step->kind]);
	if (step->has_verdict)
		put_text(dump, json, "verdict", verdict_names[step->verdict]);
	if (step->kind == AST_TEST_EXPECT) {
		put_word(dump, json, "protocol", &step->protocol);
		if (step->has_type)
			put_word(dump, json, "type", &step->type);
		put_end(dump, json, "from", &step->from);
		put_end(dump, json, "to", &step->to);
	}
	if (step->has_flags)
		put_word(dump, json, "flags", &step->flags);
	if (step->via_nat)
		put(dump, json, "via_nat", json_true());
	if (step->has_line)
		put_word(dump, json, "by", &step->line);
	if (step->kind == AST_TEST_AFTER)
		put_word(dump, json, "duration", &step->duration);
	put_place(dump, json, step->span);
	return json;
}

static void
put_zone(struct dump *dump, json_t *object, const struct ast_zone *zone)
{
	put_word(dump, object, "name", &zone->name);
	if (zone->has_cards)
		put_words(dump, object, "on", &zone->cards);
	if (zone->has_nets)
		put_words(dump, object, "net", &zone->nets);
}

static void
put_hosts_definition(struct dump *dump, json_t *object,
    const struct ast_hosts_definition *definition)
{
	put_word(dump, object, "name", &definition->name);
	put(dump, object, "single", json_boolean(definition->single));
	if (definition->from_file)
		put_word(dump, object, "file", &definition->file);
	else
		put_hosts(dump, object, "hosts", &definition->hosts);
}

static void
put_forward(
    struct dump *dump, json_t *object, const struct ast_forward *forward)
{
	put_word(dump, object, "protocol", &forward->protocol);
	put_words(dump, object, "ports", &forward->ports);
	put_words(dump, object, "from", &forward->from);
	put(dump, object, "to", host_json(dump, &forward->target));
	if (forward->has_target_port)
		put_word(dump, object, "port", &forward->target_port);
	put_qualifiers(dump, object, forward->qualifiers);
}

static void
put_block(struct dump *dump, json_t *object, const struct ast_block *block)
{
	put_words(dump, object, "from", &block->from);
	put_words(dump, object, "to", &block->to);
	put(dump, object, "one_line", json_boolean(block->one_line));
	put_rules(dump, object, block->rules);
}

static void
put_test(struct dump *dump, json_t *object, const struct ast_test *test)
{
	json_t *steps = json_array();

	put_word(dump, object, "name", &test->name);
	for (const struct ast_test_step *step = test->steps; step != NULL;
	     step = step->next)
		append(dump, steps, step_json(dump, step));
	put(dump, object, "steps", steps);
}

static void
put_include(
    struct dump *dump, json_t *object, const struct ast_include *include)
{
	put_word(dump, object, "path", &include->path);
	if (include->file != NULL)
		put(dump, object, "tree",
		    ast_dump(include->file, dump->sources));
}

static json_t *
statement_json(struct dump *dump, const struct ast_statement *statement)
{
	json_t *json = json_object();

	put_text(dump, json, "kind", statement_names[statement->kind]);
	put_place(dump, json, statement->span);
	switch (statement->kind) {
	case AST_ZONE:
		put_zone(dump, json, &statement->u.zone);
		break;
	case AST_SERVICE:
		put_word(dump, json, "name", &statement->u.service.name);
		put_services(dump, json, &statement->u.service.services);
		break;
	case AST_HOSTS:
		put_hosts_definition(dump, json, &statement->u.hosts);
		break;
	case AST_TRUST:
		put_words(dump, json, "zones", &statement->u.trust.zones);
		break;
	case AST_NAT:
		put_words(dump, json, "from", &statement->u.nat.from);
		put_words(dump, json, "to", &statement->u.nat.to);
		break;
	case AST_FORWARD:
		put_forward(dump, json, &statement->u.forward);
		break;
	case AST_BLOCK:
		put_block(dump, json, &statement->u.block);
		break;
	case AST_DEFAULT:
		put_text(dump, json, "verdict",
		    verdict_names[statement->u.fallback.verdict]);
		put(dump, json, "log", json_boolean(statement->u.fallback.log));
		break;
	case AST_OPTION:
		put_word(dump, json, "name", &statement->u.option.name);
		put_words(dump, json, "values", &statement->u.option.values);
		break;
	case AST_INCLUDE:
		put_include(dump, json, &statement->u.include);
		break;
	case AST_TEST:
		put_test(dump, json, &statement->u.test);
		break;
	}
	return json;
}

static json_t *
comment_json(struct dump *dump, const struct ast_comment *comment)
{
	json_t *json = json_object();

	put(dump, json, "text",
	    text_json(
		dump->source->text + comment->span.at, comment->span.length));
	put(dump, json, "own_line", json_boolean(comment->own_line));
	put_place(dump, json, comment->span);
	return json;
}

json_t *
ast_dump(const struct ast_file *tree, const struct sources *sources)
{
	struct dump dump = {
	    .sources = sources, .source = sources_get(sources, tree->file)};
	json_t *json = json_object();
	json_t *statements = json_array(), *comments = json_array();

	put_text(&dump, json, "file", dump.source->name);
	for (const struct ast_statement *at = tree->statements; at != NULL;
	     at = at->next)
		append(&dump, statements, statement_json(&dump, at));
	put(&dump, json, "statements", statements);
	for (size_t i = 0; i < tree->comments.n; i++)
		append(
		    &dump, comments, comment_json(&dump, &tree->comments.v[i]));
	put(&dump, json, "comments", comments);
	if (dump.failed) {
		json_decref(json);
		return NULL;
	}
	return json;
}
