/*
 * Addresses: "any", "me", "me6", a table, a list of prefixes of one family.
 *
 * An address is masked by its prefix, a prefix of length 0 makes the whole
 * IPv4 list "any", and in IPv6 it falls out of the list: a list that is empty
 * then means "me6".  That is what ipfw(8) does.
 */
#include <stdlib.h>
#include <string.h>

#include "target/ipfw/text/read_private.h"

#define PROTOCOL_IPV6 41
#define WORDS_PLAIN 1
#define WORDS_ONE4 2
#define WORDS_ONE6 5
#define WORDS_VALUE 2
/* The length field of an instruction has 6 bits. */
#define LIST4_LIMIT 31
#define LIST6_LIMIT 7
#define ADDRESS_TEXT_MAX 45

struct list4 {
	VEC(struct prefix) prefixes;
	const char *rest; /* of the list; NULL behind the last entry */
	bool any;
};

/* One to four numbers, the last of which fills the bytes that are left. */
bool
ipfw_scan_inet4(const char *text, uint32_t *addr)
{
	uint32_t high = 0;
	unsigned long part, max = UINT32_MAX;
	char *end;

	for (unsigned shift = 24;; shift -= 8) {
		if (!ipfw_scan_is_digit(*text))
			return false;
		part = strtoul(text, &end, 0);
		if (*end != '.')
			break;
		if (shift == 0 || part > 0xff)
			return false;
		high |= (uint32_t)part << shift;
		max >>= 8;
		text = end + 1;
	}
	*addr = high | (uint32_t)part;
	return *end == '\0' && part <= max;
}

static bool
parse_inet6(const char *text, size_t length, struct addr *addr)
{
	struct addr_range range;
	enum family family;
	int prefix_length;

	if (memchr(text, '-', length) != NULL ||
	    addr_parse(text, length, &family, &range, &prefix_length) !=
		ADDR_OK ||
	    family != FAMILY_6 || prefix_length >= 0)
		return false;
	*addr = range.lo;
	return true;
}

bool
ipfw_scan_table_name(struct rule_scan *scan, const char *name)
{
	size_t n = strspn(name, IPFW_TABLE_NAME_BYTES);

	if (n == 0 || n > IPFW_TABLE_NAME_MAX || name[n] != '\0' ||
	    strcmp(name, "all") == 0)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "invalid table name: %s", name);
	return true;
}

bool
ipfw_scan_table(
    struct rule_scan *scan, const char *word, struct ipfw_insn *insn)
{
	const char *name = word + strlen("table(");
	const char *end = strchr(name, ')');
	char *comma, *copy;

	if (end == NULL)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "forgotten parenthesis: %s", word);
	copy = arena_strndup(scan->arena, name, (size_t)(end - name));
	comma = strchr(copy, ',');
	if (comma != NULL) {
		*comma = '\0';
		insn->has_value = true;
		insn->value = (uint32_t)ipfw_scan_number(comma + 1, 0);
	}
	insn->text = copy;
	return ipfw_scan_table_name(scan, copy);
}

static bool
put_table(struct rule_scan *scan, const char *word, bool source)
{
	struct ipfw_insn insn = ipfw_scan_insn(
	    scan, source ? IPFW_SRC_TABLE : IPFW_DST_TABLE);

	return ipfw_scan_table(scan, word, &insn) &&
	    ipfw_scan_put(
		scan, &insn, insn.has_value ? WORDS_VALUE : WORDS_PLAIN);
}

static bool
put_plain(struct rule_scan *scan, enum ipfw_op op)
{
	struct ipfw_insn insn = ipfw_scan_insn(scan, op);

	return ipfw_scan_put(scan, &insn, WORDS_PLAIN);
}

/* Length of the mask, or -1 if it has a hole. */
static int
mask_length(uint32_t mask)
{
	int length = 0;

	while (length < 32 && (mask >> (31 - length) & 1) != 0)
		length++;
	return length == 32 || mask << length == 0 ? length : -1;
}

/* The mask behind '/' or ':', which goes up to the next ',' or '{'. */
static bool
read_mask4(
    struct rule_scan *scan, char separator, const char *text, unsigned *length)
{
	char *copy = arena_strndup(scan->arena, text, strcspn(text, ",{"));
	uint32_t mask;
	int number;

	if (separator == ':') {
		if (!ipfw_scan_inet4(copy, &mask))
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_DATA, "bad netmask %s", copy);
		if (mask_length(mask) < 0)
			return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
			    "a netmask with holes is not read: %s", copy);
		*length = (unsigned)mask_length(mask);
		return true;
	}
	number = ipfw_scan_integer(copy);
	if (number > 32)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "bad width %s", copy);
	/* A negative width wraps as the shift of the processor does. */
	*length = number == 0 ? 0 : 32 - (32 - (unsigned)number) % 32;
	return true;
}

/*
 * The next entry of *REST.  *SET is what follows "{" if the entry is a set of
 * hosts, else NULL.
 */
static bool
read_entry4(struct rule_scan *scan, const char **rest, struct prefix *prefix,
    const char **set)
{
	const char *entry = *rest;
	size_t n = strcspn(entry, "/:,{");
	char *host = arena_strndup(scan->arena, entry, n);
	char separator = entry[n];
	const char *next = entry + n;
	uint32_t addr;

	if (!ipfw_scan_inet4(host, &addr))
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_NO_HOST, "hostname \"%s\" unknown", host);
	prefix->length = separator == '{' ? 24 : 32;
	if (separator == '/' || separator == ':') {
		if (!read_mask4(scan, separator, next + 1, &prefix->length))
			return false;
		next += 1 + strcspn(next + 1, ",{");
	}
	prefix->addr = (struct addr){.lo = addr};
	prefix->addr = prefix_range(FAMILY_4, *prefix).lo;
	*set = *next == '{' ? next + 1 : NULL;
	/* An empty set is listed without its first brace. */
	if (scan->reader->listing && *next == '\0' && next[-1] == '}')
		*set = next - 1;
	*rest = *next == ',' ? next + 1 : NULL;
	return true;
}

/*
 * "1,3-5}" behind a base: bits of HOSTS, counted from the base.  The list
 * ends at the brace or at what is no number.
 */
static bool
read_hosts(struct rule_scan *scan, const char *text, unsigned low,
    unsigned high, bool *hosts)
{
	long from = -1;

	while (ipfw_scan_is_digit(*text)) {
		char *end;
		long host = strtol(text, &end, 0);

		if (host < (long)low || host > (long)high)
			return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
			    "address %ld out of range %u to %u", host, low,
			    high);
		if (from > host || (from >= 0 && *end == '-'))
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_DATA, "invalid range of hosts");
		for (long i = from < 0 ? host : from; i <= host; i++)
			hosts[i - (long)low] = true;
		from = *end == '-' ? host : -1;
		if (*end == '}' || *end == '\0')
			break;
		text = end + 1;
	}
	return true;
}

/* ipfw(8) lists three or more neighbours as a range. */
static const char *
format_hosts(
    struct arena *arena, struct prefix base, const bool *hosts, unsigned size)
{
	unsigned low = (unsigned)base.addr.lo & 0xff;
	char separator = '{';
	struct buf out;

	buf_init(&out, arena);
	addr_format(&out, FAMILY_4, base.addr);
	buf_printf(&out, "/%u", base.length);
	for (unsigned i = 0; i < size; i++) {
		unsigned end = i;

		if (!hosts[i])
			continue;
		while (end < size && hosts[end])
			end++;
		buf_printf(&out, "%c%u", separator, i + low);
		if (end > i + 2) {
			buf_printf(&out, "-%u", end - 1 + low);
			i = end - 1;
		}
		separator = ',';
	}
	buf_putc(&out, '}');
	return out.p;
}

/* A set of hosts in a net of at most 256: kept as the list of its hosts. */
static bool
put_set4(
    struct rule_scan *scan, struct prefix base, const char *text, bool source)
{
	struct ipfw_insn insn = ipfw_scan_insn(
	    scan, source ? IPFW_SRC : IPFW_DST);
	unsigned low = (unsigned)base.addr.lo & 0xff;
	bool hosts[256] = {false};
	unsigned size;

	if (base.length < 24 || base.length > 31)
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "a set of hosts needs a width of 24 to 31");
	size = 1u << (32 - base.length);
	if (!read_hosts(scan, text, low, low + size - 1, hosts))
		return false;
	insn.family = FAMILY_4;
	insn.text = format_hosts(scan->arena, base, hosts, size);
	insn.prefixes = arena_calloc(scan->arena, size, sizeof(*insn.prefixes));
	for (unsigned i = 0; i < size; i++)
		if (hosts[i])
			insn.prefixes[insn.n_prefixes++] = (struct prefix){
			    .addr = {.lo = base.addr.lo + i}, .length = 32};
	return ipfw_scan_put(scan, &insn, WORDS_ONE4 + (size + 31) / 32);
}

static bool
put_list4(struct rule_scan *scan, const struct list4 *list, bool source)
{
	struct ipfw_insn insn = ipfw_scan_insn(
	    scan, source ? IPFW_SRC : IPFW_DST);
	bool one = list->prefixes.n == 1 && list->prefixes.v[0].length == 32;

	if (list->prefixes.n > LIST4_LIMIT)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "address list too long");
	if (list->prefixes.n > IPFW_ADDRS_MAX)
		ipfw_scan_refuse(scan,
		    "the kernel takes at most 15 IPv4 addresses in one list");
	insn.family = FAMILY_4;
	insn.prefixes = list->prefixes.v;
	insn.n_prefixes = list->prefixes.n;
	return ipfw_scan_put(
	    scan, &insn, one ? WORDS_ONE4 : 1 + 2 * list->prefixes.n);
}

bool
ipfw_scan_address4(struct rule_scan *scan, const char *word, bool source)
{
	struct list4 list = {.rest = word};
	struct prefix prefix;
	const char *set;

	if (strncmp("any", word, strlen(word)) == 0)
		return true;
	if (strncmp("me", word, strlen(word)) == 0)
		return put_plain(scan, source ? IPFW_SRC_ME : IPFW_DST_ME);
	if (strncmp(word, "table(", strlen("table(")) == 0)
		return put_table(scan, word, source);
	while (list.rest != NULL) {
		if (!ipfw_scan_room(scan, 3 + 2 * list.prefixes.n) ||
		    !read_entry4(scan, &list.rest, &prefix, &set))
			return false;
		if (set != NULL && list.prefixes.n > 0)
			return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
			    "a set of hosts cannot be in a list");
		if (set != NULL)
			return put_set4(scan, prefix, set, source);
		if (prefix.length == 0 && scan->pending_not &&
		    list.rest == NULL && list.prefixes.n == 0)
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_DATA, "not any never matches");
		if (prefix.length == 0)
			return true;
		vec_push(scan->arena, &list.prefixes, prefix);
	}
	return put_list4(scan, &list, source);
}

/* The next entry of *REST, which is NULL behind the last one. */
static bool
read_entry6(struct rule_scan *scan, const char **rest, struct prefix *prefix)
{
	const char *entry = *rest;
	size_t n = strcspn(entry, "/,");
	const char *next = entry + n;
	int length = 128;
	struct addr addr;

	if (!parse_inet6(entry, n, &addr))
		return ipfw_scan_fail(scan, IPFW_EXIT_DATA,
		    "bad address \"%.*s\"", (int)(n < 100 ? n : 100), entry);
	if (*next == '/') {
		length = ipfw_scan_integer(next + 1);
		next += strcspn(next, ",");
	}
	if (length < 0 || length > 128)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "bad width in %s", entry);
	prefix->length = (unsigned)length;
	prefix->addr = addr;
	prefix->addr = prefix_range(FAMILY_6, *prefix).lo;
	*rest = *next == ',' ? next + 1 : NULL;
	return true;
}

static bool
put_list6(struct rule_scan *scan, const char *word, bool source)
{
	struct ipfw_insn insn = ipfw_scan_insn(
	    scan, source ? IPFW_SRC : IPFW_DST);
	VEC(struct prefix) list = {NULL, 0, 0};
	const char *rest = word;
	struct prefix prefix;

	while (rest != NULL) {
		if (!ipfw_scan_room(scan, 9 + 8 * list.n) ||
		    !read_entry6(scan, &rest, &prefix))
			return false;
		if (prefix.length > 0)
			vec_push(scan->arena, &list, prefix);
		else if (insn.negated && rest == NULL && list.n == 0)
			return ipfw_scan_fail(
			    scan, IPFW_EXIT_DATA, "not any never matches");
	}
	if (list.n == 0)
		return put_plain(scan, source ? IPFW_SRC_ME6 : IPFW_DST_ME6);
	if (list.n > LIST6_LIMIT)
		return ipfw_scan_fail(
		    scan, IPFW_EXIT_DATA, "address list too long");
	insn.family = FAMILY_6;
	insn.prefixes = list.v;
	insn.n_prefixes = list.n;
	return ipfw_scan_put(scan, &insn,
	    list.n == 1 && list.v[0].length == 128 ? WORDS_ONE6
						   : 1 + 8 * list.n);
}

bool
ipfw_scan_address6(struct rule_scan *scan, const char *word, bool source)
{
	if (strcmp(word, "any") == 0)
		return true;
	if (strcmp(word, "me") == 0 || strcmp(word, "me6") == 0)
		return put_plain(scan, source ? IPFW_SRC_ME6 : IPFW_DST_ME6);
	if (strncmp(word, "table(", strlen("table(")) == 0)
		return put_table(scan, word, source);
	return put_list6(scan, word, source);
}

/* The family of a word is that of its first address. */
bool
ipfw_scan_address(struct rule_scan *scan, const char *word, bool source)
{
	size_t n = strcspn(word, "/,");
	struct addr addr;

	if (n > ADDRESS_TEXT_MAX)
		n = ADDRESS_TEXT_MAX;
	if (scan->protocol == PROTOCOL_IPV6 || strcmp(word, "me6") == 0 ||
	    parse_inet6(word, n, &addr))
		return ipfw_scan_address6(scan, word, source);
	return ipfw_scan_address4(scan, word, source);
}
