# shellcheck shell=sh
# Cases: what goes wrong is taken back, and said.

# replace COMMAND: by a script on the standard input, which may call it by the
# name real.
replace()
{
	rm "$host/sbin/$1"
	{
		echo '#!/bin/sh'
		echo "real() { \"$host/real/$1\" \"\$@\"; }"
		echo "state=$state"
		cat
	} >"$host/sbin/$1"
	chmod +x "$host/sbin/$1"
	mkdir -p "$host/real"
	ln -sf "$here"/fake/* "$host/real"
}

case_no_ipfw()
{
	make_host
	rm "$host/sbin/ipfw"
	apply plain-a
	expect_status 3
	expect_text 'This machine has no ipfw'
	akinc status
	expect_status 3
}

case_ipfw_is_not_loaded()
{
	make_host
	rm "$state/modules/ipfw"
	apply plain-a
	expect_status 3
	expect_text 'default_to_accept=1'
}

case_ipfw_prints_garbage()
{
	make_host
	apply plain-a
	before=$(snapshot)
	for garbage in 'segmentation fault' '00100 set 99 allow' '00100 allow' \
	    'enable 77' 'xyzzy'
	do
		replace ipfw <<-TXT
		real "\$@" | sed '3s/.*/$garbage/'
		TXT
		apply plain-b
		expect_status 3
		expect_text "$garbage"
	done
	ln -sf "$here/fake/ipfw" "$host/sbin/ipfw"
	expect_same host "$before" "$(snapshot)"
}

case_ipfw_hangs()
{
	make_host
	apply plain-a
	before=$(snapshot)
	replace ipfw <<-'TXT'
	if [ -f "$state/hang" ]; then
		rm "$state/hang"
		sleep 30
	fi
	real "$@"
	TXT
	: >"$state/hang"
	apply plain-b --timeout=1
	expect_status 3
	expect_text 'did not end in time and was killed'
	expect_same host "$before" "$(snapshot)"
}

case_refused_rule_names_its_line()
{
	make_host
	before=$(snapshot)
	replace ipfw <<-'TXT'
	sed 's/dst-port 53 out keep-state/dst-port 53 out sideways/' | real "$@"
	TXT
	apply plain-a
	expect_status 3
	expect_text 'sideways'
	expect_text 'asked for by .*plain-a.akp:7'
	expect_text 'the firewall is as it was'
	ln -sf "$here/fake/ipfw" "$host/sbin/ipfw"
	expect_same host "$before" "$(snapshot)"
}

# A kernel that keeps something else than it was told.
case_loaded_otherwise()
{
	make_host
	before=$(snapshot)
	for change in 's/dst-port 53 /dst-port 54 /' 's/recv em1/recv em/' \
	    's/skipto 21000/skipto 22000/' 's/ in setup keep-state/ in/' \
	    '/^add 40000/d'
	do
		replace ipfw <<-TXT
		sed '/^add/{
		$change
		}' | real "\$@"
		TXT
		apply plain-a
		expect_status 3
		expect_text 'the kernel lists'
		expect_text 'the firewall is as it was'
	done
	ln -sf "$here/fake/ipfw" "$host/sbin/ipfw"
	expect_same host "$before" "$(snapshot)"
}

# As later releases list rules.
case_listed_in_other_words()
{
	make_host
	replace ipfw <<-'TXT'
	real "$@" | sed -e 's/ dst-port / /' -e 's/keep-state/& :default/' \
	    -e 's/check-state/& :default/'
	TXT
	apply plain-a
	expect_status 0
	apply plain-a
	expect_status 0
	expect_text 'nothing to do'
	akinc status
	expect_status 0
}

case_killed_run_is_taken_back()
{
	for policy in plain-b kernel-b divert-b; do
		make_host
		apply plain-a
		before=$(snapshot)
		replace sysctl <<-'TXT'
		case $1 in -w) [ ! -f "$state/kill" ] || kill -KILL $PPID ;; esac
		real "$@"
		TXT
		replace ipfw <<-'TXT'
		real "$@"
		grep -q '^set disable 10 enable' "$state/lines" || exit 0
		rm -f "$state/kill"
		kill -KILL $PPID
		TXT
		forget_log
		apply $policy
		expect_status 137
		expect [ -s "$host/var/run/akin.lock.d/undo" ]
		ln -sf "$here/fake/ipfw" "$host/sbin/ipfw"
		# Its last command may outlive it for a moment.
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			akinc status
			grep -q 'a run is under way' "$host/out" || break
			sleep 0.1
		done
		expect_status 1
		expect_text 'a run was interrupted'
		apply plain-a
		expect_status 0
		expect_text 'was interrupted'
		expect_text 'nothing to do'
		expect_same "host after $policy" "$before" "$(snapshot)"
		end_host
		rm -rf "$host"
	done
}

case_script_takes_back_a_killed_run()
{
	make_host
	apply plain-a
	before=$(snapshot_in_force)
	"$AKINC" --host="$here/policies/host.yaml" --flavour=freebsd \
	    "$here/policies/plain-a.akp" >"$scratch/script"
	replace ipfw <<-'TXT'
	real "$@"
	! grep -q '^set disable 10 enable' "$state/lines" || kill -KILL $PPID
	TXT
	forget_log
	apply plain-b
	expect_status 137
	ln -sf "$here/fake/ipfw" "$host/sbin/ipfw"
	run_script
	expect_status 0
	expect_same host "$before" "$(snapshot_in_force)"
	expect [ ! -e "$host/var/run/akin.lock.d" ]
}

case_interrupted()
{
	for signal in INT HUP TERM; do
		make_host
		apply plain-a
		before=$(snapshot)
		replace ipfw <<-TXT
		real "\$@"
		! grep -q '^set disable 10 enable' "\$state/lines" ||
		    kill -$signal \$PPID
		TXT
		forget_log
		apply plain-b
		expect_status 3
		expect_text interrupted
		expect_text 'the firewall is as it was'
		expect_same "host after $signal" "$before" "$(snapshot)"
		end_host
		rm -rf "$host"
	done
}

# A signal that is ignored when a run begins is not heard.
case_not_interrupted()
{
	make_host
	apply plain-a
	replace ipfw <<-'TXT'
	real "$@"
	! grep -q '^set disable 10 enable' "$state/lines" || kill -HUP $PPID
	TXT
	forget_log
	trap '' HUP
	apply plain-b
	trap 'exit 130' HUP
	expect_status 0
	expect_sets 11
}

case_one_at_a_time()
{
	make_host
	replace ipfw <<-'TXT'
	[ ! -f "$state/first" ] || { rm "$state/first"; sleep 3; }
	real "$@"
	TXT
	: >"$state/first"
	"$AKINC" apply "$here/policies/plain-a.akp" --flavour=freebsd \
	    --host="$here/policies/host.yaml" --sbin="$host/sbin" \
	    --state-dir="$host/var/db/akin" --run-dir="$host/var/run/akin" \
	    >"$scratch/out" 2>&1 &
	while [ -f "$state/first" ]; do sleep 0.05; done
	apply plain-b
	expect_status 3
	expect_text 'is at it'
	wait $!
	expect [ $? -eq 0 ]
	expect_sets 10
}

case_state_folder_cannot_be_written()
{
	make_host
	before=$(snapshot)
	: >"$host/var/db/akin"
	apply plain-a
	expect_status 3
	expect_same host "$before" "$(snapshot)"
}

# Files of ours that hold something else are not believed.
case_state_files_are_damaged()
{
	make_host
	apply plain-a
	apply kernel-b
	for file in "$host"/var/db/akin/*; do
		dd if="$file" of="$scratch/half" bs=100 count=1 2>/dev/null
		cp "$scratch/half" "$file"
	done
	akinc status
	expect_status 1
	akinc rollback
	expect_status 3
	expect_sets 11
	apply plain-a
	expect_status 0
	akinc stop
	expect_status 0
	expect [ -z "$(in_force)" ]
}
