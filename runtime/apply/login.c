/*
 * The order of the questions is that of their worth: an address that we are
 * told, then the ancestors, then the record of the terminal.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/login.h"

#define ANCESTORS_MAX 64
#define VARIABLE_WORDS 4
#define PORT_MAX 65535

/* Beginnings of names: OpenSSH's session process is called sshd-session. */
static const char *const daemons[] = {"sshd", "dropbear", "mosh-server",
    "telnetd", "in.telnetd", "rlogind", "in.rlogind", "rshd", "in.rshd"};

/* Behind these stands a login that they outlive. */
static const char *const screens[] = {
    "tmux", "screen", "SCREEN", "dtach", "abduco", "zellij"};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

struct search {
	const struct login_source *source;
	struct login *login;
	struct login_process self;
	bool complete; /* all ancestors have been seen */
	bool hidden;   /* one of them hides a login */
};

static bool
begins_with_one(const char *name, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(name, list[i], strlen(list[i])) == 0)
			return true;
	return false;
}

static bool
is_address(const char *word)
{
	unsigned char bytes[16];
	char plain[INET6_ADDRSTRLEN];
	size_t n = strcspn(word, "%");

	if (n >= sizeof(plain))
		return false;
	memcpy(plain, word, n);
	plain[n] = '\0';
	return inet_pton(AF_INET, plain, bytes) == 1 ||
	    inet_pton(AF_INET6, plain, bytes) == 1;
}

static bool
is_port(const char *word)
{
	char *end;
	unsigned long number;

	if (word[0] < '0' || word[0] > '9')
		return false;
	number = strtoul(word, &end, 10);
	return *end == '\0' && number > 0 && number <= PORT_MAX;
}

bool
login_is_connection(const char *text)
{
	char word[LOGIN_TEXT_SIZE];
	size_t i;

	for (i = 0; i < VARIABLE_WORDS; i++) {
		size_t n = strcspn(text, " ");

		if (n == 0 || n >= sizeof(word))
			return false;
		memcpy(word, text, n);
		word[n] = '\0';
		if (i % 2 == 0 ? !is_address(word) : !is_port(word))
			return false;
		text += n;
		text += *text == ' ' && i + 1 < VARIABLE_WORDS;
	}
	return *text == '\0';
}

static void
settle(struct search *search, bool remote, enum login_reason reason,
    const char *detail)
{
	search->login->remote = remote;
	search->login->reason = reason;
	snprintf(
	    search->login->detail, sizeof(search->login->detail), "%s", detail);
}

/* A variable is there if it can be read; what it says may be nonsense. */
static void
take_connection(struct search *search, const char *text)
{
	if (login_is_connection(text) && search->login->connection[0] == '\0')
		snprintf(search->login->connection,
		    sizeof(search->login->connection), "%s", text);
}

/* True if an ancestor tells that the login is remote. */
static bool
ask_ancestors(struct search *search, pid_t pid)
{
	struct login_process process;
	char text[LOGIN_TEXT_SIZE];
	char found[LOGIN_NAME_SIZE] = "";
	bool variable = false;

	for (int i = 0; i < ANCESTORS_MAX && pid > 0; i++) {
		if (!search->source->process(
			search->source->context, pid, &process))
			break;
		if (i > 0 && found[0] == '\0' &&
		    begins_with_one(process.name, daemons, COUNT(daemons)))
			memcpy(found, process.name, sizeof(found));
		if (begins_with_one(process.name, screens, COUNT(screens)))
			search->hidden = true;
		if (!variable &&
		    search->source->variable(
			search->source->context, pid, text)) {
			variable = true;
			take_connection(search, text);
		}
		search->complete = pid == 1 || process.parent == 0;
		pid = process.parent;
	}
	if (variable)
		settle(search, true, LOGIN_VARIABLE, search->login->connection);
	else if (found[0] != '\0')
		settle(search, true, LOGIN_ANCESTOR, found);
	return variable || found[0] != '\0';
}

/* Linux and FreeBSD have pts/3, Darwin ttys003, all of old ttyp3. */
static bool
is_pseudo(const char *terminal)
{
	return strncmp(terminal, "pts/", 4) == 0 ||
	    strncmp(terminal, "ttyp", 4) == 0 ||
	    (strncmp(terminal, "ttys", 4) == 0 && terminal[4] >= '0' &&
		terminal[4] <= '9');
}

/* ":0" is a display of this host's, "" its console. */
static void
ask_record(struct search *search)
{
	const char *terminal = search->self.terminal;
	char host[LOGIN_HOST_SIZE];

	if (!is_pseudo(terminal)) {
		settle(search, false, LOGIN_CONSOLE, terminal);
	} else if (!search->source->record(
		       search->source->context, terminal, host)) {
		settle(search, true, LOGIN_UNKNOWN, terminal);
	} else if (host[0] == ':') {
		settle(search, false, LOGIN_DISPLAY, terminal);
	} else if (host[0] == '\0') {
		settle(search, true, LOGIN_UNKNOWN, terminal);
	} else {
		settle(search, true, LOGIN_RECORD, host);
	}
}

void
login_find(const struct login_source *source, const char *connection, pid_t pid,
    struct login *login)
{
	struct search search = {.source = source, .login = login};

	memset(login, 0, sizeof(*login));
	if (connection != NULL && *connection != '\0') {
		take_connection(&search, connection);
		settle(&search, true, LOGIN_VARIABLE, login->connection);
		return;
	}
	if (!source->process(source->context, pid, &search.self)) {
		settle(&search, true, LOGIN_UNKNOWN, "");
		return;
	}
	if (ask_ancestors(&search, pid))
		return;
	if (!search.complete || search.hidden)
		settle(&search, true, LOGIN_UNKNOWN, search.self.terminal);
	else if (search.self.terminal[0] == '\0')
		settle(&search, false, LOGIN_NO_TERMINAL, "");
	else
		ask_record(&search);
}
