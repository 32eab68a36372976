"""The client that awaits: the same calls as Client."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Sequence
from types import TracebackType
from typing import Any, Literal

import pyarrow as pa

from streamflow.analyses import Analyses
from streamflow.arrow_stream import ArrowStreamDecoder
from streamflow.calls import Calls
from streamflow.catalog import Health, Schema
from streamflow.queries import sql_request
from streamflow.receipt import WriteReceipt
from streamflow.result import Result
from streamflow.settings import Settings
from streamflow.transport import AsyncTransport
from streamflow.writer.async_writer import AsyncBatchingWriter
from streamflow.writer.options import WriterOptions
from streamflow.writes import Destination


class AsyncClient(Analyses[Awaitable[Result]]):
    """A server, as `streamflow.connect_async()` opens it. Belongs to one event loop; tasks may share it.

    >>> async def example():
    ...     async with streamflow.connect_async(url) as db:
    ...         await db.write("gpu", {"time": 1, "load": 0.5})
    ...         return (await db.sql("SELECT load FROM gpu")).scalar()
    >>> asyncio.run(example())
    0.5
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._calls = Calls(settings)
        self._transport = AsyncTransport(settings)

    async def write(
        self,
        table: str,
        data: Any,
        *,
        tags: Sequence[str] | None = None,
        time: str = "time",
        duplicates: Literal["merge", "last", "keep"] | None = None,
        idempotency_key: str | None = None,
        partial: Literal["raise", "return"] = "raise",
    ) -> WriteReceipt:
        """As Client.write."""
        return await self._transport.run(
            self._calls.write(Destination(table, tags, time, duplicates), data, idempotency_key, partial)
        )

    async def sql(self, text: str, params: Sequence[Any] | None = None, *, timeout: float | None = None) -> Result:
        """As Client.sql."""
        return await self._transport.run(self._calls.sql(text, params, timeout))

    async def sql_batches(
        self, text: str, params: Sequence[Any] | None = None, *, timeout: float | None = None
    ) -> AsyncIterator[pa.RecordBatch]:
        """As Client.sql_batches."""
        decoder = ArrowStreamDecoder()
        async with self._transport.stream(sql_request(text, params, timeout)) as chunks:
            async for chunk in chunks:
                for batch in decoder.feed(chunk):
                    yield batch
        decoder.finish()

    async def plot(self, text: str, params: Sequence[Any] | None = None, **options: Any) -> Any:
        """As Client.plot."""
        return (await self.sql(text, params)).plot(**options)

    async def tables(self) -> list[str]:
        return await self._transport.run(self._calls.tables())

    async def schema(self, table: str) -> Schema:
        return await self._transport.run(self._calls.schema(table))

    async def health(self) -> Health:
        return await self._transport.run(self._calls.health())

    async def ready(self) -> bool:
        return await self._transport.run(self._calls.ready())

    async def version(self) -> str:
        return (await self.health()).version

    def writer(self, *, spool: str | os.PathLike[str] | None = None, **options: Any) -> AsyncBatchingWriter:
        """As Client.writer."""
        return AsyncBatchingWriter(self.settings, WriterOptions(spool=spool, **options))

    async def close(self) -> None:
        await self._transport.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
