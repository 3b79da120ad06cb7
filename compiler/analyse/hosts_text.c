/*
 * Names of lists first, then prefixes; what is nearly all is told by what is
 * missing.
 */
#include "analyse/hosts_text.h"

#define PREFIXES_SHOWN 6

struct words {
	struct arena *arena;
	const struct policy *policy;
	const struct addr_set *all;
	struct addr_set left; /* what no word has been found for */
	struct buf out;
	size_t n, more; /* entries, and such as are not shown */
};

static struct addr_set
of_families(
    struct arena *arena, const struct addr_set *set, enum family families)
{
	struct addr_set part = *set;

	(void)arena;
	if (!(families & FAMILY_4))
		part.v4 = (struct addr_ranges){NULL, 0};
	if (!(families & FAMILY_6))
		part.v6 = (struct addr_ranges){NULL, 0};
	return part;
}

static void
put(struct words *w, const char *text)
{
	buf_printf(&w->out, "%s%s", w->n++ > 0 ? ", " : "", text);
}

static void
put_names(struct words *w, const struct addr_set *set)
{
	for (size_t i = 0; i < w->policy->hosts.n; i++) {
		const struct policy_hosts *hosts = &w->policy->hosts.v[i];
		struct addr_set there = addr_set_intersect(
		    w->arena, hosts->set, w->all);

		if (addr_set_empty(&there) || !addr_set_covers(set, &there) ||
		    !addr_set_overlaps(&w->left, &there))
			continue;
		put(w, hosts->name);
		w->left = addr_set_subtract(w->arena, &w->left, &there);
	}
}

static void
put_prefixes(struct words *w, enum family family)
{
	struct prefixes list = addr_set_prefixes(w->arena, &w->left, family);

	for (size_t i = 0; i < list.n; i++) {
		struct buf text;

		if (w->n >= PREFIXES_SHOWN) {
			w->more += list.n - i;
			return;
		}
		buf_init(&text, w->arena);
		prefix_format(&text, family, list.v[i]);
		put(w, text.p);
	}
}

static struct words
words_for(struct arena *arena, const struct policy *policy,
    const struct addr_set *set, const struct addr_set *all)
{
	struct words w = {
	    .arena = arena, .policy = policy, .all = all, .left = *set};

	buf_init(&w.out, arena);
	put_names(&w, set);
	put_prefixes(&w, FAMILY_4);
	put_prefixes(&w, FAMILY_6);
	if (w.more != 0)
		buf_printf(&w.out, " and %zu more", w.more);
	return w;
}

const char *
hosts_text(struct arena *arena, const struct policy *policy,
    const struct addr_set *set, const struct addr_set *all,
    enum family families)
{
	struct addr_set some = of_families(arena, set, families);
	struct addr_set whole = of_families(arena, all, families);
	struct addr_set missing;
	struct words told, untold;

	some = addr_set_intersect(arena, &some, &whole);
	if (addr_set_equal(&some, &whole))
		return NULL;
	missing = addr_set_subtract(arena, &whole, &some);
	told = words_for(arena, policy, &some, &whole);
	untold = words_for(arena, policy, &missing, &whole);
	if (told.n + told.more <= untold.n + untold.more)
		return told.out.p;
	return arena_printf(arena, "all but %s", untold.out.p);
}
