"""Results: decoding a stream however it is cut, tables in notebooks and terminals, figures."""

import io
import itertools
import xml.etree.ElementTree

import numpy
import pyarrow as pa
import pytest
import streamflow
from hypothesis import given, settings
from hypothesis import strategies as st
from streamflow.arrow_stream import ArrowStreamDecoder
from streamflow.plotting import extreme_indices
from streamflow.sparkline import sparkline

TABLE = pa.table(
    {
        "time": pa.array([1, 2, None, 4], pa.timestamp("ns", "UTC")),
        "host": pa.array(["a", "b", "<i>", None]).dictionary_encode(),
        "n": pa.array([2**63 - 1, None, 3, 4], pa.int64()),
        "u": pa.array([2**64 - 1, None, 3, 4], pa.uint64()),
        "b": pa.array([True, None, False, True]),
        "v": [1.5, None, float("nan"), 4.0],
    }
)


def stream_of(table, chunk):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=chunk)
    return sink.getvalue()


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(0, 3000), max_size=30), chunk=st.integers(1, 4))
def test_a_stream_can_be_cut_anywhere(cuts, chunk):
    data = stream_of(TABLE, chunk)
    bounds = sorted({0, len(data), *(min(cut, len(data)) for cut in cuts)})
    decoder = ArrowStreamDecoder()
    batches = [batch for begin, end in itertools.pairwise(bounds) for batch in decoder.feed(data[begin:end])]
    decoder.finish()
    assert [batch.num_rows for batch in batches] == [len(part) for part in TABLE.to_batches(max_chunksize=chunk)]
    assert str(pa.Table.from_batches(batches).to_pydict()) == str(TABLE.to_pydict())


def test_every_stream_that_ends_early_is_noticed():
    data = stream_of(TABLE, 2)
    for size in range(len(data)):
        decoder = ArrowStreamDecoder()
        decoder.feed(data[:size])
        with pytest.raises(streamflow.IncompleteResultError):
            decoder.finish()


def test_what_is_no_stream_is_refused():
    with pytest.raises(pa.ArrowInvalid, match="no Arrow stream"):
        ArrowStreamDecoder().feed(b"<html>not at all</html>")


def test_pandas_keeps_integers_exact():
    frame = streamflow.Result(TABLE).to_pandas()
    assert list(frame.columns) == TABLE.column_names
    assert (frame["n"][0], frame["u"][0], frame["b"][0]) == (2**63 - 1, 2**64 - 1, True)
    assert frame[["n", "u", "b"]].isna().iloc[1].all()
    assert frame["time"].dt.tz is not None


def test_nothing_is_copied_on_the_way_to_arrow():
    data = stream_of(TABLE, 4)
    table = pa.ipc.open_stream(pa.py_buffer(data)).read_all()
    result = streamflow.Result(table)
    again = pa.table(result)
    assert again.column("n").chunk(0).buffers()[1].address == table.column("n").chunk(0).buffers()[1].address


def test_polars_reads_it():
    assert streamflow.Result(TABLE).to_polars()["n"].to_list() == [2**63 - 1, None, 3, 4]


def test_html_is_well_formed_and_escaped():
    text = streamflow.Result(TABLE)._repr_html_()
    xml.etree.ElementTree.fromstring(f"<div>{text.replace('<br>', '<br/>')}</div>")
    assert "&lt;i&gt;" in text
    assert "<i>" not in text
    assert text.count("<svg") == 3
    assert "4 rows, 6 columns" in text
    long = streamflow.Result(pa.table({"v": range(100_000)}))._repr_html_()
    assert "100,000 rows" in long
    assert "99999" in long
    assert len(long) < 10_000
    assert "0 rows" in streamflow.Result(TABLE.slice(0, 0))._repr_html_()


def test_text_shows_the_first_rows():
    lines = repr(streamflow.Result(pa.table({"v": range(100)}))).split("\n")
    assert (lines[0], lines[1], lines[-2], lines[-1]) == ("v", "0", "…", "[100 rows, 1 columns]")


def test_scalar_is_for_one_value():
    with pytest.raises(ValueError, match="has 4 and 6"):
        streamflow.Result(TABLE).scalar()


@pytest.mark.parametrize("values", [[], [None], [float("nan")]])
def test_a_sparkline_of_nothing_is_nothing(values):
    assert sparkline(values) == ""


def test_a_sparkline_shows_the_peak():
    assert 'aria-label="from 0 to 9"' in sparkline([0.0] * 500 + [9.0] + [0.0] * 500)


@given(
    values=st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), min_size=1, max_size=500),
    points_max=st.integers(2, 50),
)
def test_fewer_points_keep_the_extremes(values, points_max):
    array = numpy.array(values)
    kept = extreme_indices(numpy, array, points_max)
    assert list(kept) == sorted(set(kept))
    assert len(kept) <= max(points_max, 2)
    if not numpy.isnan(array).all():
        assert numpy.nanmax(array[kept]) == numpy.nanmax(array)
        assert numpy.nanmin(array[kept]) == numpy.nanmin(array)


def test_a_figure_has_a_line_for_each_column_and_text():
    table = pa.table({"at": [3, 1, 2, 1], "host": ["a", "a", "a", "b"], "v": [3.0, 1.0, 2.0, 9.0], "w": [1, 2, 3, 4]})
    figure = streamflow.Result(table).plot(title="Both")
    assert [line.name for line in figure.data] == ["a v", "a w", "b v", "b w"]
    assert list(figure.data[0].x) == [1, 2, 3]
    assert list(figure.data[0].y) == [1.0, 2.0, 3.0]
    with pytest.raises(ValueError, match="no column 'z'"):
        streamflow.Result(table).plot(y="z")
    with pytest.raises(ValueError, match="no column of numbers"):
        streamflow.Result(table.select(["at"])).plot()
