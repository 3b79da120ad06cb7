/*
 * What the kernel's packet filter has written into the system's log about
 * packets that it refused.
 */
#ifndef RUNTIME_CONTROL_DENIALS_H
#define RUNTIME_CONTROL_DENIALS_H

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_DENIALS 8
#define CONTROL_DENIAL_SIZE 160

/* The last lines, the newest last. */
struct control_denials {
	char lines[CONTROL_DENIALS][CONTROL_DENIAL_SIZE];
	size_t n;
};

/* Where this system's syslogd(8) puts them. */
extern const char control_denials_file[];

/*
 * Is LINE, of LENGTH bytes, about a refused packet?  Then *OUT has the time
 * and what follows "ipfw:", cut if need be.
 */
bool control_denials_parse(
    const char *line, size_t length, char out[CONTROL_DENIAL_SIZE]);

/* Read the end of the file; nothing is found if it cannot be read. */
void control_denials_read(struct control_denials *denials, const char *path);

#endif
