/*
 * The pipeline of the compiler, on texts in memory.
 */
#include <string.h>

#include "grammar/parse.h"
#include "opt/opt.h"
#include "target/ipfw/lower/lower.h"
#include "tests/crosscheck/compile.h"

bool
compile_base_init(
    struct compile_base *base, struct arena *arena, const char *catalogue)
{
	base->arena = arena;
	base->active = NULL;
	base->syms = sym_table_create(arena);
	sources_init(&base->sources, arena);
	diags_init(&base->diags, arena, &base->sources);
	catalogue_init(&base->catalogue, arena);
	return catalogue_read(&base->catalogue, arena, base->syms,
	    &base->sources,
	    sources_add(
		&base->sources, "catalogue", catalogue, strlen(catalogue)),
	    &base->diags);
}

bool
compile_policy(struct compile_base *base, struct arena *arena, const char *text,
    const char *facts, struct compiled *out)
{
	struct parse parse = {arena, base->syms, &out->sources, &out->diags};
	struct sema sema = {
	    .arena = arena,
	    .syms = base->syms,
	    .sources = &out->sources,
	    .diags = &out->diags,
	    .catalogue = &base->catalogue,
	    .host = &out->host,
	    .need_active = true,
	};
	struct ast_file *tree;

	*out = (struct compiled){.arena = arena};
	sources_init(&out->sources, arena);
	diags_init(&out->diags, arena, &out->sources);
	tree = parse_file(
	    &parse, sources_add(&out->sources, "policy", text, strlen(text)));
	if (facts != NULL &&
	    !host_read(&out->host, arena, base->syms, &out->sources,
		sources_add(&out->sources, "host", facts, strlen(facts)),
		&out->diags))
		return false;
	if (facts == NULL && base->active != NULL) {
		out->host.active = sym_intern_string(base->syms, base->active);
		out->host.active_known = true;
	}
	if (out->diags.n_errors != 0)
		return false;
	out->policy = sema_policy(&sema, tree);
	return out->diags.n_errors == 0;
}

bool
compile_lower(struct compiled *compiled, const struct ipfw_flavour *flavour,
    enum nat_method nat, int level)
{
	struct opt opt = {
	    .arena = compiled->arena,
	    .diags = &compiled->diags,
	    .level = level,
	};
	struct lower_request request = {
	    .arena = compiled->arena,
	    .diags = &compiled->diags,
	    .sources = &compiled->sources,
	    .flavour = flavour,
	    .level = level,
	    .table_prefix = "akin_",
	};
	struct ir *ir;

	diags_init(&compiled->diags, compiled->arena, &compiled->sources);
	compiled->policy->options.nat = nat;
	compiled->policy->options.ipv6_uncovered_ok = !flavour->ipv6;
	ir = ir_build(compiled->arena, compiled->policy);
	if (opt_run(&opt, ir) != NULL)
		return false;
	request.ir = ir;
	compiled->ruleset = ipfw_lower(&request);
	return compiled->diags.n_errors == 0 && compiled->ruleset != NULL;
}

const char *
compile_complaints(const struct compiled *compiled)
{
	struct buf out;

	buf_init(&out, compiled->arena);
	diags_render(&compiled->diags, &out, false);
	return out.p;
}
