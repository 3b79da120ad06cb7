/*
 * Members of JSON objects that come from elsewhere.
 */
#ifndef RUNTIME_CONTROL_SHOW_JSON_H
#define RUNTIME_CONTROL_SHOW_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* NULL if there is no such text. */
static inline const char *
show_json_text(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* 0 if there is no such number, or one below 0. */
static inline uint64_t
show_json_number(const json_t *object, const char *name)
{
	json_int_t number = json_integer_value(json_object_get(object, name));

	return number < 0 ? 0 : (uint64_t)number;
}

static inline bool
show_json_has_number(const json_t *object, const char *name)
{
	return json_is_integer(json_object_get(object, name));
}

/* An array without members is no array. */
static inline const json_t *
show_json_list(const json_t *object, const char *name)
{
	const json_t *list = json_object_get(object, name);

	return json_array_size(list) == 0 ? NULL : list;
}

#endif
