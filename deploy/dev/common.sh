# Sourced by the scripts of this folder: where things are kept, and how packages are installed.
# shellcheck shell=bash

# shellcheck disable=SC2034 # the scripts that source this use it
repo="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)"
cache="${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}"
export SWITCHYARD_CACHE="$cache"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
# Plain `make` from a root shell may lack the sbin folders, where nginx and friends live.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# One line of progress, on stderr, so that stdout stays for results.
say() { printf '\033[2m·\033[0m %s\n' "$*" >&2; }

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Runs a command quietly; its output is shown only if it fails.
quietly() {
  local log status=0
  log="$(mktemp)"
  "$@" >"$log" 2>&1 || status=$?
  if [ "$status" -ne 0 ]; then
    cat "$log" >&2
    printf 'error: %s (exit status %s)\n' "$*" "$status" >&2
  fi
  rm -f "$log"
  return "$status"
}

# Runs a command as root: directly, or through sudo where that asks no password.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
    sudo "$@"
  else
    die "this needs root or sudo: $*"
  fi
}

apt_lists() {
  have apt-get || die "this machine has no apt-get; install by hand what the next steps ask for"
  if [ -z "$(find /var/lib/apt/lists -maxdepth 1 -name '*Packages*' -print -quit 2>/dev/null)" ]; then
    say "reading the package lists"
    quietly as_root apt-get update -qq
  fi
}

# Installs packages and starts none of their services; refreshes the lists and tries once more when a version
# on record is gone.
apt_install() {
  apt_lists
  local policy=/usr/sbin/policy-rc.d own_policy='' status=0
  local install=(as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
    -o Dpkg::Options::=--force-confold "$@")
  say "installing $*"
  if [ ! -e "$policy" ]; then
    own_policy=yes
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  if ! "${install[@]}" >/dev/null 2>&1; then
    quietly as_root apt-get update -qq || status=$?
    quietly "${install[@]}" || status=$?
  fi
  [ -z "$own_policy" ] || as_root rm -f "$policy"
  return "$status"
}
