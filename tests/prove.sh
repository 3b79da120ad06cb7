#!/bin/sh
# Prove every policy that compiles: in each flavour, with and without the
# optimiser, with the NAT that it names and with each other one.
#
#     AKINC=build/akinc tests/prove.sh [POLICY]...
#
# Without arguments these are all that we ship and all cases.  A policy that a
# flavour refuses is no proof and counts for nothing, but of each policy that is
# named or shipped, and is no part of another, at least one way must be proved.
set -u

root=$(cd "$(dirname "$0")/.." && pwd) || exit 3
self=$root/tests/prove.sh
akinc=${AKINC:-$root/build/akinc}
case $akinc in
/*) ;;
*) akinc=$PWD/$akinc ;;
esac
export AKINC="$akinc" LC_ALL=C NO_COLOR=1
batch_size=16

# prove NAME ARGUMENT...: what is not equal is shown.
prove()
{
	name=$1
	shift
	$limit "$akinc" prove "$@" >"$work/out" 2>"$work/err" </dev/null
	code=$?
	case $code in
	0)
		passed=$((passed + 1)) ;;
	1 | 2)
		;;
	*)
		failed=$((failed + 1))
		printf '%s: exit code %s\n' "$name" $code
		head -n 12 "$work/out" "$work/err" ;;
	esac
}

# The facts that the policy is meant for, or the name of some card, and what
# services it knows.
facts_of()
{
	arguments=--nic=en1
	if [ -f "${1%.akp}.args" ]; then
		read -r arguments <"${1%.akp}.args"
	elif [ -f "$(dirname "$1")/host.yaml" ]; then
		arguments=--host=host.yaml
	fi
	case $arguments in
	*--nic* | *--host*) ;;
	*) arguments="$arguments --nic=en1" ;;
	esac
	[ -f "$(dirname "$1")/services.yaml" ] &&
	    arguments="$arguments --catalogue=services.yaml"
}

# prove_policy PATH
# shellcheck disable=SC2086 # the words of $arguments
prove_policy()
{
	file=${1##*/}
	facts_of "$1"
	cd "$(dirname "$1")" || exit 3
	for flavour in freebsd darwin; do
		for level in -O0 -O2; do
			prove "$1 $flavour $level" "$file" $arguments \
			    --flavour=$flavour $level
		done
	done
	grep -aq '^ *include' "$file" && return
	grep -aq '^ *\(nat\|forward\)' "$file" || return
	for nat in divert kernel; do
		grep -av '^option nat' "$file" >"$work/nat.akp"
		printf '\noption nat %s\n' $nat >>"$work/nat.akp"
		for level in -O0 -O2; do
			prove "$1 nat $nat $level" "$work/nat.akp" $arguments \
			    --flavour=freebsd $level
		done
	done
}

if [ "${1:-}" = --batch ]; then
	shift
	limit=$(command -v timeout >/dev/null && echo timeout 60)
	work=$(mktemp -d) || exit 3
	trap 'rm -rf "$work"' EXIT
	passed=0 failed=0
	for policy; do
		before=$((passed + failed))
		prove_policy "$policy"
		case $policy in
		"$root"/tests/cases/* | */lab.akp) continue ;;
		esac
		[ $((passed + failed)) -gt $before ] && continue
		failed=$((failed + 1))
		printf '%s: nothing to prove\n' "$policy"
	done
	printf 'sum %d %d\n' $passed $failed
	exit
fi

report=$(mktemp) || exit 3
trap 'rm -f "$report"' EXIT
trap 'exit 130' HUP INT TERM
if [ $# -eq 0 ]; then
	find "$root/policies" "$root/examples" "$root/tests/cases" -name '*.akp'
else
	for policy; do
		case $policy in
		/*) echo "$policy" ;;
		*) echo "$PWD/$policy" ;;
		esac
	done
fi | sort | xargs -P "${JOBS:-2}" -n $batch_size "$self" --batch >"$report"

passed=0 failed=0
sed '/^sum /d' "$report"
while read -r word more_passed more_failed; do
	[ "$word" = sum ] || continue
	passed=$((passed + more_passed))
	failed=$((failed + more_failed))
done <"$report"
if [ $passed -eq 0 ]; then
	failed=$((failed + 1))
	echo 'nothing was proved'
fi
printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
