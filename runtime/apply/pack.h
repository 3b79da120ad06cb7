/*
 * The files of a policy as one text: for a compiler that may not read them,
 * and to keep them as they were when they were good.  Each is a line
 * "SIZE NAME", its bytes and a newline; akinc takes it by --files-from.
 */
#ifndef RUNTIME_APPLY_PACK_H
#define RUNTIME_APPLY_PACK_H

#include "runtime/apply/artefact.h"

#define PACK_MAX ((size_t)256 * 1024 * 1024)

/*
 * Add the file NAME as it is now.  Returns 0, EINVAL if it is no regular file
 * or has no name that can be written down, or another errno value.
 */
int pack_add(struct buf *pack, const char *name);
/* The names in PACK; false if it is none. */
bool pack_names(
    struct arena *arena, const struct buf *pack, artefact_texts *names);
/*
 * A descriptor to read PACK from, by a file without a name; -1 with errno set.
 */
int pack_open(const struct buf *pack);

#endif
