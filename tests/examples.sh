#!/bin/sh
# The policies that we ship, and the examples.  Each is laid out as `akinc fmt`
# lays it out, and its own tests pass.  For each flavour that can express it,
# it compiles with and without optimisation, and both sh and shellcheck(1) take
# the script.  The commands of each README run and print what it shows.
set -u

cd "$(dirname "$0")/.." || exit 3
. tests/suite.sh
akinc=$(absolute "${AKINC:-build/akinc}")

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
shown=$work/said

# For commands that run among policies of a README.
ln -s "$PWD/tests" "$work/tests" || exit 3

# What darwin cannot express: IPv6, NAT in the kernel, a card such as em1.50.
not_for_darwin='server router jail-host two-uplinks public-net ipv6-only'

has_shellcheck()
{
	command -v shellcheck >/dev/null
}
has_shellcheck || echo 'scripts not checked: no shellcheck'

# quietly COMMAND...: what it says on the standard error is kept.
quietly()
{
	"$@" 2>"$work/said"
}

is_silent()
{
	[ ! -s "$work/said" ]
}

# compile FLAVOUR ARGUMENT...: at both levels, as rules and as a script.
compile()
{
	flavour=$1
	shift
	for level in -O0 -O2; do
		what="akinc --flavour=$flavour $level $*"
		quietly "$akinc" --flavour="$flavour" $level --emit=rules "$@" \
		    >"$work/rules"
		expect $? "$what: refused" || continue
		[ "$flavour" = darwin ] || is_silent
		expect $? "$what: not without a warning"
		grep -q '^add 50100 allow ip from any to any' "$work/rules"
		expect $? "$what: no anchor"
		quietly "$akinc" --flavour="$flavour" $level "$@" >"$work/script"
		expect $? "$what: no script"
		quietly sh -n "$work/script"
		expect $? "$what: sh cannot read the script"
		if has_shellcheck; then
			shellcheck -s sh "$work/script" >"$work/said" 2>&1
			expect $? "$what: shellcheck objects to the script"
		fi
	done
}

# A policy that the flavour cannot express gets a reason and no rules.
refuse()
{
	flavour=$1
	shift
	quietly "$akinc" --flavour="$flavour" --emit=rules "$@" >"$work/rules"
	[ $? -eq 1 ] && [ ! -s "$work/rules" ] && grep -q 'E070[134]' "$work/said"
	expect $? "akinc --flavour=$flavour $*: not refused for what it cannot do"
}

check_layout()
{
	quietly "$akinc" fmt --check "$@" >"$work/said"
	expect $? "akinc fmt --check $*: another layout"
}

# The tests of a policy pass.
check_tests()
{
	"$akinc" test "$@" >"$work/said" 2>&1
	expect $? "akinc test $*: a test fails"
}

# And a change of any rule makes one of them fail.
check_mutants()
{
	"$akinc" test --mutate "$@" >"$work/said" 2>&1
	expect $? "akinc test --mutate $*: a change that no test notices"
}

# check_every_rule ARGUMENT...: also with the file of tests that $policy may have.
check_every_rule()
{
	more=policies/tests/$(basename "$policy" .akp).yaml
	[ ! -f "$more" ] || set -- "$@" "$more"
	check_tests "$@"
	check_mutants "$@"
}

# shows LINE FILE...: it is a line of the files; "..." stands for any text.
shows()
{
	LINE=$1
	shift
	LINE=$LINE awk '
	BEGIN { n = split(ENVIRON["LINE"], piece, /[.][.][.]/) }
	{
		rest = $0
		good = 1
		for (i = 1; i <= n && good; i++) {
			if (piece[i] == "")
				continue
			at = index(rest, piece[i])
			good = at > 0 && (i > 1 || at == 1)
			rest = substr(rest, at + length(piece[i]))
		}
		found = found || (good && (rest == "" || piece[n] == ""))
	}
	END { exit !found }' "$@"
}

# The differences that are shown are some, so that the exit status is 1.
# In the fenced blocks of a README, "sh" ones are commands, of which akinc is
# run up to a pipe, "text" ones are lines that the command before them has
# printed, and one of "akp NAME" is a policy, for the commands after it.
check_readme()
{
	kind='' where=.
	: >"$work/printed"
	while IFS= read -r line; do
		case $kind:$line in
		*:'```sh' | *:'```text') kind=${line#???} ;;
		*:'```akp '*)
			kind=akp where=$work name=${line#* }
			: >"$work/$name" ;;
		*:'```'*) kind= ;;
		akp:*) printf '%s\n' "$line" >>"$work/$name" ;;
		'sh:akinc '* | 'sh:build/akinc '*)
			line=${line%%|*}
			(cd "$where" && eval "\"\$akinc\" ${line#*akinc }") \
			    >"$work/printed" 2>"$work/said"
			status=$?
			case $line in
			'akinc diff '*) status=$((status - 1)) ;;
			esac
			expect $status "$1: this fails: $line" ;;
		text: | text:...) ;;
		text:*)
			shows "$line" "$work/printed" "$work/said"
			expect $? "$1: nothing prints: $line" ;;
		esac
	done <"$1"
}

check_example()
{
	name=$1
	set -- --host=host.yaml policy.akp
	[ ! -f services.yaml ] || set -- --catalogue=services.yaml "$@"
	check_layout policy.akp
	quietly "$akinc" check "$@"
	expect $? "examples/$name: check refuses it"
	is_silent
	expect $? "examples/$name: check warns"
	compile freebsd "$@"
	check_tests --flavour=freebsd "$@" tests.yaml
	check_mutants --flavour=freebsd "$@" tests.yaml
	case " $not_for_darwin " in
	*" $name "*) refuse darwin "$@" ;;
	*)
		compile darwin "$@"
		check_tests --flavour=darwin "$@" tests.yaml ;;
	esac
	grep -q '^ *expect allow' policy.akp &&
	    grep -Eq '^ *expect (deny|reject)' policy.akp
	expect $? "examples/$name: tests only what passes, or what does not"
	check_readme README.md
}

# The shipped policies, on cards that are taken to be there, with either NAT.
check_shipped()
{
	for policy in policies/*.akp; do
		sed 's/^option nat kernel/option nat divert/' "$policy" \
		    >"$work/divert.akp"
		{
			echo 'option nat kernel'
			grep -v '^option nat' "$policy"
		} >"$work/kernel.akp"
		check_layout "$policy"
		compile freebsd --nic=em0 "$work/divert.akp"
		compile freebsd --nic=em0 "$work/kernel.akp"
		check_every_rule --flavour=freebsd --nic=em0 "$policy"
		case $policy in
		*router* | *default*) refuse darwin --nic=em0 "$work/divert.akp" ;;
		*) compile darwin --nic=em0 "$work/divert.akp" ;;
		esac
	done
}

check_shipped
for folder in examples/*/; do
	name=$(basename "$folder")
	home=$PWD
	cd "$folder" || exit 3
	check_example "$name"
	cd "$home" || exit 3
done
check_readme README.md

end_suite
