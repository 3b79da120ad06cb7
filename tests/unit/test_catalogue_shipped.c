/*
 * The catalogue that we ship.  Run from the top of the tree: it is read from
 * policies/.
 */
#include "tests/unit/catalogue_fixture.h"

/* protocols.yaml and icmp.yaml name what services.yaml is made of. */
static void
start_shipped(struct fixture *f)
{
	static const char *const paths[] = {"policies/protocols.yaml",
	    "policies/icmp.yaml", "policies/services.yaml"};

	start(f);
	for (size_t i = 0; i < LENGTH(paths); i++) {
		uint32_t file;
		int error = sources_read(&f->reading.sources, paths[i], &file);

		ck_assert_msg(error == 0, "%s: error %d", paths[i], error);
		ck_assert_msg(read_file(f, file), "%s: %s", paths[i],
		    reading_report(&f->reading));
	}
}

START_TEST(the_shipped_catalogue_is_sound)
{
	struct fixture f;
	const struct catalogue *catalogue = &f.catalogue;

	start_shipped(&f);
	ck_assert_str_eq(reading_report(&f.reading), "");
	ck_assert_uint_ge(catalogue->list.n, 240);
	for (size_t i = 0; i < catalogue->list.n; i++) {
		const struct service *service = catalogue->list.v[i];
		size_t about = strlen(service->about);

		ck_assert_msg(about > 0 && about <= 60, "%s", service->name);
		ck_assert_ptr_eq(find(&f, service->name), service);
		ck_assert(service->builtin);
		ck_assert_uint_gt(service->parts.n, 0);
		if (i > 0)
			ck_assert_str_lt(
			    catalogue->list.v[i - 1]->name, service->name);
	}
	stop(&f);
}
END_TEST

START_TEST(shipped_services_have_all_their_parts)
{
	static const struct {
		const char *name, *traffic;
	} cases[] = {
	    {"afp", "tcp 548"},
	    {"bacula", "tcp 9101-9103"},
	    {"bgp", "tcp 179"},
	    {"bittorrent", "tcp 6881-6999"},
	    {"dhcp-client", "udp 68 from 67; udp 546 from 547"},
	    {"dhcp-server", "udp 67 from 68; udp 547 from 546"},
	    {"dns", "tcp,udp 53"},
	    {"esp", "proto 50"},
	    {"etcd", "tcp 2379"},
	    {"ftp", "tcp 21"},
	    {"git", "tcp 9418"},
	    {"gre", "proto 47"},
	    {"http", "tcp 80"},
	    {"http3", "udp 443"},
	    {"https", "tcp 443"},
	    {"ident", "tcp 113"},
	    {"ike", "udp 500,4500"},
	    {"ipp", "tcp 631"},
	    {"ipsec", "udp 500,4500; proto 50; proto 51"},
	    {"irc", "tcp 194,6665-6669,6697"},
	    {"kerberos", "tcp,udp 88"},
	    {"ldap", "tcp,udp 389"},
	    {"mail", "tcp 25,110,143,465,587,993,995"},
	    {"mdns", "udp 5353"},
	    {"mongodb", "tcp 27017"},
	    {"mqtts", "tcp 8883"},
	    {"mysql", "tcp 3306"},
	    {"nfs", "tcp,udp 111,2049"},
	    {"ntp", "udp 123"},
	    {"openvpn", "tcp,udp 1194"},
	    {"ospf", "proto 89"},
	    {"ping", "icmp 8; icmp6 128"},
	    {"postgres", "tcp 5432"},
	    {"pptp", "tcp 1723; proto 47"},
	    {"pxe", "udp 69,4011"},
	    {"rdp", "tcp,udp 3389"},
	    {"rsync", "tcp 873"},
	    {"sip", "tcp,udp 5060"},
	    {"smb", "tcp,udp 137-139,445"},
	    {"snmp", "udp 161"},
	    {"ssh", "tcp 22"},
	    {"svn", "tcp 3690"},
	    {"syncthing", "tcp,udp 22000; udp 21027"},
	    {"tftp", "udp 69"},
	    {"traceroute", "udp 33434-33534; icmp 8; icmp6 128"},
	    {"wireguard", "udp 51820"},
	    {"x11", "tcp 6000-6063"},
	};
	struct fixture f;

	start_shipped(&f);
	for (size_t i = 0; i < LENGTH(cases); i++)
		check_traffic(&f, cases[i].name, cases[i].traffic);
	stop(&f);
}
END_TEST

/* A state that no answer matches would be a service that never works. */
START_TEST(shipped_exchanges_and_groups)
{
	static const struct {
		const char *name;
		size_t part;
		enum exchange exchange;
		enum family families;
		bool broadcast;
		const char *group; /* or NULL */
	} cases[] = {
	    {"dhcp-client", 0, EXCHANGE_CLIENT, FAMILY_4, false,
		"255.255.255.255"},
	    {"dhcp-client", 1, EXCHANGE_CLIENT, FAMILY_6, false, NULL},
	    {"dhcp-server", 0, EXCHANGE_SERVER, FAMILY_4, false,
		"255.255.255.255"},
	    {"dhcp-server", 1, EXCHANGE_SERVER, FAMILY_6, false, "ff02::1:2"},
	    {"mdns", 0, EXCHANGE_PEER, FAMILY_BOTH, false, "224.0.0.251"},
	    {"mdns", 0, EXCHANGE_PEER, FAMILY_BOTH, false, "ff02::fb"},
	    {"ssdp", 0, EXCHANGE_PEER, FAMILY_BOTH, false, "239.255.255.250"},
	    {"netbios-ns", 0, EXCHANGE_PEER, FAMILY_4, true, NULL},
	    {"netbios", 0, EXCHANGE_PEER, FAMILY_4, true, NULL},
	    {"igmp", 0, EXCHANGE_PEER, FAMILY_4, false, "224.0.0.22"},
	    {"vrrp", 0, EXCHANGE_PEER, FAMILY_BOTH, false, "ff02::12"},
	    {"dns", 0, EXCHANGE_NONE, FAMILY_BOTH, false, NULL},
	};
	struct fixture f;

	start_shipped(&f);
	for (size_t i = 0; i < LENGTH(cases); i++) {
		const struct service_part *part =
		    &find(&f, cases[i].name)->parts.v[cases[i].part];
		const char *group = cases[i].group;
		struct addr_range range;
		enum family family;
		int length;

		ck_assert_msg(part->exchange == cases[i].exchange &&
			part->families == cases[i].families &&
			part->broadcast == cases[i].broadcast,
		    "%s", cases[i].name);
		ck_assert(part->group == (group != NULL || part->broadcast));
		if (group == NULL) {
			ck_assert(addr_set_empty(&part->groups));
			continue;
		}
		addr_parse(group, strlen(group), &family, &range, &length);
		ck_assert(addr_set_contains(&part->groups, family, range.lo));
	}
	stop(&f);
}
END_TEST

START_TEST(shipped_services_that_need_more_say_so)
{
	static const char *const names[] = {
	    "ftp", "pxe", "rpcbind", "rsh", "sip", "ssdp", "talk", "tftp"};
	struct fixture f;

	start_shipped(&f);
	for (size_t i = 0; i < LENGTH(names); i++)
		ck_assert_ptr_nonnull(find(&f, names[i])->caveat);
	ck_assert_ptr_null(find(&f, "ssh")->caveat);
	ck_assert_ptr_null(find(&f, "dhcp-client")->caveat);
	stop(&f);
}
END_TEST

START_TEST(shipped_names_of_types_and_protocols)
{
	struct fixture f;
	const struct number_name *entry;

	start_shipped(&f);
	entry = map_get(&f.catalogue.icmp_types,
	    sym_intern_string(f.reading.syms, "echo-request"));
	ck_assert_uint_eq(entry->number, 8);
	entry = map_get(&f.catalogue.icmp6_types,
	    sym_intern_string(f.reading.syms, "packet-too-big"));
	ck_assert_uint_eq(entry->number, 2);
	entry = map_get(
	    &f.catalogue.protocols, sym_intern_string(f.reading.syms, "sctp"));
	ck_assert_uint_eq(entry->number, 132);
	stop(&f);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("catalogue shipped");
	TCase *tc = tcase_create("catalogue shipped");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, the_shipped_catalogue_is_sound);
	tcase_add_test(tc, shipped_services_have_all_their_parts);
	tcase_add_test(tc, shipped_exchanges_and_groups);
	tcase_add_test(tc, shipped_services_that_need_more_say_so);
	tcase_add_test(tc, shipped_names_of_types_and_protocols);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	return unit_run(suite());
}
