"""The Python client beside DuckDB's own: a million rows (time, tag, four doubles) into a pandas frame.

Starts the release binary on a folder of its own, writes the rows as one Arrow table, reads them back, and checks both
frames; DuckDB holds the same rows in a database file. Prints the median of the rounds.

Usage: .venv/bin/python bench/sdk_bench.py [--rows N] [--rounds N]
"""

import argparse
import pathlib
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "sdk" / "python" / "src"), str(ROOT / "tests")]

import duckdb  # noqa: E402
import pyarrow as pa  # noqa: E402
import streamflow  # noqa: E402
from streamflow_server import Server  # noqa: E402

TAGS = 100
QUERY = "SELECT * FROM readings"


def rows_of(count):
    columns = {
        "time": pa.array(range(1_700_000_000_000_000_000, 1_700_000_000_000_000_000 + count * 1000, 1000)),
        "host": pa.array([f"host-{index % TAGS}" for index in range(count)]),
    }
    for field in range(4):
        columns[f"f{field}"] = pa.array([((index * 7919 + field) % 100_003) / 8 for index in range(count)])
    return pa.table(columns)


def timed(action, rounds):
    seconds, result = [], None
    for _ in range(rounds):
        began = time.perf_counter()
        result = action()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds), result


def check(frame, data, name):
    expected = sum(data.column("f1").to_pylist())
    assert len(frame) == len(data), f"{name}: {len(frame)} rows, wanted {len(data)}"
    assert frame["f1"].sum() == expected, f"{name}: another sum"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    data = rows_of(options.rows)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(pathlib.Path(folder) / "server").start()
        try:
            with streamflow.connect(server.url) as db:
                written, _ = timed(lambda: db.write("readings", data, tags=["host"]), 1)
                server.flush()
                ours, frame = timed(lambda: db.sql(QUERY).to_pandas(), options.rounds)
                check(frame, data, "streamflow")
        finally:
            server.stop()
        with duckdb.connect(str(pathlib.Path(folder) / "beside.duckdb")) as beside:
            beside.register("source", data)
            beside.execute(
                "CREATE TABLE readings AS SELECT make_timestamp_ns(time) AS time, * EXCLUDE time FROM source"
            )
            theirs, frame = timed(lambda: beside.execute(QUERY).df(), options.rounds)
            check(frame, data, "duckdb")
    print(f"write {options.rows:,} rows: {written:.3f} s ({options.rows / written:,.0f} rows/s)")
    print(f"streamflow to pandas: {ours:.3f} s ({options.rows / ours:,.0f} rows/s)")
    print(f"duckdb to pandas:     {theirs:.3f} s; ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
