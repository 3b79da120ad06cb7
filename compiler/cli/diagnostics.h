/*
 * The text of akinc-diagnostics(7), an entry a code, inside the program: the
 * build cuts it out of the manual page.
 */
#ifndef CLI_DIAGNOSTICS_H
#define CLI_DIAGNOSTICS_H

struct diagnostic_text {
	const char *code; /* NULL ends the table */
	const char *text;
};

extern const struct diagnostic_text diagnostic_texts[];

#endif
