/*
 * Policies by chance: numbers come from one seed, so that a size and a seed
 * always make the same text.
 */
#include "bench/generate.h"

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
random_port(struct generate *g)
{
	return PORT_FIRST +
	    (unsigned)(random_next(&g->state) >> (64 - PORTS_LOG));
}

struct generate
generate_start(enum generate_kind kind, uint64_t seed)
{
	return (struct generate){
	    .kind = kind,
	    .seed = seed,
	    .state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1,
	};
}

/* Nets from /16 to /28; many lie in one another. */
static void
make_prefix(struct generate *g, struct generate_line *line)
{
	line->length = 16 + (unsigned)(random_next(&g->state) % 13);
	line->low &= ~(UINT32_MAX >> line->length);
	line->high = line->low | UINT32_MAX >> line->length;
}

static void
make_range(struct generate *g, struct generate_line *line)
{
	line->low = (line->low & ~UINT32_C(255)) + 3;
	line->high = line->low + 1 + (uint32_t)(random_next(&g->state) >> 57);
	line->last_port = line->first_port + 1 +
	    (unsigned)(random_next(&g->state) >> 57);
}

struct generate_line
generate_next(struct generate *g)
{
	struct generate_line line = {.low = host_of(g->next++, g->seed)};

	line.high = line.low;
	line.first_port = line.last_port = random_port(g);
	line.deny = g->kind != GENERATE_PAIRS && random_next(&g->state) >> 63;
	if (g->kind == GENERATE_PREFIXES)
		make_prefix(g, &line);
	if (g->kind == GENERATE_RANGES)
		make_range(g, &line);
	return line;
}

void
generate_put_address(FILE *out, uint32_t address)
{
	fprintf(out, "%u.%u.%u.%u", (unsigned)(address >> 24),
	    (unsigned)(address >> 16 & 255), (unsigned)(address >> 8 & 255),
	    (unsigned)(address & 255));
}

static void
put_line(FILE *out, const struct generate_line *line)
{
	fprintf(out, "    %s tcp %u", line->deny ? "deny" : "allow",
	    line->first_port);
	if (line->last_port != line->first_port)
		fprintf(out, "-%u", line->last_port);
	fputs(" to ", out);
	generate_put_address(out, line->low);
	if (line->length != 0) {
		fprintf(out, "/%u", line->length);
	} else if (line->high != line->low) {
		fputc('-', out);
		generate_put_address(out, line->high);
	}
	fputc('\n', out);
}

static void
put_lines(FILE *out, enum generate_kind kind, size_t n, uint64_t seed)
{
	struct generate g = generate_start(kind, seed);

	fputs("zone wan on active\nzone lan on em1 net 10.0.0.0/8\n"
	      "option ipv6 uncovered-ok\nfrom wan to lan {\n",
	    out);
	while (g.next < n) {
		struct generate_line line = generate_next(&g);

		put_line(out, &line);
	}
	fputs("}\ndefault deny\n", out);
}

static void
put_sources(FILE *out, size_t n, uint64_t seed)
{
	fputs("zone wan on active\nfrom wan to self {\n", out);
	for (size_t i = 0; i < n; i++) {
		fputs("    allow ssh from ", out);
		generate_put_address(out, far_of(i, seed));
		fputc('\n', out);
	}
	fputs("}\ndefault deny\n", out);
}

static void
put_inline(FILE *out, size_t n, uint64_t seed)
{
	fputs("zone wan on active\nhosts many = ", out);
	for (size_t i = 0; i < n; i++) {
		generate_put_address(out, far_of(i, seed));
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
generate_policy(FILE *out, enum generate_kind kind, size_t n, uint64_t seed,
    const char *hosts)
{
	switch (kind) {
	case GENERATE_PAIRS:
	case GENERATE_MIXED:
	case GENERATE_PREFIXES:
	case GENERATE_RANGES:
		put_lines(out, kind, n, seed);
		break;
	case GENERATE_SOURCES:
		put_sources(out, n, seed);
		break;
	case GENERATE_INLINE:
		put_inline(out, n, seed);
		break;
	case GENERATE_FILE:
		fprintf(out,
		    "zone wan on active\nhosts many from \"%s\"\n"
		    "from wan to self allow ssh from many\ndefault deny\n",
		    hosts);
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
		generate_put_address(out, far_of(i, seed));
		fputc('\n', out);
	}
}

void
generate_nft(FILE *out, size_t n, uint64_t seed)
{
	struct generate g = generate_start(GENERATE_PAIRS, seed);

	fputs("table inet bench {\n\tchain forward {\n\t\ttype filter hook "
	      "forward priority 0; policy drop;\n\t\tct state "
	      "established,related accept\n",
	    out);
	while (g.next < n) {
		struct generate_line line = generate_next(&g);

		fputs("\t\tiifname \"em0\" oifname \"em1\" ip daddr ", out);
		generate_put_address(out, line.low);
		fprintf(out, " tcp dport %u accept\n", line.first_port);
	}
	fputs("\t}\n}\n", out);
}
