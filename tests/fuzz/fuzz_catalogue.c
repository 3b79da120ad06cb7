/*
 * YAML files of users: catalogues and host facts.
 *
 * The first byte chooses: 'h' and other even ones mean host facts, 'c' and
 * other odd ones a catalogue.  What is accepted must keep what the rest of the
 * compiler builds on; a bounded arena shows input that fills the memory.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "sema/catalogue.h"
#include "sema/host.h"

#define MEMORY ((size_t)64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct reading {
	struct arena *arena;
	struct sym_table *syms;
	struct sources sources;
	struct diags diags;
	uint32_t file;
};

static void
check_part(const struct service_part *part)
{
	bool ported = part->protocol == PROTOCOL_TCP ||
	    part->protocol == PROTOCOL_UDP;

	assert(part->protocol > 0 && part->protocol < 256);
	assert(part->families != FAMILY_NONE);
	assert(part->source.n == 0 || ported);
	assert(part->target.n == 0 || ported);
	assert(part->target.n == 0 || part->target.v[0].lo > 0);
	assert(
	    part->exchange == EXCHANGE_NONE || part->protocol != PROTOCOL_TCP);
	assert(
	    part->group == (part->broadcast || !addr_set_empty(&part->groups)));
	assert((addr_set_families(&part->groups) & ~part->families) == 0);
}

static void
check_service(const struct service *service)
{
	assert(service->parts.n > 0);
	assert(strpbrk(service->name, " \t\n") == NULL);
	for (size_t i = 0; i < service->parts.n; i++)
		check_part(&service->parts.v[i]);
}

static void
read_catalogue(struct reading *r)
{
	struct catalogue catalogue;
	struct buf out;
	bool ok;

	catalogue_init(&catalogue, r->arena);
	ok = catalogue_read(
	    &catalogue, r->arena, r->syms, &r->sources, r->file, &r->diags);
	assert(ok == (r->diags.n_errors == 0));
	for (size_t i = 0; ok && i < catalogue.list.n; i++)
		check_service(catalogue.list.v[i]);
	buf_init(&out, r->arena);
	catalogue_list(&catalogue, NULL, &out);
}

static void
check_card(const struct host_card *card)
{
	assert(host_card_name_valid(card->name));
	for (size_t i = 0; i < card->addresses.n; i++)
		assert(card->addresses.v[i].length <=
		    (card->addresses.v[i].family == FAMILY_4 ? 32 : 128));
}

static void
read_host(struct reading *r)
{
	struct host host;
	bool ok = host_read(
	    &host, r->arena, r->syms, &r->sources, r->file, &r->diags);

	assert(ok == (r->diags.n_errors == 0));
	assert(!ok || host.known);
	for (size_t i = 0; i < host.cards.n; i++)
		check_card(&host.cards.v[i]);
	if (host.active != NULL)
		assert(host_card_find(&host, host.active) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading r = {.arena = arena_create(MEMORY, NULL, NULL)};
	struct buf out;

	if (size == 0 || r.arena == NULL) {
		arena_destroy(r.arena);
		return 0;
	}
	r.syms = sym_table_create(r.arena);
	sources_init(&r.sources, r.arena);
	diags_init(&r.diags, r.arena, &r.sources);
	r.file = sources_add(
	    &r.sources, "input", (const char *)data + 1, size - 1);
	if (data[0] % 2 == 0)
		read_host(&r);
	else
		read_catalogue(&r);
	buf_init(&out, r.arena);
	diags_render(&r.diags, &out, true);
	arena_destroy(r.arena);
	return 0;
}
