"""The client that blocks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
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
from streamflow.transport import SyncTransport
from streamflow.writer.batching_writer import BatchingWriter
from streamflow.writer.options import WriterOptions
from streamflow.writes import Destination


class Client(Analyses[Result]):
    """A server, as `streamflow.connect()` opens it. Threads: may be shared.

    >>> with streamflow.connect(url) as db:
    ...     db.write("cpu", {"time": 1, "host": "a", "usage": 42.5}, tags=["host"]).rows
    ...     db.sql("SELECT host, usage FROM cpu").to_dict()
    1
    [{'host': 'a', 'usage': 42.5}]
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._calls = Calls(settings)
        self._transport = SyncTransport(settings)

    def write(
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
        """Stores rows; returns when they are on the server's disk.

        `data` is a dict, an iterable of dicts, or a frame: pandas, Polars, PyArrow, anything with `__arrow_c_stream__`.
        `tags` names the columns that identify a series (of frames, by default, those of categories); `time` the column
        of times. `duplicates` is the policy of a table that this write creates. Rows that the server refuses raise
        PartialWriteError, or are in the receipt with `partial="return"`; the other rows are stored either way.

        >>> receipt = db.write("pump", [{"time": 1, "rpm": 10}, {"time": 2, "rpm": float("nan")}], partial="return")
        >>> receipt.rows, receipt.rejected[0].row
        (1, 1)
        """
        return self._transport.run(
            self._calls.write(Destination(table, tags, time, duplicates), data, idempotency_key, partial)
        )

    def sql(self, text: str, params: Sequence[Any] | None = None, *, timeout: float | None = None) -> Result:
        """Runs one statement. `params` are the values of `?` and `$1`; `timeout` is the server's, in seconds.

        >>> db.sql("SELECT ? + 1 AS n", [41]).scalar()
        42
        """
        return self._transport.run(self._calls.sql(text, params, timeout))

    def sql_batches(
        self, text: str, params: Sequence[Any] | None = None, *, timeout: float | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The result as it arrives, in memory one batch at a time.

        >>> sum(batch.num_rows for batch in db.sql_batches("SELECT * FROM range(5000)"))
        5000
        """
        decoder = ArrowStreamDecoder()
        with self._transport.stream(sql_request(text, params, timeout)) as chunks:
            for chunk in chunks:
                yield from decoder.feed(chunk)
        decoder.finish()

    def plot(self, text: str, params: Sequence[Any] | None = None, **options: Any) -> Any:
        """A Plotly figure of a statement's result; options as `Result.plot`."""
        return self.sql(text, params).plot(**options)

    def tables(self) -> list[str]:
        """The names of the project's tables.

        >>> "cpu" in db.tables()
        True
        """
        return self._transport.run(self._calls.tables())

    def schema(self, table: str) -> Schema:
        """The columns of a table; NotFoundError when there is none of that name.

        >>> db.schema("cpu").tags
        ['host']
        """
        return self._transport.run(self._calls.schema(table))

    def health(self) -> Health:
        """
        >>> db.health().is_healthy
        True
        """
        return self._transport.run(self._calls.health())

    def ready(self) -> bool:
        """Whether the server takes requests now."""
        return self._transport.run(self._calls.ready())

    def version(self) -> str:
        """The server's version."""
        return self.health().version

    def writer(self, *, spool: str | os.PathLike[str] | None = None, **options: Any) -> BatchingWriter:
        """A BatchingWriter with connections of its own; options as WriterOptions.

        >>> with db.writer(max_rows=1000) as writer:
        ...     for second in range(10):
        ...         writer.write("fan", {"time": second, "rpm": 900 + second})
        >>> db.sql("SELECT count(*) FROM fan").scalar()
        10
        """
        return BatchingWriter(self.settings, WriterOptions(spool=spool, **options))

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
