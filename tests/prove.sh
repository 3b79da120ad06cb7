#!/bin/sh
# Prove every policy that compiles, in each flavour, level and NAT, and take
# rules away from rulesets to see that the proof misses them.
#
#     AKINC=build/akinc tests/prove.sh [all | mutants | POLICY...]
#
# A ruleset without one of its rules either differs, with a packet that the
# evaluator confirms or a finding about its build, or says the same: such a rule
# is listed, for it decides nothing that another does not.
set -u

akinc=${AKINC:-build/akinc}
case $akinc in
/*) ;;
*) akinc=$PWD/$akinc ;;
esac
cd "$(dirname "$0")/.." || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
passed=0 failed=0

# prove NAME ARGUMENT...: a policy that does not compile is no proof at all.
prove()
{
	name=$1
	shift
	"$akinc" prove "$@" >"$work/out" 2>/dev/null
	code=$?
	if grep -q '^equal' "$work/out"; then
		passed=$((passed + 1))
	elif grep -q '^# ' "$work/out" || [ $code -gt 2 ]; then
		failed=$((failed + 1))
		printf 'FAIL %s (exit %s)\n' "$name" "$code"
		sed -n 's/^difference/    &/p; s/^rule/    &/p' "$work/out" |
		    sort | uniq -c
	fi
}

# With the NAT that the policy names, and with the other one.
prove_all()
{
	policy=$1
	facts=$(dirname "$policy")/host.yaml
	host=--nic=en1
	[ -f "$facts" ] && host=--host=$facts
	for flavour in freebsd darwin; do
		for level in -O0 -O2; do
			prove "$policy $flavour $level" "$policy" "$host" \
			    --flavour=$flavour $level
		done
	done
	grep -q '^ *include' "$policy" && return
	for nat in divert kernel; do
		grep -v '^option nat' "$policy" >"$work/nat.akp"
		printf '\noption nat %s\n' $nat >>"$work/nat.akp"
		prove "$policy nat $nat" "$work/nat.akp" "$host" \
		    --flavour=freebsd -O2
	done
}

# mutants POLICY FLAVOUR: the ruleset without each of its rules in turn.
mutants()
{
	"$akinc" --emit=rules "$1" --nic=en1 --flavour="$2" 2>/dev/null |
	    sed 's| //.*||' >"$work/rules"
	n=$(wc -l <"$work/rules")
	[ "$n" -gt 0 ] || failed=$((failed + 1))
	at=0
	while [ $((at += 1)) -le "$n" ]; do
		sed "${at}d" "$work/rules" >"$work/mutant"
		"$akinc" prove "$1" --nic=en1 --flavour="$2" \
		    --rules="$work/mutant" >"$work/out" 2>"$work/err"
		code=$?
		line=$(sed -n "${at}p" "$work/rules")
		if grep -q '^equal' "$work/out"; then
			passed=$((passed + 1))
			printf 'same without: %s\n' "$line"
		elif [ $code -eq 1 ] && grep -q -e '^  confirmed' \
		    -e '^rule' -e '^the ruleset:' -e 'its answer' \
		    -e 'error' "$work/out" "$work/err"; then
			passed=$((passed + 1))
		else
			failed=$((failed + 1))
			printf 'FAIL %s %s without: %s\n' "$1" "$2" "$line"
		fi
	done
}

case ${1:-both} in
all | both)
	for policy in policies/*.akp examples/*/*.akp \
	    $(find tests/cases -name '*.akp' | sort); do
		prove_all "$policy"
	done
	;;
esac
case ${1:-both} in
mutants | both)
	mutants policies/server.akp freebsd
	mutants policies/router.akp freebsd
	mutants policies/jail-host.akp freebsd
	;;
all) ;;
*)
	for policy in "$@"; do
		prove_all "$policy"
	done
	;;
esac
printf '%s passed, %s failed\n' $passed $failed
[ $failed -eq 0 ]
