/*
 * The words of a packet step.  Whether a word is a port or an address shows in
 * its form: an address has a dot or a colon.
 */
#include <string.h>

#include "eval/packet.h"
#include "target/ipfw/names.h"

#define HEADER4 20
#define HEADER6 40
#define HEADER_TCP 20
#define HEADER_OTHER 8
#define TTL 64
#define NUMBER_DEFAULT 1000
#define ECHO_REQUEST 8
#define ECHO_REQUEST6 128
#define FRAGMENT_UNIT 8
#define OFFSET_MAX 65528
#define LENGTH_MAX 65535
#define FIELD_MAX 64
#define TCP_ECE 0x40
#define TCP_CWR 0x80

struct words {
	struct arena *arena;
	const char *const *word;
	size_t n;
};

static const char *
next_word(struct words *words)
{
	if (words->n == 0)
		return NULL;
	words->n--;
	return *words->word++;
}

static bool
parse_number(const char *text, uint64_t max, uint64_t *out)
{
	uint64_t number = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		number = number * 10 + (uint64_t)(*text - '0');
		if (number > max)
			return false;
	}
	*out = number;
	return true;
}

bool
packet_has_ports(unsigned protocol)
{
	return protocol == IPFW_PROTOCOL_TCP || protocol == IPFW_PROTOCOL_UDP ||
	    protocol == IPFW_PROTOCOL_SCTP;
}

static bool
parse_protocol(const char *text, uint8_t *protocol)
{
	unsigned number;
	uint64_t given;

	if (strcmp(text, "icmp6") == 0) {
		*protocol = IPFW_PROTOCOL_ICMP6;
		return true;
	}
	if (ipfw_protocol_find(text, &number) && number <= UINT8_MAX) {
		*protocol = (uint8_t)number;
		return true;
	}
	if (!parse_number(text, UINT8_MAX, &given))
		return false;
	*protocol = (uint8_t)given;
	return true;
}

static bool
parse_address(const char *text, struct ipfw_tuple *tuple, struct addr *addr)
{
	struct addr_range range;
	enum family family;
	int length;

	if (addr_parse(text, strlen(text), &family, &range, &length) !=
		ADDR_OK ||
	    length >= 0 || addr_compare(range.lo, range.hi) != 0)
		return false;
	if (tuple->family != FAMILY_NONE && tuple->family != family)
		return false;
	tuple->family = family;
	*addr = range.lo;
	return true;
}

static bool
is_port(const char *word)
{
	return strcmp(word, "-") == 0 ||
	    word[strspn(word, "0123456789")] == '\0';
}

static bool
parse_port(const char *word, uint16_t *port)
{
	uint64_t number;

	if (strcmp(word, "-") == 0)
		return true;
	if (!parse_number(word, UINT16_MAX, &number))
		return false;
	*port = (uint16_t)number;
	return true;
}

/* An address, and a port if one follows. */
static const char *
parse_end(struct words *words, struct ipfw_tuple *tuple, struct addr *addr,
    uint16_t *port)
{
	const char *word = next_word(words);

	if (word == NULL || !parse_address(word, tuple, addr))
		return "an address is due";
	if (words->n == 0 || !is_port(words->word[0]))
		return NULL;
	return parse_port(next_word(words), port) ? NULL : "not a port";
}

static const char *
parse_tuple(struct words *words, struct ipfw_tuple *tuple)
{
	const char *word = next_word(words), *error;

	if (word == NULL || !parse_protocol(word, &tuple->protocol))
		return "a protocol is due";
	error = parse_end(words, tuple, &tuple->source, &tuple->source_port);
	if (error == NULL)
		error = parse_end(
		    words, tuple, &tuple->target, &tuple->target_port);
	return error;
}

static uint32_t
common_length(const struct ipfw_tuple *tuple)
{
	uint32_t header = tuple->family == FAMILY_4 ? HEADER4 : HEADER6;

	return header +
	    (tuple->protocol == IPFW_PROTOCOL_TCP ? HEADER_TCP : HEADER_OTHER);
}

static void
fill_common(struct ipfw_packet *packet)
{
	packet->tcp_flags = IPFW_TCP_SYN;
	packet->sequence = packet->acknowledgement = NUMBER_DEFAULT;
	packet->icmp_type = packet->tuple.protocol == IPFW_PROTOCOL_ICMP6
	    ? ECHO_REQUEST6
	    : ECHO_REQUEST;
	packet->ttl = TTL;
	packet->length = common_length(&packet->tuple);
}

static bool
parse_flags(const char *text, uint8_t *out)
{
	static const char letters[] = "FSRPAUEW";
	uint8_t flags = 0;

	if (strcmp(text, "-") == 0) {
		*out = 0;
		return true;
	}
	for (; *text != '\0'; text++) {
		const char *letter = strchr(letters, *text);

		if (letter == NULL)
			return false;
		flags |= (uint8_t)(1u << (letter - letters));
	}
	*out = flags;
	return true;
}

static bool
parse_fragment(const char *text, struct ipfw_packet *packet)
{
	size_t length = strlen(text);
	char digits[FIELD_MAX];
	uint64_t offset;

	packet->more_fragments = true;
	if (strcmp(text, "mf") == 0)
		return true;
	if (length == 0 || length >= sizeof(digits))
		return false;
	memcpy(digits, text, length + 1);
	packet->more_fragments = digits[length - 1] == '+';
	if (packet->more_fragments)
		digits[length - 1] = '\0';
	if (!parse_number(digits, OFFSET_MAX, &offset))
		return false;
	packet->offset = (uint16_t)(offset / FRAGMENT_UNIT * FRAGMENT_UNIT);
	return true;
}

/* "PROTO,SRC,SPORT,DST,DPORT": the fields become the words of a tuple. */
static bool
parse_inner(struct arena *arena, const char *text, struct ipfw_packet *packet)
{
	const char *fields[5];
	struct words words = {arena, fields, 0};
	char *copy = arena_strdup(arena, text);

	while (copy != NULL && words.n < 5) {
		char *comma = strchr(copy, ',');

		fields[words.n++] = copy;
		if (comma != NULL)
			*comma++ = '\0';
		copy = comma;
	}
	packet->has_inner = true;
	return copy == NULL && parse_tuple(&words, &packet->inner) == NULL &&
	    words.n == 0;
}

/* An option whose value is a number. */
static bool
parse_numeric(const char *name, const char *text, struct ipfw_packet *packet)
{
	uint64_t value;

	if (!parse_number(text, UINT32_MAX, &value))
		return false;
	if (strcmp(name, "seq") == 0)
		packet->sequence = (uint32_t)value;
	else if (strcmp(name, "ack") == 0)
		packet->acknowledgement = (uint32_t)value;
	else if (strcmp(name, "uid") == 0)
		return true;
	else if (value > LENGTH_MAX)
		return false;
	else if (strcmp(name, "len") == 0)
		packet->length = (uint32_t)value;
	else if (strcmp(name, "id") == 0)
		packet->id = (uint16_t)value;
	else if (value > UINT8_MAX)
		return false;
	else if (strcmp(name, "icmptype") == 0)
		packet->icmp_type = (uint8_t)value;
	else if (strcmp(name, "icmpcode") == 0)
		packet->icmp_code = (uint8_t)value;
	else if (strcmp(name, "ttl") == 0)
		packet->ttl = (uint8_t)value;
	else if (strcmp(name, "tos") == 0)
		packet->tos = (uint8_t)value;
	else
		return false;
	return true;
}

static bool
parse_option(const struct words *words, const char *word, bool inner,
    struct ipfw_packet *packet)
{
	size_t length = strcspn(word, "=");
	char name[FIELD_MAX];

	if (strcmp(word, "me") == 0)
		return packet->local_end = true;
	if (strcmp(word, "df") == 0)
		return packet->dont_fragment = true;
	if (word[length] == '\0' || length >= sizeof(name))
		return false;
	memcpy(name, word, length);
	name[length] = '\0';
	word += length + 1;
	if (strcmp(name, "flags") == 0)
		return parse_flags(word, &packet->tcp_flags);
	if (strcmp(name, "frag") == 0)
		return parse_fragment(word, packet);
	if (inner && strcmp(name, "inner") == 0)
		return parse_inner(words->arena, word, packet);
	return parse_numeric(name, word, packet);
}

static const char *
card_name(struct arena *arena, const char *word, size_t length)
{
	if (length == 1 && word[0] == '-')
		return NULL;
	return arena_strndup(
	    arena, word, length < IPFW_NAME_MAX ? length : IPFW_NAME_MAX);
}

static const char *
parse_cards(
    struct words *words, enum packet_way way, struct ipfw_packet *packet)
{
	const char *word = next_word(words);
	size_t length;

	if (word == NULL)
		return "a card is due";
	length = strcspn(word, ",");
	if (way == PACKET_OUT) {
		packet->card_out = card_name(words->arena, word, length);
		if (word[length] == ',')
			packet->card_in = card_name(words->arena,
			    word + length + 1, strlen(word + length + 1));
		return NULL;
	}
	packet->card_in = card_name(words->arena, word, strlen(word));
	if (way == PACKET_IN)
		return NULL;
	word = next_word(words);
	if (word == NULL)
		return "the card to leave by is due";
	packet->card_out = card_name(words->arena, word, strlen(word));
	return NULL;
}

static bool
parse_way(const char *word, enum packet_way *way)
{
	if (strcmp(word, "in") == 0)
		*way = PACKET_IN;
	else if (strcmp(word, "out") == 0)
		*way = PACKET_OUT;
	else if (strcmp(word, "fwd") == 0)
		*way = PACKET_FORWARD;
	else
		return false;
	return true;
}

const char *
packet_parse(struct arena *arena, const char *const *word, size_t n, bool inner,
    enum packet_way *way, struct ipfw_packet *packet)
{
	struct words words = {arena, word, n};
	const char *first = next_word(&words), *error;

	memset(packet, 0, sizeof(*packet));
	if (first == NULL || !parse_way(first, way))
		return "in, out or fwd is due";
	error = parse_cards(&words, *way, packet);
	if (error == NULL)
		error = parse_tuple(&words, &packet->tuple);
	if (error != NULL)
		return error;
	fill_common(packet);
	while (words.n > 0) {
		const char *option = next_word(&words);

		if (!parse_option(&words, option, inner, packet))
			return arena_printf(
			    arena, "'%s' is no option of a packet", option);
	}
	return NULL;
}

void
packet_write_protocol(struct buf *out, unsigned protocol)
{
	const char *name = ipfw_name_of(ipfw_protocol_names, protocol);

	if (protocol == IPFW_PROTOCOL_ICMP6)
		buf_puts(out, "icmp6");
	else if (name != NULL)
		buf_puts(out, name);
	else
		buf_printf(out, "%u", protocol);
}

void
packet_write_tuple(
    struct buf *out, const struct ipfw_tuple *tuple, const char *between)
{
	packet_write_protocol(out, tuple->protocol);
	buf_putc(out, ' ');
	addr_format(out, tuple->family, tuple->source);
	buf_printf(out, " %u%s", tuple->source_port, between);
	addr_format(out, tuple->family, tuple->target);
	buf_printf(out, " %u", tuple->target_port);
}
