/* procctl(2). */
#ifndef COMPILE_SYS_PROCCTL_H
#define COMPILE_SYS_PROCCTL_H

#include <sys/types.h>
#include <sys/wait.h>

#define PROC_TRACE_CTL 7
#define PROC_TRACE_CTL_DISABLE_EXEC 3

int procctl(idtype_t, id_t, int, void *);

#endif
