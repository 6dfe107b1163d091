#!/usr/bin/env bash
# Format, lints and dependency rules: what needs no running server.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

cd "$repo"
say "format"
cargo fmt --all --check
say "clippy"
cargo clippy --quiet --locked --workspace --all-targets -- -D warnings

say "dependencies"
# The two bans of deny.toml that matter most hold on machines without cargo-deny as well.
for banned in openssl-sys native-tls; do
  if cargo tree --quiet --locked --workspace --edges normal,build --target all -i "$banned" 2>/dev/null | grep -q .; then
    cargo tree --locked --workspace --target all -i "$banned" >&2
    die "$banned is in the tree; every crate here uses rustls"
  fi
done
if cargo deny --version >/dev/null 2>&1; then
  # Advisories need their database, which is not everywhere to be had: `cargo deny check advisories`.
  cargo deny --log-level error check bans licenses sources
else
  say "cargo-deny is not installed; licences are not checked"
fi
