#!/usr/bin/env bash
# Installs what the project needs: Debian packages, the pinned DuckDB pair, the Python environment, the git hooks.
# Idempotent and restartable; when nothing is missing it only compares stamps. Called by ./run.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps="$root/.deps"
# shellcheck source=scripts/versions.env
source "$root/scripts/versions.env"

say() { printf '%s\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# What this script would install, as one hash: when it is the one of the last complete run, nothing is missing.
stamp_of() { cat "$@" | sha256sum | cut -d' ' -f1; }
stamp=$(stamp_of "$root/scripts/setup.sh" "$root/scripts/versions.env" "$root/scripts/debian-packages.txt" "$root/scripts/requirements.txt")
is_complete() {
  [ "$(cat "$deps/setup.stamp" 2>/dev/null)" = "$stamp" ] && [ -x "$root/.venv/bin/pytest" ] && [ -e "$deps/duckdb/lib/libduckdb.so" ]
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else
    fail "needs root to install packages: run './run setup' as root once, or install sudo"; fi
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"; }

install_debian_packages() {
  if ! command -v dpkg-query >/dev/null; then
    [ -e "$deps/system.stamp" ] && return
    fail "this is not a Debian system: install what scripts/debian-packages.txt names, then create $deps/system.stamp"
  fi
  local missing=() name
  while read -r name; do
    # Node.js from elsewhere (18 or newer) serves as well as Debian's.
    case "$name" in nodejs|npm) command -v "${name/nodejs/node}" >/dev/null && continue;; esac
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done <"$root/scripts/debian-packages.txt"
  [ ${#missing[@]} = 0 ] && return
  say "installing ${#missing[@]} Debian packages: ${missing[*]}"
  apt update >&2
  apt install -y --no-install-recommends "${missing[@]}" >&2
}

install_duckdb() {
  [ "$(cat "$deps/duckdb/version" 2>/dev/null)" = "$DUCKDB_VERSION $DUCKDB_LIBRARY_SHA256" ] && return
  say "fetching DuckDB $DUCKDB_VERSION (library and headers)"
  local work; work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" RETURN
  (cd "$work" && npm pack --silent "$DUCKDB_LIBRARY_PACKAGE" >/dev/null && mv ./*.tgz library.tgz)
  echo "$DUCKDB_LIBRARY_SHA256  $work/library.tgz" | sha256sum --check --quiet || fail "DuckDB's library is not the pinned one"
  python3 "$root/scripts/fetch_pypi_source.py" duckdb "$DUCKDB_HEADERS_PACKAGE" "$DUCKDB_HEADERS_SHA256" "$work/headers.tar.gz"
  tar -xzf "$work/library.tgz" -C "$work" package/libduckdb.so package/LICENSE
  tar -xzf "$work/headers.tar.gz" -C "$work" --wildcards '*/external/duckdb/src/include'
  rm -rf "$deps/duckdb"
  mkdir -p "$deps/duckdb/lib"
  mv "$work/package/libduckdb.so" "$work/package/LICENSE" "$deps/duckdb/lib/"
  mv "$work"/duckdb-*/external/duckdb/src/include "$deps/duckdb/include"
  echo "$DUCKDB_VERSION $DUCKDB_LIBRARY_SHA256" >"$deps/duckdb/version"
}

install_python_environment() {
  local wanted; wanted=$(stamp_of "$root/scripts/requirements.txt")
  [ "$(cat "$root/.venv/stamp" 2>/dev/null)" = "$wanted" ] && [ -x "$root/.venv/bin/pytest" ] && return
  say "building the Python environment (.venv)"
  rm -rf "$root/.venv"
  python3 -m venv "$root/.venv"
  "$root/.venv/bin/pip" --quiet --disable-pip-version-check install --require-hashes --only-binary :all: \
    -r "$root/scripts/requirements.txt" >&2
  echo "$wanted" >"$root/.venv/stamp"
}

# The path is relative to the work tree, so that one setting serves every git worktree of the repository.
install_hooks() {
  git -C "$root" rev-parse --git-dir >/dev/null 2>&1 || return 0
  [ "$(git -C "$root" config core.hooksPath || true)" = scripts/hooks ] || git -C "$root" config core.hooksPath scripts/hooks
}

is_complete && exit 0
mkdir -p "$deps"
exec 8>"$deps/setup.lock"
flock 8
is_complete && exit 0
install_debian_packages
install_duckdb
install_python_environment
install_hooks
echo "$stamp" >"$deps/setup.stamp"
say "setup is complete"
