/*
 * What akinctl and akind say to one another: each message there and back, and
 * what a stranger might write into the socket.
 */
#include <errno.h>
#include <string.h>

#include "runtime/control/lines.h"
#include "runtime/control/protocol.h"
#include "tests/unit/unit.h"

static const char *
decode(const char *line, struct control_request *request)
{
	return control_request_decode(line, strlen(line), request);
}

START_TEST(requests_come_back_as_they_were)
{
	for (int verb = 0; verb < CONTROL_VERBS; verb++) {
		struct control_request in = control_request_make(
					   (enum control_verb)verb),
				       out;
		char *line;

		if (verb == CONTROL_RELOAD) {
			in.force = true;
			in.confirm = 60;
		} else if (verb == CONTROL_LOG) {
			in.lines = 3;
			in.follow = true;
		} else if (verb == CONTROL_MONITOR) {
			in.interval = 5;
		}
		line = control_request_encode(&in);
		ck_assert_ptr_nonnull(line);
		ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
		ck_assert_ptr_null(decode(line, &out));
		ck_assert_int_eq(out.verb, in.verb);
		ck_assert_int_eq(out.force, in.force);
		ck_assert_int_eq(out.follow, in.follow);
		ck_assert_uint_eq(out.lines, in.lines);
		ck_assert_uint_eq(out.interval, in.interval);
		ck_assert_int_eq(out.confirm, in.confirm);
		free(line);
	}
}
END_TEST

START_TEST(members_have_defaults)
{
	struct control_request request;

	ck_assert_ptr_null(decode("{\"request\":\"log\"}", &request));
	ck_assert_uint_eq(request.lines, 20);
	ck_assert(!request.follow);
	ck_assert_ptr_null(decode("{\"request\":\"reload\"}", &request));
	ck_assert_int_eq(request.confirm, -1);
	ck_assert(!request.force);
	ck_assert_ptr_null(decode("{\"request\":\"monitor\"}", &request));
	ck_assert_uint_eq(request.interval, 1);
}
END_TEST

START_TEST(wrong_requests_are_refused)
{
	static const char *const lines[] = {
	    "",
	    "\n",
	    "{",
	    "[]",
	    "\"status\"",
	    "{}",
	    "{\"request\":1}",
	    "{\"request\":\"halt\"}",
	    "{\"request\":\"status\",\"request\":\"stop\"}",
	    "{\"request\":\"status\",\"force\":true}",
	    "{\"request\":\"reload\",\"force\":1}",
	    "{\"request\":\"reload\",\"confirm\":-1}",
	    "{\"request\":\"reload\",\"confirm\":86401}",
	    "{\"request\":\"reload\",\"confirm\":\"60\"}",
	    "{\"request\":\"log\",\"lines\":100001}",
	    "{\"request\":\"monitor\",\"interval\":0}",
	    "{\"request\":\"sta\\u0000tus\"}",
	    "{\"request\":\"stat\xff\"}",
	};
	struct control_request request;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ck_assert_msg(
		    decode(lines[i], &request) != NULL, "%s", lines[i]);
	/* A NUL does not end a line. */
	ck_assert_ptr_nonnull(
	    control_request_decode("{\"request\":\"stop\"}\0x", 20, &request));
}
END_TEST

START_TEST(replies_come_back_as_they_were)
{
	json_t *data = json_pack("{s:s}", "active", "en1");
	char *line = control_reply_encode(3, "two\nlines", data);
	struct control_reply reply;

	json_decref(data);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	ck_assert_ptr_null(control_reply_decode(line, strlen(line), &reply));
	ck_assert_int_eq(reply.code, 3);
	ck_assert_str_eq(reply.text, "two\nlines");
	ck_assert_str_eq(
	    json_string_value(json_object_get(reply.data, "active")), "en1");
	control_reply_free(&reply);
	free(line);
	ck_assert_ptr_nonnull(control_reply_decode("{}", 2, &reply));
	ck_assert_ptr_nonnull(control_reply_decode("", 0, &reply));
	ck_assert_ptr_nonnull(
	    control_reply_decode("{\"code\":256}", 12, &reply));
}
END_TEST

START_TEST(a_text_that_is_no_utf8_still_answers)
{
	char *line = control_reply_encode(1, "\xff", NULL);

	ck_assert_str_eq(line, "{\"code\":1,\"text\":\"\"}\n");
	free(line);
}
END_TEST

/* --- Lines --- */

START_TEST(lines_come_in_pieces)
{
	static const char text[] = "one\n\ntwo\nthr";
	struct control_lines lines;
	const char *line;
	size_t length;
	char out[64] = "";

	for (size_t step = 1; step < sizeof(text); step++) {
		control_lines_init(&lines, 100);
		out[0] = '\0';
		for (size_t i = 0; i < sizeof(text) - 1; i += step) {
			size_t n = sizeof(text) - 1 - i;

			n = n < step ? n : step;
			ck_assert_int_eq(
			    control_lines_add(&lines, text + i, n), 0);
			while (control_lines_take(&lines, &line, &length)) {
				strncat(out, line, length);
				strncat(out, "|", 2);
			}
		}
		ck_assert_str_eq(out, "one||two|");
		control_lines_free(&lines);
	}
}
END_TEST

START_TEST(lines_have_a_limit)
{
	struct control_lines lines;
	const char *line;
	size_t length;

	control_lines_init(&lines, 4);
	ck_assert_int_eq(control_lines_add(&lines, "abc\nabc\n", 8), 0);
	ck_assert_int_eq(control_lines_add(&lines, "abc", 3), 0);
	ck_assert_int_eq(control_lines_add(&lines, "d", 1), EMSGSIZE);
	ck_assert(control_lines_take(&lines, &line, &length));
	ck_assert_uint_eq(length, 3);
	control_lines_free(&lines);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("control protocol");
	TCase *messages = tcase_create("messages");
	TCase *lines = tcase_create("lines");

	tcase_add_test(messages, requests_come_back_as_they_were);
	tcase_add_test(messages, members_have_defaults);
	tcase_add_test(messages, wrong_requests_are_refused);
	tcase_add_test(messages, replies_come_back_as_they_were);
	tcase_add_test(messages, a_text_that_is_no_utf8_still_answers);
	tcase_add_test(lines, lines_come_in_pieces);
	tcase_add_test(lines, lines_have_a_limit);
	suite_add_tcase(suite, messages);
	suite_add_tcase(suite, lines);
	return unit_run(suite);
}
