"""SQL over HTTP: formats, parameters, times with and without zone, errors that point at the mistake."""

import csv
import io

import pyarrow
import pytest
from streamflow_server import ARROW

AT = 1_700_000_000_123_456_789


@pytest.fixture(scope="module")
def sample(server):
    lines = [
        f"sql_sample,host=h{index % 3} v={index}.5,n={index}i,ok={index % 2 == 0} {AT + index}" for index in range(10)
    ]
    lines.append(f'sql_sample note="a,\\"b\\"\nc" {AT + 10}')
    server.write(lines)
    return "sql_sample"


def test_json(server, sample):
    answer = server.try_sql(f"SELECT time, host, v, n, ok FROM {sample} ORDER BY time LIMIT 2")
    assert answer.headers["Content-Type"].startswith("application/json")
    body = answer.json()
    assert [column["name"] for column in body["columns"]] == ["time", "host", "v", "n", "ok"]
    assert body["row_count"] == 2
    assert body["rows"] == [
        ["2023-11-14T22:13:20.123456789Z", "h0", 0.5, 0, True],
        ["2023-11-14T22:13:20.123456790Z", "h1", 1.5, 1, False],
    ]


def test_json_is_the_default(server, sample):
    answer = server.post("/api/v1/sql", json={"query": f"SELECT count(*) AS n FROM {sample}"})
    assert answer.json()["rows"] == [[11]]


def test_csv(server, sample):
    answer = server.try_sql(f"SELECT host, note, time FROM {sample} ORDER BY time DESC LIMIT 2", accept="text/csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert rows[0] == ["host", "note", "time"]
    assert rows[1] == ["", 'a,"b"\nc', "2023-11-14T22:13:20.123456799Z"]
    assert rows[2][0] == "h0"


def test_arrow(server, sample):
    answer = server.try_sql(f"SELECT time, host, v, n, ok FROM {sample} ORDER BY time", accept=ARROW)
    assert answer.headers["Content-Type"].startswith(ARROW)
    table = pyarrow.ipc.open_stream(io.BytesIO(answer.content)).read_all()
    assert table.schema.field("time").type == pyarrow.timestamp("ns", "UTC")
    assert table.column("time").cast(pyarrow.int64()).to_pylist() == [AT + index for index in range(11)]
    assert table.column("n").to_pylist() == [*range(10), None]
    assert table.column("host").to_pylist()[:3] == ["h0", "h1", "h2"]
    assert table.column("ok").to_pylist()[:2] == [True, False]


def test_an_arrow_answer_without_rows_still_has_its_schema(server, sample):
    table = server.arrow(f"SELECT time, v FROM {sample} WHERE v > 1e9")
    assert (table.num_rows, table.column_names) == (0, ["time", "v"])


def test_an_unknown_format_is_refused_or_json(server, sample):
    answer = server.try_sql("SELECT 1", accept="image/png")
    assert answer.status_code == 406 or answer.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize(
    ("text", "params", "expected"),
    [
        ("SELECT count(*) FROM {t} WHERE host = ?", ["h1"], 3),
        ("SELECT count(*) FROM {t} WHERE host = $1 AND n >= $2", ["h1", 4], 2),
        ("SELECT count(*) FROM {t} WHERE time = ?", ["2023-11-14T22:13:20.123456790Z"], 1),
        ("SELECT count(*) FROM {t} WHERE v < ?", [2.5], 2),
        ("SELECT count(*) FROM {t} WHERE ok = ?", [True], 5),
        ("SELECT count(*) FROM {t} WHERE ?::VARCHAR IS NULL", [None], 11),
        ("SELECT count(*) FROM {t} WHERE host = ?", ["h1' OR '1'='1"], 0),
    ],
)
def test_parameters(server, sample, text, params, expected):
    assert server.sql(text.format(t=sample), params) == [[expected]]


@pytest.mark.parametrize("params", [[], ["a", "b"]])
def test_a_wrong_number_of_parameters_is_refused(server, sample, params):
    assert server.try_sql(f"SELECT * FROM {sample} WHERE host = ?", params).status_code == 400


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        ("time = '2023-11-14 22:13:20.123456789'", 1),
        ("time = '2023-11-14T22:13:20.123456789Z'", 1),
        ("time = '2023-11-14T23:13:20.123456789+01:00'", 1),
        ("time < '2023-11-14 22:13:20.123456790'", 1),
        ("time <= '2023-11-14T17:13:20.123456790-05:00'", 2),
        ("time >= TIMESTAMP '2023-11-14 22:13:20' AND time < TIMESTAMP '2023-11-14 22:13:21'", 11),
        ("time >= TIMESTAMPTZ '2023-11-14 23:13:20+01:00'", 11),
        ("time > DATE '2023-11-14'", 11),
        ("time BETWEEN '2023-11-14 22:13:20.123456791' AND '2023-11-14 22:13:20.123456793'", 3),
        ("time > now() - INTERVAL '5 minutes'", 0),
        ("time < now()", 11),
        ("time < now() - INTERVAL '1 day'", 11),
        ("time > current_timestamp - INTERVAL 1 HOUR", 0),
        ("date_trunc('day', time) = '2023-11-14'", 11),
    ],
)
def test_times_just_work(server, sample, predicate, expected):
    assert server.sql(f"SELECT count(*) FROM {sample} WHERE {predicate}") == [[expected]]


def test_recent_rows_are_found_relative_to_now(server, table):
    server.write(f"{table} v=1")
    assert server.sql(f"SELECT count(*) FROM {table} WHERE time > now() - INTERVAL '5 minutes'") == [[1]]


def test_nanoseconds_pass_through_functions(server, sample):
    row = server.sql(f"SELECT min(time), max(time), count(DISTINCT time) FROM {sample}")[0]
    assert row == ["2023-11-14T22:13:20.123456789Z", "2023-11-14T22:13:20.123456799Z", 11]


def test_a_column_of_every_kind_is_null_where_missing(server, sample):
    assert server.sql(f"SELECT host, v, n, ok FROM {sample} WHERE note IS NOT NULL") == [[None, None, None, None]]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("SELEC 1", "SELEC"),
        ("SELECT nothing FROM sql_sample", "nothing"),
        ("SELECT * FROM no_such_table", "no_such_table"),
        ("SELECT no_such_function(v) FROM sql_sample", "no_such_function"),
        ("SELECT 1 FROM (", ""),
        ("", ""),
    ],
)
def test_a_mistake_is_400_and_named(server, sample, text, named):
    answer = server.try_sql(text)
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    problem = answer.json()
    assert {"type", "title", "status", "detail"} <= set(problem)
    assert problem["status"] == 400
    assert named in problem["detail"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"query": 5}', b'{"params": []}', b'"x"', b"\xff" * 100])
def test_a_body_that_is_no_query_is_400(server, body):
    answer = server.post("/api/v1/sql", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_a_large_answer_arrives_whole(server, table):
    count = 120_000
    for begin in range(0, count, 20_000):
        server.write([f"{table} v={index}i {AT + index}" for index in range(begin, begin + 20_000)])
    arrow = server.arrow(f"SELECT v FROM {table}")
    assert sorted(arrow.column("v").to_pylist()) == list(range(count))
    assert len(server.sql(f"SELECT v FROM {table}")) == count
    answer = server.try_sql(f"SELECT v FROM {table}", accept="text/csv")
    assert answer.text.count("\n") == count + 1


def test_tables_can_be_listed_and_described(server, sample):
    assert [sample] in server.sql("SELECT table_name FROM information_schema.tables")
    names = [row[0] for row in server.sql(f"DESCRIBE {sample}")]
    assert {"time", "host", "v", "n", "ok", "note"} == set(names)


def test_show_storage_accounts_for_every_byte(server):
    server.write([f"storage_sample,host=h{row % 5} v={row}.25,n={row}i {AT + row * 10**9}" for row in range(5000)])
    server.flush()
    rows = server.arrow("SHOW STORAGE").to_pylist()
    shown = [row for row in rows if row["table"] == "storage_sample"]
    assert {row["column"] for row in shown} == {"time", "v", "n", None}
    assert sum(row["rows"] for row in shown if row["column"] == "v") == 5000
    assert all(row["codec"] for row in shown if row["column"])
    assert [row["bytes"] for row in rows] == sorted((row["bytes"] for row in rows), reverse=True)
    assert sum(row["percent"] for row in rows) == pytest.approx(100)
    total = server.sql("SELECT sum(bytes)::BIGINT FROM streamflow_storage()")[0][0]
    assert total == sum(row["bytes"] for row in rows)
