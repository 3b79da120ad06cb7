/*
 * Diagnostics: a list of findings about the user's input, each with a stable
 * code, a place, other places that explain it, and what to do about it.
 *
 * Nothing is printed here.  The command line renders the list as text or as
 * JSON when a pass has ended.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/source.h"

#define DIAG_SHOWN_MAX 20

enum diag_severity {
	DIAG_ERROR,
	DIAG_WARNING,
};

enum diag_code {
#define DIAG(name, code, severity, title) name,
#include "base/diag.def"
#undef DIAG
	DIAG_CODE_COUNT
};

struct diag_label {
	struct span span;
	const char *text;
};

struct diag {
	enum diag_code code;
	struct span span;
	const char *text;
	VEC(struct diag_label) labels;
	VEC(const char *) helps;
};

struct diags {
	struct arena *arena;
	const struct sources *sources;
	VEC(struct diag *) list;
	size_t n_errors, n_warnings;
};

void diags_init(
    struct diags *diags, struct arena *arena, const struct sources *sources);

/* Never NULL: the result takes labels and helps. */
struct diag *diag_add(struct diags *diags, enum diag_code code,
    struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void diag_label(struct diags *diags, struct diag *diag, struct span span,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void diag_help(struct diags *diags, struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "E0101", and so on. */
const char *diag_code_name(enum diag_code code);
const char *diag_code_title(enum diag_code code);
enum diag_severity diag_code_severity(enum diag_code code);
/* DIAG_CODE_COUNT if NAME is no code.  Case does not matter. */
enum diag_code diag_code_find(const char *name);

/*
 * The list as text, in order of file and place, at most DIAG_SHOWN_MAX errors
 * and as many warnings, with a line that counts the rest.  COLOUR adds ANSI
 * sequences.  Bytes of the source that no terminal should see are shown
 * escaped.
 */
void diags_render(const struct diags *diags, struct buf *out, bool colour);

#endif
