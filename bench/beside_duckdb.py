"""Scan and group-by of a running StreamFlow beside DuckDB's own table, on the same rows, in the same run.

The rows come out of the server as Arrow, go into a DuckDB file, and every query is asked of both, in turn, over HTTP
here and in process there. Answers are compared; a difference fails the run. Times are medians; their ratio counts.
"""

import argparse
import io
import os
import statistics
import sys
import tempfile
import time

import duckdb
import pyarrow.ipc
import requests

QUERIES = {
    "count(*)": "SELECT count(*) FROM cpu",
    "sum of one field": "SELECT sum(usage_user) FROM cpu",
    "max of three fields": "SELECT max(usage_user), max(usage_system), max(usage_idle) FROM cpu",
    "filter on a field": "SELECT count(*) FROM cpu WHERE usage_user > 90",
    "one host": "SELECT max(usage_user) FROM cpu WHERE hostname = 'host_17'",
    "avg by host": "SELECT hostname, avg(usage_user) FROM cpu GROUP BY hostname ORDER BY hostname",
    "avg by minute and region": "SELECT date_trunc('minute', time) AS t, region, avg(usage_user) "
    "FROM cpu GROUP BY ALL ORDER BY ALL",
}
ARROW = {"Accept": "application/vnd.apache.arrow.stream"}


def ask(url, text):
    answer = requests.post(f"{url}/api/v1/sql", json={"query": text}, headers=ARROW, timeout=600)
    answer.raise_for_status()
    return pyarrow.ipc.open_stream(io.BytesIO(answer.content)).read_all()


def timed(function, rounds):
    times, result = [], None
    for _ in range(rounds):
        begin = time.perf_counter()
        result = function()
        times.append(time.perf_counter() - begin)
    return statistics.median(times), result


def rows_of(table):
    def plain(value):
        return round(value, 9) if isinstance(value, float) else str(value)

    return [tuple(plain(value) for value in row.values()) for row in table.to_pylist()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = ask(options.url, "SELECT * FROM cpu")
        peer = duckdb.connect(os.path.join(folder, "cpu.duckdb"))
        peer.execute("SET threads = 2")
        begin = time.perf_counter()
        peer.execute("CREATE TABLE cpu AS SELECT * FROM rows")
        peer.execute("CHECKPOINT")
        loaded = time.perf_counter() - begin
        points = rows.num_rows * 10
        size = os.path.getsize(os.path.join(folder, "cpu.duckdb"))
        print(f"DuckDB: {rows.num_rows:,} rows from Arrow in {loaded:.2f} s, {size / points:.3f} bytes a point")
        print(f"{'query':28} {'StreamFlow ms':>14} {'DuckDB ms':>10} {'ratio':>7}")
        for name, text in QUERIES.items():
            ours, answer = timed(lambda text=text: ask(options.url, text), options.rounds)
            theirs, expected = timed(lambda text=text: peer.execute(text).to_arrow_table(), options.rounds)
            if rows_of(answer) != rows_of(expected):
                print(f"{name}: the answers differ", file=sys.stderr)
                return 1
            print(f"{name:28} {ours * 1e3:14.1f} {theirs * 1e3:10.1f} {theirs / ours:7.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
