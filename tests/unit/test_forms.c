/*
 * Nothing is emitted whose like no real ipfw has taken and listed, or by its
 * source (tests/vectors/source) takes and lists.
 *
 * From every rule of the recorded sessions that was accepted and listed in a
 * way that reads as the same rule we take its form, part by part: the verb,
 * the protocol, the shape of each end, each option.  Every rule of the golden
 * files must be made of such parts.  It must be written as we write it, so
 * that nothing of it is dropped in silence when it is read, and listed in a
 * way that reads as the same rule, which is where the order of options counts.
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
#include "target/ipfw/text/read.h"
#include "target/ipfw/text/write.h"
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
address_kind(const struct ipfw_insn *insn)
{
	bool list = insn->n_prefixes > 1;

	if (insn->op == IPFW_SRC_ME || insn->op == IPFW_DST_ME)
		return "me";
	if (insn->op == IPFW_SRC_ME6 || insn->op == IPFW_DST_ME6)
		return "me6";
	if (insn->op == IPFW_SRC_TABLE || insn->op == IPFW_DST_TABLE)
		return insn->has_value ? "table with value" : "table";
	if (insn->text != NULL)
		return "set of hosts";
	if (insn->family == FAMILY_4)
		return list ? "IPv4 list" : "IPv4 net";
	return list ? "IPv6 list" : "IPv6 net";
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

	if (insn->op == IPFW_IP4 || insn->op == IPFW_IP6)
		return insn->op == IPFW_IP4 ? "ip4" : "ip6";
	if (insn->op == IPFW_ICMP6TYPES)
		return "icmp6types";
	alone.or_next = alone.negated = false;
	vec_push(arena, &rule.insns, alone);
	buf_init(&text, arena);
	ipfw_write_body(&text, &rule, false);
	word = text.p + strlen("count ip from any to any ");
	return arena_strndup(arena, word, strcspn(word, " "));
}

/* What the option is about, where that has kinds; else "". */
static const char *
option_detail(struct arena *arena, const struct ipfw_insn *insn)
{
	if (is_source(insn->op) || is_target(insn->op))
		return address_kind(insn);
	if (insn->op == IPFW_SRC_PORTS || insn->op == IPFW_DST_PORTS)
		return ports_kind(insn);
	if (insn->op == IPFW_RECV || insn->op == IPFW_XMIT ||
	    insn->op == IPFW_VIA)
		return card_kind(insn);
	if (insn->op == IPFW_LIMIT)
		return arena_printf(arena, "mask %u", (unsigned)insn->mask);
	return "";
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
	return arena_strndup(arena, text.p,
	    (size_t)(strstr(text.p, " ip ") != NULL
		    ? strstr(text.p, " ip ") - text.p
		    : (long)strlen(text.p)));
}

static const char *
protocol_kind(const struct ipfw_insn *insn)
{
	if (insn->op == IPFW_IP4)
		return "ip4";
	if (insn->op == IPFW_IP6)
		return "ip6";
	return ipfw_protocol_name(insn->number) != NULL ? "name" : "number";
}

static bool
is_option(const struct ipfw_insn *insn)
{
	return !is_protocol(insn->op) && !is_source(insn->op) &&
	    !is_target(insn->op) && insn->op != IPFW_SRC_PORTS;
}

static void
add_part(struct arena *arena, form_parts *parts, const char *part,
    const char *kind, const char *detail)
{
	vec_push(arena, parts,
	    arena_printf(arena, "%s: %s%s%s", part, kind,
		detail[0] != '\0' ? " " : "", detail));
}

/* The parts of one instruction in front of the options. */
static void
add_match(struct arena *arena, form_parts *parts, const struct ipfw_insn *insn,
    bool in_block)
{
	const char *part = "source port", *kind;

	if (is_protocol(insn->op)) {
		part = "protocol";
		kind = protocol_kind(insn);
	} else if (insn->op == IPFW_SRC_PORTS) {
		kind = ports_kind(insn);
	} else {
		part = is_source(insn->op) ? "source" : "target";
		kind = address_kind(insn);
	}
	add_part(arena, parts, part, kind, "");
	if (insn->negated)
		add_part(arena, parts, part, "not", "");
	if (in_block)
		add_part(arena, parts, part, "or-block", "");
}

/* The parts of an option. */
static void
add_option(struct arena *arena, form_parts *parts, const struct ipfw_insn *insn,
    bool in_block)
{
	const char *word = option_word(arena, insn);

	add_part(arena, parts, "option", word, option_detail(arena, insn));
	if (insn->negated)
		add_part(arena, parts, "option", "not", word);
	if (in_block)
		add_part(arena, parts, "option", "or-block", "");
}

static form_parts
form_of(struct arena *arena, const struct ipfw_rule *rule)
{
	form_parts parts = {NULL, 0, 0};
	bool option = rule->options_only, in_block = false;

	add_part(arena, &parts, "verb", verb_kind(arena, rule), "");
	if (rule->log)
		add_part(arena, &parts, "log",
		    rule->has_logamount ? "logamount" : "alone", "");
	if (rule->comment != NULL)
		add_part(arena, &parts, "comment", "text", "");
	for (size_t i = 0; i < rule->insns.n; i++) {
		const struct ipfw_insn *insn = &rule->insns.v[i];

		option |= is_option(insn);
		in_block |= insn->or_next;
		if (option)
			add_option(arena, &parts, insn, in_block);
		else
			add_match(arena, &parts, insn, in_block);
		in_block = insn->or_next;
	}
	return parts;
}

/* NULL if all PARTS are known. */
static const char *
first_unseen(const struct forms *forms, form_parts parts)
{
	for (size_t i = 0; i < parts.n; i++)
		if (map_get(&forms->seen,
			sym_intern_string(forms->syms, parts.v[i])) == NULL)
			return parts.v[i];
	return NULL;
}

static void
learn(struct forms *forms, form_parts parts)
{
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
				learn(forms, form_of(forms->arena, &rule));
				forms->n_rules++;
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

/* How RULE is listed, if that is read as another rule; else NULL. */
static const char *
misleading_listing(const struct forms *forms, const struct ipfw_rule *rule)
{
	struct ipfw_reader reader;
	struct ipfw_line line;
	struct buf text;

	buf_init(&text, forms->arena);
	ipfw_write_listing(&text, rule, true);
	ipfw_reader_init(&reader, forms->arena);
	if (ipfw_read_line(&reader, text.p, &line) &&
	    same_rule(&line.rule, rule))
		return NULL;
	return arena_printf(forms->arena, "listed as %s", text.p);
}

/* "add 100 set 5 …" */
static bool
names_set(const vector_words *words)
{
	return words->n > 2 && strcmp(words->v[2], "set") == 0;
}

/* What is wrong with LINE of a file of rules, or NULL. */
static const char *
complaint(const struct forms *forms, const char *line)
{
	vector_words words = vector_split(forms->arena, line);
	struct ipfw_reader reader;
	struct ipfw_rule rule;
	struct buf text;
	const char *what;

	if (words.n == 0 || strcmp(words.v[0], "add") != 0)
		return NULL;
	ipfw_reader_init(&reader, forms->arena);
	if (!ipfw_read_rule(&reader, words.v + 1, words.n - 1, &rule))
		return reader.message;
	buf_init(&text, forms->arena);
	ipfw_write_add(&text, &rule, names_set(&words) ? rule.set : -1, true);
	if (strcmp(text.p, line) != 0)
		return arena_printf(forms->arena, "read as %s", text.p);
	what = misleading_listing(forms, &rule);
	if (what == NULL)
		what = first_unseen(forms, form_of(forms->arena, &rule));
	return what;
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
	    {"add 100 count in // spoofed, or not",
		"read as add 100 count ip from any to any in // spoofed,or "
		"not"},
	    {"add 100 unreach6 port ip6 from any to any",
		"listed as unreach6 port00100 set 0  ip6 from any to any"},
	    {"add 100 deny ip from 10.0.0.1 to any proto tcp",
		"listed as 00100 set 0 deny ip from 10.0.0.1 tcp to any"},
	    {"add 100 allow ip from any to table(1,5)",
		"target: table with value"},
	    {"add 100 allow ip from any to any not frag", "option: not frag"},
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

START_TEST(the_input_has_known_forms)
{
	struct arena *arena = unit_arena();
	struct forms forms;
	long n;

	forms_learn(&forms, arena);
	n = check_rules(&forms, stdin, "input");
	ck_assert_int_ge(n, 0);
	printf("%ld lines have known forms\n", n);
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(bool input)
{
	Suite *s = suite_create("forms");
	TCase *tc = tcase_create("forms");

	tcase_set_timeout(tc, 60);
	if (input) {
		tcase_add_test(tc, the_input_has_known_forms);
	} else {
		tcase_add_test(tc, a_form_that_was_listed_is_known);
		tcase_add_test(tc, what_was_never_listed_is_refused);
		tcase_add_test(tc, golden_rules_have_known_forms);
	}
	suite_add_tcase(s, tc);
	return s;
}

int
main(int argc, char **argv)
{
	return unit_run(suite(argc == 2 && strcmp(argv[1], "-") == 0));
}
