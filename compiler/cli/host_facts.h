/*
 * From what the runtime collected to what the compiler is given.
 */
#ifndef CLI_HOST_FACTS_H
#define CLI_HOST_FACTS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/sym.h"
#include "runtime/facts.h"
#include "sema/host.h"

/*
 * Fill in HOST from FACTS.  Cards whose names no policy could write are left
 * out; false if one of them has the default route that counts, since HOST
 * would then say that there is none.
 */
bool host_from_facts(struct host *host, struct arena *arena,
    struct sym_table *syms, const struct facts *facts);

#endif
