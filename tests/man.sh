#!/bin/sh
# The manual pages say what is true: what they show as policies compiles, what
# they show as commands runs and prints what is shown, and the grammar in
# akp(5) has the words of the language.
#
# A comment line before a literal display says what it holds:
#
#     .\" check                 a whole policy, which gets no warning either
#     .\" prelude               how the fragments of the page begin
#     .\" check after prelude   a fragment of a policy
#     .\" host, .\" catalogue   facts about a host; a catalogue
#     .\" run                   "$ akinc ...", and lines that it prints
#     .\" run 1                 the same, exit status 1
set -u

cd "$(dirname "$0")/.." || exit 3
. tests/suite.sh
akinc=$(absolute "${AKINC:-build/akinc}")

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
shown=$work/said

# extract PAGE: the displays of a page as $work/LINE.KIND, with the roff
# escapes undone; LINE is where the display begins.
extract()
{
	awk -v work="$work" '
	/^\.\\" (check|prelude|host|catalogue|run)/ {
		kind = $2 (NF > 2 ? "-" $3 : "")
		next
	}
	/^\.Bd / && kind != "" {
		file = sprintf("%s/%04d.%s", work, NR, kind)
		kind = ""
		next
	}
	/^\.Ed/ && file != "" { close(file); file = ""; next }
	file != "" {
		gsub(/\\&/, "")
		gsub(/\\-/, "-")
		gsub(/\\\(dq/, "\"")
		gsub(/\\e/, "\\")
		print >file
	}' "$1"
}

# check_policy PLACE FILE QUIET
check_policy()
{
	if ! "$akinc" check "$2" >"$work/said" 2>&1; then
		fail "$1: akinc refuses this policy"
	elif [ "$3" ] && [ -s "$work/said" ]; then
		fail "$1: akinc warns of this policy"
	elif grep -q '^test ' "$2" &&
	    ! "$akinc" test "$2" >"$work/said" 2>&1; then
		fail "$1: a test of this policy fails"
	else
		pass
	fi
}

# What stands below a command is among what it prints, line by line; "..." is
# for lines that are left out.
check_run()
{
	place=$1 wanted=$3
	: >"$work/said"
	while IFS= read -r line; do
		case $line in
		'$ akinc '*)
			(eval "\"\$akinc\" ${line#??akinc }") \
			    >"$work/said" 2>&1
			if [ $? -eq "$wanted" ]; then
				pass
			else
				fail "$place: this fails: $line"
			fi ;;
		'' | ...) ;;
		*)
			if grep -Fqx -e "$line" "$work/said"; then
				pass
			else
				fail "$place: nothing prints: $line"
			fi ;;
		esac
	done <"$2"
}

# A host file must do for a policy on the card that it says is active, and a
# catalogue must be read.
check_facts()
{
	card=$(sed -n 's/^default-route: *\([a-z0-9]*\).*/\1/p' "$2")
	echo 'zone z on active; from z to self allow ssh' >"$work/facts.akp"
	if "$akinc" --host="$2" --emit=rules "$work/facts.akp" \
	    >"$work/said" 2>&1 && grep -q "recv ${card:-em0}" "$work/said"
	then
		pass
	else
		fail "$1: akinc cannot use these facts"
	fi
}

check_catalogue()
{
	if "$akinc" --catalogue="$2" list services >"$work/said" 2>&1; then
		pass
	else
		fail "$1: akinc cannot use this catalogue"
	fi
}

check_page()
{
	page=$1
	rm -f "$work"/[0-9]*
	extract "$page"
	for file in "$work"/[0-9]*; do
		[ -f "$file" ] || continue
		kind=${file##*.}
		place=${file##*/}
		place=$page:${place%%.*}
		case $kind in
		prelude) prelude=$file ;;
		check) check_policy "$place" "$file" quiet ;;
		check-after)
			cat "$prelude" "$file" >"$work/whole.akp"
			check_policy "$place" "$work/whole.akp" '' ;;
		run) check_run "$place" "$file" 0 ;;
		run-1) check_run "$place" "$file" 1 ;;
		host) check_facts "$place" "$file" ;;
		catalogue) check_catalogue "$place" "$file" ;;
		esac
	done
}

# The GRAMMAR of akp(5) and the scanner's table have the same words.
check_grammar()
{
	sed -n '/^\.Sh GRAMMAR/,/^\.Sh EXAMPLES/p' man/akp.5 |
	    grep -o '"[a-z][a-z0-9]*"' | tr -d '"' | sort -u |
	    grep -vx '[smh]' >"$work/shown"
	grep -o '{"[a-z0-9]*", TOK_' grammar/words.c |
	    sed 's/^{"//; s/".*//' | sort -u >"$work/known"
	if [ -s "$work/known" ] &&
	    diff "$work/known" "$work/shown" >"$work/said"; then
		pass
	else
		fail 'man/akp.5: GRAMMAR has other words than grammar/words.c'
	fi
}

# An exchange is a service like no other: akp(5) names each.
check_exchanges()
{
	: >"$work/said"
	awk '
	/^  [a-z0-9-]+:/ { name = $1; sub(/:.*/, "", name) }
	/exchange: / && !/^#/ { print name }' policies/services.yaml |
	    sort -u >"$work/exchanges"
	while read -r service; do
		if grep -Eq "^\.Cm $service( ,)?\$" man/akp.5; then
			pass
		else
			fail "man/akp.5: CATALOGUE lacks the exchange $service"
		fi
	done <"$work/exchanges"
}

# check_options PAGE PROGRAM: the page has the options that --help names, and
# no others.
check_options()
{
	[ -x "$2" ] || return 0
	"$2" --help | grep -oE '(^|[ ,[|])--?[a-zA-Z][a-z0-9-]*' |
	    tr -d ' ,[|' | sort -u >"$work/helped"
	# "-dnv" is three options.
	awk '
	/^-[a-z][a-z]+$/ {
		for (i = 2; i <= length($0); i++)
			print "-" substr($0, i, 1)
		next
	}
	{ print }' "$work/helped" | sort -u >"$work/options"
	grep '^[.].*Fl ' "$1" |
	    grep -oE '(Fl|[|]) -?[a-zA-Z][a-z0-9-]*' |
	    sed -e 's/^[^ ]* /-/' |
	    awk '/^-[a-z][a-z]+$/ {
		for (i = 2; i <= length($0); i++)
			print "-" substr($0, i, 1)
		next
	}
	{ print }' | sort -u >"$work/shown"
	# -h is short for --help everywhere.
	if grep -vx -e -h "$work/options" >"$work/wanted" &&
	    grep -vx -e -h "$work/shown" |
	    diff "$work/wanted" - >"$work/said"; then
		pass
	else
		fail "$1: other options than ${2##*/} --help"
	fi
}

# The examples of akinc-diagnostics(7) are the business of diagnostics.sh.
for page in man/akinc.1 man/akp.5; do
	check_page "$page"
done
check_grammar
check_exchanges
for program in akind akinctl; do
	check_options man/$program.8 "${akinc%/*}/$program"
done

end_suite
