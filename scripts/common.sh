# SPDX-License-Identifier: Apache-2.0
# Shared by the scripts that people type: where the repository is, how messages look, and the build.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=$(realpath -m "${HTX_BUILD:-$ROOT/build}")

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
die() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 2; }

# The Debian packages a build needs, which scripts/setup installs: versions.toml has them, one to a line. Read by sed, because
# a fresh system has no Python yet.
mapfile -t HTX_PACKAGES < <(sed -n 's/^setup = "\(.*\)"$/\1/p' "$ROOT/scripts/versions.toml")

# need_tools TOOL...: ends with one line when one is missing or too old.
need_tools() { "$ROOT/scripts/versions.py" need "$@" || exit 2; }

compilers() {  # prints CMake's arguments
  if command -v clang++-19 >/dev/null; then echo -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_C_COMPILER=clang-19
  else echo -DCMAKE_CXX_COMPILER=g++ -DCMAKE_C_COMPILER=gcc; fi
}

configure() {
  [ -f "$BUILD/build.ninja" ] && [ -f "$BUILD/CMakeCache.txt" ] && return 0
  rm -rf "$BUILD/CMakeCache.txt" "$BUILD/CMakeFiles"
  need_tools cmake verilator
  local chosen line
  read -ra chosen < <(compilers)
  say "configuring with ${chosen[0]#*=} (log: $BUILD/configure.log)"
  mkdir -p "$BUILD"
  cmake -S "$ROOT" -B "$BUILD" -G Ninja "${chosen[@]}" "$@" > "$BUILD/configure.log" 2>&1 || {
    line=$(sed -n '/(scripts\/versions.toml)/{s/^ *//p;q}' "$BUILD/configure.log")
    [ -z "$line" ] || { printf '%s\n' "$line" >&2; exit 2; }
    tail -n 15 "$BUILD/configure.log" >&2; die "configuration failed; the whole log is $BUILD/configure.log"; }
}

# build TARGET...: ninja shows its own progress on a terminal, plain lines otherwise.
build() {
  configure
  say "building: $*"
  cmake --build "$BUILD" --target "$@" || die "the build failed; the first error stands above"
}
