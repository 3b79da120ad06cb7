#!/bin/sh
# What `akinc apply` costs: a policy into the emulator, by processes and time.
#
#     AKINC=… IPFW_EMU=… BENCH=… bench/apply.sh LINES ENTRIES
#
# As bench/load.sh, with the applier in the place of the script.
set -u

work=$(mktemp -d) || exit 3
chmod 755 "$work"
trap '"$IPFW_EMU" --stop "$work/socket" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# fake NAME: the emulator's, counted.
fake()
{
	cat >"$work/sbin/$1" <<END
#!/bin/sh
echo $1 >>"$work/count"
IPFW_EMU="$work/socket" exec "$IPFW_EMU" $2 "\$@"
END
	chmod +x "$work/sbin/$1"
}

make_host()
{
	mkdir "$work/sbin" || exit 3
	fake ipfw ''
	fake sysctl sysctl
	for name in kldstat kldload kldunload natd; do
		printf '#!/bin/sh\necho %s >>"%s"\necho 1 ipfw\n' $name \
		    "$work/count" >"$work/sbin/$name"
		chmod +x "$work/sbin/$name"
	done
}

# measure NAME KIND N; the compiler is one process more.
measure()
{
	policy=$("$BENCH" --write "$2" "$3" "$work") || exit 3
	chmod -R a+rX "$work"
	"$IPFW_EMU" --start "$work/socket" || exit 3
	rm -rf "$work/state"
	: >"$work/count"
	"$BENCH" --time "$AKINC" apply "$policy" --nic=em0 --force \
	    --confirm=0 --flavour=freebsd --sbin="$work/sbin" \
	    --state-dir="$work/state" </dev/null >"$work/time" 2>"$work/err" || {
		cat "$work/err" >&2
		exit 3
	}
	"$IPFW_EMU" --stop "$work/socket"
	echo "apply/$1/processes $(($(grep -c '' "$work/count") + 1)) processes 12"
	echo "apply/$1/time $(tail -n 1 "$work/time") ms 5000"
}

make_host
measure "$1-lines" ranges "$1"
measure "$2-entries" file "$2"
