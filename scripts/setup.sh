#!/usr/bin/env bash
# Installs what the project needs: Debian packages, the pinned DuckDB pair, pocketfft's header, the Python environment,
# the web packages, the git hooks.
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
stamp=$(stamp_of "$root/scripts/setup.sh" "$root/scripts/versions.env" "$root/scripts/debian-packages.txt" "$root/scripts/requirements.txt" \
  "$root/web/package-lock.json")
is_complete() {
  [ "$(cat "$deps/setup.stamp" 2>/dev/null)" = "$stamp" ] && [ -x "$root/.venv/bin/pytest" ] && [ -e "$deps/duckdb/lib/libduckdb.so" ] &&
    [ -e "$deps/pocketfft/pocketfft_hdronly.h" ] && [ -d "$root/web/node_modules" ]
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

install_pocketfft() {
  [ "$(cat "$deps/pocketfft/version" 2>/dev/null)" = "$POCKETFFT_SHA256" ] && return
  say "fetching pocketfft's header"
  local work; work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" RETURN
  python3 "$root/scripts/fetch_pypi_source.py" "$POCKETFFT_PROJECT" "$POCKETFFT_ARCHIVE" "$POCKETFFT_SHA256" "$work/source.tar.gz"
  tar -xzf "$work/source.tar.gz" -C "$work" --wildcards '*/fft/pocketfft/*'
  rm -rf "$deps/pocketfft"
  mkdir -p "$deps/pocketfft"
  mv "$work"/*/numpy/fft/pocketfft/{pocketfft_hdronly.h,LICENSE.md} "$deps/pocketfft/"
  echo "$POCKETFFT_SHA256" >"$deps/pocketfft/version"
}

# Fetches npm package $1, checked against hash $2, and unpacks it into the empty folder $3.
fetch_npm_package() {
  (cd "$3" && npm pack --silent "$1" >/dev/null && mv ./*.tgz package.tgz)
  echo "$2  $3/package.tgz" | sha256sum --check --quiet || fail "$1 is not the pinned one"
  tar -xzf "$3/package.tgz" -C "$3" --strip-components=1
  rm "$3/package.tgz"
}

major_of() { "$1" --version 2>/dev/null | sed -E 's/^v?([0-9]+).*/\1/' | grep . || echo 0; }

# The web page's tools need Node.js 20 and npm 11. `run` puts .deps/node/bin first in the path.
install_node() {
  [ -e "$deps/node/bin/npm" ] && return
  [ "$(major_of node)" -lt 20 ] || [ "$(major_of npm)" -lt 11 ] || return 0
  say "fetching ${NODE_PACKAGE} and ${NPM_PACKAGE}"
  local work; work=$(mktemp -d)
  mkdir -p "$work/node" "$work/npm"
  fetch_npm_package "$NODE_PACKAGE" "$NODE_SHA256" "$work/node"
  fetch_npm_package "$NPM_PACKAGE" "$NPM_SHA256" "$work/npm"
  rm -rf "$deps/node"
  mkdir -p "$deps/node/bin" "$deps/node/lib/node_modules"
  mv "$work/node/bin/node" "$work/node/LICENSE" "$deps/node/bin/"
  mv "$work/npm" "$deps/node/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$deps/node/bin/npx"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$deps/node/bin/npm"
  rm -rf "$work"
  export PATH="$deps/node/bin:$PATH"
}

# npm's own lock file pins every package with its hash; the browser for the tests is Debian's.
install_web_packages() {
  local wanted; wanted=$(stamp_of "$root/web/package-lock.json")
  [ "$(cat "$root/web/node_modules/.stamp" 2>/dev/null)" = "$wanted" ] && return
  say "installing the web packages (web/node_modules)"
  (cd "$root/web" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error >&2)
  echo "$wanted" >"$root/web/node_modules/.stamp"
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
install_pocketfft
install_node
install_web_packages
install_python_environment
install_hooks
echo "$stamp" >"$deps/setup.stamp"
say "setup is complete"
