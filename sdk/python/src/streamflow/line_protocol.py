"""Values and names as InfluxDB line protocol. What it cannot say raises ValueError with the reason.

Source: docs/http-api.md, Write; InfluxDB line protocol reference, "Special characters".
"""

from __future__ import annotations

import math
from typing import Any

INT64_MIN, INT64_MAX, UINT64_MAX = -(2**63), 2**63 - 1, 2**64 - 1


class Unsigned(int):
    """An integer of a uint64 column: `5u`, whatever its size."""


_TABLE_ESCAPES = str.maketrans({",": "\\,", " ": "\\ "})
_NAME_ESCAPES = str.maketrans({",": "\\,", "=": "\\=", " ": "\\ "})
_TEXT_ESCAPES = str.maketrans({'"': '\\"', "\\": "\\\\"})


def table_text(name: str) -> str:
    """
    >>> table_text("power, total")
    'power\\\\,\\\\ total'
    """
    _check(name, "table name")
    if name.startswith("#"):
        raise ValueError(f"a table name in line protocol cannot begin with '#': {name!r}")
    return name.translate(_TABLE_ESCAPES)


def name_text(name: str) -> str:
    _check(name, "column name")
    return name.translate(_NAME_ESCAPES)


def tag_text(value: Any) -> str:
    """A tag's value; ints and bools as text."""
    text = value if isinstance(value, str) else plain_text(value)
    _check(text, "tag value")
    return text.translate(_NAME_ESCAPES)


def plain_text(value: Any) -> str:
    """A tag that is no string, as a string; floats are refused, since 1.0 and 1 would be two series."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or _numpy_kind(value) in ("i", "u"):
        return str(int(value))
    if _numpy_kind(value) == "b":
        return "true" if value else "false"
    raise ValueError(f"a tag is a string, an int or a bool, got {type(value).__name__} {value!r}")


def field_text(value: Any) -> str:
    """A field's value.

    >>> field_text(1), field_text(1.0), field_text(True), field_text('a "b"')
    ('1i', '1.0', 'true', '"a \\\\"b\\\\""')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value.translate(_TEXT_ESCAPES)}"'
    if isinstance(value, int):
        return f"{value}u" if isinstance(value, Unsigned) else integer_text(value)
    if isinstance(value, float):
        return float_text(value)
    kind = _numpy_kind(value)
    if kind == "b":
        return "true" if value else "false"
    if kind == "u" and value.dtype.itemsize == 8:
        return f"{int(value)}u"
    if kind in ("i", "u"):
        return f"{int(value)}i"
    if kind == "f":
        return float_text(float(value))
    raise ValueError(f"a field is a float, int, bool or string, got {type(value).__name__} {value!r}")


def integer_text(value: int) -> str:
    """An int64; only what needs the 64th bit is a uint64."""
    if INT64_MIN <= value <= INT64_MAX:
        return f"{value}i"
    if 0 <= value <= UINT64_MAX:
        return f"{value}u"
    raise ValueError(f"an integer has 64 bits, got {value}")


def float_text(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"line protocol cannot carry {value}: send None for a missing value, or an Arrow table")
    return repr(value)


def _numpy_kind(value: Any) -> str | None:
    dtype = getattr(value, "dtype", None)
    return getattr(dtype, "kind", None) if type(value).__module__ == "numpy" else None


def _check(text: str, what: str) -> None:
    if not text:
        raise ValueError(f"a {what} is not empty")
    if "\n" in text:
        raise ValueError(f"a {what} in line protocol has no line breaks: {text!r}")
    if text.endswith("\\"):
        raise ValueError(f"a {what} in line protocol cannot end with a backslash: {text!r}")
