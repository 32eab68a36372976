"""Arrow streams that PyArrow writes: every type comes back exactly, and what cannot be taken is named."""

import datetime
import decimal
import gzip
import io
import math
import random
import zlib

import pyarrow as pa
import pytest
from streamflow_server import ARROW

NS = 1_700_000_000_000_000_000
PATH = "/api/v1/write/arrow"


def stream_of(data, **options):
    table = data if isinstance(data, pa.Table) else pa.Table.from_batches([data])
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def try_send(server, name, body, headers=None, **parameters):
    query = "&".join(f"{key}={value}" for key, value in {"table": name, **parameters}.items())
    body = body if isinstance(body, bytes) else stream_of(body)
    return server.post(f"{PATH}?{query}", data=body, headers={"Content-Type": ARROW, **(headers or {})})


def send(server, name, body, headers=None, **parameters):
    answer = try_send(server, name, body, headers, **parameters)
    assert answer.status_code == 200, f"{answer.status_code}: {answer.text}"
    return answer.json()


def times(count, start=NS):
    return pa.array([start + i for i in range(count)], pa.timestamp("ns", tz="UTC"))


def same(a, b):
    if isinstance(a, float) and isinstance(b, float):
        return (a == b and math.copysign(1, a) == math.copysign(1, b)) or (math.isnan(a) and math.isnan(b))
    return type(a) is type(b) and a == b


def integers(bits, low, high):
    return [low, high, None, 0, 1, *(random.Random(bits).randint(low, high) for _ in range(20))]


FLOATS = [0.5, -0.0, 1e-40, math.inf, -math.inf, math.nan, None, 65504.0]
TEXTS = ["", "a", None, "Grüße 世界", 'quote " comma , = \\', "x" * 65536, "\x00\x01"]
VALUES = {
    **{
        f"int{bits}": (getattr(pa, f"int{bits}")(), integers(bits, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1))
        for bits in (8, 16, 32, 64)
    },
    **{f"uint{bits}": (getattr(pa, f"uint{bits}")(), integers(bits, 0, 2**bits - 1)) for bits in (8, 16, 32, 64)},
    "float16": (pa.float16(), [0.5, -0.0, None, 65504.0, 2.0**-24, math.inf]),
    "float32": (pa.float32(), [v if v is None or v != 1e-40 else 2.0**-149 for v in FLOATS]),
    "float64": (pa.float64(), [*FLOATS, 5e-324, 1.7976931348623157e308, 0.1]),
    "bool": (pa.bool_(), [True, False, None, True, True, False, None, False, True]),
    "utf8": (pa.string(), TEXTS),
    "large_utf8": (pa.large_string(), TEXTS),
    "dictionary": (pa.dictionary(pa.int16(), pa.string()), TEXTS),
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("flushed", [False, True], ids=["memory", "segment"])
def test_every_field_type_comes_back_exactly(server, table, kind, flushed):
    arrow_type, values = VALUES[kind]
    if kind == "float16":
        values_array = pa.array(values, pa.float32()).cast(pa.float16())
    elif kind == "dictionary":
        values_array = pa.array(values, pa.string()).cast(arrow_type)
    else:
        values_array = pa.array(values, arrow_type)
    batch = pa.record_batch(
        [times(len(values)), pa.array(["a"] * len(values)), values_array], names=["time", "host", "v"]
    )
    receipt = send(server, table, batch, tags="host", fields="v")
    points = sum(value is not None for value in values)
    assert (receipt["rows"], receipt["points"], receipt["rejected_count"]) == (len(values), points, 0)
    if flushed:
        server.flush()
    back = server.arrow(f"SELECT v, epoch_ns(time) AS t, host FROM {table} ORDER BY time")
    assert back["t"].to_pylist() == [NS + i for i in range(len(values))]
    assert set(back["host"].to_pylist()) == {"a"}
    got = back["v"].to_pylist()
    assert all(same(a, b) for a, b in zip(got, values, strict=True)), (got, values)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Kolkata"])
def test_times_of_every_unit(server, table, unit, zone):
    divisor = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[unit]
    stamps = pa.array([-7, 0, NS // divisor], pa.timestamp(unit, tz=zone))
    send(server, table, pa.record_batch([stamps, pa.array([1.0, 2.0, 3.0])], names=["anything", "v"]))
    rows = server.sql(f"SELECT epoch_ns(time), v FROM {table} ORDER BY time")
    assert rows == [[-7 * divisor, 1], [0, 2], [NS // divisor * divisor, 3]]


def test_times_as_int64_and_date64(server, table):
    send(server, table, pa.record_batch([pa.array([5]), pa.array([1.0])], names=["time", "v"]))
    days = pa.array([datetime.date(2024, 2, 29)], pa.date64())
    send(server, table, pa.record_batch([pa.array([2.0]), days], names=["v", "day"]), time="day")
    assert server.sql(f"SELECT epoch_ns(time), v FROM {table} ORDER BY time") == [[5, 1], [1709164800 * 10**9, 2]]


def test_rows_with_bad_times_are_named_and_the_others_kept(server, table):
    stamps = pa.array([1, None, 10**12, -(10**12), 2], pa.timestamp("s"))
    receipt = send(server, table, pa.record_batch([stamps, pa.array([1, 2, 3, 4, 5])], names=["time", "v"]))
    assert (receipt["rows"], receipt["rejected_count"]) == (2, 3)
    assert [entry["row"] for entry in receipt["rejected"]] == [1, 2, 3]
    assert "NULL" in receipt["rejected"][0]["reason"]
    assert "1677" in receipt["rejected"][1]["reason"]
    assert server.sql(f"SELECT v FROM {table} ORDER BY time") == [[1], [5]]
    nothing = try_send(server, table, pa.record_batch([stamps[1:2], pa.array([2])], names=["time", "v"]))
    assert nothing.status_code == 422
    assert "none of 1 row" in nothing.json()["detail"]


def test_a_field_of_another_type_is_refused_by_row_with_both_types(server, table):
    send(server, table, pa.record_batch([times(1), pa.array([1])], names=["time", "v"]))
    floats = pa.array([None, 2.5, None], pa.float64())
    receipt = send(
        server, table, pa.record_batch([times(3, NS + 10), floats, pa.array([1, 2, 3])], names=["time", "v", "w"])
    )
    assert (receipt["rows"], receipt["rejected_count"]) == (2, 1)
    assert receipt["rejected"][0]["row"] == 1
    for text in ("int64", "float64", '"v"'):
        assert text in receipt["rejected"][0]["reason"]
    assert server.sql(f"SELECT w FROM {table} ORDER BY time") == [[None], [1], [3]]


def test_tags_are_dictionary_columns_and_what_the_table_has_as_tags(server, table):
    hosts = pa.array(["a", "b", None, ""])
    batch = pa.record_batch([times(4), hosts.dictionary_encode(), pa.array([1, 2, 3, 4])], names=["time", "host", "v"])
    send(server, table, batch)
    plain = pa.record_batch([times(1, NS + 9), pa.array(["a"]), pa.array([5])], names=["time", "host", "v"])
    send(server, table, plain)
    assert server.sql(f"SELECT host, v FROM {table} ORDER BY time") == [
        ["a", 1],
        ["b", 2],
        [None, 3],
        [None, 4],
        ["a", 5],
    ]
    answer = try_send(server, table, plain, fields="host")
    assert answer.status_code in (400, 409, 422), answer.text
    assert "host" in answer.text


REFUSED = {
    "decimal": (pa.array([decimal.Decimal("1.5")]), "cast it to float64"),
    "list": (pa.array([[1, 2]]), "flatten"),
    "struct": (pa.array([{"a": 1}]), "flatten"),
    "binary": (pa.array([b"x"]), "utf8"),
    "date32": (pa.array([datetime.date(2024, 1, 1)]), "timestamp"),
    "time": (pa.array([datetime.time(1, 2, 3)]), "int64"),
    "duration": (pa.array([datetime.timedelta(1)]), "int64"),
    "utf8_view": (pa.array(["x"], pa.string_view()), "utf8"),
    "timestamp": (pa.array([1], pa.timestamp("s")), "time"),
    "dictionary of": (pa.array([1, 1]).dictionary_encode()[:1], "plain"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_types_without_a_place_are_refused_by_name_with_advice(server, table, name):
    column, advice = REFUSED[name]
    answer = try_send(server, table, pa.record_batch([times(1), column, pa.array([1])], names=["time", "odd", "v"]))
    assert answer.status_code == 400, answer.text
    detail = answer.json()["detail"]
    for text in ('"odd"', name, advice):
        assert text in detail, detail


@pytest.mark.parametrize("encoding", ["gzip", "deflate", None])
@pytest.mark.parametrize("codec", ["lz4", "zstd", None])
def test_compression_of_body_and_of_buffers(server, table, encoding, codec):
    count = 3000
    batch = pa.record_batch([times(count), pa.array([i % 7 for i in range(count)], pa.int16())], names=["time", "v"])
    body = stream_of(batch, compression=codec)
    headers = {}
    if encoding:
        body = {"gzip": gzip.compress, "deflate": zlib.compress}[encoding](body)
        headers["Content-Encoding"] = encoding
    send(server, table, body, headers)
    assert server.sql(f"SELECT count(*), sum(v)::BIGINT FROM {table}") == [[count, sum(i % 7 for i in range(count))]]


def test_dictionary_deltas_and_replacements(server, table):
    for options in ({"emit_dictionary_deltas": True}, {}):
        parts = [["a", "b"], ["a", "b", "c"], ["a", "b", "c", "d"]] if options else [["a", "b"], ["c", "a"], ["b"]]
        sink, start = io.BytesIO(), NS if options else NS + 1000
        schema = pa.schema(
            [("time", pa.timestamp("ns")), ("host", pa.dictionary(pa.int8(), pa.string())), ("v", pa.int64())]
        )
        expected = []
        with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
            for part, words in enumerate(parts):
                codes = [(part + i) % len(words) for i in range(5)]
                column = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), pa.array(words))
                stamps = pa.array([start + part * 10 + i for i in range(5)], pa.timestamp("ns"))
                writer.write_batch(pa.record_batch([stamps, column, pa.array(codes)], schema=schema))
                expected += [[words[code], code] for code in codes]
        send(server, table, sink.getvalue())
        assert (
            server.sql(
                f"SELECT host, v FROM {table} WHERE epoch_ns(time) BETWEEN {start} AND {start + 999} ORDER BY time"
            )
            == expected
        )


def test_a_random_table_of_many_batches_comes_back_whole(server, table):
    seed = random.randrange(2**32)
    print("seed", seed)
    dice = random.Random(seed)
    count = 20_000
    hosts = [dice.choice(["", *(f"host-{i}" for i in range(300))]) or None for _ in range(count)]
    regions = [dice.choice(["eu", "us", "ap"]) for _ in range(count)]
    values = [dice.choice([None, dice.uniform(-1e9, 1e9)]) for _ in range(count)]
    flags = [dice.choice([None, True, False]) for _ in range(count)]
    texts = [dice.choice([None, "", "text " * dice.randrange(9)]) for _ in range(count)]
    order = list(range(count))
    dice.shuffle(order)  # late rows
    columns = {
        "time": pa.array([NS + i for i in order], pa.timestamp("ns")),
        "host": pa.array(hosts).dictionary_encode(),
        "region": pa.array(regions),
        "value": pa.array(values, pa.float64()),
        "flag": pa.array(flags, pa.bool_()),
        "text": pa.array(texts, pa.large_string()),
    }
    whole = pa.table(columns)
    chunks, at = [], 0
    while at < count:
        chunks.append(whole.slice(at, dice.randrange(1, 3000)))
        at += chunks[-1].num_rows
    receipt = send(server, table, stream_of(pa.concat_tables(chunks)), tags="host,region")
    assert receipt["rows"] == count
    names = ("host", "region", "value", "flag", "text")
    rows = sorted(zip(order, hosts, regions, values, flags, texts, strict=True))
    for _ in range(2):
        back = server.arrow(f"SELECT {', '.join(names)} FROM {table} ORDER BY time")
        for place, name in enumerate(names):
            assert back[name].to_pylist() == [row[place + 1] for row in rows], f"seed {seed}, column {name}"
        server.flush()


def test_duplicates_policy_and_idempotency_key(server, table):
    batch = pa.record_batch([pa.array([1, 1], pa.timestamp("s")), pa.array([1, 2])], names=["time", "v"])
    send(server, table, batch, duplicates="keep")
    assert server.sql(f"SELECT count(*) FROM {table}") == [[2]]
    key = {"Idempotency-Key": f"arrow-{table}"}
    assert send(server, table, batch, key)["duplicate"] is False
    again = send(server, table, batch, key)
    assert (again["duplicate"], again["rows"]) == (True, 0)
    assert server.sql(f"SELECT count(*) FROM {table}") == [[4]]
    assert try_send(server, table, batch, duplicates="sometimes").status_code == 400


def test_what_is_wrong_with_a_request_is_named(server, table):
    batch = pa.record_batch([times(1), pa.array([1])], names=["time", "v"])
    plain = server.post(f"{PATH}?table={table}", data=stream_of(batch), headers={"Content-Type": "text/plain"})
    assert plain.status_code == 415
    assert ARROW in plain.json()["detail"]
    nameless = server.post(PATH, data=stream_of(batch), headers={"Content-Type": ARROW})
    assert nameless.status_code == 400
    assert "`table`" in nameless.json()["detail"]
    cut = try_send(server, table, stream_of(batch)[:-60])
    assert cut.status_code == 400
    assert "cut off" in cut.json()["detail"]
    assert try_send(server, table, batch, {"Content-Encoding": "zebra"}).status_code == 415
    assert server.try_sql(f"SELECT * FROM {table}").status_code == 400, "the table was made"
    empty = send(server, table, batch.slice(0, 0))
    assert (empty["rows"], empty["rejected"]) == (0, [])


def test_bombs_are_stopped(new_server):
    server = new_server(config="http:\n  body_bytes_max: 1MiB\n").start()
    zeros = pa.array([0] * (1 << 20), pa.int64())
    batch = pa.record_batch([zeros, zeros], names=["time", "v"])
    before = server.resident_bytes()
    assert try_send(server, "m", stream_of(batch, compression="zstd")).status_code == 413
    assert try_send(server, "m", gzip.compress(stream_of(batch)), {"Content-Encoding": "gzip"}).status_code == 413
    assert try_send(server, "m", stream_of(batch)).status_code == 413
    assert server.resident_bytes() - before < 64 << 20


def test_a_project_of_its_own(server, table):
    send(server, table, pa.record_batch([times(1), pa.array([1])], names=["time", "v"]), project="arrow-elsewhere")
    assert server.try_sql(f"SELECT * FROM {table}").status_code == 400
