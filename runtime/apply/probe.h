/*
 * Is something still to be reached?
 *
 * A probe is "tcp ADDRESS PORT", a connection that is made and closed, or
 * "ping ADDRESS", an echo that comes back.  Addresses are numeric: no resolver
 * is asked, since it may be what the new rules cut off.
 */
#ifndef RUNTIME_APPLY_PROBE_H
#define RUNTIME_APPLY_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#define PROBES_MAX 64

struct probe {
	const char *text; /* as it was written */
	bool ping;
	struct sockaddr_storage address;
	socklen_t size;
	bool passed; /* the last time it was asked */
};

/* TEXT must live as long.  Returns NULL, or what is wrong with it. */
const char *probe_read(const char *text, struct probe *probe);
/*
 * Ask all N, at most PROBES_MAX, at the same time, for so many MILLISECONDS;
 * pings are sent again each second.  Fills in PASSED.
 */
void probe_run(struct probe *probes, size_t n, unsigned milliseconds);

#endif
