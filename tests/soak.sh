#!/bin/sh
# A long day of akind, in a network namespace of its own: cards, addresses and
# routes that come and go, machines that appear, policies good and broken, and
# everything that akind is or starts killed now and then.
#
#     soak.sh SECONDS [SEED]
#
# Every few seconds it gets time to settle: what is in force must be what akinc
# makes of the policy and the host as they are then.  In the end no process, no
# descriptor, no temporary file and no memory may have gone astray.  The same
# seed gives the same events, though not at the same moments.
set -u

cd "$(dirname "$0")/.." || exit 3
export LC_ALL=C NO_COLOR=1
AKINC=${AKINC:-$PWD/build/akinc}
AKIND=${AKIND:-$PWD/build/akind}
AKINCTL=${AKINCTL:-$PWD/build/akinctl}
IPFW_EMU=${IPFW_EMU:-$PWD/build/ipfw-emu}
export AKINC AKIND AKINCTL IPFW_EMU
launch='' akind='' akind_status=0 # of the functions that follow
host=${host:-$(mktemp -d)}
export host
# shellcheck source=/dev/null
. tests/daemon/host.sh

seconds=${1:-600}
seed=${2:-1}

# What akind may grow by, in KiB: the allocator keeps what it has had.
growth_max=4096
settle_seconds=20

# The namespace takes all processes with it when it ends.
if [ "${SOAK_INSIDE:-}" != yes ]; then
	if ! find_launch ||
	    ! $launch --pid --fork --mount-proc true 2>/dev/null; then
		rm -rf "$host"
		echo 'no namespaces here'
		echo '0 passed, 0 failed, 1 skipped'
		[ "${MAY_SKIP:-}" ]
		exit
	fi
	export SOAK_INSIDE=yes
	# shellcheck disable=SC2086 # options are words
	$launch --pid --fork --kill-child --mount-proc \
	    "$0" "$seconds" "$seed"
	status=$?
	rm -rf "$host"
	exit $status
fi

passed=0 failed=0 events=0 settled=0 deaths=0
broken='' # what keeps the ruleset from being right, until it is mended

# expect CONDITION-STATUS COMPLAINT
expect()
{
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf 'after %d events (seed %s): %s\n' $events "$seed" "$2"
		tail -n 30 "$host/log"
	fi
}

control()
{
	timeout 20 "$AKINCTL" --socket="$host/control" "$@" \
	    >"$host/said" 2>&1 </dev/null
}

# --- The host ---

write_policy()
{
	cat >"$host/new.akp" <<END
zone wan on active
zone vm on vboxnet* net 192.168.56.0/24
zone lan on em1 net 10.1.0.0/24
option drift repair
nat vm to wan
from wan to self allow ssh, tcp $1
from self, vm, lan to wan allow http, https, dns
from lan to self allow ping, tcp $2
default deny
END
	mv "$host/new.akp" "$host/policy.akp"
}

end_card()
{
	ip link del "$1" 2>/dev/null
}

begin_machines()
{
	end_card vboxnet0
	make_card vboxnet0 192.168.56.1/24 2>/dev/null
}

# 0 and 1 stand for the two ways out.
set_route()
{
	if [ "$1" = 0 ]; then
		ip route replace default via 192.0.2.1
	else
		ip route replace default via 10.1.0.254
	fi 2>/dev/null
}

# A child, or the child of one, that akind has just now.
find_child()
{
	awk -v parent="$akind" -v pick="$1" '
	FNR == 1 { sub(/^.*[)] . /, ""); child[FILENAME] = $1 }
	END {
		for (file in child) {
			split(file, part, "/")
			if (child[file] == parent ||
			    child["/proc/" child[file] "/stat"] == parent)
				found[n++] = part[3]
		}
		if (n > 0)
			print found[pick % n]
	}' /proc/[0-9]*/stat 2>/dev/null
}

start_again()
{
	rm -f "$host/control"
	start_akind 3<&-
	wait_for 10 test -S "$host/control"
}

# --- Events ---

# Lines of "EVENT NUMBER NUMBER PAUSE".
list_events()
{
	awk -v seed="$seed" '
	BEGIN {
		srand(seed)
		n = split("down up route route noroute address address " \
		    "machines machines nomachines burst natd natd child " \
		    "child child kill end policy policy policy broken " \
		    "half drift drift hangup reload restart rollback " \
		    "stop undo status monitor log nat stranger", event, " ")
		for (;;)
			printf "%s %d %d %.2f\n", event[1 + int(rand() * n)],
			    1024 + rand() * 40000, 1024 + rand() * 40000,
			    rand() < 0.3 ? 0 : rand() / 2
	}'
}

do_network()
{
	case $1 in
	down) ip link set em1 down ;;
	up) ip link set em1 up ;;
	route) set_route $(($2 % 2)) ;;
	noroute) ip route del default 2>/dev/null ;;
	address)
		ip addr flush dev em1
		ip addr add "10.1.0.$(($2 % 250 + 2))/24" dev em1 ;;
	machines) begin_machines ;;
	nomachines) end_card vboxnet0 ;;
	burst)
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			ip route replace "203.0.113.$i/32" via 192.0.2.1
			ip route del "203.0.113.$i/32"
		done 2>/dev/null ;;
	esac
}

do_harm()
{
	case $1 in
	natd)
		pid=$(sed -n '$s/ .*//p' "$host/natds")
		[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null ;;
	child)
		pid=$(find_child "$2")
		[ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null ;;
	kill)
		deaths=$((deaths + 1))
		kill -KILL "$akind"
		wait "$akind" 2>/dev/null
		start_again ;;
	end)
		stop_akind
		start_again ;;
	drift)
		# A set without the mark at 50100 is not akin's any more.
		number=$(in_force | sed -n "$(($2 % 20 + 1))s/ .*//p" |
		    grep -v '^50100$')
		[ -z "$number" ] || ipfw -q delete "$number" ;;
	nat)
		touch "$host/natd-fails"
		broken=nat ;;
	stranger)
		# Somebody who writes what comes into his head.
		timeout 1 "$AKINCTL" --socket="$host/control" log -n "$2" \
		    >/dev/null 2>&1 ;;
	esac
}

do_policy()
{
	case $1 in
	policy) write_policy "$2" "$3" && broken=${broken#policy} ;;
	broken)
		echo 'zone wan on on' >"$host/policy.akp"
		broken=policy ;;
	half)
		# As an editor writes it, in place and in two goes.
		write_policy "$2" "$3"
		head -c 120 "$host/policy.akp" >"$host/half"
		cp "$host/policy.akp" "$host/whole"
		cat "$host/half" >"$host/policy.akp"
		sleep 0.05
		cat "$host/whole" >"$host/policy.akp"
		broken=${broken#policy} ;;
	esac
}

do_request()
{
	case $1 in
	hangup) kill -HUP "$akind" ;;
	reload | restart) control "$1" ;;
	rollback)
		control rollback
		broken=rollback ;;
	stop)
		control stop
		broken=stop ;;
	undo)
		write_policy "$2" "$3"
		control reload --force --confirm=1
		broken=undone ;;
	status | log) control "$1" ;;
	monitor)
		timeout 0.3 "$AKINCTL" --socket="$host/control" monitor \
		    >/dev/null 2>&1 ;;
	esac
}

do_event()
{
	case $1 in
	down | up | route | noroute | address | machines | nomachines | burst)
		do_network "$@" ;;
	natd | child | kill | end | drift | nat | stranger) do_harm "$@" ;;
	policy | broken | half) do_policy "$@" ;;
	*) do_request "$@" ;;
	esac
}

# --- Between the events ---

mend()
{
	[ "$broken" ] || return 0
	rm -f "$host/natd-fails"
	write_policy 8080 9090
	control start
	broken=
}

# What is wanted changes with the host, so it is asked for each time.
is_settled()
{
	wanted >"$host/wanted"
	is_right
}

# becomes_settled WHEN
becomes_settled()
{
	if wait_for "$settle_seconds" is_settled; then
		settled=$((settled + 1))
		expect 0 ''
	else
		diff "$host/in-force" "$host/wanted"
		expect 1 "another ruleset is in force than is asked for: $1"
	fi
}

# Nothing but the kernel tells akind of the changes that come last.
settle()
{
	mend
	becomes_settled 'all is well again'
	for way in $events $((events + 1)); do
		set_route $((way % 2))
		becomes_settled 'the default route has moved'
		begin_machines
		becomes_settled 'machines have come'
		end_card vboxnet0
		becomes_settled 'machines have gone'
	done
}

# --- What is left in the end ---

list_descriptors()
{
	find "/proc/$akind/fd" -type l -exec readlink {} + |
	    sed 's/[0-9][0-9]*/N/g' | sort
}

resident()
{
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$akind/status"
}

# No work is under way, and all that was asked is answered.
is_quiet()
{
	[ -z "$(find_child 0)" ] && sleep 0.3 && [ -z "$(find_child 0)" ]
}

# Everything but this script and what it waits for, akind, the emulator and one
# natd, if machines are there.
list_strays()
{
	for folder in /proc/[0-9]*; do
		pid=${folder#/proc/}
		case $(tr '\0' ' ' <"$folder/cmdline" 2>/dev/null) in
		*soak.sh* | *unshare* | "$AKIND "* | *ipfw-emu*--start*) ;;
		"$host/natd "*) echo "natd $pid" ;;
		'') sed -n 's/^State:.*Z.*/zombie/p' "$folder/status" ;;
		*) tr '\0' ' ' <"$folder/cmdline" && echo ;;
		esac
	done 2>/dev/null
}

check_strays()
{
	list_strays | grep -v -e '^natd' -e '^tr ' -e '^sed ' -e '^grep ' \
	    >"$host/strays"
	[ ! -s "$host/strays" ]
	expect $? "processes are left: $(head -n 5 "$host/strays")"
	natds=$(list_strays | grep -c '^natd')
	wanted_natds=$(grep -c ' divert ' "$host/wanted")
	[ "$natds" -le 1 ] && [ "$natds" -eq $((wanted_natds > 0)) ]
	expect $? "$natds natd run, and $wanted_natds rules need one"
	find "$host/run" "$host/state" \( -name '*.new*' -o -name '*.tmp*' \) \
	    >"$host/strays"
	[ ! -s "$host/strays" ]
	expect $? "files are left: $(head -n 5 "$host/strays")"
}

# The akind that has seen much, against one that has just begun.
check_growth()
{
	wait_for 20 is_quiet
	expect $? 'akind does not come to rest'
	list_descriptors >"$host/descriptors"
	old_memory=$(resident)
	stop_akind
	expect "$akind_status" "told to end, akind exits with $akind_status"
	start_again
	settle
	wait_for 20 is_quiet
	new_memory=$(resident)
	list_descriptors | diff "$host/descriptors" - >"$host/differences"
	expect $? "other descriptors when it is new: $(cat "$host/differences")"
	[ $((old_memory - new_memory)) -le $growth_max ]
	expect $? "$old_memory KiB of memory, and $new_memory when new"
}

# --- The day ---

make_network()
{
	make_card em0 192.0.2.10/24
	make_card em1 10.1.0.1/24
	ip route add default via 192.0.2.1
}

now()
{
	date +%s
}

make_host
make_network
write_policy 8080 9090
start_again
settle
: >"$host/happened"
begun=$(now) pause_at=$(($(now) + 10))
mkfifo "$host/pipe"
list_events >"$host/pipe" &
lister=$!
while [ $(($(now) - begun)) -lt "$seconds" ] &&
    read -r event first second pause <&3; do
	events=$((events + 1))
	echo "$event" >>"$host/happened"
	do_event "$event" "$first" "$second"
	sleep "$pause"
	if [ "$(now)" -ge $pause_at ]; then
		settle
		pause_at=$(($(now) + 10))
	fi
	if ! kill -0 "$akind" 2>/dev/null; then
		expect 1 'akind has ended'
		start_again
	fi
done 3<"$host/pipe"
kill $lister 2>/dev/null
wait $lister 2>/dev/null

settle
check_strays
check_growth
printf '%d events in %d s, seed %s; %d times it settled; %d KiB, was %d\n' \
    $events "$seconds" "$seed" $settled "$new_memory" "$old_memory"
sort "$host/happened" | uniq -c | sort -rn | awk '{ printf "%s %d, ", $2, $1 }
END { print "each with all that followed" }'
stop_akind
end_host
printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
