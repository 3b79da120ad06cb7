#!/bin/sh
# Policies made by chance: what their packets meet must be what the policy
# means, without the optimiser and with it.
#
#     property.sh [FIRST-SEED [COUNT]]
#
# Half of the policies are for each flavour.  What fails is left in the folder
# that is named, with the seed in its name.  tests/property/policy.awk makes
# them and tells what they mean.
set -u

root=$(cd "$(dirname "$0")/.." && pwd) || exit 3
AKINC=${AKINC:-$root/build/akinc}
IPFW_EMU=${IPFW_EMU:-$root/build/ipfw-emu}
export AKINC IPFW_EMU LC_ALL=C NO_COLOR=1

seed=${1:-1} count=${2:-200}
last=$((seed + count - 1))
work=$(mktemp -d) || exit 3
trap 'exit 130' HUP INT TERM
mkdir "$work/answers" || exit 3

# The policies that akinc takes; what it refuses is no matter of ours, but a
# crash is.
set --
made=0 crashed=0
while [ "$seed" -le $last ]; do
	flavour=freebsd
	[ $((seed % 2)) -eq 0 ] || flavour=darwin
	base=$work/$seed-$flavour
	awk -v seed="$seed" -v flavour=$flavour -v base="$base" \
	    -f "$root/tests/property/policy.awk" || exit 3
	"$AKINC" --emit=rules --nic=em0 --flavour=$flavour "$base.akp" \
	    >/dev/null 2>"$base.err"
	case $? in
	0)
		set -- "$@" "$base.packets"
		made=$((made + 1)) ;;
	1)
		rm -f "$base.akp" "$base.packets" "$base.err" ;;
	*)
		crashed=$((crashed + 1))
		printf '%s: akinc fell over\n' "$base.akp" ;;
	esac
	seed=$((seed + 1))
done

# The verdicts of a run, one a line.
verdicts()
{
	awk '/^> (in|out|fwd) / { due = 1; next }
	    due && /^= / { print $2; due = 0 }' "$1"
}

passed=0 failed=$crashed
for level in -O0 -O2; do
	[ $made -gt 0 ] || break
	LEVEL=$level KEEP=$work/answers "$root/tests/packets.sh" "$@" \
	    >"$work/report"
	sed -e '$d' -e "s/^/$level /" "$work/report"
	read -r more_passed _ more_failed _ <<-END
		$(tail -n 1 "$work/report")
	END
	passed=$((passed + more_passed))
	failed=$((failed + more_failed))
done

for packets; do
	name=${packets##*/}
	name=${name%.packets}
	verdicts "$work/answers/$name-O0" >"$work/plain"
	verdicts "$work/answers/$name-O2" >"$work/optimised"
	if cmp -s "$work/plain" "$work/optimised"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s: -O0 and -O2 differ\n' "$name"
	fi
done

printf '%d policies were taken\n' $made
if [ $failed -eq 0 ]; then
	rm -rf "$work"
else
	printf 'they are in %s\n' "$work"
fi
printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
