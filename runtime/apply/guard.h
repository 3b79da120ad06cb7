/*
 * The rest of a run in a process that nobody's going away can end.
 *
 * Before the switch the run goes on in a child that has a session of its own
 * and no terminal.  The caller's process stays behind, shows what the child
 * says, and hands on a key or an interrupt; if it dies, with its terminal, the
 * login and all, the child finishes what it is at, waits for the confirmation,
 * and takes back what nobody confirms.  If the child dies too, the journal is
 * there for the next run.
 */
#ifndef RUNTIME_APPLY_GUARD_H
#define RUNTIME_APPLY_GUARD_H

#include <stdbool.h>

#include "runtime/apply/apply.h"

/*
 * Go on in such a child: to be called as may_switch.  The caller's process
 * does not come back, but exits as the child does.  False: APPLY has been told
 * why there is none.
 */
bool guard_detach(struct apply *apply);
/*
 * In that child: wait for at most so many SECONDS for the confirmation.  False
 * if it does not come, and APPLY has been told.
 */
bool guard_wait(struct apply *apply, unsigned seconds);
/* When the run has ended: tell who confirmed what came of it. */
void guard_end(const struct apply_request *request, enum apply_code code);
/* `akinc confirm`: confirm what waits, and see that it is kept. */
enum apply_code guard_confirm(
    const struct apply_request *request, struct arena *arena);

#endif
