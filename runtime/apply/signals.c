/*
 * A signal is the wish to end, and is obeyed between two steps: what was done
 * is then taken back.
 */
#include <signal.h>
#include <string.h>

#include "runtime/apply/private.h"

/* The only way for a signal to be heard. */
static volatile sig_atomic_t came;

static void
note(int signal_number)
{
	(void)signal_number;
	came = 1;
}

static void
handle(int signal_number, void (*handler)(int))
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = handler;
	sigemptyset(&action.sa_mask);
	sigaction(signal_number, &action, NULL);
}

void
signals_catch(void)
{
	came = 0;
	handle(SIGINT, note);
	handle(SIGHUP, note);
	handle(SIGTERM, note);
	handle(SIGPIPE, SIG_IGN);
}

void
signals_restore(void)
{
	handle(SIGINT, SIG_DFL);
	handle(SIGHUP, SIG_DFL);
	handle(SIGTERM, SIG_DFL);
	handle(SIGPIPE, SIG_DFL);
}

bool
signals_came(void)
{
	return came != 0;
}
