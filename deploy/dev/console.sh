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
# All modules are built under one name, so cargo takes each for stale after the next: what they are made of is compared here.
built="$CARGO_TARGET_DIR/wasm32-unknown-unknown/$profile"
made_of="$(
  {
    rustc -V
    cat Cargo.toml Cargo.lock .cargo/config.toml deploy/dev/console.sh "$toolchain"
    find console shared -type f \( -name '*.rs' -o -name '*.toml' \) -print0 | sort -z | xargs -0 sha256sum
  } | sha256sum
)"
modules=()
for module in tenant studio operator traffic; do
  modules+=(--module "$module=$built/$module.wasm")
  if [ -f "$built/$module.wasm" ] && [ "$(cat "$built/$module.made-of" 2>/dev/null)" = "$made_of" ]; then
    continue
  fi
  # What only other modules' pages use is dead in this one.
  (
    # shellcheck source=/dev/null
    . "$toolchain"
    cargo rustc --quiet --locked -p console --lib --features "hydrate,$module" --crate-type cdylib \
      --target wasm32-unknown-unknown --profile "$profile" -- -A dead_code -A unused_imports
  )
  cp "$built/console.wasm" "$built/$module.wasm"
  echo "$made_of" >"$built/$module.made-of"
done
"$CARGO_TARGET_DIR/quick/bundle" --style style --public console/public --site "$site" \
  "${modules[@]}" "${options[@]}" >&2
echo "$site"
