#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROOT "tests/vectors"
#define LINE_MAX_BYTES 65536

vector_words
vector_split(struct arena *arena, const char *text)
{
	vector_words words = {NULL, 0, 0};

	for (;;) {
		size_t n;

		text += strspn(text, " \t");
		n = strcspn(text, " \t");
		if (n == 0)
			return words;
		vec_push(arena, &words, arena_strndup(arena, text, n));
		text += n;
	}
}

int
vector_code(const struct vector_step *step)
{
	int code = 0;

	for (size_t i = 0; i < step->answers.n; i++)
		if (sscanf(step->answers.v[i], "rc=%d", &code) == 1)
			return code;
	return 0;
}

static void
read_vector_line(
    struct arena *arena, struct vector *vector, const char *line, size_t number)
{
	if (strncmp(line, "> ", 2) == 0) {
		struct vector_step step = {.line = number};

		step.text = arena_strdup(arena, line + 2);
		step.words = vector_split(arena, step.text);
		vec_push(arena, &vector->steps, step);
	} else if (strncmp(line, "= ", 2) == 0) {
		ck_assert_uint_gt(vector->steps.n, 0);
		vec_push(arena, &vector->steps.v[vector->steps.n - 1].answers,
		    arena_strdup(arena, line + 2));
	} else if (strncmp(line, "default ", 8) == 0) {
		vector->default_allow = strcmp(line + 8, "allow") == 0;
	} else {
		ck_assert_msg(line[0] == '#' || line[0] == '\0', "%s:%zu: %s",
		    vector->path, number, line);
	}
}

static void
read_vector(struct arena *arena, vector_list *list, const char *path)
{
	struct vector vector = {.path = path};
	char line[LINE_MAX_BYTES];
	size_t number = 0;
	FILE *file = fopen(path, "r");

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		read_vector_line(arena, &vector, line, ++number);
	}
	fclose(file);
	vec_push(arena, list, vector);
}

static void
read_folder(struct arena *arena, vector_list *list, const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, NULL, alphasort);

	ck_assert_int_ge(n, 0);
	for (int i = 0; i < n; i++) {
		const char *name = entries[i]->d_name;
		const char *entry = arena_printf(arena, "%s/%s", path, name);
		size_t length = strlen(name);
		struct stat info;

		if (name[0] != '.' && stat(entry, &info) == 0) {
			if (S_ISDIR(info.st_mode))
				read_folder(arena, list, entry);
			else if (length > 4 &&
			    strcmp(name + length - 4, ".vec") == 0)
				read_vector(arena, list, entry);
		}
		free(entries[i]);
	}
	free(entries);
}

void
vectors_read(struct arena *arena, vector_list *list)
{
	*list = (vector_list){NULL, 0, 0};
	read_folder(arena, list, ROOT);
	ck_assert_msg(list->n > 0, "no vector under %s", ROOT);
}
