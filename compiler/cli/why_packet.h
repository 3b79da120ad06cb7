/*
 * The packet that `akinc why` is asked about, in one of two forms.
 *
 * In the words of a policy's test, where an address may stand without its
 * zone:
 *
 *	PROTOCOL [TYPE] from [ZONE] [ADDRESS] [port N] to [ZONE] [ADDRESS]
 *	    [port N] [flags LETTERS] [fragment all|later]
 *
 * or by cards, as the sessions of ipfw-emu write it: "in em0 tcp 192.0.2.1
 * 1024 198.51.100.7 80", "out …", "fwd …".
 */
#ifndef CLI_WHY_PACKET_H
#define CLI_WHY_PACKET_H

#include "cli/session.h"
#include "eval/packet.h"

struct why_packet {
	bool by_cards;
	/* By cards: */
	enum packet_way way;
	struct ipfw_packet packet;
	/* Else a test of one step, for the end of the policy. */
	struct ast_statement *statement;
};

/* The operands after the policy.  False after an error. */
bool why_packet_read(struct session *session, struct why_packet *out);

#endif
