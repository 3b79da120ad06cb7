/*
 * Where the ipfw of one system runs rules otherwise than that of another: a
 * record of facts and functions, never an #ifdef.
 */
#ifndef TARGET_IPFW_ENGINE_FLAVOUR_H
#define TARGET_IPFW_ENGINE_FLAVOUR_H

#include <stdbool.h>
#include <stdint.h>

#include "target/ipfw/ipfw.h"

/* The name of a card in a rule, ready to be compared. */
struct run_card {
	enum {
		RUN_CARD_NEVER,
		RUN_CARD_NAME,	  /* this name */
		RUN_CARD_PREFIX,  /* a name that begins so */
		RUN_CARD_GLOB,	  /* fnmatch(3) */
		RUN_CARD_UNITS,	  /* this base and some unit */
		RUN_CARD_ADDRESS, /* a card that has this address */
	} kind;
	unsigned length;
	char name[IPFW_NAME_MAX + 1];
	uint32_t address;
};

struct run_flavour {
	const char *name;
	bool ipv6;	 /* IPv6 packets are looked at */
	bool me_is_both; /* "me" holds for IPv6 addresses too */
	bool tables;
	bool default_allow;
	bool flush_opens; /* without rules every packet passes */
	bool ack_one_way; /* an ACK of one side keeps a TCP state */
	bool tcp_lingers; /* expired TCP states match until both FINs */
	uint32_t states_max;
	uint32_t keepalive_interval;
	/* Does the kernel, or the command before it, take such a rule? */
	bool (*takes)(const struct ipfw_rule *rule);
	/* The pattern NAME, which is at most IPFW_NAME_MAX bytes long. */
	void (*compile_card)(const char *name, struct run_card *card);
};

extern const struct run_flavour run_freebsd;
extern const struct run_flavour run_darwin;

/* NULL if there is none of that name. */
const struct run_flavour *run_flavour_find(const char *name);

#endif
