#include <errno.h>
#include <string.h>

#include "runtime/watch/watch.h"

static void
open_slot(struct watch *watch, size_t i, int64_t now)
{
	struct watch_source *source = &watch->slots[i].source;

	memset(source, 0, sizeof(*source));
	source->fd = -1;
	watch->slots[i].error = watch->slots[i].kind->open(
	    source, &watch->paths);
	watch->slots[i].open = watch->slots[i].error == 0;
	watch->slots[i].again = now + WATCH_AGAIN_MS;
}

int
watch_open(struct watch *watch, const struct watch_paths *paths, int64_t now)
{
	const struct watch_kind *kind = watch_kinds;
	int error = 0;

	memset(watch, 0, sizeof(*watch));
	watch->paths = *paths;
	for (; kind->name != NULL && watch->n < WATCH_SOURCES_MAX; kind++) {
		size_t i = watch->n++;

		watch->slots[i].kind = kind;
		open_slot(watch, i, now);
		if (kind->needed && !watch->slots[i].open)
			error = watch->slots[i].error;
	}
	if (error != 0)
		watch_close(watch);
	return error;
}

static void
close_slot(struct watch *watch, size_t i, int64_t now)
{
	if (watch->slots[i].open)
		watch->slots[i].source.close(&watch->slots[i].source);
	watch->slots[i].open = false;
	watch->slots[i].again = now + WATCH_AGAIN_MS;
}

void
watch_close(struct watch *watch)
{
	for (size_t i = 0; i < watch->n; i++)
		close_slot(watch, i, 0);
	watch->n = 0;
}

size_t
watch_prepare(const struct watch *watch, struct pollfd *poll)
{
	for (size_t i = 0; i < watch->n; i++) {
		bool open = watch->slots[i].open;

		poll[i].fd = open ? watch->slots[i].source.fd : -1;
		poll[i].events = open ? watch->slots[i].source.events : 0;
		poll[i].revents = 0;
	}
	return watch->n;
}

unsigned
watch_read(struct watch *watch, const struct pollfd *poll, int64_t now)
{
	unsigned events = 0;

	for (size_t i = 0; i < watch->n; i++) {
		unsigned told;

		if (!watch->slots[i].open || poll[i].revents == 0)
			continue;
		told = watch->slots[i].source.read(&watch->slots[i].source);
		if ((told & WATCH_CLOSED) != 0)
			close_slot(watch, i, now);
		events |= told;
	}
	return events;
}

unsigned
watch_reopen(struct watch *watch, int64_t now)
{
	unsigned events = 0;

	for (size_t i = 0; i < watch->n; i++) {
		if (watch->slots[i].open || now < watch->slots[i].again)
			continue;
		open_slot(watch, i, now);
		/* What it would have told meanwhile is not known. */
		if (watch->slots[i].open)
			events |= WATCH_LOST;
	}
	return events;
}
