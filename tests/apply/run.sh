#!/bin/sh
# akinc apply and its like against the emulator: each case looks at what the
# host is like afterwards, and many at what became of packets meanwhile.
#
#     run.sh [CASE]...      all of them, or these
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 3
AKINC=${AKINC:-$here/../../build/akinc}
emulator=${IPFW_EMU:-${AKINC%/*}/ipfw-emu}
export LC_ALL=C

# shellcheck source=tests/apply/host.sh
. "$here/host.sh"
# shellcheck source=tests/apply/cases.sh
. "$here/cases.sh"
# shellcheck source=tests/apply/cases-nat.sh
. "$here/cases-nat.sh"
# shellcheck source=tests/apply/cases-faults.sh
. "$here/cases-faults.sh"

work=$(mktemp -d) || exit 3
# The policy is compiled by somebody who owns nothing.
chmod 755 "$work"
trap 'end_host; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
echo 0 >"$work/moments"

passed=0 failed=0
# shellcheck disable=SC2046 # names are words
[ $# -gt 0 ] ||
    set -- $(sed -n 's/^case_\([a-z0-9_]*\)()$/\1/p' "$here"/cases*.sh)
for name; do
	scratch=$work/$name host=''
	mkdir "$scratch" || exit 3
	"case_$name"
	end_host 2>/dev/null
	host=''
	if [ -s "$scratch/faults" ]; then
		failed=$((failed + 1))
		printf '%s: FAILED\n' "$name"
		cat "$scratch/faults"
	else
		passed=$((passed + 1))
	fi
	rm -rf "$scratch"
done
printf 'packets were played at %d moments of a change\n' \
    "$(cat "$work/moments")"
printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
