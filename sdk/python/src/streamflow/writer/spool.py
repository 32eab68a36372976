"""Batches in a folder, so that they outlive the process: append-only segments, removed when all they hold is delivered.

Format:     `producer` (the name in the keys), `delivered` ("epoch sequence" of the last batch that needs no sending),
            `NNNNNNNN.segment` (spool_record.py), `lock`. Each run has an epoch of its own, above all earlier ones.
Invariants: (epoch, sequence) only grow along the segments, so one pair says what is left. Losing `delivered` is
            harmless: the server knows the keys. A record torn by a crash is at the end of a segment and was not yet
            accepted; damage before that is reported by SpoolError and what follows it is set aside as `.damaged`.
Threads:    the caller locks. Processes: one, by a lock on the file `lock`.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pathlib
import time
from collections import deque
from collections.abc import Callable

from streamflow.errors import SpoolError
from streamflow.idempotency import key_text, new_producer
from streamflow.writer import spool_record
from streamflow.writer.spool_record import HEAD_BYTES, Record
from streamflow.writer.store import Batch

SEGMENT_BYTES_TARGET = 8 << 20


class _Place:
    """Where a batch lies."""

    __slots__ = ("at", "epoch", "rows", "segment", "sequence", "size")

    def __init__(self, segment: int, at: int, record: Record) -> None:
        self.segment, self.at, self.size = segment, at, HEAD_BYTES + len(record.body)
        self.epoch, self.sequence, self.rows = record.epoch, record.sequence, record.rows


class Spool:
    """OSError: the disk. SpoolError: another process uses the folder."""

    def __init__(self, folder: str | os.PathLike[str], *, sync: bool, report: Callable[[SpoolError], object]) -> None:
        self._folder = pathlib.Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sync = sync
        self._lock = self._locked()
        self._producer = self._producer_name()
        self._places: deque[_Place] = deque()
        self._delivered = self._read_delivered()
        self.count = 0
        self.rows = 0
        self.size = 0
        numbers = sorted(int(path.stem) for path in self._folder.glob("*.segment"))
        for number in numbers:
            self._recover(number, report)
        last_epoch = max([self._delivered[0], *(place.epoch for place in self._places)])
        self._epoch, self._sequence = max(time.time_ns(), last_epoch + 1), 0
        self._segment = numbers[-1] + 1 if numbers else 1
        self._file: int | None = None
        self._file_bytes = 0

    def append(self, rows: int, body: bytes) -> None:
        record = Record(self._epoch, self._sequence + 1, rows, body)
        data = record.encode()
        if self._file is None:
            self._file = os.open(self._path(self._segment), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file_bytes = 0
            if self._sync:
                self._sync_folder()
        try:
            _write_all(self._file, data)
            if self._sync:
                os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, self._file_bytes)
            os.lseek(self._file, self._file_bytes, os.SEEK_SET)
            raise
        self._sequence += 1
        self._remember(_Place(self._segment, self._file_bytes, record))
        self._file_bytes += len(data)
        if self._file_bytes >= SEGMENT_BYTES_TARGET:
            self._finish_segment()

    def head(self) -> Batch | None:
        if not self._places:
            return None
        place = self._places[0]
        try:
            with self._path(place.segment).open("rb") as file:
                file.seek(place.at)
                record = spool_record.decode(file.read(place.size), 0)
        except FileNotFoundError:
            record = None
        if record is None:
            raise SpoolError(
                f"{self._path(place.segment)}: the batch at byte {place.at} changed on disk or was removed"
            )
        return Batch(key_text(self._producer, place.epoch, place.sequence), place.rows, record.body)

    def remove_head(self) -> int:
        place = self._places.popleft()
        self.count -= 1
        self.rows -= place.rows
        self.size -= place.size
        self._delivered = (place.epoch, place.sequence)
        with contextlib.suppress(OSError):  # on a full disk the note is missing, which is harmless
            self._write_whole("delivered", f"{place.epoch} {place.sequence}\n")
        if not self._places or self._places[0].segment != place.segment:
            if place.segment == self._segment and self._file is not None:
                self._finish_segment()
            self._path(place.segment).unlink(missing_ok=True)
        return place.rows

    def close(self) -> None:
        if self._file is not None:
            self._finish_segment()
        os.close(self._lock)

    def _recover(self, number: int, report: Callable[[SpoolError], object]) -> None:
        path = self._path(number)
        data = path.read_bytes()
        at, kept = 0, 0
        while (record := spool_record.decode(data, at)) is not None:
            if (record.epoch, record.sequence) > self._delivered:
                self._remember(_Place(number, at, record))
                kept += 1
            at += HEAD_BYTES + len(record.body)
        if at < len(data) and data.find(spool_record.MAGIC, at + 1) >= 0:
            damaged = path.with_suffix(".damaged")
            damaged.write_bytes(data[at:])
            report(SpoolError(f"{path} is damaged at byte {at}: what follows is set aside in {damaged}"))
        if kept == 0:
            path.unlink()
        elif at < len(data):
            os.truncate(path, at)

    def _remember(self, place: _Place) -> None:
        self._places.append(place)
        self.count += 1
        self.rows += place.rows
        self.size += place.size

    def _finish_segment(self) -> None:
        assert self._file is not None
        os.close(self._file)
        self._file = None
        self._segment += 1

    def _path(self, number: int) -> pathlib.Path:
        return self._folder / f"{number:08d}.segment"

    def _locked(self) -> int:
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise SpoolError(f"{self._folder} is used by another writer: give each a folder of its own") from None
        return lock

    def _producer_name(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            if name := (self._folder / "producer").read_text().strip():
                return name
        name = new_producer()
        self._write_whole("producer", name + "\n")
        return name

    def _read_delivered(self) -> tuple[int, int]:
        try:
            epoch, sequence = (self._folder / "delivered").read_text().split()
            return int(epoch), int(sequence)
        except (FileNotFoundError, ValueError):
            return 0, 0

    # The name of a spool must outlive what was sent under it; `delivered` need not, and is not synced.
    def _write_whole(self, name: str, text: str) -> None:
        path = self._folder / name
        unfinished = path.with_suffix(".new")
        with unfinished.open("w") as file:
            file.write(text)
            if name == "producer" and self._sync:
                file.flush()
                os.fsync(file.fileno())
        unfinished.replace(path)
        if name == "producer" and self._sync:
            self._sync_folder()

    def _sync_folder(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
