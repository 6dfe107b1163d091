#!/usr/bin/env bash
# Installs what is missing on a bare Debian or Ubuntu machine, by what it is wanted for:
#
#   install.sh run      PostgreSQL's programs (no cluster of the system's is made or started)
#   install.sh build    a C compiler, wasm-opt, Rust
#   install.sh test     Redis, Chromium, Node.js, Python
#   install.sh bench    nginx, wrk
#   install.sh valgrind Valgrind, which counts instructions
#
# Looks for programs before it asks apt, so a second run takes milliseconds and needs no root.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rust_needed=1.95
packages=()

# want PROGRAM PACKAGE…: the packages are installed unless the program is there.
want() {
  local program="$1"
  shift
  have "$program" || packages+=("$@")
}

postgres_major() {
  local postgres major newest=0
  for postgres in /usr/lib/postgresql/*/bin/postgres; do
    [ -x "$postgres" ] || continue
    major="${postgres#/usr/lib/postgresql/}"
    major="${major%%/*}"
    [ "${major%%.*}" -le "$newest" ] || newest="${major%%.*}"
  done
  echo "$newest"
}

want_postgres() {
  [ "$(postgres_major)" -lt 15 ] || return 0
  apt_lists
  local major
  major="$(apt-cache pkgnames postgresql- | sed -n 's/^postgresql-\([0-9]*\)$/\1/p' | sort -n | tail -1)"
  [ "${major:-0}" -ge 15 ] || die "PostgreSQL 15 or newer is needed; apt offers ${major:-none}"
  # The platform runs a private cluster; the package would make another for the system.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    as_root mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  packages+=("postgresql-$major")
}

# Whether version $1 is at least version $2.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]; }

rust_version() { (cd "$repo" && rustc --version 2>/dev/null) | awk '{ print $2 }'; }

want_rust() {
  if have cargo; then
    local found
    found="$(rust_version)"
    at_least "${found:-0}" "$rust_needed" && return 0
    die "Rust $rust_needed or newer is needed, found ${found:-none}: run 'rustup update stable', or see https://rustup.rs"
  fi
  apt_lists
  local offered
  offered="$(apt-cache policy cargo-web 2>/dev/null | awk '/Candidate:/ { print $2 }')"
  at_least "${offered%%+*}" "$rust_needed" || die "Rust $rust_needed or newer is needed: see https://rustup.rs"
  packages+=(cargo-web rustc-web)
}

want_browser() {
  local browser
  for browser in chromium chromium-browser google-chrome; do
    ! have "$browser" || return 0
  done
  packages+=(chromium)
}

# A virtual environment needs more than the interpreter, on Debian.
want_python() {
  have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3 python3-venv)
}

[ $# -gt 0 ] || set -- --help
for group in "$@"; do
  case "$group" in
    run) want_postgres ;;
    build)
      want gcc gcc libc6-dev
      want wasm-opt binaryen
      want curl curl ca-certificates
      want_rust
      ;;
    test)
      want redis-server redis-server
      want_browser
      want node nodejs
      want npm npm
      want_python
      ;;
    bench)
      want nginx nginx-light
      want wrk wrk
      ;;
    valgrind) want valgrind valgrind ;;
    *)
      sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
done

[ "${#packages[@]}" -eq 0 ] || apt_install "${packages[@]}"
