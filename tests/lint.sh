#!/bin/sh
# What other programs say of our files: clang-format about the C sources, mandoc
# about the manual, shellcheck about our scripts and those that akinc prints.
# Each file is one check.
#
# --format formats the C sources instead.
set -u

cd "$(dirname "$0")/.." || exit 3

# Other releases of clang-format lay the same text out differently.
format_release=14

passed=0 failed=0 skipped=0

list_sources()
{
	find compiler grammar runtime tests bench -name '*.[ch]' | sort
}

find_formatter()
{
	for name in clang-format-$format_release clang-format; do
		case $($name --version 2>/dev/null) in
		*"version $format_release."*)
			echo "$name"
			return 0 ;;
		esac
	done
	return 1
}

# check FILE COMMAND...: a file passes if the command is content and silent.
check()
{
	file=$1
	shift
	if output=$("$@" "$file" 2>&1) && [ -z "$output" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		printf '%s\n' "${output:-$file: $1 refuses it}" | head -n 8
	fi
}

formatter=$(find_formatter)
if [ "${1:-}" = --format ]; then
	[ "$formatter" ] || {
		echo "clang-format $format_release is not here" >&2
		exit 3
	}
	list_sources | xargs "$formatter" -i
	exit
fi

for source in $(list_sources); do
	if [ "$formatter" ]; then
		check "$source" "$formatter" --dry-run -Werror
	else
		skipped=$((skipped + 1))
	fi
done
[ "$formatter" ] ||
    echo "layout of the C sources not checked: no clang-format $format_release"

for script in .ci/run tools/*.sh tests/*.sh packaging/*.sh \
    packaging/debian/*.sh tests/control/*.sh tests/diagrams/*.sh \
    completions/*.bash; do
	[ ! -f "$script" ] || check "$script" shellcheck -x
done
for script in tests/script/run.sh tests/script/fake/* tests/faults/*.sh \
    tests/faults/command
do
	check "$script" shellcheck -x
done
for script in tests/cases/*/*.sh-*; do
	[ ! -f "$script" ] || check "$script" shellcheck -s sh
done

for page in man/*.[1-9]; do
	[ ! -f "$page" ] || check "$page" mandoc -T lint -W warning
done

if [ $skipped -gt 0 ]; then
	printf '%d passed, %d failed, %d skipped\n' \
	    $passed $failed $skipped
else
	printf '%d passed, %d failed\n' $passed $failed
fi
[ $failed -eq 0 ]
