/*
 * When akind looks and acts: no change is lost, a storm costs one apply,
 * failures are tried ever more slowly.
 */
#include "runtime/daemon/follow.h"
#include "tests/unit/unit.h"

static const struct daemon_times times = {
    .quiet = 250,
    .most = 2000,
    .retry_first = 1000,
    .retry_most = 60000,
    .audit = 60000,
    .tick = 2000,
};

/* One that has done its first apply by the time 0. */
static struct follow
settled(void)
{
	struct follow follow;

	follow_init(&follow, &times, -1);
	follow_begin(&follow, FOLLOW_APPLY, -1);
	follow_end(&follow, FOLLOW_APPLY, true, 0);
	follow.audit = 1000000;
	return follow;
}

START_TEST(the_first_apply_is_due_at_once)
{
	struct follow follow;

	follow_init(&follow, &times, 5000);
	ck_assert_int_eq(follow_next(&follow, 5000), FOLLOW_APPLY);
	ck_assert_int_le(follow_due(&follow), 5000);
}
END_TEST

START_TEST(an_event_is_due_when_it_is_quiet)
{
	struct follow follow = settled();

	follow_event(&follow, 100);
	ck_assert_int_eq(follow_next(&follow, 349), FOLLOW_NOTHING);
	ck_assert_int_eq(follow_due(&follow), 350);
	ck_assert_int_eq(follow_next(&follow, 350), FOLLOW_APPLY);
	follow_event(&follow, 300);
	ck_assert_int_eq(follow_next(&follow, 350), FOLLOW_NOTHING);
	ck_assert_int_eq(follow_next(&follow, 550), FOLLOW_APPLY);
}
END_TEST

START_TEST(a_storm_ends_at_last)
{
	struct follow follow = settled();
	int64_t now = 0;

	while (follow_next(&follow, now) == FOLLOW_NOTHING) {
		follow_event(&follow, now);
		now += 10;
		ck_assert_int_le(now, 2010);
	}
	ck_assert_int_eq(now, 2000);
}
END_TEST

START_TEST(a_short_storm_costs_one_apply)
{
	struct follow follow = settled();
	int applies = 0;

	for (int64_t now = 0; now < 10000; now++) {
		if (now < 1000)
			follow_event(&follow, now);
		if (follow_next(&follow, now) == FOLLOW_APPLY) {
			applies++;
			follow_begin(&follow, FOLLOW_APPLY, now);
			follow_end(&follow, FOLLOW_APPLY, true, now);
		}
	}
	ck_assert_int_eq(applies, 1);
}
END_TEST

START_TEST(what_happens_meanwhile_is_not_lost)
{
	struct follow follow = settled();

	follow_event(&follow, 0);
	follow_begin(&follow, FOLLOW_APPLY, 250);
	follow_event(&follow, 260);
	ck_assert_int_eq(follow_next(&follow, 5000), FOLLOW_NOTHING);
	follow_end(&follow, FOLLOW_APPLY, true, 300);
	ck_assert_int_eq(follow_next(&follow, 300), FOLLOW_NOTHING);
	ck_assert_int_eq(follow_next(&follow, 510), FOLLOW_APPLY);
}
END_TEST

START_TEST(failures_are_tried_ever_more_slowly)
{
	struct follow follow = settled();
	int64_t now = 0, pause = 1000;

	follow_event(&follow, now);
	now = 250;
	for (int i = 0; i < 12; i++) {
		ck_assert_int_eq(follow_next(&follow, now), FOLLOW_APPLY);
		follow_begin(&follow, FOLLOW_APPLY, now);
		follow_end(&follow, FOLLOW_APPLY, false, now);
		ck_assert_int_eq(
		    follow_next(&follow, now + pause - 1), FOLLOW_NOTHING);
		now += pause;
		pause = pause * 2 > 60000 ? 60000 : pause * 2;
	}
	/* A change may be the cure. */
	follow_begin(&follow, FOLLOW_APPLY, now);
	follow_end(&follow, FOLLOW_APPLY, false, now);
	follow_event(&follow, now);
	ck_assert_int_eq(follow_next(&follow, now + 250), FOLLOW_APPLY);
	/* And after a success nothing is tried again. */
	follow_begin(&follow, FOLLOW_APPLY, now);
	follow_end(&follow, FOLLOW_APPLY, true, now);
	ck_assert_int_eq(follow_next(&follow, now + 500000), FOLLOW_NOTHING);
}
END_TEST

START_TEST(held_until_somebody_asks)
{
	struct follow follow = settled();

	follow_begin(&follow, FOLLOW_APPLY, 0);
	follow_hold(&follow);
	follow_end(&follow, FOLLOW_APPLY, false, 0);
	follow_event(&follow, 10);
	ck_assert_int_eq(follow_next(&follow, 90000), FOLLOW_NOTHING);
	follow_ask(&follow, 90000);
	ck_assert_int_eq(follow_next(&follow, 90000), FOLLOW_APPLY);
}
END_TEST

START_TEST(audits_come_in_between)
{
	struct follow follow = settled();

	follow.audit = 60000;
	ck_assert_int_eq(follow_next(&follow, 59999), FOLLOW_NOTHING);
	ck_assert_int_eq(follow_next(&follow, 60000), FOLLOW_AUDIT);
	follow_begin(&follow, FOLLOW_AUDIT, 60000);
	ck_assert_int_eq(follow_next(&follow, 200000), FOLLOW_NOTHING);
	follow_end(&follow, FOLLOW_AUDIT, true, 60100);
	ck_assert_int_eq(follow_next(&follow, 119999), FOLLOW_NOTHING);
	ck_assert_int_eq(follow_next(&follow, 120000), FOLLOW_AUDIT);
	/* Not while rules are moved. */
	follow_event(&follow, 120000);
	follow_begin(&follow, FOLLOW_APPLY, 120000);
	ck_assert_int_eq(follow_next(&follow, 130000), FOLLOW_NOTHING);
}
END_TEST

/*
 * Events, applies of any length and failures by chance: in the end the last
 * apply that went well began after the last event.
 */
START_TEST(no_event_is_lost_by_chance)
{
	uint64_t seed = 4711;

	for (int round = 0; round < 200; round++) {
		struct follow follow = settled();
		int64_t last_event = -1, began = 0, ends = -1, good = -1;

		for (int64_t now = 0; now < 400000; now += 7) {
			if (now < 20000 && unit_random(&seed) % 50 == 0) {
				follow_event(&follow, now);
				last_event = now;
			}
			if (ends >= 0 && now >= ends) {
				bool fine = unit_random(&seed) % 4 != 0;

				follow_end(&follow, FOLLOW_APPLY, fine, now);
				good = fine ? began : good;
				ends = -1;
			}
			if (follow_next(&follow, now) == FOLLOW_APPLY) {
				ck_assert_int_eq(ends, -1);
				follow_begin(&follow, FOLLOW_APPLY, now);
				began = now;
				ends = now +
				    (int64_t)(unit_random(&seed) % 900);
			}
		}
		ck_assert_int_ge(good, last_event);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("follow");
	TCase *tests = tcase_create("follow");

	tcase_add_test(tests, the_first_apply_is_due_at_once);
	tcase_add_test(tests, an_event_is_due_when_it_is_quiet);
	tcase_add_test(tests, a_storm_ends_at_last);
	tcase_add_test(tests, a_short_storm_costs_one_apply);
	tcase_add_test(tests, what_happens_meanwhile_is_not_lost);
	tcase_add_test(tests, failures_are_tried_ever_more_slowly);
	tcase_add_test(tests, held_until_somebody_asks);
	tcase_add_test(tests, audits_come_in_between);
	tcase_add_test(tests, no_event_is_lost_by_chance);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
