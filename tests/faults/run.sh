#!/bin/sh
# Faults: in each situation, which is a host and a run of akinc that changes it,
# everything goes wrong in turn.
#
#	each call of the applier by which it changes a file or starts a process
#	(inject.c): it is killed there; the call fails; the disk is full from
#	there on
#	each command that it runs (command): it fails, hangs, is killed, before
#	its work and after it, prints garbage, or half of what it should
#	each file that is kept: cut in half
#
# After each case the ruleset in force is wholly the old or wholly the new, as
# the exit code says, what others have loaded is untouched; and the next run
# brings what it is asked for.
#
#	run.sh [SITUATION...]	all, or these
#	run.sh --batch CASE...	by name: SITUATION:KIND:NUMBER[:FILE]
set -u

cd "$(dirname "$0")/../.." || exit 3
self=$PWD/tests/faults/run.sh
export LC_ALL=C NO_COLOR=1
here=$PWD/tests/faults
akinc=${AKINC:-$PWD/build/akinc} emulator=${EMULATOR:-${IPFW_EMU:-}}
emulator=${emulator:-$PWD/build/ipfw-emu} inject=${INJECT:-$PWD/build/inject}
unset IPFW_EMU SSH_CONNECTION
situations='first change divert take-over revoke rollback stop confirm'
host=

. tests/faults/host.sh

# Somebody else's rules, behind all of ours.
put_foreign()
{
	cat >"$host/record" <<-'END'
		add 60000 set 5 count ip from any to any
		add 60010 set 6 deny ip from 203.0.113.7 to any
		set disable 6
	END
	[ "$situation" != take-over ] ||
	    echo 'add 100 allow ip from any to any via lo0' >>"$host/record"
	"$emulator" -q /dev/stdin <"$host/record"
}

policy()
{
	case $situation:$1 in
	divert:* | revoke:new)
		echo "$work/$situation-$1.akp" ;;
	*)
		echo "$here/$1.akp" ;;
	esac
}

# The situation before, made once in $work/SITUATION.
make_situation()
{
	make_host "$work/$situation"
	put_foreign
	case $situation in
	first | take-over) ;;
	*)
		apply --confirm 0 "$(policy old)" ;;
	esac
	[ "$situation" != rollback ] || apply --confirm 0 "$(policy new)"
	record_rules
} >"$work/$situation.log" 2>&1

# What brings another emulator to where this one is.
record_rules()
{
	mv "$host/record" "$work/$situation.rules"
	"$host/sysctl" net.inet.ip.fw.one_pass net.inet.ip.forwarding \
	    net.inet.tcp.tso net.inet.ip.fw.dyn_ack_lifetime \
	    net.inet.ip.fw.dyn_max | sed 's/: /=/' >"$work/$situation.sysctls"
}

# It again.  A command that is to go wrong is the one that can.
begin_situation()
{
	host=$work/$$.host
	cp -R "$work/$situation" "$host"
	rm -f "$host/socket" "$host/sbin/socket"
	"$emulator" --default allow --start "$host/socket"
	export IPFW_EMU="$host/socket"
	"$emulator" -q /dev/stdin <"$work/$situation.rules" >/dev/null
	# shellcheck disable=SC2046 # settings are words
	"$host/sysctl" $(cat "$work/$situation.sysctls") >/dev/null
	[ "$situation" != divert ] || start_natd
	[ "$situation" != revoke ] || converse
	case $kind in
	command-*) ;;
	*)
		ln -s "$host/socket" "$host/sbin/socket"
		ln -sf "$emulator" "$host/sbin/ipfw"
		ln -sf "$emulator" "$host/sbin/sysctl" ;;
	esac
}

# One conversation that both policies admit, two that the old one does.
converse()
{
	"$emulator" --step 'iface em0 192.0.2.2/28' \
	    --step 'iface em1 10.1.0.1/16' --step 'nat 1 alias 192.0.2.2' \
	    --step 'fwd em1 em0 tcp 10.1.0.5 1001 198.51.100.7 443' \
	    --step 'fwd em1 em0 udp 10.1.0.5 1002 198.51.100.7 53' \
	    --step 'in em0 tcp 198.51.100.9 4000 192.0.2.2 22' >/dev/null
}

# The processes of the model are not those of its copy.
start_natd()
{
	for file in "$host"/state/run/natd.*.pid; do
		"$host/natd" 600 </dev/null >/dev/null 2>&1 &
		echo $! >"$file"
	done
}

# The run that is watched; "$@" comes before akinc.
change_situation()
{
	set -- "$@" "$akinc"
	case $situation in
	first | change | divert)
		set -- "$@" apply --confirm 0 "$(policy new)" ;;
	take-over)
		set -- "$@" apply --confirm 0 --take-over "$(policy new)" ;;
	revoke)
		set -- "$@" apply --confirm 0 --revoke "$(policy new)" ;;
	confirm)
		set -- "$@" apply --confirm 1 "$(policy new)" ;;
	rollback | stop)
		set -- "$@" "$situation" ;;
	esac
	case $situation in
	rollback | stop) ;;
	*)
		set -- "$@" --host "$here/host.yaml" --flavour freebsd ;;
	esac
	[ "$situation" != rollback ] || set -- "$@" --confirm 0
	"$@" --timeout 1 --sbin "$host/sbin" --state-dir "$host/state" \
	    >"$host/out" 2>"$host/err" </dev/null
	status=$?
}

# What the situation is like before and after.
know_situation()
{
	situation=$1
	make_situation
	snapshot >"$work/$1.old"
	(cd "$host" && find state -type f | sort) >"$work/$1.files"
	end_host
	kind=command-none
	begin_situation
	snapshot | cmp -s - "$work/$1.old" || echo "$1: the copy is another"
	: >"$host/calls"
	echo none 0 >"$host/fault"
	change_situation "$inject" none 0 "$work/$1.counted"
	[ "$situation" = confirm ] || [ $status -eq 0 ] || {
		echo "$1: exit code $status without a fault"
		cat "$host/err" "$host/out"
	}
	cp "$host/calls" "$work/$1.calls"
	rm -f "$host/fault"
	[ "$situation" != confirm ] ||
	    apply --confirm 0 "$(policy new)" >/dev/null 2>&1
	snapshot >"$work/$1.new"
	end_host
	rm -rf "$host"
}

count()
{
	awk 'END { print NR }' "$1"
}

# list_numbers PREFIX N
list_numbers()
{
	awk -v prefix="$1" -v n="$2" '
	BEGIN { for (i = 1; i <= n; i++) print prefix i }'
}

# A full disk refuses what would take room on it.
list_full()
{
	awk -v prefix="$1:full:" '/ disk$/ { print prefix $1 }' \
	    "$work/$1.counted"
}

# Everywhere the applier is killed; the rest where the steps are others.
list_cases()
{
	calls=$(count "$work/$1.counted")
	list_numbers "$1:kill:" "$calls"
	case $1 in
	change | stop | confirm) list_numbers "$1:fail:" "$calls" ;;
	esac
	[ "$1" != change ] || list_full "$1"
	case $1 in
	take-over | confirm) return ;;
	esac
	for way in fail late kill dead garbage half hang stuck; do
		list_numbers "$1:command-$way:" "$(count "$work/$1.calls")"
	done
	sed "s/^/$1:cut:0:/" "$work/$1.files"
}

# A case.

wrong()
{
	echo "  $*" >>"$work/$case.wrong"
}

# wrong_host WHICH WHAT: and how it differs.
wrong_host()
{
	wrong "$2"
	diff "$work/$situation.$1" "$host/now" | grep '^[<>]' | head -n 6 |
	    sed 's/^/    /' >>"$work/$case.wrong"
}

is_wholly()
{
	cmp -s "$host/now" "$work/$situation.$1"
}

part()
{
	grep "^$1" "$2"
}

is_rules()
{
	is_wholly "$1" ||
	    [ "$(part rule "$host/now")" = \
	    "$(part rule "$work/$situation.$1")" ]
}

# Others' rules; and of ours there is no half, loaded or not.
check_rest()
{
	[ "$(part other "$host/now")" = "$(part other "$work/$situation.old")" ] ||
	    wrong "$1 rules of others are not as they were"
}

check_now()
{
	snapshot >"$host/now"
	is_rules old || is_rules new || wrong 'neither ruleset is in force'
	case $status in
	0)
		is_wholly new || { grep -q damaged "$host/err" && is_rules new; } ||
		    wrong_host new 'success, but not the new host' ;;
	3)
		if grep -q 'not all could be taken back' "$host/err"; then
			is_rules old || wrong 'not the old ruleset'
		elif grep -q 'the guard of the switch was killed' "$host/err"; then
			:
		elif grep -q 'this was not done' "$host/err"; then
			is_rules new || wrong 'not the new ruleset'
		else
			is_wholly old ||
			    wrong_host old 'exit code 3, but not the old host'
		fi ;;
	137) ;;
	*) wrong "exit code $status" ;;
	esac
	check_rest 'now'
}

# A command that hangs is let go, and what a killed run had started ends.
clear_fault()
{
	rm -f "$host/fault"
	tries=30
	while [ $tries -gt 0 ]; do
		change_situation
		grep -q 'is at it' "$host/err" || return
		tries=$((tries - 1))
		sleep 0.1
	done
}

check_next()
{
	clear_fault
	snapshot >"$host/now"
	case $situation in
	confirm)
		[ $status -eq 3 ] || wrong "then exit code $status"
		is_rules old || wrong 'then not the old ruleset' ;;
	rollback)
		is_rules old || is_rules new || wrong 'then neither ruleset' ;;
	*)
		[ $status -eq 0 ] || wrong "then exit code $status"
		is_wholly new || { [ "$kind" = cut ] && is_rules new; } ||
		    wrong_host new 'then not the new host' ;;
	esac
	[ ! -d "$host/state/run.lock.d" ] || wrong 'then a lock is left'
	! part half "$host/now" >/dev/null || wrong 'then half a set is left'
	check_rest 'then'
}

cut_in_half()
{
	size=$(wc -c <"$host/$1")
	head -c $((size / 2)) "$host/$1" >"$host/half"
	cat "$host/half" >"$host/$1"
}

run_case()
{
	case=$(echo "$1" | tr / _)
	situation=${case%%:*}
	rest=${1#*:}
	kind=${rest%%:*}
	rest=${rest#*:}
	begin_situation
	: >"$host/calls"
	case $kind in
	command-*)
		echo "${kind#command-} $rest" >"$host/fault"
		change_situation ;;
	cut)
		cut_in_half "${rest#*:}"
		change_situation ;;
	*)
		change_situation "$inject" "$kind" "$rest" "$host/counted" ;;
	esac
	check_now
	cp "$host/err" "$host/said"
	check_next
	if [ -s "$work/$case.wrong" ]; then
		echo "$case"
		cat "$work/$case.wrong"
		sed "s/^/    /" "$host/said" "$host/err" | head -n 16
		failed=$((failed + 1))
	else
		passed=$((passed + 1))
	fi
	end_host
	rm -rf "$host"
}

# Results are named after a case: process numbers come again.
if [ "${1:-}" = --batch ]; then
	shift
	passed=0 failed=0
	batch=$work/$(echo "$1" | tr / _)
	trap 'end_host; exit 130' HUP INT TERM
	for name; do run_case "$name" >>"$batch.report" 2>&1; done
	echo "$passed $failed" >"$batch.result"
	exit
fi

if ! "$inject" none 0 /dev/null /bin/true; then
	echo 'skipped: nothing can be injected on this machine'
	echo '0 passed, 0 failed, 1 skipped'
	exit
fi
work=$(mktemp -d) || exit 3
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
export work AKINC="$akinc" EMULATOR="$emulator" INJECT="$inject"

[ $# -gt 0 ] || eval "set -- $situations"
for name in old new; do
	sed 's/nat kernel/nat divert/' "$here/$name.akp" \
	    >"$work/divert-$name.akp"
done
sed 's/, dns//; s/self allow ssh/self allow http/' "$here/old.akp" \
    >"$work/revoke-new.akp"
for name; do know_situation "$name"; done
for name; do list_cases "$name"; done >"$work/cases"
# Neighbours in the list are alike; spread over the workers they take alike.
xargs -P "${JOBS:-4}" -n 16 "$self" --batch <"$work/cases"

passed=0 failed=0
for result in "$work"/*.result; do
	read -r more_passed more_failed <"$result"
	passed=$((passed + more_passed)) failed=$((failed + more_failed))
done
cat "$work"/*.report
total=$(count "$work/cases")
[ $((passed + failed)) -eq "$total" ] || {
	echo "$((total - passed - failed)) cases were not run"
	failed=$((failed + 1))
}
echo "$total faults injected"
printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
