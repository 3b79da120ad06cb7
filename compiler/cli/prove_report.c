/*
 * A witness is shown as a packet, with what the policy means by it and its way
 * through the rules.
 */
#include <stdio.h>

#include "cli/json.h"
#include "cli/prove_report.h"
#include "eval/narrate.h"

static const struct {
	const char *name, *text;
} kinds[] = {
    [PROVE_SAME] = {"same", ""},
    [PROVE_OPENS] = {"opens",
	"the ruleset lets through what the policy refuses"},
    [PROVE_CLOSES] = {"closes", "the ruleset refuses what the policy allows"},
    [PROVE_REFUSES_ELSE] = {"refuses-otherwise",
	"policy and ruleset refuse in different ways"},
    [PROVE_LOG] = {"log", "the ruleset logs what it refuses otherwise"},
    [PROVE_STATE_MISSING] = {"state-missing",
	"the ruleset makes no state, so no answer passes"},
    [PROVE_STATE_EXTRA] = {"state-extra",
	"the ruleset makes a state where it must not"},
    [PROVE_LIMIT] = {"limit", "the ruleset counts conversations otherwise"},
    [PROVE_NAT_MISSING] = {"nat-missing", "the packet leaves without its NAT"},
    [PROVE_NAT_EXTRA] = {"nat-extra", "the packet is translated without need"},
    [PROVE_FRAGMENT] = {"fragment",
	"the first fragment passes, but the later ones do not"},
    [PROVE_DEFAULT_RULE] = {"default-rule",
	"the packet is left to the default rule"},
    [PROVE_REPLY] = {"reply", "the packet passes, but its answer does not"},
};

static bool
has_type(const struct prove_witness *w)
{
	return w->flow.protocol == PROTOCOL_ICMP ||
	    w->flow.protocol == PROTOCOL_ICMP6;
}

static void
tell_cards(const struct prove_witness *w, struct buf *out)
{
	if (w->card_in != NULL)
		buf_printf(out, ", in by %s", w->card_in);
	if (w->card_out != NULL)
		buf_printf(out, ", out by %s", w->card_out);
	if (has_type(w))
		buf_printf(out, ", type %u", w->flow.type);
	if (w->later)
		buf_puts(out, ", a later fragment");
	if (w->flow.midway && !w->later)
		buf_puts(out, ", not the first of a conversation");
	if (w->redirect != NULL)
		buf_puts(out, ", by a forward");
}

static void
tell_packet(const struct narrator *narrator, const struct prove_witness *w,
    struct buf *out)
{
	narrate_flow(narrator, &w->flow, out);
	tell_cards(w, out);
}

static void
tell_meaning(const struct narrator *narrator, const struct prove_witness *w,
    struct buf *out)
{
	if (w->no_zone)
		buf_puts(out, "deny: a card that no zone has");
	else if (w->played)
		narrate_meaning(narrator, &w->meaning, out);
}

static void
tell_way(const struct narrator *narrator, const struct prove_witness *w,
    struct buf *out)
{
	if (!w->played)
		return;
	narrate_walk(narrator, &w->walk.packet, &w->walk, out);
	if (w->kind != PROVE_REPLY && w->kind != PROVE_FRAGMENT)
		return;
	buf_printf(out, "%sits %s:\n", narrator->indent,
	    w->kind == PROVE_REPLY ? "answer" : "later fragment");
	narrate_walk(narrator, &w->reply.packet, &w->reply, out);
}

static void
tell_witness(const struct narrator *narrator, const struct prove_witness *w,
    struct buf *out)
{
	buf_printf(out, "difference: %s\n  ", kinds[w->kind].text);
	tell_packet(narrator, w, out);
	buf_puts(out, "\n  policy: ");
	tell_meaning(narrator, w, out);
	buf_putc(out, '\n');
	tell_way(narrator, w, out);
	buf_printf(out, "  %s\n\n",
	    w->confirmed ? "confirmed by the evaluator"
			 : "not confirmed by the evaluator");
}

void
prove_report_text(const struct session *session,
    const struct prove_result *result, struct buf *out)
{
	struct narrator narrator = {&session->sources, session->policy, "  "};

	for (size_t i = 0; i < result->witnesses.n; i++)
		tell_witness(&narrator, &result->witnesses.v[i], out);
	for (size_t i = 0; i < result->findings.n; i++) {
		const struct prove_finding *f = &result->findings.v[i];

		if (f->rule != NULL)
			buf_printf(out, "rule %u: %s\n",
			    (unsigned)f->rule->number, f->text);
		else
			buf_printf(out, "the ruleset: %s\n", f->text);
	}
	if (result->more)
		buf_puts(out, "There are more differences.\n");
}

void
prove_report_exhausted(void)
{
	fputs("akinc: the proof is larger than the bound of its memory, and "
	      "nothing is proved\n"
	      "akinc: merge rules, or write long lists as `hosts`; "
	      "--no-proof goes without\n",
	    stderr);
}

static json_t *
json_addr(const struct session *session, enum family family, struct addr addr)
{
	struct buf out;

	buf_init(&out, session->arena);
	addr_format(&out, family, addr);
	return json_text(out.p);
}

static json_t *
json_card(const char *card)
{
	return card != NULL ? json_text(card) : json_null();
}

static json_t *
json_packet(const struct session *session, const struct prove_witness *w)
{
	const struct flow *flow = &w->flow;
	json_t *packet = json_pack("{s:o, s:o, s:i, s:o, s:o}", "in",
	    json_card(w->card_in), "out", json_card(w->card_out), "protocol",
	    flow->protocol, "source",
	    json_addr(session, flow->family, flow->source), "target",
	    json_addr(session, flow->family, flow->target));

	if (flow->protocol == PROTOCOL_TCP || flow->protocol == PROTOCOL_UDP) {
		json_object_set_new(packet, "source-port",
		    json_integer((json_int_t)flow->source_port));
		json_object_set_new(packet, "target-port",
		    json_integer((json_int_t)flow->target_port));
	}
	if (has_type(w))
		json_object_set_new(
		    packet, "type", json_integer((json_int_t)flow->type));
	json_object_set_new(packet, "later-fragment", json_boolean(w->later));
	json_object_set_new(
	    packet, "forwarded", json_boolean(w->redirect != NULL));
	return packet;
}

static json_t *
json_told(const struct session *session, const struct prove_witness *w,
    void (*tell)(const struct narrator *narrator, const struct prove_witness *w,
	struct buf *out))
{
	struct narrator narrator = {&session->sources, session->policy, ""};
	struct buf out;

	buf_init(&out, session->arena);
	tell(&narrator, w, &out);
	return json_text(out.p);
}

static json_t *
json_witness(const struct session *session, const struct prove_witness *w)
{
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:b}", "kind",
	    kinds[w->kind].name, "text", kinds[w->kind].text, "packet",
	    json_packet(session, w), "policy",
	    json_told(session, w, tell_meaning), "ruleset",
	    json_told(session, w, tell_way), "confirmed", w->confirmed);
}

static json_t *
json_finding(const struct prove_finding *f)
{
	return json_pack("{s:o, s:s}", "rule",
	    f->rule != NULL ? json_integer((json_int_t)f->rule->number)
			    : json_null(),
	    "text", f->text);
}

json_t *
prove_report_json(const struct session *session, bool equal,
    const struct prove_result *result)
{
	json_t *differences = json_array(), *findings = json_array();

	for (size_t i = 0; i < result->witnesses.n; i++)
		json_array_append_new(differences,
		    json_witness(session, &result->witnesses.v[i]));
	for (size_t i = 0; i < result->findings.n; i++)
		json_array_append_new(
		    findings, json_finding(&result->findings.v[i]));
	return json_pack("{s:b, s:b, s:o, s:b, s:o, s:I, s:I}", "equal", equal,
	    "exhausted", result->exhausted, "differences", differences, "more",
	    result->more, "findings", findings, "nodes",
	    (json_int_t)result->nodes, "bytes", (json_int_t)result->bytes);
}
