"""The writer that programs use: takes rows from any thread, and delivers them in batches from one of its own."""

from __future__ import annotations

import atexit
import threading
import time as clock
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from streamflow.errors import RowsDroppedError, SpoolError, StreamFlowError
from streamflow.settings import Settings
from streamflow.transport import SyncTransport
from streamflow.writer.delivery import deliver
from streamflow.writer.errors_seen import ErrorsSeen
from streamflow.writer.options import WriterOptions, WriterStatistics
from streamflow.writer.queue import BatchQueue
from streamflow.writer.rows import lines_of
from streamflow.writer.spool import Spool
from streamflow.writer.store import Batch, MemoryStore, Store


class _Stopped(Exception):
    """The writer was closed while it waited to try again."""


class BatchingWriter:
    """As `Client.writer()` makes it. Threads: safe. Close it, or use it as a context manager: rows wait in it.

    With `spool=FOLDER` a batch is on disk before it is sent: rows that flush() or the next batch has written there
    survive a crash of the program, and are delivered once by the next writer with that folder.
    """

    def __init__(self, settings: Settings, options: WriterOptions) -> None:
        self._options = options
        self._errors = ErrorsSeen(options.on_error)
        self._queue = BatchQueue(self._store(), options)
        self._give_up = threading.Event()
        self._transport = SyncTransport(settings, pause=self._pause)
        self._close_lock = threading.Lock()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="streamflow-writer", daemon=True)
        self._thread.start()
        atexit.register(self._close_at_exit)

    def write(self, table: str, data: Any, *, tags: Sequence[str] | None = None, time: str = "time") -> None:
        """Takes rows as Client.write does; without a time they get the present one. Returns before they are sent.

        ValueError, TypeError: a row that line protocol cannot say; then none of this call is taken.
        QueueFullError: with overflow="raise".
        """
        self.put(lines_of(table, data, tags, time))

    def put(self, lines: Sequence[bytes]) -> None:
        """Takes rows that are line protocol with times already."""
        try:
            self._queue.put(lines)
        except RowsDroppedError as error:
            self._errors.lost(error)

    def would_block(self, lines: Sequence[bytes]) -> bool:
        """Whether put() would wait for room."""
        return self._queue.would_block(lines)

    def flush(self, timeout: float | None = None) -> None:
        """Waits until what was written before is on the server. TimeoutError after `timeout` seconds.

        Without on_error, raises the first error since the last flush that lost rows.
        """
        self._queue.flush(timeout)
        self._errors.raise_lost()

    @property
    def statistics(self) -> WriterStatistics:
        return self._queue.statistics()

    def close(self, timeout: float | None = None) -> None:
        """Delivers what waits, for up to `timeout` (else the option close_timeout) seconds, and stops.

        What is not delivered then stays in the spool; without one it is lost, which RowsDroppedError says.
        """
        with self._close_lock:
            if self._is_closed:
                return
            self._is_closed = True
            atexit.unregister(self._close_at_exit)
            self._queue.close()
            self._thread.join(self._options.close_timeout if timeout is None else timeout)
            self._give_up.set()
            self._thread.join()
            self._transport.close()
            lost = self._queue.abandon()
        if lost:
            self._errors.lost(RowsDroppedError(f"the writer closed before {lost} rows were delivered", lost))
        self._errors.raise_lost()

    def __enter__(self) -> BatchingWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _store(self) -> Store:
        if self._options.spool is None:
            return MemoryStore(clock.time_ns())
        return Spool(self._options.spool, sync=self._options.spool_sync, report=self._errors.lost)

    def _run(self) -> None:
        try:
            while not self._give_up.is_set():
                try:
                    batch = self._queue.next_batch(self._errors.transient)
                except SpoolError as error:
                    self._errors.lost(error)
                    self._queue.drop_head()
                    continue
                if batch is None:
                    return
                self._deliver(batch)
        except _Stopped:
            return
        except Exception as error:  # whoever flushes must learn that nothing is sent any more
            self._errors.lost(StreamFlowError(f"the writer stopped: {type(error).__name__}: {error}"))
        finally:
            self._queue.die()

    def _deliver(self, batch: Batch) -> None:
        receipt, lost = self._transport.run(deliver(batch, self._options.duplicates, self._options.retry, self._retry))
        delivered = batch.rows if receipt.duplicate else batch.rows - receipt.rejected_count
        if lost is not None:
            self._errors.lost(lost)
        self._queue.remove(delivered=delivered, rejected=batch.rows - delivered)

    def _retry(self, error: StreamFlowError) -> None:
        self._queue.count_failure()
        self._errors.transient(error)

    def _pause(self, seconds: float) -> None:
        if self._give_up.wait(seconds):
            raise _Stopped

    def _close_at_exit(self) -> None:
        try:
            self.close()
        except StreamFlowError as error:
            self._errors.transient(error)
