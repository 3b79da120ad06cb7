# What a host runs, from its listing, sets, NAT and settings, in an order that
# can be compared: first what decides about packets, then the rest.
#
#	rule …		of an enabled set, without set and comment
#	other …		of somebody else, with its set
#	half N		a set of ours without its anchor, but those that cut
#	nat …, set …, setting …

/^# DISABLED / {
	off = 1
	sub(/^# DISABLED /, "")
}
/^[0-9]+ set / {
	set = $3
	line = $0
	sub(/ set [0-9]+/, "", line)
	sub(/ \/\/ .*/, "", line)
	sub(/ +$/, "", line)
	if ($1 == 60000 || $1 == 60010)
		print "other " (off ? "off " : "") $0
	else if (!off)
		print "rule " line
	if (set >= 10 && set <= 29 && $0 !~ / \/\/ akin cut$/)
		seen[set] = 1
	if ($1 == 50100)
		whole[set] = 1
	off = 0
	next
}
/^ipfw nat / { print "nat " $0 }
/^net[.]/ { print "setting " $0 }

END {
	for (set in seen)
		if (!whole[set])
			print "half " set
}
