/*
 * Lists of services in which one entry says what another has said.
 */
#include "analyse/check.h"

/* Longer lists are made by programs; the time is the square of the length. */
#define ENTRIES_MAX 256

static bool
types_cover(const struct service_part *outer, const struct service_part *inner)
{
	if (!outer->has_types)
		return true;
	for (int i = 0; i < 4; i++)
		if (!inner->has_types ||
		    (inner->types.bits[i] & ~outer->types.bits[i]) != 0)
			return false;
	return true;
}

/* No ports are no condition. */
static bool
ports_cover(const struct port_set *outer, const struct port_set *inner)
{
	return outer->n == 0 ||
	    (inner->n != 0 && port_set_covers(outer, inner));
}

static bool
part_covers(const struct service_part *outer, const struct service_part *inner)
{
	return (outer->protocol == PROTOCOL_ANY ||
		   outer->protocol == inner->protocol) &&
	    (inner->families & ~outer->families) == 0 &&
	    outer->exchange == EXCHANGE_NONE &&
	    inner->exchange == EXCHANGE_NONE && types_cover(outer, inner) &&
	    ports_cover(&outer->source, &inner->source) &&
	    ports_cover(&outer->target, &inner->target);
}

static bool
entry_covers(
    const struct service_entry *outer, const struct service_entry *inner)
{
	for (size_t i = 0; i < inner->parts.n; i++) {
		bool covered = false;

		for (size_t j = 0; j < outer->parts.n && !covered; j++)
			covered = part_covers(
			    &outer->parts.v[j], &inner->parts.v[i]);
		if (!covered)
			return false;
	}
	return inner->parts.n != 0;
}

static const char *
written(const struct check *check, struct span span)
{
	const struct source *source = sources_get(
	    check->diags->sources, span.file);

	return arena_strndup(check->arena, source->text + span.at, span.length);
}

static void
warn(const struct check *check, const struct service_entry *inner,
    const struct service_entry *outer)
{
	struct diag *diag = diag_add(check->diags, W_CONTAINED, inner->span,
	    "'%s' is a part of '%s' in the same list",
	    written(check, inner->span), written(check, outer->span));

	diag_label(check->diags, diag, outer->span, "this has all of it");
	diag_help(check->diags, diag, "take it out");
}

/* Of two that are the same the later one is too much. */
static bool
is_too_much(const service_entries *list, size_t at, size_t other)
{
	const struct service_entry *a = &list->v[at], *b = &list->v[other];

	return at != other && entry_covers(b, a) &&
	    (other < at || !entry_covers(a, b));
}

static void
check_list(const struct check *check, const service_entries *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].any)
			return;
	for (size_t i = 0; i < list->n && list->n <= ENTRIES_MAX; i++)
		for (size_t j = 0; j < list->n; j++)
			if (is_too_much(list, i, j)) {
				warn(check, &list->v[i], &list->v[j]);
				break;
			}
}

void
check_lists(const struct check *check)
{
	const struct policy *policy = check->policy;

	for (size_t i = 0; i < policy->services.n; i++)
		check_list(check, policy->services.v[i].entries);
	for (size_t i = 0; i < policy->rules.n; i++)
		if (policy->rules.v[i].entries != NULL)
			check_list(check, policy->rules.v[i].entries);
}
