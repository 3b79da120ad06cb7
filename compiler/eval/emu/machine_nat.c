/*
 * In-kernel translators as `ipfw nat N config` describes them.
 *
 * The words are kept, so that a listing shows them and an instance that
 * follows a card can be configured again when the card's address changes.
 */
#include <stdlib.h>
#include <string.h>

#include "eval/emu/machine.h"
#include "eval/packet.h"
#include "target/ipfw/names.h"

struct nat_words {
	const char *const *word;
	size_t n, at;
	struct arena *arena;
	struct nat_config config;
	VEC(struct nat_redirect) redirects;
	const char *card;
};

static const char *
next(struct nat_words *words)
{
	return words->at < words->n ? words->word[words->at++] : NULL;
}

/* A port or the name of a service at *TEXT, which moves on. */
static bool
scan_port(const char **text, unsigned protocol, unsigned *port)
{
	const char *at = *text;
	unsigned number = 0;

	if (*at < '0' || *at > '9') {
		size_t length = strcspn(at, "-");

		*text = at + length;
		return ipfw_service_find(at, length, protocol, port);
	}
	for (; *at >= '0' && *at <= '9' && number <= UINT16_MAX; at++)
		number = number * 10 + (unsigned)(*at - '0');
	*text = at;
	*port = number;
	return number <= UINT16_MAX;
}

/* "P" or "P-Q"; *N is how many. */
static bool
parse_ports(const char *text, unsigned protocol, uint16_t *first, uint16_t *n)
{
	unsigned lo, hi;

	if (!scan_port(&text, protocol, &lo))
		return false;
	hi = lo;
	if (*text == '-') {
		text++;
		if (!scan_port(&text, protocol, &hi))
			return false;
	}
	if (*text != '\0' || hi < lo || hi - lo >= UINT16_MAX)
		return false;
	*first = (uint16_t)lo;
	*n = (uint16_t)(hi - lo + 1);
	return true;
}

static bool
parse_address(const char *text, size_t length, struct addr *addr)
{
	struct addr_range range;
	enum family family;
	int given;

	if (addr_parse(text, length, &family, &range, &given) != ADDR_OK ||
	    family != FAMILY_4 || given >= 0)
		return false;
	*addr = range.lo;
	return true;
}

/* "[ADDRESS:]PORTS" */
static bool
parse_place(const char *text, unsigned protocol, struct addr *addr,
    uint16_t *port, uint16_t *n)
{
	const char *colon = strchr(text, ':');

	if (colon == NULL)
		return parse_ports(text, protocol, port, n);
	return parse_address(text, (size_t)(colon - text), addr) &&
	    parse_ports(colon + 1, protocol, port, n);
}

/* redirect_port PROTO INSIDE:PORTS [OUTSIDE:]PORTS [REMOTE[:PORT]] */
static bool
parse_redirect_port(struct nat_words *words)
{
	struct nat_redirect redirect = {.kind = NAT_REDIRECT_PORT};
	const char *proto = next(words), *inside = next(words);
	const char *outside = next(words), *remote;
	unsigned protocol;
	uint16_t n;

	if (outside == NULL || !ipfw_protocol_find(proto, &protocol) ||
	    !packet_has_ports(protocol) || strchr(inside, ':') == NULL ||
	    !parse_place(inside, protocol, &redirect.inside,
		&redirect.inside_port, &redirect.n_ports) ||
	    !parse_place(outside, protocol, &redirect.outside,
		&redirect.outside_port, &n) ||
	    n != redirect.n_ports)
		return false;
	redirect.protocol = (uint8_t)protocol;
	remote = words->at < words->n ? words->word[words->at] : "";
	if (remote[0] >= '0' && remote[0] <= '9') {
		size_t length = strcspn(remote, ":");

		words->at++;
		if (!parse_address(remote, length, &redirect.remote) ||
		    (remote[length] == ':' &&
			!parse_ports(remote + length + 1, protocol,
			    &redirect.remote_port, &n)))
			return false;
	}
	vec_push(words->arena, &words->redirects, redirect);
	return true;
}

/* redirect_addr INSIDE OUTSIDE */
static bool
parse_redirect_addr(struct nat_words *words)
{
	struct nat_redirect redirect = {.kind = NAT_REDIRECT_ADDRESS};
	const char *inside = next(words), *outside = next(words);

	if (outside == NULL ||
	    !parse_address(inside, strlen(inside), &redirect.inside) ||
	    !parse_address(outside, strlen(outside), &redirect.outside))
		return false;
	vec_push(words->arena, &words->redirects, redirect);
	return true;
}

/* redirect_proto PROTO INSIDE [OUTSIDE [REMOTE]] */
static bool
parse_redirect_proto(struct nat_words *words)
{
	struct nat_redirect redirect = {.kind = NAT_REDIRECT_PROTOCOL};
	const char *proto = next(words), *inside = next(words);
	struct addr *rest[] = {&redirect.outside, &redirect.remote};
	unsigned protocol;

	if (inside == NULL || !ipfw_protocol_find(proto, &protocol) ||
	    !parse_address(inside, strlen(inside), &redirect.inside))
		return false;
	redirect.protocol = (uint8_t)protocol;
	for (size_t i = 0; i < 2 && words->at < words->n; i++) {
		const char *word = words->word[words->at];

		if (!parse_address(word, strlen(word), rest[i]))
			break;
		words->at++;
	}
	vec_push(words->arena, &words->redirects, redirect);
	return true;
}

static bool
parse_range(struct nat_words *words)
{
	const char *word = next(words);
	uint16_t n;

	if (word == NULL || !parse_ports(word, 0, &words->config.port_low, &n))
		return false;
	words->config.port_high = (uint16_t)(words->config.port_low + (n - 1));
	return true;
}

static bool
parse_option(struct nat_words *words)
{
	/* These change nothing that is seen here. */
	static const char *const silent[] = {
	    "log", "reset", "reverse", "proxy_only", "skip_global", "udp_eim"};
	const char *word = next(words), *value;

	for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++)
		if (strcmp(word, silent[i]) == 0)
			return true;
	if (strcmp(word, "same_ports") == 0)
		return words->config.same_ports = true;
	if (strcmp(word, "deny_in") == 0)
		return words->config.deny_incoming = true;
	if (strcmp(word, "unreg_only") == 0)
		return words->config.unregistered_only = true;
	if (strcmp(word, "unreg_cgn") == 0)
		return words->config.unregistered_only =
			   words->config.shared_is_private = true;
	if (strcmp(word, "redirect_port") == 0)
		return parse_redirect_port(words);
	if (strcmp(word, "redirect_addr") == 0)
		return parse_redirect_addr(words);
	if (strcmp(word, "redirect_proto") == 0)
		return parse_redirect_proto(words);
	if (strcmp(word, "port_range") == 0)
		return parse_range(words);
	value = next(words);
	if (value == NULL)
		return false;
	if (strcmp(word, "ip") == 0)
		return parse_address(
		    value, strlen(value), &words->config.alias);
	words->card = value;
	return strcmp(word, "if") == 0;
}

static bool
parse_words(struct nat_words *words)
{
	bool ok = words->n > 0;

	while (ok && words->at < words->n)
		ok = parse_option(words);
	return ok;
}

bool
machine_check_instance(struct arena *arena, const char *const *words, size_t n)
{
	struct nat_words scan = {.word = words, .n = n, .arena = arena};

	return parse_words(&scan);
}

/* The last IPv4 address of a card, as the kernel takes it; 0 if none. */
static struct addr
card_address(const struct machine *machine, const char *name)
{
	const struct world_card *card = world_find_card(&machine->world, name);
	struct addr found = {0, 0};

	for (size_t i = 0; card != NULL && i < card->addresses.n; i++)
		if (card->addresses.v[i].family == FAMILY_4)
			found = card->addresses.v[i].addr;
	return found;
}

static enum ipfw_error
configure(
    struct machine *machine, uint32_t id, const char *const *word, size_t n)
{
	struct arena *arena = arena_create(0, NULL, NULL);
	struct nat_words words = {.word = word, .n = n, .arena = arena};
	enum ipfw_error error;

	if (arena == NULL)
		return IPFW_NO_MEMORY;
	error = parse_words(&words) ? IPFW_OK : IPFW_INVALID;
	if (words.card != NULL)
		words.config.alias = card_address(machine, words.card);
	words.config.redirects = words.redirects.v;
	words.config.n_redirects = words.redirects.n;
	if (error == IPFW_OK &&
	    !world_set_handler(
		&machine->world, true, id, WORLD_TRANSLATE, &words.config))
		error = IPFW_LIMIT_REACHED;
	arena_destroy(arena);
	return error;
}

static struct machine_instance *
find_instance(const struct machine *machine, uint32_t id)
{
	for (size_t i = 0; i < machine->n_instances; i++)
		if (machine->instances[i].id == id)
			return &machine->instances[i];
	return NULL;
}

static char *
join(const char *const *word, size_t n)
{
	size_t size = 1, at = 0;
	char *joined;

	for (size_t i = 0; i < n; i++)
		size += strlen(word[i]) + 1;
	joined = malloc(size);
	if (joined == NULL)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		size_t length = strlen(word[i]);

		if (i > 0)
			joined[at++] = ' ';
		memcpy(joined + at, word[i], length);
		at += length;
	}
	joined[at] = '\0';
	return joined;
}

/* The place of the instance ID, a new one if it is not there; or NULL. */
static struct machine_instance *
claim_instance(struct machine *machine, uint32_t id)
{
	struct machine_instance *instance = find_instance(machine, id);

	if (instance != NULL)
		return instance;
	if (machine->n_instances >= MACHINE_INSTANCES_MAX)
		return NULL;
	instance = realloc(
	    machine->instances, (machine->n_instances + 1) * sizeof(*instance));
	if (instance == NULL)
		return NULL;
	machine->instances = instance;
	instance += machine->n_instances;
	*instance = (struct machine_instance){.id = id};
	return instance;
}

enum ipfw_error
machine_set_instance(
    struct machine *machine, uint32_t id, const char *const *words, size_t n)
{
	struct machine_instance *instance = claim_instance(machine, id);
	char *joined = join(words, n);
	enum ipfw_error error = IPFW_LIMIT_REACHED;

	if (instance != NULL && joined != NULL)
		error = configure(machine, id, words, n);
	if (error != IPFW_OK) {
		free(joined);
		return error;
	}
	/* A new one counts from now on. */
	if (instance->words == NULL)
		machine->n_instances++;
	free(instance->words);
	instance->words = joined;
	return IPFW_OK;
}

bool
machine_delete_instance(struct machine *machine, uint32_t id)
{
	struct machine_instance *instance = find_instance(machine, id);

	if (instance == NULL)
		return false;
	free(instance->words);
	*instance = machine->instances[--machine->n_instances];
	world_remove_handler(&machine->world, true, id);
	return true;
}

/* Split the words of an instance again, and configure it by them. */
static void
refresh(struct machine *machine, const struct machine_instance *instance)
{
	struct arena *arena = arena_create(0, NULL, NULL);
	VEC(const char *) words = {NULL, 0, 0};
	char *rest;

	if (arena == NULL)
		return;
	rest = arena_strdup(arena, instance->words);
	while (rest != NULL) {
		char *space = strchr(rest, ' ');

		if (space != NULL)
			*space++ = '\0';
		vec_push(arena, &words, (const char *)rest);
		rest = space;
	}
	configure(machine, instance->id, words.v, words.n);
	arena_destroy(arena);
}

void
machine_follow_cards(struct machine *machine)
{
	for (size_t i = 0; i < machine->n_instances; i++)
		refresh(machine, &machine->instances[i]);
}
