#!/usr/bin/env bash
# `make demo`: from a bare machine to the whole platform on 127.0.0.1:8080, with two tenants and a first chat.
#
# DEMO_LISTEN and DEMO_DATA_DIR change the address and where its data is kept; Ctrl-C stops all that it started.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

listen="${DEMO_LISTEN:-127.0.0.1:8080}"
data_dir="${DEMO_DATA_DIR:-$repo/.data/demo}"

cd "$repo"
deploy/dev/install.sh run build
if [ ! -x "$CARGO_TARGET_DIR/quick/switchyard" ]; then
  say "first build: about $((40 / $(nproc) + 2)) minutes on this machine; later starts take seconds"
fi
say "building the server and the console"
binary="$(deploy/dev/build.sh quick | tail -1)"
say "starting on http://$listen, data in $data_dir"
mkdir -p "$data_dir"
exec "$binary" demo --data-dir "$data_dir" --listen "$listen"
