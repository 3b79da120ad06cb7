#!/bin/sh
# The command line: options and operands, exit codes, what goes to which
# stream, files that fmt writes, bad input, and that nothing around akinc gets
# into its output.
set -u

cd "$(dirname "$0")/.." || exit 3
. tests/suite.sh
export LC_ALL=C NO_COLOR=1
akinc=$(absolute "${AKINC:-build/akinc}")

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
cd "$work" || exit 3

run()
{
	"$akinc" "$@" >out 2>err </dev/null
	status=$?
}

# says CODE TEXT ARGUMENT...: the exit code; an error leaves the standard
# output empty and says TEXT, else the output has it.
says()
{
	code=$1 text=$2
	shift 2
	run "$@"
	expect $((status - code)) "akinc $*: exit code $status, not $code"
	if [ "$code" -eq 0 ]; then
		grep -qF -e "$text" out
		expect $? "akinc $*: does not print '$text'"
	else
		[ ! -s out ]
		expect $? "akinc $*: an error, and something on stdout"
		grep -qF -e "$text" err
		expect $? "akinc $*: does not say '$text'"
	fi
}

cat >good.akp <<'EOF'
zone wan on em0
zone lan on em1 net 10.1.0.0/16
nat lan to wan
from lan to wan allow http, https
from wan to self allow ssh
EOF
sed 's/on em0/on active/' good.akp >active.akp
echo 'from wan to self allow shh' | cat good.akp - >bad.akp
printf 'zone   wan on em0\nfrom wan to self allow ssh\n' >untidy.akp

# Options and operands, in any order.

run --emit=rules --flavour=freebsd --nic=em0 -O0 good.akp
cp out wanted
[ "$status" -eq 0 ] && [ -s wanted ]
expect $? 'good.akp does not compile'
for order in '--emit rules good.akp --flavour freebsd -O0 --nic em0' \
    'good.akp -O0 --nic=em0 --emit=rules --flavour=freebsd' \
    '--nic=em0 build -O2 --emit=ir -O0 --emit=rules good.akp' \
    '--emit=rules --nic em0 -O0 -- good.akp'
do
	# shellcheck disable=SC2086 # these are words
	run $order
	cmp -s out wanted
	expect $? "akinc $order: another ruleset"
done
says 0 'usage: akinc' --help
says 0 'akinc ' --version
says 2 'name one policy'
says 2 'name one policy' good.akp bad.akp
says 2 "did you mean 'check'?" chek good.akp
says 2 "did you mean '--flavour'?" --flavuor=freebsd good.akp
says 2 '--nic wants a value' good.akp --nic
says 2 '--check takes no value' --check=yes good.akp
says 2 "there is no flavour 'openbsd'" --flavour=openbsd good.akp
says 2 "not 'text'" --emit=text good.akp
says 2 "there is no pass 'inline'" --dump-after=inline good.akp
says 2 "is not the name of a card" --nic='en0; rm -rf /' active.akp
says 2 "is not the name of a card" --nic=any active.akp
says 2 'check takes no --emit' check --emit=rules good.akp
says 2 'fmt takes no --json' fmt --json good.akp
says 2 'build takes no --write' -w good.akp
says 2 'usage: akinc fmt' fmt --check -w good.akp
says 2 'there is no diagnostic' explain E9999
says 0 'E0201' explain e0201
says 3 'No such file' nothing.akp
says 3 'No such file' --host=nothing.yaml good.akp
says 3 'Is a directory' .
mkfifo pipe
echo 'zone wan on em0
hosts those from "pipe"
from wan to self allow ssh from those' >piped.akp
says 1 'it is no regular file' piped.akp

# What goes to which stream.

says 1 '[E0205]' --nic=em0 bad.akp
says 1 '[E0205]' check bad.akp
says 1 '[E0205]' --check bad.akp
run check --json bad.akp
[ $status -eq 1 ] && [ ! -s err ] && grep -q '"errors": 1' out
expect $? 'check --json: its answer does not stand on stdout'
run --json --nic=em0 bad.akp
[ $status -eq 1 ] && [ ! -s out ] && grep -q '"errors": 1' err
expect $? 'build --json: diagnostics where a script is expected'
run check good.akp nothing.akp bad.akp
[ $status -eq 3 ]
expect $? 'check of several: not the worst exit code'
if [ -w /dev/full ]; then
	"$akinc" --nic=em0 good.akp >/dev/full 2>err
	[ $? -eq 3 ]
	expect $? 'a full disk is taken for success'
fi

# The proof, of our own ruleset and of those of others.

says 2 'check takes no --no-proof' check --no-proof good.akp
run --no-proof --emit=rules --nic=em0 good.akp
[ $status -eq 0 ] && [ -s out ] && grep -q 'warning: --no-proof' err
expect $? '--no-proof: no ruleset, or no warning'
# What `apply` and akind load is an artefact.
run --no-proof --emit=artefact --nic=em0 good.akp
[ $status -eq 0 ] && [ -s out ] && grep -q 'warning: --no-proof' err
expect $? 'an artefact is printed that nobody has proved'
run --no-proof --emit=ir --nic=em0 good.akp
[ $status -eq 0 ] && ! grep -q 'no-proof' err
expect $? '--no-proof warns where nothing is to be proved'
"$akinc" --emit=rules --flavour=freebsd good.akp >listing 2>/dev/null
says 0 'equal:' prove --flavour=freebsd --rules=listing good.akp
sed '/^add 21/d' listing >changed
run prove --flavour=freebsd --rules=changed good.akp
[ $status -eq 1 ] && grep -q '^difference: ' out &&
    grep -q '^  confirmed by the evaluator' out
expect $? 'prove: a rule is missing, and nothing is said'
run prove --json --flavour=freebsd --rules=changed good.akp
[ $status -eq 1 ] && grep -q '"equal": false' out &&
    grep -q '"confirmed": true' out
expect $? 'prove --json: a rule is missing, and nothing is said'
# A `log` that is lost, or that nobody asked for.
cat >logs.akp <<'EOF'
zone wan on em0
from wan to self allow ssh
from wan to self deny tcp 25 log
default deny
EOF
"$akinc" --emit=rules --flavour=freebsd logs.akp >logs.rules 2>/dev/null
says 0 'equal:' diff logs.akp logs.rules
for change in 's/deny log/deny/' '/default$/s/deny ip/deny log ip/'; do
	sed "$change" logs.rules >changed.rules
	run prove --flavour=freebsd --rules=changed.rules logs.akp
	[ $status -eq 1 ] && grep -q 'logs what it refuses otherwise' out &&
	    grep -q '^  confirmed by the evaluator' out
	expect $? "prove: $change, and nothing is said"
	run diff logs.akp changed.rules
	[ $status -eq 1 ] && grep -q '^Logged otherwise' out
	expect $? "diff: $change, and nothing is said"
done
says 3 'No such file' prove --rules=nothing good.akp
says 2 'usage: akinc prove' prove

# Facts about the host.

run check active.akp
[ $status -eq 0 ]
expect $? 'check needs to know the active card'
if [ "$(uname)" = Linux ]; then
	run --emit=rules --flavour=freebsd good.akp
	grep -q 'recv em1' out
	expect $? 'a policy that needs no facts asks this host for some'
fi

# Would it lock me out?

says 2 'usage: akinc lockout' lockout
says 2 'usage: akinc revoked' revoked good.akp
says 2 'expected an address' lockout --nic=em0 good.akp login nobody
says 2 'one family' lockout --nic=em0 good.akp login 192.0.2.5 1 ::1 22
says 2 'expected login' lockout --nic=em0 good.akp logout
says 3 'No such file' revoked --nic=em0 good.akp nothing
export SSH_CONNECTION='198.51.100.5 50022 192.0.2.2 22'
says 0 'login-anew by em0: unknown before, passes after' \
    lockout --nic=em0 --flavour=freebsd good.akp login 198.51.100.5 50022 \
    192.0.2.2 22
run lockout --nic=em0 --flavour=freebsd good.akp
grep -q '^login-anew by em0: unknown before, passes after' out
expect $? 'lockout does not ask about SSH_CONNECTION'
sed 's/allow ssh/allow http/' good.akp >closed.akp
run lockout --nic=em0 --flavour=freebsd closed.akp
[ $status -eq 1 ] && grep -q '^login-anew by em0: .*: CUT' out
expect $? 'a login that is cut is not told by the exit code'
SSH_CONNECTION='what is this'
says 2 'SSH_CONNECTION is not' lockout --nic=em0 good.akp
unset SSH_CONNECTION

# Files that fmt writes.

run fmt --check untidy.akp
[ $status -eq 1 ] && [ "$(cat out)" = untidy.akp ]
expect $? 'fmt --check does not name the file'
chmod 640 untidy.akp
ln -s untidy.akp link.akp
says 3 'not a plain file' fmt -w link.akp
says 2 'standard input' fmt -w -
run fmt -w untidy.akp
[ $status -eq 0 ] && "$akinc" fmt --check untidy.akp >out &&
    [ "$(find . -name 'untidy*')" = ./untidy.akp ] &&
    [ "$(find . -name untidy.akp -perm 640)" ]
expect $? 'fmt -w does not write what fmt --check likes'

# Nothing around akinc gets into its output.

run --nic=em0 --flavour=freebsd good.akp
cp out wanted
mkdir elsewhere
cp good.akp elsewhere
(cd elsewhere && env -i TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 HOME=/nowhere \
    USER=somebody "$akinc" --nic=em0 --flavour=freebsd good.akp) >out
cmp -s out wanted
expect $? 'the output depends on the surroundings'
"$akinc" --nic=em0 --flavour=freebsd elsewhere/good.akp >out
cmp -s out wanted
expect $? 'the output depends on the way to the policy'
if command -v script >/dev/null && script -qec true /dev/null >out 2>&1; then
	unset NO_COLOR
	script -qec "$akinc check bad.akp" /dev/null >out
	grep -q "$(printf '\033')" out
	expect $? 'no colours on a terminal'
	NO_COLOR=1 script -qec "$akinc check bad.akp" /dev/null >out
	! grep -q "$(printf '\033')" out
	expect $? 'NO_COLOR is not heard'
	run check bad.akp
	! grep -q "$(printf '\033')" err
	expect $? 'colours in a file'
	export NO_COLOR=1
fi

# Bad input.

says 1 '[E0105]' "$(command -v sh)"
awk 'BEGIN { for (i = 0; i < 3000000; i++) printf "aaaaaaaaaa" }' >long.akp
says 1 '[E0104]' long.akp
i=0
while [ $i -lt 40 ]; do
	i=$((i + 1))
	echo "include \"$((i + 1)).akp\"" >$i.akp
done
says 1 '[E0108]' 1.akp
if [ -c /dev/zero ]; then
	says 3 'larger than 256 MiB' /dev/zero
fi
printf 'zone wan on "en0; rm -rf /"\n' >card.akp
says 1 '[E0307]' card.akp
echo 'services: [1, {tcp: yes}]' >types.yaml
says 1 '[E0806]' --catalogue=types.yaml --nic=em0 good.akp
echo 'telepathy: 3' >profile.yaml
says 1 '[E0813]' --profile=profile.yaml --nic=em0 good.akp
echo 'ssh: often' >profile.yaml
says 1 '[E0806]' --profile=profile.yaml --nic=em0 good.akp
echo 'interfaces: {em0: {addresses: [192.0.2]}}' >half.yaml
says 1 '[E0502]' --host=half.yaml good.akp
awk 'BEGIN {
	print "zone wan on em0\nzone z on vm0 net 10.0.0.0/24"
	for (i = 1; i <= 80; i++)
		print "zone z" i " on vm" i " net 10." i ".0.0/24"
	printf "trust z"
	for (i = 1; i <= 80; i++) printf ", z" i
	print ""
}' >blocks.akp
says 1 '[E0314]' --nic=em0 blocks.akp
awk 'BEGIN {
	print "zone wan on em0"
	for (i = 1; i < 30000; i++)
		print "from wan to self allow tcp " i " from 192.0.2." i % 250
}' >rules.akp
if ! nm "$akinc" 2>/dev/null | grep -q __asan; then
	(
		# shellcheck disable=SC3045 # where there is no -v it fails
		ulimit -v 25000 2>/dev/null || exit 0
		for emit in sh rules ast json; do
			"$akinc" --emit=$emit --nic=em0 rules.akp >out 2>err
			[ $? -eq 3 ] && [ ! -s out ] &&
			    grep -q 'out of memory' err || exit 1
		done
	)
	expect $? 'without memory akinc does not end with 3 and say nothing'
fi

end_suite
