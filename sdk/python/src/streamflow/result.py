"""The rows of a statement, held as Arrow; every other form is made when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from streamflow.extras import require
from streamflow.html import display_rows, html_of

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

REPR_ROWS = 10


class Result:
    """Immutable. Threads: may be shared.

    >>> result = Result(pa.table({"host": ["a", "b"], "usage": [1.5, None]}))
    >>> len(result), result.columns
    (2, ['host', 'usage'])
    >>> result.to_dict()
    [{'host': 'a', 'usage': 1.5}, {'host': 'b', 'usage': None}]
    """

    def __init__(self, table: pa.Table, *, sql: str = "", seconds: float = 0.0) -> None:
        self._table = table
        self.sql = sql
        self.seconds = seconds  # from the request to the last byte

    def __len__(self) -> int:
        return int(self._table.num_rows)

    @property
    def columns(self) -> list[str]:
        return list(self._table.schema.names)

    @property
    def schema(self) -> pa.Schema:
        return self._table.schema

    def to_arrow(self) -> pa.Table:
        """The Arrow table that points into the bytes of the answer; nothing is copied."""
        return self._table

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def to_pandas(self) -> pd.DataFrame:
        """Integers and bools with missing values become Int64, UInt64 and boolean: they stay exact."""
        pandas = require("pandas", "pandas", "to_pandas()")
        nullable = {
            name: kind
            for name, column in zip(self.columns, self._table.columns, strict=True)
            if column.null_count and (kind := _nullable_kind(column.type))
        }
        if not nullable or len(set(self.columns)) < len(self.columns):
            return self._table.to_pandas()
        frame = self._table.drop_columns(list(nullable)).to_pandas()
        for name, kind in nullable.items():
            extension = getattr(pandas, kind)()
            frame[name] = pandas.Series(extension.__from_arrow__(self._table.column(name)), index=frame.index)
        return frame[self.columns]

    def to_polars(self) -> pl.DataFrame:
        polars = require("polars", "polars", "to_polars()")
        frame: pl.DataFrame = polars.from_arrow(self._table)
        return frame

    def to_dict(self) -> list[dict[str, Any]]:
        """Every row as a dict. Times with nanoseconds are ints of nanoseconds since 1970, as write() takes them."""
        return list(self)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        names = self.columns
        for batch in self._table.to_batches():
            columns = [_python_values(column) for column in batch.columns]
            for values in zip(*columns, strict=True):
                yield dict(zip(names, values, strict=True))

    def scalar(self) -> Any:
        """The one value of a result with one row and one column."""
        if self._table.shape != (1, 1):
            rows, columns = self._table.shape
            raise ValueError(f"scalar() is for 1 row and 1 column, this result has {rows} and {columns}")
        return next(iter(next(iter(self)).values()))

    def plot(self, **options: Any) -> Any:
        """A Plotly figure; see streamflow.plotting.figure_of for the options."""
        from streamflow.plotting import figure_of

        return figure_of(self._table, **options)

    def __repr__(self) -> str:
        rows = [self.columns, *display_rows(self._table.slice(0, REPR_ROWS))]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        more = ["…"] if len(self) > REPR_ROWS else []
        return "\n".join([*lines, *more, f"[{len(self):,} rows, {len(self.columns)} columns]"])

    def _repr_html_(self) -> str:
        return html_of(self._table, self.seconds)


def _python_values(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.int64())
    return list(column.to_pylist())


def _nullable_kind(kind: pa.DataType) -> str | None:
    if pa.types.is_boolean(kind):
        return "BooleanDtype"
    if pa.types.is_integer(kind):
        return str(kind).replace("uint", "UInt").replace("int", "Int") + "Dtype"
    return None
