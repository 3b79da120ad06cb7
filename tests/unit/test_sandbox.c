/*
 * What a confined process can no longer do.  Each question is asked in a child
 * of its own, since there is no way back.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/apply/child.h"
#include "runtime/apply/sandbox.h"
#include "tests/unit/unit.h"

/* Leaks are looked for at the end, which a filter forbids: there is none. */
extern int __lsan_do_recoverable_leak_check(void) __attribute__((weak));

/* Is there more than limits? */
static bool
is_strong(void)
{
	struct utsname name;

	return uname(&name) == 0 && strcmp(name.sysname, "Linux") == 0 &&
	    access("/usr/include/seccomp.h", F_OK) == 0 &&
	    __lsan_do_recoverable_leak_check == NULL;
}

static char file[64];

static bool
writes(void)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	return fd >= 0 && write(fd, "x", 1) == 1;
}

static bool
reads(void)
{
	char byte;
	int fd = open("/dev/null", O_RDONLY);

	return fd >= 0 && read(fd, &byte, 1) == 0;
}

static bool
connects(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool
sends(void)
{
	return socket(AF_INET6, SOCK_DGRAM, 0) >= 0;
}

static bool
names(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}

static bool
forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid > 0;
}

static bool
signals(void)
{
	return kill(getppid(), 0) == 0;
}

static bool
removes(void)
{
	return unlink(file) == 0;
}

static bool
executes(void)
{
	static char name[] = "true";
	char *words[] = {name, NULL};

	execv("/bin/true", words);
	return false;
}

/* Memory, and a pipe that is open. */
static bool
computes(void)
{
	char *bytes = malloc((size_t)8 * 1024 * 1024);

	if (bytes == NULL)
		return false;
	memset(bytes, 1, (size_t)8 * 1024 * 1024);
	return printf("%d\n", bytes[77]) > 0 && fflush(stdout) == 0;
}

/* Runs DEED in a child that has called CONFINE; true if it could be done. */
static bool
can(int (*confine)(void), bool (*deed)(void))
{
	int status, ends[2];
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	fflush(stdout);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		dup2(ends[1], STDOUT_FILENO);
		if (confine() != 0)
			_exit(2);
		_exit(deed() ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	close(ends[0]);
	close(ends[1]);
	ck_assert(WIFEXITED(status));
	ck_assert_int_ne(WEXITSTATUS(status), 2);
	return WEXITSTATUS(status) == 0;
}

static int
free_of_all(void)
{
	return 0;
}

static int
both(void)
{
	int error = sandbox_confine();

	return error != 0 ? error : sandbox_enter();
}

static void
setup(void)
{
	int fd;

	snprintf(file, sizeof(file), "/tmp/akin-sandbox.XXXXXX");
	fd = mkstemp(file);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
teardown(void)
{
	unlink(file);
}

/* Or else the others would show nothing. */
START_TEST(test_free)
{
	ck_assert(can(free_of_all, writes));
	ck_assert(can(free_of_all, connects));
	ck_assert(can(free_of_all, sends));
	ck_assert(can(free_of_all, names));
	ck_assert(can(free_of_all, forks));
	ck_assert(can(free_of_all, signals));
	ck_assert(can(free_of_all, executes));
	ck_assert(can(free_of_all, removes));
}
END_TEST

START_TEST(test_confined)
{
	ck_assert(!can(sandbox_confine, writes));
	ck_assert(can(sandbox_confine, reads));
	ck_assert(can(sandbox_confine, computes));
	ck_assert(can(sandbox_confine, executes));
	if (!is_strong())
		return;
	ck_assert(!can(sandbox_confine, connects));
	ck_assert(!can(sandbox_confine, sends));
	ck_assert(!can(sandbox_confine, names));
	ck_assert(!can(sandbox_confine, forks));
	ck_assert(!can(sandbox_confine, signals));
	ck_assert(!can(sandbox_confine, removes));
}
END_TEST

START_TEST(test_entered)
{
	ck_assert(can(both, computes));
	ck_assert(!can(both, writes));
	if (!is_strong())
		return;
	ck_assert(!can(both, reads));
	ck_assert(!can(both, executes));
	ck_assert(!can(both, connects));
	ck_assert(!can(both, forks));
}
END_TEST

/* As the runtime runs the compiler. */
static bool
script_succeeds(bool confined, const char *script)
{
	const char *words[] = {"/bin/sh", "-c", script, NULL};
	struct child_request request = {
	    .words = words,
	    .timeout = 10,
	    .output_max = 4096,
	    .confine = confined,
	};
	struct arena *arena = unit_arena();
	struct child_result result;
	bool fine = child_run(arena, &request, &result);

	ck_assert_int_eq(result.error, 0);
	arena_destroy(arena);
	return fine;
}

START_TEST(test_program)
{
	char script[256];

	snprintf(
	    script, sizeof(script), "echo x >%s && test -s %s", file, file);
	ck_assert(script_succeeds(false, script));
	ck_assert(!script_succeeds(true, script));
	ck_assert(script_succeeds(true, "echo x && read line </dev/null || :"));
	if (!is_strong())
		return;
	ck_assert(script_succeeds(false, "/bin/true; :"));
	ck_assert(!script_succeeds(true, "/bin/true && /bin/true"));
}
END_TEST

static Suite *
sandbox_suite(void)
{
	Suite *suite = suite_create("sandbox");
	TCase *tcase = tcase_create("core");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, test_free);
	tcase_add_test(tcase, test_confined);
	tcase_add_test(tcase, test_entered);
	tcase_add_test(tcase, test_program);
	suite_add_tcase(suite, tcase);
	return suite;
}

int
main(void)
{
	return unit_run(sandbox_suite());
}
