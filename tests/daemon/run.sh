#!/bin/sh
# akind on real cards and routes, in network namespaces made for it, with an
# emulated ipfw.
#
#     run.sh [CASE]...      all of them, or these
#
# Where no namespaces can be had nothing is tested, which is a failure unless
# MAY_SKIP is set.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 3
self=$here/run.sh
AKINC=${AKINC:-$here/../../build/akinc}
build=${AKINC%/*}
AKIND=${AKIND:-$build/akind} jumping=${JUMPING:-$build/akind-jumping}
AKINCTL=${AKINCTL:-$build/akinctl}
IPFW_EMU=${IPFW_EMU:-$build/ipfw-emu}
sleeper=${SLEEPER:-$build/sleeper}
export AKINC AKIND AKINCTL IPFW_EMU sleeper jumping LC_ALL=C

if [ "${1:-}" = --one ]; then
	host=$2/$3
	# shellcheck source=tests/daemon/host.sh
	. "$here/host.sh"
	# shellcheck source=tests/daemon/cases.sh
	. "$here/cases.sh"
	trap 'end_host' EXIT
	make_host
	: >"$host/faults"
	"case_$3"
	stop_akind
	! log_has 'Sanitizer' || fault 'a sanitizer complains'
	if [ -s "$host/faults" ]; then
		printf '%s: FAILED\n' "$3"
		cat "$host/faults"
		sed 's/^/    /' "$host/log"
	fi >"$host/result"
	exit
fi

if [ "$(id -u)" -eq 0 ]; then
	launch='unshare --net'
else
	launch='unshare --user --map-current-user --keep-caps --net'
fi
# shellcheck disable=SC2046 # names are words
[ $# -gt 0 ] || set -- $(sed -n 's/^case_\([a-z0-9_]*\)()$/\1/p' \
    "$here/cases.sh")
if [ -z "${LOGIND-yes}" ]; then
	echo 'logind is not tested: akind is built without sd-bus'
	# shellcheck disable=SC2046 # names are words
	set -- $(printf '%s\n' "$@" | grep -v logind)
fi
# shellcheck disable=SC2086 # words
if ! $launch ip link add probe type veth >/dev/null 2>&1; then
	echo 'skipped: no network namespaces, or no cards in them, can be made'
	if [ "${MAY_SKIP:-}" ]; then
		echo "0 passed, 0 failed, $# skipped"
		exit 0
	fi
	echo 'MAY_SKIP=1 lets that pass'
	echo "0 passed, 1 failed, $# skipped"
	exit 1
fi

work=$(mktemp -d) || exit 3
# The policy is compiled by somebody who owns nothing.
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# shellcheck disable=SC2086 # words
printf '%s\n' "$@" |
    xargs -P 2 -I CASE timeout 50 $launch sh "$self" --one "$work" CASE

passed=0 failed=0
for name; do
	if [ -f "$work/$name/result" ] && [ ! -s "$work/$name/result" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		cat "$work/$name/result" 2>/dev/null || echo "$name: no result"
	fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
