#!/usr/bin/env bash
# The benchmark proper; `make bench` builds and calls it. SWITCHYARD_BIN names the binary.
set -euo pipefail
exec python3 "$(dirname "${BASH_SOURCE[0]}")/bench.py" "$@"
