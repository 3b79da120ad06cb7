#!/bin/sh
# What loading costs: scripts into the emulator, by processes of ipfw and time.
#
#     AKINC=… IPFW_EMU=… BENCH=… bench/load.sh LINES ENTRIES
#
# LINES lines of ranges make some more rules, ENTRIES addresses make a table.
# Prints lines "NAME VALUE UNIT BOUND" for bench --more.
set -u

work=$(mktemp -d) || exit 3
trap '"$IPFW_EMU" --stop "$work/socket" 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# A host with an ipfw that is counted, and nothing else to talk to.
make_host()
{
	mkdir -p "$work/host/var/run" "$work/host/var/db" || exit 3
	cat >"$work/host/ipfw" <<END
#!/bin/sh
echo >>"$work/count"
IPFW_EMU="$work/socket" exec "$IPFW_EMU" "\$@"
END
	cat >"$work/host/sysctl" <<END
#!/bin/sh
case \$1 in
-n) cat "$work/\$2" 2>/dev/null || echo 1 ;;
*) echo "\${2#*=}" >"$work/\${2%=*}" ;;
esac
END
	for name in kldstat kldload kldunload ps; do
		printf '#!/bin/sh\nexit 0\n' >"$work/host/$name"
	done
	chmod +x "$work"/host/*
}

# measure NAME KIND N: the script of a generated policy into a new emulator.
measure()
{
	policy=$("$BENCH" --write "$2" "$3" "$work") || exit 3
	"$AKINC" --no-proof --nic=em0 --flavour=freebsd "$policy" \
	    >"$work/script" 2>"$work/err" || cat "$work/err" >&2
	"$IPFW_EMU" --start "$work/socket" || exit 3
	rm -rf "$work/host/var/run/akin"* "$work/host/var/db/akin"*
	: >"$work/count"
	"$BENCH" --time sh "$work/script" --test-commands "$work/host" \
	    2>"$work/err" >"$work/time" || {
		cat "$work/err" >&2
		exit 3
	}
	"$IPFW_EMU" --stop "$work/socket"
	echo "load/$1/rules $(grep -c '^add' "$work/script") rules 0"
	echo "load/$1/processes $(grep -c '' "$work/count") commands 30"
	echo "load/$1/time $(tail -n 1 "$work/time") ms 1000"
}

make_host
measure "$1-lines" ranges "$1"
measure "$2-entries" file "$2"
