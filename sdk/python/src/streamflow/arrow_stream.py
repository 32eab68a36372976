"""An Arrow IPC stream decoded as its bytes arrive, whoever reads them: feed() returns the batches that are complete.

Source: Arrow columnar format, "Encapsulated message format": 0xFFFFFFFF, int32 length, Message flatbuffer, body.
"""

from __future__ import annotations

import io
import struct
from typing import Any

import pyarrow as pa

from streamflow.errors import IncompleteResultError

CONTINUATION = 0xFFFFFFFF
RECORD_BATCH = 3  # of the union MessageHeader
METADATA_BYTES_MAX = 16 << 20


class ArrowStreamDecoder:
    """Threads: one."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._complete = _Source()
        self._reader: Any = None
        self._batches_ready = 0
        self._ended = False

    def feed(self, data: bytes) -> list[pa.RecordBatch]:
        self._pending += data
        while not self._ended and (size := self._message_bytes()) is not None and len(self._pending) >= size:
            self._complete.append(bytes(self._pending[:size]))
            del self._pending[:size]
        batches = []
        if self._reader is None and self._complete.has_data:
            self._reader = pa.ipc.open_stream(self._complete)
        while self._batches_ready:
            self._batches_ready -= 1
            batches.append(self._reader.read_next_batch())
        return batches

    def finish(self) -> None:
        """To be called after the last byte."""
        if not self._ended:
            raise IncompleteResultError("the result broke off before its end")

    # The size of the message that `_pending` begins with, None while that cannot be said.
    def _message_bytes(self) -> int | None:
        if len(self._pending) < 8:
            return None
        mark, metadata_bytes = struct.unpack_from("<Ii", self._pending)
        if mark != CONTINUATION or not 0 <= metadata_bytes <= METADATA_BYTES_MAX:
            raise pa.ArrowInvalid("the answer is no Arrow stream")
        if metadata_bytes == 0:
            self._ended = True
            return 8
        if len(self._pending) < 8 + metadata_bytes:
            return None
        kind, body_bytes = _message(memoryview(self._pending)[8 : 8 + metadata_bytes])
        size = int(8 + metadata_bytes + body_bytes)
        if kind == RECORD_BATCH and len(self._pending) >= size:
            self._batches_ready += 1
        return size


def _message(flatbuffer: memoryview) -> tuple[int, int]:
    """(header type, body length) of a Message table: its fields 1 and 3."""
    copy = bytes(flatbuffer)
    table = struct.unpack_from("<I", copy)[0]
    vtable = table - struct.unpack_from("<i", copy, table)[0]
    vtable_bytes = struct.unpack_from("<H", copy, vtable)[0]

    def field(index: int, form: str) -> int:
        slot = 4 + 2 * index
        offset = struct.unpack_from("<H", copy, vtable + slot)[0] if slot < vtable_bytes else 0
        return int(struct.unpack_from(form, copy, table + offset)[0]) if offset else 0

    return field(1, "<B"), field(3, "<q")


class _Source(io.RawIOBase):
    """A file of the complete messages; the reader is only asked when they suffice."""

    def __init__(self) -> None:
        super().__init__()
        self._data = bytearray()

    @property
    def has_data(self) -> bool:
        return bool(self._data)

    def append(self, data: bytes) -> None:
        self._data += data

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        taken = bytes(self._data) if size < 0 else bytes(self._data[:size])
        del self._data[: len(taken)]
        return taken
