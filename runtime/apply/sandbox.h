/*
 * Who reads a policy is confined: a text that breaks the compiler breaks
 * nothing else.
 *
 *			before exec		when all is read
 *	any system	no files longer than	-
 *			they are, no processes,
 *			no core
 *	Linux, seccomp	no sockets but those	no file is opened, nothing
 *			that tell the cards;	is executed, no socket
 *			files only to read
 *	FreeBSD		-			capability mode, capsicum(4)
 *	Darwin		-			-
 *
 * On Linux without seccomp there are the limits, and that no program gains
 * privileges.
 */
#ifndef RUNTIME_APPLY_SANDBOX_H
#define RUNTIME_APPLY_SANDBOX_H

/*
 * In a process that is about to exec, when its user is set.  Nothing of it can
 * be taken back.  Returns 0 or an errno value.
 */
int sandbox_confine(void);
/* In a process that has read all that it needs.  Returns 0 or an errno. */
int sandbox_enter(void);

#endif
