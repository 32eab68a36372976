#!/usr/bin/env bash
# Builds release and runs every benchmark: the ones of single parts, then TSBS-shaped ingest over HTTP into a server of
# its own, SQL beside DuckDB, charts over HTTP and in a browser. `./run bench NAME...` runs only those.
# STREAMFLOW_BENCH_SECONDS: how long the HTTP load lasts (default 60).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./run build release
programs=build/release/bench
seconds=${STREAMFLOW_BENCH_SECONDS:-60}

folder='' server=''
leave() {
  if [ -n "$server" ] && kill "$server" 2>/dev/null; then wait "$server" || true; fi
  [ -z "$folder" ] || rm -rf "$folder"
  folder='' server=''
}
trap leave EXIT

# Starts a server on an empty folder; sets url.
start_server() {
  local port
  folder=$(mktemp -d)
  port=$(.venv/bin/python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  url="http://127.0.0.1:$port"
  build/release/streamflow serve --data-dir "$folder/data" --http-port "$port" >"$folder/server.log" 2>&1 &
  server=$!
  curl --silent --output /dev/null --fail --retry 100 --retry-delay 1 --retry-connrefused --retry-all-errors "$url/ready"
}

load() { "$programs/ingest_http_bench" --url "$url" --pid "$server" --data-dir "$folder/data" --seconds "$1"; }

# A table small enough that DuckDB's copy of it fits beside it.
beside_duckdb() {
  load 4 >/dev/null
  .venv/bin/python bench/beside_duckdb.py --url "$url"
}

[ $# -gt 0 ] || set -- line_protocol_bench segment_bench codec_bench results_bench ingest_http_bench beside_duckdb chart_open
for name in "$@"; do
  echo "== $name"
  case "$name" in
    ingest_http_bench) start_server; load "$seconds"; leave;;
    beside_duckdb) start_server; beside_duckdb; leave;;
    chart_open) bash bench/chart_open.sh;;
    *)
      if [ -f "bench/$name.py" ]; then .venv/bin/python "bench/$name.py" --seconds "$seconds"
      elif [ -x "$programs/$name" ]; then "$programs/$name"
      else echo "./run bench: there is no benchmark '$name' in $programs" >&2; exit 2; fi;;
  esac
done
