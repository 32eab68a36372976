#!/usr/bin/env bash
# clang-tidy-14 with the checks of .clang-tidy. By default on the .cpp files that differ from the main branch (on main:
# from the commit before); --all: on every one. STREAMFLOW_LINT_BASE names another commit to compare with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

base() {
  local head; head=$(git rev-parse HEAD)
  local candidate
  for candidate in "${STREAMFLOW_LINT_BASE:-}" origin/main main; do
    [ -n "$candidate" ] || continue
    candidate=$(git merge-base "$candidate" HEAD 2>/dev/null) || continue
    if [ "$candidate" != "$head" ]; then echo "$candidate"; return; fi
  done
  git rev-parse --verify --quiet HEAD~1 || git hash-object -t tree /dev/null
}

if [ "${1:-}" = --all ]; then
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- 'src/*.cpp' 'bench/*.cpp' 'tests/*.cpp')
else
  mapfile -t files < <({ git diff --name-only --diff-filter=d "$(base)" -- 'src/*.cpp' 'bench/*.cpp' 'tests/*.cpp'
                         git ls-files --others --exclude-standard -- 'src/*.cpp' 'bench/*.cpp' 'tests/*.cpp'; } | sort -u)
fi
[ ${#files[@]} -gt 0 ] || exit 0
cmake --preset tidy >/dev/null
mapfile -t known < <(.venv/bin/python scripts/compiled_files.py build/tidy "${files[@]}")
[ ${#known[@]} -gt 0 ] || exit 0
printf '%s\0' "${known[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 --quiet -p build/tidy 2>&1 |
  { grep -vE '^[0-9]+ warnings? (generated|treated)' || true; }
