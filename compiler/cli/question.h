/*
 * The question of `akinc query`, in plain words:
 *
 *	who can|cannot reach ENDS [on SERVICES]
 *	what can ENDS reach [in ENDS] [on SERVICES]
 *	can ENDS reach ENDS [on SERVICES]
 *	what is VERDICT [from ENDS] [to ENDS] [on SERVICES]
 *
 * ENDS are zones, self, any, hosts by name or address, or a zone and a host,
 * with commas or `and` between them; SERVICES are those of a rule.
 */
#ifndef CLI_QUESTION_H
#define CLI_QUESTION_H

#include "analyse/query.h"
#include "cli/session.h"

/* An end as written. */
struct question_end {
	VEC(struct ast_word) words;
	bool any; /* nothing was written */
};

struct question {
	uint32_t file; /* that its words are in */
	struct question_end from, to;
	bool is_can; /* is answered by yes or no */
	enum query_verdict verdict;
	bool has_services;
	ast_services services;
};

/*
 * Read the operands after the policy.  Its services are put at the end of the
 * parsed policy, to be resolved with it.  False after an error.
 */
bool question_read(struct session *session, struct question *question);
/* What the words stand for in the resolved policy.  False after an error. */
bool question_resolve(struct session *session, const struct question *question,
    struct query *query);

#endif
