#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "runtime/daemon/natds.h"
#include "runtime/watch/process.h"

/* The first IPv4 address of CARD, without its length. */
static void
find_address(
    const json_t *facts, const char *card, char address[NATD_ADDRESS_SIZE])
{
	const json_t *cards = json_object_get(facts, "cards"), *entry, *text;
	size_t i, k;

	address[0] = '\0';
	json_array_foreach(cards, i, entry)
	{
		const char *name = json_string_value(
		    json_object_get(entry, "name"));

		if (name == NULL || strcmp(name, card) != 0)
			continue;
		json_array_foreach(json_object_get(entry, "addresses"), k, text)
		{
			const char *value = json_string_value(text);
			size_t length = strcspn(value, "/");

			if (strchr(value, ':') != NULL ||
			    length >= NATD_ADDRESS_SIZE)
				continue;
			memcpy(address, value, length);
			address[length] = '\0';
			return;
		}
	}
}

static void
drop(struct natd *natd)
{
	if (natd->fd != -1)
		close(natd->fd);
	natd->fd = -1;
	natd->pid = 0;
}

static struct natd *
find(struct natds *natds, unsigned port)
{
	for (size_t i = 0; i < natds->n; i++) {
		if (natds->v[i].port == port)
			return &natds->v[i];
	}
	return NULL;
}

/* What is known of a port moves from BEFORE to its new place. */
static void
move_known(struct natd *natd, struct natds *before, unsigned port)
{
	struct natd *known = find(before, port);

	*natd = (struct natd){.port = port, .fd = -1};
	if (known == NULL)
		return;
	*natd = *known;
	known->fd = -1;
}

static void
learn(struct natds *natds, struct natds *before, const json_t *entry,
    const json_t *facts)
{
	struct natd *natd = &natds->v[natds->n++];
	const char *card = json_string_value(json_object_get(entry, "card"));
	pid_t pid = (pid_t)json_integer_value(json_object_get(entry, "pid"));

	move_known(natd, before,
	    (unsigned)json_integer_value(json_object_get(entry, "port")));
	if (natd->fd != -1 && natd->pid == pid)
		return;
	drop(natd);
	natd->pid = pid;
	if (card != NULL && strlen(card) < sizeof(natd->card))
		memcpy(natd->card, card, strlen(card) + 1);
	find_address(facts, natd->card, natd->address);
	if (pid > 1)
		natd->fd = watch_process_open(pid);
}

void
natds_learn(struct natds *natds, const json_t *found, const json_t *facts)
{
	struct natds before = *natds;
	const json_t *entry;
	size_t i;

	natds->n = 0;
	json_array_foreach(found, i, entry)
	{
		if (natds->n < NATDS_MAX)
			learn(natds, &before, entry, facts);
	}
	natds_forget(&before);
}

void
natds_forget(struct natds *natds)
{
	for (size_t i = 0; i < natds->n; i++)
		drop(&natds->v[i]);
	natds->n = 0;
}

size_t
natds_prepare(const struct natds *natds, struct pollfd *poll)
{
	for (size_t i = 0; i < NATDS_MAX; i++) {
		poll[i].fd = i < natds->n ? natds->v[i].fd : -1;
		poll[i].events = POLLIN;
		poll[i].revents = 0;
	}
	return NATDS_MAX;
}

struct natd *
natds_read(struct natds *natds, const struct pollfd *poll)
{
	for (size_t i = 0; i < natds->n; i++) {
		if (natds->v[i].fd == -1 || poll[i].fd != natds->v[i].fd ||
		    poll[i].revents == 0)
			continue;
		drop(&natds->v[i]);
		return &natds->v[i];
	}
	return NULL;
}

bool
natds_is_wrong(const struct natd *natd, const json_t *facts)
{
	char address[NATD_ADDRESS_SIZE];

	find_address(facts, natd->card, address);
	return natd->pid != 0 && strcmp(address, natd->address) != 0;
}

void
natds_note(struct natds *natds, const json_t *facts)
{
	for (size_t i = 0; i < natds->n; i++)
		find_address(facts, natds->v[i].card, natds->v[i].address);
}

/* Its end was not told, so its number is not another's yet. */
void
natds_kill(struct natd *natd)
{
	if (natd->pid > 1)
		kill(natd->pid, SIGKILL);
}
