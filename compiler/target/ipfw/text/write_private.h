/*
 * What the files of the writer share.
 */
#ifndef TARGET_IPFW_TEXT_WRITE_PRIVATE_H
#define TARGET_IPFW_TEXT_WRITE_PRIVATE_H

#include "target/ipfw/names.h"
#include "target/ipfw/text/write.h"

enum write_form {
	WRITE_LISTING, /* what ipfw(8) lists, mistakes included */
	WRITE_COMMAND, /* what its command line reads back */
};

/* write_body.c: all behind the action, with a space in front. */
void ipfw_write_match(struct buf *out, const struct ipfw_rule *rule,
    enum write_form form, bool comments);

/* write_insn.c: the argument of an address, the list of ports. */
void ipfw_write_address(
    struct buf *out, const struct ipfw_insn *insn, enum write_form form);
void ipfw_write_ports(struct buf *out, const struct ipfw_insn *insn);
void ipfw_write_protocol(
    struct buf *out, const struct ipfw_insn *insn, enum write_form form);
/* The word or words of any other option, with a space in front. */
void ipfw_write_option(
    struct buf *out, const struct ipfw_insn *insn, enum write_form form);
/* "5" or "tablearg" */
void ipfw_write_argument(struct buf *out, uint32_t argument);

#endif
