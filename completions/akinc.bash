# shellcheck shell=bash
# Completion of akinc(1) for bash, from 3.2 on.

# The words that a list of akinc begins its lines with.
_akinc_list()
{
	"${COMP_WORDS[0]}" list "$@" 2>/dev/null |
	    while read -r word _; do echo "$word"; done
}

_akinc_cards()
{
	if ifconfig -l 2>/dev/null; then
		return
	fi
	local path
	for path in /sys/class/net/*; do
		echo "${path##*/}"
	done
}

# Take the lines of the standard input as completions.
_akinc_take()
{
	local line
	while IFS= read -r line; do
		COMPREPLY+=("$line")
	done
}

# Offer the words of a list that begin as the current word does.
_akinc_offer()
{
	_akinc_take < <(compgen -W "$1" -- "$cur")
}

# Offer files with one of the endings, and folders.
_akinc_files()
{
	local ending
	_akinc_take < <(compgen -d -S / -- "$cur"
	    for ending; do compgen -f -X "!*.$ending" -- "$cur"; done)
	compopt -o filenames -o nospace 2>/dev/null
	if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} != */ ]]; then
		compopt +o nospace 2>/dev/null
	fi
	return 0
}

# The value of an option; fails if the option has none.
_akinc_value()
{
	case $1 in
	--emit) _akinc_offer 'sh rules ir ast json artefact dot' ;;
	--format) _akinc_offer 'tap junit json' ;;
	--flavour | --flavour-old | --flavour-new)
		_akinc_offer "$(_akinc_list flavours)" ;;
	--dump-after) _akinc_offer "all $(_akinc_list passes)" ;;
	--nic) _akinc_offer "$(_akinc_cards)" ;;
	--host | --catalogue | --profile) _akinc_files yaml yml ;;
	--rules) _akinc_files rules ;;
	--ipfw | --natd | --sbin | --state-dir | --run-dir) _akinc_files '*' ;;
	--confirm | --timeout) _akinc_offer '0 60 300' ;;
	--probe) _akinc_offer 'tcp ping' ;;
	*) return 1 ;;
	esac
}

# Operands before the current word, the subcommand first.
_akinc_operands()
{
	local i word
	operands=()
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--emit | --format | --flavour | --flavour-old | \
		    --flavour-new | --dump-after | --nic | --host | \
		    --catalogue | --profile | --rules | --ipfw | --natd | --sbin | \
		    --state-dir | --run-dir | --confirm | --timeout | --probe)
			[[ ${COMP_WORDS[i + 1]-} == = ]] && ((i++))
			((i++)) ;;
		-?*) ;;
		*) operands+=("$word") ;;
		esac
	done
}

_akinc_operand()
{
	local -a operands
	_akinc_operands
	case ${operands[0]-} in
	list)
		case ${#operands[@]} in
		1) _akinc_offer 'services flavours passes' ;;
		2) [[ ${operands[1]} == services ]] &&
		    _akinc_offer "$(_akinc_list services)" ;;
		esac ;;
	explain | confirm | restore | rollback | status | stop) ;;
	diff) _akinc_files akp rules ;;
	query)
		if [[ ${#operands[@]} -eq 1 ]]; then
			_akinc_files akp
		else
			_akinc_offer 'who what can cannot reach is from to in on self any
			    allowed denied rejected refused logged limited
			    forwarded translated'
		fi ;;
	why)
		if [[ ${#operands[@]} -eq 1 ]]; then
			_akinc_files akp
		else
			_akinc_offer 'tcp udp icmp icmp6 from to self port'
		fi ;;
	'')
		_akinc_files akp
		_akinc_offer 'build apply confirm rollback restore status stop check fmt test why prove lockout revoked diff query
		    list explain' ;;
	*) _akinc_files akp ;;
	esac
}

_akinc()
{
	local cur=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]}
	COMPREPLY=()

	# "--emit=ru" comes as three words.
	if [[ $cur == = ]]; then
		cur=
	elif [[ $previous == = ]]; then
		previous=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	_akinc_value "$previous" && return
	if [[ $cur == -* ]]; then
		_akinc_offer '--emit= --explain --check --flavour= --nic=
		    --flavour-old= --flavour-new=
		    --host= --catalogue= --profile= --json --format= --mutate --rules= -O0 -O2 --dump-after=
		    --apply --dry-run -n --take-over --force --confirm= --ipfw=
		    --natd= --sbin= --state-dir= --run-dir= --probe= --revoke --timeout=
		    --no-proof --without-nat --write -w --help -h --version'
		[[ ${COMPREPLY[0]-} == *= ]] &&
		    compopt -o nospace 2>/dev/null
		return
	fi
	_akinc_operand
}

complete -F _akinc akinc
