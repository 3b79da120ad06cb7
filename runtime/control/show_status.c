/*
 * The status of akind, section by section.
 */
#include <inttypes.h>

#include "runtime/control/show.h"
#include "runtime/control/show_json.h"

#define LABEL_WIDTH 9

static void
begin(struct control_show *show, const char *label)
{
	size_t length = strlen(label);

	control_show_coloured(show, CONTROL_BOLD, label);
	buf_pad(
	    show->out, ' ', length < LABEL_WIDTH ? LABEL_WIDTH - length : 1);
}

static void
end(struct control_show *show)
{
	buf_putc(show->out, '\n');
}

/* TEXT, and blanks up to WIDTH bytes. */
static void
show_padded(struct control_show *show, const char *text, size_t width)
{
	size_t length = strlen(text);

	control_show_text(show, text);
	buf_pad(show->out, ' ', length < width ? width - length : 0);
}

/* The longest text called NAME among the objects of a list. */
static size_t
measure_names(const json_t *list, const char *name)
{
	size_t index, width = 0;
	json_t *item;

	json_array_foreach((json_t *)(uintptr_t)list, index, item)
	{
		const char *text = show_json_text(item, name);

		if (text != NULL && strlen(text) > width)
			width = strlen(text);
	}
	return width;
}

static void
show_joined(struct control_show *show, const json_t *list, const char *none)
{
	size_t index;
	json_t *item;

	if (list == NULL)
		control_show_text(show, none);
	json_array_foreach((json_t *)(uintptr_t)list, index, item)
	{
		if (!json_is_string(item))
			continue;
		if (index > 0)
			buf_puts(show->out, ", ");
		control_show_text(show, json_string_value(item));
	}
}

static void
show_state(struct control_show *show, const char *state)
{
	enum control_colour colour = CONTROL_YELLOW;

	if (strcmp(state, "running") == 0)
		colour = CONTROL_GREEN;
	else if (strcmp(state, "failed") == 0 || strcmp(state, "dead") == 0)
		colour = CONTROL_RED;
	control_show_coloured(show, colour, state);
}

static void
show_akind(struct control_show *show, const json_t *data)
{
	const char *state = show_json_text(data, "state");
	const char *version = show_json_text(data, "version");

	begin(show, "akind");
	show_state(show, state != NULL ? state : "unknown");
	if (show_json_has_number(data, "since")) {
		buf_puts(show->out, " since ");
		control_show_time(
		    show, (int64_t)show_json_number(data, "since"));
	}
	if (show_json_has_number(data, "pid"))
		buf_printf(show->out, ", process %" PRIu64,
		    show_json_number(data, "pid"));
	if (version != NULL) {
		buf_puts(show->out, ", version ");
		control_show_text(show, version);
	}
	end(show);
}

static void
show_waiting(struct control_show *show, const json_t *data)
{
	if (!json_is_true(json_object_get(data, "host-waits")))
		return;
	begin(show, "host");
	buf_puts(show->out,
	    "has changed, and is followed when the policy is confirmed or "
	    "taken back");
	end(show);
}

static void
show_error(struct control_show *show, const json_t *data)
{
	const char *error = show_json_text(data, "error");

	if (error == NULL)
		return;
	begin(show, "error");
	control_show_coloured(show, CONTROL_RED, error);
	if (show_json_has_number(data, "retry"))
		buf_printf(show->out, "; next try in %" PRIu64 " s",
		    show_json_number(data, "retry"));
	end(show);
}

static void
show_policy(struct control_show *show, const json_t *data)
{
	const char *policy = show_json_text(data, "policy");

	if (policy == NULL)
		return;
	begin(show, "policy");
	control_show_text(show, policy);
	end(show);
}

static void
show_confirmation(struct control_show *show, const json_t *generation)
{
	if (show_json_has_number(generation, "confirm"))
		buf_printf(show->out,
		    ", goes back in %" PRIu64 " s unless confirmed",
		    show_json_number(generation, "confirm"));
	else if (!json_is_true(json_object_get(generation, "confirmed")))
		buf_puts(show->out, ", not confirmed");
}

static void
show_generation(struct control_show *show, const json_t *data)
{
	const json_t *generation = json_object_get(data, "generation");
	const char *digest = show_json_text(generation, "digest");

	begin(show, "ruleset");
	if (!json_is_object(generation)) {
		control_show_coloured(show, CONTROL_YELLOW, "none of ours");
		end(show);
		return;
	}
	buf_printf(
	    show->out, "set %" PRIu64, show_json_number(generation, "set"));
	if (digest != NULL) {
		buf_puts(show->out, ", ");
		control_show_text(show, digest);
	}
	if (show_json_has_number(generation, "since")) {
		buf_puts(show->out, ", since ");
		control_show_time(
		    show, (int64_t)show_json_number(generation, "since"));
	}
	show_confirmation(show, generation);
	end(show);
}

static void
show_nat(struct control_show *show, const json_t *nat)
{
	const char *method = show_json_text(nat, "method");
	const char *card = show_json_text(nat, "card");
	const char *state = show_json_text(nat, "state");

	control_show_text(show, method != NULL ? method : "nat");
	buf_puts(show->out, " on ");
	control_show_text(show, card != NULL ? card : "no card");
	buf_puts(show->out, ", ");
	show_state(show, state != NULL ? state : "unknown");
	if (show_json_has_number(nat, "pid"))
		buf_printf(
		    show->out, ", natd %" PRIu64, show_json_number(nat, "pid"));
	if (show_json_number(nat, "restarts") > 0)
		buf_printf(show->out, ", started anew %" PRIu64 " times",
		    show_json_number(nat, "restarts"));
}

static void
show_nats(struct control_show *show, const json_t *data)
{
	const json_t *list = show_json_list(data, "nat");
	size_t index;
	json_t *nat;

	begin(show, "nat");
	if (list == NULL) {
		buf_puts(show->out, "nobody needs it\n");
		return;
	}
	json_array_foreach((json_t *)(uintptr_t)list, index, nat)
	{
		if (index > 0)
			begin(show, "");
		show_nat(show, nat);
		end(show);
	}
}

/* A zone without a card of this host tells which it waits for. */
static void
show_named_cards(struct control_show *show, const json_t *item)
{
	const json_t *cards = show_json_list(item, "cards");
	bool waits = json_is_false(json_object_get(item, "present")) &&
	    cards != NULL;

	control_show_text(show, waits ? "no card (" : "");
	show_joined(show, cards, "no card");
	control_show_text(show, waits ? ")" : "");
}

/* Names with the cards behind them. */
static void
show_named(struct control_show *show, const char *label, const json_t *list)
{
	size_t index, width = measure_names(list, "name");
	json_t *item;

	json_array_foreach((json_t *)(uintptr_t)list, index, item)
	{
		const char *name = show_json_text(item, "name");

		begin(show, index == 0 ? label : "");
		show_padded(show, name != NULL ? name : "", width + 2);
		show_named_cards(show, item);
		end(show);
	}
}

static void
show_cards(struct control_show *show, const json_t *data)
{
	const json_t *list = show_json_list(data, "cards");
	size_t index, width = measure_names(list, "name");
	json_t *card;

	json_array_foreach((json_t *)(uintptr_t)list, index, card)
	{
		const char *name = show_json_text(card, "name");
		bool up = json_is_true(json_object_get(card, "up"));

		begin(show, index == 0 ? "cards" : "");
		show_padded(show, name != NULL ? name : "", width + 2);
		buf_puts(show->out, up ? "up    " : "down");
		if (up)
			show_joined(
			    show, show_json_list(card, "addresses"), "");
		end(show);
	}
}

static void
show_drift(struct control_show *show, const json_t *data)
{
	const json_t *drift = json_object_get(data, "drift");
	const json_t *found = show_json_list(drift, "found");
	const char *mode = show_json_text(drift, "mode");
	size_t index;
	json_t *line;

	begin(show, "drift");
	if (found == NULL)
		buf_puts(show->out, "none\n");
	json_array_foreach((json_t *)(uintptr_t)found, index, line)
	{
		const char *text = json_string_value(line);

		if (index > 0)
			begin(show, "");
		control_show_coloured(
		    show, CONTROL_YELLOW, text != NULL ? text : "?");
		if (index == 0 && mode != NULL && strcmp(mode, "repair") == 0)
			buf_puts(show->out, ", to be repaired");
		end(show);
	}
}

bool
control_show_drift(const json_t *data)
{
	return show_json_list(json_object_get(data, "drift"), "found") != NULL;
}

/* --- Counters --- */

static uint64_t
grown(uint64_t now, uint64_t before)
{
	return now > before ? now - before : 0;
}

static void
show_growth(struct control_show *show, uint64_t now, const json_t *before)
{
	uint64_t more = grown(now, show_json_number(before, "packets"));
	char text[32];

	if (before == NULL || more == 0)
		return;
	snprintf(text, sizeof(text), "  +%" PRIu64, more);
	control_show_coloured(show, CONTROL_GREEN, text);
}

static void
show_count(
    struct control_show *show, const json_t *counter, const json_t *before)
{
	uint64_t packets = show_json_number(counter, "packets");

	buf_printf(show->out, "%" PRIu64 " packets  ", packets);
	control_show_bytes(show, show_json_number(counter, "bytes"));
	show_growth(show, packets, before);
	end(show);
}

/* The counter of the same line a moment ago. */
static const json_t *
find_counter(const json_t *list, const json_t *like)
{
	size_t index;
	json_t *item;

	json_array_foreach((json_t *)(uintptr_t)list, index, item)
	{
		if (json_equal(json_object_get(item, "line"),
			json_object_get(like, "line")) &&
		    json_equal(json_object_get(item, "file"),
			json_object_get(like, "file")))
			return item;
	}
	return NULL;
}

static void
show_counters(
    struct control_show *show, const json_t *data, const json_t *before)
{
	const json_t *list = show_json_list(data, "counters");
	const json_t *former = json_object_get(before, "counters");
	const char *label = "lines";
	size_t index;
	json_t *item;

	json_array_foreach((json_t *)(uintptr_t)list, index, item)
	{
		const char *file = show_json_text(item, "file");

		if (show_json_number(item, "packets") == 0)
			continue;
		begin(show, label);
		label = "";
		control_show_text(show, file != NULL ? file : "");
		buf_printf(
		    show->out, ":%-6" PRIu64, show_json_number(item, "line"));
		show_count(show, item, find_counter(former, item));
	}
}

static void
show_denied(struct control_show *show, const json_t *data, const json_t *before)
{
	const json_t *denied = json_object_get(data, "denied");

	if (!json_is_object(denied))
		return;
	begin(show, "refused");
	show_count(show, denied, json_object_get(before, "denied"));
}

void
control_show_status(
    struct control_show *show, const json_t *data, const json_t *before)
{
	show_akind(show, data);
	show_waiting(show, data);
	show_error(show, data);
	show_policy(show, data);
	begin(show, "nic");
	control_show_nic(show, data);
	show_generation(show, data);
	show_nats(show, data);
	show_named(show, "zones", show_json_list(data, "zones"));
	show_named(show, "found", show_json_list(data, "hypervisors"));
	show_cards(show, data);
	show_drift(show, data);
	show_denied(show, data, before);
	show_counters(show, data, before);
}

/* --- One line --- */

static uint64_t
sum_packets(const json_t *list)
{
	uint64_t sum = 0;
	size_t index;
	json_t *item;

	json_array_foreach((json_t *)(uintptr_t)list, index, item)
	    sum += show_json_number(item, "packets");
	return sum;
}

static void
summarise_nats(struct control_show *show, const json_t *data)
{
	const json_t *list = show_json_list(data, "nat");
	size_t index;
	json_t *nat;

	buf_puts(show->out, ", nat ");
	if (list == NULL)
		buf_puts(show->out, "off");
	json_array_foreach((json_t *)(uintptr_t)list, index, nat)
	{
		const char *state = show_json_text(nat, "state");

		if (index > 0)
			buf_putc(show->out, '/');
		control_show_text(show, state != NULL ? state : "unknown");
	}
}

static void
summarise_count(struct control_show *show, const char *label, uint64_t now,
    const json_t *before, uint64_t then)
{
	buf_printf(show->out, ", %s %" PRIu64, label, now);
	if (before != NULL)
		buf_printf(show->out, " (+%" PRIu64 ")", grown(now, then));
}

static void
summarise_ruleset(struct control_show *show, const json_t *data)
{
	const json_t *generation = json_object_get(data, "generation");

	if (json_is_object(generation))
		buf_printf(show->out, ", set %" PRIu64,
		    show_json_number(generation, "set"));
	else
		buf_puts(show->out, ", no ruleset");
}

void
control_show_summary(
    struct control_show *show, const json_t *data, const json_t *before)
{
	const char *state = show_json_text(data, "state");
	const char *nic = show_json_text(data, "active");

	if (show->now != 0) {
		control_show_time(show, show->now);
		buf_putc(show->out, ' ');
	}
	control_show_text(show, state != NULL ? state : "unknown");
	summarise_ruleset(show, data);
	buf_puts(show->out, ", nic ");
	control_show_text(show, nic != NULL ? nic : "disabled");
	summarise_nats(show, data);
	summarise_count(show, "refused",
	    show_json_number(json_object_get(data, "denied"), "packets"),
	    before,
	    show_json_number(json_object_get(before, "denied"), "packets"));
	summarise_count(show, "seen",
	    sum_packets(json_object_get(data, "counters")), before,
	    sum_packets(json_object_get(before, "counters")));
	if (control_show_drift(data))
		buf_puts(show->out, ", drift");
	buf_putc(show->out, '\n');
}
