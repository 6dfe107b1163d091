#!/usr/bin/env bash
# Starts the demonstration platform on free ports and judges real engines against it: run.sh [--judge-only] ENGINE=FOLDER…
# SWITCHYARD_BIN names the binary. What was proved is kept in proved.json, unless it is only to be judged.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
work="$(mktemp -d)"
server='' write=--write
if [ "${1:-}" = --judge-only ]; then
  write=''
  shift
fi

finish() {
  local status=$?
  if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
    kill -TERM "$server"
    wait "$server" || true
  fi
  if [ "$status" -ne 0 ]; then
    echo "--- the platform's last words" >&2
    tail -n 20 "$work/server.log" >&2 || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

# Nobody opens the console here, so it needs no build.
mkdir "$work/site"
python3 -c 'import json; print(json.dumps({name: name for name in """tenant.js tenant.wasm studio.js studio.wasm operator.js traffic.js traffic.wasm
operator.wasm console.css favicon.svg""".split()}))' >"$work/site/manifest.json"
export SWITCHYARD_SERVER__SITE_DIR="$work/site"

# Engines are looked at often, so that their load is seen while a short call runs.
SWITCHYARD_CATALOG__PROBE_INTERVAL_MS=300 "$SWITCHYARD_BIN" demo --data-dir "$work/data" --listen 127.0.0.1:0 \
  --admin-listen 127.0.0.1:0 >"$work/server.log" 2>&1 &
server=$!
export DEMO_JSON="$work/data/demo.json"
for _ in $(seq 900); do
  [ ! -f "$DEMO_JSON" ] || break
  kill -0 "$server" 2>/dev/null || { echo "the platform ended while starting" >&2; exit 1; }
  sleep 0.1
done
PYTHONDONTWRITEBYTECODE=1 python3 "$here/judge.py" $write ${RECORD:+--record "$RECORD"} "$@"
