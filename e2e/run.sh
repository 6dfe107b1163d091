#!/usr/bin/env bash
# Starts the demonstration platform on free ports, then runs real clients and browser journeys against it.
# SWITCHYARD_BIN names the binary; `make e2e` builds and sets it. Arguments go to the browser journeys.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
cache="${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}"
work="$(mktemp -d)"
server=''

finish() {
  local status=$?
  if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
    kill -TERM "$server"
    wait "$server" || true
  fi
  if [ "$status" -ne 0 ]; then
    echo "--- the platform's last words" >&2
    tail -n 40 "$work/server.log" >&2 || true
  fi
  rm -rf "$work"
  exit "$status"
}
trap finish EXIT

# Real clients, kept between runs by what they are.
venv="$cache/e2e-python-$(sha256sum "$here/clients/python/requirements.txt" | cut -c1-12)"
if [ ! -x "$venv/bin/pytest" ]; then
  echo "· installing the Python clients" >&2
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/clients/python/requirements.txt"
fi
(cd "$here" && npm ci --silent --ignore-scripts --no-audit --no-fund)

"$SWITCHYARD_BIN" demo --data-dir "$work/data" --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 >"$work/server.log" 2>&1 &
server=$!
export DEMO_JSON="$work/data/demo.json"
for _ in $(seq 600); do
  [ -f "$DEMO_JSON" ] && break
  kill -0 "$server" 2>/dev/null || { echo "the platform ended while starting" >&2; exit 1; }
  sleep 0.1
done
[ -f "$DEMO_JSON" ] || { echo "the platform was not ready within a minute" >&2; exit 1; }

failed=0
"$venv/bin/pytest" -q -p no:cacheprovider "$here/clients/python" || failed=1
(cd "$here" && node --test "clients/node/") || failed=1
(cd "$here" && npx --no-install playwright test "$@") || failed=1
exit "$failed"
