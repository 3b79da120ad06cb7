/*
 * From the command line to the loop, and back.
 */
#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/apply/file.h"
#include "runtime/daemon/daemon.h"
#include "runtime/daemon/privilege.h"

#define DESCRIPTORS 256

/* A daemon has no directory, no terminal, and files that are its own. */
static bool
detach(void)
{
	int null;
	pid_t pid = fork();

	if (pid == -1)
		return false;
	if (pid > 0)
		_exit(0);
	null = open("/dev/null", O_RDWR);
	if (setsid() == -1 || chdir("/") == -1 || null == -1)
		return false;
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
	return true;
}

static void
write_pid(const char *path)
{
	FILE *file;

	if (path == NULL)
		return;
	file = fopen(path, "w");
	if (file == NULL)
		return;
	fprintf(file, "%ld\n", (long)getpid());
	fclose(file);
}

/* Children close what they do not need by number. */
static void
limit_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
	    limit.rlim_cur > DESCRIPTORS) {
		limit.rlim_cur = DESCRIPTORS;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Held until this process ends; children do not inherit it. */
static int
lock_instance(const struct daemon_options *options)
{
	struct arena *arena = arena_create(0, NULL, NULL);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	const char *path;
	int fd, error;

	if (arena == NULL)
		return ENOMEM;
	path = arena_printf(arena, "%s/akind.lock", options->run_dir);
	error = file_make_folder(arena, options->run_dir);
	fd = error != 0 ? -1 : open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (error == 0 && fd == -1)
		error = errno;
	if (error == 0 && fcntl(fd, F_SETLK, &lock) == -1)
		error = errno == EACCES || errno == EAGAIN ? EBUSY : errno;
	arena_destroy(arena);
	return error;
}

static int
fail(struct daemon *daemon, const char *what, int error)
{
	log_write(&daemon->log, LOG_LEVEL_ERROR, "%s: %s", what,
	    error == EBUSY ? "another akind runs" : strerror(error));
	return APPLY_ENVIRONMENT;
}

static void
tell_closed_sources(struct daemon *daemon)
{
	for (size_t i = 0; i < daemon->watch.n; i++) {
		if (!daemon->watch.slots[i].open)
			log_write(&daemon->log, LOG_LEVEL_DEBUG,
			    "no events from %s: %s",
			    daemon->watch.slots[i].kind->name,
			    strerror(daemon->watch.slots[i].error));
	}
}

int
daemon_open(struct daemon *daemon, const struct daemon_options *options,
    const struct daemon_system *system)
{
	struct watch_paths paths = {.devd = options->devd};
	int error;

	memset(daemon, 0, sizeof(*daemon));
	daemon->options = options;
	daemon->system = system;
	daemon->server.fd = -1;
	daemon->confirm = -1;
	daemon->since = (int64_t)time(NULL);
	daemon->clock = system->clock();
	daemon->now = daemon->clock.awake_ms;
	log_init(&daemon->log, options->syslog, options->verbose);
	job_init(&daemon->work);
	job_init(&daemon->look);
	notify_open(&daemon->notify, daemon->now);
	follow_init(&daemon->follow, &options->times, daemon->now);
	error = lock_instance(options);
	if (error != 0)
		return fail(daemon, options->run_dir, error);
	error = watch_open(&daemon->watch, &paths, daemon->now);
	if (error != 0)
		return fail(daemon, "events of the network", error);
	tell_closed_sources(daemon);
	error = server_open(&daemon->server, options->socket);
	if (error != 0)
		return fail(daemon, options->socket, error);
	daemon->server.ask = requests_take;
	daemon->server.context = daemon;
	daemon->log.hear = requests_hear_log;
	daemon->log.context = daemon;
	files_learn(&daemon->files, options->policy, NULL);
	return APPLY_FINE;
}

void
daemon_close(struct daemon *daemon)
{
	job_kill(&daemon->look);
	notify_send(&daemon->notify, "STOPPING=1");
	notify_close(&daemon->notify);
	server_close(&daemon->server);
	watch_close(&daemon->watch);
	natds_forget(&daemon->natds);
	files_free(&daemon->files);
	json_decref(daemon->facts);
	json_decref(daemon->natd_facts);
	json_decref(daemon->artefact);
	json_decref(daemon->seen);
	json_decref(daemon->warnings);
	json_decref(daemon->result);
	json_decref(daemon->look_result);
	free(daemon->failure);
	log_free(&daemon->log);
}

/* -n: the plan, on the standard output. */
static int
show_plan(const struct daemon_options *options, struct arena *arena)
{
	struct apply_request request = {.policy = options->policy,
	    .options = options->compiler,
	    .paths = options->paths,
	    .state_dir = options->state_dir,
	    .run_dir = options->run_dir,
	    .dry_run = true,
	    .take_over = options->take_over};
	struct apply_result result;

	apply_run(&request, arena, stdout, &result);
	if (result.code != APPLY_FINE && result.reason != NULL)
		fprintf(stderr, "akind: %s\n", result.reason);
	return result.code;
}

static int
run(const struct daemon_options *options, const struct daemon_system *system)
{
	/* Its log alone is too large for a stack. */
	struct daemon *daemon = malloc(sizeof(*daemon));
	int code;

	if (daemon == NULL)
		return APPLY_ENVIRONMENT;
	umask(077);
	limit_descriptors();
	code = daemon_open(daemon, options, system);
	if (code == APPLY_FINE) {
		write_pid(options->pid_file);
		privilege_drop();
		log_write(&daemon->log, LOG_LEVEL_NOTICE, "akin %s follows %s",
		    AKIN_VERSION, options->policy);
		daemon_work(daemon, JOB_BOOT, 0);
		code = daemon_loop(daemon);
		if (options->pid_file != NULL)
			unlink(options->pid_file);
	}
	daemon_close(daemon);
	free(daemon);
	return code;
}

/* "/usr/local/sbin/akind" has "/usr/local/bin/akinc". */
static const char *
find_beside(struct arena *arena, const char *own)
{
	static const char *const places[] = {"akinc", "../bin/akinc"};
	const char *slash = own == NULL ? NULL : strrchr(own, '/');

	for (size_t i = 0; slash != NULL && i < 2; i++) {
		const char *path = arena_printf(
		    arena, "%.*s/%s", (int)(slash - own), own, places[i]);

		if (access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

static int
start(struct daemon_options *options, const struct daemon_system *system,
    struct arena *arena)
{
	if (options->paths.akinc == NULL)
		options->paths.akinc = find_beside(
		    arena, apply_own_path(arena));
	/* If there is none now there may be one when it is needed. */
	apply_find_user(&options->user, &options->group);
	if (options->dry_run)
		return show_plan(options, arena);
	if (options->detach && !detach()) {
		fprintf(stderr, "akind: %s\n", strerror(errno));
		return APPLY_ENVIRONMENT;
	}
	return run(options, system);
}

int
daemon_main(int argc, char **argv, const struct daemon_system *system)
{
	struct daemon_options options;
	struct arena *arena;
	int code;

	if (!daemon_options_parse(&options, argc, argv))
		return APPLY_USAGE;
	if (options.help) {
		daemon_options_print_help(stdout);
		return APPLY_FINE;
	}
	if (options.version) {
		puts("akind " AKIN_VERSION);
		return APPLY_FINE;
	}
	arena = arena_create(0, NULL, NULL);
	if (arena == NULL)
		return APPLY_ENVIRONMENT;
	code = start(&options, system, arena);
	arena_destroy(arena);
	daemon_options_free(&options);
	return code;
}
