/*
 * Services that are named by an ICMP type or by an IP protocol.
 */
#include <string.h>

#include "sema/resolve.h"

#define TYPE_MAX 255
#define PROTOCOL_MAX 255

static bool
report_type(struct resolve *r, enum family family, const struct map *names,
    const struct ast_word *word)
{
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(r->diags, E_ICMP_TYPE, word->span,
	    "'%s' is not a type of %s", word->text,
	    family == FAMILY_4 ? "ICMP" : "ICMPv6");
	suggest_init(&suggest, word->text);
	resolve_suggest_map(&suggest, names);
	resolve_help_suggest(r, diag, &suggest);
	if (suggest.best == NULL)
		diag_help(r->diags, diag,
		    "write a name such as echo-request, or a number up to %d",
		    TYPE_MAX);
	return false;
}

bool
resolve_icmp_type(struct resolve *r, enum family family,
    const struct ast_word *word, unsigned *type)
{
	const struct catalogue *catalogue = r->sema->catalogue;
	const struct map *names = family == FAMILY_4 ? &catalogue->icmp_types
						     : &catalogue->icmp6_types;
	const struct number_name *name = map_get(names, word->text);

	if (name != NULL)
		*type = name->number;
	else if (!resolve_number(word->text, TYPE_MAX, type))
		return report_type(r, family, names, word);
	if (family == FAMILY_4 && *type > ICMP_TYPE_MAX) {
		diag_add(r->diags, E_ICMP_TYPE, word->span,
		    "ICMP type %u cannot be filtered: ipfw knows types up to "
		    "%d",
		    *type, ICMP_TYPE_MAX);
		return false;
	}
	return true;
}

bool
resolve_icmp(struct resolve *r, const struct ast_service *entry,
    struct service_part *part)
{
	bool four = strcmp(entry->protocol.text, "icmp") == 0;
	unsigned type;

	part->protocol = four ? PROTOCOL_ICMP : PROTOCOL_ICMP6;
	part->families = four ? FAMILY_4 : FAMILY_6;
	if (strcmp(entry->word.text, "any") == 0)
		return true;
	if (!resolve_icmp_type(r, part->families, &entry->word, &type))
		return false;
	part->has_types = true;
	part->types.bits[type / 64] = UINT64_C(1) << type % 64;
	return true;
}

static bool
report_protocol(struct resolve *r, const struct ast_word *word)
{
	struct suggest suggest;
	struct diag *diag;

	diag = diag_add(r->diags, E_PROTOCOL, word->span,
	    "'%s' is not an IP protocol", word->text);
	suggest_init(&suggest, word->text);
	resolve_suggest_map(&suggest, &r->sema->catalogue->protocols);
	resolve_help_suggest(r, diag, &suggest);
	if (suggest.best == NULL)
		diag_help(r->diags, diag,
		    "write a name such as gre, or a number up to %d",
		    PROTOCOL_MAX);
	return false;
}

/* The words by which the language itself knows protocols. */
struct protocol_word {
	const char *word;
	enum protocol number;
};

static const struct protocol_word protocol_words[] = {
    {"tcp", PROTOCOL_TCP},
    {"udp", PROTOCOL_UDP},
    {"icmp", PROTOCOL_ICMP},
    {"icmp6", PROTOCOL_ICMP6},
};

#define N_PROTOCOL_WORDS (sizeof(protocol_words) / sizeof(protocol_words[0]))

int
protocol_of_word(const char *word)
{
	for (size_t i = 0; i < N_PROTOCOL_WORDS; i++) {
		if (strcmp(protocol_words[i].word, word) == 0)
			return protocol_words[i].number;
	}
	return PROTOCOL_ANY;
}

static const char *
word_of_protocol(unsigned number)
{
	for (size_t i = 0; i < N_PROTOCOL_WORDS; i++) {
		if ((unsigned)protocol_words[i].number == number)
			return protocol_words[i].word;
	}
	return NULL;
}

enum family
protocol_families(unsigned number)
{
	switch (number) {
	case 0:	 /* hop-by-hop options */
	case 43: /* routing */
	case 44: /* fragment */
	case 60: /* destination options */
		return FAMILY_NONE;
	case 51: /* AH */
		return FAMILY_4;
	default:
		return FAMILY_BOTH;
	}
}

static void
report_header(struct resolve *r, const struct ast_word *word, unsigned number)
{
	struct diag *diag;

	diag = diag_add(r->diags, E_PROTOCOL, word->span,
	    "protocol %u is an option header of IPv6", number);
	diag_help(r->diags, diag,
	    number == 0
		? "ipfw takes it for every protocol: write 'any' for that"
		: "ipfw looks behind it: write the protocol that follows");
}

bool
resolve_protocol(
    struct resolve *r, const struct ast_word *word, struct service_part *part)
{
	const struct number_name *name = map_get(
	    &r->sema->catalogue->protocols, word->text);
	struct diag *diag;
	unsigned number;

	if (name != NULL)
		number = name->number;
	else if (!resolve_number(word->text, PROTOCOL_MAX, &number))
		return report_protocol(r, word);
	if (protocol_families(number) == FAMILY_NONE) {
		report_header(r, word, number);
		return false;
	}
	if (word_of_protocol(number) != NULL) {
		diag = diag_add(r->diags, E_PROTOCOL, word->span,
		    "'proto %s' hides a protocol that has ports or types",
		    word->text);
		diag_help(r->diags, diag, "write '%s any' for all of it",
		    word_of_protocol(number));
		return false;
	}
	part->protocol = (int)number;
	part->families = protocol_families(number);
	return true;
}
