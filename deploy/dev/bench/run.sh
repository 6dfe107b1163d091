#!/usr/bin/env bash
# The benchmarks proper; `make bench` builds and calls them. SWITCHYARD_BIN names the binary.
#   run.sh [options]           CPU time per request beside nginx's
#   run.sh batches [options]   interactive latency with a batch behind it
set -euo pipefail
script=bench.py
if [ "${1:-}" = batches ]; then
    script=batches.py
    shift
fi
exec python3 "$(dirname "${BASH_SOURCE[0]}")/$script" "$@"
