/*
 * A file of tests becomes statements of the policy's own tree, so that its
 * names and addresses are checked as those of `test` blocks are.
 */
#include <string.h>

#include "cli/test_file.h"
#include "sema/yaml.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct reader {
	struct yaml yaml;
	struct session *session;
	const char *path;
	uint32_t policy;
	struct test_file *out;
};

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

bool
test_file_named(const char *name)
{
	return ends_with(name, ".yaml") || ends_with(name, ".yml");
}

static void
refuse(const struct reader *r, const struct yaml_node *node, const char *text)
{
	if (node->kind != YAML_BROKEN)
		diag_add(r->yaml.diags, E_YAML_KIND, node->span, "%s", text);
}

/* The text at KEY; NULL if there is none. */
static const struct yaml_node *
text_at(const struct reader *r, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = yaml_get(map, key);

	if (node == NULL || !yaml_expect(&r->yaml, node, YAML_TEXT, key))
		return NULL;
	return node;
}

static const char *
string_at(const struct reader *r, const struct yaml_node *map, const char *key)
{
	const struct yaml_node *node = text_at(r, map, key);

	return node != NULL ? node->text : NULL;
}

static struct ast_word
word_of(const struct yaml_node *node)
{
	struct ast_word word = {.text = NULL};

	if (node == NULL)
		return word;
	word.text = node->text;
	word.span = node->span;
	word.quoted = node->quoted;
	return word;
}

/* The words at KEY go to WORD; returns whether there are any. */
static bool
take_word(const struct reader *r, const struct yaml_node *map, const char *key,
    struct ast_word *word)
{
	const struct yaml_node *node = text_at(r, map, key);

	*word = word_of(node);
	return node != NULL;
}

static bool
take_verdict(const struct reader *r, const struct yaml_node *node,
    enum ast_verdict *verdict)
{
	static const char *const names[] = {
	    [AST_ALLOW] = "allow",
	    [AST_DENY] = "deny",
	    [AST_REJECT] = "reject",
	};

	if (node->kind != YAML_TEXT) {
		refuse(r, node, "a verdict is allow, deny or reject");
		return false;
	}
	for (int i = AST_ALLOW; i <= AST_REJECT; i++)
		if (strcmp(names[i], node->text) == 0) {
			*verdict = (enum ast_verdict)i;
			return true;
		}
	refuse(r, node, "a verdict is allow, deny or reject");
	return false;
}

/* Zones begin with a letter; of addresses those of IPv6 may, but have a ':'. */
static bool
is_address(const char *text)
{
	return (*text >= '0' && *text <= '9') ||
	    text[strcspn(text, ": ")] == ':';
}

/* "vm", "192.168.56.10", "vm 192.168.56.10" */
static void
take_end(const struct reader *r, const struct yaml_node *map, const char *key,
    struct ast_test_end *end)
{
	const struct yaml_node *node = text_at(r, map, key);
	const char *text, *blank;

	if (node == NULL) {
		if (yaml_get(map, key) == NULL)
			refuse(r, map->pairs.v[0].key,
			    "a packet goes from somewhere to somewhere: give "
			    "`from` and `to`");
		return;
	}
	text = node->text;
	blank = strchr(text, ' ');
	end->span = node->span;
	if (!is_address(text)) {
		size_t n = blank != NULL ? (size_t)(blank - text)
					 : strlen(text);

		end->zone = word_of(node);
		end->zone.text = sym_intern(r->yaml.syms, text, n);
		text = blank != NULL ? blank + 1 : "";
	}
	end->has_address = *text != '\0';
	end->address = word_of(node);
	end->address.text = sym_intern_string(r->yaml.syms, text);
}

/* A rule is asked for by its label, or by a line of the policy. */
static void
take_rule(const struct reader *r, const struct yaml_node *map,
    struct ast_test_step *step)
{
	bool has_line = take_word(r, map, "line", &step->line);
	struct ast_word label;

	step->has_line = has_line;
	step->line.quoted = false;
	if (!take_word(r, map, "label", &label))
		return;
	if (has_line)
		refuse(r, yaml_get(map, "label"),
		    "a step asks for a line or a label, not for both");
	step->has_line = true;
	step->line = label;
	step->line.quoted = true;
}

static void
take_via(const struct reader *r, const struct yaml_node *map,
    struct ast_test_step *step)
{
	const struct yaml_node *node = text_at(r, map, "via");

	if (node == NULL)
		return;
	step->via_nat = strcmp(node->text, "nat") == 0;
	if (!step->via_nat)
		refuse(r, node, "`via` is nat or nothing");
}

static void
take_packet(const struct reader *r, const struct yaml_node *map,
    struct ast_test_step *step)
{
	static const char *const keys[] = {"expect", "protocol", "type", "from",
	    "spoofed", "source-port", "to", "port", "flags", "fragment", "via",
	    "line", "label"};

	yaml_check_keys(&r->yaml, map, keys, LENGTH(keys));
	step->kind = AST_TEST_EXPECT;
	step->has_verdict = take_verdict(
	    r, yaml_get(map, "expect"), &step->verdict);
	if (!take_word(r, map, "protocol", &step->protocol) &&
	    yaml_get(map, "protocol") == NULL)
		refuse(r, map->pairs.v[0].key,
		    "a packet has a protocol: give `protocol`");
	step->has_type = take_word(r, map, "type", &step->type);
	take_end(r, map, "from", &step->from);
	take_end(r, map, "to", &step->to);
	step->from.has_port = take_word(
	    r, map, "source-port", &step->from.port);
	step->to.has_port = take_word(r, map, "port", &step->to.port);
	if (yaml_get(map, "spoofed") != NULL)
		yaml_boolean(&r->yaml, yaml_get(map, "spoofed"), "spoofed",
		    &step->spoofed);
	step->has_flags = take_word(r, map, "flags", &step->flags);
	step->has_fragment = take_word(r, map, "fragment", &step->fragment);
}

/* "reply:" alone means that it is let through. */
static void
take_reaction(const struct reader *r, const struct yaml_node *map,
    const char *key, struct ast_test_step *step)
{
	const char *const keys[] = {key, "via", "line", "label"};
	const struct yaml_node *value = yaml_get(map, key);

	yaml_check_keys(&r->yaml, map, keys, LENGTH(keys));
	step->kind = strcmp(key, "reply") == 0 ? AST_TEST_REPLY
					       : AST_TEST_AGAIN;
	if (!yaml_is_void(value))
		step->has_verdict = take_verdict(r, value, &step->verdict);
}

static void
take_wait(const struct reader *r, const struct yaml_node *map,
    struct ast_test_step *step)
{
	static const char *const keys[] = {"after"};

	yaml_check_keys(&r->yaml, map, keys, LENGTH(keys));
	step->kind = AST_TEST_AFTER;
	take_word(r, map, "after", &step->duration);
}

/* Returns false if the step cannot stand for anything. */
static bool
take_step(const struct reader *r, const struct yaml_node *map,
    struct ast_test_step *step)
{
	size_t errors = r->yaml.diags->n_errors;

	if (!yaml_expect(&r->yaml, map, YAML_MAP, "a step"))
		return false;
	step->span = map->pairs.n > 0 ? map->pairs.v[0].key->span : map->span;
	if (yaml_get(map, "expect") != NULL)
		take_packet(r, map, step);
	else if (yaml_get(map, "reply") != NULL)
		take_reaction(r, map, "reply", step);
	else if (yaml_get(map, "again") != NULL)
		take_reaction(r, map, "again", step);
	else if (yaml_get(map, "after") != NULL)
		take_wait(r, map, step);
	else
		refuse(r, map, "a step has one of expect, reply, again, after");
	if (step->kind != AST_TEST_AFTER) {
		take_via(r, map, step);
		take_rule(r, map, step);
	}
	return r->yaml.diags->n_errors == errors;
}

static void
take_steps(
    const struct reader *r, const struct yaml_node *list, struct ast_test *test)
{
	struct ast_test_step **end = &test->steps;

	if (!yaml_expect(&r->yaml, list, YAML_LIST, "steps"))
		return;
	for (size_t i = 0; i < list->items.n; i++) {
		struct ast_test_step *step = arena_new(
		    r->yaml.arena, struct ast_test_step);

		if (!take_step(r, list->items.v[i], step))
			continue;
		*end = step;
		end = &step->next;
	}
}

/* The test, or NULL after an error. */
static struct ast_statement *
read_test(const struct reader *r, const struct yaml_node *map)
{
	static const char *const keys[] = {"name", "steps"};
	struct ast_statement *statement;
	const struct yaml_node *steps;

	if (!yaml_expect(&r->yaml, map, YAML_MAP, "a test"))
		return NULL;
	yaml_check_keys(&r->yaml, map, keys, LENGTH(keys));
	steps = yaml_get(map, "steps");
	statement = arena_new(r->yaml.arena, struct ast_statement);
	statement->kind = AST_TEST;
	statement->u.test.lines_of = r->policy;
	if (!take_word(r, map, "name", &statement->u.test.name) ||
	    steps == NULL) {
		refuse(r, map, "a test has a name and steps");
		return NULL;
	}
	statement->span = statement->u.test.name.span;
	take_steps(r, steps, &statement->u.test);
	return statement;
}

static void
read_tests(const struct reader *r, const struct yaml_node *list)
{
	struct ast_statement **end = &r->out->statements;

	if (list == NULL || !yaml_expect(&r->yaml, list, YAML_LIST, "tests"))
		return;
	for (size_t i = 0; i < list->items.n; i++) {
		*end = read_test(r, list->items.v[i]);
		if (*end != NULL)
			end = &(*end)->next;
	}
}

/* NAME as seen from where the file of tests is. */
static const char *
beside(const struct reader *r, const char *name)
{
	const char *slash = strrchr(r->path, '/');

	if (name == NULL || *name == '/' || slash == NULL)
		return name;
	return arena_printf(
	    r->yaml.arena, "%.*s%s", (int)(slash + 1 - r->path), r->path, name);
}

/* "docked.yaml, kernel" */
static const char *
describe(const struct reader *r, const struct test_variant *variant)
{
	const char *const parts[] = {
	    variant->host, variant->nic, variant->flavour, variant->nat};
	struct buf out;

	buf_init(&out, r->yaml.arena);
	for (size_t i = 0; i < LENGTH(parts); i++)
		if (parts[i] != NULL)
			buf_printf(
			    &out, "%s%s", out.n > 0 ? ", " : "", parts[i]);
	return out.p;
}

static void
read_variant(const struct reader *r, const struct yaml_node *map)
{
	static const char *const keys[] = {
	    "name", "host", "nic", "flavour", "nat"};
	struct test_variant variant;

	if (!yaml_expect(&r->yaml, map, YAML_MAP, "a variant"))
		return;
	yaml_check_keys(&r->yaml, map, keys, LENGTH(keys));
	variant = (struct test_variant){
	    .name = string_at(r, map, "name"),
	    .host = string_at(r, map, "host"),
	    .nic = string_at(r, map, "nic"),
	    .flavour = string_at(r, map, "flavour"),
	    .nat = string_at(r, map, "nat"),
	};
	if (variant.nat != NULL && strcmp(variant.nat, "divert") != 0 &&
	    strcmp(variant.nat, "kernel") != 0)
		refuse(r, yaml_get(map, "nat"), "`nat` is divert or kernel");
	if (variant.name == NULL)
		variant.name = describe(r, &variant);
	variant.host = beside(r, variant.host);
	vec_push(r->yaml.arena, &r->out->matrix, variant);
}

static void
read_matrix(const struct reader *r, const struct yaml_node *list)
{
	if (list == NULL || !yaml_expect(&r->yaml, list, YAML_LIST, "matrix"))
		return;
	for (size_t i = 0; i < list->items.n; i++)
		read_variant(r, list->items.v[i]);
}

bool
test_file_read(struct session *session, const char *path, uint32_t policy,
    struct test_file *out)
{
	static const char *const keys[] = {"matrix", "tests"};
	struct reader r = {
	    .yaml = {session->arena, session->syms, &session->sources,
		&session->diags},
	    .session = session,
	    .path = path,
	    .policy = policy,
	    .out = out,
	};
	const struct yaml_node *root;
	uint32_t file;

	*out = (struct test_file){.statements = NULL};
	if (!session_read(session, path, &file))
		return false;
	root = yaml_read(&r.yaml, file);
	if (root != NULL &&
	    yaml_expect(&r.yaml, root, YAML_MAP, "a file of tests")) {
		yaml_check_keys(&r.yaml, root, keys, LENGTH(keys));
		read_matrix(&r, yaml_get(root, "matrix"));
		read_tests(&r, yaml_get(root, "tests"));
	}
	if (session->diags.n_errors == 0)
		return true;
	session->code = EXIT_POLICY;
	return false;
}
