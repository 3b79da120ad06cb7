/*
 * The pipeline, step by step.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/builtin.h"
#include "cli/host_facts.h"
#include "cli/session.h"
#include "grammar/parse.h"
#include "opt/opt.h"
#include "runtime/apply/sandbox.h"
#include "runtime/facts.h"
#include "sema/sema.h"
#include "target/ipfw/lower/lower.h"
#include "target/ipfw/rules.h"

void
session_init(
    struct session *session, const struct options *options, struct arena *arena)
{
	*session = (struct session){.options = options, .arena = arena};
	session->syms = sym_table_create(arena);
	sources_init(&session->sources, arena);
	diags_init(&session->diags, arena, &session->sources);
	catalogue_init(&session->catalogue, arena);
}

bool
session_take_files(struct session *session)
{
	int fd = session->options->files_from, error;

	if (fd == 0)
		return true;
	error = sources_take(&session->sources, fd);
	return error == 0 ||
	    session_fail(
		session, EXIT_ENVIRONMENT, "--files-from: %s", strerror(error));
}

bool
session_fail(
    struct session *session, enum exit_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("akinc: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	va_end(args);
	session->code = code;
	return false;
}

/* Diagnostics decide: with an error among them the policy is wrong. */
static bool
sound(struct session *session)
{
	if (session->diags.n_errors == 0)
		return true;
	session->code = EXIT_POLICY;
	return false;
}

bool
session_read(struct session *session, const char *path, uint32_t *file)
{
	int error = sources_read(&session->sources, path, file);

	if (error == 0)
		return true;
	return session_fail(session, EXIT_ENVIRONMENT, "%s: %s", path,
	    error == EFBIG ? "larger than 256 MiB" : strerror(error));
}

static bool
read_catalogue(struct session *session, uint32_t file)
{
	return catalogue_read(&session->catalogue, session->arena,
		   session->syms, &session->sources, file, &session->diags) ||
	    sound(session);
}

/* What is asked how often, in words of the catalogue. */
static bool
load_profile(struct session *session)
{
	uint32_t file;

	if (session->options->profile == NULL)
		return true;
	return session_read(session, session->options->profile, &file) &&
	    (profile_read(&session->profile, session->arena, session->syms,
		 &session->sources, file, &session->diags,
		 &session->catalogue) ||
		sound(session));
}

bool
session_load_catalogue(struct session *session)
{
	for (const struct builtin_file *f = builtin_files; f->name; f++)
		if (!read_catalogue(session,
			sources_add(&session->sources, f->name,
			    (const char *)f->bytes, f->size)))
			return false;
	for (size_t i = 0; i < session->options->catalogues.n; i++) {
		uint32_t file;

		if (!session_read(
			session, session->options->catalogues.v[i], &file) ||
		    !read_catalogue(session, file))
			return false;
	}
	return load_profile(session) && sound(session);
}

/* The flavour of this host's ipfw, or NULL. */
static const char *
host_flavour(void)
{
	struct utsname name;

	if (uname(&name) != 0)
		return NULL;
	if (strcmp(name.sysname, "Darwin") == 0)
		return "darwin";
	return strcmp(name.sysname, "FreeBSD") == 0 ? "freebsd" : NULL;
}

static bool
zone_is_active(const struct ast_zone *zone)
{
	for (size_t i = 0; i < zone->cards.n; i++)
		if (strcmp(zone->cards.v[i].text, "active") == 0)
			return true;
	return false;
}

static bool
file_asks_active(const struct ast_file *file)
{
	const struct ast_statement *s = file->statements;

	for (; s != NULL; s = s->next) {
		if (s->kind == AST_INCLUDE && s->u.include.file != NULL &&
		    file_asks_active(s->u.include.file))
			return true;
		if (s->kind == AST_ZONE && zone_is_active(&s->u.zone))
			return true;
	}
	return false;
}

bool
session_asks_active(const struct session *session)
{
	return file_asks_active(session->tree);
}

/*
 * A host without an ipfw compiles for another one, of which it knows nothing;
 * but a policy that says `active` is about this one all the same.
 */
static bool
host_from_running(struct session *session)
{
	bool meant = host_flavour() != NULL || session_asks_active(session);
	struct facts facts;
	int error = facts_collect(&facts);

	if (error != 0 && meant)
		return session_fail(session, EXIT_ENVIRONMENT,
		    "the cards of this host: %s", strerror(error));
	if (!host_from_facts(
		&session->host, session->arena, session->syms, &facts))
		session->host.active_known = false;
	session->host.known = meant;
	facts_free(&facts);
	return true;
}

static bool
host_from_file(struct session *session)
{
	uint32_t file;

	return session_read(session, session->options->host, &file) &&
	    (host_read(&session->host, session->arena, session->syms,
		 &session->sources, file, &session->diags) ||
		sound(session));
}

bool
session_load_host(struct session *session, bool running)
{
	const char *nic = session->options->nic;

	if (session->options->host != NULL && !host_from_file(session))
		return false;
	if (session->options->host == NULL && nic == NULL && running &&
	    !host_from_running(session))
		return false;
	if (nic == NULL)
		return true;
	if (!host_card_name_valid(nic))
		return session_fail(session, EXIT_USAGE,
		    "--nic: '%s' is not the name of a card", nic);
	session->host.active = sym_intern_string(session->syms, nic);
	session->host.active_known = true;
	return true;
}

static struct parse
parse_of(struct session *session)
{
	return (struct parse){
	    .arena = session->arena,
	    .syms = session->syms,
	    .sources = &session->sources,
	    .diags = &session->diags,
	};
}

bool
session_parse_only(struct session *session, const char *path)
{
	struct parse parse = parse_of(session);
	uint32_t file;

	if (!session_read(session, path, &file))
		return false;
	session->tree = parse_file(&parse, file);
	return sound(session);
}

/* Includes are read even after an error, so that one run shows all. */
bool
session_parse_read(struct session *session, uint32_t file)
{
	struct parse parse = parse_of(session);

	session->tree = parse_file(&parse, file);
	parse_includes(&parse, session->tree);
	return sound(session);
}

bool
session_parse(struct session *session, const char *path)
{
	uint32_t file;

	return session_read(session, path, &file) &&
	    session_parse_read(session, file);
}

bool
session_resolve(struct session *session, bool need_active)
{
	struct sema sema = {
	    .arena = session->arena,
	    .syms = session->syms,
	    .sources = &session->sources,
	    .diags = &session->diags,
	    .catalogue = &session->catalogue,
	    .host = &session->host,
	    .need_active = need_active,
	};

	session->policy = sema_policy(&sema, session->tree);
	if (session->options->without_nat)
		policy_leave_out_nat(session->arena, session->policy);
	return sound(session);
}

bool
session_confine(struct session *session)
{
	int error = sandbox_enter();

	return error == 0 ||
	    session_fail(
		session, EXIT_ENVIRONMENT, "the sandbox: %s", strerror(error));
}

static bool
choose_flavour(struct session *session)
{
	const char *name = session->options->flavour;

	if (name == NULL)
		name = host_flavour();
	session->flavour = ipfw_flavour_find(name != NULL ? name : "freebsd");
	if (session->flavour != NULL)
		return true;
	return session_fail(session, EXIT_USAGE,
	    "there is no flavour '%s'; see `akinc list flavours`", name);
}

static void
dump_pass(void *context, const char *pass, const struct ir *ir)
{
	struct session *session = context;
	const char *wanted = session->options->dump_after;
	struct buf out;

	if (strcmp(wanted, "all") != 0 && strcmp(wanted, pass) != 0)
		return;
	buf_init(&out, session->arena);
	ir_dump(ir, &session->sources, &out);
	fprintf(stderr, "# after %s\n%s", pass, out.p);
}

static bool
optimise(struct session *session)
{
	struct opt opt = {
	    .arena = session->arena,
	    .diags = &session->diags,
	    .level = session->options->level,
	    .profile = session->profile.entries.n != 0 ? &session->profile
						       : NULL,
	    .after = session->options->dump_after != NULL ? dump_pass : NULL,
	    .context = session,
	};
	const char *wrong;

	session->ir = ir_build(session->arena, session->policy);
	wrong = opt_run(&opt, session->ir);
	if (wrong == NULL)
		return sound(session);
	return session_fail(session, EXIT_BUG, "internal error in %s", wrong);
}

bool
session_lower(struct session *session)
{
	struct lower_request request = {
	    .arena = session->arena,
	    .diags = &session->diags,
	    .sources = &session->sources,
	    .level = session->options->level,
	    .table_prefix = "akin_",
	};

	if (!choose_flavour(session) || !optimise(session))
		return false;
	request.flavour = session->flavour;
	request.ir = session->ir;
	session->ruleset = ipfw_lower(&request);
	if (!sound(session))
		return false;
	if (session->ruleset == NULL)
		return session_fail(session, EXIT_BUG,
		    "internal error: no ruleset and no reason");
	ipfw_rules_sign(session->arena, session->ruleset, session->flavour);
	return true;
}

bool
session_forwards(const struct session *session, enum family family)
{
	if (family == FAMILY_6 && !session->flavour->ipv6)
		return false;
	for (size_t i = 0; i < session->policy->zones.n; i++) {
		const struct zone *zone = &session->policy->zones.v[i];

		if (zone->role == ZONE_INNER && zone->present &&
		    addr_set_families(&zone->own) & family)
			return true;
	}
	return false;
}
