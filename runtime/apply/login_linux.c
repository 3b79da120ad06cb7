/*
 * Processes as proc(5) shows them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/login_system.h"

#define STAT_SIZE 1024
#define ENVIRONMENT_SIZE 131072
#define TERMINAL_MAJOR 4
#define CONSOLES 64 /* minors below are consoles, above serial lines */
#define PSEUDO_MAJOR 136
#define PSEUDO_MAJORS 8
#define PSEUDO_MINORS 256

static size_t
read_file(pid_t pid, const char *name, char *bytes, size_t size)
{
	char path[64];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)pid, name);
	file = fopen(path, "r");
	if (file == NULL)
		return 0;
	n = fread(bytes, 1, size, file);
	fclose(file);
	return n;
}

/* The device number of the terminal, as proc(5) writes it. */
static void
name_terminal(unsigned device, char name[LOGIN_NAME_SIZE])
{
	unsigned major_ = (device >> 8) & 0xfff;
	unsigned minor_ = (device & 0xff) | ((device >> 12) & 0xfff00);

	name[0] = '\0';
	if (device == 0)
		return;
	if (major_ >= PSEUDO_MAJOR && major_ < PSEUDO_MAJOR + PSEUDO_MAJORS)
		snprintf(name, LOGIN_NAME_SIZE, "pts/%u",
		    (major_ - PSEUDO_MAJOR) * PSEUDO_MINORS + minor_);
	else if (major_ == TERMINAL_MAJOR && minor_ < CONSOLES)
		snprintf(name, LOGIN_NAME_SIZE, "tty%u", minor_);
	else
		snprintf(name, LOGIN_NAME_SIZE, "line %u:%u", major_, minor_);
}

/* "PID (NAME) STATE PARENT GROUP SESSION TERMINAL …": a name may have ')'. */
bool
login_system_process(pid_t pid, struct login_process *process)
{
	char text[STAT_SIZE];
	size_t n = read_file(pid, "stat", text, sizeof(text) - 1);
	char *begin, *end;
	long parent, group, session;
	int terminal;

	text[n] = '\0';
	begin = strchr(text, '(');
	end = strrchr(text, ')');
	if (begin == NULL || end == NULL || end < begin ||
	    sscanf(end + 1, " %*c %ld %ld %ld %d", &parent, &group, &session,
		&terminal) != 4)
		return false;
	*end = '\0';
	process->parent = (pid_t)parent;
	snprintf(process->name, sizeof(process->name), "%s", begin + 1);
	name_terminal((unsigned)terminal, process->terminal);
	return true;
}

bool
login_system_variable(pid_t pid, const char *name, char text[LOGIN_TEXT_SIZE])
{
	char *bytes = malloc(ENVIRONMENT_SIZE);
	bool found;

	if (bytes == NULL)
		return false;
	found = login_environment_find(bytes,
	    read_file(pid, "environ", bytes, ENVIRONMENT_SIZE), name, text);
	free(bytes);
	return found;
}
