#!/usr/bin/env bash
# The guided tour: fetches the pinned data sets, builds release, runs `streamflow demo`. Called by ./run demo.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps="$root/.deps"
# shellcheck source=scripts/versions.env
source "$root/scripts/versions.env"

usage() {
  cat <<'TEXT'
usage: ./run demo [--once] [--port N] [--data-dir DIR]

  --once      leave after the tour; the exit code says whether every check held
  --port N    HTTP port (default 8080; 0 takes any free one)
  --data-dir  where the tour's data goes (default ./demo-data); an earlier tour's is replaced
TEXT
}

options=()
while [ $# -gt 0 ]; do
  case "$1" in
    --once) options+=(--once);;
    --port|--data-dir)
      [ $# -ge 2 ] || { echo "demo: $1 needs a value" >&2; exit 2; }
      options+=("$1" "$2"); shift;;
    --port=*|--data-dir=*) options+=("$1");;
    -h|--help) usage; exit 0;;
    *) echo "demo: unknown option $1" >&2; usage >&2; exit 2;;
  esac
  shift
done

fetch_datasets() {
  [ "$(cat "$deps/vega-datasets/version" 2>/dev/null)" = "$VEGA_DATASETS_SHA256" ] && return
  echo "fetching $VEGA_DATASETS_PACKAGE" >&2
  local work; work=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -rf '$work'" RETURN
  (cd "$work" && npm pack --silent "$VEGA_DATASETS_PACKAGE" >/dev/null && mv ./*.tgz datasets.tgz)
  echo "$VEGA_DATASETS_SHA256  $work/datasets.tgz" | sha256sum --check --quiet ||
    { echo "demo: the data sets are not the pinned ones" >&2; exit 1; }
  tar -xzf "$work/datasets.tgz" -C "$work" \
    package/data/{sp500-2000.csv,seattle-weather.csv,co2-concentration.csv,flights-3m.parquet}
  rm -rf "$deps/vega-datasets"
  mkdir -p "$deps/vega-datasets"
  mv "$work"/package/data/* "$deps/vega-datasets/"
  echo "$VEGA_DATASETS_SHA256" >"$deps/vega-datasets/version"
}

fetch_datasets
cd "$root"
"$root/run" build release streamflow >&2
exec "$root/build/release/streamflow" demo --datasets "$deps/vega-datasets" "${options[@]}"
