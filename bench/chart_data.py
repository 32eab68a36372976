"""The tables of bench/chart_open.*, as Parquet files: 10 M points of one series, 10 M of eight, and eight live ones.

Seeded by arithmetic alone: the same rows every time, but for `live`, which lies around the present.
"""

import argparse
import os
import time

import duckdb

NOISE = "((i * 2654435761) % 1000) / 1000.0"
TABLES = {
    "one": f"""SELECT make_timestamp_ns(1700000000000000000 + i * 1000000000) AS time, 'a' AS host,
        50 + 20 * sin(i / 500000.0) + 6 * sin(i / 9000.0) + 8 * {NOISE} AS value FROM range(10000000) t(i)""",
    "many": f"""SELECT make_timestamp_ns(1700000000000000000 + (i // 8) * 1000000000) AS time,
        'host_' || (i % 8) AS host,
        12 * (i % 8) + 5 * sin(i / (300000.0 + 20000 * (i % 8))) + 4 * {NOISE} AS value FROM range(10000000) t(i)""",
    "live": f"""SELECT make_timestamp_ns({{begin}} + (i // 8) * 100000000) AS time, 'host_' || (i % 8) AS host,
        12 * (i % 8) + 5 * sin(i / (3000.0 + 200 * (i % 8))) + 4 * {NOISE} AS value FROM range(96000) t(i)""",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    folder = parser.parse_args().folder
    begin = (int(time.time()) - 400) * 1_000_000_000
    for name, query in TABLES.items():
        path = os.path.join(folder, f"{name}.parquet")
        duckdb.sql(f"COPY ({query.format(begin=begin)}) TO '{path}'")


if __name__ == "__main__":
    main()
