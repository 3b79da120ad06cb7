/*
 * Lines as the kernel writes them and syslogd(8) keeps them:
 *
 *      Nov 23 18:40:12 host kernel: ipfw: 900 Deny TCP 203.0.113.9:4000
 *          192.0.2.10:23 in via em0
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "runtime/control/denials.h"

#define TAIL_SIZE 32768 /* of the file that is looked at */
#define TIME_SIZE 15	/* "Nov 23 18:40:12" */

static const char *
find(const char *line, size_t length, const char *word)
{
	size_t size = strlen(word);

	for (size_t i = 0; i + size <= length; i++)
		if (memcmp(line + i, word, size) == 0)
			return line + i;
	return NULL;
}

/* The action follows the rule's number: "900 Deny TCP". */
static bool
is_refusal(const char *p, size_t length)
{
	static const char *const actions[] = {
	    " Deny ", " Reject ", " Reset ", " Unreach "};
	size_t digits = 0;

	while (digits < length && p[digits] >= '0' && p[digits] <= '9')
		digits++;
	if (digits == 0)
		return false;
	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
		size_t size = strlen(actions[i]);

		if (digits + size <= length &&
		    memcmp(p + digits, actions[i], size) == 0)
			return true;
	}
	return false;
}

static void
append(char out[CONTROL_DENIAL_SIZE], const char *p, size_t length)
{
	size_t used = strlen(out);

	if (length > CONTROL_DENIAL_SIZE - 1 - used)
		length = CONTROL_DENIAL_SIZE - 1 - used;
	memcpy(out + used, p, length);
	out[used + length] = '\0';
}

bool
control_denials_parse(
    const char *line, size_t length, char out[CONTROL_DENIAL_SIZE])
{
	const char *mark = find(line, length, "ipfw: "), *rest;

	if (mark == NULL || length < TIME_SIZE)
		return false;
	rest = mark + strlen("ipfw: ");
	if (!is_refusal(rest, (size_t)(line + length - rest)))
		return false;
	out[0] = '\0';
	append(out, line, TIME_SIZE);
	append(out, "  ", 2);
	append(out, rest, (size_t)(line + length - rest));
	return true;
}

static void
keep(struct control_denials *denials, const char *line, size_t length)
{
	char text[CONTROL_DENIAL_SIZE];

	if (!control_denials_parse(line, length, text))
		return;
	if (denials->n == CONTROL_DENIALS) {
		memmove(denials->lines[0], denials->lines[1],
		    sizeof(denials->lines) - sizeof(denials->lines[0]));
		denials->n--;
	}
	memcpy(denials->lines[denials->n++], text, sizeof(text));
}

static void
keep_lines(struct control_denials *denials, const char *bytes, size_t size)
{
	while (size > 0) {
		const char *newline = memchr(bytes, '\n', size);
		size_t length = newline == NULL ? size
						: (size_t)(newline - bytes);

		keep(denials, bytes, length);
		length += newline != NULL;
		bytes += length;
		size -= length;
	}
}

static size_t
read_tail(int file, char *bytes, size_t size)
{
	off_t end = lseek(file, 0, SEEK_END);
	size_t used = 0;
	ssize_t n;

	if (end == -1 ||
	    lseek(file, end > (off_t)size ? end - (off_t)size : 0, SEEK_SET) ==
		-1)
		return 0;
	while (used < size) {
		n = read(file, bytes + used, size - used);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	return used;
}

void
control_denials_read(struct control_denials *denials, const char *path)
{
	char bytes[TAIL_SIZE];
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	denials->n = 0;
	if (file == -1)
		return;
	keep_lines(denials, bytes, read_tail(file, bytes, sizeof(bytes)));
	close(file);
}
