/*
 * Names of protocols and services come from these tables alone, so that a
 * rule read here is the rule that was meant, whatever protocols(5) and
 * services(5) of this host say.
 */
#include <string.h>

#include "target/ipfw/names.h"
#include "target/ipfw/text/write.h"

#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

const struct ipfw_name ipfw_protocol_names[] = {
    {"ip", 0},
    {"hopopt", 0},
    {"icmp", 1},
    {"igmp", 2},
    {"ggp", 3},
    {"ipencap", 4},
    {"st", 5},
    {"tcp", 6},
    {"egp", 8},
    {"igp", 9},
    {"pup", 12},
    {"udp", 17},
    {"hmp", 20},
    {"xns-idp", 22},
    {"rdp", 27},
    {"iso-tp4", 29},
    {"dccp", 33},
    {"xtp", 36},
    {"ddp", 37},
    {"idpr-cmtp", 38},
    {"ipv6", 41},
    {"ipv6-route", 43},
    {"ipv6-frag", 44},
    {"idrp", 45},
    {"rsvp", 46},
    {"gre", 47},
    {"esp", 50},
    {"ah", 51},
    {"skip", 57},
    {"ipv6-icmp", 58},
    {"icmp6", 58},
    {"ipv6-nonxt", 59},
    {"ipv6-opts", 60},
    {"rspf", 73},
    {"vmtp", 81},
    {"eigrp", 88},
    {"ospf", 89},
    {"ax.25", 93},
    {"ipip", 94},
    {"etherip", 97},
    {"encap", 98},
    {"pim", 103},
    {"ipcomp", 108},
    {"vrrp", 112},
    {"carp", 112},
    {"l2tp", 115},
    {"isis", 124},
    {"sctp", 132},
    {"fc", 133},
    {"mobility-header", 135},
    {"udplite", 136},
    {"mpls-in-ip", 137},
    {"manet", 138},
    {"hip", 139},
    {"shim6", 140},
    {"wesp", 141},
    {"rohc", 142},
    {NULL, 0},
};

/* The aliases of protocols(5) that are not a name in capitals. */
static const struct ipfw_name protocol_aliases[] = {
    {"IP-ENCAP", 4},
    {"IPv6", 41},
    {"IPv6-Route", 43},
    {"IPv6-Frag", 44},
    {"IPSEC-ESP", 50},
    {"IPSEC-AH", 51},
    {"IPv6-ICMP", 58},
    {"IPv6-NoNxt", 59},
    {"IPv6-Opts", 60},
    {"OSPFIGP", 89},
    {"Mobility-Header", 135},
    {"UDPLite", 136},
    {NULL, 0},
};

const struct ipfw_name ipfw_unreach_codes[] = {
    {"net", 0},
    {"host", 1},
    {"protocol", 2},
    {"port", 3},
    {"needfrag", 4},
    {"srcfail", 5},
    {"net-unknown", 6},
    {"host-unknown", 7},
    {"isolated", 8},
    {"net-prohib", 9},
    {"host-prohib", 10},
    {"tosnet", 11},
    {"toshost", 12},
    {"filter-prohib", 13},
    {"host-precedence", 14},
    {"precedence-cutoff", 15},
    {NULL, 0},
};

const struct ipfw_name ipfw_unreach6_codes[] = {
    {"no-route", 0},
    {"admin-prohib", 1},
    {"address", 3},
    {"port", 4},
    {NULL, 0},
};

const struct ipfw_name ipfw_tcp_flags[] = {
    {"syn", IPFW_TCP_SYN},
    {"fin", IPFW_TCP_FIN},
    {"ack", IPFW_TCP_ACK},
    {"psh", IPFW_TCP_PSH},
    {"rst", IPFW_TCP_RST},
    {"urg", IPFW_TCP_URG},
    {NULL, 0},
};

const struct ipfw_name ipfw_tcp_options[] = {
    {"mss", 0x01},
    {"maxseg", 0x01},
    {"window", 0x02},
    {"sack", 0x04},
    {"ts", 0x08},
    {"timestamp", 0x08},
    {"cc", 0x10},
    {NULL, 0},
};

const struct ipfw_name ipfw_ip_options[] = {
    {"ssrr", 0x02},
    {"lsrr", 0x01},
    {"rr", 0x04},
    {"ts", 0x08},
    {NULL, 0},
};

const struct ipfw_name ipfw_tos_flags[] = {
    {"lowdelay", 0x10},
    {"throughput", 0x08},
    {"reliability", 0x04},
    {"mincost", 0x02},
    {"congestion", 0x03},
    {"ecntransport", 0x02},
    {NULL, 0},
};

const struct ipfw_name ipfw_dscp_codes[] = {
    {"af11", 10},
    {"af12", 12},
    {"af13", 14},
    {"af21", 18},
    {"af22", 20},
    {"af23", 22},
    {"af31", 26},
    {"af32", 28},
    {"af33", 30},
    {"af41", 34},
    {"af42", 36},
    {"af43", 38},
    {"be", 0},
    {"ef", 46},
    {"cs0", 0},
    {"cs1", 8},
    {"cs2", 16},
    {"cs3", 24},
    {"cs4", 32},
    {"cs5", 40},
    {"cs6", 48},
    {"cs7", 56},
    {NULL, 0},
};

const struct ipfw_name ipfw_limit_masks[] = {
    {"all",
	IPFW_LIMIT_SRC_ADDR | IPFW_LIMIT_SRC_PORT | IPFW_LIMIT_DST_ADDR |
	    IPFW_LIMIT_DST_PORT},
    {"src-addr", IPFW_LIMIT_SRC_ADDR},
    {"src-port", IPFW_LIMIT_SRC_PORT},
    {"dst-addr", IPFW_LIMIT_DST_ADDR},
    {"dst-port", IPFW_LIMIT_DST_PORT},
    {NULL, 0},
};

const struct ipfw_name ipfw_lookup_keys[] = {
    {"dst-ip", IPFW_LOOKUP_DST_IP},
    {"src-ip", IPFW_LOOKUP_SRC_IP},
    {"dst-port", IPFW_LOOKUP_DST_PORT},
    {"src-port", IPFW_LOOKUP_SRC_PORT},
    {"uid", IPFW_LOOKUP_UID},
    {"jail", IPFW_LOOKUP_JAIL},
    {"dscp", IPFW_LOOKUP_DSCP},
    {NULL, 0},
};

const struct ipfw_name ipfw_ext6hdr_names[] = {
    {"frag", IPFW_EXT6_FRAGMENT},
    {"hopopt", IPFW_EXT6_HOPOPTS},
    {"route", IPFW_EXT6_ROUTING},
    {"rthdr0", IPFW_EXT6_RTHDR0},
    {"rthdr2", IPFW_EXT6_RTHDR2},
    {"dstopt", IPFW_EXT6_DSTOPTS},
    {"ah", IPFW_EXT6_AH},
    {"esp", IPFW_EXT6_ESP},
    {NULL, 0},
};

const struct ipfw_name ipfw_table_types[] = {
    {"addr", IPFW_TABLE_ADDR},
    {"iface", IPFW_TABLE_IFACE},
    {"number", IPFW_TABLE_NUMBER},
    {"flow", IPFW_TABLE_FLOW},
    {NULL, 0},
};

enum transport {
	OVER_TCP = 1,
	OVER_UDP = 2,
	OVER_BOTH = 3,
};

static const struct {
	const char *name;
	unsigned port;
	enum transport transport;
} services[] = {
    {"echo", 7, OVER_BOTH},
    {"discard", 9, OVER_BOTH},
    {"daytime", 13, OVER_BOTH},
    {"chargen", 19, OVER_BOTH},
    {"ftp-data", 20, OVER_TCP},
    {"ftp", 21, OVER_TCP},
    {"ssh", 22, OVER_TCP},
    {"telnet", 23, OVER_TCP},
    {"smtp", 25, OVER_TCP},
    {"time", 37, OVER_BOTH},
    {"domain", 53, OVER_BOTH},
    {"bootps", 67, OVER_UDP},
    {"bootpc", 68, OVER_UDP},
    {"tftp", 69, OVER_UDP},
    {"finger", 79, OVER_TCP},
    {"http", 80, OVER_TCP},
    {"kerberos", 88, OVER_BOTH},
    {"pop3", 110, OVER_TCP},
    {"sunrpc", 111, OVER_BOTH},
    {"auth", 113, OVER_TCP},
    {"nntp", 119, OVER_TCP},
    {"ntp", 123, OVER_UDP},
    {"imap", 143, OVER_TCP},
    {"snmp", 161, OVER_UDP},
    {"bgp", 179, OVER_TCP},
    {"irc", 194, OVER_BOTH},
    {"ldap", 389, OVER_BOTH},
    {"https", 443, OVER_TCP},
    {"isakmp", 500, OVER_UDP},
    {"syslog", 514, OVER_UDP},
    {"printer", 515, OVER_TCP},
    {"imaps", 993, OVER_TCP},
    {"pop3s", 995, OVER_TCP},
};

bool
ipfw_name_find(const struct ipfw_name *table, const char *name, size_t length,
    unsigned *value)
{
	for (; table->name != NULL; table++) {
		if (strlen(table->name) == length &&
		    memcmp(table->name, name, length) == 0) {
			*value = table->value;
			return true;
		}
	}
	return false;
}

const char *
ipfw_name_of(const struct ipfw_name *table, unsigned value)
{
	for (; table->name != NULL; table++)
		if (table->value == value)
			return table->name;
	return NULL;
}

/* Is TEXT the name NAME in capitals? */
static bool
is_in_capitals(const char *text, const char *name)
{
	for (; *name != '\0'; name++, text++) {
		bool lower = *name >= 'a' && *name <= 'z';

		if (*text != (lower ? *name - 'a' + 'A' : *name))
			return false;
	}
	return *text == '\0';
}

bool
ipfw_protocol_find(const char *name, unsigned *number)
{
	const struct ipfw_name *p;

	if (ipfw_name_find(ipfw_protocol_names, name, strlen(name), number) ||
	    ipfw_name_find(protocol_aliases, name, strlen(name), number))
		return true;
	for (p = ipfw_protocol_names; p->name != NULL; p++) {
		if (is_in_capitals(name, p->name)) {
			*number = p->value;
			return true;
		}
	}
	return false;
}

const char *
ipfw_protocol_name(unsigned number)
{
	return ipfw_name_of(ipfw_protocol_names, number);
}

bool
ipfw_service_find(
    const char *name, size_t length, unsigned protocol, unsigned *port)
{
	unsigned wanted = OVER_BOTH;

	if (protocol == PROTOCOL_TCP)
		wanted = OVER_TCP;
	else if (protocol == PROTOCOL_UDP)
		wanted = OVER_UDP;
	else if (protocol != 0)
		return false;
	for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
		if (strlen(services[i].name) == length &&
		    memcmp(services[i].name, name, length) == 0 &&
		    (services[i].transport & wanted) != 0) {
			*port = services[i].port;
			return true;
		}
	}
	return false;
}
