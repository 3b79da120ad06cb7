/*
 * akinc prove POLICY [--rules FILE]: is the ruleset what the policy says?
 */
#include <stdio.h>

#include "cli/commands.h"
#include "eval/narrate.h"

#define MEBIBYTE (1024.0 * 1024.0)

static const char *
kind_text(enum prove_kind kind)
{
	switch (kind) {
	case PROVE_SAME:
		break;
	case PROVE_OPENS:
		return "the ruleset lets through what the policy refuses";
	case PROVE_CLOSES:
		return "the ruleset refuses what the policy allows";
	case PROVE_REFUSES_ELSE:
		return "policy and ruleset refuse in different ways";
	case PROVE_STATE_MISSING:
		return "the ruleset makes no state, so no answer passes";
	case PROVE_STATE_EXTRA:
		return "the ruleset makes a state where it must not";
	case PROVE_LIMIT:
		return "the ruleset counts conversations otherwise";
	case PROVE_NAT_MISSING:
		return "the packet leaves without its NAT";
	case PROVE_NAT_EXTRA:
		return "the packet is translated without need";
	case PROVE_DEFAULT_RULE:
		return "the packet is left to the default rule";
	case PROVE_REPLY:
		return "the packet passes, but its answer does not";
	}
	return "";
}

static void
tell_cards(const struct prove_witness *w, struct buf *out)
{
	if (w->card_in != NULL)
		buf_printf(out, ", in by %s", w->card_in);
	if (w->card_out != NULL)
		buf_printf(out, ", out by %s", w->card_out);
	if (w->flow.protocol == PROTOCOL_ICMP ||
	    w->flow.protocol == PROTOCOL_ICMP6)
		buf_printf(out, ", type %u", w->flow.type);
	if (w->later)
		buf_puts(out, ", a later fragment");
	if (w->flow.midway && !w->later)
		buf_puts(out, ", not the first of a conversation");
	if (w->redirect != NULL)
		buf_puts(out, ", by a forward");
}

static void
tell_witness(struct session *session, const struct prove_witness *w)
{
	struct narrator narrator = {&session->sources, session->policy, "  "};
	struct buf out;

	buf_init(&out, session->arena);
	buf_printf(&out, "difference: %s\n  ", kind_text(w->kind));
	narrate_flow(&narrator, &w->flow, &out);
	tell_cards(w, &out);
	buf_puts(&out, "\n  policy: ");
	if (w->no_zone)
		buf_puts(&out, "deny: a card that no zone has");
	else if (w->played)
		narrate_meaning(&narrator, &w->meaning, &out);
	buf_putc(&out, '\n');
	if (w->played)
		narrate_walk(&narrator, &w->walk.packet, &w->walk, &out);
	if (w->played && w->kind == PROVE_REPLY) {
		buf_puts(&out, "  its answer:\n");
		narrate_walk(&narrator, &w->reply.packet, &w->reply, &out);
	}
	buf_printf(&out, "  %s\n\n",
	    w->confirmed ? "confirmed by the evaluator"
			 : "not confirmed by the evaluator");
	fputs(out.p, stdout);
}

static void
tell_findings(const struct prove_result *result)
{
	for (size_t i = 0; i < result->findings.n; i++) {
		const struct prove_finding *f = &result->findings.v[i];

		if (f->rule != NULL)
			printf("rule %u: %s\n", (unsigned)f->rule->number,
			    f->text);
		else
			printf("the ruleset: %s\n", f->text);
	}
}

/* A difference of our own ruleset that the evaluator confirms is our bug. */
static enum exit_code
code_of(const struct session *session, const struct prove_result *result)
{
	if (result->exhausted)
		return EXIT_ENVIRONMENT;
	for (size_t i = 0; i < result->witnesses.n; i++)
		if (result->witnesses.v[i].confirmed &&
		    session->options->rules == NULL)
			return EXIT_BUG;
	return EXIT_POLICY;
}

static void
tell(struct session *session, bool equal, const struct prove_result *result)
{
	if (equal)
		puts("equal: the ruleset says what the policy says");
	for (size_t i = 0; i < result->witnesses.n; i++)
		tell_witness(session, &result->witnesses.v[i]);
	tell_findings(result);
	if (result->more)
		puts("There are more differences.");
	if (result->exhausted)
		fputs("akinc: the proof is larger than the bound of its "
		      "memory; nothing is proved\n",
		    stderr);
	if (result->nodes != 0)
		printf("# %zu nodes, %.1f MiB\n", result->nodes,
		    (double)result->bytes / MEBIBYTE);
}

static bool
compile(struct session *session)
{
	return session_parse(session, session->options->operands.v[0]) &&
	    session_load_catalogue(session) &&
	    session_load_host(session, false) &&
	    session_resolve(session,
		session->options->nic != NULL ||
		    session->options->host != NULL) &&
	    session_lower(session);
}

enum exit_code
command_prove(struct session *session)
{
	struct prove_result result;
	bool equal;

	if (session->options->operands.n != 1) {
		fputs("usage: akinc prove POLICY [--rules FILE]\n", stderr);
		return EXIT_USAGE;
	}
	if (compile(session)) {
		equal = session_prove(session, &result);
		if (!equal && session->code == EXIT_FINE)
			session->code = code_of(session, &result);
		tell(session, equal, &result);
	}
	session_report_text(session);
	return session->code;
}
