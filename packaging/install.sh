#!/bin/sh
# Install or remove files for packaging/install.mk.
#
#     install.sh install|uninstall|purge MODE:FILE:WHERE...
#
# From the environment come DESTDIR, the places POLICY, SAMPLE, STATE and
# SERVICE without it, and SYSTEM.  Without DESTDIR the service is taken off the
# system's hands before its files go.
set -eu
umask 022

command=$1
shift

in_place()
{
	[ -z "$DESTDIR" ]
}

# Folders that hold nothing of anybody's, upwards as far as they are ours: the
# folders that every system has stay.
prune()
{
	folder=$1
	while :; do
		case $folder in
		*/bin | */sbin | */etc | */lib | */libexec | */share | \
		    */man/* | */etc/rc.d | /Library/* | /var/*)
			return 0 ;;
		esac
		rmdir "$DESTDIR$folder" 2>/dev/null || return 0
		folder=${folder%/*}
	done
}

install_files()
{
	for entry; do
		mode=${entry%%:*} where=${entry##*:}
		file=${entry#*:} file=${file%:*}
		mkdir -p "$DESTDIR${where%/*}"
		# By another name first: a program that runs is not written to.
		install -m "$mode" "$file" "$DESTDIR$where.new"
		mv -f "$DESTDIR$where.new" "$DESTDIR$where"
	done
}

install_policy()
{
	mkdir -p "$DESTDIR${POLICY%/*}"
	if [ ! -e "$DESTDIR$POLICY" ]; then
		install -m 644 "$DESTDIR$SAMPLE" "$DESTDIR$POLICY"
	elif ! cmp -s "$DESTDIR$SAMPLE" "$DESTDIR$POLICY"; then
		echo "$POLICY is yours and stays; the default is $SAMPLE"
	fi
	mkdir -p "$DESTDIR${STATE%/*}"
	(umask 077 && mkdir -p "$DESTDIR$STATE")
}

remove_files()
{
	if cmp -s "$DESTDIR$SAMPLE" "$DESTDIR$POLICY"; then
		rm -f "$DESTDIR$POLICY"
	fi
	for entry; do
		rm -f "$DESTDIR${entry##*:}"
	done
	for entry; do
		where=${entry##*:}
		prune "${where%/*}"
	done
	rmdir "$DESTDIR$STATE" 2>/dev/null || :
	rmdir "$DESTDIR${POLICY%/*}" 2>/dev/null || :
}

say_what_stays()
{
	for path in "$POLICY" "$STATE"; do
		if [ -e "$DESTDIR$path" ]; then
			echo "$DESTDIR$path stays; 'make purge' removes it"
		fi
	done
}

has()
{
	command -v "$1" >/dev/null 2>&1
}

# The system learns of the new service; it is not started.
announce()
{
	case $SYSTEM in
	linux) [ ! -d /run/systemd/system ] || systemctl daemon-reload ;;
	esac
	echo "installed; 'akinctl start' puts $POLICY in force"
}

# The rules of a service that is stopped stay in force: nobody is let in, or
# locked out, because files are removed.
withdraw()
{
	[ -e "$SERVICE" ] || return 0
	case $SYSTEM in
	linux)
		[ ! -d /run/systemd/system ] ||
		    systemctl --quiet disable --now akin.service ;;
	freebsd)
		! has service || service akin onestop || :
		! has sysrc || sysrc -qx akin_enable || : ;;
	darwin)
		! has launchctl || launchctl unload -w "$SERVICE" ;;
	esac
}

forget_service()
{
	case $SYSTEM in
	linux) [ ! -d /run/systemd/system ] || systemctl daemon-reload ;;
	esac
}

case $command in
install)
	install_files "$@"
	install_policy
	! in_place || announce ;;
uninstall)
	! in_place || withdraw
	remove_files "$@"
	! in_place || forget_service
	say_what_stays ;;
purge)
	! in_place || withdraw
	remove_files "$@"
	rm -rf "$DESTDIR${POLICY%/*}" "$DESTDIR$STATE"
	! in_place || forget_service ;;
*)
	echo "install.sh: there is no command '$command'" >&2
	exit 2 ;;
esac
