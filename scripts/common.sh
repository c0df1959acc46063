# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts that people type: where the repository is, how messages look, and the build.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$(realpath -m "${HTX_BUILD:-$ROOT/build}")

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 2; }

# The Debian packages a build needs; scripts/setup installs what is missing.
HTX_PACKAGES=(cmake ninja-build g++ clang-19 ccache python3 verilator yosys
  libfmt-dev libeigen3-dev libgtest-dev libcli11-dev nlohmann-json3-dev zlib1g-dev python3-jinja2)

configure() {
  [ -f "$BUILD/build.ninja" ] && [ -f "$BUILD/CMakeCache.txt" ] && return 0
  rm -rf "$BUILD/CMakeCache.txt" "$BUILD/CMakeFiles"
  local cxx=g++ cc=gcc
  if command -v clang++-19 >/dev/null; then cxx=clang++-19 cc=clang-19; fi
  say "configuring with $cxx (log: $BUILD/configure.log)"
  mkdir -p "$BUILD"
  cmake -S "$ROOT" -B "$BUILD" -G Ninja -DCMAKE_CXX_COMPILER=$cxx -DCMAKE_C_COMPILER=$cc "$@" > "$BUILD/configure.log" 2>&1 ||
    { tail -n 15 "$BUILD/configure.log" >&2; die "configuration failed; the whole log is $BUILD/configure.log"; }
}

# build TARGET...: ninja shows its own progress on a terminal, plain lines otherwise.
build() {
  configure
  say "building: $*"
  cmake --build "$BUILD" --target "$@" || die "the build failed; the first error stands above"
}
