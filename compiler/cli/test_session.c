/*
 * What `akinc test` and `akinc why` share.
 */
#include <string.h>

#include "cli/test_session.h"

/* A card that no host has; its name is one for every flavour and NAT. */
#define ACTIVE_CARD "active0"

static void
assume_active(struct session *session)
{
	const struct options *options = session->options;

	if (options->host != NULL || options->nic != NULL ||
	    !session_asks_active(session))
		return;
	session->host.active = sym_intern_string(session->syms, ACTIVE_CARD);
	session->host.active_known = true;
}

static void
choose_nat(struct session *session, const char *nat)
{
	if (nat != NULL)
		session->policy->options.nat = strcmp(nat, "kernel") == 0
		    ? NAT_KERNEL
		    : NAT_DIVERT;
}

bool
test_session_resolve(struct session *session)
{
	if (!session_load_catalogue(session) ||
	    !session_load_host(session, false))
		return false;
	assume_active(session);
	return session_resolve(session, true);
}

bool
test_session_compile(struct session *session, const char *nat)
{
	if (!test_session_resolve(session))
		return false;
	choose_nat(session, nat);
	return session_lower(session);
}

struct options
test_session_options(
    const struct options *base, const struct test_variant *variant)
{
	struct options options = *base;

	if (variant == NULL)
		return options;
	if (variant->host != NULL) {
		options.host = variant->host;
		options.nic = NULL;
	}
	if (variant->nic != NULL)
		options.nic = variant->nic;
	if (variant->flavour != NULL)
		options.flavour = variant->flavour;
	return options;
}

struct policy_test_run
test_session_run(struct session *session)
{
	return (struct policy_test_run){
	    .arena = session->arena,
	    .sources = &session->sources,
	    .policy = session->policy,
	    .ruleset = session->ruleset,
	    .flavour = run_flavour_find(session->flavour->name),
	};
}

size_t
test_session_append(struct session *session, struct ast_statement *statements)
{
	struct ast_statement **end = &session->tree->statements;
	size_t n = 0;

	while (*end != NULL)
		end = &(*end)->next;
	*end = statements;
	for (; statements != NULL; statements = statements->next)
		n++;
	return n;
}
