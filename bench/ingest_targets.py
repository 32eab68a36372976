"""What one machine takes in, durably and drained to segments: protocols, the engine alone, shapes of data.

Each load runs on a server, or an engine, of its own. Usage: .venv/bin/python bench/ingest_targets.py [--seconds N]
(of each load, default 60).
"""

import argparse
import pathlib
import re
import subprocess
import tempfile

from own_server import PROGRAMS, Server

OVER_HTTP = {
    "line protocol, 4,000 hosts": (),
    "line protocol, 100 hosts": ("--hosts", 100),
    "line protocol, 1 M hosts": ("--hosts", 1_000_000),
    "Arrow, 4,000 hosts": ("--format", "arrow"),
}
ENGINE = {
    "engine, 2 writers": (),
    "engine, 4 writers": ("--writers", 4),
    "engine, 8 writers": ("--writers", 8),
    "engine, 4 writers, 10 % late, 1 % duplicate": ("--writers", 4, "--late", 10, "--duplicate", 1),
    "engine, 4 writers, 1 M hosts": ("--writers", 4, "--hosts", 1_000_000),
    "engine, 8 writers, single field, 100,000 series": ("--writers", 8, "--fields", 1, "--hosts", 100_000),
}


def over_http(name, seconds, arguments):
    with tempfile.TemporaryDirectory(prefix="streamflow-ingest-") as folder:
        server = Server(pathlib.Path(folder))
        server.start()
        f = server.load("--seconds", seconds, "--data-dir", pathlib.Path(folder) / "data", *arguments)
        server.stop()
    rate, with_drain = f["points_per_second"] / 1e6, f["points_per_second_with_drain"] / 1e6
    print(
        f"{name:48} {rate:5.1f} M points/s, {with_drain:5.1f} with drain; p99 {f['ack_p99_ms']:.0f} ms; "
        f"{f['points'] / 1e6 / f['server_cpu_seconds']:.1f} M points per CPU-s; "
        f"{f['bytes_per_point']:.3f} bytes a point; {f['server_resident_bytes'] / 1e6:.0f} MB",
        flush=True,
    )


def engine_alone(name, seconds, arguments):
    command = [PROGRAMS / "ingest_batch_bench", "--seconds", seconds, *arguments]
    text = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    sustained = re.search(r"sustained +(.*)", text)[1]
    per_cpu = re.search(r"([0-9.]+ M points per CPU-s)", text)[1]
    print(f"{name:48} {sustained}; {per_cpu}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    seconds = parser.parse_args().seconds
    for name, arguments in OVER_HTTP.items():
        over_http(name, seconds, arguments)
    for name, arguments in ENGINE.items():
        engine_alone(name, seconds, arguments)


if __name__ == "__main__":
    main()
