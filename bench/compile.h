/*
 * What compiling costs, and how the cost grows.
 */
#ifndef BENCH_COMPILE_H
#define BENCH_COMPILE_H

#include "bench/generate.h"
#include "bench/metric.h"

struct compile_bench {
	enum generate_kind kind;
	size_t sizes[6];    /* rising; 0 ends */
	size_t prove_max;   /* the largest that is proved */
	double total_bound; /* ms for BOUND_SIZE lines, without the proof */
	double prove_bound;
	size_t bound_size;
};

/* FOLDER takes the policies. */
void compile_measure(struct metrics *metrics, const struct compile_bench *bench,
    const char *folder, unsigned rounds);
/* nft -c on the rules of GENERATE_PAIRS, if there is an nft. */
void compile_compare_nft(struct metrics *metrics, size_t n, const char *folder);
/* The path of a generated policy, written to PATH. */
void compile_write(char *path, size_t size, const char *folder,
    enum generate_kind kind, size_t n);

#endif
