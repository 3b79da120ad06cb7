# shellcheck shell=sh
# What suites of checks share, to be sourced from the root of the tree: the
# tally, and the words of a complaint.
passed=0 failed=0
shown='' # files whose beginnings are shown with a complaint

pass()
{
	passed=$((passed + 1))
}

# fail COMPLAINT
fail()
{
	failed=$((failed + 1))
	printf '%s\n' "$1"
	# shellcheck disable=SC2086 # files are words
	[ -z "$shown" ] || head -n 12 $shown 2>/dev/null
}

# expect CONDITION-STATUS COMPLAINT: its own status is that of the condition.
expect()
{
	if [ "$1" -eq 0 ]; then
		pass
	else
		fail "$2"
		return 1
	fi
}

# end_suite: the line that tests/tally.sh reads, and the suite's exit status.
end_suite()
{
	printf '%d passed, %d failed\n' "$passed" "$failed"
	[ "$failed" -eq 0 ]
}

# absolute PATH: for a suite that leaves the root of the tree.
absolute()
{
	case $1 in
	/*) echo "$1" ;;
	*) echo "$PWD/$1" ;;
	esac
}
