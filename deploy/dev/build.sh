#!/usr/bin/env bash
# Builds the server and the console, and links the binary at target/release/switchyard: build.sh quick|release
#
# The site folder lies beside the binary, where it is found from any working directory.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

profile="${1:-quick}"
case "$profile" in quick | release) ;; *) die "build.sh: quick or release, not '$profile'" ;; esac

cd "$repo"
site="$(deploy/dev/console.sh release | tail -1)"
cargo build --quiet --locked --profile "$profile" -p switchyard
ln -sfn "$site" "$CARGO_TARGET_DIR/$profile/site"

binary="$CARGO_TARGET_DIR/$profile/switchyard"
link="$repo/target/release/switchyard"
if [ ! "$binary" -ef "$link" ]; then
  mkdir -p "$(dirname "$link")"
  ln -sfn "$binary" "$link"
fi
echo "$binary"
