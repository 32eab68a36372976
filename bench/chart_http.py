"""How long POST /api/v1/chart takes over the tables of chart_data.py. Medians; answers are checked."""

import argparse
import json
import statistics
import sys
import time

import requests

BEGIN, SECOND = 1_700_000_000_000_000_000, 1_000_000_000
ONE = {"query": "SELECT time, value FROM one"}
MANY = {"query": "SELECT time, host, value FROM many", "split_by": "host"}
WHOLE = {"from": str(BEGIN), "to": str(BEGIN + 10_000_000 * SECOND)}
QUESTIONS = {
    "one series, minmax": (ONE | WHOLE, 10_000_000),
    "one series, minmax, range unknown": (ONE, 10_000_000),
    "one series, m4": (ONE | WHOLE | {"method": "m4"}, 10_000_000),
    "one series, lttb": (ONE | WHOLE | {"method": "lttb"}, 10_000_000),
    "one series, 100 candles": (ONE | WHOLE | {"method": "ohlc", "width": 100}, 10_000_000),
    "one series, a thousandth of it": (ONE | {"from": str(BEGIN), "to": str(BEGIN + 10_000 * SECOND)}, 10_000),
    "8 series by tag, minmax": (MANY | WHOLE, 10_000_000),
    "8 series by tag, minmax, range unknown": (MANY, 10_000_000),
    "hourly averages, range unknown": (
        {"query": "SELECT time_bucket(INTERVAL 1 hour, time) AS t, avg(value) AS v FROM one GROUP BY t"},
        2778,
    ),
}


def header_of(frame):
    return json.loads(frame[8 : 8 + int.from_bytes(frame[4:8], "little")])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    print(f"{'10 M points over HTTP, 1,000 pixels':48} {'median ms':>10} {'best ms':>9} {'KiB':>7}")
    for name, (question, rows) in QUESTIONS.items():
        times = []
        for _ in range(options.rounds):
            begin = time.perf_counter()
            answer = requests.post(f"{options.url}/api/v1/chart", json={"width": 1000} | question, timeout=60)
            times.append((time.perf_counter() - begin) * 1e3)
            answer.raise_for_status()
        found = header_of(answer.content)["rows_scanned"]
        if found != rows:
            print(f"{name}: wanted {rows} rows, got {found}", file=sys.stderr)
            return 1
        size = len(answer.content) / 1024
        print(f"{name:48} {statistics.median(times):10.1f} {min(times):9.1f} {size:7.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
