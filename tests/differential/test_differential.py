"""500 seeded random queries over random data equal DuckDB over the raw rows.

The data pass through every state of a row: memtable only, segment plus memtable (late and duplicate rows fall into
both), several overlapping segments, and all that again after a restart.
"""

import random

import duckdb
import pyarrow
import pytest
from differential.random_data import batches, tables
from differential.random_queries import QueryGenerator
from differential.results import difference
from streamflow_server import ARROW, Server

SEED = 20240229
QUERY_COUNT = 500
QUERY_COUNT_NIGHTLY = 5000
ROWS_PER_LOAD = {"metrics": 3000, "weather": 1500, "sparse": 1500, "events": 1500}


@pytest.fixture
def seed(request, nightly):
    given = request.config.getoption("--seed")
    if given is not None:
        return given
    return random.SystemRandom().randrange(2**32) if nightly else SEED


class Comparison:
    def __init__(self, server, seed):
        self.server, self.random, self.seed = server, random.Random(seed), seed
        self.tables = tables()
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        self.generator = QueryGenerator(self.random, self.tables)
        self.problems, self.answered = [], 0

    def load(self):
        for table in self.tables:
            for lines in batches(self.random, table, ROWS_PER_LOAD[table.name]):
                self.write(lines, table.duplicates)
            table.load_into(self.connection)

    def write(self, lines, duplicates):
        if duplicates == "merge":
            self.server.write(lines)
            return
        answer = self.server.post(f"/api/v1/write?duplicates={duplicates}", data="\n".join(lines).encode())
        assert answer.ok and answer.json()["rejected_count"] == 0, answer.text

    def ask(self, count, state):
        for _ in range(count):
            text, ordered = self.generator.query()
            expected = self.connection.execute(text).to_arrow_table()
            answer = self.server.try_sql(text, accept=ARROW)
            if answer.status_code != 200:
                self.problems.append(f"[{state}] {text}\n    {answer.status_code}: {answer.text[:500]}")
                continue
            self.answered += expected.num_rows > 0
            problem = difference(pyarrow.ipc.open_stream(answer.content).read_all(), expected, ordered)
            if problem is not None:
                self.problems.append(f"[{state}] {text}\n    {problem}")


def test_random_queries_equal_duckdb(tmp_path, seed, nightly):
    print(f"seed {seed}")
    count = (QUERY_COUNT_NIGHTLY if nightly else QUERY_COUNT) // 5
    server = Server(tmp_path).start()
    try:
        comparison = Comparison(server, seed)
        comparison.load()
        comparison.ask(count, "memtable")
        server.flush()
        comparison.ask(count, "one segment")
        comparison.load()
        comparison.ask(count, "segment and memtable")
        server.flush()
        comparison.load()
        server.restart()
        comparison.ask(count, "two segments and a replayed log")
        server.flush()
        comparison.ask(count, "three segments")
    finally:
        server.stop()
    problems = comparison.problems
    assert not problems, f"seed {seed}: {len(problems)} queries differ; the first:\n" + "\n".join(problems[:10])
    assert comparison.answered > count, "most queries had empty answers: the generator is off"
