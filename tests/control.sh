#!/bin/sh
# akinctl against an akind that has its answers from files: what it asks, what
# it shows on and off a terminal and as JSON, its exit codes, and what it does
# when akind is not there, leaves, or sends nonsense.
set -u

cd "$(dirname "$0")/.." || exit 3
. tests/suite.sh
export LC_ALL=C TZ=UTC NO_COLOR=1
home=$PWD
akinctl=${AKINCTL:-build/akinctl}
fake=${FAKE_AKIND:-build/fake-akind}
case $akinctl in
/*) ;;
*) akinctl=$home/$akinctl ;;
esac
case $fake in
/*) ;;
*) fake=$home/$fake ;;
esac

work=$(mktemp -d) || exit 3
server=
stop_server()
{
	[ -z "$server" ] || kill "$server" 2>/dev/null
	server=
}
trap 'stop_server; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
cd "$work" || exit 3
mkdir answers
shown='out err'

run()
{
	timeout 20 "$akinctl" --socket="$work/socket" "$@" >out 2>err </dev/null
	status=$?
}

# says CODE TEXT ARGUMENT...: with code 0 the text is a result, else an error.
says()
{
	code=$1 text=$2
	shift 2
	run "$@"
	expect $((status - code)) "akinctl $*: exit code $status, not $code"
	if [ "$code" -eq 0 ]; then
		[ ! -s err ]
		expect $? "akinctl $*: no error, and something on stderr"
		grep -qF -e "$text" out
		expect $? "akinctl $*: does not print '$text'"
	else
		grep -qF -e "$text" err
		expect $? "akinctl $*: does not say '$text'"
	fi
}

# prints ARGUMENT...: the standard input, line by line, is what it prints.
prints()
{
	run "$@"
	diff - out >differences
	expect $? "akinctl $*: prints something else:
$(cat differences)"
}

# asks REQUEST ARGUMENT...
asks()
{
	request=$1
	shift
	: >answers/requests
	run "$@"
	[ "$(cat answers/requests)" = "$request" ]
	expect $? "akinctl $*: asks $(cat answers/requests)"
}

start_server()
{
	rm -f socket
	"$fake" "$work/socket" "$work/answers" &
	server=$!
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		[ ! -S socket ] || return
		sleep 0.1
	done
}

# --- Nobody there ---

says 3 "akind is not running: nobody listens on $work/socket" status
says 3 'akinctl start' monitor
says 3 'akind is not running' log -f
run --json status
expect $((status - 3)) "without akind --json exits with $status"
grep -q '^{"code":3,"text":"akind is not running' out
expect $? 'without akind --json prints no answer'
[ ! -s err ]
expect $? 'with --json an error is on stderr as well'

cat >service <<'END'
#!/bin/sh
echo "$*" >>"$PLACE/told"
END
sed "s|\$PLACE|$work|" service >manager && chmod +x manager
says 3 'akind was not running' --service="$work/manager" stop
case $(cat told) in
*stop* | *unload*) true ;;
*) false ;;
esac
expect $? "stop tells the service manager '$(cat told)'"
printf '#!/bin/sh\nexit 5\n' >broken && chmod +x broken
says 3 "$work/broken could not do it" --service="$work/broken" start
says 3 'No such file' --service="$work/nothing" start

# A service that takes a while until it listens.
echo '{"code":0,"text":"set 11 is in force"}' >answers/start
cat >manager <<END
#!/bin/sh
(sleep 1; exec "$fake" "$work/socket" "$work/answers") >/dev/null 2>&1 &
echo \$! >"$work/pid"
END
rm -f socket
says 0 'set 11 is in force' --service="$work/manager" start
# The shell may have made way for the server, or be its parent.
server=$(cat pid)
stop_server

# A name where nothing listens any more.
says 3 'akind is not running' status
says 3 'Not a directory' --socket="$work/service/socket" status
says 3 'File name too long' --socket="$(printf '%0200d' 0)" status

# --- The command line ---

says 2 "there is no command 'stat'" stat
says 2 "did you mean 'status'" statu
says 2 "did you mean '--socket'" --sockt=x status
says 2 'which command?'
says 2 'one operand too many' status nic
says 2 'means nothing to status' status --force
says 2 'means nothing to reload' reload -f
says 2 'needs a value' reload --confirm
says 2 'is not a number' reload --confirm=soon
says 2 'is not a number' reload --confirm=-1
says 2 'is not a number' log -n 1x
says 2 'is not a number' monitor --interval=0
says 2 'takes no value' status --json=yes
says 0 'usage: akinctl' --help
says 0 'akinctl ' --version

# --- What is asked ---

start_server
for verb in start stop restart confirm rollback; do
	echo "{\"code\":0,\"text\":\"$verb is done\"}" >answers/$verb
	says 0 "$verb is done" $verb
	asks "{\"request\":\"$verb\"}" --json $verb
done
echo '{"code":0,"data":{"state":"running","generation":{"set":12}}}' \
    >answers/status
echo '{"code":0,"text":""}' >answers/start
says 0 'running, set 12, nic disabled, nat off' start
asks '{"request":"start"}' --json start
rm answers/status
echo '{"code":0,"text":"done"}' | tee answers/reload answers/log >answers/monitor
asks '{"request":"reload","force":false}' --json reload
asks '{"request":"reload","force":true,"confirm":60}' \
    --json --confirm 60 reload --force
asks '{"request":"log","lines":20,"follow":false}' log
asks '{"request":"log","lines":5,"follow":true}' --lines=5 log -f
asks '{"request":"log","lines":5,"follow":true}' log -n 5 --follow
asks '{"request":"monitor","interval":7}' -i 7 -- monitor

# --- What is shown ---

echo '{"code":0,"data":{"active":"en1","active6":"en1"}}' >answers/nic
echo en1 | prints nic
echo '{"code":0,"data":{"active":"en1","active6":"gif0"}}' >answers/nic
echo 'en1, IPv6 gif0' | prints nic
echo '{"code":0,"data":{"active":null,"active6":null}}' >answers/nic
echo disabled | prints nic

cp "$home/tests/control/status.json" answers/status
prints status <"$home/tests/control/status.text"
expect $((status - 1)) "drift gives the exit code $status"
run --json status
expect $((status - 1)) "drift gives the exit code $status with --json"
cmp -s out answers/status
expect $? 'with --json status is not what akind sent'
sed -e 's/"found":\[[^]]*\]/"found":[]/' -e 's/"code":1/"code":0/' \
    "$home/tests/control/status.json" >answers/status
says 0 'drift    none' status

# Of nothing, nothing is made up; what is of another type is left out.
echo '{"code":0,"data":{}}' >answers/status
says 0 'disabled' status
echo '{"code":0,"data":{"zones":7,"nat":[1],"cards":[null],"since":"x",
"generation":[],"drift":true,"counters":{"a":1},"policy":5}}' |
    tr -d '\n' >answers/status
echo >>answers/status
says 0 'disabled' status
printf '{"code":0,"data":{"policy":"a\\u001b[2Jb"}}\n' >answers/status
says 0 'policy   a\x1b[2Jb' status

# Failures.
echo '{"code":1,"text":"laptop.akp:3: no zone named lan"}' >answers/reload
says 1 'akinctl: laptop.akp:3: no zone named lan' reload
[ ! -s out ]
expect $? 'a failure is a result'
echo '{"code":3,"text":"only root may ask"}' >answers/stop
says 3 'only root may ask' stop
echo 'hello' >answers/status
says 3 'the answer is not one that akind gives' status
: >answers/status
says 3 'akind has ended' status
head -c 1100000 /dev/zero | tr '\0' x >answers/status
says 3 'a line that has no end' status

# --- Logs ---

cat >answers/log <<'END'
{"code":0,"text":""}
{"event":"log","time":86400,"level":"notice","text":"active nic changed from disabled to en1"}
{"event":"lost","count":12}
{"event":"log","time":86401,"level":"warning","text":"natd has died"}
{"event":"log","time":86402,"level":"error","text":"a\u0007b"}
{"event":"end"}
END
prints log <<'END'
1970-01-02 00:00:00 active nic changed from disabled to en1
(12 more were lost)
1970-01-02 00:00:01 warning: natd has died
1970-01-02 00:00:02 error: a\x07b
END
expect "$status" "log: exit code $status"
run --json log
sed -n '1,/lost/p' answers/log | head -n 2 | tail -n 1 | grep -qFf - out
expect $? 'with --json log does not print the events'
sed '$d' answers/log >shorter && mv shorter answers/log
says 3 'akind has ended' log -f

# Whoever reads no more is no failure.
touch answers/log.hold
timeout 20 "$akinctl" --socket="$work/socket" log -f | head -n 1 >out
grep -q 'disabled to en1' out
expect $? 'log -f into a pipe shows nothing'
rm answers/log.hold

# --- The monitor ---

moment()
{
	printf '{"event":"monitor","data":%s}\n' "$1"
}
{
	echo '{"code":0,"text":""}'
	moment '{"state":"running","active":"en1","generation":{"set":11},
"nat":[{"state":"running"}],"denied":{"packets":12},
"counters":[{"file":"a","line":3,"packets":1000}]}' | tr -d '\n'
	echo
	moment '{"state":"stopped","active":null,"denied":{"packets":15},
"counters":[{"file":"a","line":3,"packets":1017}],
"drift":{"found":["x"]}}' | tr -d '\n'
	echo
	echo '{"event":"end"}'
} >answers/monitor
run monitor
sed 's/^[0-9:]* //' out >timeless && mv timeless out
printf '%s\n%s\n' \
    'running, set 11, nic en1, nat running, refused 12, seen 1000' \
    'stopped, no ruleset, nic disabled, nat off, refused 15 (+3), seen 1017 (+17), drift' |
    cmp -s - out
expect $? 'monitor prints other lines off a terminal'
run --json monitor
[ "$(grep -c '"event":"monitor"' out)" -eq 2 ]
expect $? 'with --json monitor does not print the events'

# On a terminal: a page, drawn over the one before, within its edges.
if command -v script >/dev/null && script -qec true /dev/null >out 2>&1; then
	cat >denials <<'END'
Nov 23 18:40:11 host kernel: ipfw: 900 Deny TCP 203.0.113.9:4000 192.0.2.10:23 in via em0
Nov 23 18:40:12 host kernel: ipfw: 50100 Accept TCP 203.0.113.9:4000 192.0.2.10:22 in via em0
Nov 23 18:40:13 host sshd[7]: ipfw: no rule
END
	script -qec "stty cols 60 rows 24; timeout 20 $akinctl \
	    --socket=$work/socket --denials=$work/denials monitor" /dev/null \
	    >out 2>err </dev/null
	escape=$(printf '\033')
	grep -q "$escape\\[2J$escape\\[H" out
	expect $? 'on a terminal the monitor does not begin with a clear page'
	[ "$(grep -c "$escape\\[H" out)" -ge 2 ]
	expect $? 'on a terminal the monitor does not draw again'
	grep -q '+17' out
	expect $? 'on a terminal the monitor does not show what grew'
	grep -q '900 Deny TCP 203.0.113.9' out && ! grep -q Accept out &&
	    ! grep -q 'no rule' out
	expect $? 'the monitor does not show refused packets alone'
	! sed "s/$escape\\[[0-9;]*[a-zA-Z]//g" out | tr -d '\r' |
	    grep -q '.\{61\}'
	expect $? 'the monitor writes past the edge'
	! grep -q "$escape\\[[0-9]*m" out
	expect $? 'NO_COLOR is not heard'
	cp "$home/tests/control/status.json" answers/status
	(
		unset NO_COLOR
		script -qec "$akinctl --socket=$work/socket status" /dev/null \
		    >out 2>err </dev/null
	)
	grep -q "$escape\\[32mrunning$escape\\[0m" out
	expect $? 'no colours on a terminal'
fi

end_suite
