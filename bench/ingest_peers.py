"""The same line protocol bytes into StreamFlow, VictoriaMetrics and InfluxDB 1.x, one after the other on one machine.

Peers come from Debian: the packages of scripts/bench-packages.txt are downloaded and unpacked below build/peers, never
installed, and run in temporary folders on free ports. Every engine gets ingest_http_bench's load with the same seed,
connections and batches; the run fails when one of them holds other rows than it acknowledged. What an acknowledgement
means differs: StreamFlow and InfluxDB have synced their log by then, VictoriaMetrics has rows in memory only.

Usage: ./run bench ingest_peers   (STREAMFLOW_BENCH_SECONDS: of load for each engine, default 60)
       .venv/bin/python bench/ingest_peers.py [--seconds N] [--hosts N] [--connections N] [--batch ROWS]
"""

import argparse
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[1]
LOAD = ROOT / "build/release/bench/ingest_http_bench"
PEERS = ROOT / "build/peers"
READY_SECONDS_MAX = 60
SETTLE_SECONDS_MAX = 120


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetch_peers():
    """Unpacks the peers' packages, once."""
    packages = (ROOT / "scripts/bench-packages.txt").read_text().split()
    missing = [package for package in packages if not (PEERS / package).exists()]
    if not missing:
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["apt-get", "download", "-q", *missing], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for package in missing:
            [archive] = pathlib.Path(folder).glob(f"{package}_*.deb")
            subprocess.run(["dpkg-deb", "--extract", archive, PEERS / package], check=True)


class Engine:
    """One engine: how it starts, where it takes lines, how many rows it says it has."""

    name, ready, path = "", "/", None

    def __init__(self, folder):
        self.folder, self.port, self.process = pathlib.Path(folder), free_port(), None
        self.url = f"http://127.0.0.1:{self.port}"

    def command(self):
        raise NotImplementedError

    def rows(self):
        raise NotImplementedError

    def __enter__(self):
        log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while True:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"{self.name} did not start:\n{(self.folder / 'log').read_text()[-2000:]}")
            try:
                if requests.get(self.url + self.ready, timeout=5).ok:
                    return self
            except requests.ConnectionError:
                time.sleep(0.05)

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait(timeout=120)


class StreamFlow(Engine):
    name, ready = "streamflow", "/ready"

    def command(self):
        binary = ROOT / "build/release/streamflow"
        return [binary, "serve", "--data-dir", self.folder / "data", "--http-port", str(self.port)]

    def rows(self):
        answer = requests.post(f"{self.url}/api/v1/sql", json={"query": "SELECT count(*) FROM cpu"}, timeout=600)
        return answer.json()["rows"][0][0]


class VictoriaMetrics(Engine):
    name, ready, path = "victoria-metrics", "/health", "/write"

    def command(self):
        binary = PEERS / "victoria-metrics/usr/bin/victoria-metrics"
        data = f"-storageDataPath={self.folder / 'data'}"
        return [binary, data, f"-httpListenAddr=127.0.0.1:{self.port}", "-retentionPeriod=100y"]

    def rows(self):
        """It counts values: one series a field."""
        text = requests.get(f"{self.url}/metrics", timeout=60).text
        counts = [
            line.split() for line in text.splitlines() if line.startswith('vm_rows_inserted_total{type="influx"}')
        ]
        return int(float(counts[0][1])) // 10


class InfluxDb(Engine):
    name, ready, path = "influxdb", "/ping", "/write?db=bench"

    def command(self):
        text = f"""reporting-disabled = true
bind-address = "127.0.0.1:{free_port()}"
[meta]
  dir = "{self.folder}/data/meta"
[data]
  dir = "{self.folder}/data/data"
  wal-dir = "{self.folder}/data/wal"
  index-version = "tsi1"
  max-values-per-tag = 0
  cache-max-memory-size = "2g"
[http]
  bind-address = "127.0.0.1:{self.port}"
  log-enabled = false
  max-body-size = 0
[monitor]
  store-enabled = false
"""
        (self.folder / "influxdb.conf").write_text(text)
        return [PEERS / "influxdb/usr/bin/influxd", "-config", self.folder / "influxdb.conf"]

    def __enter__(self):
        super().__enter__()
        requests.post(f"{self.url}/query", params={"q": "CREATE DATABASE bench"}, timeout=60).raise_for_status()
        return self

    def rows(self):
        query = {"db": "bench", "q": "SELECT count(usage_user) FROM cpu"}
        answer = requests.get(f"{self.url}/query", params=query, timeout=600).json()
        return answer["results"][0]["series"][0]["values"][0][1]


def measure(kind, options):
    with tempfile.TemporaryDirectory(prefix="streamflow-peers-") as folder, kind(folder) as engine:
        command = [LOAD, "--json", "--url", engine.url, "--pid", str(engine.process.pid)]
        command += ["--data-dir", engine.folder / "data", "--seconds", str(options.seconds)]
        command += ["--hosts", str(options.hosts), "--connections", str(options.connections)]
        command += ["--batch", str(options.batch)]
        if engine.path:
            command += ["--peer-path", engine.path]
        figures = json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout)
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        while (found := engine.rows()) != figures["rows"]:  # VictoriaMetrics makes rows visible later
            if time.monotonic() > deadline:
                raise SystemExit(f"{engine.name} acknowledged {figures['rows']} rows, but holds {found}")
            time.sleep(1)
        return figures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--hosts", type=int, default=4000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--batch", type=int, default=10_000)
    options = parser.parse_args()
    if shutil.which("apt-get") is None:
        sys.exit("ingest_peers: the peers come from Debian packages; apt-get is missing")
    fetch_peers()
    titles = ("M points/s", "ratio", "p50 ms", "p99 ms", "M points/CPU-s", "MB resident")
    print(f"{'engine':18}" + "".join(f"{title:>{len(title) + 3}}" for title in titles))
    own = None
    for kind in (StreamFlow, VictoriaMetrics, InfluxDb):
        f = measure(kind, options)
        points = f["points_per_second"] / 1e6
        own = own or points
        per_cpu = f["points"] / f["server_cpu_seconds"] / 1e6
        resident = f["server_resident_bytes"] / 1e6
        cells = (f"{points:.2f}", f"{own / points:.1f}", f"{f['ack_p50_ms']:.1f}", f"{f['ack_p99_ms']:.1f}")
        cells += (f"{per_cpu:.2f}", f"{resident:.0f}")
        print(
            f"{kind.name:18}" + "".join(f"{cell:>{len(title) + 3}}" for title, cell in zip(titles, cells, strict=True)),
            flush=True,
        )


if __name__ == "__main__":
    main()
