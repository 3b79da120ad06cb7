/*
 * A notice is a line "!system=NAME subsystem=NAME type=NAME …"; devd.conf(5)
 * lists the names.  ACPI tells sleep as the subsystem; newer kernels tell it
 * as the type of subsystem "power", by the words of devd.conf(5).
 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "runtime/watch/devd.h"
#include "runtime/watch/watch.h"

struct notice {
	const char *system, *subsystem, *type; /* "" if absent, else unended */
	size_t system_size, subsystem_size, type_size;
};

static bool
is_word(const char *text, size_t size, const char *word)
{
	return strlen(word) == size && strncasecmp(text, word, size) == 0;
}

static bool
take_value(const char *word, size_t size, const char *key, const char **value,
    size_t *value_size)
{
	size_t length = strlen(key);

	if (size <= length || memcmp(word, key, length) != 0 ||
	    word[length] != '=')
		return false;
	*value = word + length + 1;
	*value_size = size - length - 1;
	return true;
}

static void
read_word(struct notice *notice, const char *word, size_t size)
{
	if (take_value(
		word, size, "system", &notice->system, &notice->system_size) ||
	    take_value(word, size, "subsystem", &notice->subsystem,
		&notice->subsystem_size))
		return;
	take_value(word, size, "type", &notice->type, &notice->type_size);
}

static struct notice
read_notice(const char *line, size_t size)
{
	struct notice notice = {"", "", "", 0, 0, 0};
	size_t start = 0;

	for (size_t i = 0; i <= size; i++) {
		if (i < size && line[i] != ' ')
			continue;
		read_word(&notice, line + start, i - start);
		start = i + 1;
	}
	return notice;
}

static unsigned
sleep_or_wake(const char *word, size_t size)
{
	if (is_word(word, size, "suspend"))
		return WATCH_SLEEP;
	return is_word(word, size, "resume") ? WATCH_WAKE : 0;
}

static unsigned
decode_line(const char *line, size_t size)
{
	struct notice notice;

	if (size == 0 || line[0] != '!')
		return 0;
	notice = read_notice(line + 1, size - 1);
	if (is_word(notice.system, notice.system_size, "IFNET"))
		return WATCH_NETWORK;
	if (is_word(notice.system, notice.system_size, "ACPI"))
		return sleep_or_wake(notice.subsystem, notice.subsystem_size);
	if (is_word(notice.subsystem, notice.subsystem_size, "power"))
		return sleep_or_wake(notice.type, notice.type_size);
	return 0;
}

unsigned
watch_devd_decode(const char *bytes, size_t size)
{
	unsigned events = 0;

	while (size > 0) {
		const char *newline = memchr(bytes, '\n', size);
		size_t length = newline == NULL ? size
						: (size_t)(newline - bytes);

		events |= decode_line(bytes, length);
		length += newline != NULL;
		bytes += length;
		size -= length;
	}
	return events;
}
