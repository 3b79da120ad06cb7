/*
 * One table drives parsing and `--help`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "cli/options.h"
#include "target/ipfw/flavour.h"

enum option_id {
	OPTION_APPLY,
	OPTION_CATALOGUE,
	OPTION_CHECK,
	OPTION_CONFIRM,
	OPTION_DRY_RUN,
	OPTION_DUMP_AFTER,
	OPTION_EMIT,
	OPTION_EXPLAIN,
	OPTION_FILES_FROM,
	OPTION_FLAVOUR,
	OPTION_FLAVOUR_NEW,
	OPTION_FLAVOUR_OLD,
	OPTION_FORCE,
	OPTION_FORMAT,
	OPTION_HELP,
	OPTION_HOST,
	OPTION_IPFW,
	OPTION_JSON,
	OPTION_MUTATE,
	OPTION_NATD,
	OPTION_NIC,
	OPTION_NO_PROOF,
	OPTION_WITHOUT_NAT,
	OPTION_PROBE,
	OPTION_PROFILE,
	OPTION_REVOKE,
	OPTION_TIMEOUT,
	OPTION_O0,
	OPTION_O2,
	OPTION_RULES,
	OPTION_RUN_DIR,
	OPTION_SBIN,
	OPTION_STATE_DIR,
	OPTION_TAKE_OVER,
	OPTION_VERSION,
	OPTION_WRITE,
};

#define COMPILING                                                              \
	(COMMAND_BUILD | COMMAND_CHECK | COMMAND_PROVE | COMMAND_TEST |        \
	    COMMAND_WHY | COMMAND_LOCKOUT | COMMAND_REVOKED | COMMAND_APPLY)
/* Those that change what this host runs, and the one that tells. */
#define CHANGING                                                               \
	(COMMAND_APPLY | COMMAND_RESTORE | COMMAND_ROLLBACK | COMMAND_STOP)
#define ANALYSING (COMMAND_DIFF | COMMAND_QUERY)
#define RUNNING (CHANGING | COMMAND_STATUS | COMMAND_CONFIRM)
#define ALWAYS UINT32_MAX
#define SECONDS_MAX 86400

struct option_row {
	const char *name;
	enum option_id id;
	bool has_value;
	uint32_t commands; /* that it means something to */
};

static const struct option_row rows[] = {
    {"--apply", OPTION_APPLY, false, COMMAND_APPLY},
    {"--catalogue", OPTION_CATALOGUE, true,
	COMPILING | COMMAND_LIST | ANALYSING},
    {"--check", OPTION_CHECK, false,
	COMMAND_BUILD | COMMAND_CHECK | COMMAND_FORMAT},
    {"--confirm", OPTION_CONFIRM, true, COMMAND_APPLY | COMMAND_ROLLBACK},
    {"--dry-run", OPTION_DRY_RUN, false, CHANGING},
    {"-n", OPTION_DRY_RUN, false, CHANGING},
    {"--dump-after", OPTION_DUMP_AFTER, true, COMMAND_BUILD},
    {"--emit", OPTION_EMIT, true, COMMAND_BUILD},
    {"--explain", OPTION_EXPLAIN, false, COMMAND_BUILD},
    {"--files-from", OPTION_FILES_FROM, true,
	COMMAND_BUILD | COMMAND_LOCKOUT | COMMAND_REVOKED},
    {"--flavour", OPTION_FLAVOUR, true, COMPILING},
    {"--flavour-new", OPTION_FLAVOUR_NEW, true, COMMAND_DIFF},
    {"--flavour-old", OPTION_FLAVOUR_OLD, true, COMMAND_DIFF},
    {"--force", OPTION_FORCE, false, COMMAND_APPLY | COMMAND_ROLLBACK},
    {"--format", OPTION_FORMAT, true, COMMAND_TEST},
    {"--help", OPTION_HELP, false, ALWAYS},
    {"-h", OPTION_HELP, false, ALWAYS},
    {"--host", OPTION_HOST, true, COMPILING | ANALYSING},
    {"--ipfw", OPTION_IPFW, true, RUNNING},
    {"--json", OPTION_JSON, false,
	COMMAND_BUILD | COMMAND_CHECK | COMMAND_LOCKOUT | COMMAND_PROVE |
	    COMMAND_REVOKED | COMMAND_STATUS | COMMAND_TEST | ANALYSING},
    {"--mutate", OPTION_MUTATE, false, COMMAND_TEST},
    {"--natd", OPTION_NATD, true, RUNNING},
    {"--nic", OPTION_NIC, true, COMPILING | ANALYSING},
    {"--no-proof", OPTION_NO_PROOF, false, COMMAND_BUILD},
    {"--without-nat", OPTION_WITHOUT_NAT, false, COMPILING},
    {"--probe", OPTION_PROBE, true, COMMAND_APPLY | COMMAND_ROLLBACK},
    {"--profile", OPTION_PROFILE, true, COMPILING},
    {"--revoke", OPTION_REVOKE, false, COMMAND_APPLY},
    {"--timeout", OPTION_TIMEOUT, true, RUNNING},
    {"-O0", OPTION_O0, false, COMPILING},
    {"-O2", OPTION_O2, false, COMPILING},
    {"--rules", OPTION_RULES, true,
	COMMAND_LOCKOUT | COMMAND_PROVE | COMMAND_WHY},
    {"--run-dir", OPTION_RUN_DIR, true, RUNNING},
    {"--sbin", OPTION_SBIN, true, RUNNING},
    {"--state-dir", OPTION_STATE_DIR, true, RUNNING},
    {"--take-over", OPTION_TAKE_OVER, false, COMMAND_APPLY},
    {"--version", OPTION_VERSION, false, ALWAYS},
    {"--write", OPTION_WRITE, false, COMMAND_FORMAT},
    {"-w", OPTION_WRITE, false, COMMAND_FORMAT},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char *name;
	enum emit emit;
} emits[] = {
    {"sh", EMIT_SCRIPT},
    {"rules", EMIT_RULES},
    {"ir", EMIT_IR},
    {"ast", EMIT_AST},
    {"json", EMIT_JSON},
    {"artefact", EMIT_ARTEFACT},
    {"dot", EMIT_DOT},
};

const char *
options_help(void)
{
	return "usage: akinc [OPTIONS] FILE        compile a policy\n"
	       "       akinc check FILE...           validate only\n"
	       "       akinc fmt [--check|-w] FILE...  format\n"
	       "       akinc test FILE [TESTS.yaml]  run the policy's tests\n"
	       "       akinc why FILE PACKET       the way of one packet\n"
	       "       akinc prove FILE            ruleset equals policy\n"
	       "       akinc lockout FILE [QUESTION...]  would it cut me off?\n"
	       "       akinc revoked FILE STATES   live ones it would refuse\n"
	       "       akinc diff OLD NEW          what a change changes\n"
	       "       akinc apply FILE            put it in force on this"
	       " host\n"
	       "       akinc confirm               it may stay\n"
	       "       akinc rollback | restore | status | stop\n"
	       "       akinc query FILE QUESTION   who can reach what\n"
	       "       akinc list services [PATTERN]\n"
	       "       akinc list flavours|passes\n"
	       "       akinc explain CODE          what a diagnostic means\n"
	       "\n"
	       "FILE is a policy (.akp), or - for the standard input.\n"
	       "\n"
	       "  --emit=sh|rules|ir|ast|json|artefact|dot  what to print; sh"
	       " unless given\n"
	       "  --explain            print policy lines and their rules\n"
	       "  --check              validate only; fmt: say if it would"
	       " change\n"
	       "  --flavour=freebsd|darwin  the ipfw that the ruleset is for\n"
	       "  --flavour-old=F, --flavour-new=F  diff: compare the rulesets"
	       " for it\n"
	       "  --nic=CARD           the card behind `active`\n"
	       "  --host=FILE          facts about the host, YAML\n"
	       "  --catalogue=FILE     more services, YAML\n"
	       "  --profile=FILE       what is asked how often, YAML\n"
	       "  --rules=FILE         prove, why: this ruleset, not our"
	       " one;\n"
	       "                       lockout: the one in force\n"
	       "  --no-proof           print a ruleset that is not proved\n"
	       "  --without-nat        as if no NAT could run\n"
	       "  --json               diagnostics as JSON; prove: the result\n"
	       "  --format=tap|junit|json  test: the form of the results\n"
	       "  --mutate             test: change each rule; does a test"
	       " notice?\n"
	       "  -O0, -O2             do not optimise; optimise (default)\n"
	       "  --dump-after=PASS|all  flows after a pass, on the standard"
	       " error\n"
	       "  -w, --write          fmt: write the file in place\n"
	       "  --apply              the command apply\n"
	       "  --dry-run, -n        apply, rollback, stop: only print the"
	       " plan\n"
	       "  --take-over          apply: disable the sets of other rules\n"
	       "  --confirm=SECONDS    apply: take it back unless confirmed\n"
	       "  --probe='tcp ADDRESS PORT'|'ping ADDRESS'  apply: must still"
	       " pass after\n"
	       "  --revoke             apply: cut what the policy does not"
	       " admit\n"
	       "  --force              apply: although a check refuses\n"
	       "  --timeout=SECONDS    apply: for each command that it runs\n"
	       "  --ipfw=PATH, --natd=PATH, --sbin=FOLDER, --state-dir=FOLDER,"
	       "\n  --run-dir=FOLDER\n"
	       "  --help, --version\n"
	       "\n"
	       "Exit: 0 fine, 1 the policy is wrong, 2 usage, 3 file or"
	       " command, 70 a bug.\n";
}

static bool
usage(const char *format, const char *word)
{
	fputs("akinc: ", stderr);
	fprintf(stderr, format, word);
	fputs("\nTry `akinc --help`.\n", stderr);
	return false;
}

static bool
unknown(struct arena *arena, const char *word)
{
	const char *name = arena_printf(
	    arena, "%.*s", (int)strcspn(word, "="), word);
	struct suggest suggest;

	suggest_init(&suggest, name);
	/* One letter instead of another is no misspelling. */
	for (size_t i = 0; i < N_ROWS && strlen(name) > 2; i++)
		suggest_offer(&suggest, rows[i].name);
	if (suggest.best == NULL)
		return usage("there is no option '%s'", name);
	fprintf(stderr, "akinc: there is no option '%s'; did you mean '%s'?\n",
	    name, suggest.best);
	return false;
}

static bool
set_emit(struct options *options, const char *value)
{
	for (size_t i = 0; i < sizeof(emits) / sizeof(emits[0]); i++)
		if (strcmp(emits[i].name, value) == 0) {
			options->emit = emits[i].emit;
			return true;
		}
	return usage("--emit takes sh, rules, ir, ast, json, artefact or dot, "
		     "not '%s'",
	    value);
}

static bool
set_flavour(const char **flavour, const char *value)
{
	*flavour = value;
	return ipfw_flavour_find(value) != NULL ||
	    usage("there is no flavour '%s'; see `akinc list flavours`", value);
}

static bool
set_format(struct options *options, const char *value)
{
	static const char *const names[] = {
	    [FORMAT_TAP] = "tap",
	    [FORMAT_JUNIT] = "junit",
	    [FORMAT_JSON] = "json",
	};

	for (int i = FORMAT_TAP; i <= FORMAT_JSON; i++)
		if (strcmp(names[i], value) == 0) {
			options->format = (enum format)i;
			return true;
		}
	return usage("--format takes tap, junit or json, not '%s'", value);
}

static bool
set_seconds(unsigned *seconds, const char *format, const char *value)
{
	unsigned long number = strtoul(value, NULL, 10);

	*seconds = (unsigned)number;
	return (value[strspn(value, "0123456789")] == '\0' &&
		   number <= SECONDS_MAX) ||
	    usage(format, value);
}

static bool
set_descriptor(int *descriptor, const char *value)
{
	*descriptor = (int)strtoul(value, NULL, 10);
	return (value[0] != '\0' && strlen(value) < 4 &&
		   value[strspn(value, "0123456789")] == '\0' &&
		   *descriptor > 2) ||
	    usage("--files-from takes a descriptor above 2, not '%s'", value);
}

static bool
set_path(const char **path, const char *value)
{
	*path = value;
	return *value == '/' ||
	    usage("an absolute path is due, not '%s'", value);
}

static void
set_flag(struct options *options, enum option_id id)
{
	const struct {
		enum option_id id;
		bool *flag;
	} flags[] = {
	    {OPTION_APPLY, &options->apply},
	    {OPTION_REVOKE, &options->revoke},
	    {OPTION_DRY_RUN, &options->dry_run},
	    {OPTION_FORCE, &options->force},
	    {OPTION_TAKE_OVER, &options->take_over},
	    {OPTION_CHECK, &options->check},
	    {OPTION_EXPLAIN, &options->explain},
	    {OPTION_HELP, &options->help},
	    {OPTION_MUTATE, &options->mutate},
	    {OPTION_NO_PROOF, &options->no_proof},
	    {OPTION_WITHOUT_NAT, &options->without_nat},
	    {OPTION_VERSION, &options->version},
	    {OPTION_WRITE, &options->write},
	};

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i].id == id)
			*flags[i].flag = true;
}

static bool
apply(struct options *options, struct arena *arena, enum option_id id,
    const char *value)
{
	switch (id) {
	case OPTION_CONFIRM:
		options->has_confirm = true;
		return set_seconds(&options->confirm,
		    "--confirm takes seconds, at most a day, not '%s'", value);
	case OPTION_TIMEOUT:
		return set_seconds(&options->timeout,
		    "--timeout takes seconds, at most a day, not '%s'", value);
	case OPTION_PROBE:
		vec_push(arena, &options->probes, value);
		break;
	case OPTION_IPFW:
		return set_path(&options->ipfw, value);
	case OPTION_NATD:
		return set_path(&options->natd, value);
	case OPTION_RUN_DIR:
		return set_path(&options->run_dir, value);
	case OPTION_SBIN:
		return set_path(&options->sbin, value);
	case OPTION_STATE_DIR:
		return set_path(&options->state_dir, value);
	case OPTION_CATALOGUE:
		vec_push(arena, &options->catalogues, value);
		break;
	case OPTION_DUMP_AFTER:
		options->dump_after = value;
		break;
	case OPTION_EMIT:
		return set_emit(options, value);
	case OPTION_FILES_FROM:
		return set_descriptor(&options->files_from, value);
	case OPTION_FLAVOUR:
		return set_flavour(&options->flavour, value);
	case OPTION_FLAVOUR_NEW:
		return set_flavour(&options->flavour_new, value);
	case OPTION_FLAVOUR_OLD:
		return set_flavour(&options->flavour_old, value);
	case OPTION_FORMAT:
		return set_format(options, value);
	case OPTION_HOST:
		options->host = value;
		break;
	case OPTION_PROFILE:
		options->profile = value;
		break;
	case OPTION_JSON:
		options->json = true;
		options->format = FORMAT_JSON;
		break;
	case OPTION_NIC:
		options->nic = value;
		break;
	case OPTION_APPLY:
	case OPTION_REVOKE:
	case OPTION_DRY_RUN:
	case OPTION_FORCE:
	case OPTION_TAKE_OVER:
	case OPTION_CHECK:
	case OPTION_EXPLAIN:
	case OPTION_HELP:
	case OPTION_MUTATE:
	case OPTION_NO_PROOF:
	case OPTION_WITHOUT_NAT:
	case OPTION_VERSION:
	case OPTION_WRITE:
		set_flag(options, id);
		break;
	case OPTION_O0:
		options->level = 0;
		break;
	case OPTION_O2:
		options->level = 2;
		break;
	case OPTION_RULES:
		options->rules = value;
		break;
	}
	return true;
}

/* The row of "--name" or "--name=value". */
static const struct option_row *
find(const char *word)
{
	size_t length = strcspn(word, "=");

	for (size_t i = 0; i < N_ROWS; i++)
		if (strlen(rows[i].name) == length &&
		    strncmp(rows[i].name, word, length) == 0)
			return &rows[i];
	return NULL;
}

static bool
take(
    struct options *options, struct arena *arena, int argc, char **argv, int *i)
{
	const char *word = argv[*i], *equals = strchr(word, '=');
	const struct option_row *row = find(word);
	const char *value = NULL;

	if (row == NULL)
		return unknown(arena, word);
	if (!row->has_value && equals != NULL)
		return usage("%s takes no value", row->name);
	if (row->has_value && equals != NULL)
		value = equals + 1;
	else if (row->has_value && *i + 1 < argc)
		value = argv[++*i];
	else if (row->has_value)
		return usage("%s wants a value", row->name);
	if (value != NULL && *value == '\0')
		return usage("%s wants a value", row->name);
	options->given |= UINT64_C(1) << row->id;
	return apply(options, arena, row->id, value);
}

bool
options_parse(
    struct options *options, struct arena *arena, int argc, char **argv)
{
	bool only_operands = false;

	*options = (struct options){.level = 2};
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];

		if (!only_operands && strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (only_operands || word[0] != '-' || word[1] == '\0') {
			vec_push(arena, &options->operands, word);
		} else if (!take(options, arena, argc, argv, &i)) {
			return false;
		}
	}
	return true;
}

bool
options_fit(
    const struct options *options, enum command_bit command, const char *name)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if ((options->given >> rows[i].id & 1) == 0 ||
		    (rows[i].commands & command) != 0)
			continue;
		fprintf(stderr, "akinc: %s takes no %s\n", name, rows[i].name);
		return false;
	}
	return true;
}
