/*
 * The server and its wire: what one client leaves the next one finds.
 */
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "eval/emu/client.h"
#include "eval/emu/server.h"
#include "eval/emu/wire.h"
#include "tests/unit/unit.h"

static struct arena *arena;
static char *folder;
static const char *path;
static struct wire_reply reply;

static void
setup(void)
{
	struct server_options options = {.flavour = &run_freebsd};

	arena = unit_arena();
	folder = arena_strdup(arena, "/tmp/test_emu_server.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	path = arena_printf(arena, "%s/socket", folder);
	ck_assert_int_eq(server_start(path, &options), 0);
}

static void
teardown(void)
{
	client_stop(path);
	ck_assert_int_eq(access(path, F_OK), -1);
	rmdir(folder);
	arena_destroy(arena);
}

static bool
ask(const struct wire_request *request)
{
	int fd = wire_connect(path);
	bool ok = fd >= 0 && wire_send_request(fd, request) &&
	    wire_receive_reply(fd, arena, &reply);

	close(fd);
	return ok;
}

static void
command(const char *line, int code, const char *out)
{
	struct wire_request request = {
	    .kind = WIRE_COMMAND,
	    .words = &line,
	    .n_words = 1,
	    .text = "",
	};

	ck_assert(ask(&request));
	ck_assert_int_eq(reply.code, code);
	ck_assert_str_eq(reply.out, out);
}

static void
step(const char *text, int code, const char *out)
{
	struct wire_request request = {
	    .kind = WIRE_STEP,
	    .text = text,
	    .size = strlen(text),
	};

	ck_assert(ask(&request));
	ck_assert_int_eq(reply.code, code);
	ck_assert_str_eq(reply.out, out);
}

START_TEST(the_machine_is_kept_between_clients)
{
	command("-q add 100 allow tcp from any to any keep-state", 0, "");
	step("in em0 tcp 192.0.2.1 1 192.0.2.2 2", 0,
	    "accept rule=100 path=newstate@100 vis=1\n");
	step("time +5", 0, "time 6 states 1->1 keepalives 0\n");
	command("list", 0,
	    "00100 allow tcp from any to any keep-state\n"
	    "65535 deny ip from any to any\n");
	command("sysctl -n net.inet.ip.fw.one_pass", 0, "1\n");
	command("nonsense", 64, "");
	ck_assert_uint_gt(reply.err_size, 0);
	step("nonsense", 64, "");
	ck_assert_uint_gt(reply.err_size, 0);
}
END_TEST

START_TEST(a_file_comes_with_its_text)
{
	static const char text[] = "add 100 allow tcp from any to any # web\n"
				   "add 200 deny ip from any to any\n";
	const char *words[] = {"-q", "/etc/rules"};
	struct wire_request request = {
	    .kind = WIRE_FILE,
	    .words = words,
	    .n_words = 2,
	    .text = text,
	    .size = strlen(text),
	};

	ck_assert(ask(&request));
	ck_assert_int_eq(reply.code, 0);
	command("list 100-200", 0,
	    "00100 allow tcp from any to any\n"
	    "00200 deny ip from any to any\n");
}
END_TEST

/* What the client prints is lost here, but not what it returns. */
static int
call(const char *first, const char *second)
{
	char *words[] = {
	    arena_strdup(arena, first), arena_strdup(arena, second)};

	return client_command(words, 2);
}

START_TEST(the_client_is_the_command)
{
	const char *rules = arena_printf(arena, "%s/rules", folder);
	FILE *file = fopen(rules, "w");

	ck_assert_ptr_nonnull(file);
	fputs("add 100 count ip from any to any\n"
	      "add 200 nonsense\n",
	    file);
	fclose(file);
	ck_assert_int_eq(setenv(CLIENT_ENVIRONMENT, path, 1), 0);
	ck_assert_int_eq(call("-q", rules), 65);
	ck_assert_int_eq(call("delete", "100"), 0);
	ck_assert_int_eq(call("delete", "100"), 69);
	ck_assert_int_eq(call("-q", folder), 69);
	ck_assert_int_eq(call("-q", "/nonexistent/rules"), 64);
	ck_assert_int_eq(client_command(NULL, 0), 64);
	ck_assert_int_eq(client_step("time"), 0);
	ck_assert_int_eq(client_step("nonsense"), 64);
	ck_assert_int_eq(unlink(rules), 0);
	ck_assert_int_eq(setenv(CLIENT_ENVIRONMENT, rules, 1), 0);
	ck_assert_int_eq(call("-q", "list"), 69);
	ck_assert_int_eq(unsetenv(CLIENT_ENVIRONMENT), 0);
	ck_assert_int_eq(call("-q", "list"), 69);
}
END_TEST

START_TEST(a_client_that_talks_nonsense_harms_nobody)
{
	static const uint32_t messages[][4] = {
	    {99, 0, 0, 0},
	    {WIRE_COMMAND, UINT32_MAX, 0, 0},
	    {WIRE_COMMAND, 1, UINT32_MAX, 0},
	    {WIRE_STEP, 0, UINT32_MAX, 0},
	    {WIRE_STEP, 0, 100, 0},
	};

	for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++) {
		int fd = wire_connect(path);

		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(write(fd, messages[i], sizeof(messages[i])),
		    sizeof(messages[i]));
		close(fd);
	}
	step("echo here", 0, "here\n");
}
END_TEST

START_TEST(a_socket_in_use_is_not_taken_over)
{
	struct server_options options = {.flavour = &run_freebsd};

	ck_assert_int_eq(server_start(path, &options), 71);
	step("echo here", 0, "here\n");
}
END_TEST

START_TEST(only_its_owner_may_connect)
{
	struct stat info;

	ck_assert_int_eq(stat(path, &info), 0);
	ck_assert_uint_eq(info.st_mode & (S_IRWXG | S_IRWXO), 0);
}
END_TEST

START_TEST(a_dead_servers_socket_is_replaced)
{
	struct server_options options = {
	    .flavour = &run_darwin,
	    .has_default = true,
	    .default_allow = false,
	};
	const char *first = path;
	int fd;

	path = arena_printf(arena, "%s/other", folder);
	fd = wire_listen(path);
	ck_assert_int_ge(fd, 0);
	close(fd);
	ck_assert_int_eq(server_start(path, &options), 0);
	command("list", 0, "65535 deny ip from any to any\n");
	ck_assert_int_eq(client_stop(path), 0);
	ck_assert_int_eq(client_stop(path), 69);
	path = first;
}
END_TEST

START_TEST(a_signal_ends_it_and_removes_the_socket)
{
	struct server_options options = {.flavour = &run_freebsd};
	const char *other = arena_printf(arena, "%s/other", folder);
	int ends[2], status;
	char byte;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		_exit(server_run(other, &options, ends[1]));
	close(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	ck_assert_int_eq(kill(child, SIGTERM), 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	ck_assert_int_eq(access(other, F_OK), -1);
}
END_TEST

START_TEST(a_path_that_is_too_long_or_not_there)
{
	struct server_options options = {.flavour = &run_freebsd};
	char longest[200];

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	ck_assert_int_eq(server_start(longest, &options), 71);
	ck_assert_int_eq(server_start("/nonexistent/socket", &options), 71);
	ck_assert_int_eq(wire_connect("/nonexistent/socket"), -1);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("emu_server");
	TCase *tests = tcase_create("emu_server");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, the_machine_is_kept_between_clients);
	tcase_add_test(tests, a_file_comes_with_its_text);
	tcase_add_test(tests, the_client_is_the_command);
	tcase_add_test(tests, a_client_that_talks_nonsense_harms_nobody);
	tcase_add_test(tests, a_socket_in_use_is_not_taken_over);
	tcase_add_test(tests, only_its_owner_may_connect);
	tcase_add_test(tests, a_dead_servers_socket_is_replaced);
	tcase_add_test(tests, a_signal_ends_it_and_removes_the_socket);
	tcase_add_test(tests, a_path_that_is_too_long_or_not_there);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
