#!/usr/bin/env bash
# Runs the browser tests of tests/e2e against build/release/streamflow. Called by scripts/test.sh; options are Playwright's.
# STREAMFLOW_E2E_JUNIT names the report, STREAMFLOW_SCREENSHOTS=1 renews the pictures of docs/images.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
NODE_PATH="$PWD/web/node_modules" exec node web/node_modules/@playwright/test/cli.js test \
  -c tests/e2e/playwright.config.ts "$@"
