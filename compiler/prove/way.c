/*
 * The passes of a packet put together: what comes in may go on to leave, and a
 * state that the first pass made is met by the second.
 */
#include "prove/rules_model.h"

/* Let on by the in pass, without a state: the out pass decides. */
static uint32_t
go_on(uint32_t in, uint32_t out)
{
	struct decision d = decision_unpack(in);

	return d.verdict == DECISION_ALLOW && !d.stateful ? out : in;
}

/*
 * Let on with a state of the parent that OUT has: the state is the in pass's.
 */
static uint32_t
join(uint32_t in, uint32_t out)
{
	struct decision i = decision_unpack(in), o = decision_unpack(out);

	if (i.verdict != DECISION_ALLOW || !i.stateful || i.parent != o.parent)
		return in;
	o.stateful = true;
	o.limit = i.limit;
	if (i.nat != DECISION_NAT_NONE)
		o.nat = DECISION_NAT_TWICE;
	return decision_pack(o);
}

static uint32_t
set_parent(uint32_t value, uint32_t parent)
{
	struct decision d = decision_unpack(value);

	d.parent = parent;
	return decision_pack(d);
}

static const struct bdd_op op_on = {SPACE_OP_ON, go_on};
static const struct bdd_op op_join = {SPACE_OP_JOIN, join};
static const struct bdd_op op_set_parent = {SPACE_OP_SET_PARENT, set_parent};

/* What is joined keeps its state, so that the next step leaves it alone. */
static bdd_ref
forwarded(struct rules_model *model, bdd_ref in, bdd_ref out)
{
	struct bdd *bdd = model->space->bdd;

	for (size_t i = 0; i < model->parents.n; i++) {
		struct rules_pass pass = {.out = true, .parent = (int)i};
		bdd_ref met = rules_model_pass(model, &pass)[0];

		in = bdd_apply(bdd, &op_join, in,
		    bdd_apply(
			bdd, &op_set_parent, met, bdd_value(bdd, (uint32_t)i)));
	}
	return bdd_apply(bdd, &op_on, in, out);
}

bdd_ref
rules_model_way(struct rules_model *model, const struct rules_pass *pass)
{
	struct space *space = model->space;
	struct rules_pass leaving = {.out = true, .parent = RULES_NO_STATE};
	bdd_ref in = rules_model_pass(model, pass)[0];
	bdd_ref out = rules_model_pass(model, &leaving)[0];
	bdd_ref no_recv = space_card(space, space->recv, 0);
	bdd_ref no_xmit = space_card(space, space->xmit, 0);

	return bdd_choose(space->bdd, no_xmit, in,
	    bdd_choose(space->bdd, no_recv, out, forwarded(model, in, out)));
}
