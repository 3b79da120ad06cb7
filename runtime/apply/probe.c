/*
 * Probes run side by side on sockets that do not block.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/apply/echo.h"
#include "runtime/apply/probe.h"

#define WORD_SIZE 64
#define PORT_MAX 65535
#define REPEAT 1000 /* milliseconds between two pings */
#define BYTES 2048

struct run {
	struct probe *probe;
	int fd; /* -1: decided */
	uint16_t id, sequence;
};

/* The next word of *TEXT, "" at its end or if it is too long. */
static const char *
take_word(const char **text, char word[WORD_SIZE])
{
	size_t n;

	*text += strspn(*text, " \t");
	n = strcspn(*text, " \t");
	word[0] = '\0';
	if (n < WORD_SIZE) {
		memcpy(word, *text, n);
		word[n] = '\0';
	}
	*text += n;
	return word;
}

static bool
read_port(const char *word, in_port_t *port)
{
	char *end;
	unsigned long number;

	if (word[0] < '0' || word[0] > '9')
		return false;
	number = strtoul(word, &end, 10);
	*port = htons((uint16_t)number);
	return *end == '\0' && number > 0 && number <= PORT_MAX;
}

static bool
read_address(const char *word, in_port_t port, struct probe *probe)
{
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = port};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = port};

	if (inet_pton(AF_INET, word, &four.sin_addr) == 1) {
		memcpy(&probe->address, &four, sizeof(four));
		probe->size = sizeof(four);
		return true;
	}
	if (inet_pton(AF_INET6, word, &six.sin6_addr) == 1) {
		memcpy(&probe->address, &six, sizeof(six));
		probe->size = sizeof(six);
		return true;
	}
	return false;
}

const char *
probe_read(const char *text, struct probe *probe)
{
	char kind[WORD_SIZE], host[WORD_SIZE], port[WORD_SIZE];
	in_port_t number = 0;

	memset(probe, 0, sizeof(*probe));
	probe->text = text;
	take_word(&text, kind);
	take_word(&text, host);
	probe->ping = strcmp(kind, "ping") == 0;
	if (!probe->ping && strcmp(kind, "tcp") != 0)
		return "a probe is `tcp ADDRESS PORT` or `ping ADDRESS`";
	if (!probe->ping && !read_port(take_word(&text, port), &number))
		return "`tcp` takes an address and a port";
	if (!read_address(host, number, probe))
		return "the address must be numeric: no resolver is asked";
	return *take_word(&text, kind) == '\0' ? NULL
					       : "it has a word too many";
}

static long
now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (long)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static void
decide(struct run *run, bool passed)
{
	run->probe->passed = passed;
	close(run->fd);
	run->fd = -1;
}

static void
send_echo(struct run *run)
{
	uint8_t bytes[ECHO_SIZE];
	bool six = run->probe->address.ss_family == AF_INET6;

	echo_write(six, run->id, ++run->sequence, bytes);
	(void)!sendto(run->fd, bytes, sizeof(bytes), 0,
	    (const struct sockaddr *)&run->probe->address, run->probe->size);
}

static void
start_connect(struct run *run)
{
	run->fd = socket(run->probe->address.ss_family, SOCK_STREAM, 0);
	if (run->fd < 0)
		return;
	fcntl(run->fd, F_SETFD, FD_CLOEXEC);
	fcntl(run->fd, F_SETFL, O_NONBLOCK);
	if (connect(run->fd, (const struct sockaddr *)&run->probe->address,
		run->probe->size) == 0)
		decide(run, true);
	else if (errno != EINPROGRESS)
		decide(run, false);
}

/* Some systems let everybody ping, on others it takes a raw socket. */
static void
start_ping(struct run *run, size_t i)
{
	int family = run->probe->address.ss_family;
	int protocol = family == AF_INET6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;

	run->id = (uint16_t)((unsigned)getpid() + i);
	run->fd = socket(family, SOCK_DGRAM, protocol);
	if (run->fd < 0)
		run->fd = socket(family, SOCK_RAW, protocol);
	if (run->fd < 0)
		return;
	fcntl(run->fd, F_SETFD, FD_CLOEXEC);
	fcntl(run->fd, F_SETFL, O_NONBLOCK);
	send_echo(run);
}

static bool
same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
		    ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
		   &((const struct sockaddr_in6 *)b)->sin6_addr,
		   sizeof(struct in6_addr)) == 0;
}

/* A raw socket hears the echoes of all; none is ours but its text is. */
static void
hear_echo(struct run *run)
{
	struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
	socklen_t size = sizeof(from);
	uint8_t bytes[BYTES];
	ssize_t n = recvfrom(
	    run->fd, bytes, sizeof(bytes), 0, (struct sockaddr *)&from, &size);

	if (n > 0 && same_host(&from, &run->probe->address) &&
	    echo_read(from.ss_family == AF_INET6, bytes, (size_t)n, run->id,
		run->sequence))
		decide(run, true);
}

static void
hear_connect(struct run *run)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(run->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
		error = errno;
	decide(run, error == 0);
}

static void
wait_for_all(struct run *runs, size_t n, int milliseconds)
{
	struct pollfd fds[PROBES_MAX];

	for (size_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){
		    .fd = runs[i].fd,
		    .events = runs[i].probe->ping ? POLLIN : POLLOUT,
		};
	if (poll(fds, (nfds_t)n, milliseconds) <= 0)
		return;
	for (size_t i = 0; i < n; i++) {
		if (runs[i].fd < 0 || fds[i].revents == 0)
			continue;
		if (runs[i].probe->ping)
			hear_echo(&runs[i]);
		else
			hear_connect(&runs[i]);
	}
}

static bool
all_decided(const struct run *runs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (runs[i].fd >= 0)
			return false;
	return true;
}

static void
ping_again(struct run *runs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (runs[i].fd >= 0 && runs[i].probe->ping)
			send_echo(&runs[i]);
}

void
probe_run(struct probe *probes, size_t n, unsigned milliseconds)
{
	struct run runs[PROBES_MAX];
	long end = now() + (long)milliseconds, next = now() + REPEAT;

	for (size_t i = 0; i < n; i++) {
		runs[i] = (struct run){.probe = &probes[i], .fd = -1};
		probes[i].passed = false;
		if (probes[i].ping)
			start_ping(&runs[i], i);
		else
			start_connect(&runs[i]);
	}
	while (!all_decided(runs, n) && now() < end) {
		long wait = (next < end ? next : end) - now();

		wait_for_all(runs, n, wait > 0 ? (int)wait : 0);
		if (now() < next)
			continue;
		ping_again(runs, n);
		next += REPEAT;
	}
	for (size_t i = 0; i < n; i++)
		if (runs[i].fd >= 0)
			decide(&runs[i], false);
}
