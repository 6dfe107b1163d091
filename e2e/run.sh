#!/usr/bin/env bash
# Starts the demonstration platform on free ports, then runs real clients and browser journeys against it, and judges
# docs/compatibility.md by what the clients proved.
# SWITCHYARD_BIN names the binary; `make e2e` builds and sets it.
#   --write-table   writes docs/compatibility.md instead
#   --no-journeys   the clients alone
# Further arguments go to the browser journeys.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
cache="${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}"
work="$(mktemp -d)"
server='' lab='' table='' journeys=1

while [ $# -gt 0 ]; do
  case "$1" in
    --write-table) table=--write ;;
    --no-journeys) journeys='' ;;
    *) break ;;
  esac
  shift
done

end_lab() {
  # It ends with its standard input, and takes away what it registered.
  [ -n "$lab" ] || return 0
  exec {hold}>&-
  local ended=0
  wait "$lab" || ended=$?
  lab=''
  return "$ended"
}

finish() {
  local status=$?
  end_lab || true
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

# Waits for a file that a process makes: path, process, what it is called.
appears() {
  local _
  for _ in $(seq 900); do
    [ -f "$1" ] && return
    kill -0 "$2" 2>/dev/null || { echo "$3 ended while starting" >&2; exit 1; }
    sleep 0.1
  done
  echo "$3 was not ready within a minute and a half" >&2
  exit 1
}

# Python clients of a folder, kept between runs by what they are; prints where.
venv() {
  local wanted="$here/clients/$1/requirements.txt" kept
  kept="$cache/e2e-$1-$(sha256sum "$wanted" | cut -c1-12)"
  if [ ! -f "$kept/complete" ]; then
    echo "· installing the Python clients ($1)" >&2
    rm -rf "$kept"
    python3 -m venv "$kept"
    "$kept/bin/pip" install --quiet --disable-pip-version-check --no-compile -r "$wanted"
    touch "$kept/complete"
  fi
  echo "$kept"
}
python="$(venv python)"
frameworks="$(venv frameworks)"
(cd "$here" && npm ci --silent --ignore-scripts --no-audit --no-fund)

"$SWITCHYARD_BIN" demo --data-dir "$work/data" --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 >"$work/server.log" 2>&1 &
server=$!
export SWITCHYARD_BIN DEMO_JSON="$work/data/demo.json" LAB_JSON="$work/lab.json" RESULTS="$work/results"
appears "$DEMO_JSON" "$server" "the platform"
exec {hold}> >(exec python3 "$here/clients/lab.py" >&2)
lab=$!
appears "$LAB_JSON" "$lab" "the lab of engines"

mkdir "$RESULTS"
failed=0
clients() {
  PYTHONPATH="$here/clients" PYTHONDONTWRITEBYTECODE=1 \
    "$1/bin/pytest" -q --strict-markers -p proof -p no:cacheprovider "$here/clients/$2" || failed=1
}
clients "$python" python
clients "$frameworks" frameworks
(cd "$here" && node --test clients/node/) || failed=1
end_lab || failed=1
if [ "$failed" -eq 0 ]; then
  python3 "$here/compatibility.py" "$RESULTS" $table || failed=1
else
  echo "the table of compatibility is not judged: clients failed" >&2
fi
if [ -n "$journeys" ]; then
  (cd "$here" && npx --no-install playwright test "$@") || failed=1
fi
exit "$failed"
