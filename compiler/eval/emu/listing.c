/*
 * Lines of a listing.
 */
#include <string.h>
#include <time.h>

#include "eval/emu/listing.h"
#include "target/ipfw/text/write.h"

#define NUMBER_COLUMNS 6 /* "00100 " */
#define TIME_COLUMNS 24

const char *
listing_text(struct arena *arena, const struct ipfw_rule *rule)
{
	struct ipfw_rule numbered = *rule;
	struct buf line, astray;

	/* With a number of five digits the rest begins at a known column. */
	numbered.number = 1;
	buf_init(&line, arena);
	buf_init(&astray, arena);
	ipfw_write_listing_parts(&line, &astray, &numbered, NULL, false);
	buf_putc(&astray, '\n');
	buf_puts(&astray, line.p + NUMBER_COLUMNS);
	return astray.p;
}

/* When a rule matched last: the clock of the machine, as seconds of UTC. */
static void
write_time(const struct command *command, uint64_t last, struct buf *out)
{
	time_t seconds = (time_t)(last < INT32_MAX ? last : INT32_MAX);
	char text[TIME_COLUMNS + 2];
	struct tm parts;

	if (command->options->time == 2)
		buf_printf(out, "%10llu ", (unsigned long long)last);
	if (command->options->time != 1)
		return;
	if (last == 0 || gmtime_r(&seconds, &parts) == NULL ||
	    strftime(text, sizeof(text), "%a %b %e %H:%M:%S %Y", &parts) == 0)
		buf_pad(out, ' ', TIME_COLUMNS);
	else
		buf_printf(out, "%s ", text);
}

void
listing_rule(const struct command *command, const struct ipfw_rule_view *view,
    bool disabled, const struct listing_widths *widths, struct buf *out)
{
	const char *text = view->text != NULL ? view->text : "";
	const char *newline = strchr(text, '\n');

	if (newline != NULL) {
		buf_write(out, text, (size_t)(newline - text));
		text = newline + 1;
	}
	if (disabled)
		buf_puts(out, "# DISABLED ");
	buf_printf(out, "%05u ", view->number);
	if (widths != NULL && widths->packets + widths->bytes > 0)
		buf_printf(out, "%*llu %*llu ", widths->packets,
		    (unsigned long long)view->packets, widths->bytes,
		    (unsigned long long)view->bytes);
	write_time(command, view->last, out);
	if (command->options->sets)
		buf_printf(out, "set %u ", view->set);
	buf_printf(out, "%s\n", text);
}

void
listing_state(const struct ipfw_state_view *state,
    const struct listing_widths *widths, struct buf *out)
{
	const char *protocol = ipfw_protocol_name(state->tuple.protocol);

	buf_printf(out, "%05u", state->number);
	if (widths != NULL && widths->packets + widths->bytes > 0)
		buf_printf(out, " %*llu %*llu (%llus)", widths->packets,
		    (unsigned long long)state->packets, widths->bytes,
		    (unsigned long long)state->bytes,
		    (unsigned long long)state->left);
	switch (state->kind) {
	case IPFW_STATE_KEEP:
		buf_puts(out, " STATE");
		break;
	case IPFW_STATE_LIMIT:
		buf_puts(out, " LIMIT");
		break;
	case IPFW_STATE_PARENT:
		buf_printf(out, " PARENT %u", (unsigned)state->count);
		break;
	}
	if (protocol != NULL)
		buf_printf(out, " %s ", protocol);
	else
		buf_printf(out, " proto %u ", state->tuple.protocol);
	addr_format(out, state->tuple.family, state->tuple.source);
	buf_printf(out, " %u <-> ", state->tuple.source_port);
	addr_format(out, state->tuple.family, state->tuple.target);
	buf_printf(out, " %u\n", state->tuple.target_port);
}
