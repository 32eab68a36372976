"""Plotly figures of results, with no more points than a screen can show.

A line of more points keeps, for each stretch, the least and the greatest value where they are: peaks stay visible.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from streamflow.extras import require

POINTS_MAX = 4000  # of one line


def figure_of(
    table: pa.Table,
    *,
    x: str | None = None,
    y: str | Sequence[str] | None = None,
    by: str | None = None,
    title: str | None = None,
    points_max: int = POINTS_MAX,
) -> Any:
    """A line for each column `y`, and for each value of `by`.

    Without `x`: the first time, else the first column. Without `y`: every other column of numbers. Without `by`: the
    only column of text, if there is just one.
    """
    graph_objects = require("plotly.graph_objects", "plotly", "plot()")
    numpy = require("numpy", "plotly", "plot()")
    x = x or _default_x(table)
    columns = [y] if isinstance(y, str) else list(y or _default_y(table, x))
    by = by or _default_by(table, x)
    _check_columns(table, [x, *columns, *([by] if by else [])])
    if not columns:
        raise ValueError(
            f"there is no column of numbers beside {x!r} to draw; there are {', '.join(table.column_names)}"
        )
    figure = graph_objects.Figure()
    for label, part in _parts(table, by):
        part = part.sort_by(x)
        for column in columns:
            name = column if label is None else label if len(columns) == 1 else f"{label} {column}"
            values = part.column(column).cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
            kept = extreme_indices(numpy, values, points_max)
            places = _plain(part.column(x)).to_numpy(zero_copy_only=False)[kept]
            figure.add_trace(graph_objects.Scattergl(x=places, y=values[kept], mode="lines", name=name))
    figure.update_layout(title=title, xaxis_title=x, yaxis_title=columns[0] if len(columns) == 1 else None)
    return figure


def extreme_indices(numpy: Any, values: Any, points_max: int) -> Any:
    """At most `points_max` ascending indices: all, or those of the least and greatest of equal stretches."""
    count = len(values)
    if points_max < 2:
        raise ValueError(f"points_max is 2 or more, got {points_max}")
    if count <= points_max:
        return numpy.arange(count)
    bounds = numpy.linspace(0, count, points_max // 2 + 1).astype("int64")
    kept = []
    for begin, end in itertools.pairwise(bounds):
        stretch = values[begin:end]
        if numpy.isnan(stretch).all():
            kept.append(begin)  # a gap stays a gap
        else:
            kept += sorted({begin + int(numpy.nanargmin(stretch)), begin + int(numpy.nanargmax(stretch))})
    return numpy.array(kept)


def _parts(table: pa.Table, by: str | None) -> Iterator[tuple[str | None, pa.Table]]:
    if by is None:
        yield None, table
        return
    column = table.column(by)
    for value in pc.unique(column).to_pylist():
        mask = pc.is_null(column) if value is None else pc.equal(column, pa.scalar(value, column.type))
        yield "(none)" if value is None else str(value), table.filter(mask)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.timestamp(column.type.unit)) if pa.types.is_timestamp(column.type) else column


def _default_x(table: pa.Table) -> str:
    if not table.num_columns:
        raise ValueError("a result without columns cannot be drawn")
    times = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    return str((times or table.column_names)[0])


def _default_y(table: pa.Table, x: str) -> list[str]:
    return [field.name for field in table.schema if field.name != x and _is_number(field.type)]


def _default_by(table: pa.Table, x: str) -> str | None:
    texts = [field.name for field in table.schema if field.name != x and pa.types.is_string(field.type)]
    return texts[0] if len(texts) == 1 else None


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _check_columns(table: pa.Table, names: Sequence[str]) -> None:
    for name in names:
        if name not in table.column_names:
            raise ValueError(f"there is no column {name!r}; there are {', '.join(table.column_names)}")
