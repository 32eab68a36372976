#!/usr/bin/env python3
"""Reads a segment file with nothing but the Python standard library: written from docs/format/segment.md alone (§2-4
here, §5-7 in segment_codecs.py), so that the data outlives the program. Slow, and meant to be read.

    read_segment.py FILE              what is in it: tables, columns, rows, codecs
    read_segment.py FILE --table T    the rows of table T as CSV: tags, time (ns), fields; NULL is an empty cell
"""

import argparse
import csv
import struct
import sys
from collections import Counter

from segment_codecs import Reader, SegmentError, crc32c, read_block, read_stream, running_sums

# ---- §2-4: the file ----


def read_column(reader, count):
    values = []
    while len(values) < count:
        chunk = Reader(reader.take(reader.varint()))
        values += read_stream(chunk, min(4096, count - len(values)))
        chunk.end()
    return values


def read_text_column(reader, count):
    values = []
    while len(values) < count:
        chunk_values = reader.varint()
        values += read_block(reader.take(reader.varint()), 5, chunk_values)
    return values


class Table:
    def __init__(self, data, section, columns, shared):
        self.data = data
        reader = Reader(section)
        self.name, self.policy = reader.text(), reader.fixed("B")
        self.tags = [reader.text() for _ in range(reader.varint())]
        self.fields = []
        for _ in range(reader.varint()):
            name, kind, flags = reader.text(), reader.fixed("B"), reader.fixed("B")
            if not 1 <= kind <= 5 or flags:
                raise SegmentError(f"field {name!r} is of a type newer than this reader")
            self.fields.append((name, kind))
        series_count = reader.varint()
        self.series_rows = read_column(reader, series_count)
        tags = []
        for _ in self.tags:
            values = read_text_column(reader, reader.varint())
            tags.append([values[code] for code in read_column(reader, series_count)])
        self.series = list(zip(*tags, strict=True)) if tags else [()] * series_count
        reader.varint()  # rows per micro-block: statistics are not read here
        self.read_blocks(reader, columns, shared)

    def read_blocks(self, reader, columns, shared):
        count = reader.varint()
        self.block_rows = read_column(reader, count)
        read_column(reader, count), read_column(reader, count)  # times
        groups = read_column(reader, reader.varint())
        sizes = []
        for _ in range(1 + len(self.fields)):
            sizes.append((read_column(reader, count), read_column(reader, len(groups))))
        reader.end()
        self.distances = read_column(Reader(shared), count) if shared else [0] * count
        self.places = [[] for _ in sizes]
        at, block = columns, 0
        for group, blocks in enumerate(groups):
            for places, (block_bytes, statistics_bytes) in zip(self.places, sizes, strict=True):
                for size in block_bytes[block : block + blocks]:
                    places.append((at, size))
                    at += size + 4 if size else 0
                at += statistics_bytes[group] + 4
            block += blocks

    def block_bytes(self, column, block):
        at, size = self.places[column][block]
        data = self.data[at : at + size]
        if size and crc32c(data) != struct.unpack_from("<I", self.data, at + size)[0]:
            raise SegmentError(f"table {self.name!r}, column {column}, block {block} fails its checksum")
        return data

    def rows(self):
        """(tags, time, field values) of every row, in the order of the file."""
        begins = [0, *running_sums(0, self.series_rows)]
        series, row = 0, 0
        for block, rows in enumerate(self.block_rows):
            starts = [begin - row for begin in sorted(set(begins)) if row <= begin < row + rows]
            starts = starts if starts and starts[0] == 0 and len(starts) > 1 else []
            source = block - self.distances[block]
            columns = [read_block(self.block_bytes(0, source), 2, rows, starts)]
            for c, (_, kind) in enumerate(self.fields):
                columns.append(read_block(self.block_bytes(c + 1, block), kind, rows, starts))
            for values in zip(*columns, strict=True):
                while begins[series + 1] <= row:
                    series += 1
                yield self.series[series], values[0], values[1:]
                row += 1


def read_segment(data):
    """The tables of a segment, in name order."""
    if data[:8] != b"FLOWSEG1" or data[-8:] != b"FLOWEND1":
        raise SegmentError("not a segment")
    header = Reader(data)
    header.take(8)
    version, header_bytes, features = header.fixed("H"), header.fixed("H"), header.fixed("I")
    if version != 1 or features or data[32]:
        raise SegmentError("a segment newer than this reader, or encrypted")
    check(data[: header_bytes - 4], struct.unpack_from("<I", data, header_bytes - 4)[0], "header")
    trailer = data[-40:]
    check(trailer[:28], struct.unpack_from("<I", trailer, 28)[0], "trailer")
    footer_at, footer_bytes, footer_crc = struct.unpack_from("<QII", trailer)
    footer = Reader(data[footer_at : footer_at + footer_bytes])
    check(footer.data, footer_crc, "footer")
    table_count = footer.varint()
    footer.varint(), footer.take(16)  # rows, times
    sections = {}
    for _ in range(footer.varint()):
        kind, flags, table = footer.varint(), footer.fixed("B"), footer.varint()
        at, size, crc = footer.varint(), footer.varint(), footer.fixed("I")
        if kind in (1, 2, 7):
            sections[table, kind] = (at, data[at : at + size], crc)
        elif flags & 1:
            raise SegmentError(f"a section of kind {kind} is needed, which is newer than this reader")
    tables = []
    for table in range(1, table_count + 1):
        at, section, crc = sections[table, 1]
        check(section, crc, f"table section {table}")
        _, shared, shared_crc = sections.get((table, 7), (0, b"", 0))
        check(shared, shared_crc, f"shared times of table {table}")
        tables.append(Table(data, section, sections[table, 2][0], shared))
    return tables


def check(data, crc, what):
    if crc32c(data) != crc:
        raise SegmentError(f"the {what} fails its checksum")


def describe(tables):
    maps = ["identity", "divisor", "decimal", "ordered bits", "dictionary", "plain", "plain LZ4"]
    predictors = ["none", "delta", "delta of delta", "delta per series", "line"]
    packers = ["raw", "frame of reference", "patched", "run length", "split Rice"]
    for table in tables:
        rows, series, blocks = sum(table.series_rows), len(table.series), len(table.block_rows)
        print(f"table {table.name}: {rows} rows, {series} series, {blocks} blocks")
        for column, name in enumerate(["time"] + [name for name, _ in table.fields]):
            codecs = Counter()
            for at, size in table.places[column]:
                d = struct.unpack_from("<H", table.data, at)[0] if size else None
                parts = "nothing" if d is None else f"{maps[d & 15]}, {predictors[d >> 4 & 15]}, {packers[d >> 8 & 31]}"
                codecs[parts] += 1
            size = sum(size for _, size in table.places[column])
            print(f"  {name}: {size} bytes; " + "; ".join(f"{n} x {codec}" for codec, n in codecs.most_common()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--table")
    options = parser.parse_args()
    with open(options.file, "rb") as file:
        tables = read_segment(file.read())
    if options.table is None:
        describe(tables)
        return
    table = next((t for t in tables if t.name == options.table), None)
    if table is None:
        sys.exit(f"no table {options.table!r}; there are: {', '.join(t.name for t in tables)}")
    out = csv.writer(sys.stdout)
    out.writerow([*table.tags, "time", *(name for name, _ in table.fields)])
    for tags, time, values in table.rows():
        out.writerow([*tags, time, *("" if v is None else v for v in values)])


if __name__ == "__main__":
    try:
        main()
    except SegmentError as error:
        sys.exit(f"read_segment: {error}")
