"""What a writer waits for: acknowledgements at 70 % load, rows becoming visible, a restart after kill -9.

Starts servers of its own in a temporary folder. Saturation is measured first, with the same connections and batches;
the paced load counts an acknowledgement from the moment its batch was due. The restart replays what a load without
flushes left in the log; the run fails when a row of it is missing.

Usage: .venv/bin/python bench/ingest_latency.py [--seconds N]   (of each load, default 20)
"""

import argparse
import signal
import tempfile
import time

from own_server import Server

VISIBLE_ROUNDS = 300


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def acknowledgements(folder, seconds):
    server = Server(folder)
    server.start()
    time.sleep(1)
    print(f"idle          {server.resident_megabytes():.0f} MB resident", flush=True)
    full = server.load("--seconds", seconds)
    paced = server.load("--seconds", seconds, "--rate", int(full["rows_per_second"] * 0.7))
    print(f"saturation    {full['points_per_second'] / 1e6:.1f} M points/s, p99 {full['ack_p99_ms']:.1f} ms")
    for name, figures in (("at 70 %", paced),):
        rate = figures["points_per_second"] / 1e6
        print(
            f"{name:13} {rate:.1f} M points/s, p50 {figures['ack_p50_ms']:.1f} ms, p99 {figures['ack_p99_ms']:.1f} ms"
        )
    waited = []
    for number in range(VISIBLE_ROUNDS):
        answer = server.session.post(f"{server.url}/api/v2/write", data=f"seen,n=a v={number}i {number + 1}")
        begin = time.monotonic()
        assert answer.status_code == 204, answer.text
        while server.sql("SELECT max(v) FROM seen") != [[number]]:
            pass
        waited.append(1e3 * (time.monotonic() - begin))
    middle, late = percentile(waited, 0.5), percentile(waited, 0.95)
    print(f"visible       p50 {middle:.1f} ms, p95 {late:.1f} ms after the acknowledgement, the query included")
    server.stop()


def restart(folder, seconds):
    server = Server(folder, "--memtable-bytes-max", "1GiB", "--memtable-flush-bytes", "512MiB")
    server.start()
    load = server.load("--no-flush", "--seconds", min(seconds, 4))
    rows, memory = load["rows"], (server.metric("streamflow_memtable_bytes") or 0) / 1e6
    server.stop(signal.SIGKILL)
    begin = time.monotonic()
    writable = server.start()
    [[found]] = server.sql("SELECT count(*) FROM cpu")
    readable = time.monotonic() - begin
    if found != rows:
        raise SystemExit(f"{rows} rows were acknowledged, but {found} are there after kill -9")
    points = load["points"] / 1e6
    print(f"kill -9       {points:.1f} M points in the log, {memory:.0f} MB in memtables")
    print(f"              writable after {writable:.2f} s; after {readable:.2f} s the first query, which waits for all")
    print(f"              rows, finds every one: {points / readable:.1f} M points/s replayed, the query included")
    server.stop()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=20)
    options = parser.parse_args()
    for part in (acknowledgements, restart):
        with tempfile.TemporaryDirectory(prefix="streamflow-latency-") as folder:
            part(folder, options.seconds)


if __name__ == "__main__":
    main()
