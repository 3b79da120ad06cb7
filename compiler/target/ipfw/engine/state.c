/*
 * Dynamic states: how long they live, what keeps them alive, how many a limit
 * lets through.
 *
 * A TCP state remembers the flags seen each way, the way of its first packet
 * in the low byte and the way back above it, and from them follows its
 * lifetime.  Matching never looks at the clock: a state is gone when a
 * one-second tick has removed it.
 */
#include "target/ipfw/engine/private.h"

#define FLAGS_KEPT (IPFW_TCP_FIN | IPFW_TCP_SYN | IPFW_TCP_RST)
#define BOTH(flag) ((uint32_t)(flag) | (uint32_t)(flag) << 8)
#define BACK(flag) ((uint32_t)(flag) << 8)
#define FLAGS_MASK BOTH(0xff)
#define ACK_FORWARD 0x10000u
#define ACK_REVERSE 0x20000u

enum direction {
	NONE,
	FORWARD,
	REVERSE,
};

static bool
same_addr(struct addr a, struct addr b)
{
	return a.hi == b.hi && a.lo == b.lo;
}

static enum direction
compare_tuples(const struct ipfw_tuple *state, const struct ipfw_tuple *key)
{
	if (state->protocol != key->protocol || state->family != key->family)
		return NONE;
	if (same_addr(state->source, key->source) &&
	    same_addr(state->target, key->target) &&
	    state->source_port == key->source_port &&
	    state->target_port == key->target_port)
		return FORWARD;
	if (same_addr(state->source, key->target) &&
	    same_addr(state->target, key->source) &&
	    state->source_port == key->target_port &&
	    state->target_port == key->source_port)
		return REVERSE;
	return NONE;
}

static struct run_state *
find(const struct run_states *states, const struct ipfw_tuple *key,
    enum direction *direction)
{
	uint64_t hash = run_state_hash(key);
	struct run_state *state;

	if (states->n == 0)
		return NULL;
	for (state = states->buckets[hash & (states->n_buckets - 1)];
	     state != NULL; state = state->next) {
		if (state->hash != hash || state->kind == IPFW_STATE_PARENT)
			continue;
		*direction = compare_tuples(&state->tuple, key);
		if (*direction != NONE)
			return state;
	}
	return NULL;
}

static bool
is_open(const struct run_state *state)
{
	return state->tuple.protocol == IPFW_PROTOCOL_TCP &&
	    (state->tcp & BOTH(IPFW_TCP_SYN)) == BOTH(IPFW_TCP_SYN);
}

/* Does the state outlive its time, as TCP does where the flavour says so? */
static bool
lingers(const struct ipfw_engine *engine, const struct run_state *state)
{
	return engine->flavour->tcp_lingers &&
	    state->tuple.protocol == IPFW_PROTOCOL_TCP &&
	    (state->tcp & BOTH(IPFW_TCP_FIN)) != BOTH(IPFW_TCP_FIN);
}

/* When a tick can next do something to the state. */
static uint64_t
due(const struct ipfw_engine *engine, const struct run_state *state)
{
	uint64_t interval = engine->settings.keepalive_interval;

	if (state->kind == IPFW_STATE_PARENT)
		return UINT64_MAX;
	if (state->expire <= engine->now && lingers(engine, state))
		return UINT64_MAX;
	if (!is_open(state) || state->expire < interval)
		return state->expire;
	return state->expire - interval;
}

static void
set_lifetime(
    struct ipfw_engine *engine, struct run_state *state, uint32_t lifetime)
{
	state->expire = engine->now + lifetime;
}

/* A lifetime that must end before the next keepalive. */
static uint32_t
short_of_keepalive(const struct ipfw_settings *settings, uint32_t lifetime)
{
	if (lifetime >= settings->keepalive_period)
		return settings->keepalive_period - 1;
	return lifetime;
}

/* Is ACK not older than SEEN, the newest of its way?  0 is none. */
static bool
is_newer(uint32_t ack, uint32_t seen)
{
	return seen == 0 || (int32_t)(ack - seen) >= 0;
}

/*
 * An ACK of an open connection.  FreeBSD lets it live on when both sides have
 * sent one; old numbers do not count.
 */
static void
update_open(
    struct run_scan *scan, struct run_state *state, enum direction direction)
{
	uint32_t ack = scan->packet->acknowledgement;
	uint32_t *seen = direction == FORWARD ? &state->ack_forward
					      : &state->ack_reverse;

	if (!is_newer(ack, *seen))
		return;
	*seen = ack;
	state->tcp |= direction == FORWARD ? ACK_FORWARD : ACK_REVERSE;
	if (!scan->engine->flavour->ack_one_way &&
	    (state->tcp & (ACK_FORWARD | ACK_REVERSE)) !=
		(ACK_FORWARD | ACK_REVERSE))
		return;
	state->tcp &= ~(ACK_FORWARD | ACK_REVERSE);
	set_lifetime(scan->engine, state, scan->engine->settings.ack_lifetime);
}

/* HEADER: the ACK number of the packet may be looked at. */
static void
update_tcp(struct run_scan *scan, struct run_state *state,
    enum direction direction, bool header)
{
	const struct ipfw_settings *settings = &scan->engine->settings;
	uint32_t flags = scan->packet->tcp_flags & FLAGS_KEPT;

	if (!scan->has_header)
		flags = 0;
	state->tcp |= direction == FORWARD ? flags : BACK(flags);
	flags = state->tcp & FLAGS_MASK;
	if (flags == IPFW_TCP_SYN)
		set_lifetime(scan->engine, state, settings->syn_lifetime);
	else if (flags == BOTH(IPFW_TCP_SYN) ||
	    flags == (BOTH(IPFW_TCP_SYN) | IPFW_TCP_FIN) ||
	    flags == (BOTH(IPFW_TCP_SYN) | BACK(IPFW_TCP_FIN))) {
		if (header)
			update_open(scan, state, direction);
	} else if (flags == BOTH(IPFW_TCP_SYN | IPFW_TCP_FIN))
		set_lifetime(scan->engine, state,
		    short_of_keepalive(settings, settings->fin_lifetime));
	else
		set_lifetime(scan->engine, state,
		    short_of_keepalive(settings, settings->rst_lifetime));
}

static void
update(struct run_scan *scan, struct run_state *state, enum direction direction,
    bool header)
{
	const struct ipfw_settings *settings = &scan->engine->settings;

	state->touched = ++scan->engine->states.touch;
	if (scan->key.protocol == IPFW_PROTOCOL_TCP)
		update_tcp(scan, state, direction, header);
	else if (scan->key.protocol == IPFW_PROTOCOL_UDP)
		set_lifetime(scan->engine, state, settings->udp_lifetime);
	else
		set_lifetime(scan->engine, state, settings->short_lifetime);
	if (due(scan->engine, state) < scan->engine->states.due)
		scan->engine->states.due = due(scan->engine, state);
}

struct run_state *
run_state_lookup(struct run_scan *scan)
{
	enum direction direction;
	struct run_state *state = find(
	    &scan->engine->states, &scan->key, &direction);

	if (state == NULL)
		return NULL;
	update(scan, state, direction, scan->has_header);
	state->packets++;
	state->bytes += scan->packet->length;
	return state;
}

/* Remove what has expired; TCP stays where the flavour lets it linger. */
static size_t
expire_states(struct ipfw_engine *engine)
{
	struct run_state *state = engine->states.first;
	size_t n = 0;

	while (state != NULL) {
		struct run_state *next = state->all_next;

		if (state->kind != IPFW_STATE_PARENT &&
		    state->expire <= engine->now && !lingers(engine, state)) {
			run_state_remove(engine, state);
			n++;
		}
		state = next;
	}
	return n;
}

/* Remove the parents that count nothing; a deleted rule's in any case. */
static void
expire_parents(struct ipfw_engine *engine, bool any)
{
	struct run_state *state = engine->states.first;

	if (engine->states.n_parents == 0)
		return;
	while (state != NULL) {
		struct run_state *next = state->all_next;

		if (state->kind == IPFW_STATE_PARENT && state->count == 0 &&
		    (any || state->rule->set > RUN_SET_LAST))
			run_state_remove(engine, state);
		state = next;
	}
}

static struct run_state *
insert(struct run_scan *scan, const struct ipfw_tuple *tuple,
    enum ipfw_state_kind kind, struct run_rule *rule)
{
	struct ipfw_engine *engine = scan->engine;
	struct run_state *state = run_state_insert(engine, tuple, kind, rule);

	/* Where TCP lingers, a full table is what ends it. */
	if (state == NULL && engine->flavour->tcp_lingers) {
		struct run_state *next = engine->states.first;

		while (next != NULL) {
			struct run_state *old = next;

			next = old->all_next;
			if (old->kind != IPFW_STATE_PARENT &&
			    old->expire <= engine->now)
				run_state_remove(engine, old);
		}
		state = run_state_insert(engine, tuple, kind, rule);
	}
	return state;
}

static struct ipfw_tuple
mask_tuple(const struct ipfw_tuple *key, uint8_t mask)
{
	struct ipfw_tuple masked = {
	    .family = key->family,
	    .protocol = key->protocol,
	};

	if (mask & IPFW_LIMIT_SRC_ADDR)
		masked.source = key->source;
	if (mask & IPFW_LIMIT_DST_ADDR)
		masked.target = key->target;
	if (mask & IPFW_LIMIT_SRC_PORT)
		masked.source_port = key->source_port;
	if (mask & IPFW_LIMIT_DST_PORT)
		masked.target_port = key->target_port;
	return masked;
}

static struct run_state *
find_parent(struct run_scan *scan, struct run_rule *rule)
{
	struct ipfw_engine *engine = scan->engine;
	struct ipfw_tuple tuple = mask_tuple(&scan->key, rule->limit_mask);
	uint64_t hash = run_state_hash(&tuple);
	struct run_state *state = NULL;

	if (engine->states.n > 0)
		state = engine->states
			    .buckets[hash & (engine->states.n_buckets - 1)];
	for (; state != NULL; state = state->next)
		if (state->kind == IPFW_STATE_PARENT && state->rule == rule &&
		    state->hash == hash &&
		    compare_tuples(&state->tuple, &tuple) == FORWARD) {
			state->expire = engine->now +
			    engine->settings.short_lifetime;
			return state;
		}
	return insert(scan, &tuple, IPFW_STATE_PARENT, rule);
}

static struct run_state *
install_limited(struct run_scan *scan, struct run_rule *rule)
{
	struct run_state *parent = find_parent(scan, rule), *state;
	uint32_t limit = rule->limit;

	if (limit == IPFW_TABLEARG)
		limit = scan->tablearg_type == RUN_VALUE_LEGACY ||
			scan->tablearg_type == RUN_VALUE_LIMIT
		    ? scan->tablearg
		    : 0;
	if (parent == NULL || parent->count >= limit)
		return NULL;
	/* Counted first, so that making room cannot take the parent. */
	parent->count++;
	state = insert(scan, &scan->key, IPFW_STATE_LIMIT, rule);
	if (state == NULL)
		parent->count--;
	else
		state->parent = parent;
	return state;
}

bool
run_state_install(struct run_scan *scan, struct run_rule *rule)
{
	enum direction direction;
	struct run_state *state = find(
	    &scan->engine->states, &scan->key, &direction);

	if (state == NULL) {
		state = rule->keep == RUN_KEEP_LIMIT
		    ? install_limited(scan, rule)
		    : insert(scan, &scan->key, IPFW_STATE_KEEP, rule);
		direction = FORWARD;
	}
	if (state == NULL)
		return false;
	update(scan, state, direction, false);
	return true;
}

void
run_states_forget(struct ipfw_engine *engine)
{
	struct run_state *state = engine->states.first;
	bool removed = false;

	while (state != NULL) {
		struct run_state *next = state->all_next;
		bool expired = state->expire <= engine->now;

		if (state->kind == IPFW_STATE_PARENT ||
		    (!expired && state->rule->set <= RUN_SET_LAST)) {
			state = next;
			continue;
		}
		if (!expired && state->kind == IPFW_STATE_KEEP &&
		    engine->settings.keep_states) {
			state->rule->n_states--;
			state->rule = engine->default_rule;
			state->rule->n_states++;
		} else {
			run_state_remove(engine, state);
			removed = true;
		}
		state = next;
	}
	expire_parents(engine, removed);
}

/* The packets of one round of keepalives for the state. */
static unsigned
keepalives(const struct ipfw_engine *engine, const struct run_state *state)
{
	uint64_t interval = engine->settings.keepalive_interval;

	if (state->kind == IPFW_STATE_PARENT || !is_open(state) ||
	    state->expire <= engine->now ||
	    state->expire > engine->now + interval)
		return 0;
	return ((state->tcp & ACK_FORWARD) == 0) +
	    ((state->tcp & ACK_REVERSE) == 0);
}

/* One second has passed. */
static uint64_t
tick(struct ipfw_engine *engine)
{
	struct run_states *states = &engine->states;
	const struct ipfw_settings *settings = &engine->settings;
	bool round = settings->keepalive &&
	    states->keepalive_last + settings->keepalive_period <= engine->now;
	uint64_t sent = 0;

	if (round)
		states->keepalive_last = engine->now;
	if (engine->now < states->due)
		return 0;
	if (expire_states(engine) > 0)
		expire_parents(engine, true);
	states->due = UINT64_MAX;
	for (struct run_state *state = states->first; state != NULL;
	     state = state->all_next) {
		if (round)
			sent += keepalives(engine, state);
		if (due(engine, state) < states->due)
			states->due = due(engine, state);
	}
	return sent;
}

/* Ticks up to TO, in which nothing happens but that rounds are counted. */
static void
skip(struct ipfw_engine *engine, uint64_t to)
{
	struct run_states *states = &engine->states;
	uint64_t period = engine->settings.keepalive_period;
	uint64_t first = states->keepalive_last + period;

	if (first <= engine->now)
		first = engine->now + 1;
	if (engine->settings.keepalive && first <= to)
		states->keepalive_last = first + (to - first) / period * period;
	engine->now = to;
}

uint64_t
ipfw_engine_advance(struct ipfw_engine *engine, uint64_t seconds)
{
	uint64_t end = engine->now + seconds, sent = 0;

	if (end < engine->now || end > INT64_MAX)
		end = INT64_MAX;
	while (engine->now < end) {
		uint64_t idle = engine->states.due - 1;

		if (idle > end)
			idle = end;
		if (idle > engine->now) {
			skip(engine, idle);
		} else {
			engine->now++;
			sent += tick(engine);
		}
	}
	return sent;
}
