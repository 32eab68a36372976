"""Data frames of any library as Arrow batches in the one shape that a write has.

The shape: `time` is timestamp[ns, UTC]; tags are dictionaries of strings; fields are double, int64, uint64, bool or
string. What does not fit is refused by name, never rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

TIME_TYPE = pa.timestamp("ns", "UTC")
TAG_TYPE = pa.dictionary(pa.int32(), pa.string())
BATCH_ROWS_MAX = 1 << 16


def is_frame(data: Any) -> bool:
    return hasattr(data, "__arrow_c_stream__") or _is_pandas(data) or isinstance(data, pa.RecordBatch)


def batches_of(data: Any, *, time: str, tags: Sequence[str] | None) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    """The names of the tags, and the rows in the shape of a write, at most BATCH_ROWS_MAX a batch.

    Without `tags`, columns of dictionaries (categories) are the tags.
    """
    reader = _reader_of(data, time)
    names = list(reader.schema.names)
    if len(set(names)) != len(names):
        raise ValueError(f"column names are unique, got {names}")
    if time != "time" and "time" in names:
        raise ValueError(f'the column "time" is the time of a row; here that is {time!r}: rename one of them')
    if time not in names:
        raise ValueError(
            f"there is no column {time!r} with the rows' times; there are {', '.join(names)}: name it by time="
        )
    if tags is None:
        tags = [each.name for each in reader.schema if pa.types.is_dictionary(each.type) and each.name != time]
    unknown = [name for name in tags if name not in names]
    if unknown:
        raise ValueError(f"there is no column {unknown[0]!r} to be a tag; there are {', '.join(names)}")
    return list(tags), _shaped(reader, time, frozenset(tags))


def _is_pandas(data: Any) -> bool:
    return type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "columns")


def _reader_of(data: Any, time: str) -> pa.RecordBatchReader:
    if isinstance(data, pa.RecordBatchReader):
        return data
    if isinstance(data, pa.RecordBatch):
        return pa.RecordBatchReader.from_batches(data.schema, [data])
    if isinstance(data, pa.Table):
        return data.to_reader(BATCH_ROWS_MAX)
    if _is_pandas(data):
        return _pandas_table(data, time).to_reader(BATCH_ROWS_MAX)
    return pa.RecordBatchReader.from_stream(data)


def _pandas_table(frame: Any, time: str) -> pa.Table:
    """NaN and NaT are missing values, as pandas means them. An index of times is the time column."""
    if time not in frame.columns and type(frame.index).__name__ == "DatetimeIndex":
        frame = frame.rename_axis(time).reset_index()
    return pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)


def _shaped(reader: pa.RecordBatchReader, time: str, tags: frozenset[str]) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        for start in range(0, batch.num_rows, BATCH_ROWS_MAX):
            yield _shape(batch.slice(start, BATCH_ROWS_MAX), time, tags)


def _shape(batch: pa.RecordBatch, time: str, tags: frozenset[str]) -> pa.RecordBatch:
    columns: dict[str, pa.Array] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name == time:
            columns["time"] = _time_column(name, column)
        elif name in tags:
            columns[name] = _tag_column(name, column)
        elif not pa.types.is_null(column.type):
            columns[name] = _field_column(name, column)
    return pa.RecordBatch.from_pydict(columns)


def _time_column(name: str, column: pa.Array) -> pa.Array:
    kind = column.type
    try:
        if kind == pa.int64():
            return column.cast(pa.timestamp("ns")).cast(TIME_TYPE)
        if pa.types.is_timestamp(kind):
            return column.cast(pa.timestamp("ns", kind.tz)).cast(TIME_TYPE)
        if pa.types.is_date(kind):
            return column.cast(pa.timestamp("ms")).cast(pa.timestamp("ns")).cast(TIME_TYPE)
    except pa.ArrowInvalid as error:
        raise ValueError(f"column {name!r}: a time lies between the years 1677 and 2262: {error}") from error
    raise TypeError(f"column {name!r}: a time is a timestamp, a date or int64 nanoseconds, got {kind}")


def _tag_column(name: str, column: pa.Array) -> pa.Array:
    if column.type == TAG_TYPE:
        return column
    if pa.types.is_dictionary(column.type):
        column = _decoded(column)
    kind = column.type
    if not (_is_text(kind) or pa.types.is_integer(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind)):
        raise TypeError(f"column {name!r}: a tag is text, an integer or a bool, got {kind}")
    return column.cast(pa.string()).dictionary_encode()


def _field_column(name: str, column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = _decoded(column)
    kind = column.type
    if kind in (pa.float64(), pa.int64(), pa.uint64(), pa.bool_(), pa.string()):
        return column
    if _is_text(kind):
        return column.cast(pa.string())
    if pa.types.is_floating(kind):
        return column.cast(pa.float64())
    if pa.types.is_integer(kind):
        return column.cast(pa.int64())
    raise TypeError(
        f"column {name!r}: a field is a float, an integer, a bool or text, got {kind}; cast it, or leave it out"
    )


def _decoded(column: pa.Array) -> pa.Array:
    """A plain column; dictionaries of string views have no kernel of their own, so theirs are cast first."""
    dictionary = column.dictionary
    if _is_text(dictionary.type):
        dictionary = dictionary.cast(pa.string())
    return dictionary.take(column.indices)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))
