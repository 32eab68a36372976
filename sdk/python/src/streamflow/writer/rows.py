"""What a writer's write() is given, as lines of its own: every row with its time, so that a retry says the same."""

from __future__ import annotations

import time as clock
from collections.abc import Sequence
from typing import Any

from streamflow import frames
from streamflow.frame_rows import rows_of
from streamflow.lines import LineEncoder
from streamflow.writes import records_of


def lines_of(table: str, data: Any, tags: Sequence[str] | None, time: str) -> list[bytes]:
    """ValueError, TypeError: a row that cannot be said, by its number."""
    if frames.is_frame(data):
        names, batches = frames.batches_of(data, time=time, tags=tags)
        encoder = LineEncoder(table, names, "time")
        return _encoded(encoder, (row for batch in batches for row in rows_of(batch)))
    if isinstance(tags, str):
        raise TypeError(f"tags= is a list of column names, got the string {tags!r}")
    return _encoded(LineEncoder(table, tags or (), time), records_of(data))


def _encoded(encoder: LineEncoder, rows: Any) -> list[bytes]:
    now = clock.time_ns()
    lines = []
    for index, row in enumerate(rows):
        try:
            lines.append(encoder.line(row, now).encode())
        except (ValueError, TypeError) as error:
            raise type(error)(f"row {index}: {error}") from error
    return lines
