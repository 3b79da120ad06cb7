# shellcheck shell=sh
# Cases: natd and in-kernel NAT.  One that did not change is left alone.

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
