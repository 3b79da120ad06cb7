/*
 * Random policies, as text: zones of all kinds, on shared cards and nested in
 * one another, trust, NAT, forwards, lists of hosts, limits, exchanges, every
 * default.  Many of them are sound; those that are not get a diagnostic and
 * are passed over.
 */
#ifndef CROSSCHECK_POLICY_TEXT_H
#define CROSSCHECK_POLICY_TEXT_H

#include "base/buf.h"
#include "tests/crosscheck/random.h"

struct policy_shape {
	bool ipv6;	 /* nets and lists of both families */
	bool long_names; /* cards whose names are no base and unit */
};

/* FACTS gets a file about a host that might have the policy. */
void policy_text(struct chance *chance, const struct policy_shape *shape,
    struct buf *out, struct buf *facts);

/* The services that the policies use. */
extern const char crosscheck_catalogue[];

#endif
