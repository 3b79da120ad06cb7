#!/bin/sh
# The decision diagrams of compiler/set, held to those of BuDDy: both show the
# same random formulas, and each formula is a check.
#
#     OURS=build/diagrams-ours BUDDY=build/diagrams-buddy run.sh [COUNT [SEED]]
#
# Without BUDDY, which not every system has, nothing is checked.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 3
ours=${OURS:-build/diagrams-ours} theirs=${BUDDY:-}
count=${1:-600} seed=${2:-1}

if [ -z "$theirs" ]; then
	echo 'skipped: BuDDy is not here'
	echo "0 passed, 0 failed, $count skipped"
	exit 0
fi

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

awk -v count="$count" -v seed="$seed" -f "$here/formulas.awk" \
    >"$work/formulas" || exit 3
fallen=0
# show PROGRAM NAME
show()
{
	timeout 120 "$1" <"$work/formulas" >"$work/$2" || {
		echo "$1: exit code $?"
		fallen=$((fallen + 1))
	}
}
show "$ours" ours
show "$theirs" theirs

awk -v work="$work" -v fallen=$fallen '
    {
	ours = theirs = "no answer"
	getline ours <(work "/ours")
	getline theirs <(work "/theirs")
	if (ours == theirs && ours != "no answer") {
		passed++
		next
	}
	failed++
	if (failed <= 5)
		printf "formula %d: %.200s\n    ours: %s\n    BuDDy: %s\n", \
		    NR, $0, ours, theirs
    }
    END {
	failed += fallen
	printf "%d passed, %d failed\n", passed, failed
	exit failed > 0 || passed == 0
    }' "$work/formulas"
