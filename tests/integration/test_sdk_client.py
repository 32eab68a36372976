"""The Python client's calls, errors and both faces against the real server."""

import asyncio
import datetime

import pyarrow as pa
import pytest
import streamflow
from streamflow_server import free_port

SECOND = 1_000_000_000


@pytest.fixture(scope="module")
def db(server):
    with streamflow.connect(server.url) as client:
        yield client


def test_both_faces_say_the_same(server, db, table):
    db.write(table, [{"time": at, "host": "a", "v": at / 2} for at in range(5)], tags=["host"])
    query = f"SELECT * FROM {table} ORDER BY time"

    async def ask():
        async with streamflow.connect_async(server.url) as other:
            batches = [batch async for batch in other.sql_batches(query)]
            return (
                (await other.sql(query)).to_arrow(),
                pa.Table.from_batches(batches),
                await other.schema(table),
                table in await other.tables(),
                await other.ready(),
                await other.version(),
                (await other.write(table, {"time": 99, "host": "b", "v": 1.0}, tags=["host"])).rows,
                len((await other.plot(query, x="time", y="v")).data),
            )

    expected = db.sql(query).to_arrow()
    assert asyncio.run(ask()) == (expected, expected, db.schema(table), True, db.ready(), db.version(), 1, 2)


def test_parameters(db):
    result = db.sql("SELECT ? AS i, ? AS f, ? AS b, ? AS s, ? AS n", [2**63 - 1, 0.1, True, "ä'\"", None])
    assert result.to_dict() == [{"i": 2**63 - 1, "f": 0.1, "b": True, "s": "ä'\"", "n": None}]
    moment = datetime.datetime(2024, 5, 6, 7, 8, 9, 123456, datetime.timezone(datetime.timedelta(hours=2)))
    assert db.sql("SELECT epoch_ns(?::TIMESTAMP_NS) AS at", [moment]).scalar() == streamflow.nanoseconds_of(moment)
    with pytest.raises(ValueError, match=r"params\[0\].*nan"):
        db.sql("SELECT ?", [float("nan")])
    with pytest.raises(TypeError, match=r"params\[1\].*got dict"):
        db.sql("SELECT ?, ?", [1, {}])


def test_a_mistake_in_sql_says_where(db):
    with pytest.raises(streamflow.InvalidRequestError) as raised:
        db.sql("SELECT 1,\n  2 FROMM x y")
    error = raised.value
    assert error.status == 400
    assert error.request_id in str(error)
    assert error.problem["request_id"] == error.request_id
    assert error.line == 2
    assert error.position is not None


def test_what_is_forbidden_or_missing_has_its_class(db):
    with pytest.raises(streamflow.ForbiddenError):
        db.sql("CREATE TABLE x (i INT)")
    with pytest.raises(streamflow.NotFoundError, match="no_such_table"):
        db.schema("no_such_table")
    with pytest.raises(streamflow.TimeoutError) as raised:
        db.sql("SELECT sum(a.range * b.range) FROM range(10000000) a, range(1000000) b", timeout=0.05)
    assert raised.value.status == 504


def test_keys_and_projects(new_server, monkeypatch):
    server = new_server().start()
    made = server.command("key", "create", "--data-dir", server.data_folder, "--role", "reader", "--json")
    if made.returncode != 0:
        made = server.command("key", "create", "--data-dir", server.data_folder, "--role", "reader")
    assert made.returncode == 0, made
    key = next(word.strip('",') for word in made.stdout.split() if word.strip('",').startswith("sfk_"))

    def locked():
        with streamflow.connect(server.url) as db:
            try:
                db.sql("SELECT 1")
            except streamflow.AuthenticationError as error:
                return error.status == 401
            return False

    from streamflow_server import eventually

    eventually(locked)
    monkeypatch.setenv("STREAMFLOW_URL", server.url)
    monkeypatch.setenv("STREAMFLOW_KEY", key)
    with streamflow.connect() as db:
        assert db.sql("SELECT 1 AS one").scalar() == 1
        assert key not in repr(db.settings)
        with pytest.raises(streamflow.ForbiddenError):
            db.write("t", {"time": 1, "v": 1})


def test_projects_are_apart(server, table):
    with (
        streamflow.connect(server.url, project="sdk_one") as one,
        streamflow.connect(server.url, project="sdk_two") as two,
    ):
        one.write(table, {"time": 1, "v": 1})
        two.write(table, {"time": 1, "v": 2})
        assert (one.sql(f"SELECT v FROM {table}").scalar(), two.sql(f"SELECT v FROM {table}").scalar()) == (1, 2)


def test_nobody_there():
    url = f"http://127.0.0.1:{free_port()}"
    once = streamflow.RetryPolicy(attempts=1)
    with streamflow.connect(url, retry=once) as db:
        assert db.ready() is False
        with pytest.raises(streamflow.ConnectionFailed, match="is the server running"):
            db.sql("SELECT 1")
        with pytest.raises(ConnectionError):
            db.health()


def test_a_result_that_fails_late_is_not_taken_for_whole(db):
    query = "SELECT CASE WHEN range = 2999999 THEN error('late') ELSE range END AS v FROM range(3000000)"
    with pytest.raises(streamflow.StreamFlowError):
        for batch in db.sql_batches(query):
            assert batch.num_rows
    with pytest.raises(streamflow.StreamFlowError):
        db.sql(query)


def test_streams_of_every_type_match_the_whole_result(db):
    query = """SELECT range AS i, 'text' || range AS s, CASE WHEN range % 3 > 0 THEN range * 0.5 END AS f,
    [range, 1] AS l, {'a': range} AS o, range::DECIMAL(20, 2) AS d, make_timestamp_ns(range) AS t FROM range(20000)"""
    batches = list(db.sql_batches(query))
    assert len(batches) > 1
    assert pa.Table.from_batches(batches) == db.sql(query).to_arrow()


def test_the_same_key_counts_once(db, table):
    key = streamflow.new_key()
    rows = [{"time": 1, "v": 1}, {"time": 1, "v": 1}]
    first = db.write(table, rows, duplicates="keep", idempotency_key=key)
    second = db.write(table, rows, duplicates="keep", idempotency_key=key)
    assert (first.duplicate, second.duplicate) == (False, True)
    assert db.sql(f"SELECT count(*) FROM {table}").scalar() == 2


def test_an_analysis_is_the_statement_of_the_same_name(db, table):
    db.write(table, [{"time": 60_000_000_000 * i, "value": float(i * i % 17)} for i in range(60)])
    rows = f"SELECT time, value FROM {table} WHERE value >= ?"
    ahead = db.forecast(rows, [0], horizon=4, model="ets", level=[80, 95]).to_arrow()
    statement = f"SELECT * FROM forecast(({rows}), horizon => 4, model => 'ets', level => [80, 95])"
    assert ahead == db.sql(statement, [0]).to_arrow()
    assert ahead.column_names == ["time", "step", "forecast", "lower_80", "upper_80", "lower_95", "upper_95", "model"]
    with pytest.raises(streamflow.StreamFlowError, match="no parameter `horizn`"):
        db.forecast(rows, [0], horizn=4)
