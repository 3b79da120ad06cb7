#!/bin/sh
# Hold what we write to style.awk.  Each file is one check.  Recorded sessions,
# corpora and golden files are as they are.
set -u

cd "$(dirname "$0")/.." || exit 3

find Makefile README.md .ci bench tools tests compiler grammar runtime \
    policies packaging examples man completions -type f \
    ! -path 'tests/vectors/*' ! -path 'tests/cases/*' \
    ! -path 'tests/fuzz/corpus/*' ! -path 'tests/forms/*' \
    2>/dev/null | sort | xargs awk -f tests/style.awk
