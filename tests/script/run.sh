#!/bin/sh
# Run the scripts that akinc prints with commands that only pretend: ipfw,
# natd, sysctl and others, from the folder fake.  Each case looks at what the
# host is like afterwards.
#
#     run.sh [CASE | 'SITUATION MODE CALL']...    all of them, or these
#
# Whatever fails, and wherever a script is interrupted, the host shall be as it
# was or as it was to be: in four situations each call of a script goes wrong
# in turn.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 3
self=$here/run.sh
AKINC=${AKINC:-$here/../../build/akinc}
emulator=${IPFW_EMU:-${AKINC%/*}/ipfw-emu}
export AKINC emulator LC_ALL=C

# shellcheck source=tests/script/host.sh
. "$here/host.sh"
# shellcheck source=tests/script/cases.sh
. "$here/cases.sh"
# shellcheck source=tests/script/cases-nat.sh
. "$here/cases-nat.sh"
# shellcheck source=tests/script/faults.sh
. "$here/faults.sh"

# judge NAME: one case more, by what stands in $scratch/faults.
judge()
{
	if [ -s "$scratch/faults" ]; then
		printf '%s: FAILED\n' "$1"
		cat "$scratch/faults"
	else
		echo passed
	fi
	rm -rf "$scratch"
}

run_case()
{
	scratch=$work/host.$$
	mkdir "$scratch" || exit 3
	if [ $# -eq 1 ]; then
		"case_$1"
	else
		try_fault "$@"
	fi
	judge "$*" >"$work/result.$(echo "$*" | tr ' ' .)"
}

if [ "${1:-}" = --one ]; then
	shift
	run_case "$@"
	exit
fi

make_scripts()
{
	for policy in "$here"/policies/*.akp; do
		name=${policy##*/} name=${name%.akp}
		for flavour in freebsd darwin; do
			"$AKINC" --host "$here/policies/host.yaml" \
			    --flavour $flavour "$policy" \
			    >"$scripts/$name-$flavour.sh" 2>"$work/err" ||
			    rm "$scripts/$name-$flavour.sh"
		done
	done
}

work=$(mktemp -d) || exit 3
scripts=$work/scripts
export work scripts
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$scripts" || exit 3
make_scripts

situations='first taken-over replaced natd-anew'
scratch=$work/known
mkdir "$scratch"
for situation in $situations; do
	know_situation "$situation"
done
passed=0 failed=0
if [ -s "$scratch/faults" ]; then
	echo 'the situations are not what they should be:'
	cat "$scratch/faults"
	failed=1
fi
if [ $# -gt 0 ]; then
	printf '%s\n' "$@"
else
	sed -n 's/^case_\([a-z0-9_]*\)()$/\1/p' "$here"/cases*.sh
	list_faults
fi >"$work/list"
# A line of the list is the arguments of a process.
xargs -P "${JOBS:-2}" -L 1 "$self" --one <"$work/list"

while read -r name; do
	result=$work/result.$(echo "$name" | tr ' ' .)
	if [ "$(cat "$result" 2>/dev/null)" = passed ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		cat "$result" || echo "$name: not run"
	fi
done <"$work/list"
printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
