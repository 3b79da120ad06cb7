/*
 * What a test of the applier needs and no shell has.
 *
 *	act terminal DEED OUTPUT PROGRAM ARGUMENT...
 *		Run PROGRAM at a terminal of its own, with what it prints in
 *		the file OUTPUT.  When it asks for a confirmation, do DEED:
 *		"key" presses one, "interrupt" that of an interrupt, "close"
 *		takes the terminal away, "kill" kills PROGRAM, "wait" nothing.
 *		The exit code is PROGRAM's, or 0 after "close" and "kill".
 *	act listen FILE
 *		Listen on a port of loopback, which is written to FILE, until
 *		killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define CODE_BROKEN 99
#define QUESTION "akinc confirm"
#define TEXT_SIZE 65536
#define INTERRUPT 3

static int
broken(const char *what)
{
	fprintf(stderr, "act: %s: %s\n", what, strerror(errno));
	return CODE_BROKEN;
}

static int
open_terminal(char **words, pid_t *pid)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;

	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
		return -1;
	*pid = fork();
	if (*pid != 0)
		return master;
	setsid();
	slave = open(ptsname(master), O_RDWR);
	close(master);
	ioctl(slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(slave, fd);
	if (slave > 2)
		close(slave);
	execv(words[0], words);
	_exit(CODE_BROKEN);
}

/* True if nothing is left to see. */
static bool
do_deed(const char *deed, int master, pid_t pid)
{
	char interrupt = INTERRUPT;

	if (strcmp(deed, "key") == 0)
		(void)!write(master, "y", 1);
	else if (strcmp(deed, "interrupt") == 0)
		(void)!write(master, &interrupt, 1);
	else if (strcmp(deed, "kill") == 0)
		kill(pid, SIGKILL);
	return strcmp(deed, "kill") == 0 || strcmp(deed, "close") == 0;
}

static int
run_terminal(const char *deed, const char *output, char **words)
{
	static char text[TEXT_SIZE];
	bool asked = false, gone = false;
	int file = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0644), status;
	size_t n = 0;
	pid_t pid;
	int master = open_terminal(words, &pid);

	if (file < 0 || master < 0)
		return broken(output);
	while (!gone && n + 1 < TEXT_SIZE) {
		ssize_t more = read(master, text + n, TEXT_SIZE - 1 - n);

		if (more <= 0)
			break;
		(void)!write(file, text + n, (size_t)more);
		n += (size_t)more;
		text[n] = '\0';
		if (!asked && strstr(text, QUESTION) != NULL) {
			asked = true;
			gone = do_deed(deed, master, pid);
		}
	}
	close(master);
	if (waitpid(pid, &status, 0) != pid)
		return broken(words[0]);
	if (gone)
		return 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int
run_listen(const char *path)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	FILE *file;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 ||
	    bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    listen(fd, 16) != 0 ||
	    getsockname(fd, (struct sockaddr *)&address, &size) != 0)
		return broken("listen");
	file = fopen(path, "w");
	if (file == NULL)
		return broken(path);
	fprintf(file, "%u\n", (unsigned)ntohs(address.sin_port));
	fclose(file);
	for (;;)
		close(accept(fd, NULL, NULL));
}

int
main(int argc, char **argv)
{
	if (argc > 4 && strcmp(argv[1], "terminal") == 0)
		return run_terminal(argv[2], argv[3], argv + 4);
	if (argc == 3 && strcmp(argv[1], "listen") == 0)
		return run_listen(argv[2]);
	fputs("usage: act terminal DEED OUTPUT PROGRAM ARGUMENT...\n"
	      "       act listen FILE\n",
	    stderr);
	return CODE_BROKEN;
}
