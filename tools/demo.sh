#!/bin/sh
# The main job, shown: a laptop's policy becomes a numbered ruleset, each rule
# beside the line that asked for it; then a day on the laptop, whose packets
# are played through that ruleset.
set -u

akinc=${AKINC:-build/akinc}
emulator=${EMULATOR:-build/ipfw-emu}
policy=policies/laptop.akp
played=tools/demo.akp
nic=en1

work=$(mktemp -d) || exit 3
trap '"$emulator" --stop "$work/socket" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

bold='' plain=''
if [ -t 1 ]; then
	bold=$(tput bold 2>/dev/null) plain=$(tput sgr0 2>/dev/null)
fi

title()
{
	printf '\n%s%s%s\n\n' "$bold" "$1" "$plain"
}

title "$policy: a laptop whose virtual machines share its network behind NAT"
cat <<TXT
The card behind 'active' is $nic here.  Below, every line of the policy with
the ipfw rules that it became; --explain prints this.
TXT

title "$akinc --nic $nic --flavour freebsd --explain $policy"
"$akinc" --nic $nic --flavour freebsd --explain $policy || exit

rules_of()
{
	"$akinc" --nic $nic --flavour "$1" --emit=rules $policy
}

title 'The same policy for both flavours of ipfw'
for flavour in freebsd darwin; do
	rules=$(rules_of $flavour 2>/dev/null) || {
		rules_of $flavour >/dev/null
		exit 1
	}
	printf '%-8s %d rules\n' $flavour \
	    "$(printf '%s\n' "$rules" | grep -c '^add ')"
done

# A day on the laptop.

title 'A day on the laptop'
cat <<TXT
$played adds a forwarded port.  Its ruleset is loaded into ipfw-emu, which
does to a packet what ipfw would do.  For each packet: the verdict, the rule
that decided, and the line of the policy that the rule comes from.
TXT

emu()
{
	IPFW_EMU=$work/socket "$emulator" "$@"
}

"$emulator" --start "$work/socket" || exit
emu --step "iface $nic 192.0.2.10/24" &&
    emu --step 'iface vboxnet0 192.168.56.1/24' &&
    emu -q disable one_pass || exit
"$akinc" --nic $nic --flavour freebsd --emit=rules $played >"$work/rules" &&
    emu -q "$work/rules" || exit
emu list >"$work/list"

# The rule of an answer that decided: it made or met the state, or was the
# last but for the anchor.
decider()
{
	printf '%s\n' "$1" | awk '{
		if (match($0, /state@[0-9]+/))
			n = substr($0, RSTART + 6, RLENGTH - 6)
		else if (match($0, /out=accept@[0-9]+/))
			n = substr($0, RSTART + 11, RLENGTH - 11)
		else if (match($0, /rule=[0-9]+/))
			n = substr($0, RSTART + 5, RLENGTH - 5)
		print n + 0
	}'
}

# "laptop.akp:31  allow web, …", or the note of a rule that no line asks for.
origin()
{
	note=$(sed -n "s|^0*$1 .*// *||p" "$work/list" | head -n 1)
	place=${note%%[ ,]*}
	case $place in
	*.akp:*)
		file=policies/${place%:*}
		[ -f "$file" ] || file=tools/${place%:*}
		printf '%s  %s' "$place" \
		    "$(sed -n "${place#*:}s/^ *//p" "$file")" ;;
	*)
		printf '%s' "$note" ;;
	esac
}

# event TEXT PACKET...: play it and print a line of the table.
event()
{
	what=$1
	shift
	answer=$(emu --packet "$*") || exit
	rule=$(decider "$answer")
	printf '%-42s %-7s %5s  %.60s\n' "$what" "${answer%% *}" "$rule" \
	    "$(origin "$rule")"
}

printf '\n%-42s %-7s %5s  %s\n' packet verdict rule 'line of the policy'
web='198.51.100.7 443'
event 'a machine opens a web page' \
    fwd vboxnet0 $nic tcp 192.168.56.10 4000 "$web"
event 'the page comes back to it' \
    fwd $nic vboxnet0 tcp "$web" 192.0.2.10 4000 flags=SA
event 'the laptop asks for a name' \
    out $nic udp 192.0.2.10 5000 198.51.100.53 53
event 'two machines talk' \
    fwd vboxnet0 vboxnet0 tcp 192.168.56.10 4001 192.168.56.11 5900
event 'a machine mounts a disk of the laptop' \
    in vboxnet0 tcp 192.168.56.11 4002 192.168.56.1 2049
event 'a machine tries a port that nobody needs' \
    fwd vboxnet0 $nic tcp 192.168.56.10 4003 198.51.100.7 3389
event 'the owner logs in from outside' \
    in $nic tcp 203.0.113.9 4004 192.0.2.10 22
event 'a friend asks whether the laptop is there' \
    in $nic icmp 203.0.113.9 192.0.2.10
for port in 23 80 445; do
	event "a stranger scans: tcp $port" \
	    in $nic tcp 198.51.100.66 4005 192.0.2.10 $port
done
event 'the stranger pings' in $nic icmp 198.51.100.66 192.0.2.10
event 'the stranger pretends to answer' \
    in $nic tcp 198.51.100.66 443 192.0.2.10 4000 flags=SA
event 'somebody uses the forwarded port' \
    fwd $nic vboxnet0 tcp 203.0.113.20 4006 192.0.2.10 2222
event 'the machine answers' \
    fwd vboxnet0 $nic tcp 192.168.56.10 22 203.0.113.20 4006 flags=SA
event 'a stranger aims at the machine itself' \
    fwd $nic vboxnet0 tcp 198.51.100.66 4007 192.168.56.10 22
event 'a fragment without its beginning' \
    in $nic udp 198.51.100.66 4008 192.0.2.10 53 frag=64
event "a packet with a machine's address" \
    in $nic tcp 192.168.56.10 4009 192.0.2.10 22
event "a packet with the laptop's own address" \
    in $nic tcp 192.0.2.10 4010 192.0.2.10 22

cat <<TXT

To load the policy on a machine with ipfw:
    $akinc $policy | sudo sh
TXT
