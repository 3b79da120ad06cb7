/*
 * Files of tests: what `test` blocks say, apart from the policy, and for which
 * hosts.
 *
 *	matrix:                       # optional: the tests run once for each
 *	  - name: wifi
 *	    nic: en1
 *	  - name: docked
 *	    host: docked.yaml         # relative to this file
 *	    flavour: freebsd
 *	    nat: kernel
 *	tests:
 *	  - name: machines browse
 *	    steps:
 *	      - expect: allow         # allow, deny or reject
 *	        protocol: tcp         # tcp, udp, icmp, icmp6, or another
 *	        from: vm 192.168.56.10
 *	        to: public            # a zone, an address, or both
 *	        port: 443
 *	        via: nat
 *	        label: web            # or line: 31, of the policy
 *	      - reply:                # allow unless it says otherwise
 *	      - after: 25s
 *	      - again: deny
 *
 * A step that expects may also have `type` (of ICMP), `source-port`, `flags`
 * (letters of SAFRPUEW, or "-"), `spoofed: true`, for a source that is no
 * address of the zone, and `fragment`: all, for a packet that is sent in two
 * fragments, or later, for the second of two without the first.
 */
#ifndef CLI_TEST_FILE_H
#define CLI_TEST_FILE_H

#include "cli/session.h"

struct test_variant {
	const char *name;			/* never NULL */
	const char *host, *nic, *flavour, *nat; /* or NULL */
};

struct test_file {
	VEC(struct test_variant) matrix;
	struct ast_statement *statements;
};

/* Does NAME end as a file of tests does? */
bool test_file_named(const char *name);
/*
 * Read the file at PATH.  Returns false if it cannot be read or is wrong; what
 * its tests name is left to the resolving of the policy that they are for,
 * whose file number is POLICY.
 */
bool test_file_read(struct session *session, const char *path, uint32_t policy,
    struct test_file *out);

#endif
