/*
 * Decision diagrams against truth tables.
 */
#include "set/bdd.h"
#include "set/encode.h"
#include "tests/unit/unit.h"

#define N_VARIABLES 5
#define N_ROWS (1u << N_VARIABLES)
#define ROUNDS 400

/* A function as a table: the value for each row of bits. */
struct table {
	uint32_t row[N_ROWS];
};

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

static void
bits_of(unsigned row, uint8_t *bits)
{
	for (unsigned i = 0; i < N_VARIABLES; i++)
		bits[i] = row >> i & 1;
}

/* Variables from FIRST on are free; the others are as in ROW. */
static bdd_ref
make(struct bdd *bdd, const struct table *table, unsigned first, unsigned row)
{
	if (first == N_VARIABLES)
		return bdd_value(bdd, table->row[row]);
	return bdd_node(bdd, first, make(bdd, table, first + 1, row),
	    make(bdd, table, first + 1, row | 1u << first));
}

static struct table
random_table(uint32_t *seed, uint32_t n_values)
{
	struct table table;

	for (unsigned i = 0; i < N_ROWS; i++)
		table.row[i] = next_random(seed) % n_values;
	return table;
}

static void
check_table(struct bdd *bdd, bdd_ref function, const struct table *wanted)
{
	for (unsigned i = 0; i < N_ROWS; i++) {
		uint8_t bits[N_VARIABLES];

		bits_of(i, bits);
		ck_assert_uint_eq(
		    bdd_evaluate(bdd, function, bits), wanted->row[i]);
	}
	ck_assert_uint_eq(make(bdd, wanted, 0, 0), function);
}

START_TEST(choose_is_if_then_else)
{
	struct bdd *bdd = bdd_create(0);
	uint32_t seed = 1;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct table c = random_table(&seed, 2), wanted;
		struct table a = random_table(&seed, 3);
		struct table b = random_table(&seed, 3);

		for (unsigned i = 0; i < N_ROWS; i++)
			wanted.row[i] = c.row[i] ? a.row[i] : b.row[i];
		check_table(bdd,
		    bdd_choose(bdd, make(bdd, &c, 0, 0), make(bdd, &a, 0, 0),
			make(bdd, &b, 0, 0)),
		    &wanted);
	}
	bdd_destroy(bdd);
}
END_TEST

START_TEST(booleans)
{
	struct bdd *bdd = bdd_create(0);
	uint32_t seed = 2;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct table a = random_table(&seed, 2), wanted;
		struct table b = random_table(&seed, 2);
		bdd_ref x = make(bdd, &a, 0, 0), y = make(bdd, &b, 0, 0);

		for (unsigned i = 0; i < N_ROWS; i++)
			wanted.row[i] = a.row[i] & b.row[i];
		check_table(bdd, bdd_and(bdd, x, y), &wanted);
		for (unsigned i = 0; i < N_ROWS; i++)
			wanted.row[i] = a.row[i] | b.row[i];
		check_table(bdd, bdd_or(bdd, x, y), &wanted);
		for (unsigned i = 0; i < N_ROWS; i++)
			wanted.row[i] = !a.row[i];
		check_table(bdd, bdd_not(bdd, x), &wanted);
	}
	bdd_destroy(bdd);
}
END_TEST

static uint32_t
mix(uint32_t a, uint32_t b)
{
	return a * 7 + b;
}

START_TEST(apply_joins_values)
{
	static const struct bdd_op op = {1, mix};
	struct bdd *bdd = bdd_create(0);
	uint32_t seed = 3;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct table a = random_table(&seed, 4), wanted;
		struct table b = random_table(&seed, 4);

		for (unsigned i = 0; i < N_ROWS; i++)
			wanted.row[i] = mix(a.row[i], b.row[i]);
		check_table(bdd,
		    bdd_apply(
			bdd, &op, make(bdd, &a, 0, 0), make(bdd, &b, 0, 0)),
		    &wanted);
	}
	bdd_destroy(bdd);
}
END_TEST

START_TEST(satisfying_bits)
{
	struct bdd *bdd = bdd_create(0);
	uint32_t seed = 4;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct table a = random_table(&seed, 2);
		bdd_ref x = make(bdd, &a, 0, 0);
		uint8_t bits[N_VARIABLES];

		bits_of(next_random(&seed) % N_ROWS, bits);
		ck_assert_int_eq(bdd_satisfy(bdd, x, bits), x != BDD_FALSE);
		ck_assert_uint_eq(bdd_evaluate(bdd, x, bits), x != BDD_FALSE);
	}
	bdd_destroy(bdd);
}
END_TEST

/* Bits that are right already stay as they are. */
START_TEST(satisfying_bits_stay)
{
	struct bdd *bdd = bdd_create(0);
	struct field field = {0, 16};
	bdd_ref set = encode_range(bdd, field, 1000, 2000);
	uint8_t bits[16];

	field_write(field, (struct addr){0, 1500}, bits);
	ck_assert(bdd_satisfy(bdd, set, bits));
	ck_assert_uint_eq(field_read(field, bits).lo, 1500);
	ck_assert(!bdd_satisfy(bdd, BDD_FALSE, bits));
	bdd_destroy(bdd);
}
END_TEST

START_TEST(ranges)
{
	static const unsigned edges[] = {0, 1, 7, 8, 127, 128, 200, 254, 255};
	struct bdd *bdd = bdd_create(0);
	struct field field = {3, 8};

	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		for (size_t j = i; j < sizeof(edges) / sizeof(edges[0]); j++) {
			bdd_ref set = encode_range(
			    bdd, field, edges[i], edges[j]);

			for (unsigned n = 0; n < 256; n++) {
				uint8_t bits[11] = {0};

				field_write(field, (struct addr){0, n}, bits);
				ck_assert_uint_eq(bdd_evaluate(bdd, set, bits),
				    n >= edges[i] && n <= edges[j]);
			}
		}
	ck_assert_uint_eq(encode_range(bdd, field, 9, 8), BDD_FALSE);
	ck_assert_uint_eq(encode_range(bdd, field, 0, 255), BDD_TRUE);
	bdd_destroy(bdd);
}
END_TEST

/* A few conditions on fields before, of and behind the switch. */
static bdd_ref
some_function(struct bdd *bdd, uint32_t *seed)
{
	bdd_ref function = bdd_value(bdd, next_random(seed) % 3);

	for (unsigned i = 0; i < 3; i++) {
		struct field field = {next_random(seed) % 3 * 8, 8};
		uint64_t lo = next_random(seed) % 256;

		function = bdd_choose(bdd,
		    encode_range(bdd, field, lo, lo | next_random(seed) % 64),
		    bdd_value(bdd, next_random(seed) % 3), function);
	}
	return function;
}

START_TEST(a_switch_is_its_cases_one_by_one)
{
	struct arena *arena = unit_arena();
	struct bdd *bdd = bdd_create(0);
	struct field field = {8, 8};
	uint32_t seed = 3;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct encode_case cases[16];
		bdd_ref otherwise = some_function(bdd, &seed);
		bdd_ref wanted = otherwise;
		uint64_t at = next_random(&seed) % 40;
		size_t n = 0;

		for (; n < 16 && at < 240; n++) {
			uint64_t last = at + next_random(&seed) % 16;

			cases[n] = (struct encode_case){
			    {{0, at}, {0, last}}, some_function(bdd, &seed)};
			wanted = bdd_choose(bdd,
			    encode_range(bdd, field, at, last),
			    cases[n].function, wanted);
			at = last + 1 + next_random(&seed) % 20;
		}
		ck_assert_uint_eq(
		    encode_switch(arena, bdd, field, cases, n, otherwise),
		    wanted);
	}
	bdd_destroy(bdd);
	arena_destroy(arena);
}
END_TEST

START_TEST(long_addresses)
{
	struct bdd *bdd = bdd_create(0);
	struct field field = {0, 128};
	struct addr lo = {UINT64_C(0x20010db800000000), UINT64_MAX - 1};
	struct addr hi = {UINT64_C(0x20010db800000001), 3};
	struct addr_range range = {lo, hi};
	bdd_ref set = encode_ranges(bdd, field, &range, 1);
	uint8_t bits[128];

	field_write(field, lo, bits);
	ck_assert_int_eq(addr_compare(field_read(field, bits), lo), 0);
	ck_assert_uint_eq(bdd_evaluate(bdd, set, bits), 1);
	field_write(field, addr_previous(lo), bits);
	ck_assert_uint_eq(bdd_evaluate(bdd, set, bits), 0);
	field_write(field, hi, bits);
	ck_assert_uint_eq(bdd_evaluate(bdd, set, bits), 1);
	field_write(field, addr_next(hi), bits);
	ck_assert_uint_eq(bdd_evaluate(bdd, set, bits), 0);
	bdd_destroy(bdd);
}
END_TEST

/* Where the bound is reached nothing can be concluded, and it is said. */
START_TEST(bounded)
{
	struct bdd *bdd = bdd_create(200);
	struct field field = {0, 32};
	bdd_ref set = BDD_FALSE;

	ck_assert(!bdd_failed(bdd));
	for (uint64_t i = 0; i < 100; i++)
		set = bdd_or(bdd, set,
		    encode_number(bdd, field, i * 2654435761u % UINT32_MAX));
	ck_assert(bdd_failed(bdd));
	ck_assert_uint_le(bdd_n_nodes(bdd), 200);
	ck_assert_uint_eq(bdd_value(bdd, 77), BDD_FALSE);
	bdd_destroy(bdd);
	bdd_destroy(NULL);
}
END_TEST

/* The tables grow under the operations. */
START_TEST(many_nodes)
{
	struct bdd *bdd = bdd_create(0);
	struct field a = {0, 32}, b = {32, 16};
	bdd_ref set = BDD_FALSE;

	for (uint64_t i = 0; i < 3000; i++)
		set = bdd_or(bdd, set,
		    bdd_and(bdd, encode_number(bdd, a, i * 7919 % 100003),
			encode_number(bdd, b, i * 31 % 65536)));
	for (uint64_t i = 0; i < 3000; i++) {
		uint8_t bits[48];

		field_write(a, (struct addr){0, i * 7919 % 100003}, bits);
		field_write(b, (struct addr){0, i * 31 % 65536}, bits);
		ck_assert_uint_eq(bdd_evaluate(bdd, set, bits), 1);
		bits[47] ^= 1;
		ck_assert_uint_eq(bdd_evaluate(bdd, set, bits), 0);
	}
	ck_assert(!bdd_failed(bdd));
	bdd_destroy(bdd);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("bdd");
	TCase *tc = tcase_create("diagrams");

	tcase_add_test(tc, choose_is_if_then_else);
	tcase_add_test(tc, booleans);
	tcase_add_test(tc, apply_joins_values);
	tcase_add_test(tc, satisfying_bits);
	tcase_add_test(tc, satisfying_bits_stay);
	tcase_add_test(tc, ranges);
	tcase_add_test(tc, a_switch_is_its_cases_one_by_one);
	tcase_add_test(tc, long_addresses);
	tcase_add_test(tc, bounded);
	tcase_add_test(tc, many_nodes);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
