#!/bin/sh
# Installing into a DESTDIR leaves the files that packaging/files.* list, for
# each system; uninstalling leaves none.  A policy that was changed, and the
# state, outlive an upgrade and an uninstall, and not a purge.  What the systems
# read, service files, maintainer scripts and packing lists, is what their own
# tools take, as far as those are here.
#
# --update writes the lists, and the one of the port, from what is installed.
set -u

cd "$(dirname "$0")/.." || exit 3
umask 077
export LC_ALL=C

work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM
passed=0 failed=0 skipped=0

# expect CONDITION-STATUS COMPLAINT
expect()
{
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s\n' "$2"
		head -n 12 "$work/said" 2>/dev/null
	fi
	: >"$work/said"
}

# What is not here cannot judge.
skip()
{
	skipped=$((skipped + 1))
	echo "$1 not checked: no $2"
}

has()
{
	command -v "$1" >/dev/null 2>&1
}

# make_for SYSTEM TARGET [VARIABLE=VALUE]...
make_for()
{
	system=$1
	shift
	${MAKE:-make} --no-print-directory INSTALL_FOR="$system" \
	    DESTDIR="$work/$system" "$@" >"$work/said" 2>&1
}

list_files()
{
	find "$work/$1" ! -type d | while read -r path; do
		printf '%s %s\n' "$(stat -c %a "$path")" "${path#"$work/$1"}"
	done | sort -k 2
}

# The packing list of the port: the same files by their places below PREFIX.
write_plist()
{
	sed 's/^[0-9]* //' packaging/files.freebsd | sed \
	    -e 's|^/usr/local/||' \
	    -e '\|^etc/akin/policy.akp$|d' \
	    -e 's|^share/akin/default.akp$|@sample %%DATADIR%%/default.akp %%ETCDIR%%/policy.akp|' \
	    -e 's|^share/akin/|%%DATADIR%%/|'
}

update()
{
	for system in linux freebsd darwin; do
		make_for "$system" install || {
			cat "$work/said"
			exit 3
		}
		list_files "$system" >packaging/files."$system"
	done
	write_plist >packaging/freebsd/pkg-plist
}

# --- Install, upgrade, uninstall ---

# policy_of SYSTEM
policy_of()
{
	sed -n "s|^[0-9]* \(.*/policy[.]akp\)\$|$work/$1\1|p" \
	    packaging/files."$1"
}

check_installed()
{
	make_for "$1" install
	expect $? "make install fails for $1"
	list_files "$1" >"$work/list"
	diff packaging/files."$1" "$work/list" >"$work/said"
	expect $? "other files are installed for $1 than packaging/files.$1 \
lists: tests/install.sh --update"
	grep -qF "\"$(policy_of "$1" | sed "s|^$work/$1||")\"" \
	    "runtime/daemon/policy_$1.c"
	expect $? "$1: akind by itself takes another policy than is installed"
	find "$work/$1" -type d ! -perm 755 ! -path '*/var/*' >"$work/said"
	[ ! -s "$work/said" ]
	expect $? "$1: folders that not everybody can enter"
	! grep -rI '@[A-Z][A-Z]*@' "$work/$1" >"$work/said"
	expect $? "$1: places that are not filled in"
}

check_upgrade()
{
	policy=$(policy_of "$1")
	echo 'zone wan on em0' >"$policy"
	echo generation >"$work/$1/var/db/akin/generation"
	make_for "$1" install
	expect $? "make install fails over an installation, $1"
	[ "$(cat "$policy")" = 'zone wan on em0' ]
	expect $? "$1: an upgrade overwrites the policy"
	[ -s "$work/$1/var/db/akin/generation" ]
	expect $? "$1: an upgrade loses the state"
}

check_uninstalled()
{
	make_for "$1" uninstall
	expect $? "make uninstall fails for $1"
	list_files "$1" >"$work/list"
	{
		echo "600 /var/db/akin/generation"
		echo "644 ${policy#"$work/$1"}"
	} | sort -k 2 | diff - "$work/list" >"$work/said"
	expect $? "$1: uninstalling leaves more or less than policy and state"
	make_for "$1" purge
	expect $? "make purge fails for $1"
	find "$work/$1" \( ! -type d -o -name '*akin*' \) >"$work/said"
	[ ! -s "$work/said" ]
	expect $? "$1: a purge leaves something"
}

# An installation that nobody touched goes without a trace.
check_untouched()
{
	make_for "$1" install && make_for "$1" uninstall
	expect $? "$1: installing and uninstalling again fails"
	find "$work/$1" \( ! -type d -o -name '*akin*' \) >"$work/said"
	[ ! -s "$work/said" ]
	expect $? "$1: uninstalling leaves something"
}

check_places()
{
	make_for places install PREFIX=/opt/akin SYSCONFDIR=/opt/etc \
	    INSTALL_FOR=linux
	expect $? 'make install fails with places of its own'
	find "$work/places" ! -type d ! -path '*/opt/akin/*' \
	    ! -path '*/opt/etc/akin/*' >"$work/said"
	[ ! -s "$work/said" ]
	expect $? 'files outside PREFIX and SYSCONFDIR'
	grep -q 'ExecStart=/opt/akin/sbin/akind -f /opt/etc/akin/policy.akp' \
	    "$work/places/opt/akin/lib/systemd/system/akin.service"
	expect $? 'the service does not follow PREFIX and SYSCONFDIR'
}

# Without DESTDIR the system's service manager hears of it; here it is a fake
# that writes down what it was told.
check_in_place()
{
	system=$1 tool=$2
	mkdir -p "$work/fake"
	# shellcheck disable=SC2016 # the fake expands them
	printf '#!/bin/sh\necho "$0 $*" >>%s/told\n' "$work" >"$work/fake/$tool"
	chmod 755 "$work/fake/$tool"
	set -- DESTDIR= PREFIX="$work/place" SYSCONFDIR="$work/place/etc" \
	    STATEDIR="$work/place/state" \
	    service_"$system"="$work/place/akin.service"
	: >"$work/told"
	PATH=$work/fake:$PATH make_for "$system" install "$@"
	expect $? "make install fails in place, $system"
	[ ! -s "$work/told" ]
	expect $? "make install starts something, $system"
	PATH=$work/fake:$PATH make_for "$system" uninstall "$@"
	expect $? "make uninstall fails in place, $system"
	[ -s "$work/told" ]
	expect $? "make uninstall does not stop the service, $system"
	find "$work/place" ! -type d >"$work/said"
	[ ! -s "$work/said" ]
	expect $? "make uninstall leaves something in place, $system"
}

# --- What the systems read ---

check_default_policy()
{
	flavour=$1
	shift
	"${AKINC:-build/akinc}" --flavour="$flavour" --nic=em0 --emit=rules \
	    "$@" >"$work/rules" 2>"$work/said"
	expect $? "$*: akinc refuses it for $flavour"
	grep -q 'set 31 allow .* to me dst-port 22' "$work/rules"
	expect $? "$*: no lifeline for $flavour"
}

check_services()
{
	if has xmllint; then
		xmllint --noout --nonet \
		    "$work"/darwin/Library/LaunchDaemons/*.plist \
		    >"$work/said" 2>&1
		expect $? 'launchd: the property list is no XML'
	else
		skip 'the property list' xmllint
	fi
	if has plutil; then
		plutil -lint "$work"/darwin/Library/LaunchDaemons/*.plist \
		    >"$work/said" 2>&1
		expect $? 'launchd: plutil refuses the property list'
	fi
	script=$work/freebsd/usr/local/etc/rc.d/akin
	sh -n "$script" 2>"$work/said"
	expect $? 'rc.d: sh cannot read the script'
	# rc.subr reads the variables that the script sets.
	shellcheck -s sh -e SC1091,SC2034,SC2154 "$script" >"$work/said" 2>&1
	expect $? 'rc.d: shellcheck objects'
}

# run_rc WORD [VARIABLE=VALUE]...: the rc.d script, with an rc.subr that tells
# what it would do.
run_rc()
{
	word=$1
	shift
	cat >"$work/rc.subr" <<'END'
load_rc_config() { :; }
load_kld() { echo "load $1"; }
kldstat() { return "${loaded:-1}"; }
kenv() { echo "kenv $1" >&2; } # its own output is thrown away
run_rc_command()
{
	case $1 in
	start) $start_precmd; echo "$command $command_args" ;;
	reload) $reload_cmd ;;
	esac
}
END
	sed -e "s|/etc/rc.subr|$work/rc.subr|" \
	    -e "s|/usr/local/sbin/akinctl|echo akinctl|" "$script" \
	    >"$work/rc"
	env "$@" sh "$work/rc" "$word" >"$work/said" 2>&1
}

check_rc_script()
{
	daemon='/usr/local/sbin/akind -d -f'
	run_rc start autoboot=yes
	printf 'load ipfw\n%s /usr/local/etc/akin/policy.akp\n' "$daemon" |
	    cmp -s - "$work/said"
	expect $? 'rc.d: at boot ipfw is not loaded, closed, before akind'
	run_rc start autoboot= akin_policy=/etc/other.akp
	{
		echo 'kenv net.inet.ip.fw.default_to_accept=1'
		echo 'load ipfw'
		echo "$daemon /etc/other.akp"
	} | cmp -s - "$work/said"
	expect $? 'rc.d: by hand ipfw is loaded in a way that closes the host'
	run_rc start autoboot= loaded=0
	echo "$daemon /usr/local/etc/akin/policy.akp" | cmp -s - "$work/said"
	expect $? 'rc.d: an ipfw that is there is loaded again'
	run_rc reload autoboot=
	echo 'akinctl reload' | cmp -s - "$work/said"
	expect $? 'rc.d: reload does not go by akinctl'
}

# The unit leaves akind what akind leaves itself, and the right to take more
# away; less, and it could not do its work.
check_capabilities()
{
	grep -o 'CAP_[A-Z_]*[A-Z]' runtime/daemon/privilege_linux.c |
	    grep -v CAP_LAST_CAP | sort -u >"$work/kept"
	sed -n 's/^CapabilityBoundingSet=//p' "$unit" | tr ' ' '\n' |
	    grep -v CAP_SETPCAP | sort -u | diff "$work/kept" - >"$work/said"
	expect $? 'systemd: other capabilities than akind keeps'
}

check_unit()
{
	if ! has systemd-analyze; then
		skip 'the unit' systemd-analyze
		return
	fi
	unit=$work/akin.service
	# It is verified with a program that is there, and without a manual.
	sed -e "s|^ExecStart=[^ ]*|ExecStart=$(command -v true)|" \
	    -e '/^Documentation=/d' \
	    "$work/linux/usr/local/lib/systemd/system/akin.service" >"$unit"
	check_capabilities
	systemd-analyze verify "$unit" >"$work/said" 2>&1 &&
	    ! grep -F "$unit" "$work/said" >"$work/about"
	expect $? 'systemd: the unit is refused'
	exposure=$(systemd-analyze security --offline=yes --no-pager "$unit" \
	    2>/dev/null | sed -n 's/.*exposure level[^0-9]*\([0-9]\).*/\1/p')
	[ "${exposure:-9}" -le 4 ]
	expect $? "systemd: an exposure of ${exposure:-unknown}, not 4 or less"
}

check_try()
{
	shellcheck "$work/linux/usr/local/libexec/akin/try" >"$work/said" 2>&1
	expect $? 'try: shellcheck objects'
	make_for tried install INSTALL_FOR=linux DESTDIR= PREFIX="$work/tried" \
	    SYSCONFDIR="$work/tried/etc" STATEDIR="$work/tried/state"
	chmod 755 "$work" "$work/tried"
	timeout 20 "$work/tried/libexec/akin/try" \
	    "$work/tried/etc/akin/policy.akp" -n >"$work/said" 2>&1
	grep -q 'load [0-9]* rules into set 10' "$work/said"
	expect $? 'try: it does not say what would be done'
}

check_port()
{
	write_plist | diff packaging/freebsd/pkg-plist - >"$work/said"
	expect $? 'the port lists other files: tests/install.sh --update'
	version=$(sed -n 's/^VERSION := //p' Makefile)
	grep -q "^DISTVERSION=[[:space:]]*$version\$" packaging/freebsd/Makefile
	expect $? "the port is not of version $version"
	grep -q "akin-${version}[.]tar[.]gz" packaging/homebrew/akin.rb
	expect $? "the formula is not of version $version"
	if has ruby; then
		ruby -c packaging/homebrew/akin.rb >"$work/said" 2>&1
		expect $? 'ruby cannot read the formula'
	else
		skip 'the formula' ruby
	fi
}

# --- The Debian package ---

check_deb_contents()
{
	mkdir -p "$work/extracted"
	dpkg-deb -x "$1" "$work/extracted"
	(cd "$work/extracted" && find . ! -type d | sed 's|^[.]||' | sort) \
	    >"$work/list"
	sed -e 's|^[0-9]* ||' -e 's|/usr/local/|/usr/|' \
	    -e 's|zsh/site-functions|zsh/vendor-completions|' \
	    -e 's|\(/man/.*\)|\1.gz|' packaging/files.linux >"$work/wanted"
	for file in README.md changelog.gz copyright; do
		echo "/usr/share/doc/akin/$file"
	done >>"$work/wanted"
	sort "$work/wanted" | diff - "$work/list" >"$work/said"
	expect $? 'the package holds other files than packaging/files.linux'
	dpkg-deb -e "$1" "$work/control"
	[ "$(cat "$work/control/conffiles")" = /etc/akin/policy.akp ]
	expect $? 'the policy is no conffile of the package'
	for script in postinst prerm postrm; do
		shellcheck "$work/control/$script" >"$work/said" 2>&1
		expect $? "$script: shellcheck objects"
	done
}

# dpkg itself, in a folder: installed, kept over an upgrade, removed, purged.
check_deb_life()
{
	if [ "$(id -u)" -ne 0 ]; then
		skip 'the life of the package' root
		return
	fi
	root=$work/dpkg
	mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info"
	: >"$root/var/lib/dpkg/status"
	set -- --root="$root" --force-script-chrootless --force-depends \
	    --log=/dev/null "$@"
	dpkg "$1" "$2" "$3" "$4" --install "$5" >"$work/said" 2>&1
	expect $? 'dpkg cannot install the package'
	echo 'zone wan on em0' >"$root/etc/akin/policy.akp"
	dpkg "$1" "$2" "$3" "$4" --install "$5" >"$work/said" 2>&1 &&
	    [ "$(cat "$root/etc/akin/policy.akp")" = 'zone wan on em0' ]
	expect $? 'dpkg overwrites the policy'
	dpkg "$1" "$2" "$3" "$4" --remove akin >"$work/said" 2>&1 &&
	    [ -e "$root/etc/akin/policy.akp" ] && [ ! -e "$root/usr/bin/akinc" ]
	expect $? 'dpkg cannot remove the package, or removes the policy'
	dpkg "$1" "$2" "$3" "$4" --purge akin >"$work/said" 2>&1
	expect $? 'dpkg cannot purge the package'
	find "$root" -name '*akin*' >"$work/said"
	[ ! -s "$work/said" ]
	expect $? 'a purge leaves something of the package'
}

check_deb()
{
	if ! has dpkg-deb || ! has dpkg-shlibdeps; then
		skip 'the Debian package' dpkg-dev
		return
	fi
	for copy in one two; do
		make_for linux deb RELEASE="${RELEASE:-0}" \
		    SOURCE_DATE_EPOCH=1700000000
		expect $? 'make deb fails'
		mv build/akin_*.deb "$work/$copy.deb"
	done
	cmp "$work/one.deb" "$work/two.deb" >"$work/said" 2>&1
	expect $? 'make deb: other bytes the second time'
	check_deb_contents "$work/one.deb"
	check_deb_life "$work/one.deb"
	# mandoc judges the manual pages, and knows later systems than groff.
	if has lintian; then
		lintian --allow-root --suppress-tags bogus-mail-host,groff-message \
		    "$work/one.deb" >"$work/said" 2>/dev/null
		[ ! -s "$work/said" ]
		expect $? 'lintian objects to the package'
	fi
}

if [ "${1:-}" = --update ]; then
	update
	exit
fi

for system in linux freebsd darwin; do
	check_installed "$system"
done
check_default_policy freebsd "$work/freebsd/usr/local/etc/akin/policy.akp"
check_default_policy darwin "$work/darwin/etc/akin/policy.akp"
check_services
check_rc_script
check_unit
check_try
check_port
for system in linux freebsd darwin; do
	check_upgrade "$system"
	check_uninstalled "$system"
	check_untouched "$system"
done
check_places
check_in_place freebsd service
check_in_place darwin launchctl
check_deb

printf '%d passed, %d failed, %d skipped\n' $passed $failed $skipped
[ $failed -eq 0 ]
