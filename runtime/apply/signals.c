/*
 * A signal is the wish to end, and is obeyed between two steps: what was done
 * is then taken back.
 */
#include <signal.h>
#include <string.h>

#include "runtime/apply/private.h"

static const int caught[] = {SIGINT, SIGHUP, SIGTERM, SIGPIPE};

#define N_CAUGHT (sizeof(caught) / sizeof(caught[0]))

/* The only way for a signal to be heard. */
static volatile sig_atomic_t came;

static void
note(int signal_number)
{
	(void)signal_number;
	came = 1;
}

void
signals_catch(struct sigaction former[SIGNALS_CAUGHT])
{
	struct sigaction action;

	came = 0;
	for (size_t i = 0; i < N_CAUGHT; i++) {
		memset(&action, 0, sizeof(action));
		action.sa_handler = caught[i] == SIGPIPE ? SIG_IGN : note;
		sigemptyset(&action.sa_mask);
		sigaction(caught[i], &action, &former[i]);
		/* As nohup(1) wishes. */
		if (former[i].sa_handler == SIG_IGN)
			sigaction(caught[i], &former[i], NULL);
	}
}

void
signals_restore(const struct sigaction former[SIGNALS_CAUGHT])
{
	for (size_t i = 0; i < N_CAUGHT; i++)
		sigaction(caught[i], &former[i], NULL);
}

bool
signals_came(void)
{
	return came != 0;
}
