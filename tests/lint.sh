#!/bin/sh
# SPDX-License-Identifier: MIT
# clang-format, clang-tidy (.clang-tidy argues its exceptions) and gcc -fanalyzer over the C code.
# usage: tests/lint.sh           needs clang-format, clang-tidy and a configured build/dev
set -eu
cd "$(dirname "$0")/.."

[ -f build/dev/compile_commands.json ] || cmake --preset dev >/dev/null
failed=0

echo "== clang-format"
git ls-files '*.[ch]' | xargs clang-format --dry-run --Werror || failed=1

echo "== clang-tidy"
git ls-files 'runner/*.c' | xargs -P "$(nproc)" -n 4 clang-tidy --quiet -p build/dev 2>/dev/null || failed=1

# analyzer-malloc-leak: gcc 12 loses what is stored through a pointer it does not know ("*out = p",
# an element of a grown array) and calls it leaked; leaks are LeakSanitizer's, on in every test.
echo "== gcc -fanalyzer"
flags=$(pkg-config --cflags libcurl openssl libxml-2.0 yaml-0.1 jansson sqlite3 libmicrohttpd)
git ls-files 'runner/*.c' | xargs -P "$(nproc)" -n 4 sh -c 'for file; do
    gcc -std=gnu11 -D_GNU_SOURCE -DORGRUN_VERSION=\"lint\" -Irunner -Iinclude '"$flags"' -O1 -fanalyzer -Werror \
        -Wno-analyzer-malloc-leak -c -o /dev/null "$file" || exit 1
done' sh || failed=1
exit "$failed"
