"""The rows that are not yet a batch."""

from __future__ import annotations

from collections.abc import Sequence


class LineBuffer:
    """Threads: the caller locks."""

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self.bytes = 0
        self.since: float | None = None  # when the oldest row came, by the caller's clock

    @property
    def rows(self) -> int:
        return len(self._lines)

    def add(self, lines: Sequence[bytes], size: int, now: float) -> None:
        if self.since is None:
            self.since = now
        self._lines += lines
        self.bytes += size

    def body(self) -> bytes:
        return b"\n".join(self._lines)

    def clear(self) -> None:
        self._lines.clear()
        self.bytes = 0
        self.since = None


def size_of(lines: Sequence[bytes]) -> int:
    """The bytes that the lines take in a body."""
    return sum(map(len, lines)) + len(lines)
