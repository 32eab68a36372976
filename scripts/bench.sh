#!/usr/bin/env bash
# Builds release and runs every benchmark: the ones of single parts, then TSBS-shaped ingest over HTTP into a server of
# its own, then charts over HTTP and in a browser. `./run bench NAME...` runs only those. STREAMFLOW_BENCH_SECONDS: how long the HTTP load lasts (default 60).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./run build release
programs=build/release/bench
seconds=${STREAMFLOW_BENCH_SECONDS:-60}

ingest_over_http() {
  local folder port server status=0
  folder=$(mktemp -d)
  port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  build/release/streamflow serve --data-dir "$folder" --http-port "$port" >"$folder/server.log" 2>&1 &
  server=$!
  curl --silent --output /dev/null --fail --retry 100 --retry-delay 1 --retry-connrefused --retry-all-errors \
    "http://127.0.0.1:$port/ready"
  "$programs/ingest_http_bench" --url "http://127.0.0.1:$port" --pid "$server" --data-dir "$folder" --seconds "$seconds" || status=$?
  kill "$server" && wait "$server" || status=$?
  rm -rf "$folder"
  return "$status"
}

[ $# -gt 0 ] || set -- line_protocol_bench segment_bench results_bench ingest_http_bench chart_open
for name in "$@"; do
  if [ -f "bench/$name.py" ]; then
    echo "== $name"
    .venv/bin/python "bench/$name.py" --seconds "$seconds"
    continue
  fi
  if [ "$name" = chart_open ]; then echo "== chart_open"; bash bench/chart_open.sh; continue; fi
  [ -x "$programs/$name" ] || { echo "./run bench: there is no benchmark '$name' in $programs" >&2; exit 2; }
  echo "== $name"
  if [ "$name" = ingest_http_bench ]; then ingest_over_http; else "$programs/$name"; fi
done
