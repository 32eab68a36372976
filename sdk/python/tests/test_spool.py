"""The spool folder: what was appended comes back after a crash, in order, whatever was torn."""

import os
import pathlib
import shutil
import tempfile

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from streamflow.errors import SpoolError
from streamflow.writer import spool as spool_module
from streamflow.writer import spool_record
from streamflow.writer.spool import Spool
from streamflow.writer.spool_record import Record


def opened(folder, report=None):
    return Spool(folder, sync=False, report=report or raising)


def raising(error):
    raise error


def crash(spool):
    """As kill -9 leaves it: nothing is flushed or finished, the lock is gone."""
    if spool._file is not None:
        os.close(spool._file)
    os.close(spool._lock)


def drained(spool):
    bodies = []
    while (batch := spool.head()) is not None:
        bodies.append(batch.body)
        spool.remove_head()
    return bodies


class SpoolMachine(RuleBasedStateMachine):
    """Against a plain list. Keys never repeat and only grow."""

    def __init__(self):
        super().__init__()
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.target = spool_module.SEGMENT_BYTES_TARGET
        spool_module.SEGMENT_BYTES_TARGET = 200
        self.spool = opened(self.folder)
        self.expected = []
        self.keys = {}
        self.number = 0

    @rule(size=st.integers(0, 150))
    def append(self, size):
        self.number += 1
        body = f"{self.number}:".encode() + b"x" * size
        self.spool.append(self.number, body)
        self.expected.append((self.number, body))

    @precondition(lambda self: self.expected)
    @rule()
    def deliver(self):
        batch = self.spool.head()
        key = tuple(map(int, batch.key.split("/")[1:]))
        assert all(key > other for other in self.keys.values())
        self.keys[batch.rows] = key
        self.spool.remove_head()
        self.expected.pop(0)

    @rule(torn=st.binary(max_size=60))
    def crash_with_a_torn_record(self, torn):
        crash(self.spool)
        segments = sorted(self.folder.glob("*.segment"))
        if segments:
            whole = Record(2**62, 1, 1, b"never accepted" * 3).encode()
            with segments[-1].open("ab") as file:
                file.write(whole[: len(torn) % len(whole)])
        self.spool = opened(self.folder)

    @rule()
    def reopen(self):
        self.spool.close()
        self.spool = opened(self.folder)

    @invariant()
    def holds_what_is_expected(self):
        assert self.spool.count == len(self.expected)
        assert self.spool.rows == sum(rows for rows, _ in self.expected)
        batch = self.spool.head()
        assert (batch and (batch.rows, batch.body)) == (self.expected[0] if self.expected else None)

    def teardown(self):
        spool_module.SEGMENT_BYTES_TARGET = self.target
        assert drained(self.spool) == [body for _, body in self.expected]
        assert not list(self.folder.glob("*.segment"))
        self.spool.close()
        shutil.rmtree(self.folder)


SpoolMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None, derandomize=True)
TestSpoolMachine = SpoolMachine.TestCase


def test_every_torn_end_of_a_segment_leaves_the_records_before_it(tmp_path):
    whole = opened(tmp_path / "whole")
    whole.append(1, b"first")
    whole.append(2, b"second")
    crash(whole)
    segment = next((tmp_path / "whole").glob("*.segment"))
    data = segment.read_bytes()
    for size in range(len(data)):
        folder = tmp_path / str(size)
        shutil.copytree(tmp_path / "whole", folder)
        (folder / segment.name).write_bytes(data[:size])
        spool = opened(folder)
        first_end = spool_record.HEAD_BYTES + len(b"first")
        assert drained(spool) == ([b"first"] if size >= first_end else [])
        spool.close()


def test_every_flipped_byte_is_found(tmp_path):
    data = Record(7, 8, 9, b"body of a batch").encode()
    assert spool_record.decode(data, 0) == Record(7, 8, 9, b"body of a batch")
    for at in range(len(data)):
        damaged = bytearray(data)
        damaged[at] ^= 0x10
        assert spool_record.decode(bytes(damaged), 0) is None


def test_damage_before_whole_records_is_reported_and_set_aside(tmp_path):
    spool = opened(tmp_path)
    for body in (b"first", b"second", b"third"):
        spool.append(1, body)
    crash(spool)
    segment = next(tmp_path.glob("*.segment"))
    data = bytearray(segment.read_bytes())
    data[2 * spool_record.HEAD_BYTES + len(b"first")] ^= 1
    segment.write_bytes(data)
    reports = []
    spool = opened(tmp_path, reports.append)
    assert [type(error) for error in reports] == [SpoolError]
    assert "set aside" in str(reports[0])
    assert drained(spool) == [b"first"]
    aside = next(tmp_path.glob("*.damaged")).read_bytes()
    assert b"third" in aside
    spool.close()


def test_a_lost_note_of_delivery_sends_again_with_the_same_keys(tmp_path):
    spool = opened(tmp_path)
    spool.append(1, b"first")
    spool.append(1, b"second")
    keys = [spool.head().key]
    spool.remove_head()
    crash(spool)
    (tmp_path / "delivered").unlink()
    spool = opened(tmp_path)
    assert spool.head().key == keys[0]
    spool.close()


def test_epochs_grow_although_the_clock_went_back(tmp_path, monkeypatch):
    spool = opened(tmp_path)
    spool.append(1, b"first")
    before = int(spool.head().key.split("/")[1])
    drained(spool)
    spool.close()
    monkeypatch.setattr(spool_module.time, "time_ns", lambda: 5)
    spool = opened(tmp_path)
    spool.append(1, b"second")
    assert int(spool.head().key.split("/")[1]) > before
    spool.close()


def test_a_full_disk_cannot_stop_delivery(tmp_path, monkeypatch):
    def full(name, text):
        raise OSError(28, "No space left on device")

    spool = opened(tmp_path)
    for body in (b"first", b"second"):
        spool.append(1, body)
    monkeypatch.setattr(spool, "_write_whole", full)
    assert drained(spool) == [b"first", b"second"]
    spool.close()


def test_a_full_disk_leaves_no_half_record(tmp_path, monkeypatch):
    spool = opened(tmp_path)
    spool.append(1, b"first")

    def full(file, data):
        os.write(file, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(spool_module, "_write_all", full)
        with pytest.raises(OSError, match="No space"):
            spool.append(1, b"lost")
    spool.append(1, b"second")
    crash(spool)
    spool = opened(tmp_path)
    assert drained(spool) == [b"first", b"second"]
    spool.close()
