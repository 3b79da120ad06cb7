/*
 * akinc query POLICY QUESTION: who can reach what, and by which line.
 */
#include <stdio.h>

#include "cli/commands.h"
#include "cli/json.h"
#include "cli/outcome_text.h"
#include "cli/question.h"
#include "cli/test_session.h"

struct inquiry {
	struct session *session;
	struct question question;
	struct query query;
	struct buf out;
	const char *answer; /* of a question with `can`, or NULL */
};

/* What is wrong with the question's own words is a matter of usage. */
static bool
blame(struct inquiry *q)
{
	const struct diags *diags = &q->session->diags;

	for (size_t i = 0; i < diags->list.n; i++)
		if (diags->list.v[i]->span.file == q->question.file)
			q->session->code = EXIT_USAGE;
	return false;
}

static bool
prepare(struct inquiry *q)
{
	struct session *session = q->session;

	if (!session_parse(session, session->options->operands.v[0]) ||
	    !question_read(session, &q->question))
		return false;
	if (!test_session_resolve(session))
		return blame(q);
	if (!question_resolve(session, &q->question, &q->query))
		return false;
	q->query.side.policy = session->policy;
	q->query.catalogue = &session->catalogue;
	return true;
}

static void
tell_row(struct inquiry *q, struct flow_row *row)
{
	buf_puts(&q->out, "  ");
	row_write_ends(&q->out, row);
	buf_puts(&q->out, ": ");
	row_write_services(
	    &q->out, &q->query.services, q->session->policy, row);
	buf_puts(&q->out, "\n      ");
	outcome_write(&q->out, q->session, &q->query.side, &row->before,
	    q->query.verdict == QUERY_TRANSLATED);
	buf_printf(&q->out, "\n      as in: %s\n",
	    row_witness_text(q->session->arena, row));
}

static json_t *
json_row(struct inquiry *q, struct flow_row *row)
{
	json_t *object = row_json(
	    &q->query.services, q->session->policy, q->session->arena, row);

	json_object_set_new(object, "outcome",
	    outcome_json(q->session, &q->query.side, &row->before));
	return object;
}

static void
tell_json(struct inquiry *q)
{
	json_t *list = json_array();

	for (size_t i = 0; i < q->query.rows.n; i++)
		json_array_append_new(list, json_row(q, &q->query.rows.v[i]));
	json_print(json_pack("{s:o, s:o}", "answer",
	    q->answer != NULL ? json_string(q->answer) : json_null(), "found",
	    list));
}

static void
tell(struct inquiry *q)
{
	if (q->answer != NULL)
		buf_printf(&q->out, "%s\n", q->answer);
	else if (q->query.rows.n == 0)
		buf_puts(&q->out, "nothing\n");
	for (size_t i = 0; i < q->query.rows.n; i++)
		tell_row(q, &q->query.rows.v[i]);
	fputs(q->out.p, stdout);
}

static bool
run(struct inquiry *q, enum query_verdict verdict)
{
	q->query.verdict = verdict;
	query_run(&q->query);
	return !q->query.exhausted ||
	    session_fail(q->session, EXIT_ENVIRONMENT,
		"the answer is larger than the bound of its memory");
}

/* Yes if nothing of it is refused; if nothing is allowed, why not. */
static bool
decide(struct inquiry *q)
{
	bool some, all;

	if (!run(q, QUERY_REFUSED))
		return false;
	all = q->query.rows.n == 0;
	if (!run(q, QUERY_ALLOWED))
		return false;
	some = q->query.rows.n != 0;
	q->answer = !some ? "no" : all ? "yes" : "in part";
	q->session->code = some ? EXIT_FINE : EXIT_POLICY;
	return some || run(q, QUERY_REFUSED);
}

static void
ask(struct inquiry *q)
{
	if (q->question.is_can) {
		if (!decide(q))
			return;
	} else if (!run(q, q->question.verdict)) {
		return;
	} else if (q->query.rows.n == 0) {
		q->session->code = EXIT_POLICY;
	}
	if (q->session->options->json)
		tell_json(q);
	else
		tell(q);
}

enum exit_code
command_query(struct session *session)
{
	struct inquiry *q = arena_new(session->arena, struct inquiry);

	if (session->options->operands.n < 2) {
		fputs("usage: akinc query POLICY QUESTION\n"
		      "       as in: akinc query my.akp 'who can reach self on "
		      "ssh'\n",
		    stderr);
		return EXIT_USAGE;
	}
	q->session = session;
	q->query.arena = session->arena;
	flow_side_init(&q->query.side, session->arena);
	buf_init(&q->out, session->arena);
	if (prepare(q))
		ask(q);
	else
		session_report_text(session);
	query_close(&q->query);
	return session->code;
}
