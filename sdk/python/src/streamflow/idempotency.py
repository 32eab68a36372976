"""Idempotency keys `<producer>/<epoch>/<sequence>`: a write that is sent twice counts once.

The server remembers the highest sequence of each producer and epoch, so a stream's writes are sent one at a time.
Writes that run at once, in threads or tasks, therefore use streams of their own (docs/http-api.md, Idempotency-Key).
"""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Iterator


class KeyStream:
    """Threads: one user at a time."""

    def __init__(self, producer: str, epoch: int) -> None:
        self.producer = producer
        self.epoch = epoch
        self.sequence = 0

    def next_key(self) -> str:
        self.sequence += 1
        return key_text(self.producer, self.epoch, self.sequence)


class KeyStreams:
    """As many streams as writes run at once. Threads: safe."""

    def __init__(self) -> None:
        self._producer = new_producer()
        self._epoch = time.time_ns()
        self._lock = threading.Lock()
        self._idle: list[KeyStream] = []
        self._made = 0

    @contextlib.contextmanager
    def borrow(self) -> Iterator[KeyStream]:
        with self._lock:
            if self._idle:
                stream = self._idle.pop()
            else:
                self._made += 1
                stream = KeyStream(f"{self._producer}-{self._made}", self._epoch)
        try:
            yield stream
        finally:
            with self._lock:
                self._idle.append(stream)


def new_producer() -> str:
    return f"py-{uuid.uuid4().hex}"


def key_text(producer: str, epoch: int, sequence: int) -> str:
    return f"{producer}/{epoch}/{sequence}"
