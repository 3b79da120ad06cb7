/*
 * What akind knows of hypervisors, NAT daemons and the files of a policy.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/daemon/facts_text.h"
#include "runtime/daemon/files.h"
#include "runtime/daemon/hypervisors.h"
#include "runtime/daemon/natds.h"
#include "tests/unit/unit.h"

static json_t *
json(const char *text)
{
	json_t *value = json_loads(text, 0, NULL);

	ck_assert_ptr_nonnull(value);
	return value;
}

/* --- Hypervisors --- */

static void
check_found(const char *facts, const char *expected)
{
	json_t *host = json(facts), *found = hypervisors_find(host);
	char *text = json_dumps(found, JSON_COMPACT);

	ck_assert_str_eq(text, expected);
	free(text);
	json_decref(found);
	json_decref(host);
}

START_TEST(hypervisors_are_found)
{
	check_found("{\"cards\":[{\"name\":\"en1\"}]}", "[]");
	check_found("{\"cards\":[{\"name\":\"vboxnet0\"},{\"name\":\"en1\"},"
		    "{\"name\":\"vboxnet12\"},{\"name\":\"virbr0\"}]}",
	    "[{\"name\":\"VirtualBox\",\"cards\":[\"vboxnet0\","
	    "\"vboxnet12\"]},{\"name\":\"libvirt\",\"cards\":[\"virbr0\"]}]");
	/* A star is for digits. */
	check_found("{\"cards\":[{\"name\":\"vboxnet\"},"
		    "{\"name\":\"vboxnet0a\"},{\"name\":\"tapestry\"}]}",
	    "[]");
	check_found("{}", "[]");
}
END_TEST

/* --- NAT daemons --- */

#define FACTS(address)                                                         \
	"{\"cards\":[{\"name\":\"en1\",\"addresses\":"                         \
	"[\"2001:db8::1/64\",\"" address "\"]}]}"

static void
learn(struct natds *natds, pid_t pid, const char *facts)
{
	json_t *found = json_pack(
	    "[{s:i, s:s, s:i}]", "port", 8668, "card", "en1", "pid", (int)pid);
	json_t *host = json(facts);

	natds_learn(natds, found, host);
	json_decref(found);
	json_decref(host);
}

START_TEST(natds_and_their_address)
{
	struct natds natds = {.n = 0};
	json_t *same = json(FACTS("192.0.2.1/24"));
	json_t *other = json(FACTS("192.0.2.2/24"));

	learn(&natds, getpid(), FACTS("192.0.2.1/24"));
	ck_assert_str_eq(natds.v[0].address, "192.0.2.1");
	ck_assert(!natds_is_wrong(&natds.v[0], same));
	ck_assert(natds_is_wrong(&natds.v[0], other));
	/* The same process, seen again, knows what it knew. */
	learn(&natds, getpid(), FACTS("192.0.2.2/24"));
	ck_assert(natds_is_wrong(&natds.v[0], other));
	natds_note(&natds, other);
	ck_assert(!natds_is_wrong(&natds.v[0], other));
	natds_forget(&natds);
	ck_assert_uint_eq(natds.n, 0);
	json_decref(same);
	json_decref(other);
}
END_TEST

START_TEST(natds_end)
{
	struct pollfd ready[NATDS_MAX];
	struct natds natds = {.n = 0};
	pid_t pid = fork();

	if (pid == 0) {
		pause();
		_exit(0);
	}
	learn(&natds, pid, FACTS("192.0.2.1/24"));
	natds_prepare(&natds, ready);
	ck_assert_int_eq(poll(ready, NATDS_MAX, 0), 0);
	ck_assert_ptr_null(natds_read(&natds, ready));
	natds_kill(&natds.v[0]);
	ck_assert_int_eq(poll(ready, NATDS_MAX, 5000), 1);
	ck_assert_ptr_eq(natds_read(&natds, ready), &natds.v[0]);
	ck_assert_int_eq(natds.v[0].pid, 0);
	ck_assert_ptr_null(natds_read(&natds, ready));
	waitpid(pid, NULL, 0);
	natds_forget(&natds);
}
END_TEST

/* --- Files --- */

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	ck_assert_ptr_nonnull(file);
	fputs(text, file);
	fclose(file);
}

START_TEST(files_change)
{
	char folder[] = "/tmp/akin-files-XXXXXX", path[64], other[64];
	struct files files = {.n = 0};
	json_t *paths;

	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/policy.akp", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	write_file(path, "a");
	files_learn(&files, path, NULL);
	ck_assert(!files_changed(&files));
	write_file(path, "ab");
	ck_assert(files_changed(&files));
	ck_assert(!files_changed(&files));
	/* Another in its place; taken away; back again. */
	write_file(other, "ab");
	ck_assert_int_eq(rename(other, path), 0);
	ck_assert(files_changed(&files));
	unlink(path);
	ck_assert(files_changed(&files));
	ck_assert(!files_changed(&files));
	write_file(path, "ab");
	ck_assert(files_changed(&files));
	/* One that is included; and no more. */
	write_file(other, "c");
	paths = json_pack("[s, s]", path, other);
	files_learn(&files, path, paths);
	ck_assert_uint_eq(files.n, 2);
	ck_assert(!files_changed(&files));
	write_file(other, "cd");
	ck_assert(files_changed(&files));
	json_array_clear(paths);
	files_learn(&files, path, paths);
	ck_assert_uint_eq(files.n, 1);
	json_decref(paths);
	files_free(&files);
	unlink(path);
	unlink(other);
	rmdir(folder);
}
END_TEST

/* --- Facts --- */

START_TEST(facts_as_akinc_reads_them)
{
	struct facts_address addresses[] = {
	    {false, {192, 0, 2, 1}, 24},
	    {false, {0, 0, 0, 0}, 0},
	    {true, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}, 64},
	};
	struct facts_card cards[] = {
	    {.name = "en1",
		.up = true,
		.addresses = addresses,
		.n_addresses = 3},
	    {.name = "lo0", .loopback = true},
	    {.name = "what ever"},
	};
	struct facts facts = {.cards = cards, .n_cards = 3, .route4 = "en1"};
	struct arena *arena = unit_arena();
	struct buf out;

	buf_init(&out, arena);
	facts_text_write(&out, &facts);
	ck_assert_str_eq(out.p,
	    "interfaces:\n"
	    "  \"en1\":\n    loopback: false\n"
	    "    addresses: [\"192.0.2.1/24\", \"2001:db8::1/64\"]\n"
	    "  \"lo0\":\n    loopback: true\n    addresses: []\n"
	    "default-route: \"en1\"\n");
	/* The card went while we read. */
	memcpy(facts.route4, "en9", 4);
	buf_reset(&out);
	facts_text_write(&out, &facts);
	ck_assert_ptr_nonnull(strstr(out.p, "default-route: none\n"));
	/* A card that no rule could name: which is active is unknown. */
	memcpy(facts.route4, "what ever", 10);
	buf_reset(&out);
	facts_text_write(&out, &facts);
	ck_assert_ptr_null(strstr(out.p, "default-route"));
	arena_destroy(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("what akind knows");
	TCase *tests = tcase_create("known");

	tcase_add_test(tests, hypervisors_are_found);
	tcase_add_test(tests, natds_and_their_address);
	tcase_add_test(tests, natds_end);
	tcase_add_test(tests, files_change);
	tcase_add_test(tests, facts_as_akinc_reads_them);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
