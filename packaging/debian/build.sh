#!/bin/sh
# Build the Debian package with dpkg-deb, of files as `make install` leaves
# them.  Times are those of the last commit, owners are root, and the order is
# that of the names, so that the same sources give the same bytes.
#
# From the environment: MAKE, VERSION, BUILD, and perhaps MAINTAINER and
# SOURCE_DATE_EPOCH.
set -eu
umask 022
export LC_ALL=C TZ=UTC

cd "$(dirname "$0")/../.."
here=packaging/debian
work=$BUILD/deb
root=$work/root

need()
{
	command -v "$1" >/dev/null || {
		echo "make deb: $1 is not here; it is in the package $2" >&2
		exit 3
	}
}

list_programs()
{
	find "$1/usr" -type f -perm -u+x ! -name try | sort
}

# What the programs are linked with, as dependencies.
list_dependencies()
{
	mkdir -p "$work/debian"
	printf 'Source: akin\n\nPackage: akin\nArchitecture: any\n' \
	    >"$work/debian/control"
	(cd "$work" && list_programs root | xargs dpkg-shlibdeps -O) |
	    sed -n 's/^shlibs:Depends=//p'
}

install_files()
{
	rm -rf "$work"
	mkdir -p "$work"
	$MAKE --no-print-directory install INSTALL_FOR=linux DESTDIR="$root" \
	    PREFIX=/usr SYSCONFDIR=/etc ZSHDIR=/usr/share/zsh/vendor-completions
	list_programs "$root" | xargs strip --strip-unneeded \
	    --remove-section=.comment --remove-section=.note
	# The maintainer scripts make and remove the folder of the state.
	rm -rf "${root:?}/var"
}

write_documents()
{
	documents=$root/usr/share/doc/akin
	mkdir -p "$documents"
	cp LICENSE "$documents/copyright"
	cp README.md "$documents/README.md"
	printf 'akin (%s) unstable; urgency=low\n\n  * %s\n\n -- %s  %s\n' \
	    "$VERSION" 'Built from its own sources.' "$MAINTAINER" \
	    "$(date -u -R -d "@$SOURCE_DATE_EPOCH")" >"$documents/changelog"
	gzip -9n "$documents/changelog" "$root"/usr/share/man/man?/*.[1-9]
}

write_control()
{
	mkdir -p "$root/DEBIAN"
	cp $here/conffiles "$root/DEBIAN/"
	for script in postinst prerm postrm; do
		install -m 755 "$here/$script" "$root/DEBIAN/$script"
	done
	(cd "$root" && find usr -type f | sort | xargs md5sum) \
	    >"$root/DEBIAN/md5sums"
	sed -e "s|@VERSION@|$VERSION|" \
	    -e "s|@ARCH@|$(dpkg --print-architecture)|" \
	    -e "s|@MAINTAINER@|$MAINTAINER|" \
	    -e "s|@SIZE@|$(du -sk --apparent-size "$root/usr" | cut -f1)|" \
	    -e "s|@DEPENDS@|$(list_dependencies)|" \
	    $here/control.in >"$root/DEBIAN/control"
}

need dpkg-deb dpkg
need dpkg-shlibdeps dpkg-dev
: "${MAINTAINER:=the akin authors <akin@example.org>}"
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || echo 0)}"
export SOURCE_DATE_EPOCH

install_files
write_documents
write_control
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
package=$BUILD/akin_${VERSION}_$(dpkg --print-architecture).deb
dpkg-deb --root-owner-group --uniform-compression --build "$root" "$package" \
    >/dev/null
echo "$package"
