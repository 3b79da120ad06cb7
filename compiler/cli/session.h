/*
 * What one run of akinc works with, and the steps from a policy's text to a
 * ruleset.
 */
#ifndef CLI_SESSION_H
#define CLI_SESSION_H

#include <stdio.h>

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "base/sym.h"
#include "cli/options.h"
#include "grammar/ast.h"
#include "ir/ir.h"
#include "prove/prove.h"
#include "sema/catalogue.h"
#include "sema/host.h"
#include "sema/policy.h"
#include "sema/profile.h"
#include "target/ipfw/flavour.h"
#include "target/ipfw/ipfw.h"

struct session {
	const struct options *options;
	struct arena *arena;
	struct sym_table *syms;
	struct sources sources;
	struct diags diags;
	struct catalogue catalogue;
	struct profile profile;
	struct host host;
	const struct ipfw_flavour *flavour;
	enum exit_code code;

	struct ast_file *tree;
	struct policy *policy;
	struct ir *ir;
	struct ipfw_ruleset *ruleset;
};

void session_init(struct session *session, const struct options *options,
    struct arena *arena);
/* Take the files of --files-from; false after a message. */
bool session_take_files(struct session *session);

/*
 * The steps.  Each returns false if the run must end; the session's exit code
 * then says why, and what is to be said is in its diagnostics or has been
 * said.
 */
bool session_load_catalogue(struct session *session);
/* Does the policy have a zone on the active card? */
bool session_asks_active(const struct session *session);
/* Facts from --host, --nic, or, if RUNNING, the running host. */
bool session_load_host(struct session *session, bool running);
/* One file without what it includes. */
bool session_parse_only(struct session *session, const char *path);
bool session_parse(struct session *session, const char *path);
/* The same for a file that session_read() has read. */
bool session_parse_read(struct session *session, uint32_t file);
/* NEED_ACTIVE: it is an error not to know the card behind `active`. */
bool session_resolve(struct session *session, bool need_active);
/* All is read: from here on no file is opened.  See runtime/apply/sandbox.h. */
bool session_confine(struct session *session);
bool session_lower(struct session *session);
/* Is there a zone whose packets of FAMILY go on to another? */
bool session_forwards(const struct session *session, enum family family);
/*
 * Prove that the ruleset, or that of --rules, says what the policy says.
 * False: the exit code is set, and RESULT says why not if there is a ruleset.
 */
bool session_prove(struct session *session, struct prove_result *result);
/*
 * May the ruleset be handed out?  It is proved, or --no-proof is given, which
 * is said.  False: what is wrong has been said, and the exit code is set.
 */
bool session_gate(struct session *session);
/*
 * The ruleset of --rules, with the NAT of the policy's own where the file has
 * none.  NULL: it cannot be read, or is no ruleset; the exit code is set.
 */
struct ipfw_ruleset *session_read_rules(struct session *session);
/* The same of a file that is read; and the session's own, read back. */
struct ipfw_ruleset *session_read_rules_file(
    struct session *session, uint32_t file);
struct ipfw_ruleset *session_read_own(struct session *session);
/* Read a file that the command line names. */
bool session_read(struct session *session, const char *path, uint32_t *file);

/* Print the diagnostics: with --json as JSON to JSON, else as text. */
void session_report(struct session *session, FILE *json);
/* To the standard error, whatever --json says. */
void session_report_text(struct session *session);
/* A message about the environment; sets the exit code. */
bool session_fail(struct session *session, enum exit_code code,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
