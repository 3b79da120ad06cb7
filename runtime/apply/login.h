/*
 * Does whoever calls sit at this host, or come over the net?
 *
 * A login is remote if SSH_CONNECTION says so, here or in the environment of
 * an ancestor (sudo(8) drops the variable), if the record of the terminal in
 * utmpx has another host, or if a daemon for remote logins is an ancestor.
 * What cannot be found out is remote: then the worst is a question too many.
 */
#ifndef RUNTIME_APPLY_LOGIN_H
#define RUNTIME_APPLY_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define LOGIN_NAME_SIZE 64  /* of processes, terminals, with the NUL */
#define LOGIN_TEXT_SIZE 160 /* of SSH_CONNECTION, with the NUL */
#define LOGIN_HOST_SIZE 257

enum login_reason {
	LOGIN_CONSOLE,	   /* a terminal of this host */
	LOGIN_DISPLAY,	   /* a window on its own screen */
	LOGIN_NO_TERMINAL, /* a job of this host */
	/* Remote: */
	LOGIN_VARIABLE,
	LOGIN_RECORD,
	LOGIN_ANCESTOR,
	LOGIN_UNKNOWN,
};

struct login {
	bool remote;
	enum login_reason reason;
	/* "FAR-ADDRESS FAR-PORT OWN-ADDRESS OWN-PORT", or "" */
	char connection[LOGIN_TEXT_SIZE];
	/* The ancestor, the host of the record or the terminal; or "". */
	char detail[LOGIN_HOST_SIZE];
};

struct login_process {
	pid_t parent;
	char name[LOGIN_NAME_SIZE];
	char terminal[LOGIN_NAME_SIZE]; /* "pts/3"; "" if it has none */
};

/* What is asked of the host; tests bring their own. */
struct login_source {
	void *context;
	/* False: there is no such process, or it may not be seen. */
	bool (*process)(
	    void *context, pid_t pid, struct login_process *process);
	/* SSH_CONNECTION in the environment of PID; false if it has none. */
	bool (*variable)(void *context, pid_t pid, char text[LOGIN_TEXT_SIZE]);
	/* The host in the record of TERMINAL; false if there is no record. */
	bool (*record)(
	    void *context, const char *terminal, char host[LOGIN_HOST_SIZE]);
};

/* This host's. */
extern const struct login_source login_host;

/* CONNECTION is the caller's SSH_CONNECTION, or NULL; PID the caller's. */
void login_find(const struct login_source *source, const char *connection,
    pid_t pid, struct login *login);
/* Are these two numeric addresses, each with a port? */
bool login_is_connection(const char *text);

#endif
