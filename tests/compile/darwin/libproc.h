/* libproc(3). */
#ifndef COMPILE_LIBPROC_H
#define COMPILE_LIBPROC_H

#include <stdint.h>

int proc_pidpath(int, void *, uint32_t);

#endif
