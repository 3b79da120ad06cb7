/*
 * What the operating system tells of its network, of sleep and of its packet
 * filter.
 *
 * An event only says that something may have changed: who gets one reads the
 * state anew.  So a source may say too much and never too little; what it
 * missed is WATCH_LOST.
 */
#ifndef RUNTIME_WATCH_WATCH_H
#define RUNTIME_WATCH_WATCH_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WATCH_NETWORK 1u /* a card, an address or a default route */
#define WATCH_LOST 2u	 /* messages were lost; anything may have changed */
#define WATCH_SLEEP 4u	 /* the machine is about to sleep */
#define WATCH_WAKE 8u	 /* it has slept */
#define WATCH_RULES 16u	 /* the packet filter's rules */
#define WATCH_CLOSED 32u /* the source is gone */

#define WATCH_SOURCES_MAX 4
#define WATCH_AGAIN_MS 5000 /* until a source that is gone is tried again */

struct watch_paths {
	const char *devd; /* socket of devd(8); NULL: this system's, if any */
};

struct watch_source {
	int fd;
	short events; /* for poll(2) */
	void *state;
	/* Takes what is there without waiting; returns the bits above. */
	unsigned (*read)(struct watch_source *source);
	void (*close)(struct watch_source *source);
};

/*
 * Opens a source, non-blocking and close-on-exec.  Returns 0 or an errno
 * value; ENOENT if this system does not run the service.
 */
typedef int (*watch_opener)(
    struct watch_source *source, const struct watch_paths *paths);

struct watch_kind {
	const char *name; /* for the log */
	bool needed;	  /* akind is blind without it */
	watch_opener open;
};

/* Those of this operating system, ended by a NULL name. */
extern const struct watch_kind watch_kinds[];

struct watch {
	struct watch_paths paths;
	struct {
		const struct watch_kind *kind;
		struct watch_source source;
		bool open;
		int64_t
		    again; /* not open: when to try, on the caller's clock */
		int error; /* of the last try */
	} slots[WATCH_SOURCES_MAX];
	size_t n;
};

/*
 * Opens what it can.  Returns 0 or the errno value of a source that is needed;
 * the others are tried again by watch_reopen().
 */
int watch_open(
    struct watch *watch, const struct watch_paths *paths, int64_t now);
void watch_close(struct watch *watch);
/* Fills POLL with at most WATCH_SOURCES_MAX entries, one a slot. */
size_t watch_prepare(const struct watch *watch, struct pollfd *poll);
/* After poll(2): reads what is ready, returns the bits. */
unsigned watch_read(
    struct watch *watch, const struct pollfd *poll, int64_t now);
/* Tries closed sources whose time has come; WATCH_LOST if one came back. */
unsigned watch_reopen(struct watch *watch, int64_t now);

#endif
