"""What a writer waits for: acknowledgements at 70 % load, rows becoming visible, a restart after kill -9.

Starts servers of its own in a temporary folder. Saturation is measured first, with the same connections and batches;
the paced load counts an acknowledgement from the moment its batch was due. The restart replays what a load without
flushes left in the log; the run fails when a row of it is missing.

Usage: .venv/bin/python bench/ingest_latency.py [--seconds N]   (of each load, default 20)
"""

import argparse
import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[1]
LOAD = ROOT / "build/release/bench/ingest_http_bench"
READY_SECONDS_MAX = 300
VISIBLE_ROUNDS = 300


class Server:
    def __init__(self, folder, *arguments):
        self.folder, self.arguments = pathlib.Path(folder), arguments
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.session = requests.Session()

    def start(self):
        """Seconds until a write is acknowledged."""
        begin = time.monotonic()
        command = [ROOT / "build/release/streamflow", "serve", "--data-dir", self.folder / "data"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--http-port", str(self.port), *self.arguments], stdout=log, stderr=log
            )
        while time.monotonic() - begin < READY_SECONDS_MAX:
            try:
                if self.session.post(f"{self.url}/api/v2/write", data="started v=1", timeout=60).status_code == 204:
                    return time.monotonic() - begin
            except requests.ConnectionError:
                self.session = requests.Session()
            time.sleep(0.005)
        raise SystemExit(f"not writable within {READY_SECONDS_MAX} s:\n{(self.folder / 'log').read_text()[-2000:]}")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(timeout=120)

    def sql(self, query):
        answer = self.session.post(f"{self.url}/api/v1/sql", json={"query": query}, timeout=600)
        answer.raise_for_status()
        return answer.json()["rows"]

    def metric(self, name):
        text = self.session.get(f"{self.url}/metrics", timeout=60).text
        return next((float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} ")), None)

    def resident_megabytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) / 1e3 for line in status.splitlines() if line.startswith("VmRSS:"))

    def load(self, *arguments):
        command = [LOAD, "--json", "--url", self.url, "--pid", self.process.pid, *arguments]
        return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout)


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
