#!/usr/bin/env bash
# Builds and runs every test: compiled ones by ctest, the web page's by Vitest and, in a browser, by Playwright,
# whole-system ones by pytest. The last line sums all suites:
# `N passed, N failed, N skipped`. Exit code 1 when anything failed or could not be built.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
nightly='' compiled=1 python=1 web=1 browser=1 pytest_options=() browser_options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --nightly) nightly=1;;
    --unit) python='' browser='';;
    --python) compiled='' web='' browser=''; shift; pytest_options=("$@"); break;;
    --e2e) compiled='' web='' python=''; shift; browser_options=("$@"); break;;
    *) echo "./run test: unknown option $1 (--nightly, --unit, --python [pytest options], --e2e [Playwright options])" >&2; exit 2;;
  esac
  shift
done

results="$PWD/build/test-results"
rm -rf "$results"
mkdir -p "$results"
failed=0

run_ctest() {
  local preset=$1
  mkdir -p "$results/$preset-gtest"
  GTEST_OUTPUT="xml:$results/$preset-gtest/" STREAMFLOW_NIGHTLY=$nightly ctest --test-dir "build/$preset" \
    --parallel "$(nproc)" --output-on-failure --no-tests=error --output-junit "$results/$preset-ctest.xml" || failed=1
}

presets=(release)
[ -z "$nightly" ] || presets+=(asan)
for preset in "${presets[@]}"; do
  if [ -n "$compiled" ]; then
    ./run build "$preset" || { echo "the $preset build failed" >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
    run_ctest "$preset"
  elif [ "$preset" = release ]; then
    ./run build release streamflow || { echo "the build failed" >&2; echo "0 passed, 1 failed, 0 skipped"; exit 1; }
  fi
done

if [ -n "$python" ]; then
  .venv/bin/python -m pytest --junitxml "$results/pytest.xml" ${nightly:+--nightly} "${pytest_options[@]}" || failed=1
fi
if [ -n "$web" ]; then
  (cd web && node node_modules/vitest/vitest.mjs run --reporter=default --reporter=junit \
    --outputFile.junit="$results/vitest.xml") || failed=1
fi
if [ -n "$browser" ]; then
  STREAMFLOW_E2E_JUNIT="$results/browser.xml" bash scripts/end_to_end.sh "${browser_options[@]}" || failed=1
fi
.venv/bin/python scripts/sum_tests.py "$results" || failed=1
exit $failed
