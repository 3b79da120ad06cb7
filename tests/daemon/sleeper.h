/*
 * What sleeper.c and sleeper_SERVICE.c share.
 */
#ifndef TESTS_DAEMON_SLEEPER_H
#define TESTS_DAEMON_SLEEPER_H

/* Serve at PATH what comes by lines on the standard input, until its end. */
int sleeper_devd(const char *path);
int sleeper_logind(const char *path);

/* A socket of TYPE that listens at PATH; ends the process if it cannot. */
int sleeper_listen(const char *path, int type);
/* A line of the standard input, without its newline; NULL at the end. */
char *sleeper_line(void);

#endif
