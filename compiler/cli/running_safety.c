/*
 * From options and environment to the checks of a change.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/running.h"

static bool
take_probe(struct safety *safety, const char *text)
{
	const char *wrong = safety->n_probes == PROBES_MAX
	    ? "there are too many"
	    : probe_read(text, &safety->probes[safety->n_probes]);

	if (wrong != NULL) {
		fprintf(stderr, "akinc: --probe '%s': %s\n", text, wrong);
		return false;
	}
	safety->n_probes++;
	return true;
}

/* The commands of another root bring what else is asked of it. */
static const char *
root_of(const struct session *session)
{
	const char *sbin = session->options->sbin;

	if (sbin == NULL)
		return NULL;
	return arena_printf(session->arena, "%s/..", sbin);
}

bool
running_safety(const struct session *session, struct safety *safety,
    struct apply_request *request)
{
	const struct options *options = session->options;

	*safety = (struct safety){
	    .connection = getenv("SSH_CONNECTION"),
	    .confirm_given = options->has_confirm,
	    .revoke = options->revoke,
	    .root = root_of(session),
	};
	for (size_t i = 0; i < options->probes.n; i++)
		if (!take_probe(safety, options->probes.v[i]))
			return false;
	safety_prepare(safety, request);
	return true;
}
