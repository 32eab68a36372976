"""The batching writer for programs that await. Its thread sends and syncs files; the event loop is never held up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from streamflow.settings import Settings
from streamflow.writer.batching_writer import BatchingWriter
from streamflow.writer.options import WriterOptions, WriterStatistics
from streamflow.writer.rows import lines_of


class AsyncBatchingWriter:
    """As `AsyncClient.writer()` makes it: `async with`. on_error is called in the writer's thread."""

    def __init__(self, settings: Settings, options: WriterOptions) -> None:
        self._writes_to_disk = options.spool is not None
        self._writer = BatchingWriter(settings, options)

    async def write(self, table: str, data: Any, *, tags: Sequence[str] | None = None, time: str = "time") -> None:
        """As BatchingWriter.write; with overflow="block" it awaits room."""
        lines = lines_of(table, data, tags, time)
        if self._writes_to_disk or self._writer.would_block(lines):
            await asyncio.to_thread(self._writer.put, lines)
        else:
            self._writer.put(lines)

    async def flush(self, timeout: float | None = None) -> None:
        await asyncio.to_thread(self._writer.flush, timeout)

    @property
    def statistics(self) -> WriterStatistics:
        return self._writer.statistics

    async def close(self, timeout: float | None = None) -> None:
        await asyncio.to_thread(self._writer.close, timeout)

    async def __aenter__(self) -> AsyncBatchingWriter:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
