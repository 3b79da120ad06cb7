/*
 * What the host runs, read anew whenever it may have changed.
 */
#include <stdlib.h>
#include <string.h>

#include "runtime/apply/private.h"
#include "runtime/apply/words.h"

#define DEFAULT_NUMBER 65535

/* The batch shows the sets first: all before that is of LINES. */
static void
add_questions(struct buf *batch, unsigned questions, bool lines)
{
	if (lines)
		buf_puts(batch, "set show\n");
	if ((questions & HOST_STATES) != 0)
		buf_puts(batch, "-d ");
	buf_puts(batch, (questions & HOST_COUNTERS) != 0 ? "show\n" : "list\n");
	buf_puts(batch, "set show\n");
	if ((questions & HOST_TABLES) != 0)
		buf_puts(batch, "table all list\n");
	if ((questions & HOST_NATS) != 0)
		buf_puts(batch, "nat show config\n");
}

static void
keep_listing(
    struct apply *apply, const struct listing *listing, unsigned questions)
{
	struct host_state *host = &apply->host;

	memcpy(&host->rules, &listing->rules, sizeof(host->rules));
	host->fallback = listing->fallback;
	host->disabled = listing->disabled;
	if ((questions & HOST_STATES) != 0)
		memcpy(&host->states, &listing->states, sizeof(host->states));
	if ((questions & HOST_TABLES) != 0)
		memcpy(&host->tables, &listing->tables, sizeof(host->tables));
	if ((questions & HOST_NATS) == 0)
		return;
	host->nats.n = 0;
	for (size_t i = 0; i < listing->nats.n; i++)
		vec_push(apply->arena, &host->nats, listing->nats.v[i]);
}

static bool
read_listing(struct apply *apply, const struct child_result *result,
    unsigned questions, bool lines)
{
	struct listing_request request = {
	    .arena = apply->arena,
	    .counters = (questions & HOST_COUNTERS) != 0,
	};
	struct listing listing;
	const char *wrong;

	if (!listing_read(&request, result->out.p, lines, &listing, &wrong))
		return apply_fail(apply, APPLY_ENVIRONMENT,
		    "%s prints what cannot be understood: %s",
		    apply->paths.ipfw, wrong);
	keep_listing(apply, &listing, questions);
	generation_find_all(apply);
	return true;
}

static bool
fail_ipfw(struct apply *apply, const struct buf *lines,
    const struct child_result *result)
{
	const char *said = result->err.p;
	struct buf message;

	buf_init(&message, apply->arena);
	buf_puts(&message, child_fault(apply->arena, result));
	if (*said != '\0')
		buf_printf(&message, ": %.*s", (int)strcspn(said, "\n"), said);
	return apply_fail(apply, APPLY_ENVIRONMENT, "%s %s", apply->paths.ipfw,
	    lines != NULL ? load_explain(apply, lines, message.p) : message.p);
}

bool
host_list(struct apply *apply, const struct buf *lines, unsigned questions,
    struct child_result *result)
{
	struct child_result own;
	struct buf batch;

	if (result == NULL)
		result = &own;
	buf_init(&batch, apply->arena);
	if (lines != NULL)
		buf_write(&batch, lines->p, lines->n);
	add_questions(&batch, questions, lines != NULL);
	if (!command_ipfw(apply, &batch, result))
		return fail_ipfw(apply, lines, result);
	return read_listing(apply, result, questions, lines != NULL);
}

/* "net.inet.ip.forwarding: 1", or behind a change "…: 0 -> 1" */
static void
read_setting(struct apply *apply, const char *line, size_t length)
{
	struct host_state *host = &apply->host;
	const char *colon = memchr(line, ':', length), *at;
	struct host_setting setting = {.known = true};
	char *end;

	if (colon == NULL)
		return;
	setting.name = arena_strndup(
	    apply->arena, line, (size_t)(colon - line));
	if (!word_is_setting(setting.name))
		return;
	at = line + length;
	while (at > colon + 1 && at[-1] >= '0' && at[-1] <= '9')
		at--;
	if (at == line + length || at[-1] != ' ')
		return;
	setting.value = strtoull(at, &end, 10);
	for (size_t i = 0; i < host->settings.n; i++)
		if (strcmp(host->settings.v[i].name, setting.name) == 0) {
			host->settings.v[i] = setting;
			return;
		}
	vec_push(apply->arena, &host->settings, setting);
}

static void
read_settings(struct apply *apply, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		read_setting(apply, text, length);
		text += length + (text[length] == '\n');
	}
}

/* Names that the kernel does not have are no fault here; the plan asks. */
bool
host_read_settings(struct apply *apply)
{
	const artefact_settings *lists[] = {
	    &apply->artefact->before, &apply->artefact->after};
	struct child_result result;
	word_list words = {0};

	vec_push(apply->arena, &words, apply->paths.sysctl);
	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < lists[i]->n; j++)
			vec_push(apply->arena, &words, lists[i]->v[j].name);
	vec_push(apply->arena, &words, NULL);
	if (!command_run(apply, words.v, NULL, 0, &result) && result.code < 0)
		return apply_fail(apply, APPLY_ENVIRONMENT, "%s %s",
		    apply->paths.sysctl, child_fault(apply->arena, &result));
	apply->host.settings.n = 0;
	read_settings(apply, result.out.p);
	return true;
}

/* The last word of a line of `kldstat -v` is the name of a module. */
static void
read_module(struct apply *apply, const char *line, size_t length)
{
	size_t start = length;

	while (start > 0 && line[start - 1] != ' ' && line[start - 1] != '\t')
		start--;
	if (start < length)
		vec_push(apply->arena, &apply->host.modules,
		    (const char *)arena_strndup(
			apply->arena, line + start, length - start));
}

/* Who called may have seen that all we need is loaded. */
static bool
take_known_modules(struct apply *apply)
{
	const char *const *known = apply->request->modules;

	if (known == NULL)
		return false;
	for (; *known != NULL; known++)
		vec_push(apply->arena, &apply->host.modules, *known);
	for (size_t i = 0; i < apply->artefact->modules.n; i++)
		if (!host_has_module(
			&apply->host, apply->artefact->modules.v[i])) {
			apply->host.modules.n = 0;
			return false;
		}
	return true;
}

bool
host_has_module(const struct host_state *host, const char *name)
{
	for (size_t i = 0; i < host->modules.n; i++)
		if (strcmp(host->modules.v[i], name) == 0)
			return true;
	return false;
}

bool
host_read_modules(struct apply *apply)
{
	const char *words[] = {apply->paths.kldstat, "-v", NULL}, *text;
	struct child_result result;

	apply->host.modules.n = 0;
	if (apply->artefact->darwin || take_known_modules(apply))
		return true;
	if (!command_run(apply, words, NULL, 0, &result))
		return apply_fail(apply, APPLY_ENVIRONMENT, "%s %s",
		    apply->paths.kldstat, child_fault(apply->arena, &result));
	for (text = result.out.p; *text != '\0';) {
		size_t length = strcspn(text, "\n");

		read_module(apply, text, length);
		text += length + (text[length] == '\n');
	}
	return true;
}

/*
 * Has the set a rule with the number that the line of a state begins with?  A
 * darwin ipfw lists the states of all sets.
 */
static bool
may_be_from(const struct host_state *host, unsigned set, const char *line)
{
	unsigned long number = strtoul(line, NULL, 10);

	for (size_t i = 0; i < host->rules.n; i++)
		if (host->rules.v[i].set == set &&
		    host->rules.v[i].number == number)
			return true;
	return false;
}

/* The shows of the sets stand between the lists of two. */
static void
count_states(struct apply *apply, const char *text)
{
	struct host_state *host = &apply->host;
	struct host_generation *generation = host->generations.v;
	size_t i = 0;
	bool states = false;

	while (*text != '\0' && i < host->generations.n) {
		size_t length = strcspn(text, "\n");

		if (strncmp(text, "disable", 7) == 0 ||
		    strncmp(text, "enable", 6) == 0) {
			i++;
			states = false;
		} else if (strncmp(text, "## Dynamic", 10) == 0) {
			states = true;
		} else if (states && length > 0 &&
		    (!apply->darwin ||
			may_be_from(host, generation[i].set, text))) {
			generation[i].states++;
		}
		text += length + (text[length] == '\n');
	}
}

bool
host_count_states(struct apply *apply)
{
	struct host_state *host = &apply->host;
	struct child_result result;
	struct buf batch;

	buf_init(&batch, apply->arena);
	for (size_t i = 0; i < host->generations.n; i++) {
		host->generations.v[i].states = 0;
		if (apply->artefact != NULL && apply->artefact->darwin)
			buf_puts(&batch, "-d list\nset show\n");
		else
			buf_printf(&batch, "-d set %u list\nset show\n",
			    host->generations.v[i].set);
	}
	if (batch.n == 0)
		return true;
	if (!command_ipfw(apply, &batch, &result))
		return fail_ipfw(apply, NULL, &result);
	count_states(apply, result.out.p);
	return true;
}

const struct host_generation *
host_generation_of(const struct host_state *host, unsigned set)
{
	for (size_t i = 0; i < host->generations.n; i++)
		if (host->generations.v[i].set == set)
			return &host->generations.v[i];
	return NULL;
}

bool
host_set_enabled(const struct host_state *host, unsigned set)
{
	return (host->disabled >> set & 1) == 0;
}

bool
host_set_empty(const struct host_state *host, unsigned set)
{
	for (size_t i = 0; i < host->rules.n; i++)
		if (host->rules.v[i].set == set)
			return false;
	return true;
}

const struct host_setting *
host_setting_find(const struct host_state *host, const char *name)
{
	for (size_t i = 0; i < host->settings.n; i++)
		if (strcmp(host->settings.v[i].name, name) == 0)
			return &host->settings.v[i];
	return NULL;
}

void
host_set_text(const struct host_state *host, unsigned set, struct buf *out)
{
	for (size_t i = 0; i < host->rules.n; i++)
		if (host->rules.v[i].set == set)
			buf_printf(out, "%u %u %s\n", set,
			    (unsigned)host->rules.v[i].number,
			    host->rules.v[i].text);
}

const struct host_nat *
host_find_nat(const struct host_state *host, bool kernel, uint32_t id)
{
	for (size_t i = 0; i < host->nats.n; i++)
		if (host->nats.v[i].kernel == kernel &&
		    host->nats.v[i].id == id)
			return &host->nats.v[i];
	return NULL;
}
