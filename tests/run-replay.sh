#!/bin/sh
# Feed every file of tests/fuzz/corpus/NAME to the program replay_NAME.
#
# A whole corpus goes to one process.  Only if that process dies are the files
# tried one by one, to name those that kill it.
set -u

corpora=tests/fuzz/corpus
passed=0 failed=0

# Each input alone.  An ending that takes several inputs is a failure too.
replay_singly()
{
	program=$1 corpus=$2 whole=$3
	guilty=0
	for input in "$corpus"/*; do
		if output=$("$program" "$input" 2>&1 </dev/null); then
			passed=$((passed + 1))
		else
			guilty=$((guilty + 1))
			printf '%s: FAILED\n%s\n' "$input" "$output"
		fi
	done
	if [ $guilty -eq 0 ]; then
		guilty=1
		printf '%s: FAILED as a whole\n%s\n' "$corpus" "$whole"
	fi
	failed=$((failed + guilty))
}

for program in "$@"; do
	name=${program##*/replay_}
	corpus=$corpora/$name
	count=$(($(find "$corpus" -type f 2>/dev/null | wc -l)))
	if [ "$count" -eq 0 ]; then
		failed=$((failed + 1))
		printf '%s: FAILED, no input in %s\n' "$name" "$corpus"
	elif whole=$("$program" "$corpus" 2>&1 </dev/null); then
		passed=$((passed + count))
		printf '%s: %d inputs\n' "$name" "$count"
	else
		replay_singly "$program" "$corpus" "$whole"
	fi
done

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
