"""INSERT through the real server: what was inserted is there, durable, and only for those who may write."""

import re

import pytest

AT = 1_704_067_200_000_000_000


@pytest.fixture
def filled(server, table):
    server.write([f"{table},host=a v=1,n=1i {AT}"])
    return table


def test_rows_are_there_and_counted(server, filled):
    assert server.sql(
        f"INSERT INTO {filled} (time, host, v) VALUES ('2024-01-02', 'b', 2), ('2024-01-03', NULL, 3)"
    ) == [[2]]
    assert server.sql(f"SELECT host, v, n FROM {filled} ORDER BY time") == [
        ["a", 1, 1],
        ["b", 2, None],
        [None, 3, None],
    ]
    server.flush()
    assert server.sql(f"SELECT sum(v) FROM {filled}") == [[6]]


def test_a_query_may_feed_it(server, filled):
    server.sql(f"INSERT INTO {filled} (time, host, v) SELECT make_timestamp_ns(range), 'x', range FROM range(5000)")
    later = f"SELECT time + INTERVAL '1 day', host, avg(v), NULL FROM {filled} WHERE host = 'x' GROUP BY ALL"
    assert server.sql(f"INSERT INTO {filled} {later}") == [[5000]]
    assert server.sql(f"SELECT count(*), sum(v)::BIGINT FROM {filled} WHERE host = 'x'") == [[10000, 2 * 12497500]]


def test_a_row_of_the_same_series_and_time_merges(server, filled):
    server.sql(f"INSERT INTO {filled} (time, host, v) VALUES (make_timestamp_ns({AT}), 'a', 9)")
    assert server.sql(f"SELECT host, v, n FROM {filled}") == [["a", 9, 1]]


def test_one_bad_row_keeps_all_out(server, filled):
    for values in ("(now(), 1), (NULL, 2)", "(now(), 1), ('yesterday', 2)", "(now(), 1), (now(), 'x')"):
        answer = server.try_sql(f"INSERT INTO {filled} (time, v) VALUES {values}")
        assert answer.status_code == 400, answer.text
    assert server.sql(f"SELECT count(*) FROM {filled}") == [[1]]


def test_parameters_are_values(server, filled):
    assert server.sql(f"INSERT INTO {filled} (time, host, v) VALUES (?, ?, ?)", ["2024-02-01", "p'); --", 5]) == [[1]]
    assert server.sql(f"SELECT v FROM {filled} WHERE host = ?", ["p'); --"]) == [[5]]


def test_get_never_writes(server, filled):
    answer = server.get("/api/v1/sql", params={"query": f"INSERT INTO {filled} (time, v) VALUES (now(), 1)"})
    assert answer.status_code == 403, answer.text
    assert server.sql(f"SELECT count(*) FROM {filled}") == [[1]]


def test_it_survives_a_kill(new_server):
    server = new_server().start()
    server.write([f"t v=1 {AT}"])
    assert server.sql("INSERT INTO t SELECT make_timestamp_ns(range), range FROM range(3000)") == [[3000]]
    server.kill()
    server.start()
    assert server.sql("SELECT count(*) FROM t") == [[3001]]


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("writer", 403), ("editor", 200)])
def test_it_needs_the_right_to_write_and_to_read(new_server, role, status):
    server = new_server().start()
    server.write([f"t v=1 {AT}"])
    made = server.post("/api/v1/keys", json={"name": role, "role": role})
    assert made.status_code in (200, 201), made.text
    server.token = re.search(r"sfk_[a-z2-7]{12}_[A-Za-z0-9_-]+", made.text).group(0)
    answer = server.try_sql("INSERT INTO t (time, v) VALUES (now(), 2)")
    assert answer.status_code == status, answer.text
