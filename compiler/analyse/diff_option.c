/*
 * Options that mean something beside the verdict of new conversations.
 */
#include <string.h>

#include "analyse/diff.h"

static void
compare(
    struct diff *diff, const char *name, const char *before, const char *after)
{
	struct diff_option option = {name, before, after};

	vec_push(diff->arena, &diff->options, option);
}

static void
compare_flag(struct diff *diff, const char *name, bool before, bool after,
    const char *yes, const char *no)
{
	if (before != after)
		compare(diff, name, before ? yes : no, after ? yes : no);
}

static const char *
lifeline_text(struct diff *diff, const struct policy *policy)
{
	const struct policy_options *options = &policy->options;
	struct buf out;

	if (!options->has_lifeline)
		return "none";
	buf_init(&out, diff->arena);
	for (int i = 0; i < 2; i++) {
		enum family family = i == 0 ? FAMILY_4 : FAMILY_6;
		struct prefixes list = addr_set_prefixes(
		    diff->arena, &options->lifeline, family);

		for (size_t j = 0; j < list.n; j++) {
			if (out.n != 0)
				buf_puts(&out, ", ");
			prefix_format(&out, family, list.v[j]);
		}
	}
	return out.p;
}

static void
compare_lifelines(
    struct diff *diff, const struct policy *old, const struct policy *new)
{
	if (old->options.has_lifeline == new->options.has_lifeline &&
	    addr_set_equal(&old->options.lifeline, &new->options.lifeline))
		return;
	compare(diff, "lifeline", lifeline_text(diff, old),
	    lifeline_text(diff, new));
}

/* The cards of the zones that the option names. */
static const char *
checked_text(struct diff *diff, const struct policy *policy)
{
	struct buf out;

	buf_init(&out, diff->arena);
	for (size_t i = 0; i < policy->zones.n; i++) {
		const struct zone *zone = &policy->zones.v[i];

		for (size_t j = 0; zone->verrevpath && j < zone->cards.n; j++)
			buf_printf(&out, "%s%s", out.n != 0 ? ", " : "",
			    zone->cards.v[j].pattern);
	}
	return out.n != 0 ? out.p : "none";
}

static void
compare_checked(
    struct diff *diff, const struct policy *old, const struct policy *new)
{
	const char *before = checked_text(diff, old);
	const char *after = checked_text(diff, new);

	if (strcmp(before, after) != 0)
		compare(diff, "verrevpath", before, after);
}

void
diff_compare_options(struct diff *diff)
{
	const struct policy *old = diff->sides[DIFF_OLD].policy;
	const struct policy *new = diff->sides[DIFF_NEW].policy;

	if (diff->sides[DIFF_OLD].ruleset != NULL ||
	    diff->sides[DIFF_NEW].ruleset != NULL)
		return;
	compare_lifelines(diff, old, new);
	compare_checked(diff, old, new);
	compare_flag(diff, "pickup", old->options.pickup, new->options.pickup,
	    "on", "off");
	compare_flag(diff, "nat", old->options.nat == NAT_KERNEL,
	    new->options.nat == NAT_KERNEL, "kernel", "divert");
	compare_flag(diff, "drift", old->options.drift_repair,
	    new->options.drift_repair, "repair", "report");
}
