#!/usr/bin/env bash
# A Rust toolchain that builds for wasm32-unknown-unknown, for the console.
#
# The ordinary way is `rustup target add`. Where that cannot be had, Debian's `rustc-web` is unpacked into
# the cache folder (not installed, so it meets no other Rust on the machine) and its standard library is
# built once for wasm. The last line on stdout is a file to source before the wasm build: it sets RUSTC, or
# nothing where the machine's own Rust serves.
#
# SWITCHYARD_WASM_TOOLCHAIN=rustup|debian picks one way; unset tries them in that order.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

target=wasm32-unknown-unknown
way="${SWITCHYARD_WASM_TOOLCHAIN:-auto}"
case "$way" in auto | rustup | debian) ;; *) die "SWITCHYARD_WASM_TOOLCHAIN: rustup or debian, not '$way'" ;; esac

own_rust_has_target() {
  local libdir
  libdir="$(cd "$repo" && rustc --print target-libdir --target "$target" 2>/dev/null)" || return 1
  compgen -G "$libdir/libcore-*.rlib" >/dev/null
}

use_own_rust() {
  mkdir -p "$cache"
  local env="$cache/wasm-toolchain-own.env"
  [ -f "$env" ] || printf '# The Rust of this machine has the wasm target.\n' >"$env"
  echo "$env"
  exit 0
}

newest_unpacked() {
  find "$cache" -mindepth 2 -maxdepth 2 -path '*/wasm-toolchain-*/env' 2>/dev/null | sort -V | tail -1
}

if [ "$way" != debian ]; then
  if have rustc && own_rust_has_target; then use_own_rust; fi
fi
if [ "$way" != rustup ]; then
  found="$(newest_unpacked)"
  if [ -n "$found" ]; then
    echo "$found"
    exit 0
  fi
fi
if [ "$way" != debian ] && have rustup; then
  say "asking rustup for the wasm target (seconds)"
  if (cd "$repo" && timeout 180 rustup target add "$target" >/dev/null 2>&1) && own_rust_has_target; then
    use_own_rust
  fi
  say "rustup cannot give it"
fi
[ "$way" != rustup ] || die "rustup cannot add $target"

# --- Debian's rustc-web, unpacked ---

have dpkg || die "no wasm target for Rust: run 'rustup target add $target'"
have cargo || die "no cargo: run deploy/dev/install.sh build"
have gcc || apt_install gcc libc6-dev
have curl || apt_install curl ca-certificates
apt_lists
version="$(apt-cache policy rustc-web 2>/dev/null | awk '/Candidate:/ { print $2 }')"
case "$version" in '' | '(none)') die "neither rustup nor apt has a Rust for $target: run 'rustup target add $target'" ;; esac
release="${version%%+*}"
dpkg --compare-versions "$release" ge 1.95 || die "apt offers rustc-web $release; the console needs 1.95 or newer"
series="${release%.*}"
host="$(cd "$repo" && rustc -vV 2>/dev/null | sed -n 's/^host: //p')"
[ -n "$host" ] || host="$(uname -m)-unknown-linux-gnu"
libs="usr/lib/$(gcc -print-multiarch)"
root="$cache/wasm-toolchain-$release"
say "preparing Rust $release with the wasm target in $root (about two minutes, once)"

llvm="$(apt-cache show "libstd-rust-web-$series=$version" | sed -n 's/^Depends:.*libllvm\([0-9]*\).*/\1/p' | head -1)"
lld="$(command -v "lld-$llvm" || true)"
if [ -z "$lld" ]; then
  apt_install "lld-$llvm"
  lld="$(command -v "lld-$llvm")"
fi

mkdir -p "$cache"
work="$(mktemp -d "$cache/.wasm-toolchain.XXXXXX")"
trap 'rm -rf "$work"' EXIT
mkdir "$work/debs" "$work/root" "$work/std"
(
  cd "$work/debs"
  quietly apt-get download -qq "rustc-web=$version" "libstd-rust-web-$series=$version" \
    "libstd-rust-web-dev=$version" "rust-web-src=$version"
)
for deb in "$work/debs"/*.deb; do dpkg -x "$deb" "$work/root"; done

# The compiler finds its own libraries through this, wherever the folder comes to lie.
mkdir -p "$work/root/bin" "$work/root/usr/lib/rustlib/$host/bin" "$work/root/usr/lib/rustlib/$target/lib"
cat >"$work/root/bin/rustc" <<WRAPPER
#!/bin/sh
root="\$(dirname "\$(dirname "\$(readlink -f "\$0")")")"
LD_LIBRARY_PATH="\$root/$libs\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
export LD_LIBRARY_PATH
exec "\$root/usr/bin/rustc" "\$@"
WRAPPER
chmod 755 "$work/root/bin/rustc"
ln -s "$lld" "$work/root/usr/lib/rustlib/$host/bin/rust-lld"

# Build std for wasm from an empty crate; RUSTC_BOOTSTRAP lets a stable compiler build its own library.
mkdir "$work/std/src"
printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n' >"$work/std/Cargo.toml"
printf '#![no_std]\n' >"$work/std/src/lib.rs"
(
  cd "$work/std"
  quietly env -u RUSTFLAGS -u CARGO_BUILD_RUSTFLAGS RUSTC_BOOTSTRAP=1 RUSTC="$work/root/bin/rustc" \
    CARGO_TARGET_DIR="$work/std/target" \
    cargo build -q --release --target "$target" -Zbuild-std=std,panic_abort
)
find "$work/std/target/$target/release/deps" -name 'lib*.rlib' ! -name 'libempty-*' \
  -exec cp {} "$work/root/usr/lib/rustlib/$target/lib/" \;
rm -rf "$work/root/usr/src" "$work/root/usr/share" "$work/root/usr/lib/rustlib/src"

printf 'export RUSTC=%q\n' "$root/bin/rustc" >"$work/root/env"
rm -rf "$root"
mv "$work/root" "$root"
echo "$root/env"
