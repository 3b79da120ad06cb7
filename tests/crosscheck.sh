#!/bin/sh
# Random policies, compiled, proved and played, in as many processes as JOBS.
#
#     CROSSCHECK=build/crosscheck tests/crosscheck.sh [COUNT [FIRST]]
set -u

crosscheck=${CROSSCHECK:-build/crosscheck}
count=${1:-3500} seed=${2:-1} jobs=${JOBS:-2}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'kill $children 2>/dev/null; exit 130' HUP INT TERM
share=$(((count + jobs - 1) / jobs))
children=
while [ "$count" -gt 0 ]; do
	[ "$share" -le "$count" ] || share=$count
	"$crosscheck" "$share" "$seed" >"$work/$seed" &
	children="$children $!"
	seed=$((seed + share))
	count=$((count - share))
done

fallen=0
for child in $children; do
	wait "$child"
	[ $? -le 1 ] || fallen=$((fallen + 1))
done
for report in "$work"/*; do
	sed '$d' "$report"
done
# The last line of each: "N passed, N failed".
tail -qn 1 "$work"/* | awk -v fallen=$fallen '
    { passed += $1; failed += $3 }
    END {
	failed += fallen
	printf "%d passed, %d failed\n", passed, failed
	exit failed > 0 || passed == 0
    }'
