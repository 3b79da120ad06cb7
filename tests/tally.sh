#!/bin/sh
# Run suites one after the other and add up what they counted.
#
#     tally.sh NAME COMMAND [NAME COMMAND]...
#
# A suite ends with the line "N passed, N failed", perhaps with ", N skipped".
# Its output goes through; that line is shown with the suite's name before it,
# so that the sum stands alone on the last line of all.  A suite that fails
# without saying how often, or says nothing, is one failure.
set -u

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

total_passed=0 total_failed=0 total_skipped=0

# Let everything through but a closing line, which is kept for the sum.
pass_output()
{
	awk -v closing="$work/closing" '
	held != "" { print held; held = "" }
	/^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/ {
		held = $0
		next
	}
	{ print; fflush() }
	END { print held >closing }'
}

run_suite()
{
	name=$1
	printf '== %s\n' "$name"
	{
		sh -c "$2" </dev/null
		echo $? >"$work/status"
	} | pass_output
	# "3 passed, 1 failed, 2 skipped" has its numbers in odd words.
	read -r passed _ failed _ skipped _ <"$work/closing"
	read -r status <"$work/status"
	if [ -z "$passed" ]; then
		printf '%s: no result, exit code %s\n' "$name" "$status"
		passed=0 failed=1
	elif [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
		printf '%s: exit code %s\n' "$name" "$status"
		failed=1
	fi
	printf '%s: %d passed, %d failed%s\n' "$name" "$passed" "$failed" \
	    "${skipped:+, $skipped skipped}"
	total_passed=$((total_passed + passed))
	total_failed=$((total_failed + failed))
	total_skipped=$((total_skipped + ${skipped:-0}))
}

while [ $# -ge 2 ]; do
	run_suite "$1" "$2"
	shift 2
done

if [ "$total_skipped" -gt 0 ]; then
	printf '%d passed, %d failed, %d skipped\n' \
	    "$total_passed" "$total_failed" "$total_skipped"
else
	printf '%d passed, %d failed\n' "$total_passed" "$total_failed"
fi
[ "$total_failed" -eq 0 ]
