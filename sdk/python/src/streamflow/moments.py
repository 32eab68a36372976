"""Moments in time as nanoseconds since 1970 UTC, exactly."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NANOSECONDS_MIN, NANOSECONDS_MAX = -(2**63) + 2, 2**63 - 2  # the ends of int64 mean other things to SQL


def nanoseconds_of(value: Any) -> int:
    """Of an int (nanoseconds), a datetime (without a zone: UTC), a pandas.Timestamp or a numpy.datetime64.

    >>> nanoseconds_of(datetime(2024, 1, 1))
    1704067200000000000
    """
    if isinstance(value, bool):
        raise TypeError("a time is an int of nanoseconds or a datetime, got a bool")
    if isinstance(value, int):
        return _checked(value)
    if isinstance(value, datetime) and value == value:  # NaT is a datetime that equals nothing
        exact = getattr(value, "as_unit", None)  # pandas.Timestamp: it has nanoseconds, datetime has not
        if exact is not None:
            return int(exact("ns").value)
        moment = value if value.tzinfo is not None else value.replace(tzinfo=UTC)
        return _checked((moment - EPOCH) // timedelta(microseconds=1) * 1000)
    if type(value).__module__ == "numpy":
        if value.dtype.kind == "M" and value == value:
            return int(value.astype("datetime64[ns]").astype("int64"))
        if value.dtype.kind in "iu":
            return _checked(int(value))
    raise TypeError(
        f"a time is an int of nanoseconds, a datetime, a pandas.Timestamp or a numpy.datetime64, got {value!r}"
    )


def datetime_of(nanoseconds: int) -> datetime:
    """The datetime in UTC; what is finer than a microsecond is cut off.

    >>> datetime_of(1704067200000000999).isoformat()
    '2024-01-01T00:00:00+00:00'
    """
    return EPOCH + timedelta(microseconds=nanoseconds // 1000)


def text_of(nanoseconds: int) -> str:
    """As SQL reads it, with every nanosecond.

    >>> text_of(1704067200000000001)
    '2024-01-01T00:00:00.000000001Z'
    """
    return f"{datetime_of(nanoseconds):%Y-%m-%dT%H:%M:%S}.{nanoseconds % 1_000_000_000:09d}Z"


def _checked(nanoseconds: int) -> int:
    if not NANOSECONDS_MIN <= nanoseconds <= NANOSECONDS_MAX:
        raise ValueError(f"a time lies between the years 1677 and 2262, got {nanoseconds} ns since 1970")
    return nanoseconds
