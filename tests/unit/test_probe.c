/*
 * Probes over loopback, and echoes as bytes.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/apply/echo.h"
#include "runtime/apply/probe.h"
#include "tests/unit/unit.h"

#define SHORT 300 /* milliseconds */

/* A socket of ours on loopback, with its port. */
static int
open_port(bool listens, unsigned *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert(fd >= 0);
	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (listens)
		ck_assert_int_eq(listen(fd, 4), 0);
	ck_assert_int_eq(
	    getsockname(fd, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static struct probe
read_probe(const char *text)
{
	struct probe probe;
	const char *wrong = probe_read(text, &probe);

	ck_assert_msg(wrong == NULL, "%s: %s", text, wrong ? wrong : "");
	return probe;
}

START_TEST(test_read)
{
	static const char *const bad[] = {"", "tcp", "tcp 192.0.2.1",
	    "tcp 192.0.2.1 0", "tcp 192.0.2.1 65536", "tcp 192.0.2.1 22x",
	    "tcp www.example.org 80", "ping", "ping localhost",
	    "ping 192.0.2.1 22", "udp 192.0.2.1 53", "tcp 192.0.2.1 22 x",
	    "ping 192.0.2.256", "ping -c 192.0.2.1"};
	struct probe probe;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(probe_read(bad[i], &probe) != NULL, "%s", bad[i]);
	probe = read_probe("tcp  192.0.2.1 \t 22 ");
	ck_assert(!probe.ping);
	ck_assert_int_eq(probe.address.ss_family, AF_INET);
	probe = read_probe("ping 2001:db8::1");
	ck_assert(probe.ping);
	ck_assert_int_eq(probe.address.ss_family, AF_INET6);
}
END_TEST

START_TEST(test_tcp)
{
	unsigned open, closed;
	int there = open_port(true, &open), not_there;
	char texts[2][64];
	struct probe probes[2];

	not_there = open_port(false, &closed);
	snprintf(texts[0], sizeof(texts[0]), "tcp 127.0.0.1 %u", open);
	snprintf(texts[1], sizeof(texts[1]), "tcp 127.0.0.1 %u", closed);
	probes[0] = read_probe(texts[0]);
	probes[1] = read_probe(texts[1]);
	probe_run(probes, 2, SHORT);
	ck_assert(probes[0].passed);
	ck_assert(!probes[1].passed);
	close(there);
	close(not_there);
	probe_run(probes, 2, SHORT);
	ck_assert(!probes[0].passed);
}
END_TEST

/* Nobody answers: a queue that is full, on a port that is not accepted. */
START_TEST(test_time)
{
	unsigned port;
	int fd = open_port(true, &port);
	struct probe probes[32];
	char text[64];
	struct timespec begin, end;
	size_t waited = 0;

	snprintf(text, sizeof(text), "tcp 127.0.0.1 %u", port);
	for (size_t i = 0; i < 32; i++)
		probes[i] = read_probe(text);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	probe_run(probes, 32, SHORT);
	clock_gettime(CLOCK_MONOTONIC, &end);
	for (size_t i = 0; i < 32; i++)
		waited += !probes[i].passed;
	ck_assert(end.tv_sec - begin.tv_sec < 5);
	/* Linux stops to answer there; other systems refuse. */
	ck_assert_uint_gt(waited, 0);
	close(fd);
}
END_TEST

/* A test that may not ping says nothing. */
START_TEST(test_ping)
{
	struct probe probe = read_probe("ping 127.0.0.1");
	int fd = socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);

	if (fd < 0)
		fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	if (fd < 0)
		return;
	close(fd);
	probe_run(&probe, 1, 1500);
	ck_assert(probe.passed);
	/* Nobody has a class E address. */
	probe = read_probe("ping 240.0.0.1");
	probe_run(&probe, 1, SHORT);
	ck_assert(!probe.passed);
}
END_TEST

START_TEST(test_echo)
{
	uint8_t bytes[ECHO_SIZE], whole[20 + ECHO_SIZE] = {0x45};
	uint32_t sum = 0;

	echo_write(false, 7, 3, bytes);
	for (size_t i = 0; i < ECHO_SIZE; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	ck_assert_uint_eq((sum & 0xffff) + (sum >> 16), 0xffff);
	ck_assert(!echo_read(false, bytes, ECHO_SIZE, 7, 3));
	bytes[0] = 0;
	ck_assert(echo_read(false, bytes, ECHO_SIZE, 7, 3));
	ck_assert(echo_read(false, bytes, ECHO_SIZE, 7, 4));
	ck_assert(!echo_read(false, bytes, ECHO_SIZE, 7, 2));
	ck_assert(!echo_read(false, bytes, ECHO_SIZE, 8, 3));
	ck_assert(!echo_read(false, bytes, ECHO_SIZE - 1, 7, 3));
	ck_assert(!echo_read(true, bytes, ECHO_SIZE, 7, 3));
	memcpy(whole + 20, bytes, ECHO_SIZE);
	ck_assert(echo_read(false, whole, sizeof(whole), 7, 3));
	whole[0] = 0x4f;
	ck_assert(!echo_read(false, whole, sizeof(whole), 7, 3));
	echo_write(true, 7, 3, bytes);
	bytes[0] = 129;
	ck_assert(echo_read(true, bytes, ECHO_SIZE, 7, 3));
}
END_TEST

static Suite *
probe_suite(void)
{
	Suite *suite = suite_create("probe");
	TCase *tcase = tcase_create("core");

	tcase_add_test(tcase, test_read);
	tcase_add_test(tcase, test_tcp);
	tcase_add_test(tcase, test_time);
	tcase_add_test(tcase, test_ping);
	tcase_add_test(tcase, test_echo);
	suite_add_tcase(suite, tcase);
	return suite;
}

int
main(void)
{
	return unit_run(probe_suite());
}
