/*
 * The lines of protocol.h, made and taken apart.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/control/protocol.h"

static const char *const verbs[CONTROL_VERBS] = {
    [CONTROL_START] = "start",
    [CONTROL_STOP] = "stop",
    [CONTROL_RESTART] = "restart",
    [CONTROL_STATUS] = "status",
    [CONTROL_NIC] = "nic",
    [CONTROL_RELOAD] = "reload",
    [CONTROL_CONFIRM] = "confirm",
    [CONTROL_ROLLBACK] = "rollback",
    [CONTROL_LOG] = "log",
    [CONTROL_MONITOR] = "monitor",
};

const char *
control_verb_name(enum control_verb verb)
{
	return verbs[verb];
}

bool
control_verb_find(const char *name, enum control_verb *verb)
{
	for (size_t i = 0; i < CONTROL_VERBS; i++) {
		if (strcmp(verbs[i], name) == 0) {
			*verb = (enum control_verb)i;
			return true;
		}
	}
	return false;
}

struct control_request
control_request_make(enum control_verb verb)
{
	return (struct control_request){
	    .verb = verb, .lines = 20, .interval = 1, .confirm = -1};
}

/* One line of JSON with its newline; takes OBJECT, which may be NULL. */
static char *
encode_line(json_t *object)
{
	size_t size;
	char *line;

	if (object == NULL)
		return NULL;
	size = json_dumpb(object, NULL, 0, JSON_COMPACT);
	line = malloc(size + 2);
	if (line != NULL) {
		json_dumpb(object, line, size, JSON_COMPACT);
		memcpy(line + size, "\n", 2);
	}
	json_decref(object);
	return line;
}

char *
control_request_encode(const struct control_request *request)
{
	json_t *object = json_pack(
	    "{s:s}", "request", control_verb_name(request->verb));

	if (object == NULL)
		return NULL;
	if (request->verb == CONTROL_RELOAD) {
		json_object_set_new(
		    object, "force", json_boolean(request->force));
		if (request->confirm >= 0)
			json_object_set_new(
			    object, "confirm", json_integer(request->confirm));
	}
	if (request->verb == CONTROL_LOG) {
		json_object_set_new(
		    object, "lines", json_integer(request->lines));
		json_object_set_new(
		    object, "follow", json_boolean(request->follow));
	}
	if (request->verb == CONTROL_MONITOR)
		json_object_set_new(
		    object, "interval", json_integer(request->interval));
	return encode_line(object);
}

char *
control_reply_encode(int code, const char *text, json_t *data)
{
	json_t *object = json_pack(
	    "{s:i, s:s}", "code", code, "text", text == NULL ? "" : text);

	/* A text that is not UTF-8 is no reason to leave a request open. */
	if (object == NULL)
		object = json_pack("{s:i, s:s}", "code", code, "text", "");
	if (object != NULL && data != NULL)
		json_object_set(object, "data", data);
	return encode_line(object);
}

char *
control_event_encode(const char *event, json_t *members)
{
	json_t *object = json_pack("{s:s}", "event", event);

	if (object != NULL && members != NULL)
		json_object_update(object, members);
	return encode_line(object);
}

/* --- Reading --- */

static const char *
read_number(const json_t *value, json_int_t least, json_int_t most, int *number)
{
	if (!json_is_integer(value) || json_integer_value(value) < least ||
	    json_integer_value(value) > most)
		return "a number in the request is out of range";
	*number = (int)json_integer_value(value);
	return NULL;
}

static const char *
read_truth(const json_t *value, bool *truth)
{
	if (!json_is_boolean(value))
		return "a member of the request is neither true nor false";
	*truth = json_is_true(value);
	return NULL;
}

static const char *
read_member(
    struct control_request *request, const char *name, const json_t *value)
{
	const char *wrong = NULL;
	int number = 0;

	if (strcmp(name, "request") == 0)
		return NULL;
	if (request->verb == CONTROL_RELOAD && strcmp(name, "force") == 0)
		return read_truth(value, &request->force);
	if (request->verb == CONTROL_RELOAD && strcmp(name, "confirm") == 0)
		return read_number(
		    value, 0, CONTROL_SECONDS_MAX, &request->confirm);
	if (request->verb == CONTROL_LOG && strcmp(name, "follow") == 0)
		return read_truth(value, &request->follow);
	if (request->verb == CONTROL_LOG && strcmp(name, "lines") == 0) {
		wrong = read_number(value, 0, 100000, &number);
		request->lines = (unsigned)number;
		return wrong;
	}
	if (request->verb == CONTROL_MONITOR && strcmp(name, "interval") == 0) {
		wrong = read_number(value, 1, CONTROL_SECONDS_MAX, &number);
		request->interval = (unsigned)number;
		return wrong;
	}
	return "the request has a member that it does not know";
}

static const char *
read_request(json_t *object, struct control_request *request)
{
	const char *name = json_string_value(
	    json_object_get(object, "request"));
	const char *key, *wrong;
	enum control_verb verb;
	json_t *value;

	if (name == NULL || !control_verb_find(name, &verb))
		return "there is no such request";
	*request = control_request_make(verb);
	json_object_foreach(object, key, value)
	{
		wrong = read_member(request, key, value);
		if (wrong != NULL)
			return wrong;
	}
	return NULL;
}

const char *
control_request_decode(
    const char *line, size_t length, struct control_request *request)
{
	json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	const char *wrong = "the request is no line of JSON";

	if (json_is_object(object))
		wrong = read_request(object, request);
	json_decref(object);
	return wrong;
}

const char *
control_reply_decode(
    const char *line, size_t length, struct control_reply *reply)
{
	json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	const json_t *code = json_object_get(object, "code");
	const char *text = json_string_value(json_object_get(object, "text"));
	const char *wrong = NULL;

	memset(reply, 0, sizeof(*reply));
	if (!json_is_integer(code) || json_integer_value(code) < 0 ||
	    json_integer_value(code) > 255) {
		wrong = "the answer is not one that akind gives";
	} else {
		reply->code = (int)json_integer_value(code);
		reply->text = text == NULL ? NULL : strdup(text);
		reply->data = json_incref(json_object_get(object, "data"));
	}
	json_decref(object);
	return wrong;
}

void
control_reply_free(struct control_reply *reply)
{
	free(reply->text);
	json_decref(reply->data);
	memset(reply, 0, sizeof(*reply));
}
