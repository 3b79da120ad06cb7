#!/bin/sh
# Every diagnostic code has an entry in akinc-diagnostics(7) and a golden case
# that shows it, and the manual has no code that does not exist.
set -u

cd "$(dirname "$0")/.." || exit 3
. tests/suite.sh

definitions=compiler/base/diag.def
manual=man/akinc-diagnostics.7

defined=$(sed -nE 's/.*"([EW][0-9]{4})".*/\1/p' $definitions)
explained=$(sed -nE 's/^\.(It|Ss|Sh) .*([EW][0-9]{4}).*/\2/p' $manual \
    2>/dev/null)
shown=$(grep -rhoE '\[[EW][0-9]{4}\]' tests/cases 2>/dev/null | tr -d '[]')

# expect_code CODE LIST COMPLAINT: the code is a line of the list.
expect_code()
{
	printf '%s\n' "$2" | grep -qx "$1"
	expect $? "$1: $3"
}

for code in $defined; do
	expect_code "$code" "$explained" "no entry in $manual"
	expect_code "$code" "$shown" 'no golden case shows it'
done
for code in $explained; do
	expect_code "$code" "$defined" "in $manual, but not in $definitions"
done
for code in $(printf '%s\n' "$defined" | sort | uniq -d); do
	fail "$code: defined twice"
done

end_suite
