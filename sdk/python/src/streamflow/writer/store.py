"""Where batches wait, in the order they will be sent."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from streamflow.idempotency import KeyStream, new_producer


@dataclass(frozen=True, slots=True)
class Batch:
    key: str
    rows: int
    body: bytes


class Store(Protocol):
    """Threads: the caller locks."""

    count: int  # of batches
    rows: int
    size: int  # in bytes

    def append(self, rows: int, body: bytes) -> None:
        """Gives the batch its key and keeps it behind all others."""

    def head(self) -> Batch | None:
        """The oldest batch."""

    def remove_head(self) -> int:
        """It was delivered, or refused for good. Returns its rows."""

    def close(self) -> None: ...


class MemoryStore:
    def __init__(self, epoch: int) -> None:
        self._keys = KeyStream(new_producer(), epoch)
        self._batches: deque[Batch] = deque()
        self.count = 0
        self.rows = 0
        self.size = 0

    def append(self, rows: int, body: bytes) -> None:
        self._batches.append(Batch(self._keys.next_key(), rows, body))
        self.count += 1
        self.rows += rows
        self.size += len(body)

    def head(self) -> Batch | None:
        return self._batches[0] if self._batches else None

    def remove_head(self) -> int:
        batch = self._batches.popleft()
        self.count -= 1
        self.rows -= batch.rows
        self.size -= len(batch.body)
        return batch.rows

    def close(self) -> None:
        """Nothing to keep."""
