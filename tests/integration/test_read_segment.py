"""scripts/read_segment.py, written from the format's document alone, reads what the server wrote, value for value."""

import math
import pathlib
import random
import struct
import subprocess
import sys

import pytest
import read_segment
from segment_codecs import SegmentError
from streamflow_server import ROOT

AT = 1_700_000_000_000_000_000
SEGMENTS = 50
GOLDEN = sorted((ROOT / "tests" / "golden").glob("*.seg"))


def float_series(rng, rows):
    kind = rng.randrange(6)
    walk, values = rng.uniform(-50, 50), []
    for _ in range(rows):
        walk += rng.gauss(0, 0.1)
        values.append(
            [
                round(walk, 2),
                walk,
                float(struct.unpack("<f", struct.pack("<f", round(walk, 2)))[0]),
                math.nextafter(round(walk, 3), math.inf),
                float(rng.randrange(3)),
                rng.choice([1e300, -0.0, 5e-324, 12.5]),
            ][kind]
        )
    return values


def integer_series(rng, rows):
    kind, walk, values = rng.randrange(4), rng.randrange(1000), []
    for _ in range(rows):
        walk += rng.randrange(-3, 4)
        values.append([walk, walk * 4096, rng.randrange(-(2**63), 2**63), rng.choice([0, 0, 0, 7])][kind])
    return values


def random_lines(rng, table):
    """Line protocol of a few series, long and short, on a grid or with jitter, with gaps in the fields."""
    lines = []
    for series in range(rng.choice([1, 3, 40])):
        rows = rng.choice([1, 10, 300, 2500]) if series < 3 else 10
        jitter = rng.choice([0, 1_000_000])
        columns = {"f": float_series(rng, rows), "i": integer_series(rng, rows)}
        absent = rng.choice([0, 0.2])
        for row in range(rows):
            fields = [f"f={columns['f'][row]!r}", f"i={columns['i'][row]}i", f"b={'tf'[row // 7 % 2]}"]
            fields.append(f's="{rng.choice(["ok", "worn out", "x" * 40])}"')
            kept = [field for field in fields if not lines or rng.random() >= absent] or fields[:1]
            at = AT + row * 10_000_000_000 + rng.randrange(jitter + 1)
            lines.append(f"{table},host=h{series} {','.join(kept)} {at}")
    return lines


def test_agrees_with_the_server_on_random_segments(new_server, request):
    seed = request.config.getoption("--seed") or random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    rng = random.Random(seed)
    # Merged segments would hold several of the tables.
    server = new_server(config="storage:\n  compaction:\n    enabled: false\n").start()
    seen, segments = set(), 0
    for number in range(500):
        table = f"t{number}"
        server.write("\n".join(random_lines(rng, table)))
        server.flush()
        files = set((pathlib.Path(server.data_folder) / "segments").rglob("*.seg")) - seen
        seen |= files
        segments += len(files)
        got = []
        for file in files:
            for read in read_segment.read_segment(file.read_bytes()):
                assert read.name == table
                names = [name for name, _ in read.fields]
                got += [(*tags, time, dict(zip(names, values, strict=True))) for tags, time, values in read.rows()]
        got.sort(key=lambda row: row[:2])
        want = server.sql(f"SELECT host, epoch_ns(time), f, i, b, s FROM {table} ORDER BY host, time")
        assert len(got) == len(want)
        for (host, time, values), row in zip(got, want, strict=True):
            assert [host, time] == list(row[:2])
            for name, wanted in zip("fibs", row[2:], strict=True):
                assert values.get(name) == wanted, (table, host, time, name, values.get(name), wanted)
        if segments >= SEGMENTS:
            return
    pytest.fail(f"500 tables made only {segments} segments")


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_reads_golden_files_and_refuses_damaged_ones(path, tmp_path):
    shown = subprocess.run(
        [sys.executable, ROOT / "scripts" / "read_segment.py", path], capture_output=True, text=True, timeout=60
    )
    assert shown.returncode == 0, shown.stderr
    data = bytearray(path.read_bytes())
    tables = read_segment.read_segment(bytes(data))
    rows = repr([row for table in tables for row in table.rows()])  # NaN does not equal itself
    assert sum(sum(table.series_rows) for table in tables) > 0
    for at in random.Random(1).sample(range(len(data)), 40):
        data[at] ^= 0x40
        try:
            read = [row for table in read_segment.read_segment(bytes(data)) for row in table.rows()]
            assert repr(read) == rows, f"byte {at}"  # what is not read here: statistics, the file's hash
        except SegmentError:
            pass
        data[at] ^= 0x40
