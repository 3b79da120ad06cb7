# shellcheck shell=bash
# Completion of akinctl(8) for bash, from 3.2 on.

_akinctl_offer()
{
	local line
	while IFS= read -r line; do
		COMPREPLY+=("$line")
	done < <(compgen "$@" -- "$cur")
}

# The command among the words before the current one.
_akinctl_command()
{
	local i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		start | stop | restart | status | nic | reload | confirm | \
		    rollback | log | monitor)
			echo "${COMP_WORDS[i]}"
			return ;;
		esac
	done
}

_akinctl_options()
{
	case $1 in
	start | stop | restart) echo --service= ;;
	reload) echo --confirm= --force ;;
	log) echo --follow -f --lines= -n ;;
	monitor) echo --interval= -i --denials= ;;
	'')
		echo --service= --confirm= --force --follow -f --lines= -n \
		    --interval= -i --denials= --help -h --version ;;
	esac
	echo --socket= --json
}

_akinctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]}
	local command
	command=$(_akinctl_command)
	COMPREPLY=()

	# "--socket=/x" comes as three words.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $previous in
	--socket | --service | --denials)
		_akinctl_offer -f
		compopt -o filenames 2>/dev/null
		return ;;
	--confirm | --lines | -n | --interval | -i)
		return ;;
	esac
	if [[ $cur == -* ]]; then
		_akinctl_offer -W "$(_akinctl_options "$command")"
		[[ ${COMPREPLY[0]-} == *= ]] &&
		    compopt -o nospace 2>/dev/null
	elif [[ -z $command ]]; then
		_akinctl_offer -W 'start stop restart status nic reload confirm
		    rollback log monitor'
	fi
	return 0
}

complete -F _akinctl akinctl
