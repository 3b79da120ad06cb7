/*
 * A ruleset as ipfw(8) text.  Nothing here ends with a newline.
 *
 * What ipfw(8) lists is not always what it takes: a listing is for comparing
 * with the real one and has its mistakes; a line of a rules file gives back
 * the same instructions when it is read.
 */
#ifndef TARGET_IPFW_TEXT_WRITE_H
#define TARGET_IPFW_TEXT_WRITE_H

#include "base/buf.h"
#include "target/ipfw/ipfw.h"

/* The body of a rule from its action on, as `ipfw list` shows it after the
 * number; with its comment if COMMENTS. */
void ipfw_write_body(
    struct buf *out, const struct ipfw_rule *rule, bool comments);
/* "00100 allow ip from any to any"; with SETS "00100 set 5 allow …". */
void ipfw_write_listing(
    struct buf *out, const struct ipfw_rule *rule, bool sets);
/*
 * The same with COUNTERS ("3 252 ", or NULL) behind the number.  ipfw(8)
 * writes an unreach6 in front of the line and not in it: that part goes to
 * ASTRAY.
 */
void ipfw_write_listing_parts(struct buf *out, struct buf *astray,
    const struct ipfw_rule *rule, const char *counters, bool sets);
/* "add 100 set 5 allow …", a line of a rules file; SET < 0: no set.  Without
 * a number if the rule has none. */
void ipfw_write_add(
    struct buf *out, const struct ipfw_rule *rule, int set, bool comments);
/* Name of an IP protocol as ipfw(8) lists it, or NULL: then by number. */
const char *ipfw_protocol_name(unsigned number);

#endif
