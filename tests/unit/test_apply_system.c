/*
 * What the applier asks of the system: programs, files, the lock.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/apply/child.h"
#include "runtime/apply/file.h"
#include "runtime/apply/lock.h"
#include "tests/unit/unit.h"

static char folder[64];

static void
make_folder(void)
{
	snprintf(folder, sizeof(folder), "/tmp/apply-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
}

static const char *
in_folder(struct arena *arena, const char *name)
{
	return arena_printf(arena, "%s/%s", folder, name);
}

static void
remove_folder(void)
{
	struct arena *arena = unit_arena();
	const char *names[] = {"a", "lock/pid", "lock/held", "lock/undo"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(in_folder(arena, names[i]));
	rmdir(in_folder(arena, "lock"));
	rmdir(folder);
	arena_destroy(arena);
}

/* A line for the shell, run as a child. */
static bool
run(struct arena *arena, const char *line, const char *input, unsigned timeout,
    struct child_result *result)
{
	const char *words[] = {"/bin/sh", "-c", line, NULL};
	struct child_request request = {
	    .words = words,
	    .input = input,
	    .size = input != NULL ? strlen(input) : 0,
	    .timeout = timeout,
	    .output_max = 1000,
	};

	return child_run(arena, &request, result);
}

START_TEST(children)
{
	struct arena *arena = unit_arena();
	struct child_result result;

	ck_assert(run(arena, "cat; echo e >&2", "some text", 10, &result));
	ck_assert_str_eq(result.out.p, "some text");
	ck_assert_str_eq(result.err.p, "e\n");
	ck_assert(!run(arena, "exit 71", NULL, 10, &result));
	ck_assert_int_eq(result.code, 71);
	ck_assert(!run(arena, "kill -TERM $$", NULL, 10, &result));
	ck_assert_int_eq(result.signal, SIGTERM);
	arena_destroy(arena);
}
END_TEST

/* A child that reads nothing, and one whose daemon holds its output. */
START_TEST(children_that_do_not_listen)
{
	struct arena *arena = unit_arena();
	char *much = arena_alloc(arena, 1000001);
	struct child_result result;

	signal(SIGPIPE, SIG_IGN);
	memset(much, 'x', 1000000);
	ck_assert(run(arena, "exec <&-; exit 0", much, 10, &result));
	ck_assert(run(arena, "sleep 3 & echo done", NULL, 2, &result));
	ck_assert_str_eq(result.out.p, "done\n");
	arena_destroy(arena);
}
END_TEST

START_TEST(children_that_are_killed)
{
	struct arena *arena = unit_arena();
	struct child_result result;

	ck_assert(!run(arena, "sleep 30; echo late", NULL, 1, &result));
	ck_assert(result.timed_out);
	ck_assert_str_eq(result.out.p, "");
	ck_assert(!run(arena, "while :; do echo x; done", NULL, 10, &result));
	ck_assert(result.too_long && !result.timed_out);
	arena_destroy(arena);
}
END_TEST

START_TEST(children_know_nothing_of_us)
{
	struct arena *arena = unit_arena();
	const char *words[] = {"/nowhere/program", NULL};
	struct child_request request = {.words = words, .timeout = 1};
	struct child_result result;

	setenv("SECRET", "x", 1);
	ck_assert(run(arena, "echo ${SECRET-none} $PATH", NULL, 5, &result));
	ck_assert_str_eq(result.out.p, "none /sbin:/bin:/usr/sbin:/usr/bin\n");
	ck_assert(!child_run(arena, &request, &result));
	ck_assert_int_eq(result.error, ENOENT);
	arena_destroy(arena);
}
END_TEST

START_TEST(files)
{
	struct arena *arena = unit_arena();
	const char *path = in_folder(arena, "a");
	struct stat facts;
	struct buf text;

	buf_init(&text, arena);
	ck_assert_int_eq(file_read(path, 10, &text), ENOENT);
	ck_assert_int_eq(file_write(arena, path, "one\n", 4), 0);
	ck_assert_int_eq(stat(path, &facts), 0);
	ck_assert_int_eq(facts.st_mode & 0777, 0600);
	ck_assert_int_eq(file_append(path, "two"), 0);
	ck_assert_int_eq(file_read(path, 10, &text), 0);
	ck_assert_str_eq(text.p, "one\ntwo\n");
	buf_reset(&text);
	ck_assert_int_eq(file_read(path, 7, &text), EFBIG);
	ck_assert_int_eq(file_remove(path), 0);
	ck_assert_int_eq(file_remove(path), 0);
	arena_destroy(arena);
}
END_TEST

START_TEST(lock_is_held_once)
{
	struct arena *arena = unit_arena();
	const char *path = in_folder(arena, "lock");
	struct lock lock, other;

	ck_assert(!lock_busy(arena, path));
	ck_assert_int_eq(lock_take(arena, path, &lock), 0);
	ck_assert(!lock.left);
	ck_assert(lock_busy(arena, path));
	ck_assert_int_eq(lock_take(arena, path, &other), EBUSY);
	ck_assert_int_eq(other.holder, getpid());
	lock_release(arena, &lock);
	ck_assert(!file_exists(path));
	arena_destroy(arena);
}
END_TEST

/* Who dies leaves the folder with the journal, and the lock to anybody. */
START_TEST(lock_of_the_dead)
{
	struct arena *arena = unit_arena();
	const char *path = in_folder(arena, "lock");
	struct lock lock;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		lock_take(arena, path, &lock);
		file_append(in_folder(arena, "lock/undo"), "set 10");
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(lock_take(arena, path, &lock), 0);
	ck_assert(lock.left);
	ck_assert(file_exists(in_folder(arena, "lock/undo")));
	lock_release(arena, &lock);
	arena_destroy(arena);
}
END_TEST

/* A script's lock has no file that is held, but a process number. */
START_TEST(lock_of_a_script)
{
	struct arena *arena = unit_arena();
	const char *path = in_folder(arena, "lock"), *text;
	struct lock lock;
	int status;
	pid_t pid;

	ck_assert_int_eq(mkdir(path, 0700), 0);
	text = arena_printf(arena, "%ld\n", (long)getpid());
	file_write(arena, in_folder(arena, "lock/pid"), text, strlen(text));
	ck_assert_int_eq(lock_take(arena, path, &lock), EBUSY);
	pid = fork();
	if (pid == 0)
		_exit(0);
	waitpid(pid, &status, 0);
	text = arena_printf(arena, "%ld\n", (long)pid);
	file_write(arena, in_folder(arena, "lock/pid"), text, strlen(text));
	ck_assert_int_eq(lock_take(arena, path, &lock), 0);
	ck_assert(lock.left);
	lock_release(arena, &lock);
	arena_destroy(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("apply_system");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, make_folder, remove_folder);
	tcase_set_timeout(tcase, 30);
	tcase_add_test(tcase, children);
	tcase_add_test(tcase, children_that_do_not_listen);
	tcase_add_test(tcase, children_that_are_killed);
	tcase_add_test(tcase, children_know_nothing_of_us);
	tcase_add_test(tcase, files);
	tcase_add_test(tcase, lock_is_held_once);
	tcase_add_test(tcase, lock_of_the_dead);
	tcase_add_test(tcase, lock_of_a_script);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
