#!/bin/sh
# Run the golden cases: tests/cases/TOPIC/NAME.akp, and beside each policy the
# files that say what akinc shall answer.  The suffix of such a file decides
# what is run, always in the case's own directory:
#
#     .ast .ir .dot          akinc --emit=SUFFIX
#     .rules-FLAVOUR         akinc --emit=rules --flavour=FLAVOUR
#     .rules-FLAVOUR-O0      the same with -O0
#     .sh-FLAVOUR            akinc --emit=sh --flavour=FLAVOUR
#     .explain               akinc --explain
#     .fmt                   akinc fmt, and once more on its own output
#     .json                  akinc check --json
#     .err                   standard error of akinc check; exit code 1 if it
#                            tells of an error, else 0
#     .err-FLAVOUR           standard error of akinc --emit=rules: exit code 1,
#                            nothing on standard output
#     .test .junit .results  akinc test, with NAME.yaml if there is one; as TAP,
#                            as JUnit's XML, as JSON
#     .mutants               akinc test --mutate
#     .why                   akinc why, about the packet in NAME.args
#     .diff                  akinc diff of old/NAME.akp and NAME.akp
#     .query                 akinc query, the question in NAME.args
#     .lockout .lockout-json akinc lockout, with the questions in NAME.args
#     .revoked .revoked-json akinc revoked, with the file in NAME.args
#     .err-test .err-why .err-lockout .err-revoked
#                            standard error of these, if they are refused
#
# NAME.args, one line, holds further arguments.  A policy without an
# expectation is a failure.  Policies that others include stand one folder
# deeper.
#
#     run-cases.sh [--update] [CASE.akp | FOLDER | EXPECTATION]...
#
# --update writes what akinc says now into the expectations, and makes those
# that are named and do not exist.  It refuses what no expectation may hold: a
# crash, or the wrong exit code.
set -u

shown_lines=40
batch_size=24

root=$(cd "$(dirname "$0")/.." && pwd) || exit 3
self=$root/tests/run-cases.sh
export LC_ALL=C NO_COLOR=1
# An exit code that no test takes for akinc's own.
export ASAN_OPTIONS="exitcode=99:${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="exitcode=99:${UBSAN_OPTIONS:-}"

# One expectation.

akinc()
{
	# shellcheck disable=SC2086 # the words of $limit and of the .args file
	$limit "$AKINC" "$@" $arguments >"$out" 2>"$err" </dev/null
	status=$?
}

# The tests of a policy, and those of the file beside it.
ask_test()
{
	set -- "$2" "$1.akp" "$1.yaml"
	[ -f "$3" ] || set -- "$1" "$2"
	kind=$1
	shift
	case $kind in
	test)
		akinc test "$@" ;;
	junit)
		akinc test --format=junit "$@" ;;
	results)
		akinc test --format=json "$@" ;;
	mutants)
		akinc test --mutate "$@" ;;
	err-test)
		answer=$err allowed=1
		akinc test "$@" ;;
	esac
}

# Run akinc as SUFFIX asks for.  Sets $status, the codes that are $allowed, and
# the file that holds the $answer.
ask()
{
	policy=$1.akp suffix=$2
	allowed=0 answer=$out
	case $suffix in
	ast | ir | dot)
		akinc --emit="$suffix" "$policy" ;;
	rules-*-O0)
		flavour=${suffix#rules-}
		akinc --emit=rules --flavour="${flavour%-O0}" -O0 "$policy" ;;
	rules-*)
		akinc --emit=rules --flavour="${suffix#rules-}" "$policy" ;;
	sh-*)
		akinc --emit=sh --flavour="${suffix#sh-}" "$policy" ;;
	explain)
		akinc --explain "$policy" ;;
	fmt)
		arguments=
		akinc fmt "$policy" ;;
	json)
		allowed='0 1'
		akinc check --json "$policy" ;;
	err)
		answer=$err
		akinc check "$policy"
		allowed=$(grep -q ': error: ' "$err" && echo 1 || echo 0) ;;
	test | junit | results | mutants | err-test)
		allowed='0 1'
		ask_test "$1" "$suffix" ;;
	why)
		akinc why "$policy" ;;
	lockout | revoked)
		allowed='0 1'
		akinc "$suffix" "$policy" ;;
	lockout-json | revoked-json)
		allowed='0 1'
		akinc "${suffix%-json}" --json "$policy" ;;
	err-lockout | err-revoked)
		answer=$err allowed='1 2'
		akinc "${suffix#err-}" "$policy" ;;
	err-why)
		answer=$err allowed='1 2'
		akinc why "$policy" ;;
	diff)
		allowed='0 1'
		akinc diff "old/$policy" "$policy" ;;
	query)
		allowed='0 1'
		akinc query "$policy" ;;
	err-query)
		answer=$err allowed=2
		akinc query "$policy" ;;
	err-*)
		answer=$err allowed=1
		akinc --emit=rules --flavour="${suffix#err-}" "$policy" ;;
	*)
		status=none ;;
	esac
}

# What no expectation can make right.  Prints the reason.
find_fault()
{
	case " $allowed " in
	*" $status "*) ;;
	*)
		echo "exit code $status, not ${allowed% *}"
		head -n "$shown_lines" "$err"
		return 0 ;;
	esac
	case $suffix in
	err-*)
		[ -s "$out" ] && echo 'standard output is not empty' ;;
	fmt)
		cp "$out" "$scratch/again.akp"
		akinc fmt "$scratch/again.akp"
		cmp -s "$scratch/again.akp" "$out" && return 1
		echo 'formatting the output again changes it'
		diff -u "$scratch/again.akp" "$out" | head -n "$shown_lines" ;;
	*)
		return 1 ;;
	esac
}

# fail NAME: the reason stands in $scratch/fault.
fail()
{
	failed=$((failed + 1))
	printf '%s: FAILED\n' "$topic/$1"
	cat "$scratch/fault"
}

# try NAME SUFFIX: compare, or write with $update.
try()
{
	expectation=$1.$2
	arguments=
	if [ -f "$1.args" ]; then
		read -r arguments <"$1.args"
	fi
	ask "$1" "$2"
	if [ "$status" = none ]; then
		echo 'no such kind of expectation' >"$scratch/fault"
		fail "$expectation"
	elif find_fault >"$scratch/fault"; then
		fail "$expectation"
	elif cmp -s "$expectation" "$answer"; then
		passed=$((passed + 1))
	elif [ "$update" ]; then
		cp "$answer" "$expectation"
		passed=$((passed + 1))
		printf '%s: written\n' "$topic/$expectation"
	else
		diff -u "$expectation" "$answer" 2>&1 |
		    head -n "$shown_lines" >"$scratch/fault"
		fail "$expectation"
	fi
}

# One batch: a process of xargs.

# try_case FILE: a policy with all its expectations, or one expectation.
try_case()
{
	topic=${1%/*}
	file=${1##*/}
	cd "$root/tests/cases/$topic" || exit 3
	name=${file%%.*}
	if [ "$file" != "$name.akp" ]; then
		try "$name" "${file#*.}"
		return
	fi
	found=
	for expectation in "$name".*; do
		case $expectation in
		*.akp | *.args | *.yaml) continue ;;
		esac
		found=yes
		try "$name" "${expectation#*.}"
	done
	[ "$found" ] && return
	echo 'no expectation stands beside it' >"$scratch/fault"
	fail "$file"
}

run_batch()
{
	scratch=$work/$$
	mkdir "$scratch" || exit 3
	out=$scratch/out err=$scratch/err
	limit=$(command -v timeout >/dev/null && echo timeout 60)
	passed=0 failed=0
	for case; do
		try_case "$case"
	done >"$scratch/report"
	# The first name, so that reports are shown in the order of the cases.
	printf '%s %d %d %d %s\n' "$1" $passed $failed $# "$scratch/report" \
	    >"$scratch/result"
}

# All of them.

# The cases that the arguments name, from tests/cases, one a line.
list_cases()
{
	[ $# -gt 0 ] || set -- "$root/tests/cases"
	for operand; do
		case $operand in
		/*) ;;
		*) operand=$PWD/$operand ;;
		esac
		if [ -d "$operand" ]; then
			find "$operand" -name '*.akp'
		else
			echo "$operand"
		fi
	done | sed "s|^.*/tests/cases/||" | awk -F/ 'NF == 2' | sort
}

if [ "${1:-}" = --batch ]; then
	shift
	run_batch "$@"
	exit
fi

update=
if [ "${1:-}" = --update ]; then
	update=yes
	shift
fi
AKINC=${AKINC:-$root/build/akinc}
case $AKINC in
/*) ;;
*) AKINC=$PWD/$AKINC ;;
esac
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
export AKINC update work

list_cases "$@" >"$work/list"
total=$(($(wc -l <"$work/list")))
if [ "$total" -gt 0 ]; then
	xargs -P "${JOBS:-2}" -n $batch_size "$self" --batch <"$work/list"
fi

cat "$work"/*/result 2>/dev/null | sort >"$work/results"
passed=0 failed=0 seen=0
while read -r _ more_passed more_failed cases report; do
	passed=$((passed + more_passed))
	failed=$((failed + more_failed))
	seen=$((seen + cases))
	cat "$report"
done <"$work/results"
if [ $seen -ne "$total" ]; then
	failed=$((failed + 1))
	printf '%d of %d cases were not run\n' $((total - seen)) "$total"
fi

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
