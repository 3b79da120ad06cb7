/*
 * sd_notify(3): a service manager is told when we are ready, and that we live.
 */
#ifndef RUNTIME_DAEMON_NOTIFY_H
#define RUNTIME_DAEMON_NOTIFY_H

#include <stdint.h>

struct notify {
	int fd;		  /* -1: nobody wants to know */
	int64_t interval; /* ms between signs of life; 0: none are due */
	int64_t next;	  /* when the next is */
};

/* Reads NOTIFY_SOCKET and WATCHDOG_USEC, and takes them away from children. */
void notify_open(struct notify *notify, int64_t now);
void notify_close(struct notify *notify);
/* STATE is "READY=1" or the like. */
void notify_send(struct notify *notify, const char *state);
/* Sends a sign of life if it is due; INT64_MAX if none ever is. */
int64_t notify_due(const struct notify *notify);
void notify_live(struct notify *notify, int64_t now);

#endif
