#!/bin/sh
# The entries of akinc-diagnostics(7): each has the title of its code, the text
# that it shows gives the code, and `akinc explain` prints it.
#
# The comment before a literal display says what it is: a policy, facts about a
# host, a catalogue, or a file of rules; further words are arguments of akinc.
# For codes whose texts are too long to be shown, a function below writes one.
set -u

cd "$(dirname "$0")/.." || exit 3
. tests/suite.sh
export LC_ALL=C NO_COLOR=1
akinc=$(absolute "${AKINC:-build/akinc}")
page=$PWD/man/akinc-diagnostics.7
definitions=$PWD/compiler/base/diag.def

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
shown=$work/text/said

# Texts that the page does not show.

repeat()
{
	awk -v n="$1" -v format="$2\n" 'BEGIN {
		for (i = 1; i <= n; i++)
			printf format, i, i, i
	}'
}

write_E0104()
{
	printf '# %070000d\n' 0
}

write_E0105()
{
	printf 'zone caf\351 on em0\n'
}

write_E0108()
{
	repeat 20 'include "%d.akp"' | while read -r line; do
		n=${line#*\"} n=${n%%.*}
		echo "include \"$((n + 1)).akp\"" >"$n.akp"
	done
	: >21.akp
	echo 'include "1.akp"'
}

write_E0314()
{
	repeat 121 'zone z%d on em%d net 10.%d.0.0/16'
}

write_E0604()
{
	echo 'zone lan on lan0 net 10.0.0.0/24'
	repeat 11 'zone u%d on em%d'
	repeat 11 'nat lan to u%d'
}

write_E0705()
{
	echo 'zone wan on em0'
	echo 'from wan to self {'
	repeat 20000 'allow tcp %d to 192.0.2.1 limit 1 per source'
	echo '}'
}

write_E0706()
{
	echo 'zone wan on em0'
	printf 'from wan to self allow tcp 1'
	awk 'BEGIN { for (i = 3; i < 90; i += 2) printf ", %d", i }'
	echo ' limit 3 per source'
}

write_E0708()
{
	echo 'zone wan on em0'
	echo 'zone lan on em1 net 10.0.0.0/24'
	echo 'zone dmz on em2 net 10.2.0.0/24'
	echo 'nat lan, dmz to wan'
	repeat 51 'forward tcp %d from wan, lan to 10.2.0.80'
}

# How akinc is run, and on what.

titles()
{
	awk '
	/^DIAG\(/ { text = "" }
	{ text = text $0 }
	/\)$/ && match(text, /"[EW][0-9][0-9][0-9][0-9]"/) {
		code = substr(text, RSTART + 1, 5)
		sub(/.*DIAG_[A-Z]*, */, "", text)
		gsub(/^"|"\)$/, "", text)
		print code " " text
		text = ""
	}' "$definitions"
}

# extract CODE: its displays as files in $work/text, named by what they are,
# and the arguments in "arguments".
extract()
{
	awk -v code="$1" -v folder="$work/text" '
	/^\.It Sy / { inside = $3 == code }
	!inside { next }
	/^\.\\" / {
		kind = $2
		for (i = 3; i <= NF; i++)
			print $i >(folder "/arguments")
		next
	}
	/^\.Bd / && kind != "" { file = folder "/" kind; next }
	/^\.Ed/ { file = kind = ""; next }
	file != "" {
		gsub(/\\&/, "")
		gsub(/\\e/, "\\")
		print >file
	}' "$page"
}

run_akinc()
{
	set --
	[ ! -f arguments ] || while read -r argument; do
		set -- "$@" "$argument"
	done <arguments
	[ ! -f catalogue ] || set -- "$@" --catalogue=catalogue
	if [ -f host ]; then
		set -- "$@" --host=host
	else
		set -- "$@" --nic=em0
	fi
	case $code in
	# What is odd about the rules together is said by check alone.
	W0150 | W045[6-9] | W0460) "$akinc" check "$@" policy.akp ;;
	*) "$akinc" --flavour=freebsd --emit=rules "$@" policy.akp ;;
	esac
}

# check_text CODE: the text of its entry, or the one written for it.
check_text()
{
	code=$1
	rm -rf "$work/text"
	mkdir "$work/text"
	extract "$code"
	cd "$work/text" || exit 3
	# akinc reads no files of rules.
	case $code in
	E072*) return ;;
	esac
	if [ -f policy ]; then
		mv policy policy.akp
	elif command -v "write_$code" >/dev/null; then
		"write_$code" >policy.akp
	elif [ -f host ] || [ -f catalogue ]; then
		printf 'zone z on em0\nfrom z to self allow ssh\n' >policy.akp
	else
		fail "$code: shows no text, and nothing writes one"
		return
	fi
	echo '# nothing' >empty.txt
	run_akinc >rules 2>said
	status=$?
	case $code in
	E*) wanted=1 ;;
	W*) wanted=0 ;;
	esac
	grep -q "\[$code\]$" said && [ $status -eq "$wanted" ]
	expect $? "$code: its text does not give it"
}

titles >"$work/titles"
while read -r code title; do
	grep -Fqx ".It Sy $code $title" "$page" &&
	    [ "$("$akinc" explain "$code" | head -n 1)" = "$code $title" ]
	expect $? "$code: the page or akinc explain lacks it: $title"
	(check_text "$code"; echo "$passed $failed" >"$work/tally")
	read -r passed failed <"$work/tally"
done <"$work/titles"

end_suite
