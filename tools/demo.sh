#!/bin/sh
# The main job, shown: a laptop's policy becomes a numbered ruleset, each rule
# beside the line that asked for it.
set -u

akinc=${AKINC:-build/akinc}
policy=policies/laptop.akp
nic=en1

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
cat <<TXT

To load it on a machine with ipfw:
    $akinc $policy | sudo sh
TXT
