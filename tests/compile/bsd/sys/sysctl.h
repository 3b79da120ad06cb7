/* sysctl(3). */
#ifndef COMPILE_SYS_SYSCTL_H
#define COMPILE_SYS_SYSCTL_H

#include <stddef.h>

#define CTL_NET 4
#define NET_RT_DUMP 1

#ifdef COMPILE_DARWIN
int sysctl(int *, unsigned, void *, size_t *, void *, size_t);
#else
int sysctl(const int *, unsigned, void *, size_t *, const void *, size_t);
#endif

#endif
