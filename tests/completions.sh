#!/usr/bin/env bash
# The completions of the three shells can be read by their shells and know
# every option and command that --help of akinc and akinctl names; the ones for
# bash complete.
set -u

cd "$(dirname "$0")/.." || exit 3
. tests/suite.sh
akinc=$(absolute "${AKINC:-build/akinc}")

akinctl=${AKINCTL:-${akinc%/*}/akinctl}


# check_files PROGRAM COMMAND...: its completions know what its --help names.
check_files()
{
	name=${1##*/}
	# A shell that is not here cannot judge.
	for pair in bash:$name.bash zsh:_$name fish:$name.fish; do
		shell=${pair%%:*} file=completions/${pair#*:}
		if command -v "$shell" >/dev/null; then
			"$shell" -n "$file"
			expect $? "$file: $shell cannot read it"
		fi
	done

	options=$("$1" --help |
	    grep -oE '(^|[ ,[|])(--[a-z][a-z-]*|-[a-zO][0-9]?)\b' |
	    tr -d ' ,[|' | sort -u)
	[ "$options" ]
	expect $? "$name --help names no options"
	for option in $options; do
		word=${option##-} word=${word#-}
		for file in $name.bash _$name; do
			grep -qe "$option" "completions/$file"
			expect $? "completions/$file lacks $option"
		done
		grep -qE -e "-[slo] $word( |\$)" "completions/$name.fish"
		expect $? "completions/$name.fish lacks $option"
	done

	shift
	for command; do
		for file in $name.bash _$name $name.fish; do
			grep -qw "$command" "completions/$file"
			expect $? "completions/$file lacks the command $command"
		done
	done
}

# shellcheck disable=SC2046 # commands are words
check_files "$akinc" build $("$akinc" --help |
    sed -n 's/^ *akinc \([a-z][a-z]*\) .*/\1/p' | sort -u)
# shellcheck disable=SC2046 # commands are words
check_files "$akinctl" $("$akinctl" --help |
    sed -n 's/^  \([a-z][a-z]*\)  .*/\1/p' | sort -u)

# shellcheck source=/dev/null
. completions/akinc.bash
# shellcheck source=/dev/null
. completions/akinctl.bash

# completes "WORD WORD ..." EXPECTED: the last word is the one to complete, and
# EXPECTED is among what it can become.
completes()
{
	local -a words
	IFS=' ' read -ra words <<<"$1."
	words[${#words[@]} - 1]=${words[${#words[@]} - 1]%.}
	COMP_WORDS=("$program" "${words[@]}")
	COMP_CWORD=${#words[@]}
	"_${program##*/}" 2>/dev/null
	printf '%s\n' "${COMPREPLY[@]}" | grep -Fqx -e "$2"
	expect $? "bash: '${program##*/} $1' does not lead to '$2'"
}

program=$akinc
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

program=$akinctl
completes 'st' status
completes 'reload --' --confirm=
completes 'log --' --follow
completes 'log -n 5 -' -f
completes '--socket = policies/ser' policies/server.akp
completes '--json mon' monitor

end_suite
