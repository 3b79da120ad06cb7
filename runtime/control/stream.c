#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/control/denials.h"
#include "runtime/control/frame.h"
#include "runtime/control/show.h"
#include "runtime/control/show_json.h"
#include "runtime/control/stream.h"

struct stream {
	struct control_client *client;
	const struct control_options *options;
	struct control_show show;
	struct buf *out;
	/* Of the monitor. */
	bool terminal, drawn;
	struct buf page;
	json_t *before; /* the data shown last, or NULL */
};

bool
control_stream_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return (no == NULL || *no == '\0') && isatty(STDOUT_FILENO);
}

bool
control_stream_flush(struct buf *out)
{
	size_t written = 0;

	while (written < out->n) {
		ssize_t n = write(
		    STDOUT_FILENO, out->p + written, out->n - written);

		if (n >= 0)
			written += (size_t)n;
		else if (errno != EINTR)
			return false;
	}
	buf_reset(out);
	return true;
}

static struct stream
stream_make(struct control_client *client,
    const struct control_options *options, struct buf *out)
{
	return (struct stream){
	    .client = client,
	    .options = options,
	    .show = {.out = out, .colour = control_stream_colour()},
	    .out = out,
	    .terminal = !options->json && isatty(STDOUT_FILENO),
	};
}

/* The next event, or NULL with *ERROR; 0 there is a regular end. */
static json_t *
read_event(struct stream *stream, int *error)
{
	const char *line = NULL, *name;
	size_t length;
	json_t *event;

	stream->client->output = STDOUT_FILENO;
	*error = control_client_read(stream->client, -1, &line, &length);
	if (*error == EPIPE)
		*error = 0;
	if (line == NULL)
		return NULL;
	event = json_loadb(line, length, 0, NULL);
	name = show_json_text(event, "event");
	if (name == NULL)
		*error = EPROTO;
	if (name == NULL || strcmp(name, "end") == 0) {
		json_decref(event);
		return NULL;
	}
	stream->show.now = (int64_t)time(NULL);
	if (stream->options->json) {
		buf_write(stream->out, line, length);
		buf_putc(stream->out, '\n');
	}
	return event;
}

int
control_stream_log(struct control_client *client,
    const struct control_options *options, struct buf *out)
{
	struct stream stream = stream_make(client, options, out);
	json_t *event;
	int error;

	while ((event = read_event(&stream, &error)) != NULL) {
		if (!options->json)
			control_show_event(&stream.show, event);
		json_decref(event);
		if (!control_stream_flush(out))
			return 0;
	}
	return error;
}

/* --- The monitor --- */

static void
show_denials(struct stream *stream)
{
	struct control_denials denials;
	const char *path = stream->options->denials;

	control_denials_read(
	    &denials, path != NULL ? path : control_denials_file);
	if (denials.n == 0)
		return;
	buf_putc(stream->out, '\n');
	for (size_t i = 0; i < denials.n; i++) {
		control_show_text(&stream->show, denials.lines[i]);
		buf_putc(stream->out, '\n');
	}
}

static bool
draw(struct stream *stream, const json_t *data)
{
	control_show_time(&stream->show, stream->show.now);
	buf_printf(stream->out, "  every %u s, Ctrl-C ends\n\n",
	    stream->options->request.interval);
	control_show_status(&stream->show, data, stream->before);
	show_denials(stream);
	control_frame_write(&stream->page, stream->out->p,
	    control_frame_size(STDOUT_FILENO), !stream->drawn);
	stream->drawn = true;
	buf_reset(stream->out);
	return control_stream_flush(&stream->page);
}

static bool
show_moment(struct stream *stream, json_t *data)
{
	bool good;

	if (stream->terminal) {
		good = draw(stream, data);
	} else {
		if (!stream->options->json)
			control_show_summary(
			    &stream->show, data, stream->before);
		good = control_stream_flush(stream->out);
	}
	json_decref(stream->before);
	stream->before = json_incref(data);
	return good;
}

int
control_stream_monitor(struct control_client *client,
    const struct control_options *options, const json_t *first, struct buf *out)
{
	struct stream stream = stream_make(client, options, out);
	bool read = true;
	json_t *event;
	int error = 0;

	buf_init(&stream.page, out->arena);
	stream.show.now = (int64_t)time(NULL);
	if (json_is_object(first) && !options->json)
		read = show_moment(&stream, json_incref((json_t *)first));
	while (read && (event = read_event(&stream, &error)) != NULL) {
		json_t *data = json_object_get(event, "data");

		if (json_is_object(data))
			read = show_moment(&stream, data);
		json_decref(event);
	}
	json_decref(stream.before);
	return error;
}
