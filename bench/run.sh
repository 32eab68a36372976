#!/usr/bin/env bash
# All benchmarks of the README's table, one after the other: decoder, segments, results, ingest over HTTP, SQL beside
# DuckDB. Called by ./run bench. `--seconds N` sets the length of the ingest run (60).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=60
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=$2; shift 2;;
    *) echo "./run bench: unknown option $1 (--seconds N)" >&2; exit 2;;
  esac
done
./run build release >&2
programs=build/release/bench

folder=$(mktemp -d)
server=''
leave() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap leave EXIT

printf '\n== line protocol decoder\n'; "$programs/line_protocol_bench"
printf '\n== segments\n'; "$programs/segment_bench"
printf '\n== ingest over HTTP, %s s and drain\n' "$seconds"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
build/release/streamflow serve --data-dir "$folder/data" --http-port "$port" >"$folder/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -sf "http://127.0.0.1:$port/ready" >/dev/null && break; sleep 0.1; done
"$programs/ingest_http_bench" --url "http://127.0.0.1:$port" --pid "$server" --data-dir "$folder/data" --seconds "$seconds"

# A smaller table for the queries, so that DuckDB's copy of it fits beside it.
kill "$server"; wait "$server" || true; rm -rf "$folder/data"
build/release/streamflow serve --data-dir "$folder/data" --http-port "$port" >"$folder/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -sf "http://127.0.0.1:$port/ready" >/dev/null && break; sleep 0.1; done
printf '\n== SQL over HTTP beside DuckDB in process\n'
"$programs/ingest_http_bench" --url "http://127.0.0.1:$port" --pid "$server" --data-dir "$folder/data" --seconds 4 >/dev/null
.venv/bin/python bench/beside_duckdb.py --url "http://127.0.0.1:$port"
