"""The Python client against the real server: every value comes back as it was sent."""

import datetime
import itertools
import math

import pandas
import polars
import pyarrow as pa
import pytest
import streamflow
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

numbers = itertools.count()
INT64 = st.integers(-(2**63), 2**63 - 1) | st.sampled_from([-(2**63), 2**63 - 1, 2**53 + 1, 0])
UINT64 = st.integers(0, 2**64 - 1) | st.sampled_from([2**64 - 1, 2**63])
DOUBLE = st.floats(allow_nan=False, allow_infinity=False)
# Every plane of Unicode; surrogates are no text.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
# An unlimited past reaches 2^63 ns back from now, to 1734.
TIME_MIN, TIME_MAX = -7_000_000_000_000_000_000, 9_000_000_000_000_000_000
TIME = st.integers(TIME_MIN + 1, TIME_MAX) | st.sampled_from([TIME_MIN + 1, TIME_MAX])
NAME = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\n\0"), min_size=1, max_size=8).filter(
    lambda name: not name.endswith("\\") and len(name.encode()) < 200
)
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def db(server):
    with streamflow.connect(server.url) as client:
        yield client


def fresh():
    return f"sdk_{next(numbers)}"


def quoted(name):
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def tag_value_fits_a_line(value):
    return value and "\n" not in value and not value.endswith("\\")


@QUICK
@given(values=st.lists(TEXT, min_size=1, max_size=20), tag=TEXT.filter(tag_value_fits_a_line))
def test_texts_of_dicts(db, values, tag):
    table = fresh()
    db.write(table, [{"time": at, "tag": tag, "s": value} for at, value in enumerate(values)], tags=["tag"])
    rows = db.sql(f"SELECT tag, s FROM {table} ORDER BY time").to_dict()
    assert rows == [{"tag": tag, "s": value} for value in values]


@QUICK
@given(field=NAME, tag=NAME)
def test_names_of_columns(db, field, tag):
    if field.lower() == tag.lower() or "time" in (field.lower(), tag.lower()):
        return
    table = fresh()
    db.write(table, {"time": 1, tag: "x", field: 1.5}, tags=[tag])
    assert db.sql(f"SELECT {quoted(tag)} AS t, {quoted(field)} AS f FROM {table}").to_dict() == [{"t": "x", "f": 1.5}]
    schema = db.schema(table)
    assert (schema.tags, schema.fields) == ([tag], [field])


ROW = st.fixed_dictionaries(
    {"keep": st.just(True)},
    optional={"f": DOUBLE, "i": INT64, "b": st.booleans(), "s": TEXT},
)


@settings(QUICK, max_examples=12)
@given(rows=st.lists(st.tuples(TIME, ROW), min_size=1, max_size=8, unique_by=lambda each: each[0]))
def test_dicts_with_gaps_and_extreme_times(db, rows):
    table = fresh()
    everything = {"time": TIME_MIN, "keep": True, "f": 0.5, "i": 1, "b": False, "s": ""}
    data = [everything, *({"time": time} | row for time, row in rows)]
    receipt = db.write(table, data)
    assert receipt.rows == len(data)
    assert receipt.points == sum(len(row) - 1 for row in data)
    expected = sorted(({name: row.get(name) for name in everything} for row in data), key=lambda row: row["time"])
    assert db.sql(f"SELECT time, keep, f, i, b, s FROM {table} ORDER BY time").to_dict() == expected


def frame_of(rows):
    """Columns of every type, with nulls; `rows` is [(double, int, unsigned, bool, text, tag)]."""
    columns = list(zip(*rows, strict=True))
    kinds = [pa.float64(), pa.int64(), pa.uint64(), pa.bool_(), pa.string()]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=False)]
    tag = pa.array(columns[5], pa.string()).dictionary_encode()
    time = pa.array(range(len(rows)), pa.timestamp("ns", "UTC"))
    return pa.table([time, tag, *arrays], names=["time", "tag", "f", "i", "u", "b", "s"])


def maybe(strategy):
    return st.none() | strategy


FRAME = st.lists(
    st.tuples(
        maybe(DOUBLE),
        maybe(INT64),
        maybe(UINT64),
        maybe(st.booleans()),
        maybe(TEXT),
        maybe(TEXT.filter(tag_value_fits_a_line)),
    ).filter(lambda row: any(value is not None for value in row[:5])),
    min_size=1,
    max_size=20,
).map(frame_of)


def read_back(db, table, expected):
    known = [column.name for column in db.schema(table).columns]
    for name in expected.schema.names:
        if name not in known:
            assert expected.column(name).null_count == len(expected), name
    shown = [name for name in expected.schema.names if name in known]
    return db.sql(f"SELECT {', '.join(shown)} FROM {table} ORDER BY time").to_arrow(), expected.select(shown)


@QUICK
@given(frame=FRAME, kind=st.sampled_from(["arrow", "batch", "reader", "polars"]))
def test_frames_of_every_type_with_nulls(db, frame, kind):
    forms = {
        "arrow": lambda: frame,
        "batch": lambda: frame.combine_chunks().to_batches()[0],
        "reader": lambda: frame.to_reader(max_chunksize=3),
        "polars": lambda: polars.from_arrow(frame),
    }
    table = fresh()
    assert db.write(table, forms[kind](), tags=["tag"]).rows == len(frame)
    actual, expected = read_back(db, table, frame)
    assert actual.to_pydict() == expected.to_pydict()


@QUICK
@given(frame=FRAME)
def test_pandas_frames(db, frame):
    table = fresh()
    source = streamflow.Result(frame.set_column(1, "tag", frame.column("tag").cast(pa.string()))).to_pandas()
    assert db.write(table, source, tags=["tag"]).rows == len(frame)
    actual, expected = read_back(db, table, frame)
    assert actual.to_pydict() == expected.to_pydict()
    again = streamflow.Result(actual).to_pandas()
    assert list(again["time"].astype("int64")) == list(range(len(frame)))
    if "i" in again:
        values = [None if pandas.isna(value) else int(value) for value in again["i"]]
        assert values == expected.column("i").to_pylist()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_times_of_every_unit(db, unit):
    table = fresh()
    moment = datetime.datetime(2024, 1, 2, 3, 4, 5)
    db.write(table, pa.table({"at": pa.array([moment], pa.timestamp(unit)), "v": [1.0]}), time="at")
    assert db.sql(f"SELECT time FROM {table}").scalar() == streamflow.nanoseconds_of(moment)


def test_an_index_of_times_is_the_time(db):
    table = fresh()
    index = pandas.date_range("2024-01-01", periods=3, freq="s", tz="Europe/Berlin")
    db.write(table, pandas.DataFrame({"v": [1.0, math.nan, 3.0], "w": [1, 2, 3]}, index=index))
    frame = db.sql(f"SELECT time, v, w FROM {table} ORDER BY time").to_pandas().set_index("time")
    assert list(frame.index) == list(index)
    assert frame["v"].isna().tolist() == [False, True, False]


def test_a_frame_of_many_rows_keeps_them_all(db):
    table, count = fresh(), 200_000
    data = pa.table({"time": range(count), "h": pa.array(["a", "b"] * (count // 2)), "v": [0.5] * count})
    assert db.write(table, data, tags=["h"]).rows == count
    query = f"SELECT count(*) AS rows, max(epoch_ns(time)) AS last, sum(v) AS total FROM {table}"
    assert db.sql(query).to_dict() == [{"rows": count, "last": count - 1, "total": count / 2}]


def test_arrow_keeps_what_lines_cannot_say(db):
    table = fresh()
    frame = pa.table(
        {
            "time": [1, 2, 3, 4],
            "a,b": ["x\ny", "z\\", "", None],
            "v": [math.nan, math.inf, -math.inf, None],
            "w": [1] * 4,
        }
    )
    assert db.write(table, frame, tags=["a,b"]).rows == 4
    rows = db.sql(f'SELECT "a,b", v FROM {table} ORDER BY time').to_dict()
    assert [row["a,b"] for row in rows] == ["x\ny", "z\\", None, None]
    assert math.isnan(rows[0]["v"])
    assert [row["v"] for row in rows[1:]] == [math.inf, -math.inf, None]
    with pytest.raises(streamflow.PartialWriteError) as raised:
        db.write(table, pa.table({"time": [5, None, 7], "v": [1.0, 2.0, 3.0]}))
    assert [each.row for each in raised.value.receipt.rejected] == [1]


def test_what_is_refused_is_named_by_row(db):
    table = fresh()
    rows = [
        {"time": 1, "s": "two\nlines", "v": 1.0},
        {"time": 2, "v": math.inf},
        {"time": 3, "v": "no number"},
        {"time": 4, "v": 4.0},
        {"time": 5},
    ]
    with pytest.raises(streamflow.PartialWriteError, match="the first is row 1") as raised:
        db.write(table, rows)
    receipt = raised.value.receipt
    assert (receipt.rows, [each.row for each in receipt.rejected]) == (2, [1, 2, 4])
    assert "type" in receipt.rejected[1].reason
    nothing = db.write(table, [{"time": 1, "v": "text"}, {"time": 2, "v": False}], partial="return")
    assert (nothing.rows, nothing.rejected_count, [each.row for each in nothing.rejected]) == (0, 2, [0, 1])


def test_refusals_of_frames_before_anything_is_sent(db):
    with pytest.raises(TypeError, match="column 'd': a field is"):
        db.write(fresh(), pa.table({"time": [1], "d": pa.array([None], pa.duration("s"))}))
    with pytest.raises(ValueError, match="no column 'time'"):
        db.write(fresh(), pa.table({"at": [1], "v": [1]}))
    with pytest.raises(ValueError, match="no column 'host' to be a tag"):
        db.write(fresh(), pa.table({"time": [1], "v": [1]}), tags=["host"])
    with pytest.raises(ValueError, match="1677 and 2262"):
        db.write(fresh(), pa.table({"time": pa.array([10**12], pa.timestamp("s")), "v": [1]}))
    with pytest.raises(TypeError, match="got int"):
        db.write(fresh(), 5)
