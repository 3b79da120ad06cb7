#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/daemon/job.h"

/* akind has no descriptor above this: see descriptor_limit() in main. */
#define DESCRIPTORS 256
#define READ_SIZE 16384

void
job_init(struct job *job)
{
	memset(job, 0, sizeof(*job));
	job->out = -1;
	control_lines_init(&job->lines, JOB_LINE_MAX);
}

static int
open_pipe(int told[2])
{
	if (pipe(told) == -1)
		return errno;
	fcntl(told[0], F_SETFD, FD_CLOEXEC);
	fcntl(told[1], F_SETFD, FD_CLOEXEC);
	fcntl(told[0], F_SETFL, O_NONBLOCK);
	return 0;
}

/*
 * A child that held akind's sockets would keep akinctl waiting after akind has
 * closed them.  The handlers are akind's own, too.
 */
static void
become_child(int out)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGCHLD};
	sigset_t none;

	for (int fd = 3; fd < DESCRIPTORS; fd++) {
		if (fd != out)
			close(fd);
	}
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int
job_start(
    struct job *job, const struct job_request *request, job_function function)
{
	int told[2];
	int error = open_pipe(told);

	if (error != 0)
		return error;
	job->pid = fork();
	if (job->pid == 0) {
		become_child(told[1]);
		function(request, told[1]);
		_exit(0);
	}
	error = job->pid == -1 ? errno : 0;
	close(told[1]);
	job->out = told[0];
	job->kind = request->kind;
	if (error != 0)
		job_kill(job);
	return error;
}

static void
end_job(struct job *job)
{
	if (job->pid > 0) {
		while (waitpid(job->pid, NULL, 0) == -1 && errno == EINTR)
			continue;
	}
	if (job->out != -1)
		close(job->out);
	control_lines_free(&job->lines);
	job_init(job);
}

void
job_kill(struct job *job)
{
	if (job->pid > 0)
		kill(job->pid, SIGKILL);
	end_job(job);
}

static void
hand_on(struct job *job, void (*hear)(void *context, json_t *message),
    void *context)
{
	const char *line;
	size_t length;

	while (control_lines_take(&job->lines, &line, &length)) {
		json_t *message = json_loadb(line, length, 0, NULL);

		if (message != NULL)
			hear(context, message);
		json_decref(message);
	}
}

bool
job_read(struct job *job, void (*hear)(void *context, json_t *message),
    void *context)
{
	char bytes[READ_SIZE];
	ssize_t size;

	while ((size = read(job->out, bytes, sizeof(bytes))) > 0) {
		if (control_lines_add(&job->lines, bytes, (size_t)size) != 0)
			break;
		hand_on(job, hear, context);
	}
	if (size == -1 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (size > 0)
		job_kill(job);
	else
		end_job(job);
	return true;
}

/* --- In the child --- */

static void
write_all(int out, const char *bytes, size_t size)
{
	while (size > 0) {
		ssize_t n = write(out, bytes, size);

		if (n == -1 && errno == EINTR)
			continue;
		/* akind is gone; what is begun is finished all the same. */
		if (n <= 0)
			return;
		bytes += n;
		size -= (size_t)n;
	}
}

void
job_send(int out, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);

	json_decref(message);
	if (text == NULL)
		return;
	write_all(out, text, strlen(text));
	write_all(out, "\n", 1);
	free(text);
}

/* A text that is no UTF-8 is not sent as it is. */
json_t *
job_text(const char *text)
{
	json_t *value = json_string(text);
	char *copy = value == NULL ? strdup(text) : NULL;

	for (char *c = copy; c != NULL && *c != '\0'; c++) {
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	}
	if (value == NULL)
		value = json_string(copy == NULL ? "" : copy);
	free(copy);
	return value;
}

void
job_say(int out, const char *level, const char *text)
{
	job_send(
	    out, json_pack("{s:s, s:o}", "say", level, "text", job_text(text)));
}
