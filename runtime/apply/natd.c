/*
 * natd(8), one a divert port, and what is written down about NAT: `natd.PORT`
 * of the run folder has the words that it was started with, `natd.PORT.pid`
 * its process, `nat.ID` the words of an instance and how ipfw showed them.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/apply/file.h"
#include "runtime/apply/private.h"
#include "runtime/apply/words.h"

#define RECORD_MAX 65536
#define TRIES 250		/* five seconds */
#define BETWEEN_TRIES 20000000L /* nanoseconds */
#define PORT_MAX 65535

/* A file of one line, without its newline; NULL if there is none. */
static const char *
read_line(struct apply *apply, const char *path)
{
	struct buf text;

	buf_init(&text, apply->arena);
	if (file_read(path, RECORD_MAX, &text) != 0)
		return NULL;
	text.p[strcspn(text.p, "\n")] = '\0';
	return text.p;
}

static bool
write_line(struct apply *apply, const char *path, const char *line)
{
	char *text = arena_printf(apply->arena, "%s\n", line);

	return apply_write(apply, apply->run_dir, path, text, strlen(text));
}

static pid_t
parse_pid(const char *text)
{
	char *end;
	long pid = text != NULL ? strtol(text, &end, 10) : 0;

	return pid > 1 && *end == '\0' ? (pid_t)pid : 0;
}

/* A darwin natd has one pid file for all: look for its words. */
static pid_t
find_by_words(struct apply *apply, uint32_t port)
{
	const char *words[] = {
	    "/bin/ps", "-axww", "-o", "pid=", "-o", "command=", NULL};
	const char *sought = arena_printf(
	    apply->arena, " -port %u -use_sockets ", (unsigned)port);
	struct child_result result;
	char *line, *state = NULL;

	if (!command_run(apply, words, NULL, 0, &result))
		return 0;
	for (line = strtok_r(result.out.p, "\n", &state); line != NULL;
	     line = strtok_r(NULL, "\n", &state)) {
		const char *end;
		long pid = strtol(line, (char **)&end, 10);

		if (pid > 1 && strstr(end, "natd -") != NULL &&
		    strstr(end, sought) != NULL)
			return (pid_t)pid;
	}
	return 0;
}

/* The process number may be another's by now. */
static pid_t
find_process(struct apply *apply, uint32_t port)
{
	pid_t pid = apply->darwin
	    ? find_by_words(apply, port)
	    : parse_pid(read_line(
		  apply, run_path(apply, "natd.%u.pid", (unsigned)port)));

	return pid != 0 && process_is(pid, "natd") ? pid : 0;
}

static void
add_natd(struct apply *apply, uint32_t port)
{
	struct host_nat nat = {.id = port};

	nat.mine = read_line(apply, run_path(apply, "natd.%u", (unsigned)port));
	nat.pid = find_process(apply, port);
	nat.shown = nat.pid != 0 ? nat.mine : NULL;
	vec_push(apply->arena, &apply->host.nats, nat);
}

/* "natd.8668" is 8668; other names are 0. */
static uint32_t
port_of(const char *name)
{
	char *end;
	unsigned long port;

	if (strncmp(name, "natd.", 5) != 0)
		return 0;
	port = strtoul(name + 5, &end, 10);
	return *end == '\0' && port > 0 && port <= PORT_MAX ? (uint32_t)port
							    : 0;
}

static void
drop_natds(struct host_state *host)
{
	size_t n = 0;

	for (size_t i = 0; i < host->nats.n; i++)
		if (host->nats.v[i].kernel)
			host->nats.v[n++] = host->nats.v[i];
	host->nats.n = n;
}

void
natd_find_all(struct apply *apply)
{
	struct host_state *host = &apply->host;
	DIR *dir = opendir(apply->run_dir);
	struct dirent *entry;

	drop_natds(host);
	for (size_t i = 0; i < host->nats.n; i++)
		host->nats.v[i].mine = read_line(apply,
		    run_path(apply, "nat.%u", (unsigned)host->nats.v[i].id));
	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (port_of(entry->d_name) != 0)
			add_natd(apply, port_of(entry->d_name));
	closedir(dir);
}

/* Wait until natd for PORT runs, or is gone. */
static bool
wait_for(struct apply *apply, uint32_t port, bool runs)
{
	struct timespec pause = {0, BETWEEN_TRIES};

	for (int i = 0; i < TRIES; i++) {
		if ((find_process(apply, port) != 0) == runs)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* Asked kindly, natd takes ten seconds to end. */
bool
natd_stop(struct apply *apply, uint32_t port)
{
	pid_t pid = find_process(apply, port);

	if (pid != 0)
		kill(pid, SIGKILL);
	if (!wait_for(apply, port, false))
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "natd on divert port %u does not end", (unsigned)port);
	file_remove(run_path(apply, "natd.%u", (unsigned)port));
	file_remove(run_path(apply, "natd.%u.pid", (unsigned)port));
	return true;
}

static void
split_words(struct apply *apply, const char *text, word_list *words)
{
	char *copy = arena_strdup(apply->arena, text), *state = NULL, *word;

	for (word = strtok_r(copy, " ", &state); word != NULL;
	     word = strtok_r(NULL, " ", &state))
		vec_push(apply->arena, words, (const char *)word);
}

bool
natd_start(struct apply *apply, uint32_t port, const char *words)
{
	struct child_result result;
	word_list list = {0};

	if (!words_are_natd(words))
		return apply_fail(
		    apply, APPLY_ENVIRONMENT, "these are no words: %s", words);
	file_make_folder(apply->arena, apply->run_dir);
	vec_push(apply->arena, &list, apply->paths.natd);
	split_words(apply, words, &list);
	if (!apply->darwin) {
		vec_push(apply->arena, &list, "-pid_file");
		vec_push(apply->arena, &list,
		    run_path(apply, "natd.%u.pid", (unsigned)port));
	}
	vec_push(apply->arena, &list, NULL);
	if (!command_run(apply, list.v, NULL, 0, &result))
		return apply_fail(apply, APPLY_ENVIRONMENT, "%s %s%s%s",
		    apply->paths.natd, child_fault(apply->arena, &result),
		    result.err.n > 0 ? ": " : "", result.err.p);
	if (!wait_for(apply, port, true))
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "natd on divert port %u does not run", (unsigned)port);
	return write_line(
	    apply, run_path(apply, "natd.%u", (unsigned)port), words);
}
