/*
 * Rules looked at, a pass, for classes of packets.  The numbers depend on the
 * policy and the compiler alone.
 */
#include "bench/looked.h"

#include <stdlib.h>
#include <string.h>

#include "bench/host.h"
#include "bench/pipeline.h"

#define LAPTOP "192.0.2.10"

struct packet_class {
	const char *name;
	const char *before; /* a packet that comes first, or NULL */
	const char *packet;
	double bound; /* on freebsd; 0: none */
	bool freebsd_only;
	double plain; /* the bound where the policy has no NAT, if lower */
};

static const struct packet_class laptop[] = {
    {"established-out", "out en1 tcp " LAPTOP " 4000 198.51.100.7 443",
	"out en1 tcp " LAPTOP " 4000 198.51.100.7 443 flags=A", 6, false, 5},
    {"established-in", "out en1 tcp " LAPTOP " 4000 198.51.100.7 443",
	"in en1 tcp 198.51.100.7 443 " LAPTOP " 4000 flags=A", 6, false, 5},
    {"new-tcp-out", NULL, "out en1 tcp " LAPTOP " 4000 198.51.100.7 443", 7,
	false, 0},
    {"new-tcp-out-last", NULL, "out en1 tcp " LAPTOP " 4000 198.51.100.7 8443",
	7, false, 0},
    {"new-udp-out", NULL, "out en1 udp " LAPTOP " 4000 198.51.100.7 53", 7,
	false, 0},
    {"new-ping-out", NULL, "out en1 icmp " LAPTOP " 198.51.100.7 icmptype=8", 7,
	false, 0},
    {"new-ping6-out", NULL,
	"out en1 ipv6-icmp 2001:db8::1 2001:db8:9::9 icmptype=128", 7, true, 0},
    {"new-ssh-in", NULL, "in en1 tcp 198.51.100.7 4000 " LAPTOP " 22", 7, false,
	0},
    {"new-ping-in", NULL, "in en1 icmp 203.0.113.5 " LAPTOP " icmptype=8", 7,
	false, 0},
    {"refused-tcp-out", NULL, "out en1 tcp " LAPTOP " 4000 198.51.100.7 3389",
	9, false, 0},
    {"refused-tcp-in", NULL, "in en1 tcp 198.51.100.7 4000 " LAPTOP " 445", 9,
	false, 0},
    {"refused-udp-in", NULL, "in en1 udp 198.51.100.7 4000 " LAPTOP " 161", 9,
	false, 0},
    {"refused-tcp6-in", NULL, "in en1 tcp 2001:db8:9::9 4000 2001:db8::1 445",
	9, true, 0},
    {"refused-tcp6-out", NULL,
	"out en1 tcp 2001:db8::1 4000 2001:db8:9::9 3389", 9, true, 0},
    /* One of them is `reass`; without it the most is 10. */
    {"machine-new-both-passes", NULL,
	"fwd vboxnet0 en1 tcp 192.168.56.10 4001 198.51.100.7 443", 11, false,
	0},
    {"machine-established-both-passes",
	"fwd vboxnet0 en1 tcp 192.168.56.10 4001 198.51.100.7 443",
	"fwd vboxnet0 en1 tcp 192.168.56.10 4001 198.51.100.7 443 flags=A", 0,
	false, 0},
    {"spoofed-in", NULL, "in en1 tcp 192.168.56.9 4000 " LAPTOP " 22", 0, false,
	0},
};

static void
exhausted(void *context)
{
	(void)context;
	bench_die("out of memory");
}

static const struct session *
compile(
    struct arena *arena, const char *path, const char *nic, const char *flavour)
{
	struct pipeline_cost cost;
	const struct session *session = pipeline_run(
	    arena, path, nic, flavour, false, &cost);

	if (session == NULL)
		bench_die(path);
	return session;
}

static uint64_t
look_class(const struct session *session, bool darwin,
    const struct packet_class *class)
{
	struct bench_host host;
	struct bench_packet packet;
	enum walk_verdict verdict;
	uint64_t looked;

	host_open(&host, darwin);
	host_add_card(&host, "en1", LAPTOP "/24");
	host_add_card(&host, "vboxnet0", "192.168.56.1/24");
	host_add_natd(&host, LAPTOP);
	host_load(&host, session->ruleset);
	if (class->before != NULL) {
		packet = host_packet(&host, class->before);
		host_play(&host, &packet, &verdict);
	}
	packet = host_packet(&host, class->packet);
	looked = host_play(&host, &packet, &verdict);
	host_close(&host);
	return looked;
}

/* The classes of a policy that allows what the laptop's does. */
static void
look_classes(struct metrics *metrics, const char *path, const char *name,
    const char *flavour, bool nat)
{
	struct arena *arena = arena_create(0, exhausted, NULL);
	const struct session *session = compile(arena, path, "en1", flavour);
	bool darwin = strcmp(flavour, "darwin") == 0;

	for (size_t i = 0; i < sizeof(laptop) / sizeof(laptop[0]); i++) {
		const struct packet_class *class = &laptop[i];
		double bound = !nat && class->plain != 0 ? class->plain
							 : class->bound;

		if (darwin && class->freebsd_only)
			continue;
		metric_add(metrics, (double)look_class(session, darwin, class),
		    METRIC_RULES, darwin ? 0 : bound, "looked/%s/%s/%s", name,
		    flavour, class->name);
	}
	arena_destroy(arena);
}

/* The policy FROM without its NAT, as the file TO. */
static void
write_plain(const char *from, const char *to)
{
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	char line[512];

	if (in == NULL || out == NULL)
		bench_die(to);
	while (fgets(line, sizeof(line), in) != NULL)
		if (strncmp(line, "nat ", 4) == 0)
			continue;
		else if (strncmp(line, "test ", 5) == 0)
			break;
		else
			fputs(line, out);
	fclose(in);
	fclose(out);
}

void
looked_laptop(struct metrics *metrics, const char *folder, const char *policies)
{
	static const char *const flavours[] = {"freebsd", "darwin"};
	char path[256], plain[256];

	snprintf(path, sizeof(path), "%s/laptop.akp", policies);
	snprintf(plain, sizeof(plain), "%s/plain.akp", folder);
	write_plain(path, plain);
	for (size_t i = 0; i < 2; i++) {
		look_classes(metrics, path, "laptop", flavours[i], true);
		look_classes(
		    metrics, plain, "laptop-plain", flavours[i], false);
	}
	remove(plain);
}

struct tally {
	uint64_t most, sum;
	size_t n;
};

static void
count(struct tally *tally, uint64_t looked)
{
	tally->most = looked > tally->most ? looked : tally->most;
	tally->sum += looked;
	tally->n++;
}

static void
look(struct bench_host *host, struct bench_packet *packet, uint32_t address,
    unsigned port, struct tally *tally)
{
	enum walk_verdict verdict;
	uint64_t looked;

	packet->packet.tuple.target = (struct addr){0, address};
	packet->packet.tuple.target_port = (uint16_t)port;
	looked = host_play(host, packet, &verdict);
	count(tally, looked);
}

static struct tally
look_lines(const struct session *session, bool darwin, enum generate_kind kind,
    size_t n)
{
	struct generate g = generate_start(kind, 1);
	struct tally tally = {0, 0, 0};
	struct bench_host host;
	struct bench_packet in;

	host_open(&host, darwin);
	host_add_card(&host, "em0", "192.0.2.1/24");
	host_add_card(&host, "em1", "10.255.255.254/8");
	host_load(&host, session->ruleset);
	in = host_packet(&host, "in em0 tcp 198.51.100.7 4000 10.0.0.1 1");
	while (g.next < n) {
		struct generate_line line = generate_next(&g);

		look(&host, &in, line.low, line.first_port, &tally);
		look(&host, &in, line.high, line.last_port, &tally);
		look(&host, &in, line.high + 1, line.first_port, &tally);
		look(&host, &in, line.low, 1, &tally);
	}
	host_close(&host);
	return tally;
}

void
looked_lines(struct metrics *metrics, enum generate_kind kind, size_t n,
    const char *path, const char *flavour, double most)
{
	struct arena *arena = arena_create(0, exhausted, NULL);
	const struct session *session = compile(arena, path, "em0", flavour);
	struct tally tally = look_lines(
	    session, strcmp(flavour, "darwin") == 0, kind, n);
	const char *name = generate_name(kind);

	metric_add(metrics, (double)tally.most, METRIC_RULES, most,
	    "looked/%s/%zu/%s/most", name, n, flavour);
	metric_add(metrics,
	    (double)((tally.sum * 10 + tally.n / 2) / tally.n) / 10,
	    METRIC_RULES, 0, "looked/%s/%zu/%s/mean", name, n, flavour);
	metric_add(metrics, (double)session->ruleset->rules.n, METRIC_RULES, 0,
	    "emitted/%s/%zu/%s", name, n, flavour);
	arena_destroy(arena);
}

/* Both passes of the packet that the pair's line allows. */
static void
look_pair(struct bench_host *host, size_t n, size_t from, size_t to,
    struct tally *tally)
{
	enum walk_verdict verdict;
	struct bench_packet packet;
	char in[192], out[192];

	snprintf(in, sizeof(in),
	    "in vlan%zu tcp 10.0.%zu.9 4000 10.0.%zu.9 %zu", from, from, to,
	    from * n + to + 1);
	snprintf(out, sizeof(out),
	    "out vlan%zu,vlan%zu tcp 10.0.%zu.9 4000 10.0.%zu.9 %zu", to, from,
	    from, to, from * n + to + 1);
	packet = host_packet(host, in);
	count(tally, host_play(host, &packet, &verdict));
	packet = host_packet(host, out);
	count(tally, host_play(host, &packet, &verdict));
}

void
looked_zones(
    struct metrics *metrics, size_t n, const char *path, const char *flavour)
{
	struct arena *arena = arena_create(0, exhausted, NULL);
	const struct session *session = compile(arena, path, "em0", flavour);
	struct tally tally = {0, 0, 0};
	struct bench_host host;

	host_open(&host, strcmp(flavour, "darwin") == 0);
	host_load(&host, session->ruleset);
	for (size_t i = 0; i < n * n; i++)
		if (i / n != i % n)
			look_pair(&host, n, i / n, i % n, &tally);
	host_close(&host);
	metric_add(metrics, (double)tally.most, METRIC_RULES, 0,
	    "looked/zones/%zu/%s/most", n, flavour);
	metric_add(metrics,
	    (double)((tally.sum * 10 + tally.n / 2) / tally.n) / 10,
	    METRIC_RULES, 0, "looked/zones/%zu/%s/mean", n, flavour);
	arena_destroy(arena);
}
