/*
 * As akinc does it: what is proved is the text.
 */
#include "target/ipfw/rules.h"
#include "target/ipfw/text/read.h"
#include "tests/crosscheck/proof.h"

struct ipfw_ruleset *
proof_read_back(
    const struct compiled *compiled, const struct ipfw_flavour *flavour)
{
	struct arena *arena = compiled->arena;
	struct ipfw_ruleset *ruleset = arena_new(arena, struct ipfw_ruleset);
	struct ipfw_reader reader;
	struct sources sources;
	struct diags diags;
	struct buf text;

	buf_init(&text, arena);
	ipfw_rules_write(&text, compiled->ruleset, flavour, -1);
	sources_init(&sources, arena);
	diags_init(&diags, arena, &sources);
	ipfw_reader_init(&reader, arena);
	if (!ipfw_read_file(&reader, &diags,
		sources_add(&sources, "rules", text.p, text.n), ruleset))
		return NULL;
	for (size_t i = 0; i < compiled->ruleset->nats.n; i++)
		if (!compiled->ruleset->nats.v[i].kernel)
			vec_push(arena, &ruleset->nats,
			    compiled->ruleset->nats.v[i]);
	return ruleset;
}

const char *
proof_try(const struct compiled *compiled, const struct ipfw_flavour *flavour,
    struct prove_result *result)
{
	struct prove_request request = {
	    .arena = compiled->arena,
	    .policy = compiled->policy,
	    .ruleset = proof_read_back(compiled, flavour),
	    .flavour = flavour,
	    .logs = true,
	};

	*result = (struct prove_result){.more = false};
	if (request.ruleset == NULL)
		return "the rules cannot be read back";
	if (prove(&request, result))
		return NULL;
	if (result->exhausted)
		return "the proof runs out of memory";
	return result->witnesses.n > 0 ? "not equal" : "wrongly built";
}
