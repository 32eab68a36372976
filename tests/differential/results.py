"""Brings two Arrow results to plain Python rows and says where they differ."""

import decimal
import math

import pyarrow
import pyarrow.compute

RELATIVE_ERROR_MAX = 1e-12  # of floating sums, which two engines may add up in different orders


def plain_column(column):
    if pyarrow.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pyarrow.types.is_timestamp(column.type):
        column = column.cast(pyarrow.timestamp("ns", column.type.tz)).cast(pyarrow.int64())
    return [plain_value(value) for value in column.to_pylist()]


def plain_value(value):
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def plain_rows(table):
    """(column names sorted, rows as tuples in that order): the order of columns under * is each engine's own."""
    names = sorted(table.column_names)
    return names, list(zip(*(plain_column(table.column(name)) for name in names), strict=True))


def sort_key(row):
    """Orders rows of mixed types with NULLs; inexact numbers come last, so that their last bits rarely matter."""
    exact = [(value is None, str(type(value)), value) for value in row if not isinstance(value, float)]
    return [(is_null, kind, "" if is_null else value) for is_null, kind, value in exact], [
        value for value in row if isinstance(value, float)
    ]


def equal_values(left, right):
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=RELATIVE_ERROR_MAX) or (math.isnan(left) and math.isnan(right))
    if isinstance(left, int | float) and isinstance(right, int | float) and not isinstance(left, bool):
        return left == right
    return type(left) is type(right) and left == right


def difference(ours, expected, ordered):
    """None when the two Arrow tables say the same; else a sentence."""
    (our_names, our_rows), (names, rows) = plain_rows(ours), plain_rows(expected)
    if our_names != names:
        return f"columns {our_names}, expected {names}"
    if not ordered:
        our_rows, rows = sorted(our_rows, key=sort_key), sorted(rows, key=sort_key)
    for index, (our_row, row) in enumerate(zip(our_rows, rows, strict=False)):
        if not all(map(equal_values, our_row, row)):
            return f"row {index} of {names}: {our_row}, expected {row}"
    if len(our_rows) != len(rows):
        return f"{len(our_rows)} rows, expected {len(rows)}"
    return None
