/*
 * Functions cut into boxes, against the functions themselves: each packet is in
 * one box, of its value, or in none if it has none.
 */
#include "analyse/boxes.h"
#include "target/ipfw/flavour.h"
#include "tests/unit/unit.h"

#define ROUNDS 60
#define CUBES 7
#define PACKETS 400

static struct arena *arena;
static struct bdd *bdd;
static struct space space;
static struct slicer slicer;
static struct services services;
static struct boxes_cutter cutter;

static void
setup(void)
{
	static const struct ipfw_ruleset no_rules;
	static const struct policy no_zones;
	struct prove_request request = {
	    .policy = &no_zones,
	    .ruleset = &no_rules,
	    .flavour = ipfw_flavour_find("freebsd"),
	    .services_first = true,
	};

	arena = request.arena = unit_arena();
	bdd = bdd_create(0);
	space_init(&space, &request, bdd, FAMILY_4);
	slicer_init(&slicer, arena, bdd);
	services_init(&services, arena, bdd);
	cutter = (struct boxes_cutter){arena, &space, &slicer, &services};
}

static void
teardown(void)
{
	bdd_destroy(bdd);
	arena_destroy(arena);
}

/* Few different numbers, so that cubes and packets meet. */
static uint64_t
edge(uint64_t *seed, unsigned width)
{
	static const uint64_t edges[] = {0, 1, 6, 17, 22, 80, 255, 1024, 65535};
	uint64_t number = edges[unit_random(seed) % 9];

	return number & ((UINT64_C(1) << width) - 1);
}

static bdd_ref
range(uint64_t *seed, struct field field)
{
	uint64_t a = edge(seed, field.width), b = edge(seed, field.width);

	if (unit_random(seed) % 3 == 0)
		return BDD_TRUE;
	return encode_range(bdd, field, a < b ? a : b, a < b ? b : a);
}

/* Ports are those of TCP and UDP, as in every policy. */
static bdd_ref
cube(uint64_t *seed)
{
	bdd_ref set = range(seed, space.protocol);

	if (unit_random(seed) % 2 == 0) {
		set = bdd_and(bdd, space_has_ports(&space),
		    range(seed, space.target_port));
		set = bdd_choose(
		    bdd, space_bit(&space, space.later), BDD_FALSE, set);
		set = bdd_and(bdd, set, range(seed, space.source_port));
	}
	set = bdd_and(bdd, set, range(seed, space.target));
	return bdd_and(bdd, set, range(seed, space.source));
}

static bdd_ref
random_function(uint64_t *seed)
{
	struct slice_known known;
	bdd_ref function = bdd_value(bdd, BOXES_NO_VALUE);

	for (unsigned i = 0; i < CUBES; i++)
		function = bdd_choose(bdd, cube(seed),
		    bdd_value(
			bdd, i % 3 == 0 ? BOXES_NO_VALUE : (uint32_t)i % 3),
		    function);
	slice_know_nothing(&known);
	slice_know(&known, space.later, 0);
	return slice_fix(&slicer, function, &known);
}

static void
copy(struct field from, const uint8_t *packet, struct field to, uint8_t *bits)
{
	field_write(to, field_read(from, packet), bits);
}

static bool
has_packet(const struct flow_box *box, const uint8_t *packet)
{
	uint8_t bits[BDD_VARIABLES_MAX] = {0};

	copy(space.protocol, packet, services.protocol, bits);
	copy(space.target_port, packet, services.target, bits);
	copy(space.source_port, packet, services.source, bits);
	copy(space.type, packet, services.type, bits);
	return bdd_evaluate(bdd, box->services, bits) != 0 &&
	    addr_set_contains(
		&box->target, FAMILY_4, field_read(space.target, packet)) &&
	    addr_set_contains(
		&box->source, FAMILY_4, field_read(space.source, packet));
}

static void
random_packet(uint64_t *seed, uint8_t *packet)
{
	const struct field fields[] = {space.protocol, space.target_port,
	    space.source_port, space.type, space.target, space.source};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		field_write(fields[i],
		    (struct addr){0, edge(seed, fields[i].width)}, packet);
}

/* IPv4 has none of the other family's messages, and no box has them. */
static bool
cannot_be(const uint8_t *packet)
{
	return field_read(space.protocol, packet).lo == PROTOCOL_ICMP6;
}

START_TEST(each_packet_is_in_one_box)
{
	uint64_t seed = 77;

	for (unsigned round = 0; round < ROUNDS; round++) {
		bdd_ref function = random_function(&seed);
		flow_boxes boxes = {NULL, 0, 0};

		boxes_cut(&cutter, function, &boxes);
		for (unsigned i = 0; i < PACKETS; i++) {
			uint8_t packet[BDD_VARIABLES_MAX] = {0};
			uint32_t value, found = BOXES_NO_VALUE;
			unsigned n = 0;

			random_packet(&seed, packet);
			if (cannot_be(packet))
				continue;
			value = bdd_evaluate(bdd, function, packet);
			for (size_t k = 0; k < boxes.n; k++)
				if (has_packet(&boxes.v[k], packet)) {
					found = boxes.v[k].value;
					n++;
				}
			ck_assert_uint_eq(n, value != BOXES_NO_VALUE);
			ck_assert_uint_eq(found, value);
		}
	}
}
END_TEST

/* What a box keeps of its packets is what a witness is taken from. */
START_TEST(packets_of_a_box_have_its_value)
{
	uint64_t seed = 4711;

	for (unsigned round = 0; round < ROUNDS; round++) {
		bdd_ref function = random_function(&seed);
		flow_boxes boxes = {NULL, 0, 0};

		boxes_cut(&cutter, function, &boxes);
		for (size_t k = 0; k < boxes.n; k++) {
			uint8_t packet[BDD_VARIABLES_MAX] = {0};

			random_packet(&seed, packet);
			ck_assert(bdd_satisfy(bdd, boxes.v[k].packets, packet));
			ck_assert_uint_eq(bdd_evaluate(bdd, function, packet),
			    boxes.v[k].value);
			if (!cannot_be(packet))
				ck_assert(has_packet(&boxes.v[k], packet));
		}
	}
}
END_TEST

static const char *
text(const char *words)
{
	bdd_ref set = BDD_FALSE;
	uint64_t lo, hi;

	/* "tcp 80-90" and so on, one letter a protocol. */
	for (; *words != '\0'; words += *words == ' ') {
		unsigned protocol = *words == 't' ? PROTOCOL_TCP : PROTOCOL_UDP;
		struct addr_range ports;
		char *end;

		lo = strtoul(words + 1, &end, 10);
		hi = *end == '-' ? strtoul(end + 1, &end, 10) : lo;
		ports = (struct addr_range){{0, lo}, {0, hi}};
		set = bdd_or(bdd, set,
		    bdd_and(bdd,
			encode_number(bdd, services.protocol, protocol),
			encode_ranges(bdd, services.target, &ports, 1)));
		words = end;
	}
	return services_text(&services, set, FAMILY_BOTH);
}

START_TEST(services_in_words)
{
	ck_assert_str_eq(text("t80"), "tcp 80");
	ck_assert_str_eq(text("t80 t443 u53"), "tcp 80, 443, udp 53");
	ck_assert_str_eq(text("t0-65535"), "tcp any");
	ck_assert_str_eq(text("t0-21 t23-65535"), "tcp any but (tcp 22)");
	ck_assert_str_eq(text("u5000-5100"), "udp 5000-5100");
	ck_assert_str_eq(
	    services_text(&services, services.every, FAMILY_BOTH), "any");
	ck_assert_str_eq(services_text(&services,
			     services_minus(&services, services.every,
				 encode_number(bdd, services.protocol, 47)),
			     FAMILY_BOTH),
	    "any but proto 47");
	ck_assert_str_eq(
	    services_text(&services,
		services_of_family(&services,
		    encode_number(bdd, services.protocol, 47), FAMILY_6),
		FAMILY_BOTH),
	    "proto 47 (IPv6)");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("boxes");
	TCase *tc = tcase_create("cutting");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, each_packet_is_in_one_box);
	tcase_add_test(tc, packets_of_a_box_have_its_value);
	tcase_add_test(tc, services_in_words);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
