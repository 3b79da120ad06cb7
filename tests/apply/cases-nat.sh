# shellcheck shell=sh
# Cases: natd and in-kernel NAT.  One that did not change is left alone, one
# that must change cuts what the plan says, and nothing else.

case_change_behind_in_kernel_nat()
{
	make_host
	apply kernel-a
	begin_conversations 192.0.2.1
	watch_change
	apply kernel-b
	expect_status 0
	expect_seen "$one" "$other"
	expect [ "$(grep -c '^nat [0-9]' "$state/lines")" -eq 1 ]
}

case_change_behind_natd()
{
	make_host
	apply divert-a
	expect_status 0
	begin_conversations 192.0.2.1
	watch_change
	apply divert-b
	expect_status 0
	expect_seen "$one" "$other"
	expect [ "$(grep -c '^natd' "$state/log")" -eq 1 ]
}

case_instance_is_configured_in_place()
{
	make_host
	apply kernel-b
	begin_conversations 192.0.2.1
	apply kernel-forward --dry-run
	expect_text 'drops its packets for a moment'
	expect [ "$(grep -c CUTS "$host/out")" -eq 0 ]
	: >"$state/seen"
	cp "$scratch/go-on" "$state/probes"
	apply kernel-forward
	expect_status 0
	rm "$state/probes"
	expect_same conversations "$goes_on " "$(uniq "$state/seen")"
	expect_packet accept 'fwd em0 em1 tcp 203.0.113.9 5000 192.0.2.1 2222'
	akinc rollback
	expect_status 0
	expect [ "$(emu nat show config)" = 'ipfw nat 1 config if em0 same_ports' ]
}

case_natd_anew_cuts_what_the_plan_says()
{
	make_host
	apply divert-b
	begin_conversations 192.0.2.1
	apply divert-forward --dry-run
	expect_text 'start natd on divert port 8668 anew'
	expect_text 'CUTS 1 conversation$'
	expect [ "$(grep -c CUTS "$host/out")" -eq 1 ]
	apply divert-forward
	expect_status 0
	# The host's own conversations go on, and the other's is begun anew.
	grep -v -e ' 10.1.0.5 ' -e ' 4001 ' "$scratch/go-on" >"$scratch/own"
	while read -r step; do
		expect_packet accept "$step"
	done <"$scratch/own"
	expect [ "$(grep -c . "$scratch/own")" -eq 4 ]
	expect_packet accept 'fwd em1 em0 tcp 10.1.0.5 4003 198.51.100.7 443'
}

case_nat_by_another_method()
{
	make_host
	apply divert-b
	begin_conversations 192.0.2.1
	apply kernel-b --dry-run
	expect_text 'CUTS 1 conversation$'
	expect [ "$(grep -c CUTS "$host/out")" -eq 1 ]
	apply kernel-b
	expect_status 0
	expect [ ! -f "$host/var/run/akin/natd.8668" ]
	expect_packet accept 'out em0 tcp 192.0.2.1 4000 198.51.100.7 443 flags=A'
	akinc rollback
	expect_status 0
	akinc status
	expect_status 0
}

case_natd_that_fails()
{
	make_host
	echo interface >"$state/natd-fails"
	before=$(snapshot)
	apply divert-a
	expect_status 3
	expect_text 'unknown option'
	expect_text 'the firewall is as it was'
	expect_same host "$before" "$(snapshot)"
}

case_natd_that_cannot_be_changed()
{
	make_host
	apply divert-b
	before=$(snapshot)
	echo redirect_port >"$state/natd-fails"
	apply divert-forward
	expect_status 3
	expect_same host "$before" "$(snapshot)"
}

case_natd_that_died_is_started()
{
	make_host
	apply divert-a
	read -r number _ <"$state/natds"
	kill -KILL "$number"
	akinc status
	expect_status 1
	expect_text 'no natd runs on divert port 8668'
	forget_log
	apply divert-a
	expect_status 0
	expect [ "$(count_changes)" -eq 1 ]
	akinc status
	expect_status 0
}

case_process_number_of_somebody_else()
{
	make_host
	mkdir -p "$host/var/run/akin"
	sleep 60 &
	echo $! >"$host/var/run/akin/natd.8668.pid"
	echo -interface >"$host/var/run/akin/natd.8668"
	apply plain-a
	expect_status 0
	akinc stop
	expect_status 0
	expect kill -0 $!
	kill $!
}

case_nat_of_somebody_else()
{
	make_host
	: >"$state/modules/ipfw_nat"
	emu -q nat 1 config ip 192.0.2.7 log
	before=$(snapshot)
	apply kernel-a
	expect_status 3
	expect_text 'NAT instance 1 is not ours'
	expect_same host "$before" "$(snapshot)"
	apply kernel-a --take-over
	expect_status 0
}
