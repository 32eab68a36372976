#!/usr/bin/env bash
# Every check that needs no test run. Runs all of them, then fails when one did. --all: clang-tidy on every file.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
all=
case "${1:-}" in "") ;; --all) all=1;; *) echo "./run lint: unknown option $1 (only --all)" >&2; exit 2;; esac

failed=()
check() {
  local name=$1; shift
  printf '%-14s' "$name"
  local output
  if output=$("$@" 2>&1); then echo "ok"; else echo "FAILED"; printf '%s\n' "$output"; failed+=("$name"); fi
}

shell_scripts() { git ls-files --cached --others --exclude-standard -- '*.sh' run .ci/run 'scripts/hooks/*'; }
# Both keep what they know in build/web: without a change they answer in a second or two.
run_web() {
  mkdir -p build/web
  (cd web && node node_modules/typescript/bin/tsc --noEmit && node node_modules/eslint/bin/eslint.js --cache \
    --cache-strategy content --cache-location ../build/web/eslintcache --max-warnings 0 .)
}
run_shellcheck() { shell_scripts | xargs shellcheck --external-sources; }
run_mypy() { (cd sdk/python && ../../.venv/bin/mypy --cache-dir ../../build/mypy); }

check format bash scripts/format.sh --check
check architecture .venv/bin/python scripts/check_architecture.py
check sizes .venv/bin/python scripts/size_ratchet.py
check shellcheck run_shellcheck
check ruff .venv/bin/ruff check --quiet .
check mypy run_mypy
check web run_web
check clang-tidy bash scripts/tidy.sh ${all:+--all}

[ ${#failed[@]} = 0 ] || { echo "lint failed: ${failed[*]}" >&2; exit 1; }
