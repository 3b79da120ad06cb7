# shellcheck shell=sh
# Each case has a host of its own; see host.sh.

: "${host:?}" "${emulator:?}" "${sleeper:?}" "${jumping:?}"
akind=''

fault()
{
	echo "    $*" >>"$host/faults"
}

# expect WHAT COMMAND...: COMMAND is true.
expect()
{
	what=$1
	shift
	"$@" || fault "$what"
}

# soon WHAT COMMAND...: it becomes true.
soon()
{
	what=$1
	shift
	wait_for 4 "$@" || fault "$what"
}

right()
{
	what=$1
	shift
	becomes_right "$@" 2>>"$host/faults" || fault "$what"
}

write_laptop()
{
	cat >"$host/policy.akp" <<-'POLICY'
	zone vm     on vboxnet*  net 192.168.56.0/24
	zone public on active
	trust vm
	nat vm to public
	from self, vm to public allow http, https, dns, ping
	from public to self allow ssh
	POLICY
	chmod 644 "$host/policy.akp"
}

# A laptop on eth0, with akind at work.
start_laptop()
{
	make_card eth0 192.0.2.10/24
	ip route add default via 192.0.2.1
	write_laptop
	start_akind "$@"
	soon 'it starts' log_has 'generation 1 is in force'
	right 'the ruleset of the start'
}

natd_pid()
{
	pid=$(cat "$host/run/natd.8668.pid" 2>/dev/null) &&
	    kill -0 "$pid" 2>/dev/null && echo "$pid"
}

natd_runs()
{
	[ "$(natd_pid)" ]
}

natd_is_gone()
{
	! natd_runs
}

natd_is_not()
{
	[ "$(natd_pid)" ] && [ "$(natd_pid)" != "$1" ]
}

count_log()
{
	grep -c -e "$1" "$host/log"
}

# is_logged N PATTERN: so often.
is_logged()
{
	[ "$(count_log "$2")" -eq "$1" ]
}

# --- The network changes ---

case_another_card_takes_over()
{
	start_laptop
	make_card eth1 198.51.100.7/24
	ip route add default via 198.51.100.1 metric 10
	ip route del default via 192.0.2.1
	right 'the ruleset for eth1'
	soon 'the log says so' log_has 'active nic changed from eth0 to eth1'
	ip addr add 2001:db8::7/64 dev eth1
	ip addr add 203.0.113.5/24 dev eth1
	right 'another address'
}

case_the_active_card_goes_down()
{
	start_laptop
	make_card vboxnet0 192.168.56.1/24
	right 'NAT for machines'
	soon 'natd runs' natd_runs
	ip link set eth0 down
	right 'no card is active'
	soon 'the log says so' log_has 'active nic changed from eth0 to disabled'
	soon 'NAT stops' natd_is_gone
	ip link set eth0 up
	ip route add default via 192.0.2.1
	right 'the card is back'
	soon 'NAT is back' natd_runs
	ip link del eth0
	right 'the card is pulled out'
	soon 'it is told twice' is_logged 2 'from eth0 to disabled'
}

case_a_host_only_network_comes_and_goes()
{
	start_laptop
	expect 'no NAT without machines' natd_is_gone
	make_card vboxnet0 192.168.56.1/24
	right 'NAT for machines'
	soon 'natd runs' natd_runs
	soon 'it is told what came' log_has 'VirtualBox has made its network'
	ip link del vboxnet0
	right 'no machines'
	soon 'natd is gone' natd_is_gone
	soon 'it is told what went' log_has 'VirtualBox has taken'
	expect 'no rule for NAT' test -z "$(in_force | grep divert)"
}

# What the last apply had loaded need not be asked for; what is gone all the
# same is missed by a step, and then all is asked for.
case_modules_are_known()
{
	make_command kldstat "echo x >>$host/kldstats
	    echo '1 ipfw'; echo '2 ipdivert'; echo '3 ipfw_nat'"
	start_laptop
	expect 'they are asked for' test "$(wc -l <"$host/kldstats")" -eq 1
	ip addr add 192.0.2.12/24 dev eth0
	ip link set eth0 down
	right 'no card is active'
	expect 'and then known' test "$(wc -l <"$host/kldstats")" -eq 1
	mv "$host/bin/ipfw" "$host/bin/ipfw.kept"
	make_command ipfw 'echo "ipfw: setsockopt: Protocol not available" >&2
	    exit 71'
	ip link set eth0 up
	ip route add default via 192.0.2.1
	soon 'it fails' log_has 'Protocol not available'
	mv "$host/bin/ipfw.kept" "$host/bin/ipfw"
	right 'it is tried again'
	expect 'with all questions' test "$(wc -l <"$host/kldstats")" -gt 1
}

# The last of many changes counts, and all of them cost little.
case_a_storm_of_routes()
{
	start_laptop
	make_card eth1 198.51.100.7/24
	i=0
	while [ $i -lt 500 ]; do
		echo 'route replace default via 198.51.100.1 dev eth1'
		echo 'route replace default via 192.0.2.1 dev eth0'
		i=$((i + 1))
	done >"$host/storm"
	echo 'route replace default via 198.51.100.1 dev eth1' >>"$host/storm"
	before=$(count_log 'is in force')
	ip -batch "$host/storm"
	right 'the last route counts'
	applies=$(($(count_log 'is in force') - before))
	expect "1000 changes cost $applies generations" [ $applies -le 5 ]
}

case_events_that_are_lost()
{
	start_laptop
	make_card eth1 198.51.100.7/24
	right 'before'
	kill -STOP "$akind"
	i=0
	while [ $i -lt 5000 ]; do
		echo "route add 10.1.$((i / 250)).$((i % 250))/32 dev eth1"
		i=$((i + 1))
	done >"$host/storm"
	ip -batch "$host/storm"
	ip route replace default via 198.51.100.1 dev eth1
	kill -CONT "$akind"
	right 'what was not told is found'
	expect 'events were lost indeed' log_has 'events were lost'
}

# --- NAT daemons, sleep ---

case_natd_dies()
{
	start_laptop
	make_card vboxnet0 192.168.56.1/24
	soon 'natd runs' natd_runs
	sleep 0.3
	first=$(natd_pid)
	kill -KILL "$first"
	soon 'another natd runs' natd_is_not "$first"
	right 'the rules are as before'
	soon 'it is told' log_has 'natd on eth0 has ended'
}

emulate()
{
	IPFW_EMU=$host/socket "$emulator" --step "$1"
}

# passes PACKET FLAGS: is it let out?
passes()
{
	emulate "$1 $2" >"$host/passed"
	grep -q '^accept\|^= accept' "$host/passed"
}

case_natd_cannot_run_and_machines_are_cut()
{
	machine='fwd vboxnet0 eth0 tcp 192.168.56.10 6000 198.51.100.7 443'
	self='out eth0 tcp 192.0.2.10 5000 198.51.100.7 443'
	start_laptop --retry=60000
	make_card vboxnet0 192.168.56.1/24
	soon 'natd runs' natd_runs
	right 'NAT for machines'
	sleep 0.3
	emulate 'iface lo0 127.0.0.1/8'
	emulate 'iface eth0 192.0.2.10/24'
	emulate 'iface vboxnet0 192.168.56.1/24'
	emulate 'divert 8668 alias 192.0.2.10'
	expect 'a machine asks' passes "$machine" flags=S
	expect 'and goes on' passes "$machine" flags=A
	expect 'the host asks' passes "$self" flags=S
	: >"$host/natd-fails"
	kill -KILL "$(natd_pid)"
	soon 'NAT is left out' log_has 'without NAT'
	expect 'the host goes on' passes "$self" flags=A
	! passes "$machine" flags=A || fault 'the machine leaves untranslated'
	rm "$host/natd-fails"
	ctl restart >/dev/null
	right 'NAT is back, and nothing is cut any more'
}

case_natd_cannot_run()
{
	start_laptop
	make_card vboxnet0 192.168.56.1/24
	soon 'natd runs' natd_runs
	right 'NAT for machines'
	sleep 0.3
	: >"$host/natd-fails"
	kill -KILL "$(natd_pid)"
	right 'the generation without NAT' --without-nat
	expect 'no packet waits for it' test -z "$(in_force | grep divert)"
	rm "$host/natd-fails"
	soon 'it is tried again' natd_runs
	right 'NAT is back'
}

case_natd_keeps_dying()
{
	start_laptop
	echo 0.3 >"$host/natd-life"
	make_card vboxnet0 192.168.56.1/24
	soon 'that is noticed' log_has 'natd keeps ending'
	right 'the generation without NAT' --without-nat
	rm "$host/natd-life"
	soon 'it is tried again' natd_runs
	right 'NAT is back'
}

# wake WORD: three kinds of natd are found after a sleep.
find_natds_after()
{
	make_card vboxnet0 192.168.56.1/24
	soon 'natd runs' natd_runs
	sleep 0.5
	first=$(natd_pid)
	"$@"
	soon 'it wakes' log_has 'woke from sleep'
	sleep 0.5
	expect 'a natd that is fine goes on' [ "$(natd_pid)" = "$first" ]
	kill -STOP "$akind"
	ip addr del 192.0.2.10/24 dev eth0
	ip addr add 192.0.2.77/24 dev eth0
	ip route replace default via 192.0.2.1
	"$@"
	sleep 0.1
	kill -CONT "$akind"
	soon 'one with the wrong address does not' natd_is_not "$first"
	right 'the rules are right'
	first=$(natd_pid)
	kill -STOP "$akind"
	kill -KILL "$first"
	"$@"
	sleep 0.1
	kill -CONT "$akind"
	soon 'a dead one is started anew' natd_is_not "$first"
}

case_wake_told_by_devd()
{
	"$sleeper" devd "$host/devd" <"$host/sleep" &
	echo $! >>"$host/natds"
	exec 5>"$host/sleep"
	soon 'devd listens' test -S "$host/devd"
	start_laptop --devd="$host/devd"
	find_natds_after say_devd
	exec 5>&-
}

say_devd()
{
	echo '!system=ACPI subsystem=Suspend type=\_SB_ notify=0x03' >&5
	echo '!system=ACPI subsystem=Resume type=\_SB_ notify=0x03' >&5
}

case_wake_told_by_logind()
{
	"$sleeper" logind "$host/bus" <"$host/sleep" &
	echo $! >>"$host/natds"
	exec 5>"$host/sleep"
	soon 'the bus listens' test -S "$host/bus"
	DBUS_SYSTEM_BUS_ADDRESS=unix:path=$host/bus
	export DBUS_SYSTEM_BUS_ADDRESS
	start_laptop
	find_natds_after say_logind
	soon 'sleep is told as well' log_has 'going to sleep'
	exec 5>&-
}

say_logind()
{
	echo sleep >&5
	echo wake >&5
}

case_wake_shows_by_the_clock()
{
	AKIND=$jumping AKIND_JUMP=$host/slept
	export AKIND AKIND_JUMP
	echo 0 >"$host/slept"
	start_laptop
	find_natds_after jump
	expect 'by the clock' log_has 'the clock jumped'
}

jump()
{
	read -r slept <"$host/slept"
	echo $((slept + 3600000)) >"$host/slept"
}

# --- The policy changes ---

case_the_policy_is_edited()
{
	start_laptop
	sed -i 's/allow ssh/allow ssh, http/' "$host/policy.akp"
	right 'the new text'
	cp "$host/policy.akp" "$host/good"
	echo 'from nowhere to self allow ssh' >>"$host/policy.akp"
	soon 'the error is told' \
	    log_has "error: .*policy.akp:[0-9]*:[0-9]*: error: .*nowhere"
	expect 'in a line' [ "$(count_log 'akind: error: ')" -eq 2 ]
	expect 'with details below' log_has 'akind:  .* | from nowhere to self'
	expect 'a warning is one' log_has 'akind: warning: .*: warning: '
	sleep 0.3
	in_force >"$host/in-force"
	expect 'a broken text changes nothing' \
	    cmp -s "$host/in-force" "$host/wanted"
	cp "$host/good" "$host/policy.akp"
	sed -i 's/ssh, http/ssh, https/' "$host/policy.akp"
	right 'it is mended'
}

# The host goes on changing while the policy is wrong.
case_a_broken_policy_and_another_card()
{
	echo 'from public to self allow ntp' >"$host/more.akp"
	chmod 644 "$host/more.akp"
	make_card eth0 192.0.2.10/24
	ip route add default via 192.0.2.1
	write_laptop
	echo 'include "more.akp"' >>"$host/policy.akp"
	start_akind
	right 'it starts'
	make_card eth1 198.51.100.7/24
	cp "$host/policy.akp" "$host/good"
	echo 'from nowhere to self allow ssh' >>"$host/policy.akp"
	soon 'the error is told' log_has 'nowhere'
	ip route replace default via 198.51.100.1 dev eth1
	sed "s|^include.*|$(cat "$host/more.akp")|" "$host/good" \
	    >"$host/policy-was.akp"
	is_last_good()
	{
		in_force >"$host/in-force"
		"$AKINC" --flavour=freebsd --emit=rules \
		    "$host/policy-was.akp" 2>/dev/null >"$host/rules"
		! grep -q eth0 "$host/in-force" &&
		    [ "$(grep -c eth1 "$host/in-force")" -eq \
			"$(grep -c eth1 "$host/rules")" ]
	}
	soon 'the last good text follows' is_last_good
	soon 'it is told' log_has 'of the last good policy'
	ctl --json status | grep -q '"state":"failed"' || fault 'status tells'
	echo 'from nowhere to self allow http' >"$host/more.akp"
	ip route replace default via 192.0.2.1 dev eth0
	soon 'and again' is_logged 2 'of the last good policy'
	stop_akind
	start_akind
	ip route replace default via 198.51.100.1 dev eth1
	soon 'after a new start, too' is_last_good
	cp "$host/good" "$host/policy.akp"
	echo 'from public to self allow http' >"$host/more.akp"
	right 'it is mended'
}

case_an_included_file_is_edited()
{
	echo 'from public to self allow ntp' >"$host/more.akp"
	chmod 644 "$host/more.akp"
	make_card eth0 192.0.2.10/24
	ip route add default via 192.0.2.1
	write_laptop
	echo 'include "more.akp"' >>"$host/policy.akp"
	start_akind
	right 'it starts'
	echo 'from public to self allow irc' >"$host/more.akp"
	right 'the new text'
}

case_a_hangup_reads_again()
{
	start_laptop --tick=60000
	sed -i 's/allow ssh/allow ssh, http/' "$host/policy.akp"
	kill -HUP "$akind"
	right 'the new text'
}

# --- Boot and end ---

case_the_rules_stay_when_it_ends()
{
	start_laptop
	in_force >"$host/before"
	stop_akind
	in_force >"$host/after"
	expect 'nothing changed' cmp -s "$host/before" "$host/after"
	start_akind
	soon 'it is back' log_has 'follows'
	sleep 0.5
	in_force >"$host/after"
	expect 'nor by a new start' cmp -s "$host/before" "$host/after"
	expect 'nor is it applied again' [ "$(count_log 'generation')" -eq 1 ]
}

case_boot_brings_back_the_last_good()
{
	start_laptop
	in_force >"$host/before"
	stop_akind
	"$emulator" --stop "$host/socket"
	rm -rf "$host/run"
	"$emulator" --flavour freebsd --default deny --start "$host/socket"
	echo 'not a policy' >"$host/policy.akp"
	start_akind
	soon 'it is told' log_has 'the last good generation is in force'
	in_force >"$host/after"
	expect 'it is what was in force' cmp -s "$host/before" "$host/after"
}

# kill_tree PROCESS: and all that it has started.
kill_tree()
{
	for child in $(cat "/proc/$1/task/$1/children"); do
		kill_tree "$child"
	done
	kill -KILL "$1" 2>/dev/null
}

# The power goes while nobody has confirmed a new text yet.
case_a_power_cut_before_the_confirmation()
{
	start_laptop --tick=60000
	in_force >"$host/before"
	sed -i 's/allow ssh/allow ssh, http/' "$host/policy.akp"
	ctl reload --confirm=20 >/dev/null 2>&1 &
	soon 'it waits' log_has 'waiting 20 s'
	kill_tree "$akind"
	wait "$akind"
	"$emulator" --stop "$host/socket"
	rm -rf "$host/run" "$host"/run.*
	"$emulator" --flavour freebsd --default deny --start "$host/socket"
	start_akind
	soon 'it is told' log_has 'the last good generation is in force'
	soon 'and why' log_has 'nobody has confirmed this policy'
	in_force >"$host/after"
	expect 'the confirmed text is in force' \
	    cmp -s "$host/before" "$host/after"
	ip addr add 192.0.2.99/24 dev eth0
	sleep 0.5
	expect 'and stays so' test -z "$(in_force | grep 'dst-port 22,80')"
	ctl reload --confirm=0 || fault 'it can be asked for'
	right 'the new text'
}

# The same text, but rules that another akin made of it.
case_another_akin_makes_other_rules()
{
	start_laptop
	in_force >"$host/before"
	stop_akind
	sed -i 's/"version": "[^"]*"/"version": "0.0.1"/' \
	    "$host/state/good.json"
	# Stands for what it made of it then.
	sed -i 's/"digest":[ ]*"[0-9a-f]*"/"digest": "0123456789abcdef"/' \
	    "$host/state/good.artefact"
	start_akind
	soon 'it is told' log_has 'makes other rules of this policy'
	in_force >"$host/after"
	expect 'what is in force stays' cmp -s "$host/before" "$host/after"
	ctl --json status | grep -q '"state":"failed"' || fault 'status tells'
	expect 'until somebody says so' ctl reload
	expect 'then it goes on' log_has 'in force again'
}

# The same rules by another akin are nothing to talk about.
case_another_akin_makes_the_same_rules()
{
	start_laptop
	stop_akind
	sed -i 's/"version": "[^"]*"/"version": "0.0.1"/' \
	    "$host/state/good.json"
	start_akind
	ip addr add 192.0.2.12/24 dev eth0
	sleep 0.5
	expect 'it is not told' test -z "$(grep 'other rules' "$host/log")"
	ctl --json status | grep -q '"state":"running"' || fault 'it runs'
}

case_a_service_manager_is_told()
{
	"$sleeper" notify "$host/notify" >"$host/told" &
	echo $! >>"$host/natds"
	soon 'the manager listens' test -S "$host/notify"
	NOTIFY_SOCKET=$host/notify WATCHDOG_USEC=200000
	export NOTIFY_SOCKET WATCHDOG_USEC
	start_laptop
	unset NOTIFY_SOCKET WATCHDOG_USEC
	soon 'it is ready' grep -q '^READY=1' "$host/told"
	soon 'it lives' grep -q '^WATCHDOG=1' "$host/told"
	stop_akind
	soon 'it ends' grep -q '^STOPPING=1' "$host/told"
}

case_in_the_background()
{
	make_card eth0 192.0.2.10/24
	ip route add default via 192.0.2.1
	write_laptop
	start_akind -d -p "$host/pid"
	wait "$akind"
	soon 'there is a pid file' test -s "$host/pid"
	akind=$(cat "$host/pid")
	right 'the ruleset'
	expect 'another one does not start' refuses_another
	kill "$akind"
	soon 'it ends' test ! -f "$host/pid"
	akind=''
}

refuses_another()
{
	! "$AKIND" -f "$host/policy.akp" -s "$host/control2" \
	    --state-dir="$host/state" --run-dir="$host/run" 2>"$host/second" &&
	    grep -q 'another akind runs' "$host/second"
}

# --- Changes by others ---

case_drift_is_told()
{
	start_laptop
	ipfw -q delete 900
	soon 'a rule is gone' log_has 'drift: '
	sleep 1.2
	expect 'told once' [ "$(count_log 'drift: ')" -le 3 ]
	expect 'and left alone' test -z "$(in_force | grep '^00900')"
}

case_drift_is_repaired()
{
	make_card eth0 192.0.2.10/24
	ip route add default via 192.0.2.1
	write_laptop
	echo 'option drift repair' >>"$host/policy.akp"
	start_akind
	right 'it starts'
	ipfw -q delete 900
	soon 'a rule is gone' log_has 'drift: '
	right 'it is back'
}

# --- akinctl ---

ctl()
{
	"$AKINCTL" --socket="$host/control" "$@"
}

case_akinctl_asks()
{
	start_laptop
	expect 'nic' [ "$(ctl nic)" = eth0 ]
	ctl --json status >"$host/status"
	expect 'status' grep -q '"state":"running"' "$host/status"
	expect 'its counters' grep -q '"counters":\[{' "$host/status"
	expect 'what waits for a card' \
	    test "$(ctl status | grep -c 'no card (vboxnet\*)')" -eq 1
	ctl log -n 50 >"$host/told"
	expect 'log' grep -q 'generation 1 is in force' "$host/told"
	expect 'stop' ctl stop
	expect 'nothing of ours is left' test -z "$(in_force)"
	ip addr add 192.0.2.11/24 dev eth0
	sleep 0.3
	expect 'nothing is followed' test -z "$(in_force)"
	expect 'start' ctl start
	right 'all is back'
	sed -i 's/allow ssh/allow ssh, http/' "$host/policy.akp"
	ctl reload || fault 'reload'
	right 'the new text'
	expect 'rollback' ctl rollback
	expect 'the former text' test -z "$(in_force | grep 'dst-port 22,80')"
	ctl start || fault 'start again'
	right 'the new text again'
}

case_a_change_that_nobody_confirms()
{
	start_laptop --tick=60000
	in_force >"$host/before"
	sed -i 's/allow ssh/allow ssh, http/' "$host/policy.akp"
	ctl reload --confirm=1 >/dev/null && fault 'it is not confirmed'
	in_force >"$host/after"
	expect 'it is taken back' cmp -s "$host/before" "$host/after"
	ctl reload --confirm=20 >/dev/null &
	soon 'it waits' log_has 'waiting 20 s'
	expect 'status is told meanwhile' ctl status >/dev/null
	make_card eth1 198.51.100.7/24
	ip route replace default via 198.51.100.1 dev eth1
	soon 'the host waits' log_has 'the host has changed'
	expect 'status says so' test "$(ctl status |
	    grep -c 'is followed when')" -eq 1
	soon 'it is confirmed' ctl confirm
	wait $!
	right 'it is kept, and the host is followed'
}

# Nobody has confirmed it: what was before goes on, for the host as it is.
case_the_host_changes_after_a_refusal()
{
	start_laptop --tick=60000
	make_card eth1 198.51.100.7/24
	sleep 2 # addresses that the cards give themselves are settled
	sed 's/allow ssh/allow ssh, http/' "$host/policy.akp" >"$host/new"
	cp "$host/policy.akp" "$host/good"
	cp "$host/new" "$host/policy.akp"
	ctl reload --confirm=1 >/dev/null && fault 'it is not confirmed'
	ip route replace default via 198.51.100.1 dev eth1
	soon 'it is followed' log_has 'of the last good policy'
	cp "$host/good" "$host/policy.akp"
	right 'by the former text'
	cp "$host/new" "$host/policy.akp"
	expect 'until somebody asks' ctl reload --confirm=0
	right 'for the new one'
}

# --- What it holds ---

count_descriptors()
{
	find "/proc/$akind/fd" 2>/dev/null | wc -l
}

descriptors_are()
{
	is_childless && [ "$(count_descriptors)" -eq "$1" ]
}

is_childless()
{
	[ -z "$(cat "/proc/$akind/task/$akind/children")" ]
}

case_nothing_is_leaked()
{
	start_laptop --audit=60000
	soon 'it is at rest' is_childless
	first=$(count_descriptors)
	for _ in 1 2 3; do
		make_card vboxnet0 192.168.56.1/24
		soon 'natd runs' natd_runs
		sleep 0.3
		ip link del vboxnet0
		soon 'natd is gone' natd_is_gone
		ctl status >/dev/null
	done
	soon "descriptors: $first, then $(count_descriptors)" \
	    descriptors_are "$first"
	soon 'no child is left' is_childless
}
