#!/bin/sh
# Install what building and checking need, with the package manager that this
# system has.  Silent and quick if nothing is missing.  What they can do without
# comes along with what they need, where that works.
#
#     setup.sh [--report] [build] [check]
#
# --report installs nothing and names what is missing.  The exit code is 0 if
# everything is there in the end, else 3.
set -u

bison_release=3.8

# What is needed.

build_needs='compiler flex bison yaml jansson'
check_needs='check mandoc shellcheck clang-format'
build_wishes=
check_wishes=buddy
case $(uname -s) in
Linux)
	build_needs="$build_needs mnl"
	build_wishes='sd-bus seccomp' ;;
esac

# The package of a need, by package manager; "-" is part of the system there.
#
#     need          apt-get         pkg            brew          dnf                apk
packages='
      compiler      build-essential -              -             gcc                build-base
      flex          flex            flex           flex          flex               flex
      bison         bison           bison          bison         bison              bison
      yaml          libyaml-dev     libyaml        libyaml       libyaml-devel      yaml-dev
      jansson       libjansson-dev  jansson        jansson       jansson-devel      jansson-dev
      mnl           libmnl-dev      -              -             libmnl-devel       libmnl-dev
      sd-bus        libsystemd-dev  -              -             systemd-devel      -
      seccomp       libseccomp-dev  -              -             libseccomp-devel  libseccomp-dev
      check         check           check          check         check-devel        check-dev
      mandoc        mandoc          mandoc         mandoc        mandoc             mandoc
      shellcheck    shellcheck      hs-ShellCheck  shellcheck    ShellCheck         shellcheck
      clang-format  clang-format    llvm           clang-format  clang-tools-extra  clang-extra-tools
      buddy         libbdd-dev      buddy          -             -                  -
'

has_program()
{
	command -v "$1" >/dev/null 2>&1
}

has_header()
{
	# shellcheck disable=SC2086 # flags are words
	printf '#include <%s>\n' "$1" |
	    ${CC:-cc} ${CPPFLAGS:-} -E -x c - >/dev/null 2>&1
}

has_new_bison()
{
	release=$(${BISON:-bison} --version 2>/dev/null |
	    sed -n '1s/.* \([0-9][0-9.]*\)$/\1/p')
	[ "$release" ] && printf '%s\n%s\n' "$bison_release" "$release" | awk '
	{ split($0, part, "."); value = part[1] * 1000 + part[2] }
	NR == 1 { least = value }
	NR == 2 { exit (value < least) }'
}

has()
{
	case $1 in
	compiler) has_header stdio.h ;;
	flex) has_program "${FLEX:-flex}" ;;
	bison) has_new_bison ;;
	yaml | jansson | check) has_header "$1.h" ;;
	mnl) has_header libmnl/libmnl.h ;;
	buddy) has_header bdd.h ;;
	seccomp) has_header seccomp.h ;;
	sd-bus) has_header systemd/sd-bus.h ;;
	*) has_program "$1" ;;
	esac
}

# The needs among the arguments that are not met.
list_missing()
{
	for need; do
		has "$need" || printf '%s ' "$need"
	done
}

# How it is installed.

find_manager()
{
	for name in apt-get pkg brew dnf apk; do
		has_program $name && echo $name && return
	done
}

# package_of MANAGER NEED...
list_packages()
{
	printf '%s\n' "$packages" | awk -v manager="$1" -v wanted=" $2 " '
	BEGIN {
		split("apt-get pkg brew dnf apk", names, " ")
		for (i in names)
			if (names[i] == manager)
				column = i + 1
	}
	index(wanted, " " $1 " ") && NF && $column != "-" {
		printf "%s ", $column
	}'
}

as_root()
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif has_program sudo; then
		sudo "$@"
	else
		echo 'setup: neither root nor sudo' >&2
		return 1
	fi
}

# Another process may hold apt's lock for a while.
apt_get()
{
	for _ in 1 2 3 4 5; do
		as_root env DEBIAN_FRONTEND=noninteractive apt-get \
		    -qq -o DPkg::Lock::Timeout=300 "$@" && return
		sleep 5
	done
	return 1
}

install_packages()
{
	case $manager in
	apt-get)
		apt_get update
		apt_get install -y --no-install-recommends "$@" ;;
	pkg)
		as_root pkg install -y "$@" ;;
	brew)
		brew install "$@" ;;
	dnf)
		as_root dnf install -y "$@" ;;
	apk)
		as_root apk add "$@" ;;
	esac
}

# Main.

report=
needs=
wishes=
for word; do
	case $word in
	--report) report=yes ;;
	build)
		needs="$needs $build_needs"
		wishes="$wishes $build_wishes" ;;
	check)
		needs="$needs $check_needs"
		wishes="$wishes $check_wishes" ;;
	*)
		echo 'usage: setup.sh [--report] [build] [check]' >&2
		exit 2 ;;
	esac
done

# shellcheck disable=SC2086 # needs are words
missing=$(list_missing $needs)
[ "$missing" ] || exit 0

manager=$(find_manager)
wanted=$(list_packages "${manager:-apt-get}" "$missing")
if [ "$report" ]; then
	echo "missing: $missing" >&2
	echo "'make setup' installs the packages: $wanted" >&2
	exit 3
fi
if [ -z "$manager" ]; then
	echo 'setup: no apt-get, pkg, brew, dnf or apk here' >&2
	echo "Please install, by Debian's names: $wanted" >&2
	exit 3
fi

echo "setup: $manager installs $wanted"
# shellcheck disable=SC2086 # packages are words
install_packages $wanted </dev/null >/dev/null
# shellcheck disable=SC2086 # needs and packages are words
missing=$(list_missing $missing)
# shellcheck disable=SC2086 # wishes are words
wanted=$(list_packages "$manager" "$(list_missing $wishes)")
# shellcheck disable=SC2086 # packages are words
[ -z "$wanted" ] || install_packages $wanted </dev/null >/dev/null ||
    echo "setup: going on without $wanted" >&2
[ "$missing" ] || exit 0

echo "setup: still missing: $missing" >&2
case " $missing" in
*' bison '*) echo "setup: bison must be $bison_release or newer" >&2 ;;
esac
echo "Please install: $(list_packages "$manager" "$missing")" >&2
exit 3
