"""Reads the committed Arrow streams with PyArrow and compares names, types and values.

The C++ test ArrowResult compares the encoder's bytes with the same files, so both together say that PyArrow reads what
the encoder writes. STREAMFLOW_ARROW_DIR names another folder, for streams that the C++ test has just written there; it
then holds one more, of 70,000 rows.

Usage: python3 -m pytest tests/integration/test_arrow_encoder.py   (needs pyarrow)
"""

import datetime
import decimal
import os
import pathlib

import pytest

pa = pytest.importorskip("pyarrow")

FOLDER = pathlib.Path(os.environ.get("STREAMFLOW_ARROW_DIR", pathlib.Path(__file__).parents[1] / "golden" / "arrow"))
UTC = datetime.UTC
NOON = datetime.datetime(2024, 3, 1, 12, tzinfo=UTC)
D = decimal.Decimal

# name: ([(column, type)], rows)
EXPECTED = {
    "empty": ([("a", "int32"), ("b", "string")], []),
    "integers": (
        [
            (c, t)
            for c, t in zip(
                ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"],
                ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"],
                strict=False,
            )
        ],
        [(-(2**7), -(2**15), -(2**31), -(2**63), 2**8 - 1, 2**16 - 1, 2**32 - 1, 2**64 - 1), (None,) * 8],
    ),
    "floats": ([("d", "double"), ("f", "float")], [(0.1, 0.5), (None, None), (float("-inf"), float("inf"))]),
    "booleans": ([("b", "bool")], [(None if i % 7 == 3 else i % 3 == 0,) for i in range(20)]),
    "strings": (
        [("s", "string"), ("b", "binary")],
        [("a", b"ab"), ("", b""), (None, None), ("Grüße 世界, longer than twelve", b"\xff\x00")],
    ),
    "decimals": (
        [
            ("d4", "decimal128(4, 2)"),
            ("d9", "decimal128(9, 3)"),
            ("d18", "decimal128(18, 1)"),
            ("d38", "decimal128(38, 10)"),
            ("h", "decimal128(38, 0)"),
            ("uh", "decimal128(38, 0)"),
        ],
        [(D("1.25"), D("-12345.678"), D("12.5"), D("-1.5000000000"), D("-7"), D("9")), (None,) * 6],
    ),
    "texts": (
        [("id", "string"), ("bits", "string"), ("e", "string"), ("n", "int32")],
        [("01234567-89ab-cdef-fedc-ba9876543210", "101", "b", None)],
    ),
    "lists": (
        [("l", "list<item: int32>"), ("ll", "list<item: list<item: string>>")],
        [([1, None, 3], [["a"], None]), ([], []), (None, None), ([4], [["b", "c"], []])],
    ),
    "structs": (
        [("st", "struct<a: int32, s: string, l: list<item: int32>>")],
        [({"a": 1, "s": "x", "l": [1]},), (None,), ({"a": None, "s": "y", "l": None},)],
    ),
    "maps": ([("m", "map<string, int32>")], [([("k", 1), ("l", None)],), ([],), (None,)]),
    "arrays": ([("a", "fixed_size_list<item: double>[2]")], [([1.5, 2.5],), (None,), ([3.5, None],)]),
    "slices": (
        [("i", "int64"), ("l", "list<item: int64>"), ("st", "struct<s: string>"), ("k", "int32")],
        [(i, [i, i + 1], {"s": f"n{i}"}, 7) for i in (1, 5, 9)],
    ),
    "batches": (
        [("i", "int64"), ("v", "double")],
        [(i, None if i >= 3000 and i % 5 == 0 else i * 0.5) for i in range(70_000)],
    ),
}


def read(name):
    path = FOLDER / f"{name}.arrows"
    if name == "batches" and not path.exists():
        pytest.skip("not committed: written by the C++ test when STREAMFLOW_ARROW_DIR is set")
    with pa.ipc.open_stream(path.read_bytes()) as reader:
        table = reader.read_all()
    table.validate(full=True)
    return table


def rows_of(table):
    return list(zip(*(column.to_pylist() for column in table.columns), strict=False))


@pytest.mark.parametrize("name", EXPECTED)
def test_reads_the_same_values(name):
    columns, rows = EXPECTED[name]
    table = read(name)
    assert [(field.name, str(field.type)) for field in table.schema] == columns
    assert all(field.nullable for field in table.schema)
    assert rows_of(table) == rows


def test_reads_the_same_times():
    table = read("times")
    assert [(field.name, str(field.type)) for field in table.schema] == [
        ("ns", "timestamp[ns, tz=UTC]"),
        ("us", "timestamp[us, tz=UTC]"),
        ("ms", "timestamp[ms, tz=UTC]"),
        ("s", "timestamp[s, tz=UTC]"),
        ("tz", "timestamp[us, tz=UTC]"),
        ("d", "date32[day]"),
        ("tod", "time64[us]"),
        ("iv", "month_day_nano_interval"),
    ]
    assert table["ns"].cast(pa.int64()).to_pylist() == [1_709_294_400_123_456_789, None]
    us, ms, s, tz, d, tod, iv = (column.to_pylist() for column in table.columns[1:])
    assert us == [NOON.replace(microsecond=500_000), None]
    assert ms == [NOON.replace(microsecond=7_000), None]
    assert s == [NOON, None]
    assert tz == [NOON.replace(hour=10), None]
    assert d == [datetime.date(2024, 3, 1), None]
    assert tod == [datetime.time(12, 34, 56, 500_000), None]
    assert iv == [pa.MonthDayNano([14, 3, 4_500_000_000]), None]


def test_null_slots_hold_zeros():
    """What lies below a NULL must not show the server's memory."""
    column = read("integers")["i64"].chunk(0)
    assert bytes(column.buffers()[1])[8:16] == bytes(8)
    assert bytes(read("floats")["d"].chunk(0).buffers()[1])[8:16] == bytes(8)
