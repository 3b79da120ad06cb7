/*
 * A question about a policy: which conversations between these ends, with
 * these services, have this verdict?
 */
#ifndef ANALYSE_QUERY_H
#define ANALYSE_QUERY_H

#include "analyse/flows.h"
#include "analyse/rows.h"

enum query_verdict {
	QUERY_ALLOWED,
	QUERY_REFUSED, /* denied or rejected */
	QUERY_DENIED,
	QUERY_REJECTED,
	QUERY_LOGGED,
	QUERY_LIMITED,
	QUERY_FORWARDED,
	QUERY_TRANSLATED,
};

struct query_end {
	struct endpoint_set ends;
	bool has_hosts;
	struct addr_set hosts; /* and nobody else */
};

struct query {
	struct arena *arena;
	struct bdd *bdd;
	struct flow_side side; /* a policy */
	const struct catalogue *catalogue;
	struct query_end from, to;
	bool has_services;
	service_parts parts; /* if so, unless ANY */
	bool any;
	enum query_verdict verdict;
	/* The answer, a row's value being an outcome: */
	struct services services;
	flow_rows rows;
	bool exhausted; /* a bound was reached: there is no answer */
};

/* May be asked again with another verdict. */
void query_run(struct query *query);
/* Release the diagrams; nothing more is told of the rows. */
void query_close(struct query *query);

#endif
