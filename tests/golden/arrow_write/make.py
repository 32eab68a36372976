"""Makes the Arrow IPC streams of this folder with PyArrow, each beside a text that says what a table must hold.

The texts come from the Python values, not from decoding, so that ArrowStream's tests compare with an independent word.
A text begins with the request's parameters; then one line a row: `time|tag=value,…|field=type:value,…`, floats as the
bits of a float64, text as hexadecimal bytes, NULL fields as `-`; rejected rows are `row N: reason`.

Usage: .venv/bin/python tests/golden/arrow_write/make.py   (rewrites the folder's *.arrows and *.txt)
"""

import datetime
import io
import pathlib
import struct

import pyarrow as pa

FOLDER = pathlib.Path(__file__).parent
NS = 1_700_000_000_000_000_000
NAMES = {"int64": "i", "uint64": "u", "float64": "f", "boolean": "b", "string": "s"}


def stream_of(batches, schema=None, **options):
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema or batches[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue()


def shown(kind, value):
    if value is None:
        return "-"
    if kind == "f":
        return f"f:{struct.unpack('<Q', struct.pack('<d', value))[0]:016x}"
    if kind == "s":
        return f"s:{value.encode().hex()}"
    return f"{kind}:{int(value)}"


def save(name, stream, rows, *, tags=(), fields=(), parameters="", rejected=()):
    """rows: [(time in ns, {tag: value}, {field: value})]; fields: [(name, "i" | "u" | "f" | "b" | "s")]"""
    lines = [parameters]
    for time, tag_values, field_values in rows:
        tag_text = ",".join(f"{tag}={tag_values.get(tag) or ''}" for tag in tags)
        field_text = ",".join(f"{field}={shown(kind, field_values.get(field))}" for field, kind in fields)
        lines.append(f"{time}|{tag_text}|{field_text}")
    lines += [f"row {row}: {reason}" for row, reason in rejected]
    (FOLDER / f"{name}.arrows").write_bytes(stream)
    (FOLDER / f"{name}.txt").write_text("\n".join(lines) + "\n")


def times(count, unit="ns"):
    divisor = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[unit]
    return pa.array([(NS // divisor) + i for i in range(count)], pa.timestamp(unit, tz="UTC"))


def numbers():
    for name, kinds in (
        ("signed", ["int8", "int16", "int32", "int64"]),
        ("unsigned", ["uint8", "uint16", "uint32", "uint64"]),
    ):
        rows, columns = [], {}
        for kind in kinds:
            bits = int(kind.lstrip("uint"))
            low, high = (0, 2**bits - 1) if name == "unsigned" else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
            columns[kind] = pa.array([low, high, None, 7], getattr(pa, kind)())
        for i in range(4):
            rows.append((NS + i, {}, {kind: columns[kind][i].as_py() for kind in kinds}))
        batch = pa.record_batch([times(4), *columns.values()], names=["time", *kinds])
        save(name, stream_of([batch]), rows, fields=[(kind, "iu"[name == "unsigned"]) for kind in kinds])


def floats():
    halves = [0.0, -0.0, 1.0, -2.5, 65504.0, 2.0**-24, 2.0**-14, float("inf"), float("-inf"), None]
    singles = [struct.unpack("<f", struct.pack("<f", v))[0] for v in (0.1, 1e-45, -3.4e38, 0, -0.0, 1, 2, 3, 4)] + [
        None
    ]
    doubles = [0.1, 5e-324, 1.7976931348623157e308, float("inf"), -0.0, None, 1, 2, 3, 4]
    bits = b"".join(struct.pack("<e", 0.0 if value is None else value) for value in halves)
    half = pa.Array.from_buffers(pa.float16(), 10, [pa.py_buffer(b"\xff\x01"), pa.py_buffer(bits)])
    batch = pa.record_batch(
        [times(10), half, pa.array(singles, pa.float32()), pa.array(doubles, pa.float64())],
        names=["time", "h", "s", "d"],
    )
    rows = [(NS + i, {}, {"h": halves[i], "s": singles[i], "d": doubles[i]}) for i in range(10)]
    save("floats", stream_of([batch]), rows, fields=[("h", "f"), ("s", "f"), ("d", "f")])


def booleans():
    """Batches of odd lengths, so that validity and values are joined at every bit."""
    batches, rows, at = [], [], 0
    for count in (1, 63, 70, 0, 7, 129):
        values = [None if (at + i) % 5 == 3 and count != 70 else (at + i) % 3 == 0 for i in range(count)]
        integers = [None if (at + i) % 7 == 2 else at + i for i in range(count)]
        stamps = pa.array([NS + at + i for i in range(count)], pa.timestamp("ns"))
        batches.append(
            pa.record_batch(
                [stamps, pa.array(values, pa.bool_()), pa.array(integers, pa.int64())], names=["time", "b", "i"]
            )
        )
        rows += [(NS + at + i, {}, {"b": values[i], "i": integers[i]}) for i in range(count)]
        at += count
    save("booleans", stream_of(batches), rows, fields=[("b", "b"), ("i", "i")])


def strings():
    values = ["", "a", None, "Grüße 世界 and longer than sixteen bytes", "x" * 300]
    arrays = [pa.array(values, pa.string()), pa.array(values[::-1], pa.large_string())]
    arrays.append(pa.array(values).dictionary_encode())
    batch = pa.record_batch([times(5), *arrays], names=["time", "s", "l", "d"])
    rows = [(NS + i, {}, {"s": values[i], "l": values[4 - i], "d": values[i]}) for i in range(5)]
    kinds = [("s", "s"), ("l", "s"), ("d", "s")]
    save("strings", stream_of([batch]), rows, fields=kinds, parameters="fields=d")
    save("slices", stream_of([batch.slice(1, 3)]), rows[1:4], fields=kinds, parameters="fields=d")


def tags():
    hosts = ["h0", "h1", None, "h0", "", "h2"]
    regions = ["eu", "us", "eu", "eu", "us", None]
    rows = [(NS + i, {"host": hosts[i], "region": regions[i]}, {"v": i}) for i in range(6)]
    for index in ("int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"):
        kind = pa.dictionary(getattr(pa, index)(), pa.string())
        arrays = [
            times(6),
            pa.array(hosts, pa.string()).cast(kind),
            pa.array(regions, pa.string()).cast(kind),
            pa.array(range(6), pa.int64()),
        ]
        batch = pa.record_batch(arrays, names=["time", "host", "region", "v"])
        save(f"tags_{index}", stream_of([batch]), rows, tags=("host", "region"), fields=[("v", "i")])
    plain = pa.record_batch(
        [pa.array(range(6), pa.int64()), pa.array(hosts), times(6), pa.array(regions, pa.large_string())],
        names=["v", "host", "at", "region"],
    )
    save(
        "tags_plain",
        stream_of([plain]),
        rows,
        tags=("host", "region"),
        fields=[("v", "i")],
        parameters="tags=host,region",
    )
    broken = pa.record_batch(
        [
            times(2),
            pa.DictionaryArray.from_arrays(pa.array([0, None], pa.int8()), pa.array([None, "a"])),
            pa.array([1, 2]),
        ],
        names=["time", "host", "v"],
    )
    save(
        "tags_null_value",
        stream_of([broken]),
        [(NS + i, {}, {"v": i + 1}) for i in range(2)],
        tags=("host",),
        fields=[("v", "i")],
    )


def dictionaries():
    """A dictionary that grows, one that is replaced by others, and one value twice."""

    def batch(words, codes, start):
        words = pa.array(words, pa.string())
        column = pa.DictionaryArray.from_arrays(pa.array(codes, pa.int8()), words)
        stamps = pa.array([NS + start + i for i in range(len(codes))], pa.timestamp("ns"))
        return pa.record_batch(
            [stamps, column, pa.array([start + i for i in range(len(codes))])], names=["time", "host", "v"]
        )

    grown = [(["a", "b"], [0, 1, 0], 0), (["a", "b", "c"], [2, 1, None], 3), (["a", "b", "c", "d"], [3, 0], 6)]
    replaced = [(["a", "b"], [0, 1, 0], 0), (["b", "x", "a"], [0, 1, 2], 3), (["y", "y"], [0, 1], 6)]
    for name, parts, options in (("delta", grown, {"emit_dictionary_deltas": True}), ("replaced", replaced, {})):
        rows = [
            (NS + start + i, {"host": None if code is None else words[code]}, {"v": start + i})
            for words, codes, start in parts
            for i, code in enumerate(codes)
        ]
        stream = stream_of([batch(*part) for part in parts], **options)
        save(f"dictionary_{name}", stream, rows, tags=("host",), fields=[("v", "i")])


def many_tags():
    """More bits of codes than one 64-bit key holds, and dictionaries that need more bits from batch to batch."""
    names = [f"t{t:02}" for t in range(40)]
    batches, rows = [], []
    for start, count in ((0, 3), (3, 40), (43, 90)):
        values = {
            name: [f"{name}-{(i * (t + 1)) % (i + 1)}" for i in range(start, start + count)]
            for t, name in enumerate(names)
        }
        stamps = pa.array([NS + i for i in range(start, start + count)], pa.timestamp("ns"))
        arrays = [pa.array(values[name], pa.string()) for name in names]
        batches.append(
            pa.record_batch(
                [stamps, *arrays, pa.array([float(i) for i in range(start, start + count)])],
                names=["time", *names, "v"],
            )
        )
        rows += [
            (NS + start + i, {name: values[name][i] for name in names}, {"v": float(start + i)}) for i in range(count)
        ]
    save("many_tags", stream_of(batches), rows, tags=names, fields=[("v", "f")], parameters="tags=" + ",".join(names))


def time_types():
    for unit in ("s", "ms", "us", "ns"):
        divisor = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}[unit]
        for zone in (None, "Europe/Berlin"):
            stamps = pa.array([-1, 0, NS // divisor], pa.timestamp(unit, tz=zone))
            batch = pa.record_batch([stamps, pa.array([1, 2, 3])], names=["when", "v"])
            rows = [(t, {}, {"v": i + 1}) for i, t in enumerate((-divisor, 0, NS // divisor * divisor))]
            save(f"time_{unit}{'_zone' if zone else ''}", stream_of([batch]), rows, fields=[("v", "i")])
    numbers_batch = pa.record_batch([pa.array([-5, NS]), pa.array([1, 2])], names=["when", "v"])
    save(
        "time_int64",
        stream_of([numbers_batch]),
        [(-5, {}, {"v": 1}), (NS, {}, {"v": 2})],
        fields=[("v", "i")],
        parameters="time=when",
    )
    days = pa.array([datetime.date(1970, 1, 2), datetime.date(2023, 11, 14)], pa.date64())
    save(
        "time_date64",
        stream_of([pa.record_batch([days, pa.array([1, 2])], names=["time", "v"])]),
        [(86_400 * 10**9, {}, {"v": 1}), (1_699_920_000 * 10**9, {}, {"v": 2})],
        fields=[("v", "i")],
    )


def rejected():
    stamps = pa.array([0, None, 9_300_000_000, 1, -9_300_000_000, 2], pa.timestamp("s"))
    hosts = pa.array(["a", "b", "c", "x" * 5000, "d", "e"]).dictionary_encode()
    texts = pa.array(["t0", "t1", "t2", "t3", "t4", "y" * 70_000])
    batch = pa.record_batch([stamps, hosts, texts, pa.array(range(6))], names=["time", "host", "s", "v"])
    range_text = 'the time in column "time" is outside 1677-09-21 to 2262-04-11'
    save(
        "rejected",
        stream_of([batch]),
        [(0, {"host": "a"}, {"s": "t0", "v": 0})],
        tags=("host",),
        fields=[("s", "s"), ("v", "i")],
        rejected=[
            (1, 'the time in column "time" is NULL'),
            (2, range_text),
            (3, 'the value of tag "host" has more than 4096 bytes'),
            (4, range_text),
            (5, 'the text of field "s" has more than 65536 bytes'),
        ],
    )


def shapes():
    kind = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [("time", pa.timestamp("ns")), ("host", kind), ("nothing", pa.null()), ("v", pa.float64())], metadata={"a": "b"}
    )
    save("schema_only", stream_of([], schema), [], tags=("host",), fields=[("v", "f")])
    empty = schema.empty_table().to_batches() or [pa.RecordBatch.from_pylist([], schema)]
    full = pa.record_batch(
        [pa.array([NS], pa.timestamp("ns")), pa.array(["a"]).cast(kind), pa.nulls(1), pa.array([1.5])], schema=schema
    )
    rows = [(NS, {"host": "a"}, {"v": 1.5})] * 2
    save("zero_rows", stream_of([*empty, full, *empty, full]), rows, tags=("host",), fields=[("v", "f")])
    count = 500
    columns = [
        times(count),
        pa.array([f"h{i % 9}" for i in range(count)]).dictionary_encode(),
        pa.array([i * 0.5 for i in range(count)]),
        pa.array(["same text"] * count),
    ]
    batch = pa.record_batch(columns, names=["time", "host", "v", "s"])
    rows = [(NS + i, {"host": f"h{i % 9}"}, {"v": i * 0.5, "s": "same text"}) for i in range(count)]
    for codec in ("lz4", "zstd"):
        save(
            codec,
            stream_of([batch, batch.slice(0, 1)], compression=codec),
            [*rows, rows[0]],
            tags=("host",),
            fields=[("v", "f"), ("s", "s")],
        )


def bombs():
    """Streams that decompress to 128 MB: refused, so they have no rows."""
    count = 8 << 20
    batch = pa.record_batch([pa.array([0] * count, pa.int64()), pa.array([0] * count, pa.int64())], names=["time", "v"])
    (FOLDER / "zstd.bomb").write_bytes(stream_of([batch], compression=pa.Codec("zstd", compression_level=9)))


def main():
    for old in [*FOLDER.glob("*.arrows"), *FOLDER.glob("*.txt"), *FOLDER.glob("*.bomb")]:
        old.unlink()
    for make in (
        numbers,
        floats,
        booleans,
        strings,
        tags,
        dictionaries,
        many_tags,
        time_types,
        rejected,
        shapes,
        bombs,
    ):
        make()


if __name__ == "__main__":
    main()
