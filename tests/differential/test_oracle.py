"""The differential test can fail: its merge rule, its comparison and its encoding are checked on known cases."""

import random

import duckdb
import pyarrow
import pytest
from differential.random_data import batches, tables
from differential.random_queries import QueryGenerator
from differential.raw_rows import Table, encode_line
from differential.results import difference


def loaded(table):
    connection = duckdb.connect()
    table.load_into(connection)
    return connection.execute("SELECT * EXCLUDE (time), epoch_ns(time) FROM t ORDER BY ALL").fetchall()


def written(duplicates):
    table = Table("t", ["host"], {"a": "DOUBLE", "b": "BIGINT"}, duplicates)
    table.add({"host": "x"}, {"a": 1.5, "b": 1}, 10)
    table.add({"host": "x"}, {"a": 2.5}, 10)
    table.add({"host": None}, {"b": 7}, 10)
    return table


def test_merge_is_field_by_field_and_the_last_write_wins():
    assert loaded(written("merge")) == [("x", 2.5, 1, 10), (None, None, 7, 10)]


def test_keep_keeps_every_row():
    assert loaded(written("keep")) == [("x", 1.5, 1, 10), ("x", 2.5, None, 10), (None, None, 7, 10)]


def test_lines_escape_what_the_protocol_asks():
    table = Table("t", ["h"], {"s": "VARCHAR", "n": "UBIGINT", "f": "DOUBLE"})
    line = encode_line(table, {"h": "a b,c=d", "g": None}, {"s": 'q"\\', "n": 1, "f": -0.0}, 5)
    assert line == 't,h=a\\ b\\,c\\=d s="q\\"\\\\",n=1u,f=-0.0 5'


ROWS = {"n": [1, 2, None], "x": [0.1, 0.2, 0.3], "s": ["a", None, "b"]}
CHANGES = {
    "a number": ("n", [1, 3, None]),
    "a NULL": ("n", [1, 2, 0]),
    "a string": ("s", ["a", "", "b"]),
    "the sixth decimal": ("x", [0.1, 0.200001, 0.3]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_value_is_a_difference(name):
    column, values = CHANGES[name]
    assert difference(pyarrow.table(ROWS | {column: values}), pyarrow.table(ROWS), ordered=False) is not None


def test_a_nanosecond_is_a_difference():
    one, other = (pyarrow.table({"t": pyarrow.array([value], pyarrow.timestamp("ns"))}) for value in (10, 11))
    assert difference(one, other, ordered=True) is not None


def test_missing_rows_columns_and_order_are_differences():
    table = pyarrow.table(ROWS)
    assert "2 rows, expected 3" in difference(table.slice(0, 2), table, ordered=True)
    assert "columns" in difference(table.drop_columns(["s"]), table, ordered=True)
    reordered = table.take([1, 0, 2])
    assert difference(reordered, table, ordered=True) is not None
    assert difference(reordered, table, ordered=False) is None


def test_the_same_instant_and_the_same_number_in_another_type_are_equal():
    one = pyarrow.table(
        {
            "t": pyarrow.array([1000], pyarrow.timestamp("us", "UTC")),
            "tag": pyarrow.array(["a"]).dictionary_encode(),
            "n": pyarrow.array([5], pyarrow.int32()),
        }
    )
    other = pyarrow.table(
        {
            "t": pyarrow.array([1_000_000], pyarrow.timestamp("ns")),
            "tag": pyarrow.array(["a"]),
            "n": pyarrow.array([5], pyarrow.decimal128(38, 0)),
        }
    )
    assert difference(one, other, ordered=True) is None


def test_every_generated_query_is_valid_and_independent_of_row_order():
    chosen = random.Random(1)
    generated = tables()
    connections = [duckdb.connect(), duckdb.connect()]
    for table in generated:
        for _ in batches(chosen, table, 1000):
            pass
        for connection in connections:
            connection.execute("SET TimeZone = 'UTC'")
            table.load_into(connection)
        connections[1].execute(f"CREATE OR REPLACE TABLE {table.name} AS FROM {table.name} ORDER BY hash(time)")
    generator = QueryGenerator(chosen, generated)
    for _ in range(300):
        text, ordered = generator.query()
        one, other = (connection.execute(text).to_arrow_table() for connection in connections)
        assert difference(one, other, ordered) is None, text
