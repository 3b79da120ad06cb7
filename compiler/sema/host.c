/*
 * Host facts from a file:
 *
 *     interfaces:
 *       em0:
 *         addresses: [192.0.2.10/24, "2001:db8:2::10/64"]
 *       lo0:
 *         loopback: true
 *     default-route: em0      # or {ipv4: em0, ipv6: em1}, or none
 *
 * A card's name ends up in rules, so it is held to the characters that names
 * of cards are made of, whatever the file says.
 */
#include <string.h>

#include "base/suggest.h"
#include "sema/host.h"
#include "sema/yaml.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define CARD_NAME_MAX 15

struct host_reader {
	struct yaml yaml;
	struct host *host;
};

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_card_byte(char c)
{
	return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '-';
}

/*
 * The flavours of ipfw have only a trailing "*" in common, cut long names in
 * silence, read a name that begins with a digit as an address and "any" as no
 * condition at all, see ipfw(8).
 */
const char *
host_card_fault(const char *name)
{
	size_t length = strlen(name);

	if (strcmp(name, "*") == 0)
		return "would match every card";
	if (strcmp(name, "any") == 0)
		return "is what ipfw reads as every card";
	if (!is_letter(name[0]))
		return "does not begin with a letter";
	for (size_t i = 1; i < length; i++) {
		if (is_card_byte(name[i]))
			continue;
		if (name[i] == '*' && i + 1 == length)
			continue;
		if (strchr("*?[]", name[i]) != NULL)
			return "has a pattern other than a '*' at its end";
		return "has a character that no card's name has";
	}
	if (length > CARD_NAME_MAX)
		return "is longer than the 15 bytes that ipfw looks at";
	return NULL;
}

bool
host_card_name_valid(const char *name)
{
	return host_card_fault(name) == NULL && strchr(name, '*') == NULL;
}

bool
host_card_is_loopback(const char *name)
{
	if (strncmp(name, "lo", 2) != 0)
		return false;
	for (name += 2; is_digit(*name); name++)
		continue;
	return *name == '\0';
}

const struct host_card *
host_card_find(const struct host *host, const char *name)
{
	for (size_t i = 0; i < host->cards.n; i++) {
		if (host->cards.v[i].name == name)
			return &host->cards.v[i];
	}
	return NULL;
}

static bool
check_card_name(const struct host_reader *reader, const struct yaml_node *node)
{
	struct diags *diags = reader->yaml.diags;
	struct diag *diag;

	if (host_card_name_valid(node->text))
		return true;
	diag = diag_add(diags, E_CARD_NAME, node->span,
	    "no card can be called '%.40s'", node->text);
	diag_help(diags, diag,
	    "a name is a letter and up to %d letters, digits, '_', '.' and "
	    "'-', and is not 'any'",
	    CARD_NAME_MAX - 1);
	return false;
}

static const char *
address_problem(enum addr_error error)
{
	switch (error) {
	case ADDR_OK:
	case ADDR_HOST_BITS:
		return NULL;
	case ADDR_BAD:
		return "this is not an IP address";
	case ADDR_BAD_OCTET:
		return "a number in this address is over 255";
	case ADDR_LEADING_ZERO:
		return "a number in this address begins with 0";
	case ADDR_BAD_LENGTH:
		return "the length after the slash is not one";
	case ADDR_BACKWARDS:
	case ADDR_MIXED:
		return "a card has single addresses, not ranges";
	case ADDR_SCOPED:
		return "leave out the '%' and the card after it";
	}
	return NULL;
}

/* Unspecified, multicast and broadcast addresses belong to no card. */
static bool
is_unicast(enum family family, struct addr addr)
{
	if (addr.hi == 0 && addr.lo == 0)
		return false;
	if (family == FAMILY_6)
		return addr.hi >> 56 != 0xff;
	return addr.lo >> 28 < 0xe;
}

static void
report_address(const struct host_reader *reader, const struct yaml_node *node,
    const char *problem)
{
	struct diags *diags = reader->yaml.diags;
	struct diag *diag = diag_add(
	    diags, E_CARD_ADDRESS, node->span, "%s", problem);

	diag_help(diags, diag,
	    "write the card's address and the length of its net, such as "
	    "192.0.2.10/24");
}

/*
 * The whole text first, for its length and most errors; then what stands
 * before the slash, because the first answer is the net and not the address.
 */
static void
read_address(const struct host_reader *reader, const struct yaml_node *node,
    struct host_card *card)
{
	struct host_address address;
	struct addr_range range;
	const char *problem;
	int length;

	if (!yaml_expect(&reader->yaml, node, YAML_TEXT, "an address"))
		return;
	problem = address_problem(addr_parse(
	    node->text, strlen(node->text), &address.family, &range, &length));
	if (problem == NULL && strchr(node->text, '-') != NULL)
		problem = "a card has single addresses, not ranges";
	if (problem == NULL && length < 0)
		problem = "the length of the net is missing";
	if (problem == NULL) {
		address.length = (unsigned)length;
		problem = address_problem(
		    addr_parse(node->text, strcspn(node->text, "/"),
			&address.family, &range, &length));
		address.addr = range.lo;
	}
	if (problem == NULL && !is_unicast(address.family, address.addr))
		problem = "no card can have this address";
	if (problem != NULL)
		report_address(reader, node, problem);
	else
		vec_push(reader->yaml.arena, &card->addresses, address);
}

static void
read_card_body(const struct host_reader *reader, const struct yaml_node *body,
    struct host_card *card)
{
	static const char *const keys[] = {"addresses", "loopback"};
	const struct yaml_node *addresses, *loopback;

	if (yaml_is_void(body) ||
	    !yaml_expect(&reader->yaml, body, YAML_MAP, "a card"))
		return;
	yaml_check_keys(&reader->yaml, body, keys, LENGTH(keys));
	loopback = yaml_get(body, "loopback");
	if (loopback != NULL)
		yaml_boolean(
		    &reader->yaml, loopback, "loopback", &card->loopback);
	addresses = yaml_get(body, "addresses");
	if (addresses == NULL ||
	    !yaml_expect(&reader->yaml, addresses, YAML_LIST, "addresses"))
		return;
	for (size_t i = 0; i < addresses->items.n; i++)
		read_address(reader, addresses->items.v[i], card);
}

static void
read_card(const struct host_reader *reader, const struct yaml_pair *pair)
{
	struct host_card card = {.name = pair->key->text,
	    .span = pair->key->span,
	    .loopback = host_card_is_loopback(pair->key->text)};

	if (!check_card_name(reader, pair->key))
		return;
	read_card_body(reader, pair->value, &card);
	vec_push(reader->yaml.arena, &reader->host->cards, card);
}

/* False if there is no list of cards that a route could be looked up in. */
static bool
read_cards(const struct host_reader *reader, const struct yaml_node *root)
{
	const struct yaml_node *map = yaml_get(root, "interfaces");

	if (map == NULL) {
		diag_add(reader->yaml.diags, E_YAML_KIND, root->span,
		    "host facts must have a map 'interfaces'");
		return false;
	}
	if (!yaml_expect(&reader->yaml, map, YAML_MAP, "interfaces"))
		return false;
	for (size_t i = 0; i < map->pairs.n; i++)
		read_card(reader, &map->pairs.v[i]);
	return true;
}

/* The card that NODE names, NULL for none and after an error. */
static const char *
read_route(const struct host_reader *reader, const struct yaml_node *node)
{
	struct diags *diags = reader->yaml.diags;
	struct suggest suggest;
	struct diag *diag;

	if (!yaml_expect(&reader->yaml, node, YAML_TEXT, "a default route") ||
	    strcmp(node->text, "none") == 0)
		return NULL;
	if (host_card_find(reader->host, node->text) != NULL)
		return node->text;
	if (!check_card_name(reader, node))
		return NULL;
	diag = diag_add(diags, E_CARD_ROUTE, node->span,
	    "the default route goes through '%.40s', which is not listed under "
	    "interfaces",
	    node->text);
	suggest_init(&suggest, node->text);
	for (size_t i = 0; i < reader->host->cards.n; i++)
		suggest_offer(&suggest, reader->host->cards.v[i].name);
	if (suggest.best != NULL)
		diag_help(diags, diag, "did you mean '%s'?", suggest.best);
	return NULL;
}

static void
read_routes(const struct host_reader *reader, const struct yaml_node *root)
{
	static const char *const families[] = {"ipv4", "ipv6"};
	const struct yaml_node *node = yaml_get(root, "default-route");
	struct host *host = reader->host;

	if (node == NULL)
		return;
	host->active_known = true;
	if (node->kind != YAML_MAP) {
		host->active = read_route(reader, node);
		return;
	}
	yaml_check_keys(&reader->yaml, node, families, LENGTH(families));
	for (size_t i = 0; i < LENGTH(families); i++) {
		const struct yaml_node *route = yaml_get(node, families[i]);
		const char *card = route != NULL ? read_route(reader, route)
						 : NULL;

		if (host->active == NULL)
			host->active = card;
	}
}

bool
host_read(struct host *host, struct arena *arena, struct sym_table *syms,
    const struct sources *sources, uint32_t file, struct diags *diags)
{
	static const char *const keys[] = {"interfaces", "default-route"};
	struct host_reader reader = {{arena, syms, sources, diags}, host};
	size_t n_errors = diags->n_errors;
	const struct yaml_node *root = yaml_read(&reader.yaml, file);

	memset(host, 0, sizeof(*host));
	if (root != NULL &&
	    yaml_expect(&reader.yaml, root, YAML_MAP, "host facts")) {
		yaml_check_keys(&reader.yaml, root, keys, LENGTH(keys));
		if (read_cards(&reader, root))
			read_routes(&reader, root);
		host->known = true;
	}
	return diags->n_errors == n_errors;
}
