#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "runtime/daemon/hypervisors.h"

/* A star stands for digits: bridge100 is Parallels', br-lan nobody's. */
static bool
matches(const char *pattern, const char *card)
{
	size_t length = strcspn(pattern, "*");

	if (pattern[length] == '\0')
		return strcmp(pattern, card) == 0;
	if (strncmp(pattern, card, length) != 0 || card[length] == '\0')
		return false;
	for (card += length; isdigit((unsigned char)*card); card++)
		continue;
	return *card == '\0';
}

static bool
is_its_card(const struct hypervisor *hypervisor, const char *card)
{
	for (const char *const *at = hypervisor->cards; *at != NULL; at++) {
		if (matches(*at, card))
			return true;
	}
	return false;
}

static json_t *
find_cards(const struct hypervisor *hypervisor, const json_t *facts)
{
	json_t *found = json_array(), *card;
	size_t i;

	json_array_foreach(json_object_get(facts, "cards"), i, card)
	{
		json_t *name = json_object_get(card, "name");

		if (json_is_string(name) &&
		    is_its_card(hypervisor, json_string_value(name)))
			json_array_append(found, name);
	}
	return found;
}

json_t *
hypervisors_find(const json_t *facts)
{
	json_t *found = json_array();

	for (const struct hypervisor *h = hypervisors; h->name != NULL; h++) {
		json_t *cards = find_cards(h, facts);

		if (json_array_size(cards) > 0)
			json_array_append_new(found,
			    json_pack(
				"{s:s, s:O}", "name", h->name, "cards", cards));
		json_decref(cards);
	}
	return found;
}

static bool
has_name(const json_t *array, const char *name)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(array, i, entry)
	{
		if (strcmp(json_string_value(json_object_get(entry, "name")),
			name) == 0)
			return true;
	}
	return false;
}

static void
tell_missing(
    struct log *log, const json_t *from, const json_t *in, const char *format)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(from, i, entry)
	{
		const char *name = json_string_value(
		    json_object_get(entry, "name"));

		if (!has_name(in, name))
			log_write(log, LOG_LEVEL_NOTICE, "%s %s", name, format);
	}
}

void
hypervisors_tell(struct log *log, const json_t *before, const json_t *after)
{
	json_t *was = hypervisors_find(before), *is = hypervisors_find(after);

	tell_missing(log, is, was, "has made its network");
	tell_missing(log, was, is, "has taken its network away");
	json_decref(was);
	json_decref(is);
}
