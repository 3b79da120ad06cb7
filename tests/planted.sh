#!/bin/sh
# Bugs that the proof must find.  Each patch in tests/planted puts an old
# mistake back into the compiler; akinc is built with it, and compiles policies
# that were not written for it.  A bug is caught if some ruleset is refused
# with a packet that the evaluator confirms, or for how it is built.  Rulesets
# that are refused without either are counted as unconfirmed; those that a bug
# changes and the gate lets through say the same in other words.
#
#     planted.sh [NAME...]
#
# COMPILE, LINK and PARTS say how akinc is built: the compiler with its
# options, the linker, and what it links.  A patch that no longer applies or
# compiles is a failure.
set -u

cd "$(dirname "$0")/.." || exit 3
export LC_ALL=C NO_COLOR=1
self=tests/planted.sh
akinc=${AKINC:-build/akinc}

# The NAT is the policy's own, or NAT.
copy_policy()
{
	cp -R "$(dirname "$1")" "$3"
	policy=$3/${1##*/}
	if [ "$2" ]; then
		grep -v '^option nat' "$1" >"$policy"
		printf '\noption nat %s\n' "$2" >>"$policy"
	fi
	if [ -f "${policy%.akp}.args" ]; then
		arguments=$(cat "${policy%.akp}.args")
	elif [ -f "$3/host.yaml" ]; then
		arguments=--host=host.yaml
	else
		arguments=--nic=en1
	fi
}

# A folder for each line of tests/planted/policies, with the command in it.
copy_policies()
{
	n=100
	while read -r policy flavour nat; do
		case $policy in
		'' | \#*)
			continue ;;
		esac
		n=$((n + 1))
		copy_policy "$policy" "$nat" "$work/policies/$n"
		echo "--flavour=$flavour $arguments ${policy##*/}" \
		    >"$work/policies/$n/command"
	done <tests/planted/policies
}

# emit AKINC FOLDER: the rules to $out, what is said to $err.
emit()
{
	# shellcheck disable=SC2046 # the words of a command
	(cd "$2" && exec timeout 60 "$1" --emit=rules $(cat command)) \
	    >"$out" 2>"$err" </dev/null
	status=$?
}

# build NAME: $work/NAME/akinc; says why not.
build()
{
	dir=$work/$1
	sources=$(sed -n 's|^+++ b/||p' "tests/planted/$1.patch")
	for source in $sources; do
		mkdir -p "$dir/${source%/*}"
		cp "$source" "$dir/$source"
	done
	if ! patch -s -f -F 3 -p 1 -d "$dir" \
	    <"tests/planted/$1.patch" >"$dir/log" 2>&1; then
		echo 'the patch no longer applies'
		return 1
	fi
	objects=
	for source in $sources; do
		objects="$objects $dir/${source%.c}.o"
		# shellcheck disable=SC2086 # the words of a command
		$COMPILE -Wno-error -O0 -c -o "$dir/${source%.c}.o" \
		    "$dir/$source" >>"$dir/log" 2>&1 || {
			echo 'it no longer compiles'
			return 1
		}
	done
	# shellcheck disable=SC2086 # the words of a command
	$LINK -o "$dir/akinc" $objects $PARTS >>"$dir/log" 2>&1 || {
		echo 'it no longer links'
		return 1
	}
}

# One word for what became of the policy in FOLDER with the bug of NAME.
try()
{
	out=$work/$1/out err=$work/$1/err
	emit "$work/$1/akinc" "$2"
	case $status in
	0)
		if cmp -s "$out" "$2/rules"; then
			echo same
		else
			echo changed
		fi ;;
	1)
		echo refused ;;
	70)
		if grep -q -e '^  confirmed' -e '^rule ' -e '^the ruleset' \
		    -e 'cannot be read back' "$err"; then
			echo caught
		else
			echo unconfirmed
		fi ;;
	*)
		echo "exit-$status" ;;
	esac
}

# Whether the bug of NAME is caught; a line about it.
judge()
{
	if ! reason=$(build "$1"); then
		echo "$1: FAILED: $reason"
		cat "$work/$1/log"
		return
	fi
	for folder in "$work"/policies/*; do
		word=$(try "$1" "$folder")
		echo "$word"
		[ "${V:-}" != 1 ] ||
		    echo "$1 $word: $(cat "$folder/command")" >&2
	done | sort | uniq -c | awk -v name="$1" '
		{ n[$2] = $1; all = all sep $1 " " $2; sep = ", " }
		$2 ~ /^exit/ { bad = 1 }
		END { print name ": " (n["caught"] > 0 && !bad ? "" : \
		    "FAILED: ") all }'
	rm -rf "${work:?}/$1"
}

list()
{
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@"
		return
	fi
	for patch in tests/planted/*.patch; do
		patch=${patch##*/}
		echo "${patch%.patch}"
	done
}

if [ "${1:-}" = --judge ]; then
	work=$2
	judge "$3"
	exit
fi

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$work/policies"
copy_policies
for folder in "$work"/policies/*; do
	out=$folder/rules err=$folder/err
	emit "$(realpath "$akinc")" "$folder"
	[ $status -le 1 ] || cat "$folder/command" "$err"
done

export COMPILE LINK PARTS
list "$@" | xargs -P 2 -n 1 sh "$self" --judge "$work" |
    tee "$work/lines"
failed=$(grep -c 'FAILED' "$work/lines")
printf '%d passed, %d failed\n' $((\
    $(grep -c '^[a-z0-9-]*: ' "$work/lines") - failed)) "$failed"
[ "$failed" -eq 0 ]
