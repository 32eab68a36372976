#!/usr/bin/env bash
# Formats C++ (clang-format-14) and Python (ruff). --write changes files; --check [file...] only reports.
# Without files: everything git knows or would add.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mode=${1:---check}; shift || true
if [ $# -gt 0 ]; then files=("$@"); else mapfile -t files < <(git ls-files --cached --others --exclude-standard); fi

cpp=() python=()
for file in "${files[@]}"; do
  [ -f "$file" ] || continue
  case "$file" in
    *.cpp|*.h) cpp+=("$file");;
    *.py) python+=("$file");;
  esac
done

status=0
if [ "$mode" = --write ]; then
  [ ${#cpp[@]} = 0 ] || clang-format-14 -i "${cpp[@]}"
  [ ${#python[@]} = 0 ] || .venv/bin/ruff format --quiet "${python[@]}"
else
  for file in "${cpp[@]}"; do
    clang-format-14 --dry-run --Werror "$file" 2>/dev/null || { echo "$file: formatting differs"; status=1; }
  done
  for file in "${python[@]}"; do
    .venv/bin/ruff format --quiet --check "$file" >/dev/null 2>&1 || { echo "$file: formatting differs"; status=1; }
  done
  [ $status = 0 ] || echo "mend it with ./run fmt" >&2
fi
exit $status
