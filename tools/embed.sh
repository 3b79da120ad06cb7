#!/bin/sh
# Print a C table of the files given, for compiler/cli/builtin.h.
set -eu

echo '#include "cli/builtin.h"'
n=0
for file in "$@"; do
	echo "static const unsigned char file_${n}[] = {"
	od -An -v -tx1 "$file" | sed 's/\([0-9a-f][0-9a-f]\)/0x\1,/g'
	echo '0};'
	n=$((n + 1))
done
echo 'const struct builtin_file builtin_files[] = {'
n=0
for file in "$@"; do
	echo "{\"$(basename "$file")\", file_$n, sizeof(file_$n) - 1},"
	n=$((n + 1))
done
echo '{0, 0, 0}};'
