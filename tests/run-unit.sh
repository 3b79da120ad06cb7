#!/bin/sh
# Run test programs made with check(3) and add up their summary lines:
#
#     100%: Checks: 12, Failures: 0, Errors: 0
#
# A program's output is shown only if something in it failed.  One that runs
# no check at all, or ends badly after its last check, has failed.
set -u

# Seconds for a check that hangs: the four of check(3) are not enough for a
# busy machine and the sanitizers.
export CK_DEFAULT_TIMEOUT="${CK_DEFAULT_TIMEOUT:-60}"

passed=0 failed=0

# "CHECKS BAD" over all summary lines of standard input.
sum_checks()
{
	awk '/^[0-9]+%: Checks: / {
		gsub(/[^0-9 ]/, "")
		checks += $2
		bad += $3 + $4
	}
	END { print checks + 0, bad + 0 }'
}

for program in "$@"; do
	output=$("$program" 2>&1 </dev/null)
	status=$?
	counts=$(printf '%s\n' "$output" | sum_checks)
	checks=${counts% *} bad=${counts#* }
	if [ "$bad" -eq 0 ] && { [ "$checks" -eq 0 ] || [ $status -ne 0 ]; }
	then
		checks=$((checks + 1)) bad=1
	fi
	if [ "$bad" -eq 0 ]; then
		printf '%s: %d checks\n' "${program##*/}" "$checks"
	else
		printf '%s: FAILED, exit code %d\n%s\n' "${program##*/}" \
		    $status "$output"
	fi
	passed=$((passed + checks - bad))
	failed=$((failed + bad))
done

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
