# shellcheck shell=sh
# A router that runs the emulator, and what a case expects of it.  $scratch is
# the folder of the case.

# make_host [FLAVOUR]: a fresh one, in $host.
make_host()
{
	flavour=${1:-freebsd}
	host=$scratch/$flavour
	state=$host/state
	mkdir -p "$host/bin" "$host/sbin" "$state/modules" "$host/var/run" \
	    "$host/var/db"
	ln -s "$here"/fake/* "$host/sbin"
	ln -s "$emulator" "$host/bin/ipfw-emu"
	cp "$(command -v sh)" "$host/bin/natd"
	if [ "$flavour" = darwin ]; then
		: >"$state/darwin"
	else
		: >"$state/modules/ipfw"
	fi
	: >"$state/log"
	: >"$state/natds"
	mkfifo "$state/fifo"
	echo 20000 >"$state/port"
	"$emulator" --flavour "$flavour" --start "$host/socket" || exit 3
	emu --step 'iface em0 192.0.2.1/24' --step 'iface em1 10.1.0.1/24'
}

end_host()
{
	[ -d "${host:-/nonexistent}" ] || return 0
	while read -r number _; do
		kill -KILL "$number" 2>/dev/null
	done <"$state/natds"
	"$emulator" --stop "$host/socket"
}

emu()
{
	IPFW_EMU=$host/socket "$emulator" "$@"
}

# akinc COMMAND ARGUMENTS on this host.  Sets $status.
akinc()
{
	"$AKINC" "$@" --sbin="$host/sbin" --state-dir="$host/var/db/akin" \
	    --run-dir="$host/var/run/akin" >"$host/out" 2>"$host/err"
	status=$?
}

# apply POLICY ARGUMENTS
apply()
{
	applied=$here/policies/$1.akp
	shift
	akinc apply "$applied" --host="$here/policies/host.yaml" \
	    --flavour="$flavour" "$@"
}

# All that a run may change, as text.
snapshot()
{
	emu -S list
	emu set show
	[ "$flavour" = darwin ] || emu table all list
	emu nat show config
	emu sysctl -a | grep -v -e static_count -e dyn_count
	ls "$state/modules"
	while read -r number arguments; do
		! kill -0 "$number" 2>/dev/null ||
		    echo "${arguments% -pid_file*}"
	done <"$state/natds"
}

# The same without the sets that are parked.
snapshot_in_force()
{
	snapshot | grep -v -e '^# DISABLED' -e '^enable' -e '^disable'
}

# What was asked of the system, without what only reads.
count_changes()
{
	{
		grep -E '^(natd|kldload|kldunload|sysctl -w) ' "$state/log"
		[ ! -f "$state/lines" ] ||
		    grep -E '^(add|delete|table .* (create|add|destroy)|set [0-9]* delete|set (en|dis)able|nat .*(config|delete))' \
			"$state/lines" | grep -v '^nat show'
	} | grep -c .
}

forget_log()
{
	: >"$state/log"
	rm -f "$state/lines"
}

in_force()
{
	emu -S list | grep -v '^# DISABLED' | grep -v '^65535'
}

# The sets in force, of those that have rules.
sets_in_force()
{
	in_force | sed 's/.* set \([0-9]*\) .*/\1/' | sort -un |
	    tr '\n' ' ' | sed 's/ $//'
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

# The run says so, on either stream.
expect_text()
{
	cat "$host/out" "$host/err" | grep -q -e "$1" || {
		fault "nothing says '$1'"
		sed 's/^/    /' "$host/err" "$host/out" >>"$scratch/faults"
	}
}

expect_sets()
{
	[ "$(sets_in_force)" = "$1" ] ||
	    fault "in force are the sets $(sets_in_force), not $1"
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

# expect_packet VERDICT STEP
expect_packet()
{
	answer=$(emu --step "$2")
	[ "${answer%% *}" = "$1" ] || fault "$2: $answer"
}

# Conversations that both policies of a pair allow, each begun.

begin_conversations()
{
	expect_packet accept 'out em0 tcp 192.0.2.1 4000 198.51.100.7 443'
	expect_packet accept 'in em0 tcp 198.51.100.7 443 192.0.2.1 4000 flags=SA'
	expect_packet accept 'fwd em1 em0 tcp 10.1.0.5 4001 198.51.100.7 443'
	expect_packet accept "fwd em0 em1 tcp 198.51.100.7 443 $1 4001 flags=SA"
	expect_packet accept 'in em0 tcp 203.0.113.9 4002 192.0.2.1 2200'
	expect_packet accept 'out em0 tcp 192.0.2.1 2200 203.0.113.9 4002 flags=SA'
	cat >"$scratch/go-on" <<-TXT
	out em0 tcp 192.0.2.1 4000 198.51.100.7 443 flags=A
	in em0 tcp 198.51.100.7 443 192.0.2.1 4000 flags=A
	fwd em1 em0 tcp 10.1.0.5 4001 198.51.100.7 443 flags=A
	fwd em0 em1 tcp 198.51.100.7 443 $1 4001 flags=A
	in em0 tcp 203.0.113.9 4002 192.0.2.1 2200 flags=A
	out em0 tcp 192.0.2.1 2200 203.0.113.9 4002 flags=A
	TXT
}

# Beside them, packets that the two policies judge otherwise: 80 is of the one
# alone, 22 and 2300 are of the other.
watch_change()
{
	: >"$state/slow"
	: >"$state/seen"
	{
		cat "$scratch/go-on"
		echo 'out em0 tcp 192.0.2.1 PORT 198.51.100.7 80'
		echo 'fwd em1 em0 tcp 10.1.0.6 PORT 198.51.100.8 22'
		echo 'in em0 tcp 203.0.113.7 PORT 192.0.2.1 2300'
		echo 'fwd em1 em0 tcp 10.1.0.7 PORT 198.51.100.8 80'
		echo 'in em0 tcp 203.0.113.7 PORT 192.0.2.1 25'
	} >"$state/probes"
}

# What each line of "seen" is if all packets meet the one policy, or the other.
goes_on='accept accept accept accept accept accept'
one="$goes_on accept deny deny accept deny "
other="$goes_on deny accept accept deny deny "

# expect_seen FIRST LAST: all packets met FIRST, and from some moment LAST.
expect_seen()
{
	rm -f "$state/probes" "$state/slow"
	seen=$(uniq "$state/seen")
	wanted=$(printf '%s\n%s' "$1" "$2")
	[ "$seen" = "$wanted" ] || {
		fault 'packets met something else than the one or the other:'
		uniq -c "$state/seen" | sed 's/^/    /' >>"$scratch/faults"
	}
	moments=$(($(grep -c . "$state/seen") + $(cat "$work/moments")))
	echo $moments >"$work/moments"
}
