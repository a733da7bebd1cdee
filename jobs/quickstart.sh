#!/bin/sh
# SPDX-License-Identifier: MIT
# From a bare Debian 12 to a report: installs what is missing, builds orgrun and the sandbox, and
# sweeps the sandbox's 26 accounts with jobs/quickstart.yaml. Nothing leaves this machine.
# usage: jobs/quickstart.sh
set -eu
cd "$(dirname "$0")/.."

say() {
    printf '\n== %s\n' "$*"
}

# Runs a command whose output matters only when it fails.
quietly() {
    "$@" >>"$log" 2>&1 || {
        cat "$log" >&2
        echo "quickstart: this failed: $*" >&2
        exit 1
    }
}

# The text of a key of the sandbox's line of JSON.
field() {
    sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$ready"
}

build=build/release
log=build/quickstart.log
ready=$build/sandbox.json
mkdir -p "$build" out
: >"$log"

say "1/3 dependencies and build (the details are in $log)"
cmake/install-dependencies.sh
quietly cmake --preset release -DORGRUN_SANDBOX=ON
quietly cmake --build --preset release -j "$(nproc)"
orgrun=$(find "$build" -type f -name orgrun -perm -u+x | head -n 1)
"$orgrun" --version

say "2/3 the sandbox: an offline organization of 26 accounts on this machine"
rm -f "$ready"
"$build/tests/sandbox/orgrun-sandbox" --latency 20 --ready-file "$ready" >>"$log" 2>&1 &
sandbox=$!
trap 'kill "$sandbox" 2>/dev/null || true' EXIT
tries=0
until [ -s "$ready" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ] || ! kill -0 "$sandbox" 2>/dev/null; then
        cat "$log" >&2
        echo "quickstart: the sandbox did not start" >&2
        exit 1
    fi
    sleep 0.1
done
SANDBOX_URL=$(field url)
AWS_ENDPOINT_URL=$SANDBOX_URL
AWS_ACCESS_KEY_ID=$(field access_key_id)
AWS_SECRET_ACCESS_KEY=$(field secret_access_key)
AWS_REGION=us-east-1
WITHOUT_MFA=$(field account_without_mfa)
export SANDBOX_URL WITHOUT_MFA AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION
# Whatever else of AWS is set here has no part in this run.
unset AWS_SESSION_TOKEN AWS_PROFILE AWS_CA_BUNDLE AWS_ENDPOINT_URL_STS \
    AWS_ENDPOINT_URL_ORGANIZATIONS AWS_IGNORE_CONFIGURED_ENDPOINT_URLS || true
echo "$SANDBOX_URL, management account $(field management_account)"

say "3/3 orgrun run jobs/quickstart.yaml"
code=0
"$orgrun" run jobs/quickstart.yaml --state out/state || code=$?

say "done"
if [ "$code" -ne 3 ] || ! [ -s out/report.json ]; then
    echo "orgrun ended with exit code $code; 3 and a report were expected" >&2
    exit 1
fi
cat <<END
As planned, orgrun ended with exit code 3: one account of the sandbox refuses its role, which is an
error and named above, and in another the root user has no MFA, which is a failed answer. In a
pipeline this exit code turns the stage red.

reports: out/report.json   for programs
         out/junit.xml     for CI systems
         out/report.html   for people

Next: $orgrun --help
      $orgrun run --help
END
