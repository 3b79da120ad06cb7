/*
 * The proof of a session's ruleset, read back from the text that is printed,
 * and the gate: nothing is printed that is not proved.
 */
#include <ctype.h>
#include <string.h>

#include "cli/prove_report.h"
#include "cli/session.h"
#include "target/ipfw/text/read.h"
#include "target/ipfw/rules.h"

/*
 * "00100 allow …" is a listing, and so is what begins with a disabled rule; a
 * file of commands begins with words.
 */
static bool
is_listing(const struct source *source)
{
	static const char disabled[] = "# DISABLED ";
	const char *text = source->text;

	text += strspn(text, " \t\r\n");
	return isdigit((unsigned char)*text) ||
	    strncmp(text, disabled, sizeof(disabled) - 1) == 0;
}

static bool
has_nat(const struct ipfw_ruleset *ruleset, const struct ipfw_nat *nat)
{
	for (size_t i = 0; i < ruleset->nats.n; i++)
		if (ruleset->nats.v[i].kernel == nat->kernel &&
		    ruleset->nats.v[i].id == nat->id)
			return true;
	return false;
}

/* A natd's words are not among the rules, and a listing has no NAT at all. */
static void
add_nats(struct session *session, bool listing, struct ipfw_ruleset *ruleset)
{
	for (size_t i = 0; i < session->ruleset->nats.n; i++) {
		const struct ipfw_nat *nat = &session->ruleset->nats.v[i];

		if ((listing || !nat->kernel) && !has_nat(ruleset, nat))
			vec_push(session->arena, &ruleset->nats, *nat);
	}
}

static struct ipfw_ruleset *
read_back(struct session *session, uint32_t file)
{
	struct ipfw_ruleset *ruleset = arena_new(
	    session->arena, struct ipfw_ruleset);
	bool listing = is_listing(sources_get(&session->sources, file));
	struct ipfw_reader reader;
	bool good;

	ipfw_reader_init(&reader, session->arena);
	good = listing
	    ? ipfw_read_listing(&reader, &session->diags, file, ruleset)
	    : ipfw_read_file(&reader, &session->diags, file, ruleset);
	add_nats(session, listing, ruleset);
	return good ? ruleset : NULL;
}

struct ipfw_ruleset *
session_read_rules(struct session *session)
{
	uint32_t file;

	if (!session_read(session, session->options->rules, &file))
		return NULL;
	return session_read_rules_file(session, file);
}

struct ipfw_ruleset *
session_read_rules_file(struct session *session, uint32_t file)
{
	struct ipfw_ruleset *ruleset = read_back(session, file);

	if (ruleset == NULL)
		session->code = EXIT_POLICY;
	return ruleset;
}

struct ipfw_ruleset *
session_read_own(struct session *session)
{
	struct ipfw_ruleset *ruleset;
	struct buf out;

	buf_init(&out, session->arena);
	ipfw_rules_write(&out, session->ruleset, session->flavour, -1);
	ruleset = read_back(session,
	    sources_add(&session->sources, "the emitted rules", out.p, out.n));
	if (ruleset == NULL)
		session_fail(session, EXIT_BUG,
		    "internal error: the emitted rules cannot be read back");
	return ruleset;
}

/* What is wrong with our own ruleset is our fault, whoever confirms it. */
static enum exit_code
code_of(const struct session *session, const struct prove_result *result)
{
	if (result->exhausted)
		return EXIT_ENVIRONMENT;
	return session->options->rules != NULL ? EXIT_POLICY : EXIT_BUG;
}

bool
session_prove(struct session *session, struct prove_result *result)
{
	struct ipfw_ruleset *ruleset = session->options->rules != NULL
	    ? session_read_rules(session)
	    : session_read_own(session);
	struct prove_request request = {
	    .arena = session->arena,
	    .policy = session->policy,
	    .ruleset = ruleset,
	    .flavour = session->flavour,
	    .logs = true,
	};

	*result = (struct prove_result){.more = false};
	if (ruleset == NULL)
		return false;
	if (prove(&request, result))
		return true;
	session->code = code_of(session, result);
	return false;
}

bool
session_gate(struct session *session)
{
	struct prove_result result;
	struct buf out;

	if (session->options->no_proof) {
		fputs("akinc: warning: --no-proof: nobody has shown that the "
		      "ruleset says what the policy says\n",
		    stderr);
		return true;
	}
	if (session_prove(session, &result))
		return true;
	buf_init(&out, session->arena);
	prove_report_text(session, &result, &out);
	fwrite(out.p, 1, out.n, stderr);
	if (result.exhausted)
		prove_report_exhausted();
	else
		fputs("akinc: internal error: the ruleset is not what the "
		      "policy says; nothing is printed\n",
		    stderr);
	return false;
}
