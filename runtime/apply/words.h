/*
 * What a string may be before it may be part of a command.
 */
#ifndef RUNTIME_APPLY_WORDS_H
#define RUNTIME_APPLY_WORDS_H

#include <stdbool.h>

/* The body of a rule: a known action, then printable ASCII without "#". */
bool words_are_rule(const char *text);
/* Words after "nat N config". */
bool words_are_nat(const char *text);
/* Options of natd(8) that akin gives; their values begin with no "-". */
bool words_are_natd(const char *text);
bool word_is_table(const char *text);
bool word_is_table_type(const char *text);
/* "KEY VALUE" */
bool words_are_entry(const char *text);
bool word_is_card(const char *text);
bool word_is_module(const char *text);
bool word_is_setting(const char *text);
bool word_is_digest(const char *text);
/* "192.0.2.0/24" or "192.0.2.1" */
bool word_is_net(const char *text);

#endif
