# shellcheck shell=sh
# A host in a network namespace of its own: real cards, real routes, and an
# emulated ipfw.  $host is its folder.

: "${host:?}" "${AKIND:?}" "${AKINC:?}" "${IPFW_EMU:?}"
emulator=$IPFW_EMU

# Set $launch, which starts a command in a namespace; false if there are none.
find_launch()
{
	if [ "$(id -u)" -eq 0 ]; then
		launch='unshare --net'
	else
		launch='unshare --user --map-current-user --keep-caps --net'
	fi
	$launch ip link show lo >/dev/null 2>&1
}

make_command()
{
	printf '#!/bin/sh\n%s\n' "$2" >"$host/bin/$1"
	chmod +x "$host/bin/$1"
}

# natd is a sleep by that name, which tells where it runs.
make_natd()
{
	cp "$(command -v sleep)" "$host/natd"
	# shellcheck disable=SC2016 # for the command
	make_command natd '
[ ! -f "'"$host"'/natd-fails" ] || { echo "natd: no" >&2; exit 1; }
arguments=$* file="" port=""
while [ $# -gt 0 ]; do
	case $1 in
	-port) port=$2 && shift ;;
	-pid_file) file=$2 && shift ;;
	esac
	shift
done
life=$(cat "'"$host"'/natd-life" 2>/dev/null)
"'"$host"'/natd" "${life:-600}" </dev/null >/dev/null 2>&1 &
echo $! >"$file"
echo "$! $port $arguments" >>"'"$host"'/natds"'
}

make_commands()
{
	mkdir -p "$host/bin"
	make_command ipfw "IPFW_EMU=$host/socket exec $emulator \"\$@\""
	make_command sysctl \
	    "IPFW_EMU=$host/socket exec $emulator sysctl \"\$@\""
	make_command kldstat 'echo "1 ipfw"; echo "2 ipdivert"; echo "3 ipfw_nat"'
	make_command kldload 'exit 0'
	make_command kldunload 'exit 0'
	make_natd
}

# make_card NAME [ADDRESS]: its cable ends in a card of this host as well.
make_card()
{
	ip link add "$1" type veth peer name "far-$1"
	[ -z "${2:-}" ] || ip addr add "$2" dev "$1"
	ip link set "far-$1" up
	ip link set "$1" up
}

make_host()
{
	mkdir -p "$host"
	chmod 755 "$host"
	: >"$host/natds"
	: >"$host/log"
	mkfifo "$host/sleep"
	make_commands
	ip link set lo up
	"$emulator" --flavour freebsd --default deny --start "$host/socket"
}

end_host()
{
	stop_akind
	while read -r pid _; do
		kill -KILL "$pid" 2>/dev/null
	done <"$host/natds"
	"$emulator" --stop "$host/socket"
}

# --- akind ---

# start_akind [OPTION]...: with the policy $host/policy.akp.
start_akind()
{
	"$AKIND" -f "$host/policy.akp" -s "$host/control" -v \
	    --state-dir="$host/state" --run-dir="$host/run" \
	    --akinc="$AKINC" --ipfw="$host/bin/ipfw" \
	    --natd="$host/bin/natd" --sysctl="$host/bin/sysctl" \
	    --kldstat="$host/bin/kldstat" --kldload="$host/bin/kldload" \
	    --kldunload="$host/bin/kldunload" --flavour=freebsd \
	    --quiet=20 --most=200 --retry=100 --tick=50 --audit=1000 \
	    "$@" 2>>"$host/log" &
	akind=$!
}

stop_akind()
{
	[ "${akind:-}" ] || return 0
	kill "$akind" 2>/dev/null
	wait "$akind"
	akind=''
}

# wait_for SECONDS COMMAND...: until it is true.
wait_for()
{
	tries=$(($1 * 50))
	shift
	while ! "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.02
	done
}

log_has()
{
	grep -q -e "$1" "$host/log"
}

# --- What is in force ---

ipfw()
{
	"$host/bin/ipfw" "$@"
}

# The rules of enabled sets, without their sets.
in_force()
{
	ipfw -S list | sed -e '/^# DISABLED/d' -e '/^65535 /d' \
	    -e 's/ set [0-9]* / /'
}

# What the policy asks for on this host as it is now, as the same ipfw lists it.
wanted()
{
	"$AKINC" --flavour=freebsd --emit=rules "$@" "$host/policy.akp" \
	    >"$host/rules" 2>/dev/null
	"$emulator" --flavour freebsd --default deny --start "$host/other"
	IPFW_EMU=$host/other "$emulator" -q "$host/rules"
	IPFW_EMU=$host/other "$emulator" list | sed '/^65535 /d'
	"$emulator" --stop "$host/other"
}

is_right()
{
	in_force >"$host/in-force"
	cmp -s "$host/in-force" "$host/wanted"
}

# becomes_right [OPTION]...: within three seconds, for akinc's OPTIONs.
becomes_right()
{
	wanted "$@" >"$host/wanted"
	wait_for 3 is_right || {
		diff "$host/in-force" "$host/wanted" >&2
		return 1
	}
}
