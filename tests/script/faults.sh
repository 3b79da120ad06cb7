# shellcheck shell=sh
# Faults: in each situation, which is an old host and a script that changes it,
# every call goes wrong in turn.

begin_situation()
{
	case $1 in
	first)
		make_host freebsd "$1" ;;
	taken-over)
		make_host freebsd "$1"
		install bare-freebsd
		put_rule 0 100 'allow ip from any to any via lo0' ;;
	replaced)
		make_host freebsd "$1"
		install whole-freebsd ;;
	natd-anew)
		make_host darwin "$1"
		install shared-darwin ;;
	esac
	clear_faults
	: >"$host/state/views"
}

change_situation()
{
	case $1 in
	first) install shared-freebsd ;;
	taken-over) install whole-freebsd --take-over ;;
	replaced) install whole2-freebsd ;;
	natd-anew) install shared2-darwin ;;
	esac
}

# What it is like before and after, and which calls are made.
know_situation()
{
	begin_situation "$1"
	known=$work/known/$1.d
	mkdir -p "$known"
	[ -s "$host/state/natds" ] || cp -RP "$host" "$known/host"
	snapshot >"$known/old"
	"$host/ipfw" -q set enable 30
	clear_faults
	change_situation "$1"
	expect_status 0
	cp "$host/state/log" "$host/state/views" "$known"
	snapshot >"$known/new"
	stop_natds
	sort -u "$known/views" -o "$known/views"
}

# try_fault SITUATION MODE CALL
try_fault()
{
	known=$work/known/$1.d
	if [ -d "$known/host" ]; then
		host=$scratch/$1
		cp -RP "$known/host" "$host"
	else
		begin_situation "$1"
	fi
	echo "$2" >"$host/state/mode"
	echo "$3" >"$host/state/at"
	change_situation "$1"
	if [ "$status" -eq 137 ]; then
		clear_faults
		change_situation "$1"
		expect_status 0
	fi
	echo none >"$host/state/at"
	after=$(snapshot)
	case $status in
	0) expect_same 'new host' "$(cat "$known/new")" "$after" ;;
	3) expect_same 'old host' "$(cat "$known/old")" "$after" ;;
	*) expect_status '0 or 3' ;;
	esac
	expect_same 'rules that were in force' '' \
	    "$(sort -u "$host/state/views" | comm -23 - "$known/views")"
	expect_allowed
	stop_natds
}

list_faults()
{
	for situation in $situations; do
		while read -r call kind _; do
			echo "$situation fail $call"
			[ "$kind" = reads ] || {
				echo "$situation late $call"
				echo "$situation kill $call"
				echo "$situation terminate $call"
			}
		done <"$work/known/$situation.d/log"
	done
}
