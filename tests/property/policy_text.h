/*
 * Random policies, as text: zones of all kinds, on shared cards and nested in
 * one another, trust, NAT, forwards, lists of hosts, limits, exchanges, every
 * default.  Many of them are sound; those that are not get a diagnostic and
 * are passed over.
 */
#ifndef PROPERTY_POLICY_TEXT_H
#define PROPERTY_POLICY_TEXT_H

#include "base/buf.h"
#include "tests/property/random.h"

struct policy_shape {
	bool ipv6;	 /* nets and lists of both families */
	bool long_names; /* cards whose names are no base and unit */
};

void policy_text(struct chance *chance, const struct policy_shape *shape,
    struct buf *out);

/* The services that the policies use. */
extern const char property_catalogue[];

#endif
