/*
 * How large a rule is for the kernel.
 */
#ifndef TARGET_IPFW_SIZE_H
#define TARGET_IPFW_SIZE_H

#include <stddef.h>

#include "target/ipfw/ipfw.h"

/*
 * The length of RULE in 32-bit words, its comment included, as ipfw(8) counts
 * it against IPFW_RULE_WORDS_MAX; never less than the true one.
 */
size_t ipfw_rule_words(const struct ipfw_rule *rule);

#endif
