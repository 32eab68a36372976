"""A real StreamFlow server for tests: starts the release binary on a free port and a folder of the test's own.

Nothing here sleeps for a guessed time: start() waits until /ready answers, stop() and kill() until the process is gone.
"""

import io
import os
import pathlib
import signal
import socket
import subprocess
import time

import pyarrow
import requests

ROOT = pathlib.Path(__file__).parents[1]
BINARY = pathlib.Path(os.environ.get("STREAMFLOW_BINARY", ROOT / "build" / "release" / "streamflow"))
READY_SECONDS_MAX = 60
ARROW = "application/vnd.apache.arrow.stream"


def free_port(host="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


def plain_environment():
    """Without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith("STREAMFLOW_")}


class Server:
    """One data folder and, between start() and stop() or kill(), one process that serves it."""

    def __init__(self, folder, *, host="127.0.0.1", config=None, arguments=()):
        self.folder = pathlib.Path(folder)
        self.host = host
        self.port = free_port()
        self.arguments = [str(argument) for argument in arguments]
        self.config = config
        self.process = None
        self.session = requests.Session()
        self.token = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def data_folder(self):
        return self.folder / "data"

    @property
    def log_path(self):
        return self.folder / "server.log"

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    # Starts the process without waiting for it.
    def launch(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [BINARY, "serve", "--data-dir", self.data_folder, "--host", self.host, "--http-port", str(self.port)]
        if self.config is not None:
            path = self.folder / "streamflow.yaml"
            path.write_text(self.config)
            command += ["--config", path]
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env=plain_environment(),
            )

    def start(self):
        self.launch()
        self.wait_ready()
        return self

    def wait_ready(self):
        deadline = time.monotonic() + READY_SECONDS_MAX
        pause = 0.002
        while True:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log()[-4000:]}")
            try:
                if self.session.get(f"{self.url}/ready", timeout=5).status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            if time.monotonic() > deadline:
                raise AssertionError(f"not ready within {READY_SECONDS_MAX} s:\n{self.log()[-4000:]}")
            time.sleep(pause)
            pause = min(pause * 1.5, 0.1)

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """kill -9, as a power cut would leave the process."""
        if self.is_alive():
            self.process.send_signal(signal.SIGKILL)
        self._gone()

    def stop(self):
        """Asks the server to stop and returns its exit code."""
        if self.is_alive():
            self.process.send_signal(signal.SIGTERM)
        return self._gone()

    def _gone(self):
        if self.process is None:
            return None
        code = self.process.wait(timeout=60)
        self.session.close()
        self.session = requests.Session()
        return code

    def restart(self):
        self.stop()
        return self.start()

    def headers(self, **more):
        return ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | more

    def post(self, path, **options):
        options["headers"] = self.headers() | options.get("headers", {})
        return self.session.post(self.url + path, timeout=120, **options)

    def get(self, path, **options):
        options["headers"] = self.headers() | options.get("headers", {})
        return self.session.get(self.url + path, timeout=120, **options)

    def try_write(self, lines, precision="ns", **options):
        """POST /api/v2/write of one string or a list of lines; the answer whatever it is."""
        body = lines if isinstance(lines, str | bytes) else "\n".join(lines)
        body = body.encode() if isinstance(body, str) else body
        return self.post(f"/api/v2/write?precision={precision}", data=body, **options)

    def write(self, lines, precision="ns"):
        answer = self.try_write(lines, precision)
        assert answer.status_code == 204, f"{answer.status_code}: {answer.text}"
        return answer

    def try_sql(self, query, params=None, accept="application/json", **options):
        body = {"query": query} if params is None else {"query": query, "params": params}
        return self.post("/api/v1/sql", json=body, headers={"Accept": accept}, **options)

    def sql(self, query, params=None):
        """The rows of a query, as JSON gave them."""
        answer = self.try_sql(query, params)
        assert answer.status_code == 200, f"{query}: {answer.status_code}: {answer.text}"
        return answer.json()["rows"]

    def arrow(self, query, params=None):
        answer = self.try_sql(query, params, accept=ARROW)
        assert answer.status_code == 200, f"{query}: {answer.status_code}: {answer.text}"
        return pyarrow.ipc.open_stream(io.BytesIO(answer.content)).read_all()

    def flush(self):
        answer = self.post("/api/v1/flush")
        assert answer.ok, f"{answer.status_code}: {answer.text}"

    def metric(self, name):
        """The value of a metric without labels, or None."""
        for line in self.get("/metrics").text.splitlines():
            if line.startswith(f"{name} "):
                return float(line.split()[1])
        return None

    def resident_bytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))

    def command(self, *arguments, **options):
        """Runs `streamflow ARGUMENTS` and returns the finished process, output as text."""
        environment = plain_environment()
        if self.token:
            environment["STREAMFLOW_TOKEN"] = self.token
        return subprocess.run(
            [BINARY, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            env=environment,
            **options,
        )


def eventually(condition, seconds=30):
    """Waits until `condition()` is true and returns its value; fails after a time no healthy server needs."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"still not true after {seconds} s"
        time.sleep(0.01)
    return value
