/*
 * For tests of the catalogue: one that is empty, and ways to fill it and to
 * look into it.
 */
#ifndef CATALOGUE_FIXTURE_H
#define CATALOGUE_FIXTURE_H

#include "sema/catalogue.h"
#include "tests/unit/report.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

struct fixture {
	struct reading reading;
	struct catalogue catalogue;
};

static inline void
start(struct fixture *f)
{
	reading_start(&f->reading);
	catalogue_init(&f->catalogue, f->reading.arena);
}

static inline void
stop(struct fixture *f)
{
	reading_end(&f->reading);
}

static inline bool
read_file(struct fixture *f, uint32_t file)
{
	struct reading *r = &f->reading;

	return catalogue_read(
	    &f->catalogue, r->arena, r->syms, &r->sources, file, &r->diags);
}

static inline bool
read_text(struct fixture *f, const char *text)
{
	return read_file(f, reading_add(&f->reading, text));
}

static inline const struct service *
find(const struct fixture *f, const char *name)
{
	const struct service *service = catalogue_find(
	    &f->catalogue, sym_intern_string(f->reading.syms, name));

	ck_assert_msg(service != NULL, "no service %s", name);
	return service;
}

static inline const char *
list(const struct fixture *f, const char *pattern)
{
	struct buf out;

	buf_init(&out, f->reading.arena);
	catalogue_list(&f->catalogue, pattern, &out);
	return out.p;
}

/* What stands under NAME in the column of ports. */
static inline void
check_traffic(const struct fixture *f, const char *name, const char *traffic)
{
	const char *line = list(f, name);
	size_t n = strlen(name), m = strlen(traffic);

	while (strncmp(line, name, n) != 0 || line[n] != ' ') {
		line = strchr(line, '\n');
		ck_assert_msg(line != NULL, "no line for %s", name);
		line++;
	}
	line += n + strspn(line + n, " ");
	ck_assert_msg(strncmp(line, traffic, m) == 0 &&
		(line[m] == '\n' || strncmp(line + m, "  ", 2) == 0),
	    "%s: %.60s", name, line);
}

#endif
