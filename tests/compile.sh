#!/bin/sh
# Compile the files for systems that this one is not, against
# declarations of what those systems document, in tests/compile.  Each file and
# system is one check.
set -u

cd "$(dirname "$0")/.." || exit 3
. tests/suite.sh

warnings='-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wswitch-enum'

# compile NAME FOLDER FILE
compile()
{
	# shellcheck disable=SC2086 # flags are words
	if output=$(${CC:-cc} -std=c11 -D_DEFAULT_SOURCE -D"COMPILE_$1" \
	    -isystem "tests/compile/$2" -isystem tests/compile/bsd \
	    -Icompiler -I. $warnings -Werror -fsyntax-only "$3" 2>&1); then
		pass
	else
		fail "$3 for $2:"
		printf '%s\n' "$output" | head -n 20
	fi
}

for file in $(find compiler runtime tests/compile -name '*_freebsd.c' \
    -o -name '*_bsd.c' | sort); do
	compile FREEBSD freebsd "$file"
done
for file in $(find compiler runtime tests/compile -name '*_darwin.c' \
    -o -name '*_bsd.c' | sort); do
	compile DARWIN darwin "$file"
done

end_suite
