/*
 * Remote logins, told from the facts of hosts that are made up, and from this
 * one's own processes.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/apply/login_system.h"
#include "tests/unit/unit.h"

struct fact {
	pid_t pid, parent;
	const char *name, *terminal, *connection;
};

struct host {
	const struct fact *facts;
	const char *terminal, *host; /* the one record */
};

#define ADDRESSES "198.51.100.5 50022 192.0.2.2 22"

static const struct fact *
find(const struct host *host, pid_t pid)
{
	const struct fact *fact = host->facts;

	while (fact->pid != 0 && fact->pid != pid)
		fact++;
	return fact->pid != 0 ? fact : NULL;
}

static bool
process(void *context, pid_t pid, struct login_process *out)
{
	const struct fact *fact = find(context, pid);

	if (fact == NULL)
		return false;
	out->parent = fact->parent;
	snprintf(out->name, sizeof(out->name), "%s", fact->name);
	snprintf(out->terminal, sizeof(out->terminal), "%s", fact->terminal);
	return true;
}

static bool
variable(void *context, pid_t pid, char text[LOGIN_TEXT_SIZE])
{
	const struct fact *fact = find(context, pid);

	if (fact == NULL || fact->connection == NULL)
		return false;
	snprintf(text, LOGIN_TEXT_SIZE, "%s", fact->connection);
	return true;
}

static bool
record(void *context, const char *terminal, char host[LOGIN_HOST_SIZE])
{
	const struct host *h = context;

	if (h->terminal == NULL || strcmp(h->terminal, terminal) != 0)
		return false;
	snprintf(host, LOGIN_HOST_SIZE, "%s", h->host);
	return true;
}

/* The login of process 9, whose SSH_CONNECTION is CONNECTION. */
static struct login
ask(const struct host *host, const char *connection)
{
	struct login_source source = {(void *)host, process, variable, record};
	struct login login;

	login_find(&source, connection, 9, &login);
	return login;
}

static void
expect(const struct login *login, bool remote, enum login_reason reason,
    const char *connection)
{
	ck_assert_int_eq(login->reason, reason);
	ck_assert_int_eq(login->remote, remote);
	ck_assert_str_eq(login->connection, connection);
}

static const struct fact console[] = {{9, 8, "akinc", "ttyv0", NULL},
    {8, 7, "sudo", "ttyv0", NULL}, {7, 1, "sh", "ttyv0", NULL},
    {1, 0, "init", "", NULL}, {0}};

START_TEST(test_variable)
{
	struct host host = {console, NULL, NULL};
	struct login login = ask(&host, ADDRESSES);

	expect(&login, true, LOGIN_VARIABLE, ADDRESSES);
	login = ask(&host, "");
	expect(&login, false, LOGIN_CONSOLE, "");
	/* Nonsense in it is no address, but no reason to trust either. */
	login = ask(&host, "here");
	expect(&login, true, LOGIN_VARIABLE, "");
}
END_TEST

START_TEST(test_variable_before_sudo)
{
	static const struct fact facts[] = {{9, 8, "akinc", "pts/3", NULL},
	    {8, 7, "sudo", "pts/3", NULL}, {7, 6, "sh", "pts/3", ADDRESSES},
	    {6, 1, "sshd-session", "", NULL}, {1, 0, "init", "", NULL}, {0}};
	struct host host = {facts, NULL, NULL};
	struct login login = ask(&host, NULL);

	expect(&login, true, LOGIN_VARIABLE, ADDRESSES);
}
END_TEST

START_TEST(test_ancestor)
{
	static const char *const names[] = {
	    "sshd", "sshd-session", "dropbear", "mosh-server", "telnetd"};
	struct fact facts[] = {{9, 8, "akinc", "pts/3", NULL},
	    {8, 6, "sh", "pts/3", NULL}, {6, 1, "", "", NULL},
	    {1, 0, "init", "", NULL}, {0}};
	struct host host = {facts, "pts/3", ":0"};

	for (size_t i = 0; i < 5; i++) {
		struct login login;

		facts[2].name = names[i];
		login = ask(&host, NULL);
		expect(&login, true, LOGIN_ANCESTOR, "");
		ck_assert_str_eq(login.detail, names[i]);
	}
}
END_TEST

START_TEST(test_record)
{
	static const struct fact facts[] = {{9, 8, "akinc", "pts/3", NULL},
	    {8, 1, "sh", "pts/3", NULL}, {1, 0, "init", "", NULL}, {0}};
	struct host host = {facts, "pts/3", "198.51.100.5"};
	struct login login = ask(&host, NULL);

	expect(&login, true, LOGIN_RECORD, "");
	ck_assert_str_eq(login.detail, "198.51.100.5");
	host.host = ":0";
	login = ask(&host, NULL);
	expect(&login, false, LOGIN_DISPLAY, "");
	host.host = "";
	login = ask(&host, NULL);
	expect(&login, true, LOGIN_UNKNOWN, "");
	host.terminal = "pts/4";
	login = ask(&host, NULL);
	expect(&login, true, LOGIN_UNKNOWN, "");
}
END_TEST

START_TEST(test_console)
{
	struct host host = {console, NULL, NULL};
	struct login login = ask(&host, NULL);

	expect(&login, false, LOGIN_CONSOLE, "");
}
END_TEST

START_TEST(test_job)
{
	static const struct fact facts[] = {{9, 8, "akinc", "", NULL},
	    {8, 1, "cron", "", NULL}, {1, 0, "init", "", NULL}, {0}};
	struct host host = {facts, NULL, NULL};
	struct login login = ask(&host, NULL);

	expect(&login, false, LOGIN_NO_TERMINAL, "");
}
END_TEST

/* A screen outlives the login that made it, and hides the next one. */
START_TEST(test_screen)
{
	static const struct fact facts[] = {{9, 8, "akinc", "pts/3", NULL},
	    {8, 7, "sh", "pts/3", NULL}, {7, 1, "tmux: server", "", NULL},
	    {1, 0, "init", "", NULL}, {0}};
	struct host host = {facts, "pts/3", ":0"};
	struct login login = ask(&host, NULL);

	expect(&login, true, LOGIN_UNKNOWN, "");
}
END_TEST

START_TEST(test_unknown)
{
	static const struct fact facts[] = {
	    {9, 8, "akinc", "ttyv0", NULL}, {8, 7, "sh", "ttyv0", NULL}, {0}};
	static const struct fact loop[] = {
	    {9, 8, "akinc", "ttyv0", NULL}, {8, 9, "sh", "ttyv0", NULL}, {0}};
	static const struct fact nothing[] = {{0}};
	struct host host = {facts, NULL, NULL};
	struct login login = ask(&host, NULL);

	expect(&login, true, LOGIN_UNKNOWN, "");
	host.facts = loop;
	login = ask(&host, NULL);
	expect(&login, true, LOGIN_UNKNOWN, "");
	host.facts = nothing;
	login = ask(&host, NULL);
	expect(&login, true, LOGIN_UNKNOWN, "");
}
END_TEST

START_TEST(test_connection)
{
	ck_assert(login_is_connection(ADDRESSES));
	ck_assert(login_is_connection("fe80::1%em0 1 fe80::2%em0 65535"));
	ck_assert(!login_is_connection(""));
	ck_assert(!login_is_connection("198.51.100.5 50022 192.0.2.2"));
	ck_assert(!login_is_connection(ADDRESSES " 1"));
	ck_assert(!login_is_connection("host 50022 192.0.2.2 22"));
	ck_assert(!login_is_connection("198.51.100.5 0 192.0.2.2 22"));
	ck_assert(!login_is_connection("198.51.100.5 70000 192.0.2.2 22"));
	ck_assert(!login_is_connection("--rules=/x 1 192.0.2.2 22"));
}
END_TEST

START_TEST(test_environment)
{
	static const char bytes[] = "A=1\0BB=2\0BBB=\0LAST=end";
	char text[LOGIN_TEXT_SIZE];

	ck_assert(login_environment_find(bytes, sizeof(bytes), "BB", text));
	ck_assert_str_eq(text, "2");
	ck_assert(login_environment_find(bytes, sizeof(bytes), "BBB", text));
	ck_assert_str_eq(text, "");
	/* Without a NUL at the end. */
	ck_assert(
	    login_environment_find(bytes, sizeof(bytes) - 1, "LAST", text));
	ck_assert_str_eq(text, "end");
	ck_assert(!login_environment_find(bytes, sizeof(bytes), "B", text));
	ck_assert(!login_environment_find(bytes, 0, "A", text));
}
END_TEST

/* This process, its parent, and a child that has the variable. */
START_TEST(test_this_host)
{
	static char name[] = "sleep", time[] = "60";
	static char setting[] = "SSH_CONNECTION=" ADDRESSES;
	char *words[] = {name, time, NULL};
	char *environment[] = {setting, NULL};
	struct login_process process;
	char text[LOGIN_TEXT_SIZE];
	bool found = false;
	pid_t child;

	ck_assert(login_system_process(getpid(), &process));
	ck_assert_int_eq(process.parent, getppid());
	ck_assert(!login_system_process(-1, &process));
	child = fork();
	if (child == 0) {
		execve("/bin/sleep", words, environment);
		_exit(1);
	}
	for (int i = 0; i < 500 && !found; i++) {
		nanosleep(&(struct timespec){0, 10000000}, NULL);
		found = login_system_variable(child, "SSH_CONNECTION", text);
	}
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	ck_assert(found);
	ck_assert_str_eq(text, ADDRESSES);
}
END_TEST

static Suite *
login_suite(void)
{
	Suite *suite = suite_create("login");
	TCase *tcase = tcase_create("core");

	tcase_add_test(tcase, test_variable);
	tcase_add_test(tcase, test_variable_before_sudo);
	tcase_add_test(tcase, test_ancestor);
	tcase_add_test(tcase, test_record);
	tcase_add_test(tcase, test_console);
	tcase_add_test(tcase, test_job);
	tcase_add_test(tcase, test_screen);
	tcase_add_test(tcase, test_unknown);
	tcase_add_test(tcase, test_connection);
	tcase_add_test(tcase, test_environment);
	tcase_add_test(tcase, test_this_host);
	suite_add_tcase(suite, tcase);
	return suite;
}

int
main(void)
{
	return unit_run(login_suite());
}
