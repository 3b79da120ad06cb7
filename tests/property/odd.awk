# A random policy in which much is odd: rules that others decide, in whole or
# in part.  A rule is a line.
#
#     awk -v seed=N -f odd.awk

function pick(list,    n, part)
{
	n = split(list, part, "|")
	return part[int(rand() * n) + 1]
}

function services(    n, i, text, used, s)
{
	n = int(rand() * 3) + 1
	split("", used)
	for (i = 0; i < n; i++) {
		s = pick("ssh|http|https|smtp|dns|ping|ntp|web|mail|tcp 20-90|" \
		    "tcp 8080|udp 50-60")
		if (s in used)
			continue
		used[s] = 1
		text = text (text == "" ? "" : ", ") s
	}
	return text
}

BEGIN {
	srand(seed)
	print "zone wan on active"
	print "zone lan on em1 net 10.1.0.0/16, 2001:db8:1::/64"
	print "zone dmz on em2 net 10.2.0.0/16"
	if (rand() < 0.5)
		print "nat lan to wan"
	print "hosts staff = 10.1.2.0/24, 2001:db8:1::2"
	print "hosts far = 198.51.100.0/24, 203.0.113.9"
	print "service web = http, https"
	print "service mail = smtp, tcp 465"
	for (i = 0; i < 14; i++) {
		pair = pick("lan to self|lan to dmz|lan to wan|wan to self|" \
		    "lan, dmz to self|self to wan|dmz to wan|lan, dmz to wan")
		what = rand() < 0.1 ? "any" : services()
		hosts = ""
		if (pair ~ /^lan to/ && rand() < 0.3)
			hosts = " from staff"
		else if (pair ~ /^wan/ && rand() < 0.4)
			hosts = " from far"
		else if (pair ~ /to wan/ && rand() < 0.3)
			hosts = " to far"
		print "from " pair " " pick("allow|allow|deny|reject") " " \
		    what hosts
	}
	print "default " pick("deny|deny|reject")
}
