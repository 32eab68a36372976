"""The steps of a statement: SQL and parameters → Arrow."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from streamflow.moments import nanoseconds_of, text_of
from streamflow.result import Result
from streamflow.retry import RetryPolicy, ask_patiently
from streamflow.steps import Request, Steps

ARROW_TYPE = "application/vnd.apache.arrow.stream"


def sql_request(text: str, params: Sequence[Any] | None, timeout: float | None) -> Request:
    body: dict[str, Any] = {"query": text}
    if params is not None:
        body["params"] = parameters_of(params)
    if timeout is not None:
        body["timeout_ms"] = max(1, round(timeout * 1000))
    headers = {"Accept": ARROW_TYPE, "Content-Type": "application/json"}
    return Request("POST", "/api/v1/sql", headers=headers, body=json.dumps(body, allow_nan=False).encode())


def query(text: str, params: Sequence[Any] | None, timeout: float | None, retry: RetryPolicy) -> Steps[Result]:
    began = time.monotonic()
    reply = yield from ask_patiently(sql_request(text, params, timeout), retry, is_statement=True)
    table = pa.ipc.open_stream(pa.py_buffer(reply.body)).read_all()
    return Result(table, sql=text, seconds=time.monotonic() - began)


def parameters_of(params: Sequence[Any]) -> list[Any]:
    """Values for ? and $1 as JSON: times become text with every nanosecond, which SQL reads as a time."""
    if isinstance(params, str | bytes) or not isinstance(params, Sequence):
        raise TypeError(f"params= is a list of values for ? or $1, got {type(params).__name__}")
    return [_parameter(value, index) for index, value in enumerate(params)]


def _parameter(value: Any, index: int) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"params[{index}]: JSON has no {value}; write 'nan'::DOUBLE in the SQL")
        return value
    if isinstance(value, datetime) or type(value).__name__ == "datetime64":
        return text_of(nanoseconds_of(value))
    item = getattr(value, "item", None)  # numpy's scalars
    if item is not None and type(value).__module__ == "numpy":
        return _parameter(item(), index)
    raise TypeError(f"params[{index}] is None, a bool, number, string or time, got {type(value).__name__}")
