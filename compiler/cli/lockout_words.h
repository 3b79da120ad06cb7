/*
 * What `akinc lockout` is asked, behind the policy:
 *
 *	login FAR-ADDRESS FAR-PORT OWN-ADDRESS OWN-PORT
 *	dhcp CARD
 *	neighbours CARD
 *	dns ADDRESS
 *
 * one after the other; the words of a login are those of SSH_CONNECTION.
 */
#ifndef CLI_LOCKOUT_WORDS_H
#define CLI_LOCKOUT_WORDS_H

#include "cli/session.h"
#include "eval/lockout.h"

typedef VEC(struct lockout_question) lockout_questions;

/* Questions from the operands, or from the environment if there are none. */
bool lockout_words_read(struct session *session, lockout_questions *out);
/* The addresses of logins, as the stage is to know them. */
struct scene_hints lockout_words_hints(
    struct session *session, const lockout_questions *questions);
/* What is asked of a host if nobody says what. */
void lockout_words_usual(struct session *session, const struct live *live,
    lockout_questions *questions);

#endif
