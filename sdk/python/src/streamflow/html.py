"""A result as a notebook shows it: a sparkline for each column of numbers, the first and last rows, the count."""

from __future__ import annotations

import html
from typing import Any

import pyarrow as pa

from streamflow.moments import text_of
from streamflow.sparkline import sparkline

HEAD_ROWS, TAIL_ROWS, COLUMNS_MAX, TEXT_MAX = 5, 5, 30, 80
SPARKLINE_POINTS_MAX = 20_000  # of longer columns, rows at even distances


def html_of(table: pa.Table, seconds: float) -> str:
    shown = table.select(range(min(table.num_columns, COLUMNS_MAX)))
    heads = "".join(
        f"<th>{_escaped(field.name)}<br><small>{_escaped(field.type)}</small></th>" for field in shown.schema
    )
    lines = "".join(f"<td>{_sparkline(column)}</td>" for column in shown.columns)
    hidden = table.num_columns - shown.num_columns
    more = f", {hidden} more columns" if hidden else ""
    return (
        f'<table border="1"><thead><tr>{heads}</tr><tr>{lines}</tr></thead><tbody>{_rows(shown)}</tbody></table>'
        f"<p>{table.num_rows:,} rows, {table.num_columns} columns{more}, {seconds * 1000:,.1f} ms</p>"
    )


def cell_text(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - 1] + "…"


def display_rows(table: pa.Table) -> list[list[str]]:
    """Every cell as text; times with their nanoseconds."""
    columns = [_texts(column) for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _rows(table: pa.Table) -> str:
    if table.num_rows <= HEAD_ROWS + TAIL_ROWS:
        return _table_rows(table)
    gap = f'<tr><td colspan="{table.num_columns}">…</td></tr>'
    return _table_rows(table.slice(0, HEAD_ROWS)) + gap + _table_rows(table.slice(table.num_rows - TAIL_ROWS))


def _table_rows(table: pa.Table) -> str:
    rows = ("".join(f"<td>{_escaped(text)}</td>" for text in row) for row in display_rows(table))
    return "".join(f"<tr>{row}</tr>" for row in rows)


def _texts(column: pa.ChunkedArray) -> list[str]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        values = column.cast(pa.int64()).to_pylist()
        return ["" if value is None else text_of(value) for value in values]
    return [cell_text(value) for value in column.to_pylist()]


def _sparkline(column: pa.ChunkedArray) -> str:
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)) or not len(column):
        return ""
    step = -(-len(column) // SPARKLINE_POINTS_MAX)
    if step > 1:
        column = column.take(pa.array(range(0, len(column), step)))
    return sparkline([None if value is None else float(value) for value in column.to_pylist()])


def _escaped(value: Any) -> str:
    return html.escape(str(value))
