"""Three times more rows than the server can take, for two minutes: what it still stores, answers and holds in memory.

Saturation is measured first, by four connections. Then twelve connections offer three times that rate, open loop: they
send as fast as they are answered and never catch up. The load fails on any refusal that is not "try again later", and
the server's count of rows must be that of the acknowledgements. A second server with a small memory budget is made to
refuse. Both times the resident memory is looked at every second.

Usage: .venv/bin/python bench/ingest_overload.py [--seconds N]   (of the overload, default 120)
"""

import argparse
import pathlib
import tempfile
import threading

from own_server import Server

SATURATION_SECONDS = 20
FACTOR = 3


class MemoryWatch(threading.Thread):
    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.megabytes, self.done = server, [], threading.Event()

    def run(self):
        while not self.done.wait(1):
            self.megabytes.append(self.server.resident_megabytes())

    def stop(self):
        self.done.set()
        self.join()
        return self.megabytes


def overload(name, folder, seconds, *arguments):
    server = Server(pathlib.Path(folder), *arguments)
    server.start()
    full = server.load("--seconds", SATURATION_SECONDS)
    watch = MemoryWatch(server)
    watch.start()
    rate = int(FACTOR * full["rows_per_second"])
    over = server.load("--seconds", seconds, "--rate", rate, "--connections", 4 * FACTOR)
    megabytes = watch.stop()
    refused = server.metric("streamflow_writes_overloaded_total")
    server.stop()
    quarter = max(1, len(megabytes) // 4)
    print(f"{name}")
    print(f"  saturation  {full['points_per_second'] / 1e6:.1f} M points/s, p99 {full['ack_p99_ms']:.0f} ms")
    stored = over["points_per_second"] / 1e6
    share = 100 * over["rows_per_second"] / full["rows_per_second"]
    print(
        f"  offered x{FACTOR}  {stored:.1f} M points/s stored for {over['load_seconds']:.0f} s: "
        f"{share:.0f} % of saturation;"
    )
    print(f"              {over['retries']} batches sent again, {refused:.0f} refusals")
    early, late = max(megabytes[:quarter]), max(megabytes[-quarter:])
    print(f"  memory      {early:.0f} MB at most in the first quarter, {late:.0f} MB in the last", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, default=120)
    seconds = parser.parse_args().seconds
    with tempfile.TemporaryDirectory(prefix="streamflow-overload-") as folder:
        overload("default settings", folder, seconds)
    with tempfile.TemporaryDirectory(prefix="streamflow-overload-") as folder:
        small = ("--memtable-bytes-max", "48MiB", "--memtable-flush-bytes", "16MiB")
        overload("48 MiB for new rows", folder, seconds, *small)


if __name__ == "__main__":
    main()
