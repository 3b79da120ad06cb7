/*
 * The NAT daemons that the applier has started: is each still there, and does
 * it know the right address?
 *
 * They are nobody's children and outlive akind, so they are watched from
 * outside.
 */
#ifndef RUNTIME_DAEMON_NATDS_H
#define RUNTIME_DAEMON_NATDS_H

#include <jansson.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define NATDS_MAX 10
#define NATD_ADDRESS_SIZE 64

struct natd {
	unsigned port;
	char card[16];
	pid_t pid; /* 0: none runs */
	int fd;	   /* readable when it ends; -1 */
	/* Of its card, when it was first seen; "" if the card had none. */
	char address[NATD_ADDRESS_SIZE];
	unsigned restarts;
};

struct natds {
	struct natd v[NATDS_MAX];
	size_t n;
};

/*
 * FOUND is an array of {"port", "card", "pid"}, FACTS as facts_text_json()
 * makes them.
 */
void natds_learn(struct natds *natds, const json_t *found, const json_t *facts);
void natds_forget(struct natds *natds);
/* Fills POLL with NATDS_MAX entries. */
size_t natds_prepare(const struct natds *natds, struct pollfd *poll);
/* The next that has ended, marked as gone; NULL if none has. */
struct natd *natds_read(struct natds *natds, const struct pollfd *poll);
/* Has NATD's card another address than it had when natd was seen first? */
bool natds_is_wrong(const struct natd *natd, const json_t *facts);
/* It has heard of the addresses in FACTS: natd(8) follows them while awake. */
void natds_note(struct natds *natds, const json_t *facts);
/* Ends it; it is then found dead. */
void natds_kill(struct natd *natd);

#endif
