/*
 * The service catalogue inside the program: the build turns the files
 * of policies/ into the table, so akinc depends on no file but the user's own.
 */
#ifndef CLI_BUILTIN_H
#define CLI_BUILTIN_H

#include <stddef.h>

struct builtin_file {
	const char *name; /* NULL ends the table */
	const unsigned char *bytes;
	size_t size;
};

extern const struct builtin_file builtin_files[];

#endif
