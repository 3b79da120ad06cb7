/*
 * The subcommands of akinc.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "cli/options.h"
#include "cli/session.h"

/* Operands are without the name of the subcommand. */
enum exit_code command_apply(struct session *session);
enum exit_code command_rollback(struct session *session);
enum exit_code command_status(struct session *session);
enum exit_code command_stop(struct session *session);
enum exit_code command_build(struct session *session);
enum exit_code command_check(struct session *session);
enum exit_code command_format(struct session *session);
enum exit_code command_list(struct session *session);
enum exit_code command_lockout(struct session *session);
enum exit_code command_prove(struct session *session);
enum exit_code command_revoked(struct session *session);
enum exit_code command_test(struct session *session);
enum exit_code command_why(struct session *session);
enum exit_code command_confirm(struct session *session);
enum exit_code command_restore(struct session *session);
enum exit_code command_diff(struct session *session);
enum exit_code command_query(struct session *session);
enum exit_code command_explain(struct session *session);

#endif
