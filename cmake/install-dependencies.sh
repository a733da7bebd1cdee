#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs the Debian packages that orgrun is built from, those that are missing and no others.
# usage: cmake/install-dependencies.sh [--tests]
set -eu

build='build-essential cmake ninja-build pkg-config libcurl4-openssl-dev libssl-dev libxml2-dev
libyaml-dev libjansson-dev libsqlite3-dev libmicrohttpd-dev'
tests='libcmocka-dev python3 python3-venv procps time util-linux'

say() {
    echo "dependencies: $*" >&2
}

packages=$build
case ${1-} in
'') ;;
--tests) packages="$build $tests" ;;
*)
    echo "usage: $0 [--tests]" >&2
    exit 2
    ;;
esac

installed() {
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "this is no Debian or Ubuntu; install the likes of these by hand:" $packages
    # What is there is tried all the same: CMake says by name what it does not find.
    if command -v cmake >/dev/null && command -v pkg-config >/dev/null; then
        exit 0
    fi
    exit 1
fi

missing=
for package in $packages; do
    installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        say "these packages are missing, and neither root's rights nor sudo are at hand:$missing"
        say "as root: apt-get install$missing"
        exit 1
    fi
    as_root='sudo'
fi
say "installing$missing"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq || say "apt-get update failed; going on with the lists that are there"
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing \
    >/dev/null || {
    say "apt-get could not install$missing"
    exit 1
}
