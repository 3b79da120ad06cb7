/*
 * Facts about the running host: the texts of Linux and the messages of the
 * BSDs, whole, damaged and cut off, and the facts of the host we run on.
 */
#include <net/if.h>
#include <string.h>

#include "runtime/facts.h"
#include "runtime/facts_linux_parse.h"
#include "runtime/facts_route.h"
#include "tests/unit/unit.h"

#define HEADING4                                                               \
	"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\t"   \
	"MTU\tWindow\tIRTT                                        \n"
#define ZERO6 "00000000000000000000000000000000"
#define DEFAULT6 ZERO6 " 00 " ZERO6 " 00 "
#define ROUTER6 "fe80000000000000021b21fffe000001 "

/* --- Linux --- */

static void
check_linux(bool six, const char *text, const char *expected)
{
	char card[FACTS_NAME_SIZE] = "?";
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	ck_assert_ptr_nonnull(file);
	if (six)
		facts_linux_route6(file, card);
	else
		facts_linux_route4(file, card);
	fclose(file);
	ck_assert_msg(strcmp(card, expected) == 0, "%s\nnot %s in\n%s", card,
	    expected, text);
}

START_TEST(linux_ipv4)
{
	static const char wired[] =
	    "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0  \n";
	static const char wireless[] =
	    "wlan0\t00000000\t0100000A\t0003\t0\t0\t600\t00000000\t0\t0\t0 \n";
	static const char net[] =
	    "eth1\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0    \n";
	char text[1024];

	snprintf(text, sizeof(text), "%s%s%s", HEADING4, wired, net);
	check_linux(false, text, "eth0");
	snprintf(
	    text, sizeof(text), "%s%s%s%s", HEADING4, wireless, net, wired);
	check_linux(false, text, "eth0");
	snprintf(text, sizeof(text), "%s%s", HEADING4, net);
	check_linux(false, text, "");
	check_linux(false, HEADING4, "");
}
END_TEST

START_TEST(linux_ipv4_of_equal_metrics_the_first)
{
	check_linux(false,
	    "b\t00000000\t0\t0003\t0\t0\t9\t00000000\t0\t0\t0\n"
	    "a\t00000000\t0\t0003\t0\t0\t9\t00000000\t0\t0\t0\n",
	    "b");
}
END_TEST

START_TEST(linux_ipv4_routes_that_do_not_count)
{
	/* Half of everything, by two routes, is no default route. */
	check_linux(false,
	    "tun0\t00000000\t0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"
	    "tun0\t00000080\t0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n",
	    "");
	/* Down; rejected. */
	check_linux(
	    false, "eth0\t00000000\t0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n", "");
	check_linux(
	    false, "*\t00000000\t0\t0201\t0\t0\t0\t00000000\t0\t0\t0\n", "");
}
END_TEST

START_TEST(linux_ipv4_garbage)
{
	char text[2048];

	check_linux(false, "\n", "");
	check_linux(false, "\n\n\t\t \n", "");
	check_linux(false, "eth0\n", "");
	/* Cut off before its newline: more might have come. */
	check_linux(
	    false, "eth0\t00000000\t0\t0003\t0\t0\t0\t00000000\t0\t0\t0", "");
	check_linux(false, "eth0\t00000000\t0\t0003\t0\t0\t0\n", "");
	check_linux(
	    false, "eth0\t00000000\t0\tzz\t0\t0\t0\t00000000\t0\t0\t0\n", "");
	check_linux(false,
	    "eth0\t00000000\t0\t0003\t0\t0\t-1\t00000000\t0\t0\t0\n", "");
	check_linux(false,
	    "eth0\t00000000\t0\t0003\t0\t0\t4294967296\t00000000\t0\n", "");
	check_linux(false,
	    "a234567890123456\t00000000\t0\t0003\t0\t0\t0\t00000000\t0\n", "");
	/* A line that is too long is passed over, and its end too. */
	/* Twice what is read at a time: its end looks like a line. */
	memset(text, 'x', 1022);
	snprintf(text + 1022, sizeof(text) - 1022,
	    " a\t00000000\t0\t0003\t0\t0\t0\t00000000\t0\n"
	    "eth0\t00000000\t0\t0003\t0\t0\t5\t00000000\t0\n");
	check_linux(false, text, "eth0");
}
END_TEST

START_TEST(linux_ipv6)
{
	static const char local[] =
	    "fe800000000000000000000000000000 40 " ZERO6 " 00 " ZERO6
	    " 00000100 00000001 00000000 00000001     eth0\n";
	static const char far[] = DEFAULT6 ROUTER6
	    "00000400 00000002 00000000 00000003    wlan0\n";
	static const char near[] = DEFAULT6 ROUTER6
	    "00000064 00000002 00000000 00450003     eth0\n";
	static const char refused[] = DEFAULT6 ZERO6
	    " ffffffff 00000001 00000000 00200200       lo\n";
	char text[1024];

	snprintf(text, sizeof(text), "%s%s%s%s", local, far, near, refused);
	check_linux(true, text, "eth0");
	snprintf(text, sizeof(text), "%s%s%s", local, refused, far);
	check_linux(true, text, "wlan0");
	snprintf(text, sizeof(text), "%s%s", local, refused);
	check_linux(true, text, "");
}
END_TEST

START_TEST(linux_ipv6_garbage)
{
	static const char whole[] = DEFAULT6 ROUTER6
	    "00000400 00000002 00000000 00000003    wlan0\n";
	char text[sizeof(whole)];

	check_linux(true, whole, "wlan0");
	for (size_t n = 1; n < sizeof(whole) - 1; n++) {
		memcpy(text, whole, n);
		text[n] = '\0';
		check_linux(true, text, "");
	}
	/* A source-specific default route is not for everything. */
	check_linux(true,
	    ZERO6 " 00 20010db8000000000000000000000000 20 " ROUTER6
		  "00000400 00000002 00000000 00000003 eth0\n",
	    "");
	check_linux(true,
	    DEFAULT6 ROUTER6 "00000400 00000002 00000000 00000003 eth0 more\n",
	    "");
}
END_TEST

/* --- The BSDs --- */

#define HEADER 92
#define UP 0x1
#define GATEWAY 0x2
#define HOST 0x4
#define REJECT 0x8
#define SCOPED 0x1000000

static const struct facts_route_layout freebsd = {
    .header = HEADER + 60,
    .unit = 8,
    .family4 = 2,
    .family6 = 28,
    .required = UP,
    .refused = HOST | REJECT,
};

static const struct facts_route_layout darwin = {
    .header = HEADER,
    .unit = 4,
    .family4 = 2,
    .family6 = 30,
    .required = UP,
    .refused = HOST | REJECT | SCOPED,
};

struct dump {
	const struct facts_route_layout *layout;
	uint8_t bytes[2048];
	size_t n, start;
};

static void
put_message(struct dump *d, uint16_t card, uint32_t flags, uint32_t addresses)
{
	d->start = d->n;
	memset(d->bytes + d->n, 0xee, d->layout->header);
	d->bytes[d->n + 2] = 5;
	memcpy(d->bytes + d->n + 4, &card, 2);
	memcpy(d->bytes + d->n + 8, &flags, 4);
	memcpy(d->bytes + d->n + 12, &addresses, 4);
	d->n += d->layout->header;
}

/* An address of LENGTH bytes, its padding, and the message's length so far. */
static void
put_address(struct dump *d, uint8_t length, uint8_t family, const char *tail)
{
	size_t unit = d->layout->unit;
	size_t room = length == 0 ? unit : (length + unit - 1) / unit * unit;
	uint16_t size;

	memset(d->bytes + d->n, 0, length);
	memset(d->bytes + d->n + length, length == 0 ? 0 : 0xee, room - length);
	d->bytes[d->n] = length;
	if (length > 1)
		d->bytes[d->n + 1] = family;
	if (tail[0] != '\0')
		memcpy(d->bytes + d->n + length - strlen(tail), tail,
		    strlen(tail));
	d->n += room;
	size = (uint16_t)(d->n - d->start);
	memcpy(d->bytes + d->start, &size, 2);
}

static unsigned
find_default(const struct dump *d, bool six)
{
	return facts_route_default(d->layout, six, d->bytes, d->n);
}

/* A default route by way of card CARD. */
static void
put_default4(struct dump *d, uint16_t card, uint32_t flags)
{
	put_message(d, card, flags, 7);
	put_address(d, 16, d->layout->family4, "");
	put_address(d, 16, d->layout->family4, "");
	put_address(d, 0, 0, "");
}

static void
put_default6(struct dump *d, uint16_t card, uint32_t flags)
{
	put_message(d, card, flags, 7);
	put_address(d, 28, d->layout->family6, "");
	put_address(d, 28, d->layout->family6, "");
	put_address(d, 28, 0, "");
}

/* 10.0.0.0/8, whose mask is cut off after its one byte. */
static void
put_net4(struct dump *d, uint16_t card)
{
	put_message(d, card, UP, 7);
	put_address(d, 8, d->layout->family4, "\x0a\1\1\1");
	put_address(d, 20, 18, "");
	put_address(d, 5, 0, "\xff");
}

START_TEST(bsd_default_routes)
{
	const struct facts_route_layout *layouts[] = {&freebsd, &darwin};

	for (size_t i = 0; i < 2; i++) {
		struct dump d = {.layout = layouts[i]};

		ck_assert_uint_eq(find_default(&d, false), 0);
		put_net4(&d, 7);
		put_default6(&d, 9, UP | GATEWAY);
		ck_assert_uint_eq(find_default(&d, false), 0);
		ck_assert_uint_eq(find_default(&d, true), 9);
		put_default4(&d, 5, UP | GATEWAY);
		put_default4(&d, 6, UP | GATEWAY);
		ck_assert_uint_eq(find_default(&d, false), 5);
		ck_assert_uint_eq(find_default(&d, true), 9);
	}
}
END_TEST

START_TEST(bsd_routes_that_do_not_count)
{
	struct dump d = {.layout = &darwin};

	put_default4(&d, 1, GATEWAY);
	put_default4(&d, 2, UP | REJECT);
	put_default4(&d, 3, UP | HOST);
	put_default4(&d, 4, UP | GATEWAY | SCOPED);
	put_default4(&d, 0, UP);
	/* 0.0.0.0/1 */
	put_message(&d, 8, UP, 7);
	put_address(&d, 16, 2, "");
	put_address(&d, 16, 2, "");
	put_address(&d, 5, 0, "\x80");
	/* Without a mask, and without a target. */
	put_message(&d, 9, UP, 3);
	put_address(&d, 16, 2, "");
	put_address(&d, 16, 2, "");
	put_message(&d, 10, UP, 6);
	put_address(&d, 16, 2, "");
	put_address(&d, 0, 0, "");
	ck_assert_uint_eq(find_default(&d, false), 0);
	put_default4(&d, 11, UP);
	ck_assert_uint_eq(find_default(&d, false), 11);
}
END_TEST

START_TEST(bsd_mask_without_gateway)
{
	struct dump d = {.layout = &freebsd};

	put_message(&d, 3, UP, 5);
	put_address(&d, 16, 2, "");
	put_address(&d, 0, 0, "");
	ck_assert_uint_eq(find_default(&d, false), 3);
}
END_TEST

/* The last address may lack its padding, and then no other follows. */
START_TEST(bsd_without_padding)
{
	struct dump d = {.layout = &freebsd};
	uint16_t size;

	put_message(&d, 3, UP, 7);
	put_address(&d, 16, 2, "");
	put_address(&d, 13, 2, "");
	size = (uint16_t)(freebsd.header + 16 + 13);
	memcpy(d.bytes, &size, 2);
	memset(d.bytes + size, 0, 64);
	d.n = (size_t)size + 64;
	ck_assert_uint_eq(find_default(&d, false), 0);
}
END_TEST

/* Every prefix of a dump in a block of its own, for the sanitizer. */
START_TEST(bsd_cut_off)
{
	struct dump d = {.layout = &freebsd};

	put_net4(&d, 7);
	put_default4(&d, 5, UP | GATEWAY);
	for (size_t n = 0; n < d.n; n++) {
		uint8_t *copy = malloc(n > 0 ? n : 1);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, d.bytes, n);
		ck_assert_uint_eq(
		    facts_route_default(&freebsd, false, copy, n), 0);
		free(copy);
	}
	ck_assert_uint_eq(find_default(&d, false), 5);
}
END_TEST

START_TEST(bsd_damaged)
{
	uint64_t state = 1;
	struct dump whole = {.layout = &freebsd};

	put_net4(&whole, 7);
	put_default6(&whole, 9, UP | GATEWAY);
	put_default4(&whole, 5, UP | GATEWAY);
	for (int i = 0; i < 20000; i++) {
		struct dump d = whole;

		for (int j = 0; j < 3; j++)
			d.bytes[unit_random(&state) % d.n] = (uint8_t)
			    unit_random(&state);
		find_default(&d, false);
		find_default(&d, true);
	}
	whole.bytes[2] = 4;
	ck_assert_uint_eq(find_default(&whole, false), 0);
}
END_TEST

/* --- This host --- */

START_TEST(this_host)
{
	struct facts facts;
	bool loopback = false;

	ck_assert_int_eq(facts_collect(&facts), 0);
	for (size_t i = 0; i < facts.n_cards; i++) {
		const struct facts_card *card = &facts.cards[i];

		ck_assert_uint_ne(if_nametoindex(card->name), 0);
		if (i > 0)
			ck_assert_str_lt(facts.cards[i - 1].name, card->name);
		for (size_t j = 0; j < card->n_addresses; j++) {
			const struct facts_address *a = &card->addresses[j];

			ck_assert_uint_le(a->length, a->six ? 128 : 32);
			if (card->loopback && !a->six && a->bytes[0] == 127)
				loopback = a->length == 8;
		}
	}
	ck_assert(loopback || facts.n_cards == 0);
	facts_free(&facts);
	ck_assert_uint_eq(facts.n_cards, 0);
	ck_assert_ptr_null(facts.cards);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("facts");
	TCase *tc = tcase_create("facts");

	tcase_add_test(tc, linux_ipv4);
	tcase_add_test(tc, linux_ipv4_of_equal_metrics_the_first);
	tcase_add_test(tc, linux_ipv4_routes_that_do_not_count);
	tcase_add_test(tc, linux_ipv4_garbage);
	tcase_add_test(tc, linux_ipv6);
	tcase_add_test(tc, linux_ipv6_garbage);
	tcase_add_test(tc, bsd_default_routes);
	tcase_add_test(tc, bsd_routes_that_do_not_count);
	tcase_add_test(tc, bsd_mask_without_gateway);
	tcase_add_test(tc, bsd_without_padding);
	tcase_add_test(tc, bsd_cut_off);
	tcase_add_test(tc, bsd_damaged);
	tcase_add_test(tc, this_host);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
