"""Rows as bodies of line protocol that are small enough, with the way back from a line to its row.

A row that line protocol cannot say (NaN, no field at all, …) becomes a Rejection, as if the server had refused it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from streamflow.line_protocol import field_text, name_text, table_text, tag_text
from streamflow.moments import nanoseconds_of
from streamflow.receipt import Rejection

BODY_BYTES_TARGET = 4 << 20  # the server takes 64 MiB; smaller bodies overlap better with its work


@dataclass
class LineBody:
    lines: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)  # of each line
    starts: list[int] = field(default_factory=list)  # the number of each line's first line as the server counts, from 1
    bytes_estimate: int = 0
    next_start: int = 1

    def add(self, row: int, line: str) -> None:
        self.lines.append(line)
        self.rows.append(row)
        self.starts.append(self.next_start)
        self.next_start += 1 + line.count("\n")  # within a quoted value
        self.bytes_estimate += len(line) + 1

    def row_of(self, line_number: int) -> int:
        """The row of the server's line `line_number`."""
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.starts[middle] <= line_number else (low, middle)
        return self.rows[low]

    def encode(self) -> bytes:
        return "\n".join(self.lines).encode()


class LineEncoder:
    """Rows of one table. Names are escaped once."""

    def __init__(self, table: str, tags: Sequence[str], time: str) -> None:
        self._table = table_text(table)
        self._tags = frozenset(tags)
        self._time = time
        self._names: dict[str, str] = {}

    def line(self, row: Mapping[str, Any], default_time: int | None = None) -> str:
        """ValueError, TypeError: why it cannot be said."""
        tags, fields = [], []
        for name, value in row.items():
            if value is None or name == self._time:
                continue
            escaped = self._names.get(name) or self._escaped(name)
            if name not in self._tags:
                fields.append(f"{escaped}={field_text(value)}")
            elif value != "":
                tags.append(f",{escaped}={tag_text(value)}")
        if not fields:
            raise ValueError("the row has no field with a value")
        time = row.get(self._time)
        nanoseconds = default_time if time is None else nanoseconds_of(time)
        end = "" if nanoseconds is None else f" {nanoseconds}"
        return f"{self._table}{''.join(tags)} {','.join(fields)}{end}"

    def _escaped(self, name: str) -> str:
        if not isinstance(name, str):
            raise TypeError(f"a column name is a string, got {name!r}")
        if name == "time":
            raise ValueError(f'the column "time" is the time of a row; here that is {self._time!r}: rename one of them')
        return self._names.setdefault(name, name_text(name))


def bodies_of(
    encoder: LineEncoder, rows: Iterable[Mapping[str, Any]], rejections: list[Rejection], *, first_row: int = 0
) -> Iterator[LineBody]:
    """Bodies of about BODY_BYTES_TARGET; rows that cannot be said go to `rejections`."""
    body = LineBody()
    for index, row in enumerate(rows, first_row):
        try:
            body.add(index, encoder.line(row))
        except (ValueError, TypeError) as error:
            rejections.append(Rejection(index, str(error)))
        if body.bytes_estimate >= BODY_BYTES_TARGET:
            yield body
            body = LineBody()
    if body.lines:
        yield body
