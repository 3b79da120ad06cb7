/*
 * Fragments wait in one list, in the order in which they came.  There are few
 * of them: the limit bounds the list, and thirty seconds end a wait, after
 * which the whole datagram is given up.
 *
 * Where fragments overlap the earlier one counts; whether a datagram is
 * complete depends on the bytes that are covered, not on their number.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/engine/fragment.h"

#define FRAGMENTS_MAX 4096
#define LIFETIME 30
#define HEADER 20
#define DATAGRAM_MAX 65535

struct fragment {
	struct fragment *next;
	struct ipfw_packet packet;
	uint64_t until;
	uint32_t begin, end; /* bytes of the datagram, END excluded */
};

struct ipfw_fragments {
	struct fragment *first;
	size_t n, limit;
};

struct ipfw_fragments *
ipfw_fragments_create(size_t limit)
{
	struct ipfw_fragments *fragments = calloc(1, sizeof(*fragments));

	if (fragments != NULL)
		fragments->limit = limit > 0 ? limit : FRAGMENTS_MAX;
	return fragments;
}

void
ipfw_fragments_destroy(struct ipfw_fragments *fragments)
{
	if (fragments == NULL)
		return;
	while (fragments->first != NULL) {
		struct fragment *next = fragments->first->next;

		free(fragments->first);
		fragments->first = next;
	}
	free(fragments);
}

static bool
same_addr(struct addr a, struct addr b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

static bool
same_datagram(const struct ipfw_packet *a, const struct ipfw_packet *b)
{
	return a->id == b->id && a->tuple.protocol == b->tuple.protocol &&
	    a->tuple.family == b->tuple.family &&
	    same_addr(a->tuple.source, b->tuple.source) &&
	    same_addr(a->tuple.target, b->tuple.target);
}

/* Remove the fragments of PACKET's datagram, or, if it is NULL, the old. */
static void
drop(struct ipfw_fragments *fragments, uint64_t now,
    const struct ipfw_packet *packet)
{
	struct fragment **link = &fragments->first;

	while (*link != NULL) {
		struct fragment *fragment = *link;
		bool dropped = packet != NULL
		    ? same_datagram(&fragment->packet, packet)
		    : fragment->until <= now;

		if (dropped) {
			*link = fragment->next;
			free(fragment);
			fragments->n--;
		} else {
			link = &fragment->next;
		}
	}
}

/* Up to which byte the datagram of PACKET is there without a gap. */
static uint32_t
covered(
    const struct ipfw_fragments *fragments, const struct ipfw_packet *packet)
{
	uint32_t end = 0, before;

	do {
		before = end;
		for (const struct fragment *fragment = fragments->first;
		     fragment != NULL; fragment = fragment->next)
			if (fragment->begin <= end && fragment->end > end &&
			    same_datagram(&fragment->packet, packet))
				end = fragment->end;
	} while (end > before);
	return end;
}

/* The fragment with the header, and the one that is the last. */
static bool
find_ends(const struct ipfw_fragments *fragments,
    const struct ipfw_packet *packet, const struct fragment **head,
    const struct fragment **tail)
{
	*head = *tail = NULL;
	for (const struct fragment *fragment = fragments->first;
	     fragment != NULL; fragment = fragment->next) {
		if (!same_datagram(&fragment->packet, packet))
			continue;
		if (fragment->begin == 0 && *head == NULL)
			*head = fragment;
		if (!fragment->packet.more_fragments && *tail == NULL)
			*tail = fragment;
	}
	return *head != NULL && *tail != NULL;
}

static bool
append(struct ipfw_fragments *fragments, uint64_t now,
    const struct ipfw_packet *packet)
{
	struct fragment **link = &fragments->first;
	struct fragment *fragment;
	uint32_t size = packet->length > HEADER ? packet->length - HEADER : 0;

	if (fragments->n >= fragments->limit || size == 0 ||
	    packet->offset + size > DATAGRAM_MAX - HEADER)
		return false;
	fragment = calloc(1, sizeof(*fragment));
	if (fragment == NULL)
		return false;
	fragment->packet = *packet;
	fragment->until = now + LIFETIME;
	fragment->begin = packet->offset;
	fragment->end = packet->offset + size;
	while (*link != NULL)
		link = &(*link)->next;
	*link = fragment;
	fragments->n++;
	return true;
}

/* PACKET keeps its own cards, which may have changed on the way. */
static void
put_together(
    struct ipfw_packet *packet, const struct fragment *head, uint32_t size)
{
	struct ipfw_packet whole = head->packet;

	whole.card_in = packet->card_in;
	whole.card_out = packet->card_out;
	whole.local_end = packet->local_end;
	whole.more_fragments = false;
	whole.length = size + HEADER;
	*packet = whole;
}

bool
ipfw_fragments_take(
    struct ipfw_fragments *fragments, uint64_t now, struct ipfw_packet *packet)
{
	const struct fragment *head, *tail;
	uint32_t size;

	drop(fragments, now, NULL);
	if (!append(fragments, now, packet) ||
	    !find_ends(fragments, packet, &head, &tail))
		return false;
	size = covered(fragments, packet);
	if (size < tail->end)
		return false;
	put_together(packet, head, tail->end);
	drop(fragments, now, packet);
	return true;
}
