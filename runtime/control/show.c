/*
 * Words, times and sizes that everything shown is made of.
 */
#include <inttypes.h>
#include <time.h>

#include "base/glyph.h"
#include "runtime/control/show.h"
#include "runtime/control/show_json.h"

static const char *const codes[] = {
    [CONTROL_BOLD] = "1",
    [CONTROL_FAINT] = "2",
    [CONTROL_RED] = "31",
    [CONTROL_GREEN] = "32",
    [CONTROL_YELLOW] = "33",
};

void
control_show_text(struct control_show *show, const char *text)
{
	glyph_write_text(show->out, text);
}

void
control_show_coloured(
    struct control_show *show, enum control_colour colour, const char *text)
{
	if (show->colour)
		buf_printf(show->out, "\033[%sm", codes[colour]);
	control_show_text(show, text);
	if (show->colour)
		buf_puts(show->out, "\033[0m");
}

static bool
split_time(int64_t seconds, struct tm *parts)
{
	time_t time = (time_t)seconds;

	return (int64_t)time == seconds && localtime_r(&time, parts) != NULL;
}

void
control_show_time(struct control_show *show, int64_t time)
{
	struct tm then, now;
	bool today;
	char text[64];

	if (!split_time(time, &then) || !split_time(show->now, &now))
		return;
	today = then.tm_year == now.tm_year && then.tm_yday == now.tm_yday;
	strftime(text, sizeof(text), today ? "%H:%M:%S" : "%Y-%m-%d %H:%M:%S",
	    &then);
	buf_puts(show->out, text);
}

void
control_show_bytes(struct control_show *show, uint64_t bytes)
{
	static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
	uint64_t tenths = bytes / 100;
	size_t unit = 0;

	if (bytes < 1000) {
		buf_printf(show->out, "%" PRIu64 " B", bytes);
		return;
	}
	for (; tenths >= 10000; tenths /= 1000)
		unit++;
	if (tenths < 100)
		buf_printf(show->out, "%" PRIu64 ".%" PRIu64 " %s", tenths / 10,
		    tenths % 10, units[unit]);
	else
		buf_printf(
		    show->out, "%" PRIu64 " %s", tenths / 10, units[unit]);
}

void
control_show_nic(struct control_show *show, const json_t *data)
{
	const char *four = show_json_text(data, "active");
	const char *six = show_json_text(data, "active6");

	control_show_text(show, four != NULL ? four : "disabled");
	if (six != NULL && (four == NULL || strcmp(four, six) != 0)) {
		buf_puts(show->out, ", IPv6 ");
		control_show_text(show, six);
	}
	buf_putc(show->out, '\n');
}

static void
show_lost(struct control_show *show, const json_t *event)
{
	buf_printf(show->out, "(%" PRIu64 " more were lost)\n",
	    show_json_number(event, "count"));
}

void
control_show_event(struct control_show *show, const json_t *event)
{
	const char *name = show_json_text(event, "event");
	const char *level = show_json_text(event, "level");
	const char *text = show_json_text(event, "text");

	if (name != NULL && strcmp(name, "lost") == 0) {
		show_lost(show, event);
		return;
	}
	if (text == NULL)
		return;
	control_show_time(show, (int64_t)show_json_number(event, "time"));
	buf_putc(show->out, ' ');
	if (level != NULL && strcmp(level, "error") == 0)
		control_show_coloured(show, CONTROL_RED, "error: ");
	else if (level != NULL && strcmp(level, "warning") == 0)
		control_show_coloured(show, CONTROL_YELLOW, "warning: ");
	control_show_text(show, text);
	buf_putc(show->out, '\n');
}
