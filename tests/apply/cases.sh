# shellcheck shell=sh
# Cases: loading, switching, rolling back, stopping.

case_first_load()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		apply plain-a --dry-run
		expect_status 0
		expect_text 'into set 10'
		expect [ "$(count_changes)" -eq 0 ]
		forget_log
		apply plain-a
		expect_status 0
		expect_text 'set 10 is in force: generation 1'
		expect_sets 10
		expect [ "$(emu sysctl -n net.inet.ip.forwarding)" -eq 1 ]
		expect [ "$(grep -c . "$state/log")" -le 8 ]
		expect [ ! -e "$host/var/run/akin.lock.d" ]
		end_host
	done
}

# The compiler has no privileges; who calls it hands over what it asks for, and
# no more than lies below the policy's folder.
case_policy_that_only_its_owner_may_read()
{
	make_host
	mkdir -p "$host/policy/more"
	cat >"$host/policy/main.akp" <<-'POLICY'
	include "more/zones.akp"
	from wan to self allow tcp 2200 from friends
	POLICY
	cat >"$host/policy/more/zones.akp" <<-'POLICY'
	zone lan on em1 net 10.1.0.0/24
	zone wan on active
	hosts friends from "friends.txt"
	POLICY
	echo 192.0.2.7 >"$host/policy/more/friends.txt"
	chmod -R go= "$host/policy"
	akinc apply "$host/policy/main.akp" --host="$here/policies/host.yaml" \
	    --flavour="$flavour"
	expect_status 0
	expect_text 'set 10 is in force'
	expect [ "$(emu list | grep -c 192.0.2.7)" -gt 0 ]
	echo 'from wan to self allow htp' >>"$host/policy/more/zones.akp"
	akinc apply "$host/policy/main.akp" --host="$here/policies/host.yaml" \
	    --flavour="$flavour"
	expect_status 1
	expect_text "more/zones.akp:4:24: error: no service is named 'htp'"
	[ "$(id -u)" -eq 0 ] || return 0
	echo 192.0.2.8 >"$host/secret"
	chmod 600 "$host/secret"
	echo 'hosts others from "../secret"' >>"$host/policy/main.akp"
	akinc apply "$host/policy/main.akp" --host="$here/policies/host.yaml" \
	    --flavour="$flavour"
	expect_status 1
	expect_text 'secret.: Permission denied'
}

# The printed script leaves no record; its rules' comments name the lines.
case_status_after_the_script()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		"$AKINC" --host="$here/policies/host.yaml" --flavour=$flavour \
		    "$here/policies/plain-a.akp" >"$scratch/script"
		run_script
		akinc status
		expect_status 0
		case $flavour in
		freebsd)
			expect_text ' plain-a.akp:6$' ;;
		darwin)
			expect_text 'lines .* not known' ;;
		esac
		end_host
		rm -rf "$host"
	done
}

case_again_does_nothing()
{
	for policy in kernel-a divert-a; do
		again_does_nothing freebsd $policy
	done
	again_does_nothing darwin divert-a
}

# again_does_nothing FLAVOUR POLICY
again_does_nothing()
{
	make_host "$1"
	apply "$2"
	expect_status 0
	before=$(snapshot)
	forget_log
	apply "$2"
	expect_status 0
	expect_text 'nothing to do'
	expect [ "$(count_changes)" -eq 0 ]
	expect_same host "$before" "$(snapshot)"
	apply "$2" --dry-run
	expect_text 'nothing to do'
	end_host
	rm -rf "$host"
}

case_change_switches_once()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		apply plain-a
		begin_conversations 10.1.0.5
		watch_change
		apply plain-b
		expect_status 0
		expect_seen "$one" "$other"
		expect_sets 11
		expect [ "$(grep -c '^set disable 10 enable 11$' "$state/lines")" -eq 1 ]
		end_host
	done
}

case_status_reads_downwards()
{
	make_host
	apply plain-a
	akinc status
	sed -n 's/^.*[.]akp:\([0-9]*\)$/\1/p' "$host/out" >"$host/lines"
	expect [ "$(wc -l <"$host/lines")" -gt 2 ]
	expect sort -n -c "$host/lines"
}

case_rollback()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		apply plain-a
		apply plain-b
		begin_conversations 10.1.0.5
		watch_change
		akinc rollback
		expect_status 0
		expect_seen "$other" "$one"
		expect_sets 10
		akinc rollback
		expect_status 0
		expect_sets 11
		end_host
	done
}

case_rollback_without_a_former()
{
	make_host
	akinc rollback
	expect_status 3
	expect_text 'no generation to go back to'
	apply plain-a
	akinc rollback
	expect_status 3
	expect_sets 10
}

case_parked_set_is_enabled_again()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		apply plain-a
		apply plain-b
		begin_conversations 10.1.0.5
		forget_log
		watch_change
		apply plain-a
		expect_status 0
		expect_seen "$other" "$one"
		expect_sets 10
		expect [ "$(count_changes)" -eq 1 ]
		end_host
	done
}

case_drained_generation_is_deleted()
{
	make_host
	apply plain-a
	begin_conversations 10.1.0.5
	apply plain-b
	apply kernel-a
	expect_status 0
	# The first has live states still, the second is the way back.
	expect [ -n "$(emu -S list | grep ' set 10 ')" ]
	expect [ -n "$(emu -S list | grep ' set 11 ')" ]
	emu --step 'time +400' >/dev/null
	apply kernel-b
	expect_status 0
	expect [ -z "$(emu -S list | grep ' set 10 ')" ]
	expect_sets 13
}

case_sets_run_out()
{
	make_host
	apply plain-a
	begin_conversations 10.1.0.5
	set=11
	while [ $set -le 29 ]; do
		emu -q add 100 set $set count ip from any to any
		set=$((set + 1))
	done
	emu -q set disable 11
	apply plain-b --take-over --dry-run
	expect_status 3
	expect_text 'sets 10 to 29 hold rules of others'
	emu -q set 12 delete 100
	apply plain-b --take-over
	expect_status 0
	expect_sets 12
	apply kernel-b --dry-run
	expect_text 'delete set 10, a former generation with 3 live states'
	expect_text 'CUTS 3 conversations'
}

case_stop_leaves_what_was_there()
{
	for policy in plain-a kernel-a divert-a lifeline; do
		make_host
		emu -q add 60000 count ip from any to any
		before=$(snapshot)
		apply $policy
		expect_status 0
		akinc stop --dry-run
		expect_status 0
		expect_text 'delete set 10'
		akinc stop
		expect_status 0
		expect_text 'is gone'
		expect_same "host after $policy" "$before" "$(snapshot)"
		akinc stop
		expect_status 0
		expect_text 'nothing of akin is here'
		expect [ -z "$(ls "$host/var/db/akin" "$host/var/run/akin" |
		    grep -e set -e generation -e natd -e nat -e history)" ]
		end_host
		rm -rf "$host"
	done
}

case_stop_leaves_what_others_have_set()
{
	make_host
	apply kernel-a
	emu sysctl net.inet.ip.fw.dyn_max=32768
	akinc stop
	expect_status 0
	expect [ "$(emu sysctl -n net.inet.ip.fw.dyn_max)" -eq 32768 ]
	expect [ "$(emu sysctl -n net.inet.ip.fw.one_pass)" -eq 1 ]
	expect [ "$(emu sysctl -n net.inet.ip.forwarding)" -eq 0 ]
}

case_other_rules_are_refused()
{
	for flavour in freebsd darwin; do
		make_host $flavour
		emu -q add 100 allow ip from any to any via lo0
		emu -q add 200 set 12 deny ip from any to any
		before=$(snapshot)
		apply plain-a
		expect_status 3
		expect_text 'set 0: 100 allow ip from any to any via lo0'
		expect_text 'set 12: 200 deny'
		expect_text --take-over
		expect_same host "$before" "$(snapshot)"
		end_host
	done
}

case_take_over()
{
	make_host
	emu -q add 100 allow ip from any to any via lo0
	emu -q add 200 set 12 deny ip from any to any
	before=$(snapshot)
	apply plain-a --take-over
	expect_status 0
	expect_sets 10
	expect grep -qx 'set disable 0 disable 12 enable 10' "$state/lines"
	akinc stop
	expect_same host "$before" "$(snapshot)"
}

case_rollback_gives_back_what_was_taken_over()
{
	make_host
	apply plain-a
	emu -q add 100 allow ip from any to any via lo0
	before=$(snapshot_in_force)
	apply plain-b --take-over
	expect_status 0
	expect_sets 11
	akinc rollback
	expect_status 0
	expect_same rules "$before" "$(snapshot_in_force)"
}

case_rules_behind_ours_stay()
{
	make_host
	emu -q add 65000 allow ip from any to any
	apply plain-a
	expect_status 0
	expect_sets '0 10'
}

case_rules_in_set_31_are_refused()
{
	make_host
	emu -q add 5 set 31 allow tcp from any to any
	before=$(snapshot)
	apply plain-a --take-over
	expect_status 3
	expect_text 'set 31 cannot be disabled'
	expect_same host "$before" "$(snapshot)"
}

case_lifeline()
{
	make_host
	apply lifeline
	expect_status 0
	expect [ "$(in_force | grep -c ' set 31 ')" -gt 0 ]
	expect_packet accept 'in em0 tcp 203.0.113.77 4000 192.0.2.1 22'
	forget_log
	apply lifeline
	expect_status 0
	expect [ "$(count_changes)" -eq 0 ]
	apply lifeline2
	expect_status 0
	expect_packet accept 'in em0 tcp 203.0.113.9 4000 192.0.2.1 22'
	expect_packet deny 'in em0 tcp 203.0.113.77 4001 192.0.2.1 22'
	apply plain-a
	expect_status 0
	expect_packet deny 'in em0 tcp 203.0.113.9 4002 192.0.2.1 22'
	akinc rollback
	expect_status 0
	expect_packet accept 'in em0 tcp 203.0.113.9 4003 192.0.2.1 22'
}

case_status()
{
	make_host
	akinc status
	expect_status 1
	expect_text 'no generation of akin'
	apply kernel-a
	expect_packet accept 'out em0 tcp 192.0.2.1 4000 198.51.100.7 443'
	akinc status
	expect_status 0
	expect_text 'generation 1 in set 10'
	expect_text 'zone       lan on em1'
	expect_text ' 1  *[0-9]*  .*kernel-a.akp:7'
	akinc status --json
	expect_status 0
	expect_text '"drift":\[\]'
	emu -q set 10 delete 20000
	akinc status
	expect_status 1
	expect_text 'the rules of set 10 are not as they were loaded'
	apply kernel-a
	expect_status 0
	expect_sets 11
	emu sysctl net.inet.ip.fw.one_pass=1
	akinc status
	expect_status 1
	expect_text 'one_pass is not 0'
}

case_meddled_set_is_replaced()
{
	make_host
	apply plain-a
	emu -q set 10 delete 900
	apply plain-a
	expect_status 0
	expect_sets 11
}

case_policy_is_wrong()
{
	make_host
	before=$(snapshot)
	echo 'zone wan on active; nonsense' >"$scratch/wrong.akp"
	akinc apply "$scratch/wrong.akp" --nic=em0
	expect_status 1
	expect_text 'wrong.akp:1'
	expect_same host "$before" "$(snapshot)"
	expect [ "$(grep -c . "$state/log")" -eq 0 ]
}

case_script_and_apply_agree()
{
	for policy in plain-a kernel-a; do
		make_host
		"$AKINC" --host="$here/policies/host.yaml" --flavour=freebsd \
		    "$here/policies/$policy.akp" >"$scratch/script"
		run_script
		expect_status 0
		forget_log
		apply $policy
		expect_status 0
		expect_text 'nothing to do'
		expect [ "$(count_changes)" -eq 0 ]
		apply plain-b
		run_script
		expect_status 0
		expect_sets 10
		akinc stop
		expect_status 0
		expect [ -z "$(in_force)" ]
		expect [ "$(emu sysctl -n net.inet.ip.forwarding)" -eq 0 ]
		end_host
		rm -rf "$host"
	done
}

# The printed script, with this host's commands.
run_script()
{
	ln -sfn "$host/sbin"/* "$host/" 2>/dev/null
	sh -s -- --test-commands "$host" <"$scratch/script" \
	    >"$host/out" 2>"$host/err"
	status=$?
}

# However large a policy is, the number of processes is the same.
case_size_costs_no_processes()
{
	make_host
	awk 'BEGIN {
		for (i = 0; i < 100000; i++)
			printf "%d.%d.%d.%d\n", 11 + i / 16384 / 2, \
			    i / 128 % 128 + 64, i % 128 + 1, 2 * (i % 100) + 1
	}' | sort -u >"$scratch/hosts"
	{
		echo 'zone wan on active'
		echo 'hosts bad from "hosts"'
		echo 'from wan to self {'
		echo '    allow dhcp-client'
		echo '    deny ssh from bad'
		awk 'BEGIN {
			for (i = 0; i < 10000; i++)
				printf "    allow tcp %d from 203.%d.%d.%d " \
				    "limit %d per source\n", 1000 + i, \
				    i % 100, i / 100, i % 250, 1 + i % 50
		}'
		echo '    allow ssh'
		echo '}'
	} >"$scratch/large.akp"
	chmod 755 "$scratch"
	akinc apply "$scratch/large.akp" --nic=em0 --flavour=freebsd
	expect_status 0
	expect [ "$(in_force | grep -c ' set 10 ')" -gt 10000 ]
	expect [ "$(emu table all list | grep -c /32)" -gt 90000 ]
	expect [ "$(grep -c . "$state/log")" -lt 12 ]
	forget_log
	akinc apply "$scratch/large.akp" --nic=em0 --flavour=freebsd
	expect_status 0
	expect_text 'nothing to do'
	expect [ "$(count_changes)" -eq 0 ]
}

# Everything at once: a lifeline, NAT with a module to load, a forwarded port.
# akinc runs itself twice, to compile and to ask who would be cut off.
case_twelve_processes_are_enough()
{
	make_host
	{
		echo 'option lifeline 203.0.113.0/24'
		cat "$here/policies/kernel-forward.akp"
	} >"$scratch/whole.akp"
	chmod 755 "$scratch"
	akinc apply "$scratch/whole.akp" --flavour=freebsd \
	    --host="$here/policies/host.yaml"
	expect_status 0
	expect [ "$(grep -c . "$state/log")" -le 10 ]
	expect [ "$(grep -c kldload "$state/log")" -eq 1 ]
	expect [ "$(in_force | grep -c ' set 31 ')" -gt 0 ]
}
