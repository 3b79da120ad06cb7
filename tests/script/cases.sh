# shellcheck shell=sh
# Cases: loading and switching, and what is refused.

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
		expect_text 'set 11 is in force; disabled: 10'
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
	expect_text 'set 11 is in force; disabled: 10'
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
	for number in 5 20; do
		make_host freebsd "other-$number"
		put_rule 31 $number 'allow tcp from any to any'
		before=$(snapshot)
		install whole-freebsd --take-over
		expect_status 3
		expect_text 'set 31 cannot be disabled'
		expect_same host "$before" "$(snapshot)"
	done
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

# rc.d/ipfw hands its firewall_type to firewall_script.
case_firewall_type_of_the_system()
{
	for type in '' UNKNOWN; do
		make_host freebsd "type-$type"
		install bare-freebsd "$type"
		expect_status 0
		expect_text 'in force'
	done
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
