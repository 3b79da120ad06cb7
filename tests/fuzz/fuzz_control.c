/*
 * The socket between akinctl and akind: bytes in pieces become lines, a line is
 * read as a request, and as a reply and an event that are shown.
 */
#include <stdint.h>

#include "base/arena.h"
#include "runtime/control/denials.h"
#include "runtime/control/frame.h"
#include "runtime/control/lines.h"
#include "runtime/control/protocol.h"
#include "runtime/control/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
show(struct buf *out, const json_t *data)
{
	const struct control_size size = {.columns = 40, .rows = 20};
	struct control_show show = {.out = out, .colour = true, .now = 1};
	struct buf page;

	control_show_status(&show, data, data);
	control_show_summary(&show, data, data);
	control_show_nic(&show, data);
	control_show_event(&show, data);
	buf_init(&page, out->arena);
	control_frame_write(&page, out->p, size, false);
}

static void
take_line(struct buf *out, const char *line, size_t length)
{
	char denial[CONTROL_DENIAL_SIZE];
	struct control_request request;
	struct control_reply reply;

	control_request_decode(line, length, &request);
	control_denials_parse(line, length, denial);
	if (control_reply_decode(line, length, &reply) == NULL)
		show(out, reply.data);
	control_reply_free(&reply);
}

/* The first byte says how many come at a time. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create(0, NULL, NULL);
	struct control_lines lines;
	struct buf out;
	const char *line;
	size_t length, step = size == 0 ? 1 : (size_t)data[0] + 1;

	buf_init(&out, arena);
	control_lines_init(&lines, CONTROL_REQUEST_MAX);
	for (size_t at = 1; at < size; at += step) {
		size_t n = size - at < step ? size - at : step;

		if (control_lines_add(&lines, data + at, n) != 0)
			break;
		while (control_lines_take(&lines, &line, &length))
			take_line(&out, line, length);
	}
	control_lines_free(&lines);
	arena_destroy(arena);
	return 0;
}
