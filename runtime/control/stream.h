/*
 * The events that follow a reply to log and monitor, shown as they come.
 */
#ifndef RUNTIME_CONTROL_STREAM_H
#define RUNTIME_CONTROL_STREAM_H

#include "base/buf.h"
#include "runtime/control/client.h"
#include "runtime/control/options.h"

/*
 * Until the last event, or until nobody reads the standard output.  OUT is
 * empty and for use here.  Returns 0 or an errno value, as
 * control_client_read.
 */
int control_stream_log(struct control_client *client,
    const struct control_options *options, struct buf *out);
/* FIRST is the data of the reply. */
int control_stream_monitor(struct control_client *client,
    const struct control_options *options, const json_t *first,
    struct buf *out);

/* May the standard output be coloured? */
bool control_stream_colour(void);
/* Write OUT and empty it.  Returns false if nobody reads it. */
bool control_stream_flush(struct buf *out);

#endif
