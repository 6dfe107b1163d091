#!/usr/bin/env bash
# `make engines`: real engines through the gateway, and beside their simulators.
#
#   engines.sh [llamacpp] [vllm] [transformers]     those alone; without any, all
#   engines.sh --cached llamacpp                    only if it is installed already, else says so and ends well
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cached='' engines=()
for asked in "$@"; do
  case "$asked" in
    --cached) cached=--cached ;;
    *) engines+=("$asked") ;;
  esac
done
[ "${#engines[@]}" -gt 0 ] || engines=(llamacpp vllm transformers)

cd "$repo"
found=()
for engine in "${engines[@]}"; do
  folder="$(e2e/engines/install.sh $cached "$engine")"
  if [ -n "$folder" ]; then
    found+=("$engine=$folder")
  else
    say "SKIPPED: no $engine in $cache/engines; 'make engines' installs it and runs this"
  fi
done
[ "${#found[@]}" -gt 0 ] || exit 0

if [ -z "${SWITCHYARD_BIN:-}" ]; then
  deploy/dev/install.sh run build
  say "building the server"
  cargo build --quiet --locked -p switchyard
  export SWITCHYARD_BIN="$CARGO_TARGET_DIR/debug/switchyard"
fi
exec e2e/engines/run.sh ${cached:+--judge-only} "${found[@]}"
