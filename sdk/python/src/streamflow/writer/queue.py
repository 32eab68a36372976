"""A writer's bounded queue: rows become batches here, and batches wait here until the sender has removed them.

Threads: safe. Invariants: rows leave in the order they came; what waits is within the limit, but for one batch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence

from streamflow.errors import QueueFullError, RowsDroppedError, SpoolError, StreamFlowError, TimeoutError
from streamflow.writer.buffer import LineBuffer, size_of
from streamflow.writer.options import WriterOptions, WriterStatistics
from streamflow.writer.store import Batch, Store

SPOOL_RETRY_SECONDS = 1.0  # after the disk refused a batch
BODY_BYTES_MAX = 32 << 20  # the server takes 64 MiB; a buffer grows this far while the spool's disk is full


class BatchQueue:
    def __init__(self, store: Store, options: WriterOptions) -> None:
        self._store = store
        self._options = options
        self._limit = options.queue_bytes if options.spool is None else options.spool_bytes
        self._buffer = LineBuffer()
        self._changed = threading.Condition()
        self._appended = store.count  # batches, ever
        self._removed = 0
        self._is_closing = False
        self._is_dead = False
        self._disk_failure: SpoolError | None = None
        self._statistics = WriterStatistics(recovered_rows=store.rows)

    def put(self, lines: Sequence[bytes]) -> None:
        """Accepts rows. QueueFullError, RowsDroppedError: what `overflow` says when there is no room."""
        if self._options.overflow != "block":
            self._put_or_refuse(lines)
            return
        for part, size in self._parts(lines):
            with self._changed:
                while not self._is_closing and not self._has_room(size):
                    self._changed.wait()
                self._accept(part, size)

    def would_block(self, lines: Sequence[bytes]) -> bool:
        with self._changed:
            return self._options.overflow == "block" and not self._has_room(size_of(lines))

    def next_batch(self, report: Callable[[StreamFlowError], object]) -> Batch | None:
        """Waits for the oldest batch; None when the queue is closed and empty. SpoolError: it cannot be read."""
        while True:
            with self._changed:
                if self._is_due():
                    self._seal()
                failure, self._disk_failure = self._disk_failure, None
                if failure is None:
                    if self._store.count:
                        return self._store.head()
                    if self._is_closing:
                        return None
                    self._changed.wait(self._seconds_until_due())
            if failure is not None:
                report(failure)
                if self._is_closing:
                    return None
                time.sleep(SPOOL_RETRY_SECONDS)

    def remove(self, *, delivered: int, rejected: int) -> None:
        """The oldest batch was answered."""
        with self._changed:
            self._remove_head()
            self._statistics.delivered_rows += delivered
            self._statistics.rejected_rows += rejected
            self._statistics.delivered_batches += 1

    def drop_head(self) -> None:
        """The oldest batch cannot be read."""
        with self._changed:
            self._statistics.dropped_rows += self._remove_head()

    def flush(self, timeout: float | None) -> None:
        """Waits until every row accepted before is done with."""
        with self._changed:
            self._seal()
            if self._buffer.rows:
                raise self._disk_failure or SpoolError("the spool's disk refuses rows")
            target = self._appended
            done = self._changed.wait_for(lambda: self._removed >= target or self._is_dead, timeout)
            waiting = self._store.rows
            if self._removed >= target:
                return
        if not done:
            raise TimeoutError(f"flush() waited {timeout} s: {waiting} rows are not delivered yet")
        raise StreamFlowError(f"the writer has stopped: {waiting} rows are not delivered")

    def close(self) -> None:
        """No more rows; what there is becomes a batch."""
        with self._changed:
            self._is_closing = True
            self._seal()
            self._changed.notify_all()

    def die(self) -> None:
        """Nobody will take batches any more."""
        with self._changed:
            self._is_closing = self._is_dead = True
            self._changed.notify_all()

    def abandon(self) -> int:
        """Closes the store; returns the rows that are lost with it, none of a spool's."""
        with self._changed:
            self._seal()
            lost = self._buffer.rows
            if self._options.spool is None:
                lost += self._store.rows
            self._statistics.dropped_rows += lost
            self._buffer.clear()
            self._store.close()
            return lost

    def count_failure(self) -> None:
        with self._changed:
            self._statistics.failed_attempts += 1

    def statistics(self) -> WriterStatistics:
        with self._changed:
            values = dict(vars(self._statistics))
            values["waiting_rows"] = self._store.rows + self._buffer.rows
            values["waiting_bytes"] = self._waiting_bytes()
            return WriterStatistics(**values)

    def _put_or_refuse(self, lines: Sequence[bytes]) -> None:
        """All of the rows or none."""
        with self._changed:
            if self._is_closing or self._has_room(size_of(lines)):
                for part, size in self._parts(lines):
                    self._accept(part, size)
                return
            waiting = f"{self._waiting_bytes():,} of {self._limit:,} bytes wait"
            if self._options.overflow == "raise":
                raise QueueFullError(f"{waiting}: these {len(lines)} rows were not taken")
            self._statistics.accepted_rows += len(lines)
            self._statistics.dropped_rows += len(lines)
        raise RowsDroppedError(f"{waiting}: {len(lines)} rows were dropped", len(lines))

    # Stretches of at most max_rows and about max_bytes, with their sizes.
    def _parts(self, lines: Sequence[bytes]) -> Iterator[tuple[Sequence[bytes], int]]:
        begin, size = 0, 0
        for index, line in enumerate(lines):
            if index > begin and (
                index - begin >= self._options.max_rows or size + len(line) + 1 > self._options.max_bytes
            ):
                yield lines[begin:index], size
                begin, size = index, 0
            size += len(line) + 1
        if begin < len(lines):
            yield lines[begin:], size

    def _accept(self, lines: Sequence[bytes], size: int) -> None:
        if self._is_closing:
            raise StreamFlowError("the writer is closed")
        if self._buffer.rows + len(lines) > self._options.max_rows:
            self._seal()
        was_empty = not self._buffer.rows
        self._buffer.add(lines, size, time.monotonic())
        self._statistics.accepted_rows += len(lines)
        if self._buffer.rows >= self._options.max_rows or self._buffer.bytes >= self._options.max_bytes:
            self._seal()
        elif was_empty:
            self._changed.notify_all()  # the sender waits for its interval now

    # The buffer becomes a batch, unless the disk refuses; then the rows stay, and next_batch() reports and tries again.
    def _seal(self) -> None:
        if not self._buffer.rows:
            return
        try:
            self._store.append(self._buffer.rows, self._buffer.body())
        except OSError as error:
            self._disk_failure = SpoolError(f"the spool's disk refuses rows: {error}")
        else:
            self._buffer.clear()
            self._appended += 1
        self._changed.notify_all()

    def _remove_head(self) -> int:
        rows = self._store.remove_head()
        self._removed += 1
        self._changed.notify_all()
        return rows

    # While batches wait, more rows may as well join the buffer.
    def _is_due(self) -> bool:
        return self._is_closing or (not self._store.count and self._seconds_until_due() == 0.0)

    def _seconds_until_due(self) -> float | None:
        if self._buffer.since is None:
            return None
        return max(0.0, self._buffer.since + self._options.interval - time.monotonic())

    def _waiting_bytes(self) -> int:
        return self._store.size + self._buffer.bytes

    def _has_room(self, size: int) -> bool:
        waiting = self._waiting_bytes()
        if self._buffer.bytes and self._buffer.bytes + size > BODY_BYTES_MAX:
            return False
        return waiting == 0 or waiting + size <= self._limit
