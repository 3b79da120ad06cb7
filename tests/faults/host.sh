# shellcheck shell=sh disable=SC2154 # who uses this sets them
# Hosts whose ipfw is the emulator.  $akinc and $emulator are the programs,
# $work is a folder that everybody may read, $here that of this file.

# make_host FOLDER: a host without rules that lets everything pass, in $host.
# Its commands are in $host/sbin; each looks into $host/fault first.
make_host()
{
	host=$1
	rm -rf "$host"
	mkdir -p "$host/sbin" "$host/etc" "$host/state" || exit 3
	for name in ipfw sysctl natd kldstat kldload kldunload; do
		ln -s "$here/command" "$host/sbin/$name"
	done
	ln -s "$emulator" "$host/ipfw"
	ln -s "$emulator" "$host/sysctl"
	: >"$host/etc/resolv.conf"
	"$emulator" --default allow --start "$host/socket" || exit 3
	export IPFW_EMU="$host/socket"
}

end_host()
{
	"$emulator" --stop "$host/socket" 2>/dev/null
	for file in "$host"/state/run/natd.*.pid; do
		[ -f "$file" ] && kill "$(cat "$file")" 2>/dev/null
	done
	:
}

# change COMMAND ARGUMENT...: akinc apply and its kin on $host.
change()
{
	"$akinc" "$@" --sbin "$host/sbin" --state-dir "$host/state"
}

# compile POLICY: apply takes what the compiler needs as well.
apply()
{
	change apply --host "$here/host.yaml" --flavour freebsd "$@"
}

# All that an apply may change, but for what is parked, as host.awk tells it.
snapshot()
{
	{
		"$emulator" -S /dev/stdin <<-'END'
			list
			nat show config
		END
		"$host/sysctl" net.inet.ip.fw.one_pass \
		    net.inet.ip.forwarding net.inet.tcp.tso \
		    net.inet.ip.fw.dyn_ack_lifetime net.inet.ip.fw.dyn_max
	} 2>/dev/null | awk -f "$here/host.awk"
}
