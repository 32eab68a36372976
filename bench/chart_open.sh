#!/usr/bin/env bash
# Charts over 10 M points: how long the answer takes over HTTP, then in a browser, with uPlot on the same frames beside,
# and what live charts cost. Called by ./run bench chart_open; starts a server of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ -d .deps/node/bin ] && export PATH="$PWD/.deps/node/bin:$PATH"
folder=$(mktemp -d)
server=''
leave() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap leave EXIT

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url="http://127.0.0.1:$port"
build/release/streamflow serve --data-dir "$folder/data" --http-port "$port" >"$folder/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do curl -sf "$url/ready" >/dev/null && break; sleep 0.1; done
.venv/bin/python bench/chart_data.py "$folder"
for table in one many live; do
  build/release/streamflow import --url "$url" --table "$table" --tag host --duplicates merge "$folder/$table.parquet" >/dev/null 2>&1
done
curl -sf -X POST "$url/api/v1/flush" >/dev/null
.venv/bin/python bench/chart_http.py --url "$url"
node bench/chart_open.mjs --url "$url"
