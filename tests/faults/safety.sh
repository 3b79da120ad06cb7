#!/bin/sh
# Changes that undo themselves: the confirmation and who outlives what, the
# probes, the lock-out check, what comes back after a start of the machine.
# Each case has a host of its own, whose ipfw is the emulator.
set -u

cd "$(dirname "$0")/../.." || exit 3
export LC_ALL=C NO_COLOR=1
here=$PWD/tests/faults
akinc=${AKINC:-$PWD/build/akinc} emulator=${IPFW_EMU:-$PWD/build/ipfw-emu}
act=${ACT:-$PWD/build/act}
unset IPFW_EMU SSH_CONNECTION

work=$(mktemp -d) || exit 3
chmod 755 "$work"
host=$work/none
trap 'end_host; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
passed=0 failed=0


. tests/faults/host.sh

# expect CONDITION-STATUS COMPLAINT
expect()
{
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s: %s\n' "$case" "$2"
		head -n 20 "$host/out" "$host/err" 2>/dev/null
	fi
}

expect_status()
{
	expect $((status - $1)) "exit code $status, not $1"
}

expect_text()
{
	cat "$host/out" "$host/err" 2>/dev/null | grep -qF -e "$1"
	expect $? "nothing says '$1'"
}

# expect_host FILE WHAT
expect_host()
{
	snapshot | cmp -s - "$1"
	expect $? "in force is not the $2 ruleset"
}

# A run of akinc on the host, to be waited for.
run()
{
	"$@" >"$host/out" 2>"$host/err" </dev/null
	status=$?
}

# begin_case NAME: a host with the old policy in force.
begin_case()
{
	end_host
	case=$1
	make_host "$work/$1"
	run apply --confirm 0 "$here/old.akp"
	[ $status -eq 0 ] || expect 1 'the old policy cannot be applied'
	: >"$host/err"
}

# wait_for COMMAND: at most ten seconds.
wait_for()
{
	tries=100
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

is_waiting()
{
	[ -f "$host/state/run/confirm.waiting" ]
}

is_over()
{
	[ ! -d "$host/state/run.lock.d" ]
}

guard()
{
	awk '{ print $1 }' "$host/state/run/confirm.waiting"
}

# at_terminal DEED SECONDS: apply the new policy at a terminal.
at_terminal()
{
	"$act" terminal "$1" "$host/out" "$akinc" apply --confirm "$2" \
	    --sbin "$host/sbin" --state-dir "$host/state" \
	    --host "$here/host.yaml" --flavour freebsd "$here/new.akp"
	status=$?
}

# The number is that of akinc, not of a shell.
in_background()
{
	"$akinc" apply "$@" --sbin "$host/sbin" --state-dir "$host/state" \
	    --host "$here/host.yaml" --flavour freebsd \
	    >"$host/background" 2>&1 </dev/null &
	background=$!
}

end_background()
{
	wait $background
	status=$?
}

# What the two look like.
begin_case model
snapshot >"$work/old"
run apply --confirm 0 "$here/new.akp"
snapshot >"$work/new"
! cmp -s "$work/old" "$work/new"
expect $? 'the two policies are one'

# Nobody answers.
begin_case time
run apply --confirm 1 "$here/new.akp"
expect_status 3
expect_text 'it is taken back in 1 seconds unless'
expect_text 'nobody has confirmed it in time'
expect_text 'the firewall is as it was'
expect_host "$work/old" old
run change confirm
expect_status 3
expect_text 'too late'
cmp -s "$host/state/confirmed" "$work/model/state/confirmed"
expect $((! $?)) 'what was taken back is what comes at the next start'

begin_case nothing
run change confirm
expect_status 3
expect_text 'nothing waits'

# Somebody does.
begin_case confirm
in_background --confirm 60 "$here/new.akp"
wait_for is_waiting
expect_host "$work/new" new
run change confirm
expect_status 0
end_background
expect_status 0
expect_host "$work/new" new
is_over
expect $? 'the lock is left'
cmp -s "$host/state/confirmed" "$work/model/state/confirmed"
expect $? 'what was confirmed is not what comes at the next start'
run change confirm
expect_status 0
expect_text 'it has been confirmed before'

begin_case key
at_terminal key 60
expect_status 0
expect_host "$work/new" new

begin_case interrupt
at_terminal interrupt 60
expect_status 3
expect_text 'interrupted: it is taken back'
expect_host "$work/old" old

# The terminal goes, or the akinc that was called, or the guard.
begin_case hangup
at_terminal close 2
is_waiting
expect $? 'the guard has gone with the terminal'
wait_for is_over
expect_host "$work/old" old

begin_case hangup-confirm
at_terminal close 60
run change confirm
expect_status 0
wait_for is_over
expect_host "$work/new" new

begin_case killed
at_terminal kill 2
is_waiting
expect $? 'the guard has gone with the akinc that was called'
wait_for is_over
expect_host "$work/old" old

begin_case orphan
at_terminal close 60
kill -KILL "$(guard)"
expect_host "$work/new" new
run change confirm
expect_status 3
expect_text 'who would keep it is gone'
run change status
expect_text 'interrupted'
run apply --confirm 0 "$here/old.akp"
expect_status 0
expect_text 'the last run was interrupted; it is taken back'
expect_host "$work/old" old

# A command that outlives who started it may still change something.
begin_case straggler
echo 'hang 3' >"$host/fault"
: >"$host/calls"
in_background --confirm 0 --timeout 60 "$here/new.akp"
wait_for test -s "$host/hung"
kill -KILL $background
wait $background 2>/dev/null
rm -f "$host/fault"
run apply --confirm 0 "$here/new.akp"
expect_status 3
expect_text 'is at it'
kill -KILL "$(cat "$host/hung")"
wait_for apply --confirm 0 "$here/new.akp" >"$host/out" 2>&1
expect_host "$work/new" new

# Another run does not come between.
begin_case busy
in_background --confirm 60 "$here/new.akp"
wait_for is_waiting
run apply --confirm 0 "$here/closed.akp"
expect_status 3
expect_text 'is at it'
kill -TERM "$(guard)"
end_background
expect_status 3
expect_host "$work/old" old

# Who comes over the net is asked, and who has no way in is stopped.
begin_case remote
export SSH_CONNECTION='198.51.100.5 50022 192.0.2.2 22'
run apply "$here/closed.akp"
expect_status 3
expect_text 'login-anew would be cut'
expect_text 'closed.akp'
expect_text 'nothing is changed'
expect_host "$work/old" old
in_background "$here/new.akp"
wait_for is_waiting
run change confirm
expect_status 0
end_background
grep -q 'taken back in 60 seconds' "$host/background"
expect $? 'no minute for who comes over the net'
run apply --force --confirm 0 "$here/closed.akp"
expect_status 0
unset SSH_CONNECTION

begin_case resolver
echo 'nameserver 192.0.2.1' >"$host/etc/resolv.conf"
sed 's/, dns//' "$here/new.akp" >"$work/deaf.akp"
run apply --confirm 0 "$work/deaf.akp"
expect_status 3
expect_text 'dns would be cut'
expect_host "$work/old" old

# Where everything passes now, and a lease is there to be lost.
begin_case lease
run change stop
mkdir -p "$host/var/db"
: >"$host/var/db/dhclient.leases.em0"
run apply --confirm 0 "$here/new.akp"
expect_status 3
expect_text 'dhcp would be cut'
expect_text 'allow dhcp-client'
rm "$host/var/db/dhclient.leases.em0"
run apply --confirm 0 "$here/new.akp"
expect_status 0

# Probes.
begin_case probes
"$act" listen "$host/port" &
listener=$!
wait_for test -s "$host/port"
probe="tcp 127.0.0.1 $(cat "$host/port")"
run apply --confirm 0 --probe "$probe" "$here/new.akp"
expect_status 0
expect_host "$work/new" new
# It ends when the old rules come back into force.
mv "$host/sbin/ipfw" "$host/sbin/real"
rm -f "$host/ipfw.real"
cat >"$host/sbin/ipfw" <<END
#!/bin/sh
cat >"$host/lines"
! grep -q '^set disable' "$host/lines" || { kill -KILL $listener && sleep 0.5; }
IPFW_EMU=$host/socket exec "$emulator" "\$@" <"$host/lines"
END
chmod +x "$host/sbin/ipfw"
run apply --confirm 0 --probe "$probe" "$here/old.akp"
expect_status 3
expect_text "the probe \`$probe\` does not pass any more"
expect_host "$work/new" new
run apply --confirm 0 --probe "$probe" "$here/old.akp"
expect_text 'fails already'
expect_status 0
expect_host "$work/old" old
run apply --probe 'tcp www.example.org 80' "$here/old.akp"
expect_status 2

# Live conversations that the policy would not admit.

# expect_packet VERDICT STEP: of the emulator.
expect_packet()
{
	answer=$("$emulator" --step "$2" 2>&1)
	[ "${answer%% *}" = "$1" ]
	expect $? "$2: $answer"
}

# A machine that browses and asks a resolver; a login; a forward; a ping.
converse()
{
	for step in 'iface em0 192.0.2.2/28' 'iface em1 10.1.0.1/16' \
	    'nat 1 alias 192.0.2.2' \
	    'fwd em1 em0 tcp 10.1.0.5 1001 198.51.100.7 443' \
	    'fwd em0 em1 tcp 198.51.100.7 443 192.0.2.2 1001 flags=SA' \
	    'fwd em1 em0 tcp 10.1.0.5 1001 198.51.100.7 443 flags=A' \
	    'fwd em1 em0 udp 10.1.0.5 1002 198.51.100.7 53' \
	    'in em0 tcp 198.51.100.9 4000 192.0.2.2 22' \
	    'out em0 tcp 192.0.2.2 22 198.51.100.9 4000 flags=SA' \
	    'in em0 tcp 198.51.100.9 4000 192.0.2.2 22 flags=A'
	do
		"$emulator" --step "$step" >>"$host/steps" 2>&1
	done
}

# expect_conversations OF-BOTH OF-THE-OLD
expect_conversations()
{
	expect_packet "$1" 'fwd em1 em0 tcp 10.1.0.5 1001 198.51.100.7 443 flags=A'
	expect_packet "$1" 'fwd em0 em1 tcp 198.51.100.7 443 192.0.2.2 1001 flags=A'
	expect_packet "$2" 'fwd em1 em0 udp 10.1.0.5 1002 198.51.100.7 53'
	expect_packet "$2" 'fwd em0 em1 udp 198.51.100.7 53 192.0.2.2 1002'
	expect_packet "$2" 'in em0 tcp 198.51.100.9 4000 192.0.2.2 22 flags=A'
	expect_packet "$2" 'out em0 tcp 192.0.2.2 22 198.51.100.9 4000 flags=A'
}

begin_case revoke
sed 's/, dns//; s/allow ssh/allow http/' "$here/old.akp" >"$work/less.akp"
converse
expect_conversations accept accept
run apply --dry-run --revoke "$work/less.akp"
expect_text 'CUTS 2 conversations'
run apply --confirm 0 "$work/less.akp"
expect_status 0
expect_text '2 live conversations the policy would not admit go on'
expect_text '198.51.100.9 4000 to 192.0.2.2 22'
expect_conversations accept accept
run change rollback --confirm 0
expect_status 0
run apply --confirm 0 --revoke "$work/less.akp"
expect_status 0
expect_conversations accept deny
# It stays cut, and needs no step, until the policy admits it.
run apply --confirm 0 "$work/less.akp"
expect_text 'nothing to do'
expect_conversations accept deny
sed 's/self allow http/self allow https/' "$work/less.akp" >"$work/other.akp"
run apply --confirm 0 "$work/other.akp"
expect_status 0
expect_conversations accept deny
run change rollback --confirm 0
expect_status 0
expect_conversations accept deny
run apply --confirm 0 "$here/old.akp"
expect_status 0
expect_conversations accept accept
# What is taken back is not cut.
run apply --confirm 1 --revoke "$work/less.akp"
expect_status 3
expect_conversations accept accept
run change stop
expect_status 0
"$emulator" -S list | grep -q 'set 1[0-9]'
expect $((! $?)) 'stop leaves rules'

# The machine starts anew while a change waits to be confirmed.
begin_case start
at_terminal close 60
kill -KILL "$(guard)"
end_host
rm -rf "$host/state/run" "$host/state/run.lock.d"
"$emulator" --default allow --start "$host/socket"
run change restore
expect_status 0
expect_host "$work/old" old

end_host
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
