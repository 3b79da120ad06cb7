/*
 * A machine has one arena for what its world is told.  Rules, states, tables
 * and flows come and go and are not in it.
 */
#include <stdlib.h>

#include "eval/emu/machine.h"

#define WORLD_BYTES_MAX ((size_t)256 * 1024 * 1024)

struct machine *
machine_create(const struct run_flavour *flavour)
{
	struct machine *machine = calloc(1, sizeof(*machine));

	if (machine == NULL)
		return NULL;
	machine->arena = arena_create(WORLD_BYTES_MAX, NULL, NULL);
	machine->engine = ipfw_engine_create(flavour, NULL);
	machine->fragments = ipfw_fragments_create(0);
	machine->enabled4 = machine->enabled6 = true;
	machine->buckets = 256;
	machine->tso = 1;
	if (machine->arena == NULL || machine->engine == NULL ||
	    machine->fragments == NULL) {
		machine_destroy(machine);
		return NULL;
	}
	world_init(&machine->world, machine->arena);
	return machine;
}

void
machine_destroy(struct machine *machine)
{
	if (machine == NULL)
		return;
	for (size_t i = 0; i < machine->n_instances; i++)
		free(machine->instances[i].words);
	free(machine->instances);
	world_free(&machine->world);
	ipfw_fragments_destroy(machine->fragments);
	ipfw_engine_destroy(machine->engine);
	if (machine->arena != NULL)
		arena_destroy(machine->arena);
	free(machine);
}

void
machine_walk(struct machine *machine, struct arena *arena,
    const struct ipfw_packet *packet, bool forward, struct walk *out)
{
	struct walk_host host = {
	    .engine = machine->engine,
	    .world = &machine->world,
	    .fragments = machine->fragments,
	};
	bool enabled = packet->tuple.family == FAMILY_4 ? machine->enabled4
							: machine->enabled6;

	if (enabled)
		walk_packet(&host, arena, packet, forward, out);
	else
		*out = (struct walk){
		    .end = {.verdict = WALK_ALLOW},
		    .packet = *packet,
		};
}
