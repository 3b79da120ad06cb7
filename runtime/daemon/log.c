#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "runtime/daemon/log.h"

static const struct {
	const char *name;
	int priority;
} levels[] = {
    [LOG_LEVEL_ERROR] = {"error", LOG_ERR},
    [LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
    [LOG_LEVEL_NOTICE] = {"notice", LOG_NOTICE},
    [LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

const char *
log_level_name(enum log_level level)
{
	return levels[level].name;
}

void
log_init(struct log *log, bool to_syslog, bool verbose)
{
	memset(log, 0, sizeof(*log));
	log->to_syslog = to_syslog;
	log->verbose = verbose;
	if (to_syslog)
		openlog("akind", LOG_PID, LOG_DAEMON);
}

void
log_free(struct log *log)
{
	for (size_t i = 0; i < LOG_KEPT; i++)
		free(log->lines[i].text);
	memset(log->lines, 0, sizeof(log->lines));
}

static void
print_line(const struct log_line *line)
{
	char stamp[32] = "";
	time_t seconds = (time_t)line->time;
	struct tm local;

	if (localtime_r(&seconds, &local) != NULL)
		strftime(stamp, sizeof(stamp), "%b %d %H:%M:%S", &local);
	fprintf(stderr, "%s akind: %s%s\n", stamp,
	    line->level == LOG_LEVEL_ERROR	   ? "error: "
		: line->level == LOG_LEVEL_WARNING ? "warning: "
						   : "",
	    line->text);
}

static void
keep_line(struct log *log, const struct log_line *line)
{
	struct log_line *place = &log->lines[log->n++ % LOG_KEPT];

	free(place->text);
	*place = *line;
	if (log->hear != NULL)
		log->hear(log->context, place);
}

/* Takes TEXT. */
static void
write_line(struct log *log, enum log_level level, char *text)
{
	struct log_line line = {(int64_t)time(NULL), level, text};

	if (level == LOG_LEVEL_DEBUG && !log->verbose) {
		free(text);
		return;
	}
	if (log->to_syslog)
		syslog(levels[level].priority, "%s", text);
	else
		print_line(&line);
	if (level == LOG_LEVEL_DEBUG)
		free(text);
	else
		keep_line(log, &line);
}

/* What others say may hold anything; a terminal shall not obey it. */
static void
make_printable(char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 0x20 || c == 0x7f)
			*text = c == '\t' ? ' ' : '?';
	}
}

static void
write_part(
    struct log *log, enum log_level level, const char *start, size_t length)
{
	char *text = strndup(start, length);

	if (text == NULL)
		return;
	make_printable(text);
	write_line(log, level, text);
}

void
log_write(struct log *log, enum log_level level, const char *format, ...)
{
	char text[LOG_LINE_MAX * 4];
	const char *start = text;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	while (*start != '\0') {
		size_t length = strcspn(start, "\n");

		if (length > 0)
			write_part(log, level, start,
			    length > LOG_LINE_MAX ? LOG_LINE_MAX : length);
		start += length;
		start += *start == '\n';
	}
}
