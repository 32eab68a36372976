"""Rows of shaped batches (frames.py) for line protocol, used where a server has no Arrow route."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from streamflow.line_protocol import Unsigned


def rows_of(batch: pa.RecordBatch) -> Iterator[dict[str, Any]]:
    columns = {name: _values(batch.column(name)) for name in batch.schema.names}
    for values in zip(*columns.values(), strict=True):
        yield dict(zip(columns, values, strict=True))


def _values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        return list(column.cast(pa.int64()).to_pylist())
    if column.type == pa.uint64():
        return [None if value is None else Unsigned(value) for value in column.to_pylist()]
    return list(column.to_pylist())
