#!/usr/bin/env bash
# Builds the console for browsers into a site folder: console.sh release|test
#
#   release   small: LTO, wasm-opt, best compression   -> $CARGO_TARGET_DIR/site
#   test      quick to build                            -> $CARGO_TARGET_DIR/site-test
#
# Prints the folder as the last line on stdout. Nothing is rebuilt that is up to date.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

kind="${1:-release}"
case "$kind" in
  release)
    site="$CARGO_TARGET_DIR/site"
    profile=wasm-release
    options=(--optimise --wasm-budget-kb 400)
    ;;
  test)
    site="$CARGO_TARGET_DIR/site-test"
    profile=wasm-test
    options=()
    ;;
  *) die "console.sh: release or test, not '$kind'" ;;
esac

cd "$repo"
toolchain="$(deploy/dev/wasm-toolchain.sh | tail -1)"
cargo build --quiet --locked --profile quick -p bundle
modules=()
for module in tenant studio operator; do
  # What only other modules' pages use is dead in this one.
  (
    # shellcheck source=/dev/null
    . "$toolchain"
    cargo rustc --quiet --locked -p console --lib --features "hydrate,$module" --crate-type cdylib \
      --target wasm32-unknown-unknown --profile "$profile" -- -A dead_code -A unused_imports
  )
  # All are built under one name.
  built="$CARGO_TARGET_DIR/wasm32-unknown-unknown/$profile"
  cp "$built/console.wasm" "$built/$module.wasm"
  modules+=(--module "$module=$built/$module.wasm")
done
"$CARGO_TARGET_DIR/quick/bundle" --style style --public console/public --site "$site" \
  "${modules[@]}" "${options[@]}" >&2
echo "$site"
