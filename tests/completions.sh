#!/usr/bin/env bash
# The completions of the three shells can be read by their shells and know
# every option and command that akinc --help names; the one for bash completes.
set -u

cd "$(dirname "$0")/.." || exit 3
akinc=${AKINC:-build/akinc}
case $akinc in
/*) ;;
*) akinc=$PWD/$akinc ;;
esac

passed=0 failed=0

# expect CONDITION-STATUS COMPLAINT
expect()
{
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s\n' "$2"
	fi
}

# A shell that is not here cannot judge.
for pair in bash:akinc.bash zsh:_akinc fish:akinc.fish; do
	shell=${pair%%:*} file=completions/${pair#*:}
	if command -v "$shell" >/dev/null; then
		"$shell" -n "$file"
		expect $? "$file: $shell cannot read it"
	fi
done

options=$("$akinc" --help |
    grep -oE '(^|[ ,[|])(--[a-z][a-z-]*|-[a-zO][0-9]?)\b' |
    tr -d ' ,[|' | sort -u)
[ "$options" ]
expect $? 'akinc --help names no options'
for option in $options; do
	word=${option##-} word=${word#-}
	for file in akinc.bash _akinc; do
		grep -qe "$option" completions/$file
		expect $? "completions/$file lacks $option"
	done
	grep -qE -e "-[slo] $word( |\$)" completions/akinc.fish
	expect $? "completions/akinc.fish lacks $option"
done

commands=$("$akinc" --help | sed -n 's/^ *akinc \([a-z][a-z]*\) .*/\1/p' | sort -u)
for command in build $commands; do
	for file in akinc.bash _akinc akinc.fish; do
		grep -qw "$command" completions/$file
		expect $? "completions/$file lacks the command $command"
	done
done

# shellcheck source=/dev/null
. completions/akinc.bash

# completes "WORD WORD ..." EXPECTED: the last word is the one to complete, and
# EXPECTED is among what it can become.
completes()
{
	local -a words
	IFS=' ' read -ra words <<<"$1."
	words[${#words[@]} - 1]=${words[${#words[@]} - 1]%.}
	COMP_WORDS=("$akinc" "${words[@]}")
	COMP_CWORD=${#words[@]}
	_akinc 2>/dev/null
	printf '%s\n' "${COMPREPLY[@]}" | grep -Fqx -e "$2"
	expect $? "bash: 'akinc $1' does not lead to '$2'"
}

completes 'ch' check
completes '--em' --emit=
completes '--emit = ru' rules
completes '--emit = ' dot
completes '--emit js' json
completes '--flavour = da' darwin
completes '--dump-after = mer' merge-ports
completes 'list ' services
completes 'list services htt' https
completes 'check policies/ser' policies/server.akp
completes '--emit rules policies/' policies/laptop.akp
completes '--host examples/laptop/' examples/laptop/host.yaml
completes '--nic em1 fm' fmt
completes '' explain
completes 'why policies/la' policies/laptop.akp
completes 'why policies/laptop.akp ud' udp
completes 'test --format = ju' junit

printf '%d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
