"""How a writer behaves, and what it has done."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from streamflow.errors import StreamFlowError
from streamflow.retry import RetryPolicy


def _patient() -> RetryPolicy:
    return RetryPolicy(base_seconds=0.2, seconds_max=30.0)


@dataclass(frozen=True)
class WriterOptions:
    """A batch leaves when it has `max_rows` or `max_bytes`, or its first row is `interval` seconds old.

    What waits is at most `queue_bytes` (in memory) or `spool_bytes` (in the folder `spool`); beyond that
    `overflow="block"` makes write() wait, "raise" makes it raise QueueFullError, and "drop" gives up the rows of that
    write(), counts them and reports RowsDroppedError. `spool_sync=False` leaves it to the operating system when the
    spool reaches the disk. Of `retry`, the number of attempts does not count: a writer tries until it is closed.
    `on_error` is called in the writer's thread with each error; without it they are logged, and the first one that lost
    rows is raised by flush() or close().
    """

    max_rows: int = 5_000
    max_bytes: int = 1 << 20
    interval: float = 1.0
    queue_bytes: int = 64 << 20
    overflow: Literal["block", "raise", "drop"] = "block"
    spool: str | os.PathLike[str] | None = None
    spool_bytes: int = 1 << 30
    spool_sync: bool = True
    duplicates: Literal["merge", "last", "keep"] | None = None
    retry: RetryPolicy = field(default_factory=_patient)
    on_error: Callable[[StreamFlowError], object] | None = None
    close_timeout: float = 30.0

    def __post_init__(self) -> None:
        for name in ("max_rows", "max_bytes", "interval", "queue_bytes", "spool_bytes"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}= is more than 0, got {getattr(self, name)}")
        if self.overflow not in ("block", "raise", "drop"):
            raise ValueError(f'overflow= is "block", "raise" or "drop", got {self.overflow!r}')
        if self.duplicates not in (None, "merge", "last", "keep"):
            raise ValueError(f"duplicates= is merge, last or keep, got {self.duplicates!r}")


@dataclass
class WriterStatistics:
    """Rows: accepted = delivered + rejected + dropped + waiting (but for what an earlier run left in the spool)."""

    accepted_rows: int = 0  # by write(), dropped ones too
    delivered_rows: int = 0  # stored by the server, now or by an attempt whose answer was lost
    rejected_rows: int = 0  # by the server, or impossible to say in line protocol
    dropped_rows: int = 0
    waiting_rows: int = 0
    waiting_bytes: int = 0
    recovered_rows: int = 0  # found in the spool when the writer began
    delivered_batches: int = 0
    failed_attempts: int = 0
