#!/usr/bin/env bash
# `make test`: everything CI checks, quickest first.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$repo"
deploy/dev/install.sh run build test
if ! cargo nextest --version >/dev/null 2>&1; then
  say "installing cargo-nextest (some minutes, once)"
  quietly cargo install --quiet --locked cargo-nextest
fi

deploy/dev/lint.sh
say "console"
SWITCHYARD_SERVER__SITE_DIR="$(deploy/dev/console.sh test | tail -1)"
export SWITCHYARD_SERVER__SITE_DIR
say "unit and integration tests"
cargo nextest run --locked --workspace --profile ci
deploy/dev/e2e.sh
