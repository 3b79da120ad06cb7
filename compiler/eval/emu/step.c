/*
 * Steps of a session.
 */
#include <string.h>

#include "eval/emu/command.h"
#include "eval/emu/step.h"
#include "eval/packet.h"

#define SECONDS_MAX UINT64_C(1000000000000)

typedef VEC(const char *) word_list;

struct stage {
	struct machine *machine;
	struct arena *arena;
	const char *line;
	word_list words;
	bool inner;
	struct step *step;
};

static void
split(struct stage *stage)
{
	const char *at = stage->line;

	while (*at != '\0') {
		size_t length = strcspn(at, " ");

		if (length > 0)
			vec_push(stage->arena, &stage->words,
			    (const char *)arena_strndup(
				stage->arena, at, length));
		at += length + (at[length] == ' ');
	}
}

static void
complain(struct stage *stage, const char *error)
{
	stage->step->error = error;
}

static void
run_command(struct stage *stage)
{
	struct buf out, err;
	char *line;

	stage->step->kind = STEP_COMMAND;
	buf_init(&out, stage->arena);
	buf_init(&err, stage->arena);
	stage->step->code = command_run(
	    stage->machine, stage->words.v + 1, stage->words.n - 1, &out, &err);
	buf_write(&stage->step->answer, err.p, err.n);
	buf_write(&stage->step->answer, out.p, out.n);
	line = stage->step->answer.p;
	if (stage->step->answer.n > 0 &&
	    line[stage->step->answer.n - 1] != '\n')
		buf_putc(&stage->step->answer, '\n');
	if (stage->step->code != 0)
		buf_printf(&stage->step->answer, "rc=%d\n", stage->step->code);
}

static void
run_packet(struct stage *stage)
{
	struct ipfw_packet packet;
	struct walk walk;
	enum packet_way way;
	const char *error;

	stage->step->kind = STEP_PACKET;
	error = packet_parse(stage->arena, stage->words.v, stage->words.n,
	    stage->inner, &way, &packet);
	if (error != NULL) {
		complain(stage, error);
		return;
	}
	machine_walk(stage->machine, stage->arena, &packet,
	    way == PACKET_FORWARD, &walk);
	stage->step->foreign = walk.end.verdict == WALK_FOREIGN;
	walk_write(&stage->step->answer, &walk);
	buf_putc(&stage->step->answer, '\n');
}

/* IPv6 states of limits beyond one for each of their parents. */
static size_t
count_loose(struct ipfw_engine *engine, struct arena *arena)
{
	const struct ipfw_state_view *states = ipfw_engine_states(
	    engine, arena);
	size_t n = ipfw_engine_n_states(engine), children = 0, parents = 0;

	for (size_t i = 0; i < n; i++) {
		if (states[i].tuple.family != FAMILY_6)
			continue;
		children += states[i].kind == IPFW_STATE_LIMIT;
		parents += states[i].kind == IPFW_STATE_PARENT;
	}
	return children > parents ? children - parents : 0;
}

static void
run_time(struct stage *stage)
{
	struct ipfw_engine *engine = stage->machine->engine;
	size_t before = ipfw_engine_n_states(engine);
	uint64_t seconds = 0, sent;

	stage->step->kind = STEP_TIME;
	if (stage->words.n > 2) {
		complain(stage, "time takes one number");
		return;
	}
	if (stage->words.n == 2) {
		const char *digit = stage->words.v[1];

		digit += *digit == '+';
		if (*digit == '\0')
			digit = "?";
		for (; *digit >= '0' && *digit <= '9' && seconds <= SECONDS_MAX;
		     digit++)
			seconds = seconds * 10 + (uint64_t)(*digit - '0');
		if (*digit != '\0' || seconds > SECONDS_MAX) {
			complain(stage, "not a number of seconds");
			return;
		}
	}
	stage->step->loose_before = count_loose(engine, stage->arena);
	sent = ipfw_engine_advance(engine, seconds);
	stage->step->loose_after = count_loose(engine, stage->arena);
	buf_printf(&stage->step->answer,
	    "time %llu states %zu->%zu keepalives %llu\n",
	    (unsigned long long)ipfw_engine_now(engine), before,
	    ipfw_engine_n_states(engine), (unsigned long long)sent);
}

static void
write_state(struct buf *out, const struct ipfw_state_view *state)
{
	static const char *const kinds[] = {
	    [IPFW_STATE_KEEP] = "STATE",
	    [IPFW_STATE_LIMIT] = "LIMIT",
	    [IPFW_STATE_PARENT] = "PARENT",
	};

	buf_printf(out, "state rule=%u set=%u ", state->number, state->set);
	packet_write_tuple(out, &state->tuple, " <-> ");
	buf_printf(out, " expire=%llu pkts=%llu bytes=%llu %s",
	    (unsigned long long)state->left, (unsigned long long)state->packets,
	    (unsigned long long)state->bytes, kinds[state->kind]);
	if (state->kind == IPFW_STATE_PARENT)
		buf_printf(out, " count=%lu", (unsigned long)state->count);
	else if (state->tuple.protocol == IPFW_PROTOCOL_TCP)
		buf_printf(out, " tcp=0x%lx", (unsigned long)state->tcp);
	buf_putc(out, '\n');
}

static void
run_state(struct stage *stage)
{
	struct ipfw_engine *engine = stage->machine->engine;
	size_t n = ipfw_engine_n_states(engine);
	const struct ipfw_state_view *states = ipfw_engine_states(
	    engine, stage->arena);

	stage->step->kind = STEP_STATE;
	for (size_t i = 0; i < n; i++)
		write_state(&stage->step->answer, &states[i]);
	buf_printf(&stage->step->answer, "states %zu\n", n);
}

static bool
parse_addresses(struct stage *stage, size_t first,
    struct world_address **addresses, size_t *n)
{
	*n = stage->words.n - first;
	*addresses = arena_calloc(stage->arena, *n + 1, sizeof(**addresses));
	for (size_t i = 0; i < *n; i++)
		if (!world_parse_address(
			stage->words.v[first + i], &(*addresses)[i]))
			return false;
	return true;
}

static void
run_iface(struct stage *stage)
{
	struct world_address *addresses;
	size_t n;

	if (stage->words.n < 2)
		complain(stage, "a card is due");
	else if (!parse_addresses(stage, 2, &addresses, &n))
		complain(stage, "not an address");
	else if (!world_set_card(
		     &stage->machine->world, stage->words.v[1], addresses, n))
		complain(stage, "too many cards or addresses");
	else
		machine_follow_cards(stage->machine);
}

static void
run_me(struct stage *stage)
{
	struct world_address *addresses;
	size_t n;

	if (!parse_addresses(stage, 1, &addresses, &n))
		complain(stage, "not an address");
	else if (!world_set_me(&stage->machine->world, addresses, n))
		complain(stage, "too many addresses");
}

static bool
parse_id(const char *text, uint32_t *id)
{
	uint32_t number = 0;

	if (*text == '\0')
		return false;
	for (; *text >= '0' && *text <= '9' && number <= UINT16_MAX; text++)
		number = number * 10 + (uint32_t)(*text - '0');
	*id = number;
	return *text == '\0' && number <= UINT16_MAX;
}

/* divert PORT and nat ID: pass, drop, or alias ADDR */
static void
run_handler(struct stage *stage)
{
	bool kernel = strcmp(stage->words.v[0], "nat") == 0;
	struct nat_config config = {.same_ports = true};
	enum world_answer answer;
	struct world_address alias;
	uint32_t id;

	if (stage->words.n < 3 || !parse_id(stage->words.v[1], &id)) {
		complain(stage, "a number and an answer are due");
		return;
	}
	if (strcmp(stage->words.v[2], "pass") == 0 && stage->words.n == 3) {
		answer = WORLD_PASS;
	} else if (strcmp(stage->words.v[2], "drop") == 0 &&
	    stage->words.n == 3) {
		answer = WORLD_NONE;
	} else if (strcmp(stage->words.v[2], "alias") == 0 &&
	    stage->words.n == 4 &&
	    world_parse_address(stage->words.v[3], &alias) &&
	    alias.family == FAMILY_4) {
		answer = WORLD_TRANSLATE;
		config.alias = alias.addr;
	} else {
		complain(stage, "pass, drop or alias ADDR is due");
		return;
	}
	if (!world_set_handler(
		&stage->machine->world, kernel, id, answer, &config))
		complain(stage, "too many handlers");
}

static void
run_route(struct stage *stage)
{
	if (stage->words.n != 3)
		complain(stage, "a prefix and a card are due");
	else if (!world_add_route(&stage->machine->world, stage->words.v[1],
		     stage->words.v[2]))
		complain(stage, "not a prefix, or too many routes");
}

static void
run_echo(struct stage *stage)
{
	const char *text = stage->line + strspn(stage->line, " ") + 4;

	stage->step->kind = STEP_ECHO;
	buf_puts(&stage->step->answer, *text == ' ' ? text + 1 : text);
	buf_putc(&stage->step->answer, '\n');
}

void
step_run(struct machine *machine, struct arena *arena, const char *line,
    bool inner, struct step *out)
{
	static const struct {
		const char *name;
		void (*run)(struct stage *);
	} steps[] = {
	    {"ipfw", run_command},
	    {"in", run_packet},
	    {"out", run_packet},
	    {"fwd", run_packet},
	    {"time", run_time},
	    {"state", run_state},
	    {"iface", run_iface},
	    {"me", run_me},
	    {"divert", run_handler},
	    {"nat", run_handler},
	    {"route", run_route},
	    {"echo", run_echo},
	};
	struct stage stage = {
	    .machine = machine,
	    .arena = arena,
	    .line = line,
	    .inner = inner,
	    .step = out,
	};

	*out = (struct step){.kind = STEP_SETUP};
	buf_init(&out->answer, arena);
	split(&stage);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (stage.words.n > 0 &&
		    strcmp(steps[i].name, stage.words.v[0]) == 0) {
			steps[i].run(&stage);
			return;
		}
	complain(&stage, "an unknown step");
}
