"""The batching writer with the real server and real kill -9, on both sides: each row is stored once."""

import random
import subprocess
import sys
import textwrap

import streamflow
from streamflow import RetryPolicy
from streamflow_server import ROOT, plain_environment

SOON = RetryPolicy(base_seconds=0.005, seconds_max=0.05)


def counts(db, table):
    return db.sql(f"SELECT count(*) AS rows, count(DISTINCT v) AS distinct_rows FROM {table}").to_dict()[0]


def test_the_server_is_killed_again_and_again(new_server, tmp_path, nightly):
    server = new_server().start()
    source = random.Random(11)
    rows = 0
    with streamflow.connect(server.url) as db:
        options = {"max_rows": 100, "interval": 0.01, "duplicates": "keep", "retry": SOON}
        with db.writer(spool=tmp_path / "spool", on_error=lambda error: None, **options) as writer:
            for _ in range(30 if nightly else 4):
                for _ in range(source.randrange(500, 3000)):
                    writer.write("t", {"time": 5, "v": rows})
                    rows += 1
                server.kill()
                writer.write("t", {"time": 5, "v": rows})
                rows += 1
                server.start()
            writer.flush(timeout=60)
            statistics = writer.statistics
        assert counts(db, "t") == {"rows": rows, "distinct_rows": rows}
        assert (statistics.delivered_rows, statistics.dropped_rows, statistics.rejected_rows) == (rows, 0, 0)
        assert statistics.failed_attempts > 0


PROGRAM = """
import sys
import streamflow

url, spool, first = sys.argv[1], sys.argv[2], int(sys.argv[3])
writer = streamflow.connect(url).writer(spool=spool, max_rows=10, interval=0.005, duplicates="keep")
number = first
while True:
    for _ in range(10):
        writer.write("t", {"time": 7, "v": number})
        number += 1
    print(number, flush=True)
"""


def test_the_program_is_killed_again_and_again(new_server, tmp_path):
    server = new_server().start()
    spool, first = tmp_path / "spool", 0
    source = random.Random(12)
    kept = []
    for _ in range(4):
        program = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(PROGRAM), server.url, spool, str(first)],
            stdout=subprocess.PIPE,
            text=True,
            env=plain_environment() | {"PYTHONPATH": str(ROOT / "sdk/python/src")},
        )
        with program.stdout:
            for _ in range(source.randrange(5, 60)):
                end = int(program.stdout.readline())
            program.kill()
            rest = program.stdout.read().split()
            end = max([end, *map(int, rest[:-1])])
        program.wait()
        kept.append((first, end))
        first += 100_000
    with streamflow.connect(server.url) as db:
        with db.writer(spool=spool, duplicates="keep") as writer:
            writer.flush(timeout=60)
        stored = sorted(row["v"] for row in db.sql("SELECT v FROM t"))
        assert len(stored) == len(set(stored)), "a row was stored twice"
        missing = {number for begin, end in kept for number in range(begin, end)} - set(stored)
        assert not missing, f"accepted into full batches, yet not there: {sorted(missing)[:5]}"
