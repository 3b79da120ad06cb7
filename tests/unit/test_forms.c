/*
 * Nothing is emitted whose like no real ipfw has taken and listed.
 *
 * From every rule of the recorded sessions that was accepted and listed in a
 * way that reads as the same rule we take its form, part by part: the verb,
 * the protocol, the shape of each end, each option, and which option stood
 * behind which.  Every rule of the golden files must be made of such parts,
 * and must be written as we write it, so that nothing of it was dropped in
 * silence when it was read.
 *
 *     test_forms		all golden files under tests/cases
 *     test_forms -		the rules on standard input
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/map.h"
#include "base/sym.h"
#include "target/ipfw/read.h"
#include "target/ipfw/write.h"
#include "tests/unit/same_rule.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define CASES "tests/cases"
#define SUFFIX ".rules-"
#define LINE_BYTES 8192

typedef VEC(const char *) form_parts;

struct forms {
	struct arena *arena;
	struct sym_table *syms;
	struct map seen;
	size_t n_rules;
};

static const char *
address_kind(struct arena *arena, const struct ipfw_insn *insn)
{
	const char *kind = "table";

	if (insn->op == IPFW_SRC_ME || insn->op == IPFW_DST_ME)
		kind = "me";
	else if (insn->op == IPFW_SRC_ME6 || insn->op == IPFW_DST_ME6)
		kind = "me6";
	else if (insn->op == IPFW_SRC || insn->op == IPFW_DST)
		kind = insn->text != NULL ? "set"
		    : insn->n_prefixes > 1
		    ? (insn->family == FAMILY_4 ? "list4" : "list6")
		    : (insn->family == FAMILY_4 ? "net4" : "net6");
	else if (insn->has_value)
		kind = "table,value";
	return arena_printf(arena, "%s%s", insn->negated ? "not " : "", kind);
}

static const char *
ports_kind(const struct ipfw_insn *insn)
{
	if (insn->n_ports > 1)
		return "list";
	return insn->ports[0].lo == insn->ports[0].hi ? "port" : "range";
}

static const char *
card_kind(const struct ipfw_insn *insn)
{
	if (insn->is_table)
		return "table";
	if (strcmp(insn->text, "*") == 0)
		return "*";
	if (insn->text[0] >= '0' && insn->text[0] <= '9')
		return "address";
	return strpbrk(insn->text, "*?[") != NULL ? "pattern" : "name";
}

static bool
is_source(enum ipfw_op op)
{
	return op == IPFW_SRC || op == IPFW_SRC_ME || op == IPFW_SRC_ME6 ||
	    op == IPFW_SRC_TABLE;
}

static bool
is_target(enum ipfw_op op)
{
	return op == IPFW_DST || op == IPFW_DST_ME || op == IPFW_DST_ME6 ||
	    op == IPFW_DST_TABLE;
}

static bool
is_protocol(enum ipfw_op op)
{
	return op == IPFW_PROTO || op == IPFW_IP4 || op == IPFW_IP6;
}

/* The word that an option begins with, from the text of the option alone. */
static const char *
option_word(struct arena *arena, const struct ipfw_insn *insn)
{
	struct ipfw_rule rule = {.verb = IPFW_COUNT, .options_only = true};
	struct ipfw_insn alone = *insn;
	struct buf text;
	const char *word;

	alone.or_next = alone.negated = false;
	vec_push(arena, &rule.insns, alone);
	buf_init(&text, arena);
	ipfw_write_body(&text, &rule, false);
	word = text.p + strlen("count ip from any to any ");
	return arena_strndup(arena, word, strcspn(word, " "));
}

static const char *
option_kind(struct arena *arena, const struct ipfw_insn *insn)
{
	const char *word, *detail = "";

	if (is_source(insn->op) || is_target(insn->op))
		return arena_printf(arena, "%s-ip %s",
		    is_source(insn->op) ? "src" : "dst",
		    address_kind(arena, insn));
	if (insn->op == IPFW_IP4 || insn->op == IPFW_IP6)
		word = insn->op == IPFW_IP4 ? "ip4" : "ip6";
	else if (insn->op == IPFW_ICMP6TYPES)
		word = "icmp6types";
	else
		word = option_word(arena, insn);
	if (insn->op == IPFW_SRC_PORTS || insn->op == IPFW_DST_PORTS)
		detail = ports_kind(insn);
	else if (insn->op == IPFW_RECV || insn->op == IPFW_XMIT ||
	    insn->op == IPFW_VIA)
		detail = card_kind(insn);
	else if (insn->op == IPFW_LIMIT)
		detail = arena_printf(arena, "%u", (unsigned)insn->mask);
	return arena_printf(arena, "%s%s%s%s", insn->negated ? "not " : "",
	    word, detail[0] != '\0' ? " " : "", detail);
}

static const char *
verb_kind(struct arena *arena, const struct ipfw_rule *rule)
{
	struct ipfw_rule plain = {
	    .verb = rule->verb,
	    .argument = 9,
	    .foreign = rule->foreign,
	};
	struct buf text;

	buf_init(&text, arena);
	if (rule->verb == IPFW_UNREACH || rule->verb == IPFW_UNREACH6 ||
	    rule->argument == IPFW_TABLEARG)
		plain.argument = rule->argument;
	ipfw_write_body(&text, &plain, false);
	return text.p;
}

/* Instructions from START on that are one or-block, or one alone. */
static size_t
block_end(const ipfw_insns *insns, size_t start)
{
	while (start + 1 < insns->n && insns->v[start].or_next)
		start++;
	return start + 1;
}

static const char *
insn_kind(struct arena *arena, const struct ipfw_insn *insn, bool option)
{
	if (!option && is_protocol(insn->op))
		return arena_printf(arena, "%s%s", insn->negated ? "not " : "",
		    insn->op == IPFW_IP4			   ? "ip4"
			: insn->op == IPFW_IP6			   ? "ip6"
			: ipfw_protocol_name(insn->number) == NULL ? "number"
								   : "name");
	if (!option && (is_source(insn->op) || is_target(insn->op)))
		return address_kind(arena, insn);
	if (!option && insn->op == IPFW_SRC_PORTS)
		return ports_kind(insn);
	return option_kind(arena, insn);
}

/* The kinds of a block; equal neighbours count once. */
static const char *
block_kind(struct arena *arena, const ipfw_insns *insns, size_t start,
    size_t end, bool option)
{
	const char *last = "";
	struct buf text;

	buf_init(&text, arena);
	for (size_t i = start; i < end; i++) {
		const char *kind = insn_kind(arena, &insns->v[i], option);

		if (strcmp(kind, last) != 0)
			buf_printf(
			    &text, "%s%s", i > start ? " or " : "", kind);
		last = kind;
	}
	if (end == start + 1)
		return text.p;
	return arena_printf(arena, "{ %s }", text.p);
}

static const char *
part_of(const struct ipfw_insn *insn, bool option)
{
	if (option)
		return "option";
	if (is_protocol(insn->op))
		return "protocol";
	if (is_source(insn->op))
		return "source";
	return is_target(insn->op) ? "target" : "source port";
}

static bool
is_option(const struct ipfw_insn *insn)
{
	return !is_protocol(insn->op) && !is_source(insn->op) &&
	    !is_target(insn->op) && insn->op != IPFW_SRC_PORTS;
}

static void
add_part(
    struct arena *arena, form_parts *parts, const char *part, const char *kind)
{
	vec_push(arena, parts, arena_printf(arena, "%s: %s", part, kind));
}

static void
add_options_order(
    struct arena *arena, form_parts *parts, const form_parts *options)
{
	for (size_t i = 1; i < options->n; i++)
		add_part(arena, parts, "order",
		    arena_printf(
			arena, "%s, %s", options->v[i - 1], options->v[i]));
}

static form_parts
form_of(struct arena *arena, const struct ipfw_rule *rule)
{
	form_parts parts = {NULL, 0, 0}, options = {NULL, 0, 0};
	bool option = rule->options_only;
	size_t end;

	add_part(arena, &parts, "verb", verb_kind(arena, rule));
	if (rule->log)
		add_part(arena, &parts, "log",
		    rule->has_logamount ? "logamount" : "");
	if (rule->comment != NULL)
		add_part(arena, &parts, "comment", "");
	for (size_t i = 0; i < rule->insns.n; i = end) {
		const struct ipfw_insn *insn = &rule->insns.v[i];
		const char *kind;

		end = block_end(&rule->insns, i);
		option |= is_option(insn);
		kind = block_kind(arena, &rule->insns, i, end, option);
		add_part(arena, &parts, part_of(insn, option), kind);
		if (option)
			vec_push(arena, &options, kind);
	}
	add_options_order(arena, &parts, &options);
	return parts;
}

static bool
is_seen(const struct forms *forms, const char *part)
{
	return map_get(&forms->seen, sym_intern_string(forms->syms, part)) !=
	    NULL;
}

static void
learn_rule(struct forms *forms, const struct ipfw_rule *rule)
{
	form_parts parts = form_of(forms->arena, rule);

	forms->n_rules++;
	for (size_t i = 0; i < parts.n; i++)
		map_put(&forms->seen,
		    sym_intern_string(forms->syms, parts.v[i]), forms);
}

/* Is a rule like RULE listed by STEP? */
static bool
is_listed(struct forms *forms, const struct vector_step *step,
    const struct ipfw_rule *rule)
{
	struct ipfw_reader reader;
	struct ipfw_line line;

	ipfw_reader_init(&reader, forms->arena);
	for (size_t i = 0; i < step->answers.n; i++) {
		if (!ipfw_read_line(&reader, step->answers.v[i], &line))
			continue;
		line.rule.set = rule->set;
		if (same_rule(&line.rule, rule))
			return true;
	}
	return false;
}

/* Options of the command stand in front of "add". */
static bool
read_add(
    struct forms *forms, const struct vector_step *step, struct ipfw_rule *rule)
{
	const vector_words *words = &step->words;
	struct ipfw_reader reader;
	size_t add = 1;

	while (add < words->n && words->v[add][0] == '-')
		add++;
	if (strcmp(words->v[0], "ipfw") != 0 || add >= words->n ||
	    strcmp(words->v[add], "add") != 0 || vector_code(step) != 0)
		return false;
	ipfw_reader_init(&reader, forms->arena);
	return ipfw_read_rule(
	    &reader, words->v + add + 1, words->n - add - 1, rule);
}

static void
learn_vector(struct forms *forms, const struct vector *vector)
{
	struct ipfw_rule rule;

	for (size_t i = 0; i < vector->steps.n; i++) {
		if (!read_add(forms, &vector->steps.v[i], &rule))
			continue;
		for (size_t j = i; j < vector->steps.n; j++) {
			if (is_listed(forms, &vector->steps.v[j], &rule)) {
				learn_rule(forms, &rule);
				break;
			}
		}
	}
}

static void
forms_learn(struct forms *forms, struct arena *arena)
{
	vector_list list;

	*forms = (struct forms){.arena = arena};
	forms->syms = sym_table_create(arena);
	map_init(&forms->seen, arena);
	vectors_read(arena, &list);
	for (size_t i = 0; i < list.n; i++)
		learn_vector(forms, &list.v[i]);
}

/* What is wrong with LINE of a file of rules, or NULL. */
static const char *
complaint(const struct forms *forms, const char *line)
{
	vector_words words = vector_split(forms->arena, line);
	struct ipfw_reader reader;
	struct ipfw_rule rule;
	struct buf text;
	form_parts parts;

	if (words.n == 0 || strcmp(words.v[0], "add") != 0)
		return NULL;
	ipfw_reader_init(&reader, forms->arena);
	if (!ipfw_read_rule(&reader, words.v + 1, words.n - 1, &rule))
		return reader.message;
	buf_init(&text, forms->arena);
	ipfw_write_add(
	    &text, &rule, strstr(line, " set ") ? rule.set : -1, true);
	if (strcmp(text.p, line) != 0)
		return arena_printf(forms->arena, "read as %s", text.p);
	parts = form_of(forms->arena, &rule);
	for (size_t i = 0; i < parts.n; i++)
		if (!is_seen(forms, parts.v[i]))
			return parts.v[i];
	return NULL;
}

/* Number of rules of FILE; -1 after a complaint, which is printed. */
static long
check_rules(const struct forms *forms, FILE *file, const char *path)
{
	char line[LINE_BYTES];
	long n = 0;

	for (size_t number = 1; fgets(line, sizeof(line), file); number++) {
		const char *what;

		line[strcspn(line, "\n")] = '\0';
		what = complaint(forms, line);
		if (what != NULL) {
			printf("%s:%zu: never taken and listed: %s\n    %s\n",
			    path, number, what, line);
			return -1;
		}
		n++;
	}
	return n;
}

/* Every golden file of rules below PATH. */
static bool
check_folder(const struct forms *forms, const char *path, size_t *n_files)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);
	bool ok = true;

	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		const char *entry = arena_printf(
		    forms->arena, "%s/%s", path, name);
		struct stat info;

		if (name[0] != '.' && stat(entry, &info) == 0 &&
		    S_ISDIR(info.st_mode)) {
			ok = check_folder(forms, entry, n_files) && ok;
		} else if (strstr(name, SUFFIX) != NULL) {
			FILE *file = fopen(entry, "r");

			ck_assert_ptr_nonnull(file);
			ok = check_rules(forms, file, entry) >= 0 && ok;
			fclose(file);
			++*n_files;
		}
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	return ok;
}

START_TEST(a_form_that_was_listed_is_known)
{
	static const char *const known[] = {
	    "add 100 skipto 200 ip from any to any in recv em0",
	    "add 100 allow tcp from any to me dst-port 22,80 in setup "
	    "keep-state",
	    "add 100 allow tcp from 10.0.0.0/8 to any",
	    "add 100 deny ip from any to any // why",
	    "table t create type iface",
	    NULL,
	};
	struct arena *arena = unit_arena();
	struct forms forms;

	forms_learn(&forms, arena);
	printf("%zu rules taken and listed, %zu parts of forms\n",
	    forms.n_rules, forms.seen.n);
	ck_assert_uint_gt(forms.n_rules, 4000);
	for (size_t i = 0; known[i] != NULL; i++)
		ck_assert_msg(complaint(&forms, known[i]) == NULL, "%s: %s",
		    known[i], complaint(&forms, known[i]));
	arena_destroy(arena);
}
END_TEST

START_TEST(what_was_never_listed_is_refused)
{
	static const struct {
		const char *line, *what;
	} unknown[] = {
	    {"add 100 allow ip from any to any via any",
		"read as add 100 allow ip from any to any"},
	    {"add 100 allow ip from any to any via averylonginterface",
		"read as add 100 allow ip from any to any via "
		"averylonginterf"},
	    {"add 100 allow ip from any to any not antispoof keep-state",
		"order: not antispoof, keep-state"},
	    {"add 100 unreach6 port ip6 from any to any",
		"verb: unreach6 port ip from any to any"},
	    {"add 100 allow ip from any to { me6 or table(1) }",
		"target: { me6 or table }"},
	    {"add 100 allow ip from any", "missing \"to\""},
	};
	struct arena *arena = unit_arena();
	struct forms forms;

	forms_learn(&forms, arena);
	for (size_t i = 0; i < sizeof(unknown) / sizeof(*unknown); i++) {
		const char *what = complaint(&forms, unknown[i].line);

		ck_assert_msg(what != NULL, "%s", unknown[i].line);
		ck_assert_str_eq(what, unknown[i].what);
	}
	arena_destroy(arena);
}
END_TEST

START_TEST(golden_rules_have_known_forms)
{
	struct arena *arena = unit_arena();
	struct forms forms;
	size_t n_files = 0;

	forms_learn(&forms, arena);
	ck_assert(check_folder(&forms, CASES, &n_files));
	printf("%zu golden files of rules have known forms\n", n_files);
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("forms");
	TCase *tc = tcase_create("forms");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_form_that_was_listed_is_known);
	tcase_add_test(tc, what_was_never_listed_is_refused);
	tcase_add_test(tc, golden_rules_have_known_forms);
	suite_add_tcase(s, tc);
	return s;
}

static int
check_input(void)
{
	struct arena *arena = unit_arena();
	struct forms forms;
	long n;

	forms_learn(&forms, arena);
	n = check_rules(&forms, stdin, "input");
	if (n >= 0)
		printf("%ld lines have known forms\n", n);
	arena_destroy(arena);
	return n >= 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "-") == 0)
		return check_input();
	return unit_run(suite());
}
