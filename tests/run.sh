#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs what is missing, builds with sanitizers and runs every test.
# usage: tests/run.sh [ctest option...]      as in: tests/run.sh -R integration
set -eu
cd "$(dirname "$0")/.."

step() {
    echo "== $*"
}

# A virtual environment of the pinned packages, made anew when the pins change.
python_environment() {
    venv=$PWD/build/venv
    system=/usr/bin/python3
    [ -x "$system" ] || system=python3
    want="$(sha256sum tests/requirements.txt | cut -d' ' -f1) $("$system" -V)"
    if [ "$(cat "$venv/made-from" 2>/dev/null)" != "$want" ] || ! "$venv/bin/python" -c ''; then
        step "making build/venv from tests/requirements.txt"
        rm -rf "$venv"
        "$system" -m venv "$venv"
        "$venv/bin/python" -m pip install -q --no-input --disable-pip-version-check \
            -r tests/requirements.txt
        echo "$want" >"$venv/made-from"
    fi
    ORGRUN_TEST_PYTHON=$venv/bin/python
}

jobs=$(nproc)
cmake/install-dependencies.sh --tests
python_environment

step "building with ASan and UBSan"
cmake --preset dev -DORGRUN_TEST_PYTHON="$ORGRUN_TEST_PYTHON" >build/configure-dev.log ||
    { cat build/configure-dev.log; exit 1; }
cmake --build --preset dev -j "$jobs"

step "running the tests"
failed=0
ctest --preset dev -j "$jobs" --timeout 300 "$@" || failed=1

step "building the threaded tests with TSan"
cmake --preset tsan -DORGRUN_TEST_PYTHON="$ORGRUN_TEST_PYTHON" >build/configure-tsan.log ||
    { cat build/configure-tsan.log; exit 1; }
cmake --build --preset tsan -j "$jobs"

step "running the threaded tests with TSan"
# TSan cannot place its shadow where the kernel spreads mappings widely; -R of setarch turns that off.
steady=
if setarch -R true 2>/dev/null; then
    steady='setarch -R'
fi
none=error
[ $# -eq 0 ] || none=ignore # a filter may leave none
$steady ctest --preset tsan -j "$jobs" --timeout 300 --no-tests=$none "$@" || failed=1

if [ "$failed" -ne 0 ]; then
    step "some tests failed"
fi
exit "$failed"
