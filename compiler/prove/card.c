/*
 * Names of cards in rules: what ipfw(8) says of FreeBSD, and Darwin's way of
 * cutting a name at its first digit or star.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "prove/space.h"

static bool
all_digits(const char *text)
{
	return text[strspn(text, "0123456789")] == '\0';
}

/* A name is a base and a unit; no unit is unit 0. */
static bool
unit_matches(const char *pattern, const char *name)
{
	size_t base = strcspn(pattern, "*0123456789");
	const char *unit = name + strcspn(name, "0123456789");

	if (base == 0 || (size_t)(unit - name) != base ||
	    strncmp(pattern, name, base) != 0 || !all_digits(unit))
		return false;
	if (pattern[base] == '*')
		return *unit != '\0';
	return strtoul(pattern + base, NULL, 10) == strtoul(unit, NULL, 10);
}

bool
card_matches(
    const struct ipfw_flavour *flavour, const char *pattern, const char *name)
{
	if (name == NULL)
		return false;
	if (flavour->base_and_unit)
		return unit_matches(pattern, name);
	if (strpbrk(pattern, "*?[") != NULL)
		return fnmatch(pattern, name, 0) == 0;
	return strcmp(pattern, name) == 0;
}
