#!/bin/sh
# What akinc says of policies as wholes, confirmed by other means: a policy
# differs neither from itself nor from its own ruleset, and the packet of each
# difference is one to both policies' evaluators.
set -u

cd "$(dirname "$0")/.." || exit 3
. tests/suite.sh
export LC_ALL=C NO_COLOR=1
akinc=${AKINC:-build/akinc}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
shown="$work/out $work/err"

# differs CODE ARGUMENT...: the exit code of a comparison.
differs()
{
	code=$1
	shift
	timeout 60 "$akinc" diff "$@" >"$work/out" 2>"$work/err" </dev/null
	status=$?
	[ $status -eq "$code" ]
	expect $? "akinc diff $*: exit code $status, not $code"
}

# Every policy that compiles, against its own rulesets.
check_own_rulesets()
{
	for policy in policies/*.akp examples/*/policy.akp \
	    tests/cases/*/*.akp tests/packets/policies/*.akp; do
		folder=$(dirname "$policy")
		set -- --nic=en1
		[ ! -f "$folder/host.yaml" ] || set -- --host="$folder/host.yaml"
		[ ! -f "$folder/services.yaml" ] ||
		    set -- "$@" --catalogue="$folder/services.yaml"
		for flavour in freebsd darwin; do
			"$akinc" --no-proof --emit=rules --flavour=$flavour \
			    "$@" "$policy" >"$work/rules" 2>/dev/null ||
			    continue
			if [ $flavour = freebsd ]; then
				differs 0 "$@" "$policy" "$work/rules"
				continue
			fi
			differs 1 "$@" --flavour-new=darwin "$policy" \
			    "$work/rules"
			cmp -s "$work/out" "$work/uncovered"
			expect $? "$policy: darwin differs in more than IPv6"
		done
	done
}
printf 'Options\n  IPv6: was filtered, now not filtered\n' >"$work/uncovered"

# means POLICY PACKET: what the evaluator says of it; "?" if nothing.
means()
{
	timeout 60 "$akinc" why --nic=en1 --flavour=freebsd "$1" "$2" \
	    2>/dev/null | awk '$1 == "policy:" {
		sub(/:$/, "", $2)
		print ($2 == "allow" ? "passes" : "is refused")
		found = 1
		exit
	}
	END { if (!found) print "?" }'
}

# confirm OLD NEW: the witnesses in $work/out.
confirm()
{
	awk '/^[A-Z]/ { kind = $1 }
	/->.*outer address:|[(]no zone[)]/ { skip = 1 }
	/^      as in: / {
		if (!skip)
			print kind, substr($0, 14)
		skip = 0
	}' "$work/out" >"$work/witnesses"
	while read -r kind packet; do
		before=$(means "$1" "$packet") after=$(means "$2" "$packet")
		case $kind:$before:$after in
		*'?'*) ;;
		'Opened:is refused:passes' | 'Closed:passes:is refused')
			expect 0 '' ;;
		Opened:* | Closed:*)
			expect 1 "$2: $kind: $packet $before, then $after" ;;
		*)
			[ "$before" = "$after" ]
			expect $? "$2: $kind: $packet $before, then $after" ;;
		esac
	done <"$work/witnesses"
}

# The shipped policies without each of their lines that decides something.
check_witnesses()
{
	for policy in policies/*.akp; do
		sed -e '/^test /,/^}/d' -e '/^option lifeline/d' "$policy" \
		    >"$work/old.akp"
		lines=$(grep -nE '^[^#]*(allow|deny|reject|forward|nat|trust) ' \
		    "$work/old.akp" | cut -d: -f1)
		for line in $lines; do
			sed "${line}d" "$work/old.akp" >"$work/new.akp"
			"$akinc" check "$work/new.akp" >/dev/null 2>&1 ||
			    continue
			"$akinc" diff "$work/old.akp" "$work/new.akp" \
			    >"$work/out" 2>"$work/err"
			[ $? -eq 1 ]
			expect $? "$policy without line $line: no difference"
			confirm "$work/old.akp" "$work/new.akp"
		done
	done
}

# prove_same POLICY OTHER WHAT: the ruleset of one is what the other says.  A
# rule that decides nothing may still let the errors of its pair pass.
prove_same()
{
	"$akinc" --no-proof --emit=rules --nic=en1 --flavour=freebsd -O0 "$1" \
	    >"$work/rules" 2>"$work/err" &&
	    "$akinc" prove --nic=en1 --flavour=freebsd \
	    --rules="$work/rules" "$2" >"$work/out" 2>"$work/err"
	case $? in
	0) expect 0 '' ;;
	*)
		awk '/^difference/ { getline; if ($1 !~ /^icmp/) bad = 1; n++ }
		    END { exit bad || !n }' "$work/out"
		expect $? "$3" ;;
	esac
}

# confirm_warning CODE LINE COLUMN LENGTH PACKET: about $work/odd.akp
confirm_warning()
{
	what="seed $seed: $1 at $2:$3"
	case $1 in
	W0450)
		sed "$2d" "$work/odd.akp" >"$work/less.akp"
		prove_same "$work/odd.akp" "$work/less.akp" "$what"
		;;
	W0456 | W0458)
		awk -v line="$2" -v from="$3" -v n="$4" 'NR == line {
			head = substr($0, 1, from - 1)
			tail = substr($0, from + n)
			if (!sub(/^, /, "", tail))
				sub(/, $/, "", head)
			$0 = head tail
		} 1' "$work/odd.akp" >"$work/less.akp"
		prove_same "$work/odd.akp" "$work/less.akp" "$what"
		;;
	W0457)
		packet=$5
		awk -v line="$2" '!/^from / || NR == line' "$work/odd.akp" \
		    >"$work/less.akp"
		[ "$(means "$work/odd.akp" "$packet")" = passes ]
		expect $? "$what: not allowed: $packet"
		[ "$(means "$work/less.akp" "$packet")" = 'is refused' ]
		expect $? "$what: not refused: $packet"
		;;
	esac
}

# Warnings of random policies, each confirmed by the proof or the evaluator.
check_warnings()
{
	warnings=0
	for seed in $(seq 1 40); do
		awk -v seed="$seed" -f tests/property/odd.awk >"$work/odd.akp"
		"$akinc" check "$work/odd.akp" >/dev/null 2>"$work/said" ||
		    continue
		awk 'function put() { if (code != "") print code, packet }
		/: warning: / {
			put()
			code = packet = ""
		}
		/: warning: .*\[W04(50|56|57|58)\]$/ {
			split($0, at, ":")
			code = substr($0, length($0) - 5, 5) " " at[2] " " at[3]
			getline; getline
			match($0, /\^+/)
			code = code " " RLENGTH
		}
		/= help: such as: / {
			packet = substr($0, index($0, "such as: ") + 9)
		}
		END { put() }' "$work/said" >"$work/warnings"
		while read -r code line column length packet; do
			warnings=$((warnings + 1))
			confirm_warning "$code" "$line" "$column" "$length" \
			    "$packet"
		done <"$work/warnings"
	done
	[ $warnings -gt 20 ]
	expect $? "random policies gave $warnings warnings"
}

# Random policies with one verdict turned: what diff calls equal is proved to
# be, and what it shows is confirmed.
check_random_changes()
{
	for seed in $(seq 1 20); do
		awk -v seed="$seed" -f tests/property/odd.awk >"$work/old.akp"
		awk -v at=$((10 + seed % 12)) 'NR == at {
			if (!sub(/ allow /, " deny "))
				sub(/ (deny|reject) /, " allow ")
		} 1' "$work/old.akp" >"$work/new.akp"
		timeout 60 "$akinc" diff "$work/old.akp" "$work/new.akp" \
		    >"$work/out" 2>"$work/err"
		case $? in
		0) prove_same "$work/old.akp" "$work/new.akp" \
		    "seed $seed: called equal" ;;
		1) confirm "$work/old.akp" "$work/new.akp" ;;
		*) expect 1 "seed $seed: diff falls over" ;;
		esac
	done
}

# says CODE TEXT ARGUMENT...: exit code, and a line of what is said.
says()
{
	code=$1 text=$2
	shift 2
	timeout 60 "$akinc" "$@" >"$work/out" 2>"$work/err" <"$work/in"
	[ $? -eq "$code" ]
	expect $? "akinc $*: exit code is not $code"
	grep -qF -e "$text" "$work/out" "$work/err"
	expect $? "akinc $*: does not say '$text'"
}

# is_silent WHAT: nothing on the standard output, which is for results.
is_silent()
{
	[ ! -s "$work/out" ]
	expect $? "$1: an error, and something on the standard output"
}

check_command_line()
{
	good=$work/good.akp bad=$work/bad.akp wider=$work/wider.akp
	printf 'zone wan on em0\nfrom wan to self allow ssh\n' >"$good"
	printf 'zone wan on em0\nfrom wan to self allow shh\n' >"$bad"
	printf 'zone wan on em0\nfrom wan to self allow ssh, http\n' >"$wider"
	echo '# rules
add 100 deny ip from any to any' >"$work/commands"
	echo '00100 deny ip from any to any' >"$work/listing"
	cp "$good" "$work/in"

	says 0 'equal:' diff "$good" "$good"
	says 1 'Opened' diff "$good" "$wider"
	says 1 'Opened' diff - "$wider"
	says 1 'Closed' diff "$wider" -
	says 1 '"equal": false' diff --json "$good" "$wider"
	says 0 '"changes": []' diff --json "$good" "$good"
	says 1 'wan -> self: ssh' diff "$good" "$work/commands"
	says 1 'wan -> self: ssh' diff "$work/listing" "$good"
	says 1 'IPv6: was not filtered, now filtered' \
	    diff --flavour-old=darwin "$good" "$good"
	says 1 '[E0205]' diff "$good" "$bad"
	is_silent 'diff of a wrong policy'
	says 1 '"code": "E0205"' diff --json "$bad" "$good"
	says 2 'both are rulesets' diff "$work/listing" "$work/commands"
	says 2 'usage: akinc diff' diff "$good"
	says 2 "no flavour 'pf'" diff --flavour-new=pf "$good" "$good"
	says 2 'diff takes no --rules' diff --rules=x "$good" "$good"
	says 3 'No such file' diff "$good" "$work/missing.akp"
	is_silent 'diff of a missing file'

	says 0 'wan -> self: ssh' query "$good" 'who can reach self?'
	says 0 'yes' query "$good" can wan reach self on tcp 22
	says 1 'no' query "$good" 'can self reach wan'
	says 1 'nothing' query "$good" 'what is limited'
	says 1 '"answer": "no"' query --json "$good" 'can self reach wan'
	says 1 '[E0205]' query "$bad" 'who can reach self'
	is_silent 'query of a wrong policy'
	says 2 "expected 'who', 'what' or 'can'" query "$good" whom
	says 2 "did you mean 'self'" query "$good" 'who can reach slf'
	says 2 '[E0205]' query "$good" 'who can reach self on shh'
	says 2 'a port' query "$good" 'who can reach self on tcp'
	says 2 'tcp or udp before a port' query "$good" 'who can reach self on 22'
	says 2 'usage: akinc query' query "$good"
	is_silent 'query without a question'
	says 3 'No such file' query "$work/missing.akp" 'who can reach self'
}

check_command_line
check_own_rulesets
check_witnesses
check_warnings
check_random_changes
end_suite
