#!/bin/sh
# Run the scripts that akinc prints with commands that only pretend: ipfw,
# natd, sysctl and others, from the folder fake.  Each case looks at what the
# host is like afterwards.
#
#     run.sh [CASE | 'SITUATION MODE CALL']...    all of them, or these
#
# Whatever fails, and wherever a script is interrupted, the host shall be as it
# was or as it was to be: in four situations each call of a script goes wrong
# in turn.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 3
self=$here/run.sh
AKINC=${AKINC:-$here/../../build/akinc}
emulator=${IPFW_EMU:-${AKINC%/*}/ipfw-emu}
export AKINC emulator LC_ALL=C

# A host.

set_default()
{
	echo "$2" >"$host/state/sysctl/$1"
}

# make_host FLAVOUR [NAME]: a fresh one, in $host.
make_host()
{
	host=$scratch/${2:-$1}
	mkdir -p "$host/var/run" "$host/var/db" "$host/state/sysctl" \
	    "$host/state/disabled" "$host/state/tables" "$host/state/nat" \
	    "$host/state/modules"
	ln -s "$here"/fake/* "$host"
	echo "$1" >"$host/state/flavour"
	for file in rules states natds views; do : >"$host/state/$file"; done
	echo 0 >"$host/state/order"
	set_default net.inet.ip.fw.enable 1
	set_default net.inet.ip.fw.one_pass 1
	set_default net.inet.ip.fw.verbose 0
	set_default net.inet.ip.fw.dyn_max 4096
	set_default net.inet.ip.fw.dyn_ack_lifetime 300
	set_default net.inet.ip.forwarding 0
	set_default net.inet.tcp.tso 1
	if [ "$1" = freebsd ]; then
		set_default net.inet6.ip6.fw.enable 0
		set_default net.inet6.ip6.forwarding 0
		: >"$host/state/modules/ipfw"
	fi
	clear_faults
}

clear_faults()
{
	echo 0 >"$host/state/calls"
	echo none >"$host/state/at"
	: >"$host/state/mode"
	: >"$host/state/log"
}

# put_rule SET NUMBER TEXT: somebody else's.
put_rule()
{
	echo "$2 0 $1 $3" >>"$host/state/rules"
}

# install SCRIPT ARGUMENTS: pipe the script into a shell, as an administrator
# does.  Sets $status.
install()
{
	script=$scripts/$1.sh
	shift
	sh -s -- --test-commands "$host" "$@" <"$script" \
	    >"$host/out" 2>"$host/err"
	status=$?
}

stop_natds()
{
	while read -r number _; do
		kill -KILL "$number" 2>/dev/null
	done <"$host/state/natds"
}

natd_arguments()
{
	while read -r number arguments; do
		! kill -0 "$number" 2>/dev/null ||
		    echo "${arguments% -pid_file*}"
	done <"$host/state/natds"
}

in_force()
{
	"$host/ipfw" -S list | grep -v '^# DISABLED'
}

# All that a script may change, as text.
snapshot()
{
	"$host/ipfw" -S list
	natd_arguments
	(
		cd "$host" || exit 3
		for file in var/run/*; do
			case $file in
			var/run/akin | 'var/run/*') ;;
			*) echo "$file" ;;
			esac
		done
		for file in state/*/net.* state/modules/* state/nat/* \
		    state/tables/*
		do
			[ ! -f "$file" ] || echo "$file: $(cat "$file")"
		done
	)
}

# What a case finds wrong.

fault()
{
	echo "    $*" >>"$scratch/faults"
}

expect()
{
	"$@" || fault "not so: $*"
}

expect_status()
{
	[ "$status" -eq "$1" ] || {
		fault "exit code $status, not $1, and it says:"
		sed 's/^/    /' "$host/err" "$host/out" >>"$scratch/faults"
	}
}

# The script says so, on either stream.
expect_text()
{
	cat "$host/out" "$host/err" | grep -q -e "$1" ||
	    fault "nothing says '$1'"
}

# expect_same WHAT TEXT TEXT
expect_same()
{
	[ "$2" = "$3" ] || {
		fault "$1: not the same"
		printf '%s\n' "$2" >"$scratch/a"
		printf '%s\n' "$3" >"$scratch/b"
		diff "$scratch/a" "$scratch/b" | head -n 12 |
		    cat - "$host/err" | sed 's/^/    /' >>"$scratch/faults"
	}
}

expect_allowed()
{
	[ ! -f "$host/state/forbidden" ] ||
	    fault "forbidden: $(cat "$host/state/forbidden")"
}

count_changes()
{
	grep -c '^[0-9]* changes' "$host/state/log"
}

# expect_packet VERDICT STEP
expect_packet()
{
	answer=$("$emulator" --step "$2")
	[ "${answer%% *}" = "$1" ] || fault "$2: $answer"
}

# Cases.

plain_natd='-interface em0 -port 8668 -use_sockets -same_ports -dynamic'
redirect='-redirect_port tcp 10.1.0.9:22 2222'

case_first_load()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		install shared-$flavour
		expect_status 0
		expect_text 'set 10 is in force'
		expect [ "$(in_force | grep -c ' set 10 ')" = \
		    "$(grep -c '^add' "$scripts/shared-$flavour.sh")" ]
		expect_same natd "$plain_natd" "$(natd_arguments)"
		expect grep -qx 1 "$host/state/sysctl/net.inet.ip.forwarding"
		expect_allowed
		stop_natds
	done
}

case_again_does_nothing()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		install shared-$flavour
		before=$(snapshot)
		clear_faults
		install shared-$flavour
		expect_status 0
		expect_text 'nothing to do'
		expect [ "$(count_changes)" = 0 ]
		expect_same host "$before" "$(snapshot)"
		stop_natds
	done
	make_host freebsd kernel
	install whole-freebsd
	before=$(snapshot)
	clear_faults
	install whole-freebsd
	expect_status 0
	expect [ "$(count_changes)" = 0 ]
	expect_same host "$before" "$(snapshot)"
}

case_changed_policy_switches_once()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		install bare-$flavour
		: >"$host/state/views"
		clear_faults
		install bare2-$flavour
		expect_status 0
		expect_text 'set 11 is in force, disabled is 10'
		expect [ "$(grep -c 'set disable 10 enable 11' \
		    "$host/state/log")" = 1 ]
		expect [ "$(uniq "$host/state/views" | grep -c .)" = 2 ]
		expect [ -f "$host/state/disabled/10" ]
		expect_allowed
	done
}

case_parked_set_is_enabled_again()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		install bare-$flavour
		before=$(in_force)
		install bare2-$flavour
		clear_faults
		install bare-$flavour
		expect_status 0
		expect_same 'rules in force' "$before" "$(in_force)"
		expect [ "$(count_changes)" = 1 ]
	done
}

case_meddled_set_is_not_ours_any_more()
{
	make_host freebsd
	install bare-freebsd
	sed '/^900 /d' "$host/state/rules" >"$scratch/rules"
	mv "$scratch/rules" "$host/state/rules"
	install bare-freebsd
	expect_status 0
	expect_text 'set 11 is in force, disabled is 10'
}

case_other_rules_are_refused()
{
	make_host freebsd
	put_rule 0 100 'allow ip from any to any via lo0'
	put_rule 10 200 'deny ip from any to any'
	before=$(snapshot)
	install bare-freebsd
	expect_status 3
	expect_text 'set 0: 100 allow ip from any to any via lo0'
	expect_text 'set 10: 200 deny'
	expect_text --take-over
	expect_same host "$before" "$(snapshot)"
}

case_take_over()
{
	make_host freebsd
	put_rule 0 100 'allow ip from any to any via lo0'
	put_rule 3 200 'deny ip from any to any'
	install bare-freebsd --take-over
	expect_status 0
	expect grep -q 'ipfw -q set disable 0 disable 3 enable 10' \
	    "$host/state/log"
	expect [ "$(in_force | grep -vc ' set 10 ')" = 1 ]
	expect_allowed
}

case_rules_behind_ours_stay()
{
	make_host freebsd
	put_rule 0 65000 'allow ip from any to any'
	install bare-freebsd
	expect_status 0
	expect [ ! -f "$host/state/disabled/0" ]
}

case_other_rules_in_set_31()
{
	make_host freebsd
	put_rule 31 20 'allow tcp from any to any'
	before=$(snapshot)
	install bare-freebsd --take-over
	expect_status 3
	expect_text 'set 31 cannot be disabled'
	expect_same host "$before" "$(snapshot)"
}

case_dry_run()
{
	make_host freebsd
	put_rule 0 100 'allow ip from any to any via lo0'
	before=$(snapshot)
	install whole-freebsd --take-over -n
	expect_status 0
	for text in 'load module ipfw_nat' 'one_pass to 0' 'into set 10' \
	    'lifeline' 'NAT instance 1: if em0' 'enable set 10, disable 0' \
	    'forwarding to 1'
	do
		expect_text "$text"
	done
	expect [ "$(count_changes)" = 0 ]
	expect_same host "$before" "$(snapshot)"
}

case_unknown_argument()
{
	make_host freebsd
	install bare-freebsd --take-ovr
	expect_status 2
	expect_text '--take-ovr'
	expect [ ! -s "$host/state/log" ]
}

case_only_root()
{
	make_host freebsd
	cat "$scripts/bare-freebsd.sh" >"$scratch/script"
	chmod 755 "$scratch"
	if [ "$(id -u)" -eq 0 ]; then
		su -s /bin/sh nobody -c 'sh -s' <"$scratch/script" \
		    >"$host/out" 2>"$host/err"
	else
		sh -s <"$scratch/script" >"$host/out" 2>"$host/err"
	fi
	status=$?
	expect_status 3
	expect_text 'only root'
}

case_half_a_script_does_nothing()
{
	make_host freebsd
	size=$(wc -c <"$scripts/shared-freebsd.sh")
	at=0
	while [ $at -lt $((size - 1)) ]; do
		head -c $at "$scripts/shared-freebsd.sh" |
		    sh -s -- --test-commands "$host" >>"$host/out" 2>&1
		if [ $at -lt $((size - 60)) ]; then
			at=$((at + 200))
			[ $at -lt $((size - 60)) ] || at=$((size - 60))
		else
			at=$((at + 1))
		fi
	done
	expect [ ! -s "$host/state/log" ]
	expect [ -z "$(ls "$host/var/run")" ]
	# It says nothing, not even that something is missing.
	expect [ "$(grep -c akin: "$host/out")" = 0 ]
}

case_any_shell()
{
	for shell in sh dash 'bash --posix' ksh mksh yash 'busybox sh'; do
		command -v "${shell%% *}" >/dev/null || continue
		make_host freebsd "in-${shell%% *}"
		# shellcheck disable=SC2086 # a command and its option
		$shell -s -- --test-commands "$host" \
		    <"$scripts/shared-freebsd.sh" >"$host/out" 2>"$host/err"
		status=$?
		expect_status 0
		expect_same stderr '' "$(cat "$host/err")"
		stop_natds
	done
}

case_newer_ipfw_lists_otherwise()
{
	make_host freebsd
	: >"$host/state/modern"
	install whole-freebsd
	expect_status 0
	clear_faults
	install whole-freebsd
	expect [ "$(count_changes)" = 0 ]
}

case_rules_that_are_lost_on_the_way()
{
	make_host freebsd
	before=$(snapshot)
	echo 900 >"$host/state/loses"
	install bare-freebsd
	expect_status 3
	expect_text 'load the rules into set 10: listed is .* for 900 deny'
	expect_same host "$before" "$(snapshot)"
	echo 50100 >"$host/state/loses"
	install bare-freebsd
	expect_status 3
	expect_text 'listed is .* rules for'
	expect_same host "$before" "$(snapshot)"
}

case_kernel_that_refuses_in_silence()
{
	make_host freebsd
	before=$(snapshot)
	echo disable >"$host/state/refused"
	install bare-freebsd
	expect_status 3
	expect_text 'the set stays enabled'
	expect_same host "$before" "$(snapshot)"
	echo enable >"$host/state/refused"
	install bare-freebsd
	expect_status 3
	expect_text 'enable set 10: the kernel refuses'
	expect_same host "$before" "$(snapshot)"
	expect_allowed
}

case_ipfw_is_not_loaded()
{
	make_host freebsd
	rm "$host/state/modules/ipfw"
	install bare-freebsd
	expect_status 3
	expect_text 'default_to_accept=1 && kldload ipfw'
	make_host darwin
	rm "$host/state/sysctl/net.inet.ip.fw.enable"
	install bare-darwin
	expect_status 3
	expect [ "$(count_changes)" = 0 ]
}

case_firewall_is_turned_on_last()
{
	make_host freebsd
	set_default net.inet.ip.fw.enable 0
	install shared-freebsd
	expect_status 0
	expect_same order 'ipfw -q set enable 10
sysctl -w net.inet.ip.fw.enable=1
sysctl -w net.inet6.ip6.fw.enable=1
sysctl -w net.inet.ip.forwarding=1' \
	    "$(sed -n '/set enable/,$s/^[0-9]* changes //p' \
	    "$host/state/log")"
	stop_natds
}

case_settings_that_suffice_stay()
{
	make_host freebsd
	set_default net.inet.ip.fw.verbose 2
	set_default net.inet.ip.fw.dyn_max 65536
	install shared-freebsd
	expect_status 0
	expect grep -qx 2 "$host/state/sysctl/net.inet.ip.fw.verbose"
	expect grep -qx 65536 "$host/state/sysctl/net.inet.ip.fw.dyn_max"
	stop_natds
}

case_natd_that_fails()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		: >"$host/state/natd-fails"
		before=$(snapshot)
		install shared-$flavour
		expect_status 3
		expect_text 'start natd on divert port 8668: it does not run'
		expect_same host "$before" "$(snapshot)"
	done
}

case_natd_starts_anew_for_other_arguments()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		install shared-$flavour
		before=$(snapshot)
		echo redirect_port >"$host/state/natd-fails"
		install shared2-$flavour
		expect_status 3
		expect_same 'host after a failure' "$before" "$(snapshot)"
		rm "$host/state/natd-fails"
		install shared2-$flavour
		expect_status 0
		expect_same natd "$plain_natd $redirect" "$(natd_arguments)"
		stop_natds
	done
}

case_natd_that_died_is_started()
{
	make_host freebsd
	install shared-freebsd
	stop_natds
	clear_faults
	install shared-freebsd
	expect_status 0
	expect [ "$(natd_arguments | grep -c .)" = 1 ]
	expect [ "$(count_changes)" = 1 ]
	stop_natds
}

case_natd_that_no_rule_needs_is_stopped()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		install shared-$flavour
		install bare-$flavour
		expect_status 0
		expect_same natd '' "$(natd_arguments)"
		stop_natds
	done
}

case_process_number_of_somebody_else()
{
	make_host freebsd
	mkdir "$host/var/run/akin"
	sleep 60 &
	echo $! >"$host/var/run/akin/natd.8668.pid"
	install bare-freebsd
	expect_status 0
	expect kill -0 $!
	kill $!
}

case_in_kernel_nat()
{
	make_host freebsd
	install whole-freebsd
	expect_status 0
	expect grep -q 'redirect_port tcp 10.1.0.9:22 2222$' "$host/state/nat/1"
	expect grep -qx 0 "$host/state/sysctl/net.inet.tcp.tso"
	clear_faults
	install whole2-freebsd
	expect_status 0
	expect grep -q 'redirect_port tcp 10.1.0.9:22 2223$' "$host/state/nat/1"
	expect [ "$(grep -c 'nat 1 config' "$host/state/log")" = 1 ]
	expect_allowed
}

case_nat_of_somebody_else()
{
	make_host freebsd
	: >"$host/state/modules/ipfw_nat"
	echo 'ip 192.0.2.7 log' >"$host/state/nat/1"
	before=$(snapshot)
	install whole-freebsd
	expect_status 3
	expect_text 'NAT instance 1: it is not ours'
	expect_same host "$before" "$(snapshot)"
	install whole-freebsd --take-over
	expect_status 0
}

case_tables_and_lifeline()
{
	make_host freebsd
	install whole-freebsd
	expect [ "$(wc -l <"$host/state/tables/akin10_1")" -eq 19 ]
	expect [ "$(in_force | grep -c '^00001 set 31 allow')" = 3 ]
	expect grep -q '^10010 .* from table(akin10_1) ' "$host/state/rules"
	install whole2-freebsd
	expect_status 0
	expect [ -f "$host/state/tables/akin11_1" ]
	expect [ "$(in_force | grep -c '^00001 set 31 ')" = 0 ]
	expect [ "$(in_force | grep -c '^00002 set 31 allow')" = 3 ]
	install bare-freebsd
	expect_status 0
	expect [ "$(in_force | grep -c ' set 31 ')" = 1 ]
	expect_allowed
}

case_lifeline_that_is_gone_comes_back()
{
	make_host freebsd
	install whole-freebsd
	before=$(in_force | sed 's/^00002 set 31/00001 set 31/')
	sed '/^1 [0-9]* 31 .* in /d' "$host/state/rules" >"$scratch/rules"
	mv "$scratch/rules" "$host/state/rules"
	install whole-freebsd
	expect_status 0
	expect_same 'rules in force' "$before" \
	    "$(in_force | sed 's/^00002 set 31/00001 set 31/')"
}

# Twenty parked generations; all but set 17 have made many states.
crowd()
{
	n=10
	while [ $n -le 29 ]; do
		put_rule $n ${n}00 'allow udp from any to any keep-state'
		put_rule $n 50100 \
		    "allow ip from any to any // akin 00000000000000$n"
		: >"$host/state/disabled/$n"
		[ $n -eq 17 ] || {
			echo "$n 0${n}00 STATE udp 192.0.2.5 1 <-> 192.0.2.6 1"
			echo "$n 0${n}00 STATE udp 192.0.2.5 2 <-> 192.0.2.6 1"
		} >>"$host/state/states"
		[ "$flavour" = freebsd ] || {
			echo "00000000000000$n"
			echo "$n ${n}00 allow udp from any to any keep-state"
			echo "$n 50100 allow ip from any to any" \
			    "// akin 00000000000000$n"
		} >"$host/var/db/akin/set.$n"
		n=$((n + 1))
	done
	echo '17 01700 STATE udp 192.0.2.5 1 <-> 192.0.2.6 1' \
	    >>"$host/state/states"
}

case_parked_set_with_fewest_states_gives_way()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		mkdir "$host/var/db/akin"
		crowd
		install bare-$flavour
		expect_status 0
		expect_text 'set 17 is in force'
		expect grep -q 'ipfw -q delete set 17' "$host/state/log"
		expect_allowed
	done
}

case_no_set_is_free()
{
	make_host freebsd
	n=10
	while [ $n -le 29 ]; do
		put_rule $n 100 'count ip from any to any'
		: >"$host/state/disabled/$n"
		n=$((n + 1))
	done
	before=$(snapshot)
	install bare-freebsd
	expect_status 3
	expect_text 'sets 10 to 29 hold rules of others'
	expect_same host "$before" "$(snapshot)"
}

case_another_run_is_at_it()
{
	make_host freebsd
	mkdir "$host/var/run/akin.lock.d"
	echo $$ >"$host/var/run/akin.lock.d/pid"
	install bare-freebsd
	expect_status 3
	expect_text 'one is at it'
	expect [ -d "$host/var/run/akin.lock.d" ]
	expect [ "$(count_changes)" = 0 ]
}

# The same scripts with an ipfw that knows packets: what was begun under the
# old rules goes on under the new ones.
case_conversations_survive()
{
	make_host freebsd
	IPFW_EMU=$host/socket
	export IPFW_EMU
	rm "$host/ipfw"
	ln -s "$emulator" "$host/ipfw"
	"$emulator" --start "$IPFW_EMU"
	for step in 'iface em0 192.0.2.5/24' 'divert 8668 pass'; do
		"$emulator" --step "$step"
	done
	install shared-freebsd
	expect_status 0
	to='out em0 tcp 192.0.2.5 1000 198.51.100.7 80'
	from='in em0 tcp 198.51.100.7 80 192.0.2.5 1000'
	expect_packet accept "$to flags=S"
	expect_packet accept "$from flags=SA"
	install shared-freebsd
	expect_text 'nothing to do'
	install bare-freebsd
	expect_status 0
	expect_packet accept "$to flags=A"
	expect_packet accept "$from flags=A"
	expect_packet deny "${from%1000}1001 flags=A"
	install whole-freebsd
	expect_status 0
	install whole2-freebsd
	expect_status 0
	"$emulator" --stop "$IPFW_EMU"
	stop_natds
}

# Faults.  Each situation has an old host and a script that changes it.

begin_situation()
{
	case $1 in
	first)
		make_host freebsd "$1" ;;
	taken-over)
		make_host freebsd "$1"
		install bare-freebsd
		put_rule 0 100 'allow ip from any to any via lo0' ;;
	replaced)
		make_host freebsd "$1"
		install whole-freebsd ;;
	natd-anew)
		make_host darwin "$1"
		install shared-darwin ;;
	esac
	clear_faults
	: >"$host/state/views"
}

change_situation()
{
	case $1 in
	first) install shared-freebsd ;;
	taken-over) install whole-freebsd --take-over ;;
	replaced) install whole2-freebsd ;;
	natd-anew) install shared2-darwin ;;
	esac
}

# What it is like before and after, and which calls are made.
know_situation()
{
	begin_situation "$1"
	known=$work/known/$1.d
	mkdir -p "$known"
	[ -s "$host/state/natds" ] || cp -RP "$host" "$known/host"
	snapshot >"$known/old"
	"$host/ipfw" -q set enable 30
	clear_faults
	change_situation "$1"
	expect_status 0
	cp "$host/state/log" "$host/state/views" "$known"
	snapshot >"$known/new"
	stop_natds
	sort -u "$known/views" -o "$known/views"
}

# try_fault SITUATION MODE CALL
try_fault()
{
	known=$work/known/$1.d
	if [ -d "$known/host" ]; then
		host=$scratch/$1
		cp -RP "$known/host" "$host"
	else
		begin_situation "$1"
	fi
	echo "$2" >"$host/state/mode"
	echo "$3" >"$host/state/at"
	change_situation "$1"
	if [ "$status" -eq 137 ]; then
		clear_faults
		change_situation "$1"
		expect_status 0
	fi
	echo none >"$host/state/at"
	after=$(snapshot)
	case $status in
	0) expect_same 'new host' "$(cat "$known/new")" "$after" ;;
	3) expect_same 'old host' "$(cat "$known/old")" "$after" ;;
	*) expect_status '0 or 3' ;;
	esac
	expect_same 'rules that were in force' '' \
	    "$(sort -u "$host/state/views" | comm -23 - "$known/views")"
	expect_allowed
	stop_natds
}

list_faults()
{
	for situation in $situations; do
		while read -r call kind _; do
			echo "$situation fail $call"
			[ "$kind" = reads ] || {
				echo "$situation late $call"
				echo "$situation kill $call"
				echo "$situation terminate $call"
			}
		done <"$work/known/$situation.d/log"
	done
}

# Running.

# judge NAME: one case more, by what stands in $scratch/faults.
judge()
{
	if [ -s "$scratch/faults" ]; then
		printf '%s: FAILED\n' "$1"
		cat "$scratch/faults"
	else
		echo passed
	fi
	rm -rf "$scratch"
}

run_case()
{
	scratch=$work/host.$$
	mkdir "$scratch" || exit 3
	if [ $# -eq 1 ]; then
		"case_$1"
	else
		try_fault "$@"
	fi
	judge "$*" >"$work/result.$(echo "$*" | tr ' ' .)"
}

if [ "${1:-}" = --one ]; then
	shift
	run_case "$@"
	exit
fi

make_scripts()
{
	for policy in "$here"/policies/*.akp; do
		name=${policy##*/} name=${name%.akp}
		for flavour in freebsd darwin; do
			"$AKINC" --host "$here/policies/host.yaml" \
			    --flavour $flavour "$policy" \
			    >"$scripts/$name-$flavour.sh" 2>"$work/err" ||
			    rm "$scripts/$name-$flavour.sh"
		done
	done
}

work=$(mktemp -d) || exit 3
scripts=$work/scripts
export work scripts
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$scripts" || exit 3
make_scripts

situations='first taken-over replaced natd-anew'
scratch=$work/known
mkdir "$scratch"
for situation in $situations; do
	know_situation "$situation"
done
cat "$scratch/faults" 2>/dev/null
if [ $# -gt 0 ]; then
	printf '%s\n' "$@"
else
	sed -n 's/^case_\([a-z0-9_]*\)()$/\1/p' "$self"
	list_faults
fi >"$work/list"
# A line of the list is the arguments of a process.
xargs -P "${JOBS:-2}" -L 1 "$self" --one <"$work/list"

passed=0 failed=0
while read -r name; do
	result=$work/result.$(echo "$name" | tr ' ' .)
	if [ "$(cat "$result" 2>/dev/null)" = passed ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		cat "$result" || echo "$name: not run"
	fi
done <"$work/list"
printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
