/*
 * The ruleset as a shell script: a heading, what the ruleset needs, and the
 * parts that are always the same.
 *
 * What comes from a policy enters it in two ways only, as text inside a quoted
 * here-document and as words of a few harmless characters.  Both are asserted
 * here, whatever was checked before.
 */
#include <assert.h>
#include <string.h>

#include "target/ipfw/needs.h"
#include "target/ipfw/rules.h"
#include "target/ipfw/script/script.h"
#include "target/ipfw/script/private.h"

#define DIGITS "0123456789"
#define WORD_BYTES LETTERS DIGITS "_.:,/-"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME_MAX_SHOWN 60

struct script {
	const struct script_request *request;
	struct buf *out;
	unsigned facts; /* enum script_fact */
};

static bool
has_lifeline(const struct ipfw_ruleset *ruleset)
{
	for (size_t i = 0; i < ruleset->rules.n; i++)
		if (ruleset->rules.v[i].set == IPFW_SET_MAX)
			return true;
	return false;
}

static unsigned
nat_facts(const struct script_request *request)
{
	unsigned facts = 0;

	for (size_t i = 0; i < request->ruleset->nats.n; i++) {
		facts |= SCRIPT_NAT;
		if (request->ruleset->nats.v[i].kernel)
			facts |= SCRIPT_NAT_KERNEL;
		else
			facts |= SCRIPT_NATD;
	}
	return facts;
}

static unsigned
all_facts(const struct script_request *request)
{
	const struct ipfw_flavour *flavour = request->flavour;
	unsigned facts = nat_facts(request);

	facts |= flavour->comments ? SCRIPT_SIGNED : SCRIPT_TEXT;
	facts |= flavour->set_prefix ? SCRIPT_BY_SET : SCRIPT_BY_NUMBER;
	facts |= flavour->modules ? SCRIPT_MODULES : SCRIPT_NO_MODULES;
	facts |= flavour->natd_pid_file ? SCRIPT_PID_FILE : SCRIPT_NO_PID_FILE;
	if (request->ruleset->tables.n > 0)
		facts |= SCRIPT_TABLES;
	if (has_lifeline(request->ruleset))
		facts |= SCRIPT_LIFELINE;
	return facts;
}

static bool
has_fact(const struct script *script, enum script_fact fact)
{
	return (script->facts & fact) != 0;
}

/* A word that the shell takes as it is, quoted or not. */
static void
put_word(struct buf *out, const char *word)
{
	size_t n = strspn(word, WORD_BYTES);

	assert(n > 0 && word[n] == '\0');
	buf_write(out, word, n);
}

/* TEXT without its folders and without what is no part of a plain name. */
static void
put_name(struct buf *out, const char *text)
{
	const char *slash = strrchr(text, '/');
	const char *name = slash != NULL ? slash + 1 : text;

	for (size_t i = 0; name[i] != '\0' && i < NAME_MAX_SHOWN; i++)
		buf_putc(out,
		    strchr(LETTERS DIGITS "_.-", name[i]) != NULL ? name[i]
								  : '_');
}

static void
put_heading(struct script *script)
{
	const struct script_request *request = script->request;
	struct buf *out = script->out;
	struct buf name;

	buf_init(&name, out->arena);
	put_name(&name, request->policy);
	buf_printf(out,
	    "#!/bin/sh\n"
	    "# The firewall of %s for ipfw (%s), made by akinc ",
	    name.p, request->flavour->name);
	put_name(out, request->version);
	buf_printf(out,
	    ".\n"
	    "#\n"
	    "#     akinc %s | sudo sh                     install it\n"
	    "#     akinc %s | sudo sh -s -- -n            only say how\n"
	    "#     akinc %s | sudo sh -s -- --take-over   disable other rules\n"
	    "#\n",
	    name.p, name.p, name.p);
	buf_puts(out,
	    "# The rules go into a spare set that is disabled, are read back, "
	    "and one\n"
	    "# command switches to them.  If a step fails, all before it are "
	    "taken back,\n"
	    "# the firewall is as it was, and the exit code is 3.  Half of "
	    "this text\n"
	    "# does nothing: its last line is what begins.\n\n");
}

/* Commands that must be there before anything is done. */
static void
put_variables(struct script *script)
{
	const struct script_request *request = script->request;
	struct buf *out = script->out;

	buf_printf(out, "digest=%s\n",
	    ipfw_rules_digest(out->arena, request->ruleset, request->flavour));
	buf_puts(out, "nats='");
	for (size_t i = 0; i < request->ruleset->nats.n; i++)
		buf_printf(out, "%s%u", i > 0 ? " " : "",
		    (unsigned)request->ruleset->nats.v[i].id);
	buf_puts(out, "'\nneeded='ipfw sysctl ps");
	if (has_fact(script, SCRIPT_MODULES))
		buf_puts(out, " kldstat kldload kldunload");
	if (has_fact(script, SCRIPT_NATD))
		buf_puts(out, " natd");
	buf_puts(out, "'\n\n");
}

/* A here-document must hold whole lines of ours and not its own end. */
static void
check_rules(const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *line = text + i;

		assert(strncmp(line, "add ", 4) == 0 ||
		    strncmp(line, "nat ", 4) == 0 ||
		    strncmp(line, "table ", 6) == 0);
		for (; text[i] != '\n'; i++)
			assert(text[i] >= ' ' && text[i] <= '~');
	}
}

/* The shell splits these words at blanks. */
static void
check_config(struct arena *arena, const struct ipfw_nat *nat)
{
	struct buf words;

	buf_init(&words, arena);
	ipfw_nat_config(&words, nat);
	assert(strspn(words.p, WORD_BYTES " ") == words.n);
	assert(strstr(words.p, "  ") == NULL);
}

static void
put_rules(struct script *script)
{
	const struct script_request *request = script->request;
	struct buf text;

	buf_init(&text, script->out->arena);
	ipfw_rules_write(&text, request->ruleset, request->flavour, -1);
	check_rules(text.p, text.n);
	for (size_t i = 0; i < request->ruleset->nats.n; i++)
		check_config(text.arena, &request->ruleset->nats.v[i]);
	buf_puts(script->out,
	    "# The rules, as `akinc --emit=rules` prints them.\n"
	    "rules() {\n"
	    "\tcat <<'END_OF_RULES'\n");
	buf_write(script->out, text.p, text.n);
	buf_puts(script->out, "END_OF_RULES\n}\n\n");
}

static void
put_natd_words(struct buf *out, const struct ipfw_nat *nat)
{
	const char *const *words = ipfw_natd_arguments(out->arena, nat);

	buf_printf(out, "%u", (unsigned)nat->id);
	for (size_t i = 0; words[i] != NULL; i++) {
		buf_putc(out, ' ');
		put_word(out, words[i]);
	}
	buf_putc(out, '\n');
}

static void
put_natd(struct script *script)
{
	const struct ipfw_ruleset *ruleset = script->request->ruleset;

	if (!has_fact(script, SCRIPT_NATD))
		return;
	buf_puts(script->out,
	    "# The arguments of natd(8) for divert port $1.\n"
	    "nat_words() {\n"
	    "\tsed -n \"s/^$1 //p\" <<'END_OF_WORDS'\n");
	for (size_t i = 0; i < ruleset->nats.n; i++)
		put_natd_words(script->out, &ruleset->nats.v[i]);
	buf_puts(script->out, "END_OF_WORDS\n}\n\n");
}

static void
put_settings(struct script *script, const ipfw_settings *settings)
{
	for (size_t i = 0; i < settings->n; i++)
		buf_printf(script->out, "\twant %s %s %u\n",
		    settings->v[i].exactly ? "exactly" : "least",
		    settings->v[i].name, (unsigned)settings->v[i].value);
}

static void
put_needs(struct script *script)
{
	const struct script_request *request = script->request;
	struct ipfw_needs_request asked = {
	    .ruleset = request->ruleset,
	    .flavour = request->flavour,
	    .forwards4 = request->forwards4,
	    .forwards6 = request->forwards6,
	};
	struct ipfw_needs needs = ipfw_needs(script->out->arena, &asked);

	buf_puts(script->out,
	    "# What the kernel must be set to before the rules are in "
	    "force.\n"
	    "settings_before() {\n");
	for (size_t i = 0; i < needs.modules.n; i++)
		buf_printf(
		    script->out, "\tneed_module %s\n", needs.modules.v[i]);
	put_settings(script, &needs.before);
	buf_puts(script->out,
	    "\treturn 0\n}\n\n"
	    "# What waits until they are.\n"
	    "settings_after() {\n");
	put_settings(script, &needs.after);
	buf_puts(script->out, "}\n\n");
}

static void
put_parts(struct script *script, const struct script_part *parts)
{
	for (; parts->text != NULL; parts++)
		if ((parts->needs & script->facts) == parts->needs)
			buf_puts(script->out, parts->text);
}

void
ipfw_script(const struct script_request *request, struct buf *out)
{
	struct script script = {
	    .request = request,
	    .out = out,
	    .facts = all_facts(request),
	};

	put_heading(&script);
	put_variables(&script);
	put_rules(&script);
	put_natd(&script);
	put_needs(&script);
	put_parts(&script, script_journal);
	put_parts(&script, script_sets);
	put_parts(&script, script_load);
	put_parts(&script, script_nat);
	put_parts(&script, script_main);
}
