#!/bin/sh
# Every diagnostic code has an entry in akinc-diagnostics(7) and a golden case
# that shows it, and the manual has no code that does not exist.
set -u

cd "$(dirname "$0")/.." || exit 3

definitions=compiler/base/diag.def
manual=man/akinc-diagnostics.7
passed=0 failed=0

defined=$(sed -nE 's/.*"([EW][0-9]{4})".*/\1/p' $definitions)
explained=$(sed -nE 's/^\.(It|Ss|Sh) .*([EW][0-9]{4}).*/\2/p' $manual \
    2>/dev/null)
shown=$(grep -rhoE '\[[EW][0-9]{4}\]' tests/cases 2>/dev/null | tr -d '[]')

# expect CODE LIST COMPLAINT: the code is a line of the list.
expect()
{
	if printf '%s\n' "$2" | grep -qx "$1"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s: %s\n' "$1" "$3"
	fi
}

for code in $defined; do
	expect "$code" "$explained" "no entry in $manual"
	expect "$code" "$shown" 'no golden case shows it'
done
for code in $explained; do
	expect "$code" "$defined" "in $manual, but not in $definitions"
done
for code in $(printf '%s\n' "$defined" | sort | uniq -d); do
	failed=$((failed + 1))
	printf '%s: defined twice\n' "$code"
done

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
