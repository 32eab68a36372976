"""A server of a benchmark's own: started on a free port and an empty folder, asked, loaded, stopped or killed."""

import json
import pathlib
import signal
import socket
import subprocess
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROGRAMS = ROOT / "build/release/bench"
READY_SECONDS_MAX = 300


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
        command = [PROGRAMS / "ingest_http_bench", "--json", "--url", self.url, "--pid", self.process.pid, *arguments]
        return json.loads(subprocess.run(list(map(str, command)), check=True, capture_output=True).stdout)
