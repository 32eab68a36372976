"""kill -9 under load, again and again, some of it during recovery, on one growing data folder.

After every round: each acknowledged row is there, once, as it was sent; no row is there that was not sent; and what was
there after the round before still is. Rows that were sent but not acknowledged may be there or not.
"""

import random
import time

import pytest
from crash.load import SURFACES, TWIN_FACTOR, TWIN_OFFSET, Load, Writer, lines_of
from streamflow_server import Server

ROUNDS, ROUNDS_NIGHTLY = 50, 2_000
WRITERS = 4
RECOVERY_KILLED_EVERY = 5  # rounds
FLUSHED_EVERY = 3  # rounds: a client asks for flushes all the time, so that these are killed half-way as well
CONFIG = """
memtable:
  flush_bytes: 1MiB
"""


@pytest.fixture
def rounds(request, nightly):
    return request.config.getoption("--rounds") or (ROUNDS_NIGHTLY if nightly else ROUNDS)


class Ledger:
    """What must be in the tables: per writer, how many ids of earlier rounds and their sum."""

    def __init__(self, writers):
        self.settled = {(table, writer.name): (0, 0) for writer in writers for table in writer.tables}

    def check(self, server, writers, first_ids):
        totals = {table: self.totals(server, table) for _, tables in SURFACES.values() for table in tables}
        for writer in writers:
            for table in writer.tables:
                present = self.ids_since(server, table, writer.name, first_ids[writer.name])
                self.check_round(table, writer, present)
                count, total = self.settled[table, writer.name]
                expected = (count + len(present), total + sum(present))
                found = totals[table].get(writer.name, (0, 0))
                assert found == expected, f"{table}, {writer.name}: (rows, sum of ids) is {found}, expected {expected}"
                self.settled[table, writer.name] = expected

    def check_round(self, table, writer, present):
        where = f"{table}, {writer.name}"
        assert len(present) == len(set(present)), f"{where}: rows are doubled"
        missing = writer.acknowledged - set(present)
        assert not missing, f"{where}: {len(missing)} acknowledged rows are lost, e.g. {sorted(missing)[:5]}"
        invented = set(present) - writer.acknowledged - writer.unanswered
        assert not invented, f"{where}: rows that were never sent, e.g. {sorted(invented)[:5]}"

    def ids_since(self, server, table, writer, first_id):
        found = server.arrow(f"SELECT id FROM {table} WHERE writer = ? AND id >= ?", [writer, first_id])
        return found.column("id").to_pylist()

    def totals(self, server, table):
        good = f"bool_and(twin = id * {TWIN_FACTOR} + {TWIN_OFFSET})"
        rows = server.sql(f"SELECT writer, count(*), sum(id)::BIGINT, {good} FROM {table} GROUP BY writer")
        assert all(row[3] for row in rows), f"{table}: a row is not as it was sent"
        return {row[0]: (row[1], row[2]) for row in rows}


def test_no_acknowledged_row_is_lost_doubled_or_invented(tmp_path, rounds, request):
    seed = request.config.getoption("--seed") or random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    chosen = random.Random(seed)
    kinds = [*SURFACES] * (WRITERS // len(SURFACES))
    writers = [Writer(f"w{index}", kind, random.Random(chosen.random())) for index, kind in enumerate(kinds)]
    ledger = Ledger(writers)
    server = Server(tmp_path, config=CONFIG).start()
    start_seconds, acknowledged, recoveries_killed = 0.05, 0, 0
    try:
        for path, tables in SURFACES.values():  # so that every table exists, whoever comes first
            assert server.post(path, data=lines_of("first", tables, [0])).ok
        for number in range(rounds):
            first_ids = {writer.name: writer.next_id for writer in writers}
            load = Load(writers, server.url, flushing=number % FLUSHED_EVERY == 0)
            load.wait_for(chosen.randrange(1, 80))
            server.kill()
            load.join()
            if number % RECOVERY_KILLED_EVERY == RECOVERY_KILLED_EVERY - 1:
                server.launch()
                time.sleep(chosen.uniform(0, start_seconds))  # anywhere between exec and ready
                server.kill()
                recoveries_killed += 1
            began = time.monotonic()
            server.start()
            start_seconds = time.monotonic() - began
            try:
                ledger.check(server, writers, first_ids)
            except AssertionError as problem:
                raise AssertionError(f"round {number}, seed {seed}: {problem}") from problem
            acknowledged += sum(len(writer.acknowledged) * len(writer.tables) for writer in writers)
    finally:
        server.kill()
    print(f"{rounds} rounds, {recoveries_killed} recoveries killed, 0 of {acknowledged} rows lost")
    assert acknowledged > rounds, "hardly anything was written: the test tests nothing"
