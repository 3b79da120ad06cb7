#!/bin/sh
# Packets through compiled policies.
#
#     packets.sh [FILE.packets]...
#
# Such a file is a session as tests/vectors/README.md describes it, with one
# step more, and with expectations in the place of answers:
#
#     > load [set N] POLICY [ARGUMENT]...
#
# compiles POLICY, named from the file's own folder, with those arguments of
# akinc, and adds its rules, to the set N if one is given.  An expectation is
#
#     = VERDICT [WORD]...
#
# where VERDICT is that of the answer, or `refused` for any that is no accept,
# and each WORD must hold:
#
#     rule=N, vis=N, in=VERDICT, out=VERDICT    the field of the answer
#     vis<=N                   no more than so many rules were looked at
#     src=ADDRESS[:PORT]       the source was translated to this, or with
#     dst=ADDRESS[:PORT]       dst= the target
#     divert, nat, reassembled, rst-sent, icmp-sent:3.3, state, newstate, …
#                              it is among the events or on the path
#     !WORD                    WORD does not hold
#
# Numbers of rules that are no anchors may change with any rule, so they stand
# in no expectation.
#
# LEVEL=-O0 compiles without the optimiser; KEEP=FOLDER keeps the answers.
set -u

root=$(cd "$(dirname "$0")/.." && pwd) || exit 3
AKINC=${AKINC:-$root/build/akinc}
IPFW_EMU=${IPFW_EMU:-$root/build/ipfw-emu}
LEVEL=${LEVEL:-} KEEP=${KEEP:-}
export LC_ALL=C NO_COLOR=1

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# compile [set N] POLICY [ARGUMENT]...: the steps that load it.
compile()
{
	set_words=
	if [ "$1" = set ]; then
		set_words=" set $2"
		shift 2
	fi
	policy=$1
	shift
	# shellcheck disable=SC2086 # no word, if $LEVEL is empty
	"$AKINC" --emit=rules $LEVEL "$@" "$policy" \
	    >"$work/rules" 2>"$work/said" || {
		cat "$work/said" >&2
		return 1
	}
	# The lifeline's rules name their own set.
	sed -e "/^add [0-9]* set /!s/^add [0-9]*/&$set_words/" \
	    -e 's/^/> ipfw -q /' "$work/rules"
}

# The session of FILE, its expectations left out.
assemble()
{
	while IFS= read -r line; do
		case $line in
		'= '*) ;;
		'> load '*)
			# shellcheck disable=SC2086 # the words of the step
			compile ${line#> load } || return 1 ;;
		*) printf '%s\n' "$line" ;;
		esac
	done <"$1"
}

# try FILE: adds to $passed and $failed.
try()
{
	name=${1##*/}
	if ! (cd "${1%/*}" && assemble "$1") >"$work/session" 2>"$work/err"
	then
		failed=$((failed + 1))
		printf '%s: FAILED, a policy is refused\n' "$name"
		cat "$work/err"
		return
	fi
	"$IPFW_EMU" --session "$work/session" >"$work/answers" 2>&1
	awk -v name="$name" -v counts="$work/counts" \
	    -f "$root/tests/packets.awk" "$1" "$work/answers"
	read -r more_passed more_failed <"$work/counts"
	passed=$((passed + more_passed))
	failed=$((failed + more_failed))
	[ -z "$KEEP" ] || cp "$work/answers" "$KEEP/${name%.packets}$LEVEL"
}

passed=0 failed=0
[ $# -gt 0 ] || set -- "$root"/tests/packets/*.packets
for file; do
	case $file in
	/*) ;;
	*) file=$PWD/$file ;;
	esac
	try "$file"
done

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
