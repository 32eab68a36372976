"""One batch as bytes of a spool segment.

Format, little-endian: magic "SFSP" | epoch u64 | sequence u64 | rows u32 | body bytes u32 | CRC-32 of what precedes and
of the body u32 | body.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

_HEAD = struct.Struct("<4sQQII")
_CRC = struct.Struct("<I")
MAGIC = b"SFSP"
HEAD_BYTES = _HEAD.size + _CRC.size


@dataclass(frozen=True, slots=True)
class Record:
    epoch: int
    sequence: int
    rows: int
    body: bytes

    def encode(self) -> bytes:
        head = _HEAD.pack(MAGIC, self.epoch, self.sequence, self.rows, len(self.body))
        return head + _CRC.pack(zlib.crc32(self.body, zlib.crc32(head))) + self.body


def decode(data: bytes | memoryview, at: int) -> Record | None:
    """The record at `at`; None when the bytes from there are no whole record."""
    if len(data) - at < HEAD_BYTES:
        return None
    magic, epoch, sequence, rows, size = _HEAD.unpack_from(data, at)
    if magic != MAGIC or len(data) - at - HEAD_BYTES < size:
        return None
    body = bytes(data[at + HEAD_BYTES : at + HEAD_BYTES + size])
    crc = zlib.crc32(body, zlib.crc32(bytes(data[at : at + _HEAD.size])))
    return Record(epoch, sequence, rows, body) if _CRC.unpack_from(data, at + _HEAD.size)[0] == crc else None
