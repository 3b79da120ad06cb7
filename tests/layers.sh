#!/bin/sh
# Hold the sources to the layers that layers.awk defines.  Each file is one
# check.
set -u

cd "$(dirname "$0")/.." || exit 3

find compiler grammar runtime -name '*.[chly]' | sort |
    xargs awk -f tests/layers.awk /dev/null
