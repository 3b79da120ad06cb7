/*
 * What the command line of ipfw(8) takes, in what sense, and how it refuses:
 * beyond what the recorded sessions show, its laxity and its traps.
 */
#include <string.h>

#include "target/ipfw/text/read.h"
#include "target/ipfw/ruleset.h"
#include "target/ipfw/text/write.h"
#include "tests/unit/report.h"
#include "tests/unit/same_rule.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

struct taken {
	const char *words;  /* behind "add" */
	const char *listed; /* without the number */
};

struct refused {
	const char *words;
	enum ipfw_exit code;
};

static bool
read_words(struct arena *arena, struct ipfw_reader *reader, const char *text,
    struct ipfw_rule *rule)
{
	vector_words words = vector_split(arena, text);

	return ipfw_read_rule(reader, words.v, words.n, rule);
}

static void
expect_listing(const struct taken *taken)
{
	struct arena *arena = unit_arena();
	struct ipfw_reader reader;
	struct ipfw_rule rule, again;
	struct buf text;

	ipfw_reader_init(&reader, arena);
	ck_assert_msg(read_words(arena, &reader, taken->words, &rule), "%s: %s",
	    taken->words, reader.message);
	buf_init(&text, arena);
	ipfw_write_listing(&text, &rule, false);
	ck_assert_msg(strcmp(strchr(text.p, ' ') + 1, taken->listed) == 0,
	    "%s\nis listed as %s", taken->words, text.p);
	/* And as a line that is read again it is the same rule. */
	buf_reset(&text);
	ipfw_write_add(&text, &rule, rule.set, true);
	ck_assert_msg(read_words(arena, &reader, text.p + 4, &again),
	    "%s\nwritten as %s: %s", taken->words, text.p, reader.message);
	ck_assert_msg(same_rule(&rule, &again), "%s\nwritten as %s",
	    taken->words, text.p);
	arena_destroy(arena);
}

static void
expect_refusal(const struct refused *refused)
{
	struct arena *arena = unit_arena();
	struct ipfw_reader reader;
	struct ipfw_rule rule;

	ipfw_reader_init(&reader, arena);
	ck_assert_msg(!read_words(arena, &reader, refused->words, &rule),
	    "taken: %s", refused->words);
	ck_assert_msg(reader.code == refused->code, "%s: %d (%s), not %d",
	    refused->words, (int)reader.code, reader.message,
	    (int)refused->code);
	ck_assert_msg(reader.message[0] != '\0', "%s", refused->words);
	arena_destroy(arena);
}

static const struct taken taken[] = {
    /* Words may be cut short in front of the options, and only there. */
    {"allow al f a t an", "allow ip from any to any"},
    {"allow tcp from n 10.0.0.1 t m", "allow tcp from not 10.0.0.1 to me"},
    {"s 3 allow ip from any to any", "allow ip from any to any"},
    {"allow {tcp o udp } from any to any",
	"allow { tcp or udp } from any to any"},
    {"skipto t ip from any to any", "skipto tablearg ip from any to any"},
    /* "log" is the beginning of "logamount". */
    {"deny log log 7 ip from any to any",
	"deny log logamount 7 ip from any to any"},
    {"deny log logamount 0 ip from any to any", "deny log ip from any to any"},
    /* A "not" waits for the next instruction. */
    {"allow ip from not any to 10.0.0.1", "allow ip from any to not 10.0.0.1"},
    {"allow not ip from 10.0.0.1 to any", "allow ip from not 10.0.0.1 to any"},
    {"allow ip from any to any not via any in", "allow ip from any to any in"},
    {"allow ip from any to any not in not out",
	"allow ip from any to any out in"},
    {"allow ip from any to any !frag !via em0",
	"allow ip from any to any not frag not via em0"},
    {"allow ip from any to any not limit src-addr 2",
	"allow ip from any to any limit src-addr 2"},
    {"allow ip from any to any not keep-state",
	"allow ip from any to any not keep-state"},
    {"allow ip from any to any not icmp6types 1,2",
	"allow ip from any to any ip6 icmp6types 1,2"},
    /* Numbers: only the low bits count, in any base. */
    {"allow tcp from any to any 0x50,010",
	"allow tcp from any to any "
	"dst-port 80,8"},
    {"allow tcp from any to any 65536-65537",
	"allow tcp from any to any dst-port 0-1"},
    {"skipto 65636 ip from any to any", "skipto 100 ip from any to any"},
    {"allow ip from any to any icmptypes 264",
	"allow ip from any to any icmptypes 8"},
    {"allow ip from any to any icmptypes ,3,,5",
	"allow ip from any to any icmptypes 0,3,5"},
    {"allow 65542 from any to any", "allow tcp from any to any"},
    {"allow 44 from any to any", "allow ipv6-frag from any to any"},
    {"allow TCP from any to any", "allow tcp from any to any"},
    {"allow icmp6 from any to any", "allow ipv6-icmp from any to any"},
    /* Addresses as inet_aton(3) has them, cut by their mask. */
    {"allow ip from 10.1 to 0x7f000001",
	"allow ip from 10.0.0.1 to "
	"127.0.0.1"},
    {"allow ip from 10.1.2.3/12 to any", "allow ip from 10.0.0.0/12 to any"},
    {"allow ip from 10.0.0.1/32 to any", "allow ip from 10.0.0.1 to any"},
    {"allow ip from 10.0.0.1,10.0.0.2/0 to any", "allow ip from any to any"},
    {"allow ip from 10.0.0.0:255.255.0.0,10.2.0.1 to any",
	"allow ip from 10.0.0.0/16,10.2.0.1 to any"},
    {"allow ip from 10.0.0.1, 10.0.0.2 to any",
	"allow ip from 10.0.0.1,10.0.0.2 to any"},
    {"allow ip from 10.0.0.64/26{65,70-72,80} to any",
	"allow ip from 10.0.0.64/26{65,70-72,80} to any"},
    {"allow ip from 10.0.0.7{1,2,3} to any",
	"allow ip from 10.0.0.0/24{1-3} to any"},
    {"allow ip from 10.0.0.0/24{} to any", "allow ip from 10.0.0.0/24} to any"},
    {"allow ip from 2001:DB8::1:0/112 to any",
	"allow ip from 2001:db8::1:0/112 to any"},
    {"allow ip6 from ::/0 to any", "allow ip6 from me6 to any"},
    {"allow ip6 from ::1,::/0 to me", "allow ip6 from ::1 to me6"},
    {"allow ip from ::10.0.0.1 to any", "allow ip from ::10.0.0.1 to any"},
    {"allow ip from table(a,0x10) to table(b.c-d)",
	"allow ip from table(a,16) to table(b.c-d)"},
    {"allow ip from any to any via table(x,5)",
	"allow ip from any to any via table(x)"},
    {"allow ip from any to any recv 10.1",
	"allow ip from any to any recv 10.0.0.1"},
    /* Names of ports. */
    {"divert natd ip from any to any", "divert 8668 ip from any to any"},
    {"allow tcp from any to any ssh,ftp\\-data",
	"allow tcp from any to any dst-port 22,20"},
    {"fwd 10.0.0.1:8080 tcp from any to any",
	"fwd 10.0.0.1,8080 tcp from any to any"},
    {"fwd ::1 tcp from any to any", "fwd ::1 tcp from any to any"},
    /* Options in front of the rule's own shape. */
    {"allow in", "allow ip from any to any in"},
    {"allow src-ip 10.0.0.1 proto tcp",
	"allow ip from any to any src-ip 10.0.0.1 proto tcp"},
    {"allow ip from any to any src-ip 10.0.0.1",
	"allow ip from any to any src-ip 10.0.0.1"},
    {"allow tcp from any to any src-ip 10.0.0.1",
	"allow tcp from 10.0.0.1 to any"},
    {"allow tcp from any to any in src-ip 10.0.0.1 src-ip6 ::1",
	"allow tcp from any to any in src-ip 10.0.0.1 src-ip6 ::1"},
    {"allow ip from 10.0.0.1 to any proto tcp",
	"allow ip from 10.0.0.1 tcp to any"},
    {"allow ip from 10.0.0.1 to any in proto tcp",
	"allow ip from 10.0.0.1 to any in proto tcp"},
    {"allow tcp from any to any ip4", "allow ip4 from any to any proto tcp"},
    {"allow ip from any to any ip4", "allow ip4 from any to any"},
    {"allow not ip4 from 10.0.0.1 to any",
	"allow ip from any to any not ip4 src-ip 10.0.0.1"},
    {"allow tcp from any to any { src-ip 10.0.0.1 or dst-ip 10.0.0.2 }",
	"allow tcp from { 10.0.0.1 or to 10.0.0.2 }"},
    {"allow tcp from any to any lookup dst-port t",
	"allow tcp from any to lookup dst-port t"},
    /* Or-blocks are marks on instructions, not brackets. */
    {"allow ip from any to any { in out or via em0 }",
	"allow ip from any to any in { out or via em0 }"},
    {"allow ip from any to any { in or", "allow ip from any to any { in or"},
    {"allow ip from any to any keep-state { in or // why",
	"allow ip from any to any { in or } keep-state // why"},
    {"allow ip from any to any not // why",
	"allow ip from any to any not // why"},
    {"allow ip from { 10.0.0.1 or any } to 10.0.0.2",
	"allow ip from { 10.0.0.1 or to 10.0.0.2 }"},
    /* State goes last; flags have one order. */
    {"allow tcp from any to any keep-state setup in",
	"allow tcp from any to any setup in keep-state"},
    {"allow tcp from any to any limit dst-port src-addr all 3",
	"allow tcp from any to any limit all 3"},
    {"allow tcp from any to any limit dst-port src-addr 3",
	"allow tcp from any to any limit src-addr,dst-port 3"},
    {"allow tcp from any to any limit src-port tablearg",
	"allow tcp from any to any limit src-port tablearg"},
    {"allow tcp from any to any tcpflags urg,!fin,syn,",
	"allow tcp from any to any tcpflags syn,!fin,urg"},
    /* Actions. */
    {"unreach host ip from any to any", "reject ip from any to any"},
    {"unreach 200 ip from any to any", "unreach 200 ip from any to any"},
    {"nat tablearg ip from any to any", "nat global ip from any to any"},
    {"// why not", "count ip from any to any // why not"},
    {"check-state :any log", "check-state"},
    {"check-state log frobnicate", "check-state log"},
    {"prob 1 allow ip from any to any", "allow ip from any to any"},
    {"prob 0.000001 allow ip from any to any",
	"prob 0.000001 allow ip from any to any"},
    /* What is never run. */
    {"allow ip from any to any ipid 1-2,5 iplen 40 ipver 4",
	"allow ip from any to any ipid 1-2,5 iplen 40 ipver 4"},
    {"allow ip from any to any iptos lowdelay,!mincost dscp ef,0",
	"allow ip from any to any iptos lowdelay,!mincost dscp be,ef"},
    {"allow ip from any to any not tcpack 4294967295 jail 0x10",
	"allow ip from any to any tcpack -1 jail 16"},
    {"allow ip from any to any mac 1:2:3:4:5:6/24 any mac-type 2048",
	"allow ip from any to any MAC 01:02:03:00:00:00/24 any mac-type "
	"0x0800"},
    {"allow ip from any to any uid 0 gid 1001 fib 65537",
	"allow ip from any to any uid root gid 1001 fib 1"},
    {"count ip6 from any to any ext6hdr frag,esp",
	"count ip6 from any to any extension header: fragmentation,"
	"encapsulated security payload"},
};

START_TEST(taken_as_ipfw_takes_it)
{
	expect_listing(&taken[_i]);
}
END_TEST

#define PORTS_5 "1,2,3,4,5,"
#define PORTS_30 PORTS_5 PORTS_5 PORTS_5 PORTS_5 PORTS_5 PORTS_5
#define HOSTS_5 "10.1,10.2,10.3,10.4,10.5,"
#define OR_5 "10.1 or 10.2 or 10.3 or 10.4 or 10.5 or "
#define OR_25 OR_5 OR_5 OR_5 OR_5 OR_5
#define TEXT_10 "0123456789"

static const struct refused refused[] = {
    {"", IPFW_EXIT_USAGE},
    {"100", IPFW_EXIT_USAGE},
    {"100 set 3", IPFW_EXIT_USAGE},
    {"allow", IPFW_EXIT_USAGE},
    {"allow ip", IPFW_EXIT_USAGE},
    {"allow ip from any to", IPFW_EXIT_USAGE},
    {"allow ip from any to any 80,", IPFW_EXIT_USAGE},
    {"allow ip from any to any dst-port 80,", IPFW_EXIT_DATA},
    {"allow ip from any to any dst-port 1-2-3", IPFW_EXIT_DATA},
    {"allow ip from any to any dst-port nosuch", IPFW_EXIT_DATA},
    {"allow ip from any to any vi em0", IPFW_EXIT_USAGE},
    {"allow ip from any to any !", IPFW_EXIT_USAGE},
    {"allow ip from any to any not not in", IPFW_EXIT_USAGE},
    {"allow ip from any to any not !in", IPFW_EXIT_USAGE},
    {"allow ip from not not any to any", IPFW_EXIT_NO_HOST},
    {"allow ip from not any not 80 to any", IPFW_EXIT_USAGE},
    {"allow { ip or tcp } from any to any", IPFW_EXIT_DATA},
    {"allow {tcp or udp} from any to any", IPFW_EXIT_DATA},
    {"allow { tcp from any to any", IPFW_EXIT_USAGE},
    {"allow { { tcp } } from any to any", IPFW_EXIT_USAGE},
    {"allow tcp or udp from any to any", IPFW_EXIT_DATA},
    {"allow ip from any to any in or out", IPFW_EXIT_USAGE},
    {"allow ip from any to any } in", IPFW_EXIT_USAGE},
    {"allow ip from any to any { { in }", IPFW_EXIT_USAGE},
    {"allow ip from any to any { in or keep-state }", IPFW_EXIT_USAGE},
    {"allow ip from any to any { limit src-addr 1 }", IPFW_EXIT_USAGE},
    {"allow ip from any to any keep-state keep-state", IPFW_EXIT_USAGE},
    {"allow ip from any to any keep-state :default", IPFW_EXIT_USAGE},
    {"allow ip from any to any limit src-addr,dst-port 2", IPFW_EXIT_USAGE},
    {"allow ip from any to any limit src-addr", IPFW_EXIT_USAGE},
    {"allow ip from any to any limit src-addr 65535", IPFW_EXIT_DATA},
    {"allow ip from any to any limit src-addr 5x", IPFW_EXIT_DATA},
    {"allow ip from host.example to any", IPFW_EXIT_NO_HOST},
    {"allow ip from 1.2.3.4.5 to any", IPFW_EXIT_NO_HOST},
    {"allow ip from 10.0.0.256 to any", IPFW_EXIT_NO_HOST},
    {"allow ip from 10.256.0.1 to any", IPFW_EXIT_NO_HOST},
    {"allow ip from 08.1.1.1 to any", IPFW_EXIT_NO_HOST},
    {"allow ip from 10.0.0.1,,10.0.0.2 to any", IPFW_EXIT_NO_HOST},
    {"allow ip from 10.0.0.1/33 to any", IPFW_EXIT_DATA},
    {"allow ip from not 0.0.0.0/0 to any", IPFW_EXIT_DATA},
    {"allow ip from 10.0.0.0:255.0.255.0 to any", IPFW_EXIT_DATA},
    {"allow ip from 10.0.0.1,10.0.0.0/24{1} to any", IPFW_EXIT_DATA},
    {"allow ip from 10.0.0.0/23{1} to any", IPFW_EXIT_DATA},
    {"allow ip from 10.0.0.0/30{5} to any", IPFW_EXIT_DATA},
    {"allow ip from 2001:db8::1/129 to any", IPFW_EXIT_DATA},
    {"allow ip from 2001:db8::1,10.0.0.1 to any", IPFW_EXIT_DATA},
    {"allow ip from 10.0.0.1,2001:db8::1 to any", IPFW_EXIT_DATA},
    {"allow ip6 from not ::/0 to any", IPFW_EXIT_DATA},
    {"allow ipv6 from 10.0.0.1 to any", IPFW_EXIT_DATA},
    {"allow 297 from 10.0.0.1 to any", IPFW_EXIT_DATA},
    {"allow not ip6 from 10.0.0.1 to any", IPFW_EXIT_DATA},
    {"allow ip from ::1,::2,::3,::4,::5,::6,::7,::8 to any", IPFW_EXIT_DATA},
    {"allow ip from table(x to any", IPFW_EXIT_DATA},
    {"allow ip from table(a/b) to any", IPFW_EXIT_DATA},
    {"allow ip from table(all) to any", IPFW_EXIT_DATA},
    {"allow ip from any to any via", IPFW_EXIT_USAGE},
    {"allow ip from any to any via 10.x", IPFW_EXIT_DATA},
    {"allow ip from any to any icmptypes 32", IPFW_EXIT_DATA},
    {"allow ip from any to any icmptypes echo", IPFW_EXIT_DATA},
    {"allow ip from any to any icmp6types 202", IPFW_EXIT_DATA},
    {"allow ip from any to any tcpflags ,syn", IPFW_EXIT_DATA},
    {"allow ip from any to any proto foo", IPFW_EXIT_DATA},
    {"allow ip from any to any lookup dst-port", IPFW_EXIT_USAGE},
    {"allow ip from any to any lookup proto x", IPFW_EXIT_USAGE},
    {"allow ip from any to any flow t", IPFW_EXIT_DATA},
    {"allow ip from any to any flow-id 5", IPFW_EXIT_USAGE},
    {"allow ip from any to any ext6hdr frag,", IPFW_EXIT_DATA},
    {"prob 0 allow ip from any to any", IPFW_EXIT_DATA},
    {"prob nan allow ip from any to any", IPFW_EXIT_DATA},
    {"set -1 allow ip from any to any", IPFW_EXIT_DATA},
    {"set 32 allow ip from any to any", IPFW_EXIT_DATA},
    {"skipto 65535 ip from any to any", IPFW_EXIT_DATA},
    {"skipto", IPFW_EXIT_USAGE},
    {"nat", IPFW_EXIT_USAGE},
    {"unreach nowhere ip from any to any", IPFW_EXIT_DATA},
    {"unreach 256 ip from any to any", IPFW_EXIT_DATA},
    {"deny log log", IPFW_EXIT_USAGE},
    {"deny log logamount 1 log ip from any to any", IPFW_EXIT_DATA},
    {"deny log logamount -1 ip from any to any", IPFW_EXIT_DATA},
    {"allow tag 1 untag 2 ip from any to any", IPFW_EXIT_USAGE},
    /* The kernel has the last word. */
    {"65535 allow ip from any to any", IPFW_EXIT_UNAVAILABLE},
    {"99999999999999999999 allow ip from any to any", IPFW_EXIT_UNAVAILABLE},
    {"allow tcp from any to any " PORTS_30 "1", IPFW_EXIT_UNAVAILABLE},
    {"allow tcp from any to any " PORTS_30 PORTS_30 "1,2",
	IPFW_EXIT_UNAVAILABLE},
    {"allow tcp from any to any " PORTS_30 PORTS_30 "1,2,3", IPFW_EXIT_DATA},
    {"allow ip from any to any ipttl " PORTS_30 "1", IPFW_EXIT_UNAVAILABLE},
    {"allow ip from " HOSTS_5 HOSTS_5 HOSTS_5 "10.1 to any",
	IPFW_EXIT_UNAVAILABLE},
    {"allow ip from " HOSTS_5 HOSTS_5 HOSTS_5 HOSTS_5 HOSTS_5 HOSTS_5
     "10.1,10.2 to any",
	IPFW_EXIT_DATA},
    {"netgraph 5 ip from any to any", IPFW_EXIT_UNAVAILABLE},
    /* 125 hosts fit. */
    {"allow ip from { " OR_25 OR_25 OR_25 OR_25 OR_25 "10.1 } to any",
	IPFW_EXIT_DATA},
    {"allow ip from any to any // " TEXT_10 TEXT_10 TEXT_10 TEXT_10 TEXT_10
	    TEXT_10 TEXT_10 TEXT_10 "0123",
	IPFW_EXIT_DATA},
};

START_TEST(refused_as_ipfw_refuses_it)
{
	expect_refusal(&refused[_i]);
}
END_TEST

START_TEST(the_largest_that_fits)
{
	static const char *const largest[] = {
	    "set 31 allow tcp from any to any " PORTS_5 PORTS_5 PORTS_5 PORTS_5
		PORTS_5 "1,2,3,4-5,6",
	    "65534 allow ip from " HOSTS_5 HOSTS_5
	    "10.1,10.2,10.3,10.4,10.5 to any",
	    "allow ip from { " OR_25 OR_25 OR_25 OR_25 OR_5 OR_5 OR_5 OR_5
	    "10.1 or 10.2 or 10.3 or 10.4 or 10.5 } to any",
	    "allow ip from any to any // " TEXT_10 TEXT_10 TEXT_10 TEXT_10
		TEXT_10 TEXT_10 TEXT_10 TEXT_10 "012",
	};
	struct arena *arena = unit_arena();
	struct ipfw_reader reader;
	struct ipfw_rule rule;

	ipfw_reader_init(&reader, arena);
	for (size_t i = 0; i < sizeof(largest) / sizeof(*largest); i++)
		ck_assert_msg(read_words(arena, &reader, largest[i], &rule),
		    "%s: %s", largest[i], reader.message);
	arena_destroy(arena);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("ipfw read");
	TCase *tc = tcase_create("commands");

	tcase_add_loop_test(tc, taken_as_ipfw_takes_it, 0,
	    (int)(sizeof(taken) / sizeof(*taken)));
	tcase_add_loop_test(tc, refused_as_ipfw_refuses_it, 0,
	    (int)(sizeof(refused) / sizeof(*refused)));
	tcase_add_test(tc, the_largest_that_fits);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
