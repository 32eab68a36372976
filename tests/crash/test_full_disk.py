"""A disk that really fills up: a small tmpfs, mounted in a namespace of its own so that nothing is left behind.

The server must refuse with the code that makes clients retry, go on reading, resume by itself when there is room again,
and have every acknowledged row after a kill -9.
"""

import os
import pathlib
import random
import shutil
import subprocess

import pytest
import streamflow_server
from streamflow_server import Server, eventually

DISK_MIB, FILLER_MIB = 48, 24
ROWS, TEXT_BYTES = 400, 100
BASE_TIME = 1_700_000_000_000_000_000
REQUESTS_MAX = 2_000  # some 170 MB: far more than the disk takes


class SmallDisk:
    """A tmpfs that only the processes of one mount namespace have; others reach it by way of /proc."""

    def __init__(self, mount_point):
        mount_point.mkdir(parents=True)
        script = f'mount -t tmpfs -o size={DISK_MIB}m tmpfs "$1" && echo mounted && exec sleep infinity'
        self.holder = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", str(mount_point)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        if self.holder.stdout.readline() != "mounted\n":
            self.holder.wait()
            pytest.skip(f"no tmpfs can be mounted here: {self.holder.stderr.read().strip()}")
        self.path = pathlib.Path(f"/proc/{self.holder.pid}/root{mount_point}")

    def wrap(self, binary, script):
        """A script that runs `binary` where the disk is mounted, as the same process."""
        script.write_text(f'#!/bin/sh\nexec nsenter --mount=/proc/{self.holder.pid}/ns/mnt "{binary}" "$@"\n')
        script.chmod(0o755)
        return script

    def fill(self, mib):
        (self.path / "filler").write_bytes(bytes(mib << 20))

    def make_room(self):
        (self.path / "filler").unlink()

    def close(self):
        self.holder.kill()
        self.holder.wait()


@pytest.fixture
def disk(tmp_path):
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("mounting a small disk takes root and unshare")
    made = SmallDisk(tmp_path / "server" / "data")
    yield made
    made.close()


class Client:
    """Sends rows with ids that count up, of text that does not compress, and remembers what was acknowledged."""

    def __init__(self, server):
        self.server, self.random = server, random.Random(20_261)
        self.next_id, self.acknowledged = 0, set()

    def write(self):
        """None when it was acknowledged, otherwise the refusal."""
        ids = range(self.next_id, self.next_id + ROWS)
        self.next_id = ids.stop
        lines = [
            f'm,host=h{row_id % 5} id={row_id}i,text="{self.random.randbytes(TEXT_BYTES).hex()}" {BASE_TIME + row_id}'
            for row_id in ids
        ]
        answer = self.server.try_write(lines)
        if answer.ok:
            self.acknowledged.update(ids)
            return None
        return answer

    def write_until_refused(self):
        for _ in range(REQUESTS_MAX):
            refusal = self.write()
            if refusal is not None:
                return refusal
        raise AssertionError("the disk never filled up")

    def check(self):
        found = [row[0] for row in self.server.sql("SELECT id FROM m")]
        assert len(found) == len(set(found)), "rows are doubled"
        missing = self.acknowledged - set(found)
        assert not missing, f"{len(missing)} acknowledged rows are lost, e.g. {sorted(missing)[:5]}"
        assert max(found) < self.next_id


def assert_retryable(answer):
    assert answer.status_code in (429, 503), f"{answer.status_code}: {answer.text}"
    assert answer.headers["Retry-After"].isdigit(), answer.headers


# With some space kept free the log never meets the end of the disk; with none it does, in the middle of a record, and
# so do segments and manifests.
@pytest.mark.parametrize("free_bytes_min", ["8MiB", "0B"])
def test_a_full_disk_refuses_resumes_and_loses_nothing(tmp_path, disk, free_bytes_min, monkeypatch):
    monkeypatch.setattr(streamflow_server, "BINARY", disk.wrap(streamflow_server.BINARY, tmp_path / "streamflow"))
    config = f"disk:\n  free_bytes_min: {free_bytes_min}\nmemtable:\n  flush_bytes: 4MiB\n"
    server = Server(tmp_path / "server", config=config).start()
    client = Client(server)
    try:
        disk.fill(FILLER_MIB)
        assert_retryable(client.write_until_refused())
        accepted = len(client.acknowledged)
        for _ in range(3):
            refusal = client.write()
            assert refusal is None or assert_retryable(refusal) is None
        client.check()  # reading goes on
        disk.make_room()
        eventually(lambda: client.write() is None)  # nobody helps
        for _ in range(20):
            assert client.write() is None
        assert len(client.acknowledged) > accepted
        server.kill()
        server.start()
        client.check()
    finally:
        server.kill()
    print(f"{accepted} rows until the disk was full, {len(client.acknowledged)} acknowledged in all, none lost")
