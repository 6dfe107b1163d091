#!/usr/bin/env bash
# `make e2e`: browser journeys and real clients against a running platform, and the real llama.cpp where it is cached.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$repo"
deploy/dev/install.sh run build test
SWITCHYARD_SERVER__SITE_DIR="${SWITCHYARD_SERVER__SITE_DIR:-$(deploy/dev/console.sh test | tail -1)}"
export SWITCHYARD_SERVER__SITE_DIR
cargo build --quiet --locked -p switchyard
SWITCHYARD_BIN="$CARGO_TARGET_DIR/debug/switchyard"
export SWITCHYARD_BIN
e2e/run.sh "$@"
deploy/dev/engines.sh --cached llamacpp
