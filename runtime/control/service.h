/*
 * How this system starts and stops akind as a service.  One file a system.
 */
#ifndef RUNTIME_CONTROL_SERVICE_H
#define RUNTIME_CONTROL_SERVICE_H

enum control_service {
	CONTROL_SERVICE_START,
	CONTROL_SERVICE_STOP,
};

#define CONTROL_SERVICE_WORDS 6

/*
 * The words of the command, the program's path first; NULL ends them.  Each
 * is a constant.
 */
void control_service_words(
    enum control_service action, const char *words[CONTROL_SERVICE_WORDS]);

/*
 * Run the command, with PROGRAM for its path unless that is NULL.  Returns
 * what waitpid(2) says of it, or -1 with errno set.
 */
int control_service_run(enum control_service action, const char *program);

#endif
