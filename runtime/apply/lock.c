#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "runtime/apply/file.h"
#include "runtime/apply/lock.h"

#define PID_BYTES 32
#define TRIES 20 /* for a script that has not written its number yet */
#define BETWEEN_TRIES 100000000L /* nanoseconds */

static const char *
path_in(struct arena *arena, const struct lock *lock, const char *name)
{
	return arena_printf(arena, "%s/%s", lock->folder, name);
}

/* The process that the folder names, or 0. */
static pid_t
read_holder(struct arena *arena, const struct lock *lock)
{
	struct buf text;
	char *end;
	long pid;

	buf_init(&text, arena);
	if (file_read(path_in(arena, lock, "pid"), PID_BYTES, &text) != 0)
		return 0;
	pid = strtol(text.p, &end, 10);
	return pid > 1 && *end == '\n' ? (pid_t)pid : 0;
}

static bool
is_alive(pid_t pid)
{
	return kill(pid, 0) == 0 || errno == EPERM;
}

/* Has a script the folder, or did one that died leave it? */
static int
check_script(struct arena *arena, struct lock *lock)
{
	struct timespec pause = {0, BETWEEN_TRIES};

	for (int i = 0; i < TRIES; i++) {
		lock->holder = read_holder(arena, lock);
		if (lock->holder != 0)
			break;
		nanosleep(&pause, NULL);
	}
	if (lock->holder == 0 || !is_alive(lock->holder))
		return 0;
	return EBUSY;
}

/* Lock the file `held`, which is made if there is none. */
static int
hold(struct arena *arena, struct lock *lock)
{
	const char *path = path_in(arena, lock, "held");
	struct stat mine, there;

	lock->held = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock->held < 0)
		return errno;
	if (flock(lock->held, LOCK_EX | LOCK_NB) == 0 &&
	    fstat(lock->held, &mine) == 0 && stat(path, &there) == 0 &&
	    mine.st_ino == there.st_ino)
		return 0;
	lock->holder = read_holder(arena, lock);
	close(lock->held);
	lock->held = -1;
	return EBUSY;
}

int
lock_inherit(struct arena *arena, struct lock *lock)
{
	char *text = arena_printf(arena, "%ld\n", (long)getpid());

	return file_write_scratch(
	    arena, path_in(arena, lock, "pid"), 0600, text, strlen(text));
}

int
lock_take(struct arena *arena, const char *folder, struct lock *lock)
{
	int error = 0;

	*lock = (struct lock){.folder = folder, .held = -1};
	if (mkdir(folder, 0700) != 0) {
		if (errno != EEXIST)
			return errno;
		lock->left = true;
		if (!file_exists(path_in(arena, lock, "held")))
			error = check_script(arena, lock);
	}
	if (error == 0)
		error = hold(arena, lock);
	if (error == 0)
		error = lock_inherit(arena, lock);
	if (error != 0 && lock->held >= 0)
		lock_abandon(lock);
	return error;
}

bool
lock_busy(struct arena *arena, const char *folder)
{
	struct lock lock = {.folder = folder, .held = -1};
	pid_t holder = read_holder(arena, &lock);
	bool busy;
	int fd;

	fd = open(path_in(arena, &lock, "held"), O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return holder != 0 && is_alive(holder);
	busy = flock(fd, LOCK_EX | LOCK_NB) != 0;
	close(fd);
	return busy;
}

/* `held` is the last to go: until then nobody else takes the folder. */
static void
remove_files(struct arena *arena, struct lock *lock)
{
	DIR *dir = opendir(lock->folder);
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' &&
		    strcmp(entry->d_name, "held") != 0)
			unlink(path_in(arena, lock, entry->d_name));
	closedir(dir);
}

void
lock_release(struct arena *arena, struct lock *lock)
{
	if (lock->held < 0)
		return;
	remove_files(arena, lock);
	unlink(path_in(arena, lock, "held"));
	rmdir(lock->folder);
	lock_abandon(lock);
}

void
lock_abandon(struct lock *lock)
{
	if (lock->held >= 0)
		close(lock->held);
	lock->held = -1;
}
