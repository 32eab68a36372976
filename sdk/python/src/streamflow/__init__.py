"""Client of the StreamFlow time-series platform.

>>> db = streamflow.connect(url)
>>> db.write("room", [{"time": 1_700_000_000_000_000_000, "sensor": "a", "celsius": 20.5}], tags=["sensor"]).rows
1
>>> print(db.sql("SELECT sensor, celsius FROM room"))
sensor  celsius
a       20.5
[1 rows, 2 columns]
>>> db.close()
"""

from __future__ import annotations

from streamflow.async_client import AsyncClient
from streamflow.catalog import Column, Health, Schema
from streamflow.client import Client
from streamflow.errors import (
    AuthenticationError,
    ConflictError,
    ConnectionFailed,
    ForbiddenError,
    IncompleteResultError,
    InvalidRequestError,
    NotFoundError,
    OverloadedError,
    PartialWriteError,
    QueueFullError,
    RowsDroppedError,
    ServerError,
    SpoolError,
    StreamFlowError,
    TimeoutError,
)
from streamflow.moments import datetime_of, nanoseconds_of
from streamflow.receipt import Rejection, WriteReceipt
from streamflow.result import Result
from streamflow.retry import RetryPolicy
from streamflow.settings import DEFAULT_TIMEOUT_SECONDS, resolve
from streamflow.version import __version__
from streamflow.writer.async_writer import AsyncBatchingWriter
from streamflow.writer.batching_writer import BatchingWriter
from streamflow.writer.options import WriterOptions, WriterStatistics
from streamflow.writes import new_key

__all__ = [
    "AsyncBatchingWriter",
    "AsyncClient",
    "AuthenticationError",
    "BatchingWriter",
    "Client",
    "Column",
    "ConflictError",
    "ConnectionFailed",
    "ForbiddenError",
    "Health",
    "IncompleteResultError",
    "InvalidRequestError",
    "NotFoundError",
    "OverloadedError",
    "PartialWriteError",
    "QueueFullError",
    "Rejection",
    "Result",
    "RetryPolicy",
    "RowsDroppedError",
    "Schema",
    "ServerError",
    "SpoolError",
    "StreamFlowError",
    "TimeoutError",
    "WriteReceipt",
    "WriterOptions",
    "WriterStatistics",
    "__version__",
    "connect",
    "connect_async",
    "datetime_of",
    "nanoseconds_of",
    "new_key",
]


def connect(
    url: str | None = None,
    key: str | None = None,
    project: str | None = None,
    *,
    timeout: float = DEFAULT_TIMEOUT_SECONDS,
    retry: RetryPolicy | None = None,
    verify: bool = True,
    trust_env: bool = False,
) -> Client:
    """A Client. What is None comes from STREAMFLOW_URL, STREAMFLOW_KEY, STREAMFLOW_PROJECT; the default url is
    http://localhost:8080.

    `timeout` is the longest silence in seconds, `retry` how often and how patiently to try again, `verify` whether
    certificates must be valid, `trust_env` whether proxies of the environment are used.
    """
    return Client(
        resolve(url, key, project, timeout=timeout, retry=retry, verify=verify, trust_env=trust_env),
    )


def connect_async(
    url: str | None = None,
    key: str | None = None,
    project: str | None = None,
    *,
    timeout: float = DEFAULT_TIMEOUT_SECONDS,
    retry: RetryPolicy | None = None,
    verify: bool = True,
    trust_env: bool = False,
) -> AsyncClient:
    """An AsyncClient; arguments as connect()'s."""
    return AsyncClient(
        resolve(url, key, project, timeout=timeout, retry=retry, verify=verify, trust_env=trust_env),
    )
