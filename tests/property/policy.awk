# A policy made by chance, and packets whose fate follows from its meaning.
#
#	awk -v seed=N -v flavour=NAME -v base=PATH -f policy.awk
#
# writes PATH.akp and PATH.packets, a file for tests/packets.sh.  What a packet
# may do is told here from the rules as akp(5) reads them: the first one that
# matches the pair of ends, the addresses and the service decides.  Nothing of
# the compiler is used, so a mistake there is a mistake seen here.
#
# End 0 is this host; a zone is known by its number.

function pick(n) { return int(rand() * n) + 1 }
function chance(p) { return rand() < p }
function say(text) { print text > (base ".akp") }
function act(text) { print "> " text > (base ".packets") }
function expect(text) { print "= " text > (base ".packets") }

# Zones.

function zone_new(zone_name, kind)
{
	name[++n_zones] = zone_name
	uplink[n_zones] = kind == "uplink"
	return n_zones
}

function make_uplinks()
{
	card[zone_new("wan", "uplink")] = "em0"
	own["em0", 4] = "192.0.2.10"
	own["em0", 6] = "2001:db8:fe::10"
	if (chance(.25)) {
		card[zone_new("lte", "uplink")] = "em9"
		own["em9", 4] = "198.18.0.10"
		own["em9", 6] = "2001:db8:fd::10"
	}
	n_uplinks = n_zones
}

function make_nets(z)
{
	v4[z] = has6 && chance(.15) ? "" : "10." z "."
	if (has6 && (v4[z] == "" || chance(.5)))
		v6[z] = "2001:db8:" z "::"
}

function make_inner(    z, i)
{
	z = zone_new("z" (n_zones + 1), "inner")
	card[z] = "em" z
	make_nets(z)
	if (chance(.15)) {
		pattern[z] = "tap*"
		card[z] = "tap0"
		if (tap_taken++) {
			pattern[z] = ""
			card[z] = "em" z
		}
	} else if (tap_taken && !tap_exact && chance(.3)) {
		card[z] = tap_exact = "tap7"
	} else if (chance(.1)) {
		card2[z] = "em" z "0"
	} else if (chance(.08)) {
		card[z] = "em0"
	} else if (z > n_uplinks + 1 && chance(.2)) {
		i = n_uplinks + pick(z - n_uplinks - 1)
		if (v4[i] != "" && !narrow[i] && !is_parent[i]) {
			narrow[z] = i
			is_parent[i] = 1
			card[z] = card[i]
			card2[z] = card2[i]
			pattern[z] = pattern[i]
			v4[z] = v4[i] "66."
			v6[z] = ""
		}
	}
	trusted[z] = chance(.25)
	if (!narrow[z]) {
		if (v4[z] != "" && own[card[z], 4] == "")
			own[card[z], 4] = v4[z] "0.1"
		if (v6[z] != "" && own[card[z], 6] == "")
			own[card[z], 6] = v6[z] "1"
	}
	for (i = 1; i <= n_uplinks; i++)
		nat[z, i] = v4[z] != "" && chance(i == 1 ? .6 : .5)
}

function say_zones(    z, line)
{
	for (z = 1; z <= n_zones; z++) {
		line = "zone " name[z] " on " (pattern[z] != "" ? \
		    pattern[z] : card[z])
		if (card2[z] != "")
			line = line ", " card2[z]
		if (v4[z] != "")
			line = line " net " v4[z] \
			    (narrow[z] ? "0/24" : "0.0/16")
		if (v6[z] != "")
			line = line (v4[z] != "" ? ", " : " net ") v6[z] "/64"
		say(line)
		if (trusted[z])
			say("trust " name[z])
	}
}

function say_nat(    z, u)
{
	for (u = 1; u <= n_uplinks; u++)
		for (z = n_uplinks + 1; z <= n_zones; z++)
			if (nat[z, u]) {
				say("nat " name[z] " to " name[u])
				nated[u] = 1
			}
	kernel = flavour == "freebsd" && chance(.5)
	if (kernel)
		say("option nat kernel")
	if (pickup = chance(.2))
		say("option pickup on")
	if (!has6)
		say("option ipv6 uncovered-ok")
}

# Rules.

# Do rules decide what goes from A to B?
function asked(a, b)
{
	if (a == 0 && b == 0 || uplink[a] && uplink[b])
		return 0
	return !trust_decides(a, b)
}

function trust_decides(a, b)
{
	return trusted[a] && (b == a || b == 0) || trusted[b] && a == 0
}

function end_name(e) { return e == 0 ? "self" : name[e] }

function ends_ok(r,    a, b)
{
	for (a = 0; a <= n_zones; a++)
		for (b = 0; b <= n_zones; b++)
			if (from[r, a] && to[r, b] && !asked(a, b))
				return 0
	return 1
}

function some_ends(r,    tries, e)
{
	do {
		for (e = 0; e <= n_zones; e++)
			from[r, e] = to[r, e] = 0
		from[r, pick(n_zones + 1) - 1] = 1
		to[r, pick(n_zones + 1) - 1] = 1
		if (chance(.35))
			from[r, pick(n_zones + 1) - 1] = 1
		if (chance(.35))
			to[r, pick(n_zones + 1) - 1] = 1
	} while (!ends_ok(r) && ++tries < 40)
	return tries < 40
}

function list_ends(set, r,    e, line)
{
	for (e = 0; e <= n_zones; e++)
		if (set == "from" ? from[r, e] : to[r, e])
			line = line (line == "" ? "" : ", ") end_name(e)
	return line
}

function some_port()
{
	return 0 + substr("  22  25  53  80 443 993" \
	    "1234808080819000", 4 * pick(10) - 3, 4)
}

function some_ports(r, protocol,    n, i, port, line)
{
	n = chance(.08) ? 36 : pick(4)
	for (i = 1; i <= n; i++) {
		port = n > 30 ? 20001 + 2 * i : some_port()
		if (service[r, protocol, port])
			continue
		service[r, protocol, port] = 1
		line = line (line == "" ? protocol " " : ", ") port
	}
	return line
}

function some_services(r,    line, kind)
{
	kind = rand()
	if (kind < .15) {
		service[r, "any"] = 1
		return "any"
	}
	if (kind < .7)
		line = some_ports(r, "tcp")
	if (kind > .5 && kind < .85)
		line = line (line == "" ? "" : ", ") some_ports(r, "udp")
	if (kind > .8) {
		service[r, "icmp"] = 1
		line = line (line == "" ? "" : ", ") "ping"
	}
	if (kind > .95) {
		service[r, "gre"] = 1
		line = line ", proto gre"
	}
	return line
}

# A service for groups, between this host and one zone.
function some_exchange(    r, z, kind)
{
	z = pick(n_zones)
	if (trusted[z])
		return
	r = ++n_rules
	kind = uplink[z] ? "dhcp-client" : chance(.5) ? "mdns" : "dhcp-server"
	verdict[r] = chance(.8) ? "allow" : "deny"
	from[r, z] = to[r, 0] = 1
	service[r, kind] = 1
	say("from " name[z] " to self " verdict[r] " " kind)
}

# An address of zone Z; few of them, so that lists and packets meet.
function zone_address(z, family)
{
	if (uplink[z])
		return (family == 4 ? "198.51." (99 + pick(2)) "." : \
		    "2001:db8:ffff::") (1 + pick(4))
	if (family == 6)
		return v6[z] (1 + pick(4))
	if (narrow[z])
		return v4[z] (1 + pick(4))
	return v4[z] (1 + pick(3)) "." (1 + pick(4))
}

function some_hosts(r, side,    z, n, i, family, address, line, tries)
{
	do
		z = pick(n_zones)
	while (!(side == "from" ? from[r, z] : to[r, z]) && ++tries < 60)
	if (tries >= 60)
		return ""
	n = chance(.1) ? 25 : pick(3)
	for (i = 1; i <= n; i++) {
		family = v4[z] == "" && !uplink[z] ? 6 : \
		    has6 && (v6[z] != "" || uplink[z]) && chance(.3) ? 6 : 4
		address = n < 25 ? zone_address(z, family) : \
		    family == 4 && !narrow[z] && !uplink[z] ? \
		    v4[z] (2 + i % 3) "." 2 * i : \
		    family == 6 && !uplink[z] ? v6[z] 2 * i : \
		    zone_address(z, family)
		if ((side == "from" ? from[r, 0] : to[r, 0]) && chance(.4))
			address = own_address(z, family)
		if ((side, r, address) in listed)
			continue
		listed[side, r, address] = 1
		narrowed[side, r] = 1
		line = line (line == "" ? " " side " " : ", ") address
	}
	return line
}

function some_rule(    r, line)
{
	r = n_rules + 1
	if (!some_ends(r))
		return
	n_rules = r
	line = rand()
	verdict[r] = line < .65 ? "allow" : line < .9 ? "deny" : "reject"
	line = "from " list_ends("from", r) " to " list_ends("to", r) " " \
	    verdict[r] " " some_services(r)
	if (chance(.25))
		line = line some_hosts(r, "from")
	if (chance(.25))
		line = line some_hosts(r, "to")
	if (chance(.2))
		line = line " log"
	if (verdict[r] == "allow" && chance(.1))
		line = line " limit 50 per source"
	say(line)
}

# To a machine behind the first uplink's NAT, and now and then for another
# zone by the same address.
function some_forward(    r, z, o)
{
	z = n_uplinks + pick(n_zones - n_uplinks)
	if (!kernel || !nat[z, 1])
		return
	r = ++n_rules
	verdict[r] = "allow"
	forwarded[r] = zone_address(z, 4)
	outside[r] = 8100 + r
	from[r, 1] = 1
	to[r, z] = 1
	o = n_uplinks + pick(n_zones - n_uplinks)
	if (chance(.4) && o != z && card[o] != card[z] && v4[o] != "" && \
	    card[o] != "em0" && card[z] != "em0")
		from[r, o] = 1
	service[r, "tcp", 80] = 1
	listed["to", r, forwarded[r]] = 1
	narrowed["to", r] = 1
	say("forward tcp " outside[r] " from " list_ends("from", r) " to " \
	    forwarded[r] " port 80")
}

function make_rules(    n, i)
{
	n = 1 + pick(8)
	for (i = 1; i <= n; i++)
		if (chance(.15))
			some_forward()
		else if (chance(.15))
			some_exchange()
		else
			some_rule()
	i = rand()
	fallback = i < .7 ? "deny" : i < .85 ? "allow" : "reject"
	say("default " fallback (chance(.5) ? " log" : ""))
}

# The meaning.

function serves(r, protocol, port)
{
	if (protocol ~ /^(mdns|dhcp)/)
		return service[r, protocol] || verdict[r] != "allow" && \
		    (service[r, "any"] || service[r, "udp", port])
	return service[r, "any"] || service[r, protocol, port] || \
	    service[r, protocol]
}

function decides(r, a, source, b, target, protocol, port)
{
	if (!from[r, a] || !to[r, b] || !serves(r, protocol, port))
		return 0
	if (narrowed["from", r] && !(("from", r, source) in listed))
		return 0
	return !narrowed["to", r] || ("to", r, target) in listed
}

# BY is the forward that has translated the target, if one has.
function judge(a, source, b, target, protocol, port, by,    r)
{
	if (trust_decides(a, b))
		return "allow"
	if (!asked(a, b))
		return "deny"
	if (uplink[a] && nat[b, a] && source !~ /:/ && !by)
		return "hidden"
	for (r = 1; r <= n_rules; r++)
		if (decides(r, a, source, b, target, protocol, port))
			return verdict[r]
	return fallback
}

function open(a, b,    r)
{
	if (fallback == "allow" || trust_decides(a, b) || \
	    trust_decides(b, a))
		return 1
	for (r = 1; r <= n_rules; r++)
		if (verdict[r] == "allow" && (from[r, a] && to[r, b] || \
		    from[r, b] && to[r, a]))
			return 1
	return 0
}

# Packets.

function families(e)
{
	if (!has6)
		return v4[e] != "" || e == 0 || uplink[e] ? 4 : 0
	if (e == 0 || uplink[e])
		return 10
	return (v4[e] != "" ? 4 : 0) + (v6[e] != "" ? 6 : 0)
}

function common_family(a, b,    x, y)
{
	x = families(a)
	y = families(b)
	if (x == 10)
		x = y
	if (y == 10)
		y = x
	if (x == 10)
		return chance(.7) ? 4 : 6
	return x == y ? x : 0
}

function a_card(z)
{
	if (pattern[z] != "" && chance(.5))
		return "tap1"
	return card2[z] != "" && chance(.5) ? card2[z] : card[z]
}

# This host's address towards zone Z.
function own_address(z, family)
{
	if (own[card[z], family] != "" && (uplink[z] || card[z] != "em0"))
		return own[card[z], family]
	return own["em0", family]
}

# One packet, its words left in globals; REVERSED is its answer.
function step(a, b, in_card, out_card, words)
{
	if (b == 0)
		return "in " in_card " " words
	if (a == 0)
		return "out " out_card " " words
	return "fwd " in_card " " out_card " " words
}

function words_of(protocol, source, sport, target, dport, more)
{
	if (protocol == "icmp")
		return (source ~ /:/ ? "ipv6-icmp " : "icmp ") source " " \
		    target " icmptype=" (source ~ /:/ ? \
		    (more == "reply" ? 129 : 128) : (more == "reply" ? 0 : 8))
	if (protocol == "gre")
		return "gre " source " " target
	return protocol " " source " " sport " " target " " dport \
	    (protocol == "tcp" && more == "reply" ? " flags=SA" : "")
}

function refusal(how, protocol)
{
	if (how == "reject")
		return protocol == "tcp" ? "reset" : "unreach-3"
	return how == "hidden" ? "refused" : "deny"
}

# The engine drops what it does not know behind an IPv6 header, GRE too.
function some_protocol(family,    kind)
{
	kind = rand()
	return kind < .5 ? "tcp" : kind < .8 || kind > .95 && family == 6 ? \
	    "udp" : kind < .95 ? "icmp" : "gre"
}

# From A to B, and the answer if it is let through.
function flow(a, b, family,    how, source, target, protocol, port, sport,
    in_card, out_card, translated)
{
	source = a == 0 ? own_address(b, family) : zone_address(a, family)
	target = b != 0 ? zone_address(b, family) : uplink[a] ? \
	    own_address(a, family) : own_address(pick(n_zones), family)
	protocol = some_protocol(family)
	port = some_port()
	sport = next_port++
	in_card = a == 0 ? "-" : a_card(a)
	out_card = b == 0 ? "-" : a_card(b)
	if (source == target)
		return
	if (protocol == "icmp" || protocol == "gre")
		act("time +700")
	act(step(a, b, in_card, out_card,
	    words_of(protocol, source, sport, target, port)))
	how = judge(a, source, b, target, protocol, port, 0)
	translated = uplink[b] && a != 0 && family == 4 && nat[a, b]
	if (how != "allow") {
		expect(refusal(how, protocol))
		return
	}
	expect("accept" (translated ? " src=" own[card[b], 4] : \
	    " !src=" own["em0", 4] " !src=" own["em9", 4]))
	if (protocol == "gre")
		return
	act(step(b, a, out_card, in_card, words_of(protocol, target, port,
	    translated ? own[card[b], 4] : source, sport, "reply")))
	expect("accept" (translated ? " dst=" source : ""))
}

function some_flow(    a, b, family, tries)
{
	do {
		a = pick(n_zones + 1) - 1
		b = pick(n_zones + 1) - 1
		family = common_family(a, b)
	} while ((a == 0 && b == 0 || family == 0 || uplink[a] && uplink[b]) \
	    && ++tries < 50)
	if (tries < 50)
		flow(a, b, family)
}

# A datagram in two pieces, which only together are one.  Where ipfw cannot put
# them together itself, on darwin, they need a divert: not tried here.
function some_pieces(    a, b, source, target, port, words)
{
	a = pick(n_zones)
	b = pick(n_zones + 1) - 1
	if (!has6 || uplink[a] && uplink[b] || families(a) == 6 || \
	    b != 0 && families(b) == 6)
		return
	source = zone_address(a, 4)
	target = b == 0 ? own_address(a, 4) : zone_address(b, 4)
	port = some_port()
	if (source == target)
		return
	words = step(a, b, a_card(a), b == 0 ? "" : a_card(b), "udp " source)
	act(words " " next_port++ " " target " " port \
	    " frag=mf len=1500 id=" next_port)
	act(words " - " target " - frag=1480 len=500 id=" next_port)
	expect(judge(a, source, b, target, "udp", port, 0) == "allow" ? \
	    "accept" : "refused")
}

# IPv6 on the link is a trusted zone's own if nobody else is on its card, for
# fe80 addresses tell nobody from anybody.
function some_link(    z, i, shared, open_there)
{
	z = n_uplinks + pick(n_zones - n_uplinks)
	if (!has6 || card[z] == "em0")
		return
	for (i = 1; i <= n_zones; i++)
		if (i != z && card[i] == card[z])
			shared = 1
	if (shared && !trusted[z])
		return
	open_there = shared ? 0 : trusted[z] || v6[z] != "" && \
	    judge(z, "fe80::5", 0, "fe80::1", "tcp", 22, 0) == "allow"
	if (!trusted[z] && open_there)
		return
	if (!shared || untrusted_beside(z)) {
		act("in " card[z] " tcp fe80::5 " next_port " fe80::1 22")
		expect(open_there ? "accept" : "refused")
		act("out " card[z] " tcp fe80::1 22 fe80::5 " next_port++ \
		    " flags=SA")
		expect(open_there ? "accept" : "refused")
	}
	act("in " card[z] " ipv6-icmp fe80::5 ff02::1:ff00:1 icmptype=135")
	expect("accept")
}

function untrusted_beside(z,    i)
{
	for (i = 1; i <= n_zones; i++)
		if (card[i] == card[z] && !trusted[i])
			return v6[i] == ""
	return 0
}

# By the outside of a forward.
function some_redirect(    r, a, source, how, sport, in_card, out_card, z)
{
	for (r = 1; r <= n_rules && !(forwarded[r] != "" && chance(.5)); )
		r++
	if (r > n_rules)
		return
	for (a = n_zones; !from[r, a] || a > 1 && chance(.3); )
		a--
	for (z = 1; !to[r, z]; )
		z++
	source = zone_address(a, 4)
	sport = next_port++
	in_card = a_card(a)
	out_card = a_card(z)
	act("fwd " in_card " " out_card " tcp " source " " sport " " \
	    own["em0", 4] " " outside[r])
	how = judge(a, source, z, forwarded[r], "tcp", 80, r)
	if (how != "allow") {
		expect("refused")
		return
	}
	expect("accept dst=" forwarded[r] ":80")
	act("fwd " out_card " " in_card " tcp " forwarded[r] " 80 " source \
	    " " sport " flags=SA")
	expect("accept src=" own["em0", 4] ":" outside[r])
}

# Is SOURCE an address that comes in on the cards of Z?
function belongs(source, z,    i)
{
	for (i = n_uplinks + 1; i <= n_zones; i++)
		if (card[i] == card[z] && (v4[i] != "" && \
		    index(source, v4[i]) == 1 || v6[i] != "" && \
		    index(source, v6[i]) == 1))
			return 1
	return 0
}

function liar(    z, kind)
{
	kind = pick(6)
	if (kind == 1)
		return "127.0.0.1"
	if (kind == 2)
		return "224.0.0.5"
	if (kind == 3)
		return own["em0", has6 && chance(.5) ? 6 : 4]
	z = n_uplinks + pick(n_zones - n_uplinks)
	return zone_address(z, v4[z] == "" || v6[z] != "" && chance(.3) ? \
	    6 : 4)
}

# A source that has no business on the card it comes by.
function some_spoof(    z, b, source, target, in_card, family)
{
	z = pick(n_zones)
	in_card = a_card(z)
	source = liar()
	if (!uplink[z] && chance(.3) && card[z] != "em0")
		source = zone_address(1, has6 && chance(.3) ? 6 : 4)
	if (chance(.15))
		in_card = "em77"
	else if (belongs(source, z))
		return
	family = source ~ /:/ ? 6 : 4
	b = pick(n_zones + 1) - 1
	if (b != 0 && !(families(b) == 10 || families(b) == family))
		b = 0
	target = b == 0 ? own_address(z, family) : zone_address(b, family)
	if (target == "" || source == target)
		return
	act(step(z, b, in_card, a_card(b),
	    words_of(chance(.7) ? "tcp" : "udp", source, next_port++, target,
	    some_port())))
	expect("refused")
}

# To no single host: only trust, or a service for groups, lets it in.
function some_shout(    z, target)
{
	z = pick(n_zones)
	if (trusted[z] || families(z) == 6)
		return
	target = pick(3)
	target = target == 1 ? "255.255.255.255" : target == 2 ? \
	    "224.0.0.251" : uplink[z] ? "192.0.2.255" : narrow[z] ? \
	    v4[z] "255" : v4[z] "255.255"
	act("in " a_card(z) " udp " zone_address(z, 4) " " next_port++ " " \
	    target " " some_port())
	expect("refused")
}

# What an exchange is for, and what the same ports are not for.
function some_group(    z, source, target, ports, kind)
{
	z = pick(n_zones)
	if (trusted[z] || families(z) == 6)
		return
	kind = uplink[z] ? "dhcp-client" : chance(.5) ? "mdns" : "dhcp-server"
	source = zone_address(z, 4)
	if (kind == "dhcp-server" && chance(.5))
		source = "0.0.0.0"
	target = kind == "mdns" ? "224.0.0.251" : "255.255.255.255"
	ports = kind == "mdns" ? "5353 5353" : kind == "dhcp-client" ? \
	    "67 68" : "68 67"
	split(ports, port_of, " ")
	if (source == "0.0.0.0" && !anybody(z))
		return
	act("in " a_card(z) " udp " source " " port_of[1] " " target " " \
	    port_of[2])
	expect(judge(z, source, 0, target, kind, port_of[2], 0) == "allow" && \
	    named(z, kind) ? "accept" : "refused")
}

# Does a rule name the exchange?  `any` and the default do not reach groups.
function named(z, kind,    r)
{
	for (r = 1; r <= n_rules; r++)
		if (from[r, z] && service[r, kind])
			return verdict[r] == "allow"
	return 0
}

# Nobody's address is in no list and tells no zone from another.
function anybody(z,    r)
{
	for (r = n_uplinks + 1; r <= n_zones; r++)
		if (r != z && card[r] == card[z])
			return 0
	for (r = 1; r <= n_rules; r++)
		if (from[r, z] && to[r, 0] && narrowed["from", r])
			return 0
	return 1
}

# The middle of a conversation that nobody knows.
function some_middle(    a, b, family)
{
	a = pick(n_zones + 1) - 1
	b = pick(n_zones + 1) - 1
	family = common_family(a, b)
	if (a == 0 && b == 0 || family == 0 || trust_decides(a, b) || \
	    pickup && uplink[b])
		return
	act(step(a, b, a_card(a), a_card(b), words_of("tcp",
	    a == 0 ? own_address(b, family) : zone_address(a, family),
	    next_port++, b == 0 ? own_address(a, family) : \
	    zone_address(b, family), some_port()) " flags=A"))
	expect("refused")
}

# An ICMP error between zones that never talk.
function some_error(    a, b)
{
	a = pick(n_zones)
	b = pick(n_zones)
	if (open(a, b) || families(a) == 6 || families(b) == 6)
		return
	act("time +700")
	act("fwd " a_card(a) " " a_card(b) " icmp " zone_address(a, 4) " " \
	    zone_address(b, 4) " icmptype=3 icmpcode=4")
	expect("refused")
}

function iface(name_of_card, z,    line)
{
	line = "iface " name_of_card
	if (own[name_of_card, 4] != "")
		line = line " " own[name_of_card, 4] \
		    (name_of_card ~ /^em[09]$/ ? "/24" : "/16")
	if (own[name_of_card, 6] != "")
		line = line " " own[name_of_card, 6] "/64"
	act(line)
}

function make_world(    z, u, seen, nat_number)
{
	print "default deny" > (base ".packets")
	act("iface lo0 127.0.0.1/8 ::1/128")
	for (z = 1; z <= n_zones; z++)
		if (!seen[card[z]]++)
			iface(card[z], z)
	for (u = 1; u <= n_uplinks; u++)
		if (nated[u])
			act((kernel ? "nat " : "divert ") \
			    (kernel ? 1 : 8668) + nat_number++ " alias " \
			    own[card[u], 4])
	sub(/.*\//, "", base_name)
	act("load " base_name ".akp --nic=em0 --flavour=" flavour)
}

function make_packets(    i, kind)
{
	next_port = 10000
	for (i = 1; i <= 60; i++) {
		kind = rand()
		if (kind < .42)
			some_flow()
		else if (kind < .46)
			some_pieces()
		else if (kind < .5)
			some_link()
		else if (kind < .6)
			some_redirect()
		else if (kind < .8)
			some_spoof()
		else if (kind < .83)
			some_group()
		else if (kind < .87)
			some_shout()
		else if (kind < .94)
			some_middle()
		else
			some_error()
	}
}

BEGIN {
	srand(seed)
	base_name = base
	has6 = flavour == "freebsd"
	make_uplinks()
	for (i = pick(4); i > 0; i--)
		make_inner()
	say_zones()
	say_nat()
	make_rules()
	make_world()
	make_packets()
}
