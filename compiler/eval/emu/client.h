/*
 * The client's side: ipfw(8) as others see it.
 */
#ifndef EVAL_EMU_CLIENT_H
#define EVAL_EMU_CLIENT_H

#include <stddef.h>

#define CLIENT_ENVIRONMENT "IPFW_EMU"

/* Each prints what the server answers and returns its exit code. */

/* The words of a command line of ipfw(8). */
int client_command(char **words, size_t n);
int client_step(const char *step);
int client_stop(const char *path);

#endif
