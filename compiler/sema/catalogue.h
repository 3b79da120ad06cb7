/*
 * The service catalogue: named protocols and ports, ICMP types and IP
 * protocols, from YAML.
 */
#ifndef SEMA_CATALOGUE_H
#define SEMA_CATALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/map.h"
#include "base/source.h"
#include "base/sym.h"
#include "set/addr.h"
#include "set/port.h"

/* IP protocol numbers that the language has words for (IANA). */
enum protocol {
	PROTOCOL_ANY = -1,
	PROTOCOL_ICMP = 1,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_ICMP6 = 58,
};

/*
 * The families in which ipfw finds the protocol NUMBER: in IPv6 it looks behind
 * a header of options, of routing, of a fragment or of AH (RFC 8200, 4), and
 * asks the rules about what follows.  FAMILY_NONE if it is such a header alone.
 */
enum family protocol_families(unsigned number);

/* icmptypes of ipfw(8) is a word of 32 bits; icmp6types has room for all. */
#define ICMP_TYPE_MAX 31

/* 256 ICMP types as a set. */
struct type_set {
	uint64_t bits[4];
};

/*
 * How the packets of a service travel.  A conversation makes a state, and
 * the replies ride on it.  An exchange fits no state: its packets are let
 * through by rules without state, one each way.
 */
enum exchange {
	EXCHANGE_NONE,
	EXCHANGE_CLIENT, /* this host asks: PART is the answer's way */
	EXCHANGE_SERVER, /* this host answers: PART is the question's */
	EXCHANGE_PEER,	 /* both ask and both answer */
};

struct service_part {
	int protocol;		/* enum protocol, or a number */
	struct port_set source; /* n == 0: no condition */
	struct port_set target; /* n == 0: no condition */
	bool has_types;
	struct type_set types; /* ICMP and ICMPv6 */
	enum family families;  /* a mask */
	enum exchange exchange;
	/*
	 * Groups that the packets may be sent to beside the host itself:
	 * multicast addresses, 255.255.255.255.
	 */
	bool group;
	struct addr_set groups;
	bool broadcast; /* and the broadcast of the own net */
	struct span span;
};

typedef VEC(struct service_part) service_parts;

struct service {
	const char *name;  /* interned */
	const char *about; /* one line */
	/* What a user has to know who allows it, or NULL: the conversation
	 * needs more than these ports (ftp, tftp, pxe). */
	const char *caveat;
	service_parts parts;
	struct span span;
	bool builtin; /* of the catalogue */
};

struct catalogue {
	struct map services;   /* name -> struct service */
	struct map icmp_types; /* name -> struct number_name */
	struct map icmp6_types;
	struct map protocols;
	VEC(struct service *) list; /* services in order of name */
};

struct number_name {
	const char *name;
	unsigned number;
	struct span span;
};

/*
 * Add the catalogue file FILE (YAML, registered in SOURCES) to CATALOGUE.
 * Returns false after an error in DIAGS.  Its services may be made of types,
 * protocols and services of this file and of those read before it; it may
 * define a service anew, which changes none that was made of the old one.
 */
bool catalogue_read(struct catalogue *catalogue, struct arena *arena,
    struct sym_table *syms, const struct sources *sources, uint32_t file,
    struct diags *diags);
void catalogue_init(struct catalogue *catalogue, struct arena *arena);
/* NULL if there is no such service.  NAME is interned. */
struct service *catalogue_find(
    const struct catalogue *catalogue, const char *name);

/*
 * Does NAME hold PATTERN, or, if PATTERN has a '*' or '?', match it as a
 * whole?  Case does not matter.
 */
bool catalogue_match(const char *pattern, const char *name);
/*
 * A line for each service: name, ports, description.  PATTERN is NULL for all,
 * a port ("443", "udp/53"), or a pattern for the name; one without '*' and '?'
 * may stand in the description as well.
 */
void catalogue_list(
    const struct catalogue *catalogue, const char *pattern, struct buf *out);

#endif
