#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the release preset and measures it side by side with a boto3 loop and with bare xargs.
# usage: tests/bench/run.sh [--accounts N] [--rounds N] [--latency MS]
set -eu
cd "$(dirname "$0")/../.."

cmake/install-dependencies.sh --tests
python=build/venv/bin/python
[ -x "$python" ] || python=python3
mkdir -p build
cmake --preset release -DORGRUN_SANDBOX=ON >build/configure-release.log ||
    { cat build/configure-release.log; exit 1; }
cmake --build --preset release -j "$(nproc)" >build/build-release.log ||
    { cat build/build-release.log; exit 1; }
exec "$python" tests/bench/bench.py --orgrun build/release/runner/cli/orgrun \
    --sandbox build/release/tests/sandbox/orgrun-sandbox "$@"
