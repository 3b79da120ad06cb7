/*
 * Tables as sets of packets.
 *
 * The flows of a table are sorted as the space asks for their fields, and the
 * numbers of a table of jumps are put together two by two, or else a diagram
 * that grows would be walked through once for each entry.
 */
#include <stdlib.h>
#include <string.h>

#include "prove/rules_table.h"

enum flow_field {
	FLOW_SOURCE,
	FLOW_TARGET,
	FLOW_PORT,
	FLOW_FIELDS,
};

/* What the keys of a table hold. */
struct flow_key {
	bool has[FLOW_FIELDS];
	struct field field[FLOW_FIELDS];
	size_t rank[FLOW_FIELDS]; /* that the space asks for it at */
};

struct flow_entry {
	enum family family;
	struct addr numbers[FLOW_FIELDS]; /* by rank; 0 where there is none */
};

/* A value of a table, and the addresses or the card that get it. */
struct branch {
	struct addr_range range;
	uint32_t number;
};

typedef VEC(struct branch) branches;

const struct ipfw_table *
rules_table_find(const struct ipfw_ruleset *ruleset, const char *name)
{
	for (size_t i = 0; i < ruleset->tables.n; i++)
		if (strcmp(ruleset->tables.v[i].name, name) == 0)
			return &ruleset->tables.v[i];
	return NULL;
}

static bdd_ref
unknown(struct rules_model *model, const struct ipfw_rule *rule)
{
	rules_model_complain(
	    model, rule, "this rule has a table that the proof does not know");
	model->unknown = true;
	return BDD_FALSE;
}

/* False if the proof does not know the table. */
static bool
read_key(const struct space *space, const struct ipfw_table *table,
    struct flow_key *key)
{
	const char *flow = table->flow;

	if (table->type != IPFW_TABLE_FLOW || flow == NULL)
		return false;
	*key = (struct flow_key){
	    .has = {[FLOW_PORT] = true},
	    .field = {space->source, space->target, space->target_port},
	};
	key->has[FLOW_SOURCE] = strcmp(flow, "src-ip,dst-port") == 0 ||
	    strcmp(flow, "src-ip,dst-ip,dst-port") == 0;
	key->has[FLOW_TARGET] = strcmp(flow, "dst-ip,dst-port") == 0 ||
	    strcmp(flow, "src-ip,dst-ip,dst-port") == 0;
	for (size_t i = 0; i < FLOW_FIELDS; i++)
		for (size_t j = 0; j < FLOW_FIELDS; j++)
			key->rank[i] += key->field[j].first <
			    key->field[i].first;
	return key->has[FLOW_SOURCE] || key->has[FLOW_TARGET];
}

static bool
read_address(const char **text, struct addr *addr, enum family *family)
{
	size_t n = strcspn(*text, ",");
	struct addr_range range;
	enum family have;
	int length;

	if (addr_parse(*text, n, &have, &range, &length) != ADDR_OK ||
	    addr_compare(range.lo, range.hi) != 0 ||
	    (*family != FAMILY_NONE && *family != have) || (*text)[n] != ',')
		return false;
	*addr = range.lo;
	*family = have;
	*text += n + 1;
	return true;
}

static bool
read_entry(
    const char *text, const struct flow_key *key, struct flow_entry *entry)
{
	char *end;
	unsigned long port;

	*entry = (struct flow_entry){.family = FAMILY_NONE};
	for (size_t i = 0; i < FLOW_PORT; i++)
		if (key->has[i] &&
		    !read_address(
			&text, &entry->numbers[key->rank[i]], &entry->family))
			return false;
	if (*text < '0' || *text > '9')
		return false;
	port = strtoul(text, &end, 10);
	entry->numbers[key->rank[FLOW_PORT]].lo = port;
	return *end == '\0' && port > 0 && port <= 65535;
}

static int
compare_entries(const void *left, const void *right)
{
	const struct flow_entry *a = left, *b = right;
	int order = 0;

	for (size_t i = 0; i < FLOW_FIELDS && order == 0; i++)
		order = addr_compare(a->numbers[i], b->numbers[i]);
	return order;
}

/* Sorted entries on their way to a diagram. */
struct flows {
	const struct space *space;
	const struct flow_key *key;
	const struct flow_entry *v;
	struct encode_case *cases[FLOW_FIELDS]; /* scratch of each rank */
};

/* The field of RANK, if the key has it. */
static const struct field *
field_at(const struct flow_key *key, size_t rank)
{
	for (size_t i = 0; i < FLOW_FIELDS; i++)
		if (key->rank[i] == rank && key->has[i])
			return &key->field[i];
	return NULL;
}

/* What entries FIRST to END, which are equal before RANK, ask from there on. */
static bdd_ref
encode_flows(const struct flows *flows, size_t rank, size_t first, size_t end)
{
	const struct field *field = field_at(flows->key, rank);
	size_t n = 0;

	if (rank == FLOW_FIELDS)
		return BDD_TRUE;
	if (field == NULL)
		return encode_flows(flows, rank + 1, first, end);
	for (size_t i = first, next; i < end; i = next) {
		struct addr number = flows->v[i].numbers[rank];

		for (next = i + 1; next < end &&
		     addr_compare(flows->v[next].numbers[rank], number) == 0;
		     next++)
			;
		flows->cases[rank][n++] = (struct encode_case){
		    {number, number}, encode_flows(flows, rank + 1, i, next)};
	}
	return encode_cases(flows->space->bdd, *field, flows->cases[rank], n);
}

static bdd_ref
encode_entries(const struct space *space, const struct flow_key *key,
    struct flow_entry *v, size_t n)
{
	struct flows flows = {.space = space, .key = key, .v = v};

	qsort(v, n, sizeof(*v), compare_entries);
	for (size_t i = 0; i < FLOW_FIELDS; i++)
		flows.cases[i] = arena_calloc(
		    space->arena, n + 1, sizeof(*flows.cases[i]));
	return bdd_and(
	    space->bdd, space_has_ports(space), encode_flows(&flows, 0, 0, n));
}

bdd_ref
rules_table_flows(struct rules_model *model, const struct rules_pass *pass,
    const struct ipfw_rule *rule, const struct ipfw_insn *insn)
{
	const struct ipfw_table *table = rules_table_find(
	    model->ruleset, insn->text);
	struct flow_entry *entries;
	struct flow_key key;
	size_t n = 0;

	if (table == NULL)
		return BDD_FALSE;
	if (!read_key(model->space, table, &key) || insn->has_value ||
	    pass->redirect != NULL)
		return unknown(model, rule);
	entries = arena_calloc(
	    model->space->arena, table->entries.n, sizeof(*entries));
	for (size_t i = 0; i < table->entries.n; i++) {
		if (!read_entry(table->entries.v[i].key, &key, &entries[n]))
			return unknown(model, rule);
		n += entries[n].family == model->space->family;
	}
	return encode_entries(model->space, &key, entries, n);
}

/* The operand whose table a tablearg is from: the last that is asked. */
static const struct ipfw_insn *
jump_operand(const struct ipfw_rule *rule)
{
	const struct ipfw_insn *found = NULL;

	for (size_t i = 0; i < rule->insns.n; i++) {
		const struct ipfw_insn *insn = &rule->insns.v[i];

		if (insn->or_next)
			return NULL;
		if (insn->op != IPFW_SRC_TABLE && insn->op != IPFW_DST_TABLE &&
		    insn->op != IPFW_FLOW_TABLE && insn->op != IPFW_LOOKUP &&
		    !insn->is_table)
			continue;
		if (found != NULL || insn->negated || insn->has_value ||
		    insn->op == IPFW_FLOW_TABLE || insn->op == IPFW_LOOKUP)
			return NULL;
		found = insn;
	}
	return found;
}

const struct ipfw_table *
rules_table_of_jump(struct rules_model *model, const struct ipfw_rule *rule)
{
	const struct ipfw_insn *operand = jump_operand(rule);
	const struct ipfw_table *table = operand != NULL
	    ? rules_table_find(model->ruleset, operand->text)
	    : NULL;

	if (table != NULL &&
	    (table->type == IPFW_TABLE_ADDR || table->type == IPFW_TABLE_IFACE))
		return table;
	unknown(model, rule);
	return NULL;
}

static int
compare_branches(const void *left, const void *right)
{
	const struct branch *a = left, *b = right;

	return addr_compare(a->range.lo, b->range.lo);
}

static bool
touches(const struct branch *before, const struct branch *branch)
{
	return before->number == branch->number &&
	    addr_compare(addr_next(before->range.hi), branch->range.lo) == 0;
}

/*
 * Nets one behind the other that send packets the same way are one.  False:
 * some lie in one another, where the longer one would have to be asked.
 */
static bool
join_nets(branches *nets)
{
	size_t n = 0;

	qsort(nets->v, nets->n, sizeof(*nets->v), compare_branches);
	for (size_t i = 0; i < nets->n; i++) {
		const struct branch *net = &nets->v[i];

		if (n != 0 &&
		    addr_compare(net->range.lo, nets->v[n - 1].range.hi) <= 0)
			return false;
		if (n != 0 && touches(&nets->v[n - 1], net))
			nets->v[n - 1].range.hi = net->range.hi;
		else
			nets->v[n++] = *net;
	}
	nets->n = n;
	return true;
}

static bool
read_nets(
    const struct space *space, const struct ipfw_table *table, branches *nets)
{
	for (size_t i = 0; i < table->entries.n; i++) {
		const struct ipfw_table_entry *e = &table->entries.v[i];
		struct branch net = {.number = e->has_value ? e->value : 0};
		enum family family;
		int length;

		if (addr_parse(e->key, strlen(e->key), &family, &net.range,
			&length) == ADDR_OK &&
		    family == space->family)
			vec_push(space->arena, nets, net);
	}
	return join_nets(nets);
}

static void
read_cards(
    const struct space *space, const struct ipfw_table *table, branches *cards)
{
	for (size_t i = 1; i < space->cards.n; i++)
		for (size_t j = 0; j < table->entries.n; j++) {
			const struct ipfw_table_entry *e = &table->entries.v[j];
			struct branch card = {.range = {{0, i}, {0, i}},
			    .number = e->has_value ? e->value : 0};

			if (strcmp(e->key, space->cards.v[i]) == 0)
				vec_push(space->arena, cards, card);
		}
}

/* The field that the table of a jump is asked for; false: not known. */
static bool
read_branches(struct rules_model *model, const struct rules_pass *pass,
    const struct ipfw_rule *rule, struct field *field, branches *out)
{
	const struct ipfw_table *table = rules_table_of_jump(model, rule);
	enum ipfw_op op = jump_operand(rule)->op;
	const struct space *space = model->space;

	if (table->type == IPFW_TABLE_IFACE) {
		*field = op == IPFW_RECV ? space->recv : space->xmit;
		read_cards(space, table, out);
		return op == IPFW_RECV || (op == IPFW_XMIT && pass->out);
	}
	*field = op == IPFW_SRC_TABLE ? space->source : space->target;
	return (op == IPFW_SRC_TABLE ||
		   (op == IPFW_DST_TABLE && pass->redirect == NULL)) &&
	    read_nets(space, table, out);
}

bdd_ref
rules_table_jump(struct rules_model *model, const struct rules_pass *pass,
    const struct ipfw_rule *rule, const bdd_ref *from, bdd_ref next)
{
	struct space *space = model->space;
	struct encode_case *cases;
	struct field field;
	branches all = {0};

	if (rules_table_of_jump(model, rule) == NULL)
		return next;
	if (!read_branches(model, pass, rule, &field, &all)) {
		unknown(model, rule);
		return next;
	}
	cases = arena_calloc(space->arena, all.n + 1, sizeof(*cases));
	for (size_t i = 0; i < all.n; i++)
		cases[i] = (struct encode_case){all.v[i].range,
		    from[rules_model_jump(model, rule, all.v[i].number)]};
	return encode_switch(
	    space->arena, space->bdd, field, cases, all.n, next);
}
