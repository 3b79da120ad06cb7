/*
 * Policies of any size, the same for the same seed.
 */
#ifndef BENCH_GENERATE_H
#define BENCH_GENERATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum generate_kind {
	GENERATE_PAIRS,	   /* a line a host and a port, all different */
	GENERATE_MIXED,	   /* the same, allowed and denied by turns */
	GENERATE_PREFIXES, /* nets of different lengths with a port each */
	GENERATE_RANGES,   /* ranges of ports at ranges of addresses */
	GENERATE_SOURCES,  /* a line an address that may come in */
	GENERATE_INLINE,   /* one line that names all addresses */
	GENERATE_FILE,	   /* one line that names a file of addresses */
	GENERATE_ZONES,	   /* zones, and a line a pair of them */
	GENERATE_KINDS
};

/* What a line of the first four kinds is about. */
struct generate_line {
	bool deny;
	uint32_t low, high; /* addresses in 10.0.0.0/8 */
	unsigned length;    /* of the prefix, or 0 */
	unsigned first_port, last_port;
};

struct generate {
	enum generate_kind kind;
	uint64_t seed, state;
	size_t next;
};

struct generate generate_start(enum generate_kind kind, uint64_t seed);
struct generate_line generate_next(struct generate *generate);

const char *generate_name(enum generate_kind kind);

/*
 * A policy of N lines, entries or zones, for --nic=em0.  GENERATE_FILE names
 * the file HOSTS, which generate_hosts() writes.
 */
void generate_policy(FILE *out, enum generate_kind kind, size_t n,
    uint64_t seed, const char *hosts);
void generate_hosts(FILE *out, size_t n, uint64_t seed);
/* The rules of GENERATE_PAIRS in the words of nft(8). */
void generate_nft(FILE *out, size_t n, uint64_t seed);
void generate_put_address(FILE *out, uint32_t address);

#endif
