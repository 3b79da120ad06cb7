/*
 * What this host says of a login.
 */
#include <string.h>
#include <utmpx.h>

#include "runtime/apply/login_system.h"

static bool
process(void *context, pid_t pid, struct login_process *out)
{
	(void)context;
	return login_system_process(pid, out);
}

static bool
variable(void *context, pid_t pid, char text[LOGIN_TEXT_SIZE])
{
	(void)context;
	return login_system_variable(pid, "SSH_CONNECTION", text);
}

/* The fields of a record need not end with a NUL. */
static bool
record(void *context, const char *terminal, char host[LOGIN_HOST_SIZE])
{
	const struct utmpx *entry;
	bool found = false;

	(void)context;
	setutxent();
	while (!found && (entry = getutxent()) != NULL) {
		size_t n = sizeof(entry->ut_host);

		if (entry->ut_type != USER_PROCESS ||
		    strncmp(entry->ut_line, terminal, sizeof(entry->ut_line)) !=
			0)
			continue;
		found = true;
		if (n >= LOGIN_HOST_SIZE)
			n = LOGIN_HOST_SIZE - 1;
		memcpy(host, entry->ut_host, n);
		host[n] = '\0';
	}
	endutxent();
	return found;
}

const struct login_source login_host = {
    .process = process,
    .variable = variable,
    .record = record,
};
