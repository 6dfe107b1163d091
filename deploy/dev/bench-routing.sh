#!/usr/bin/env bash
# `make bench-routing`: routing policies compared on a simulated fleet, and what one decision costs.
#
# Fails where the gateway's policy misses a target (server/routing/lab/src/targets.rs). Options are the lab's: with any
# (`--trace chat --policy balanced`, `--help`) only that comparison is made.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

profile=bench-routing
cd "$repo"
deploy/dev/install.sh build valgrind
say "building the routing lab"
cargo build --quiet --locked --profile "$profile" -p routing-lab
lab="$CARGO_TARGET_DIR/$profile/routing-lab"
[ $# -eq 0 ] || exec "$lab" "$@"

status=0
"$lab" --targets || status=$?

# Instructions of the whole program, which makes so many decisions.
instructions() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$lab" --decide "$1" --prompt-tokens "$2" 2>&1 |
    awk '/Collected/ { print $NF }'
}

printf '\none decision among 50 candidates, in instructions (callgrind)\n'
for tokens in 100 1000 10000 100000; do
  few="$(instructions 200 "$tokens")"
  many="$(instructions 1200 "$tokens")"
  printf '  prompt of %6d tokens  %6d\n' "$tokens" $(((many - few) / 1000))
done

printf '\nin nanoseconds (criterion); a prompt'\''s fingerprint is taken once for a call\n'
cargo bench --quiet --locked --profile "$profile" -p routing-lab --bench decision -- \
  --warm-up-time 1 --measurement-time 2 --sample-size 50 --output-format bencher |
  sed -n 's/^test \(.*\) \.\.\. bench: *\([0-9,]* ns\).*/  \1: \2/p'
exit "$status"
