/*
 * A host that runs ipfw: the engine, the world around it, and the switches
 * that sysctl(8) and the command set.  A session has one, and so has the
 * server.
 */
#ifndef EVAL_EMU_MACHINE_H
#define EVAL_EMU_MACHINE_H

#include "base/arena.h"
#include "base/buf.h"
#include "eval/walk.h"
#include "eval/world.h"
#include "target/ipfw/engine/run.h"
#include "target/ipfw/engine/fragment.h"

#define MACHINE_INSTANCES_MAX 1024

/* An in-kernel translator as it was configured. */
struct machine_instance {
	uint32_t id;
	char *words; /* malloc'ed: all after "config" */
};

struct machine {
	struct arena *arena;
	struct ipfw_engine *engine;
	struct world world;
	struct ipfw_fragments *fragments;
	struct machine_instance *instances;
	size_t n_instances;
	bool enabled4, enabled6; /* net.inet[6].ip[6].fw.enable */
	uint32_t verbose, debug;
	uint32_t buckets;
	/* Of the host; nothing here asks for them. */
	uint32_t forwards4, forwards6, tso;
};

/* NULL if there is no memory. */
struct machine *machine_create(const struct run_flavour *flavour);
void machine_destroy(struct machine *machine);

/* The way of PACKET, cards and clock as they are. */
void machine_walk(struct machine *machine, struct arena *arena,
    const struct ipfw_packet *packet, bool forward, struct walk *out);

/*
 * The value behind a name of sysctl(8).  False: no such name; a write of a
 * value that the kernel refuses is a write of nothing.
 */
bool machine_sysctl_read(
    struct machine *machine, const char *name, uint32_t *value);
bool machine_sysctl_write(
    struct machine *machine, const char *name, uint32_t value);
/* The I-th name, or NULL. */
const char *machine_sysctl_name(size_t i);

/* Are WORDS, those after "nat ID config", a configuration? */
bool machine_check_instance(
    struct arena *arena, const char *const *words, size_t n);
/* IPFW_INVALID: they are none. */
enum ipfw_error machine_set_instance(
    struct machine *machine, uint32_t id, const char *const *words, size_t n);
bool machine_delete_instance(struct machine *machine, uint32_t id);
/* The addresses of cards have changed: the translators that follow one. */
void machine_follow_cards(struct machine *machine);

#endif
