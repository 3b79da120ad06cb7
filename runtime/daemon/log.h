/*
 * akind's log: one line an event, to the standard error or to syslog(3), the
 * last ones kept for akinctl.
 */
#ifndef RUNTIME_DAEMON_LOG_H
#define RUNTIME_DAEMON_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOG_KEPT 1000
#define LOG_LINE_MAX 1024

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_DEBUG, /* written if verbose, never kept */
};

struct log_line {
	int64_t time; /* seconds since 1970 */
	enum log_level level;
	char *text;
};

struct log {
	bool to_syslog, verbose;
	struct log_line lines[LOG_KEPT]; /* line N in lines[N % LOG_KEPT] */
	uint64_t n;			 /* how many there ever were */
	/* Is told each line that is kept; may be NULL. */
	void (*hear)(void *context, const struct log_line *line);
	void *context;
};

void log_init(struct log *log, bool to_syslog, bool verbose);
void log_free(struct log *log);
/* A text of several lines becomes several; what does not print, a '?'. */
void log_write(struct log *log, enum log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *log_level_name(enum log_level level);

#endif
