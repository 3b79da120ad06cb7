# shellcheck shell=sh
# A host that pretends, and what a case expects of it.  $scratch is the folder
# of the case, $scripts holds what akinc printed.

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
