/*
 * Policies by chance: numbers come from one seed, so that a size and a seed
 * always make the same text.
 */
#include "bench/generate.h"

#include <stdbool.h>

#define INNER_NET UINT32_C(0x0a000000) /* 10.0.0.0/8 */
#define HOSTS_LOG 24
#define PORT_FIRST 1024
#define PORTS_LOG 14

static const char *const names[GENERATE_KINDS] = {
    [GENERATE_PAIRS] = "pairs",
    [GENERATE_MIXED] = "mixed",
    [GENERATE_PREFIXES] = "prefixes",
    [GENERATE_RANGES] = "ranges",
    [GENERATE_SOURCES] = "sources",
    [GENERATE_INLINE] = "inline",
    [GENERATE_FILE] = "file",
    [GENERATE_ZONES] = "zones",
};

const char *
generate_name(enum generate_kind kind)
{
	return names[kind];
}

/* Marsaglia's xorshift64*. */
static uint64_t
random_next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * UINT64_C(0x2545f4914f6cdd1d);
}

static uint64_t
random_start(uint64_t seed)
{
	return seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
}

/*
 * An odd factor permutes the numbers below a power of two: addresses look
 * drawn at random, and none comes twice.
 */
static uint32_t
host_of(size_t i, uint64_t seed)
{
	uint32_t mask = (UINT32_C(1) << HOSTS_LOG) - 1;

	return INNER_NET |
	    (((uint32_t)i * UINT32_C(0x9e3779b1) + (uint32_t)seed) & mask);
}

static uint32_t
far_of(size_t i, uint64_t seed)
{
	return UINT32_C(0x80000000) |
	    (host_of(i, seed) & UINT32_C(0x00ffffff)) << 5 | 1;
}

static unsigned
port_of(uint64_t *state)
{
	return PORT_FIRST + (unsigned)(random_next(state) >> (64 - PORTS_LOG));
}

static void
put_address(FILE *out, uint32_t address)
{
	fprintf(out, "%u.%u.%u.%u", (unsigned)(address >> 24),
	    (unsigned)(address >> 16 & 255), (unsigned)(address >> 8 & 255),
	    (unsigned)(address & 255));
}

static void
put_zones(FILE *out)
{
	fputs("zone wan on active\nzone lan on em1 net 10.0.0.0/8\n", out);
}

static void
put_pair(FILE *out, const char *verdict, uint32_t host, unsigned port)
{
	fprintf(out, "    %s tcp %u to ", verdict, port);
	put_address(out, host);
	fputc('\n', out);
}

static void
put_pairs(FILE *out, size_t n, uint64_t seed, bool mixed)
{
	uint64_t state = random_start(seed);

	put_zones(out);
	fputs("from wan to lan {\n", out);
	for (size_t i = 0; i < n; i++) {
		unsigned port = port_of(&state);
		bool deny = mixed && random_next(&state) >> 63;

		put_pair(out, deny ? "deny" : "allow", host_of(i, seed), port);
	}
	fputs("}\ndefault deny\n", out);
}

/* Nets from /16 to /28; many lie in one another. */
static void
put_prefixes(FILE *out, size_t n, uint64_t seed)
{
	uint64_t state = random_start(seed);

	put_zones(out);
	fputs("from wan to lan {\n", out);
	for (size_t i = 0; i < n; i++) {
		unsigned length = 16 + (unsigned)(random_next(&state) % 13);
		uint32_t net = host_of(i, seed) & ~(UINT32_MAX >> length);
		const char *verdict = random_next(&state) >> 63 ? "deny"
								: "allow";

		fprintf(out, "    %s tcp %u to ", verdict, port_of(&state));
		put_address(out, net);
		fprintf(out, "/%u\n", length);
	}
	fputs("}\ndefault deny\n", out);
}

static void
put_ranges(FILE *out, size_t n, uint64_t seed)
{
	uint64_t state = random_start(seed);

	put_zones(out);
	fputs("from wan to lan {\n", out);
	for (size_t i = 0; i < n; i++) {
		uint32_t first = host_of(i, seed) & ~UINT32_C(255);
		unsigned low = port_of(&state);
		const char *verdict = random_next(&state) >> 63 ? "deny"
								: "allow";

		fprintf(out, "    %s tcp %u-%u to ", verdict, low,
		    low + 1 + (unsigned)(random_next(&state) >> 57));
		put_address(out, first + 3);
		fputc('-', out);
		put_address(
		    out, first + 4 + (uint32_t)(random_next(&state) >> 57));
		fputc('\n', out);
	}
	fputs("}\ndefault deny\n", out);
}

static void
put_sources(FILE *out, size_t n, uint64_t seed)
{
	fputs("zone wan on active\nfrom wan to self {\n", out);
	for (size_t i = 0; i < n; i++) {
		fputs("    allow ssh from ", out);
		put_address(out, far_of(i, seed));
		fputc('\n', out);
	}
	fputs("}\ndefault deny\n", out);
}

static void
put_inline(FILE *out, size_t n, uint64_t seed)
{
	fputs("zone wan on active\nhosts many = ", out);
	for (size_t i = 0; i < n; i++) {
		put_address(out, far_of(i, seed));
		fputs(i + 1 < n ? ",\n    " : "\n", out);
	}
	fputs("from wan to self allow ssh from many\ndefault deny\n", out);
}

/* Each pair of zones has a port of its own, so that no two are ruled alike. */
static void
put_many_zones(FILE *out, size_t n, uint64_t seed)
{
	fputs("zone wan on active\n", out);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "zone z%zu on vlan%zu net 10.%zu.%zu.0/24\n", i, i,
		    i / 256, i % 256);
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			if (i != j)
				fprintf(out, "from z%zu to z%zu allow tcp %u\n",
				    i, j,
				    (unsigned)((i * n + j + seed) % 60000));
	fputs("default deny\n", out);
}

void
generate_policy(FILE *out, enum generate_kind kind, size_t n, uint64_t seed)
{
	switch (kind) {
	case GENERATE_PAIRS:
	case GENERATE_MIXED:
		put_pairs(out, n, seed, kind == GENERATE_MIXED);
		break;
	case GENERATE_PREFIXES:
		put_prefixes(out, n, seed);
		break;
	case GENERATE_RANGES:
		put_ranges(out, n, seed);
		break;
	case GENERATE_SOURCES:
		put_sources(out, n, seed);
		break;
	case GENERATE_INLINE:
		put_inline(out, n, seed);
		break;
	case GENERATE_FILE:
		fputs("zone wan on active\nhosts many from \"bench.hosts\"\n"
		      "from wan to self allow ssh from many\ndefault deny\n",
		    out);
		break;
	case GENERATE_ZONES:
		put_many_zones(out, n, seed);
		break;
	case GENERATE_KINDS:
		break;
	}
}

void
generate_hosts(FILE *out, size_t n, uint64_t seed)
{
	for (size_t i = 0; i < n; i++) {
		put_address(out, far_of(i, seed));
		fputc('\n', out);
	}
}

void
generate_nft(FILE *out, size_t n, uint64_t seed)
{
	uint64_t state = random_start(seed);

	fputs("table inet bench {\n\tchain forward {\n\t\ttype filter hook "
	      "forward priority 0; policy drop;\n\t\tct state "
	      "established,related accept\n",
	    out);
	for (size_t i = 0; i < n; i++) {
		unsigned port = port_of(&state);

		fputs("\t\tiifname \"em0\" oifname \"em1\" ip daddr ", out);
		put_address(out, host_of(i, seed));
		fprintf(out, " tcp dport %u accept\n", port);
	}
	fputs("\t}\n}\n", out);
}
