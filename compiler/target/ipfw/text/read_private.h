/*
 * What the files of the reader share: the words of one rule and the rule that
 * is being made from them.
 *
 * ipfw(8) makes instructions in a buffer, and the place of the next one keeps
 * a "not" until an instruction is put there.  So "from not any to 10.0.0.1"
 * negates the target.  PENDING_NOT is that "not".
 */
#ifndef TARGET_IPFW_TEXT_READ_PRIVATE_H
#define TARGET_IPFW_TEXT_READ_PRIVATE_H

#include "target/ipfw/names.h"
#include "target/ipfw/text/read.h"

/* What later versions list behind keep-state, limit and check-state. */
#define STATE_NAME_DEFAULT ":default"

/* The instruction that an "or" would join to the next one. */
enum previous {
	PREVIOUS_NONE,
	PREVIOUS_INSN,	/* the last one in the list */
	PREVIOUS_STATE, /* keep-state or limit, which goes last */
};

struct rule_scan {
	struct ipfw_reader *reader;
	struct arena *arena;
	const char **words; /* ends with NULL */
	size_t *places;	    /* index of each among the words given */
	size_t at;
	struct ipfw_rule *rule;
	size_t room;	   /* 32-bit words left for instructions */
	unsigned protocol; /* 8 bits; decides how addresses are read */
	bool pending_not;
	bool open; /* inside braces */
	enum previous previous;
	bool has_state;
	struct ipfw_insn state;
	const char *refused; /* what the kernel will refuse, or NULL */
	size_t refused_at;   /* the word of that */
};

static inline bool
ipfw_scan_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* read.c */
bool ipfw_scan_fail(struct rule_scan *scan, enum ipfw_exit code,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same about the word before, which is taken already. */
bool ipfw_scan_fail_back(
    struct rule_scan *scan, enum ipfw_exit code, const char *message);
/* The kernel will refuse the rule for the current word. */
void ipfw_scan_refuse(struct rule_scan *scan, const char *message);
/* The current word, or NULL at the end. */
const char *ipfw_scan_word(const struct rule_scan *scan);
/* Is the current word FULL or the beginning of it? */
bool ipfw_scan_is(const struct rule_scan *scan, const char *full);
bool ipfw_scan_need(struct rule_scan *scan, const char *what);
/* Is there room for WORDS more?  A failure if not. */
bool ipfw_scan_room(struct rule_scan *scan, size_t words);
/* An instruction of OP that takes the pending "not". */
struct ipfw_insn ipfw_scan_insn(struct rule_scan *scan, enum ipfw_op op);
/* Append INSN, which takes WORDS 32-bit words in the kernel. */
bool ipfw_scan_put(
    struct rule_scan *scan, const struct ipfw_insn *insn, size_t words);
/* A number as strtoul(3) takes it, garbage behind it included. */
unsigned long ipfw_scan_number(const char *text, int base);
/* As atoi(3) where int has 32 bits and long has 64: no error, low bits. */
int ipfw_scan_integer(const char *text);
/* N or "tablearg", 1 to 65534. */
bool ipfw_scan_argument(
    struct rule_scan *scan, const char *what, uint32_t *argument);

/* read_action.c */
bool ipfw_scan_action(struct rule_scan *scan);
bool ipfw_scan_parameters(struct rule_scan *scan);

/* read_match.c */
bool ipfw_scan_body(struct rule_scan *scan);
/*
 * If WORD is a protocol, *KNOWN is true and its instruction is put; none for
 * "ip".  "ipv4" and "ipv6" are the families only in front of "from".
 */
bool ipfw_scan_protocol(
    struct rule_scan *scan, const char *word, bool in_front, bool *known);

/*
 * read_address.c: the instruction for an address, or none for "any".  The
 * first chooses the family by the protocol and by the look of WORD.
 */
bool ipfw_scan_address(struct rule_scan *scan, const char *word, bool source);
bool ipfw_scan_address4(struct rule_scan *scan, const char *word, bool source);
bool ipfw_scan_address6(struct rule_scan *scan, const char *word, bool source);
/* An IPv4 address as inet_aton(3) takes it. */
bool ipfw_scan_inet4(const char *text, uint32_t *addr);
/* Fill text, has_value and value of INSN from "table(NAME[,VALUE])". */
bool ipfw_scan_table(
    struct rule_scan *scan, const char *word, struct ipfw_insn *insn);
bool ipfw_scan_table_name(struct rule_scan *scan, const char *name);

/* read_ports.c */
/* The port that WORD begins with; *END is WORD itself if there is none. */
uint16_t ipfw_scan_port(const char *word, unsigned protocol, const char **end);
/* If WORD is a list of ports, *KNOWN is true and INSN has them. */
bool ipfw_scan_ports(struct rule_scan *scan, const char *word,
    unsigned protocol, struct ipfw_insn *insn, bool *known);

/* read_option.c */
bool ipfw_scan_options(struct rule_scan *scan);

/* A word and what reads the words behind it. */
struct scan_option {
	const char *name;
	bool (*read)(struct rule_scan *scan, const struct scan_option *option);
	enum ipfw_op op;
	uint32_t number;
};

/* read_option_list.c */
bool ipfw_scan_option_types(
    struct rule_scan *scan, const struct scan_option *option);
bool ipfw_scan_option_types6(
    struct rule_scan *scan, const struct scan_option *option);
bool ipfw_scan_option_ttl(
    struct rule_scan *scan, const struct scan_option *option);
bool ipfw_scan_option_tcpflags(
    struct rule_scan *scan, const struct scan_option *option);
bool ipfw_scan_option_ext6hdr(
    struct rule_scan *scan, const struct scan_option *option);
bool ipfw_scan_option_lookup(
    struct rule_scan *scan, const struct scan_option *option);
bool ipfw_scan_option_flow(
    struct rule_scan *scan, const struct scan_option *option);
/* "syn,!ack": false with *BAD set if a flag is in no TABLE. */
bool ipfw_scan_flags(const struct ipfw_name *table, const char *word,
    unsigned *set, unsigned *clear, const char **bad);

/* read_option_state.c */
bool ipfw_scan_option_keep_state(
    struct rule_scan *scan, const struct scan_option *option);
bool ipfw_scan_option_limit(
    struct rule_scan *scan, const struct scan_option *option);

/* read_foreign.c: options that are listed and never run. */
bool ipfw_scan_foreign(struct rule_scan *scan, const char *word, bool *known);

#endif
