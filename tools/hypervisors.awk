# Print the C table of policies/hypervisors.yaml for hypervisors.h.

BEGIN {
	print "#include \"runtime/daemon/hypervisors.h\""
}

/^#/ || /^$/ { next }

/^[A-Za-z][A-Za-z0-9 ._-]*: \[[a-z0-9_.*, -]+\]$/ {
	split($0, part, /: \[|\]/)
	names[++n] = part[1]
	printf "static const char *const cards_%d[] = {", n
	count = split(part[2], cards, /, /)
	for (i = 1; i <= count; i++)
		printf "\"%s\", ", cards[i]
	print "0};"
	next
}

{
	printf "%s:%d: not NAME: [CARD, CARD]\n", FILENAME, FNR >"/dev/stderr"
	failed = 1
	exit
}

END {
	if (failed)
		exit 1
	print "const struct hypervisor hypervisors[] = {"
	for (i = 1; i <= n; i++)
		printf "\t{\"%s\", cards_%d},\n", names[i], i
	print "\t{0, 0}};"
}
