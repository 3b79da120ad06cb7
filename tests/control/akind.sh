#!/bin/sh
# akinctl and the real akind, in a network namespace: each command does what
# akinctl(8) says, and what it prints is true of the ipfw there.
set -u

cd "$(dirname "$0")/../.." || exit 3
export LC_ALL=C NO_COLOR=1
AKINC=${AKINC:-$PWD/build/akinc}
AKIND=${AKIND:-$PWD/build/akind}
AKINCTL=${AKINCTL:-$PWD/build/akinctl}
IPFW_EMU=${IPFW_EMU:-$PWD/build/ipfw-emu}
launch='' # of the functions that follow
host=${host:-$(mktemp -d)}
export AKINC AKIND AKINCTL IPFW_EMU host
# shellcheck source=/dev/null
. tests/daemon/host.sh

if [ "${INSIDE:-}" != yes ]; then
	if ! find_launch ||
	    ! $launch --pid --fork --mount-proc true 2>/dev/null; then
		rm -rf "$host"
		echo 'no namespaces here'
		echo '0 passed, 0 failed, 1 skipped'
		[ "${MAY_SKIP:-}" ]
		exit
	fi
	export INSIDE=yes
	# shellcheck disable=SC2086 # options are words
	timeout 120 $launch --pid --fork --kill-child --mount-proc "$0"
	status=$?
	rm -rf "$host"
	exit $status
fi

passed=0 failed=0

# expect CONDITION-STATUS COMPLAINT
expect()
{
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s\n' "$2"
		head -n 12 "$host/out" "$host/err"
		tail -n 12 "$host/log"
	fi
}

run()
{
	timeout 20 "$AKINCTL" --socket="$host/control" "$@" \
	    >"$host/out" 2>"$host/err" </dev/null
	status=$?
}

# says CODE TEXT ARGUMENT...
says()
{
	code=$1 text=$2
	shift 2
	run "$@"
	expect $((status - code)) "akinctl $*: exit code $status, not $code"
	cat "$host/out" "$host/err" | grep -q -e "$text"
	expect $? "akinctl $*: does not say '$text'"
}

said()
{
	run "$2"
	grep -q -e "$1" "$host/out"
}

# write_policy PORT
write_policy()
{
	cat >"$host/policy.akp" <<END
zone wan on active
zone vm on vboxnet* net 192.168.56.0/24
nat vm to wan
from wan to self allow ssh, tcp $1
from self, vm to wan allow http, dns
default deny
END
}

# allows PORT: the ruleset in force does.
allows()
{
	in_force | grep -Eq "dst-port (22,)?$1 in setup|dst-port 22,$1 "
}

none_of_ours()
{
	! in_force | grep -q '^50100 '
}

make_host
make_card em0 192.0.2.10/24
ip route add default via 192.0.2.1
write_policy 8080

# A service manager that knows akind alone; it detaches.
cat >"$host/manager" <<END
#!/bin/sh
exec "$AKIND" -d -f "$host/policy.akp" -s "$host/control" \
    -p "$host/pid" --state-dir="$host/state" --run-dir="$host/run" \
    --akinc="$AKINC" --ipfw="$host/bin/ipfw" --natd="$host/bin/natd" \
    --sysctl="$host/bin/sysctl" --kldstat="$host/bin/kldstat" \
    --kldload="$host/bin/kldload" --kldunload="$host/bin/kldunload" \
    --flavour=freebsd --quiet=20 --most=200 --tick=50
END
chmod +x "$host/manager"
: >"$host/log"
says 3 'akind is not running' status
says 0 'running, set 1[0-9], nic em0, nat off' --service="$host/manager" start
allows 8080
expect $? 'started as a service, akind has put nothing in force'
kill "$(cat "$host/pid")"
wait_for 5 test ! -S "$host/control" || rm -f "$host/control"
says 3 'akind is not running' nic
allows 8080
expect $? 'akind that ends takes its rules out'

start_akind
wait_for 10 said '^akind    running' status
expect $? 'akind does not come up'
says 0 '^akind    running since' status
says 0 '^nic      em0$' status
says 0 '^ruleset  set 1[0-9], [0-9a-f]\{16\}, since' status
says 0 '^nat      nobody needs it$' status
says 0 '^zones    wan  em0$' status
says 0 '^         vm   ' status
says 0 'em0 *up *192.0.2.10/24' status
says 0 '^drift    none$' status
says 0 '^em0$' nic

# The host changes, and the answers with it.
make_card vboxnet0 192.168.56.1/24
wait_for 5 said 'divert on em0, running, natd [0-9]' status
expect $? 'status does not tell of the NAT that machines need'
says 0 '^found    VirtualBox  vboxnet0$' status
echo 'option nat kernel' >>"$host/policy.akp"
wait_for 5 said 'kernel on em0, running' status
expect $? 'status does not tell of the NAT in the kernel'
ip link del vboxnet0
wait_for 5 said 'nobody needs it' status
expect $? 'status does not tell that NAT has gone'
ip route del default
wait_for 5 said '^disabled$' nic
expect $? 'nic does not tell that there is no route'
ip route add default via 192.0.2.1
wait_for 5 said '^em0$' nic
expect $? 'nic does not tell of the route'
says 0 'active nic changed from em0 to disabled$' log
says 0 'active nic changed from disabled to em0$' log -n 100

# Policies, good and bad.
write_policy 9090
says 0 'running, set 1' reload
wait_for 5 allows 9090
expect $? 'reload does not load the new policy'
echo 'zone wan' >"$host/policy.akp"
says 1 'policy.akp' reload
says 0 '^akind    failed' status
says 0 '^error    .*policy.akp:1:[0-9]*: error: [^\\]*$' status
allows 9090
expect $? 'a broken policy replaces a good ruleset'
write_policy 9090
wait_for 5 said '^akind    running' status
expect $? 'a mended policy is not seen'

# Confirmed, or not; akind does not see by itself that the file changes.
stop_akind
start_akind --tick=60000
wait_for 10 said '^akind    running' status
says 3 'nothing waits' confirm
write_policy 7070
run reload --confirm=1 --force
wait_for 5 allows 9090
expect $? 'what nobody has confirmed stays'
says 0 '' reload --force
write_policy 6060
timeout 20 "$AKINCTL" --socket="$host/control" reload --confirm=15 --force \
    >/dev/null 2>&1 &
wait_for 5 said 'goes back in' status
expect $? 'status does not tell that it waits'
says 0 'confirmed' confirm
wait_for 5 allows 6060
expect $? 'what was confirmed goes'
waits_no_more()
{
	! said 'goes back in' status
}
wait_for 5 waits_no_more
expect $? 'what was confirmed still waits'
run rollback
expect "$status" "rollback: exit code $status"
! allows 6060
expect $? 'rollback changes nothing'
says 0 'running, set' start
allows 6060
expect $? 'start after a rollback does not put the policy in force'

# Drift is found, and is an exit code.
ipfw -q delete 900
wait_for 5 said '^drift    [^n]' status
expect $? 'status does not tell of drift'
run status
expect $((status - 1)) "status with drift: exit code $status"
run --json status
expect $((status - 1)) "status with drift, as JSON: exit code $status"
says 0 'running, set' restart
wait_for 5 said '^drift    none' status
expect $? 'restart leaves drift'

# The monitor, and the end.
timeout 4 "$AKINCTL" --socket="$host/control" monitor >"$host/out" 2>"$host/err"
grep -q 'running, set 1.*, nic em0, nat off, refused [0-9]* (+0)' "$host/out"
expect $? 'monitor does not tell line by line'
timeout 2 "$AKINCTL" --socket="$host/control" --json monitor \
    >"$host/out" 2>"$host/err"
grep -q '^{"event":"monitor","data":{.*"state":"running"' "$host/out"
expect $? 'monitor has no events'
says 0 'stopped, no ruleset' stop
none_of_ours
expect $? 'stop leaves rules of ours'
says 0 '^akind    stopped' status
says 0 'running, set' start
stop_akind
says 3 'akind is not running' status

end_host
printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
