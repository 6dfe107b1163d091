#!/usr/bin/env bash
# `make bench`: the gateway's CPU time per request beside nginx's, to the same simulator in one run.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$repo"
deploy/dev/install.sh run build bench
SWITCHYARD_BIN="$(deploy/dev/build.sh quick | tail -1)"
export SWITCHYARD_BIN
exec deploy/dev/bench/run.sh "$@"
