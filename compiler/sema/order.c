/*
 * A depth-first walk with a stack of its own: how deep definitions nest is
 * the user's choice, how deep the machine's stack is is not ours.
 */
#include "base/buf.h"
#include "sema/order.h"

#define CHAIN_SHOWN 8

/* A definition whose needs are being walked, and how far. */
struct visit {
	size_t node;
	size_t next;
};

enum colour {
	UNSEEN,
	OPEN, /* on the stack */
	DONE,
};

struct walk {
	const struct scope *scope;
	struct diags *diags;
	const needs *lists;
	bool *broken;
	enum colour *colours;
	struct visit *stack;
	size_t depth;
	size_t *order;
	size_t n;
};

static const char *
node_name(const struct walk *walk, size_t node)
{
	return walk->scope->list.v[node]->name.text;
}

/* The need by which the visit at DEPTH led on. */
static const struct need *
step_taken(const struct walk *walk, size_t depth)
{
	const struct visit *visit = &walk->stack[depth];

	return &walk->lists[visit->node].v[visit->next - 1];
}

/* What is on the stack from START up leads back to START. */
static void
report_cycle(struct walk *walk, size_t start)
{
	size_t first = walk->stack[start].node;
	struct diag *diag;

	diag = diag_add(walk->diags, E_CYCLE,
	    walk->scope->list.v[first]->name.span, "%s '%s' needs itself",
	    walk->scope->kind, node_name(walk, first));
	for (size_t i = start; i < walk->depth; i++) {
		const struct need *need = step_taken(walk, i);

		walk->broken[walk->stack[i].node] = true;
		if (i - start < CHAIN_SHOWN)
			diag_label(walk->diags, diag, need->span,
			    "'%s' needs '%s'",
			    node_name(walk, walk->stack[i].node),
			    node_name(walk, need->on));
	}
	if (walk->depth - start > CHAIN_SHOWN)
		diag_help(walk->diags, diag, "and %zu more steps",
		    walk->depth - start - CHAIN_SHOWN);
}

static size_t
stack_find(const struct walk *walk, size_t node)
{
	size_t i = walk->depth;

	while (i > 0 && walk->stack[i - 1].node != node)
		i--;
	return i - 1;
}

static void
push(struct walk *walk, size_t node)
{
	walk->colours[node] = OPEN;
	walk->stack[walk->depth++] = (struct visit){node, 0};
}

static void
visit_step(struct walk *walk)
{
	struct visit *top = &walk->stack[walk->depth - 1];
	const needs *list = &walk->lists[top->node];
	size_t on;

	if (top->next == list->n) {
		walk->colours[top->node] = DONE;
		walk->order[walk->n++] = top->node;
		walk->depth--;
		return;
	}
	on = list->v[top->next++].on;
	switch (walk->colours[on]) {
	case UNSEEN:
		push(walk, on);
		break;
	case OPEN:
		/* One error for each definition that leads back to itself. */
		if (!walk->broken[on])
			report_cycle(walk, stack_find(walk, on));
		break;
	case DONE:
		break;
	}
}

size_t *
scope_order(const struct scope *scope, struct diags *diags, const needs *lists,
    bool *broken)
{
	struct arena *arena = scope->arena;
	size_t n = scope->list.n;
	struct walk walk = {
	    .scope = scope,
	    .diags = diags,
	    .lists = lists,
	    .broken = broken,
	};

	walk.colours = arena_calloc(arena, n, sizeof(*walk.colours));
	walk.stack = arena_calloc(arena, n, sizeof(*walk.stack));
	walk.order = arena_calloc(arena, n, sizeof(*walk.order));
	for (size_t i = 0; i < n; i++) {
		if (walk.colours[i] == UNSEEN)
			push(&walk, i);
		while (walk.depth > 0)
			visit_step(&walk);
	}
	return walk.order;
}
