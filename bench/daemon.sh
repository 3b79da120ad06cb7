#!/bin/sh
# How long after a change of the default route is the ruleset for it in force?
#
#     daemon.sh [COUNT]
#
# Without the pause in which akind waits for more events, and with an emulated
# ipfw.  The time begins before the kernel is told and ends after the command
# that switches; it holds the compilation and its proof.
set -u

count=${1:-100}
here=$(cd "$(dirname "$0")" && pwd) || exit 3
build=${AKINC:-$here/../build/akinc} build=${build%/*}
AKINC=$build/akinc AKIND=$build/akind IPFW_EMU=$build/ipfw-emu
export AKINC AKIND IPFW_EMU LC_ALL=C

if [ "${1:-}" != --inside ]; then
	if [ "$(id -u)" -eq 0 ]; then
		launch='unshare --net'
	else
		launch='unshare --user --map-current-user --keep-caps --net'
	fi
	work=$(mktemp -d) || exit 3
	chmod 755 "$work"
	trap 'rm -rf "$work"' EXIT
	$launch sh "$0" --inside "$work" "$count" || {
		echo 'reaction of akind: not measured, no network namespaces'
	}
	exit 0
fi

host=$2/host count=$3
# shellcheck source=tests/daemon/host.sh
. "$here/../tests/daemon/host.sh"
trap 'end_host' EXIT
make_host
# The switch leaves its time behind, and no shell stands in between.
for name in ipfw sysctl; do
	cp "$build/relay" "$host/bin/$name" || exit 1
done
echo "$emulator" >"$host/emulator"
: >"$host/switched"
: >"$host/changed"
make_card eth0 192.0.2.10/24
make_card eth1 198.51.100.7/24 || exit 1
ip route add default via 192.0.2.1
cp "$here/../policies/laptop.akp" "$host/policy.akp"
chmod 644 "$host/policy.akp"

n_switched()
{
	wc -l <"$host/switched"
}

has_switched()
{
	[ "$(n_switched)" -ge "$1" ]
}

start_akind --quiet=0 --most=0 --audit=60000 --tick=60000
wait_for 5 has_switched 1
mkfifo "$host/routes"
ip -batch - <"$host/routes" &
exec 6>"$host/routes"
i=1
while [ $i -le "$count" ]; do
	if [ $((i % 2)) -eq 1 ]; then
		route='via 198.51.100.1 dev eth1'
	else
		route='via 192.0.2.1 dev eth0'
	fi
	date +%s%N >>"$host/changed"
	echo "route replace default $route" >&6
	i=$((i + 1))
	wait_for 5 has_switched $i || exit 1
	sleep 0.1
done
exec 6>&-

tail -n +2 "$host/switched" | paste -d' ' - "$host/changed" | awk '
{ print ($1 - $2) / 1e6 }' | sort -n | awk '
{ ms[NR] = $1 }
END {
	printf "reaction of akind to a change of route, %d times, milliseconds:", NR
	printf " median %.1f, p99 %.1f\n", ms[int((NR + 1) / 2)], ms[int(NR * 0.99)]
}'
