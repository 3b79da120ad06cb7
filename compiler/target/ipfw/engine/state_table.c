/*
 * The table of dynamic states: a hash over both ends of a flow, the same for
 * either direction, that doubles as it fills.
 *
 * The kernel's own table has 256 buckets, and a state that is met moves to the
 * front of its chain.  Only a listing shows that, so each state remembers when
 * it was touched last and a listing sorts by the kernel's bucket and by that.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/engine/private.h"

#define BUCKETS_FIRST ((size_t)256)
#define BUCKETS_MAX ((size_t)1 << 24)
#define KERNEL_BUCKETS 256
#define SLAB_STATES 512

struct run_slab {
	struct run_slab *next;
	struct run_state states[SLAB_STATES];
};

static uint64_t
mix(uint64_t word)
{
	word ^= word >> 32;
	word *= UINT64_C(0xd6e8feb86659fd93);
	word ^= word >> 29;
	return word;
}

static uint64_t
hash_end(struct addr addr, uint16_t port)
{
	return mix(addr.hi * UINT64_C(0x9e3779b97f4a7c15) +
	    mix(addr.lo + ((uint64_t)port << 40)));
}

uint64_t
run_state_hash(const struct ipfw_tuple *tuple)
{
	return mix(hash_end(tuple->source, tuple->source_port) +
	    hash_end(tuple->target, tuple->target_port) + tuple->protocol);
}

void
run_states_init(struct ipfw_engine *engine)
{
	engine->states.due = UINT64_MAX;
	engine->states.keepalive_last = engine->now;
}

void
run_states_free(struct ipfw_engine *engine)
{
	struct run_slab *slab = engine->states.slabs;

	while (slab != NULL) {
		struct run_slab *next = slab->next;

		free(slab);
		slab = next;
	}
	free(engine->states.buckets);
}

static bool
add_slab(struct run_states *states)
{
	struct run_slab *slab = malloc(sizeof(*slab));

	if (slab == NULL)
		return false;
	slab->next = states->slabs;
	states->slabs = slab;
	for (size_t i = 0; i < SLAB_STATES; i++) {
		slab->states[i].next = states->free;
		states->free = &slab->states[i];
	}
	return true;
}

/* Twice as many buckets; if there is no memory the chains grow instead. */
static bool
grow_buckets(struct run_states *states)
{
	size_t n = states->n_buckets > 0 ? states->n_buckets * 2
					 : BUCKETS_FIRST;
	struct run_state **buckets;

	if (states->n < states->n_buckets || n > BUCKETS_MAX)
		return true;
	buckets = calloc(n, sizeof(struct run_state *));
	if (buckets == NULL)
		return states->n_buckets > 0;
	for (struct run_state *state = states->first; state != NULL;
	     state = state->all_next) {
		state->next = buckets[state->hash & (n - 1)];
		buckets[state->hash & (n - 1)] = state;
	}
	free(states->buckets);
	states->buckets = buckets;
	states->n_buckets = n;
	return true;
}

static void
link_state(struct run_states *states, struct run_state *state)
{
	size_t bucket = state->hash & (states->n_buckets - 1);

	state->next = states->buckets[bucket];
	states->buckets[bucket] = state;
	state->all_next = states->first;
	if (states->first != NULL)
		states->first->all_previous = state;
	states->first = state;
}

struct run_state *
run_state_insert(struct ipfw_engine *engine, const struct ipfw_tuple *tuple,
    enum ipfw_state_kind kind, struct run_rule *rule)
{
	struct run_states *states = &engine->states;
	struct run_state *state;

	if (states->n >= engine->settings.states_max || !grow_buckets(states) ||
	    (states->free == NULL && !add_slab(states)))
		return NULL;
	state = states->free;
	states->free = state->next;
	memset(state, 0, sizeof(*state));
	state->tuple = *tuple;
	state->hash = run_state_hash(tuple);
	state->kind = (uint8_t)kind;
	state->rule = rule;
	state->touched = ++states->touch;
	state->expire = engine->now + engine->settings.syn_lifetime;
	link_state(states, state);
	states->n++;
	if (kind == IPFW_STATE_PARENT)
		states->n_parents++;
	rule->n_states++;
	return state;
}

void
run_state_remove(struct ipfw_engine *engine, struct run_state *state)
{
	struct run_states *states = &engine->states;
	struct run_state **link =
	    &states->buckets[state->hash & (states->n_buckets - 1)];

	while (*link != state)
		link = &(*link)->next;
	*link = state->next;
	if (state->all_previous != NULL)
		state->all_previous->all_next = state->all_next;
	else
		states->first = state->all_next;
	if (state->all_next != NULL)
		state->all_next->all_previous = state->all_previous;
	if (state->parent != NULL)
		state->parent->count--;
	if (state->kind == IPFW_STATE_PARENT)
		states->n_parents--;
	state->rule->n_states--;
	states->n--;
	state->next = states->free;
	states->free = state;
}

size_t
ipfw_engine_n_states(const struct ipfw_engine *engine)
{
	return engine->states.n;
}

/* The bucket in which the kernel keeps the state. */
static unsigned
kernel_bucket(const struct ipfw_tuple *tuple)
{
	uint64_t word = tuple->source.lo ^ tuple->target.lo;

	/* IPv6 is hashed as it is in memory: the low byte comes first. */
	if (tuple->family == FAMILY_6)
		word = word >> 24 ^ word >> 56;
	word ^= (uint64_t)(tuple->source_port ^ tuple->target_port);
	return (unsigned)(word % KERNEL_BUCKETS);
}

static int
compare_states(const void *a, const void *b)
{
	const struct run_state *left = *(struct run_state *const *)a;
	const struct run_state *right = *(struct run_state *const *)b;
	unsigned left_bucket = kernel_bucket(&left->tuple);
	unsigned right_bucket = kernel_bucket(&right->tuple);

	if (left_bucket != right_bucket)
		return left_bucket < right_bucket ? -1 : 1;
	return left->touched > right->touched ? -1 : 1;
}

static struct ipfw_state_view
view_state(const struct ipfw_engine *engine, const struct run_state *state)
{
	return (struct ipfw_state_view){
	    .kind = (enum ipfw_state_kind)state->kind,
	    .number = state->rule->number,
	    .set = state->rule->set,
	    .tuple = state->tuple,
	    .left = state->expire > engine->now ? state->expire - engine->now
						: 0,
	    .packets = state->packets,
	    .bytes = state->bytes,
	    .tcp = state->tcp,
	    .count = state->count,
	};
}

struct ipfw_state_view *
ipfw_engine_states(struct ipfw_engine *engine, struct arena *arena)
{
	size_t n = engine->states.n, i = 0;
	struct run_state **sorted = arena_calloc(
	    arena, n + 1, sizeof(struct run_state *));
	struct ipfw_state_view *views = arena_calloc(
	    arena, n + 1, sizeof(*views));

	for (struct run_state *state = engine->states.first; state != NULL;
	     state = state->all_next)
		sorted[i++] = state;
	qsort(sorted, n, sizeof(*sorted), compare_states);
	for (i = 0; i < n; i++)
		views[i] = view_state(engine, sorted[i]);
	return views;
}
