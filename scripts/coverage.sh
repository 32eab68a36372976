#!/usr/bin/env bash
# Line coverage of src/ by the compiled tests, as a page in build/coverage/report and as a total.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./run build coverage
find build/coverage -name '*.gcda' -delete
ctest --test-dir build/coverage --output-on-failure
mkdir -p build/coverage/report
gcovr --root . --filter src/ --exclude '.*_(test|fuzz)\.cpp' --exclude-throw-branches --gcov-ignore-parse-errors \
  --html-details build/coverage/report/index.html --print-summary build/coverage
echo "build/coverage/report/index.html"
