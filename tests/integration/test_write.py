"""Writes as InfluxDB clients send them: acknowledged, kept to the nanosecond, refused in the shape clients parse."""

import gzip
import json
import subprocess
import zlib

import pytest

AT = 1_700_000_000_123_456_789
AT_TEXT = "2023-11-14T22:13:20.123456789Z"


def nanoseconds(server, table):
    return [row[0] for row in server.sql(f"SELECT epoch_ns(time) FROM {table} ORDER BY time")]


def test_curl_and_the_command_line_show_the_row_to_the_nanosecond(new_server):
    server = new_server().start()
    line = f"cpu,host=a usage=42.5 {AT}"
    command = ["curl", "-sS", "-o", "-", "-w", "%{http_code}", "--data-binary", line]
    answer = subprocess.run(
        [*command, f"{server.url}/api/v2/write?precision=ns"], capture_output=True, text=True, timeout=60
    )
    assert answer.stdout == "204", answer
    shown = server.command("sql", "--url", server.url, "-c", "SELECT * FROM cpu")
    assert shown.returncode == 0, shown
    for text in ("host", "usage", "time", "42.5", ".123456789"):
        assert text in shown.stdout, shown.stdout


@pytest.mark.parametrize(
    ("precision", "divisor"), [("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000), ("", 1)]
)
def test_precision(server, table, precision, divisor):
    query = f"?precision={precision}" if precision else ""
    answer = server.post(f"/api/v2/write{query}", data=f"{table} v=1 {AT // divisor}")
    assert answer.status_code == 204, answer.text
    assert nanoseconds(server, table) == [AT // divisor * divisor]


@pytest.mark.parametrize(
    ("precision", "unit"),
    [("n", 1), ("ns", 1), ("u", 10**3), ("ms", 10**6), ("s", 10**9), ("m", 60 * 10**9), ("h", 3600 * 10**9), ("", 1)],
)
def test_precision_of_version_1(server, table, precision, unit):
    query = f"&precision={precision}" if precision else ""
    answer = server.post(f"/write?db=default{query}", data=f"{table} v=1 {AT // unit}")
    assert (answer.status_code, answer.text) == (204, "")
    assert nanoseconds(server, table) == [AT // unit * unit]


def test_unknown_precision_is_refused_by_name(server, table):
    answer = server.try_write(f"{table} v=1", precision="fortnight")
    assert answer.status_code == 400
    assert "fortnight" in answer.json()["message"]


def test_a_line_without_time_gets_the_servers(server, table):
    server.write(f"{table} v=1")
    age = "SELECT abs(epoch(now()) - epoch(time)) < 300 FROM "
    assert server.sql(age + table) == [[True]]


ENCODINGS = {"gzip": gzip.compress, "deflate": zlib.compress}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("path", ["/api/v2/write", "/write?db=default"])
def test_compressed_bodies(server, table, encoding, path):
    body = "\n".join(f"{table},host=h{index % 7} v={index}i {AT + index}" for index in range(5000)).encode()
    answer = server.post(path, data=ENCODINGS[encoding](body), headers={"Content-Encoding": encoding})
    assert answer.status_code == 204, answer.text
    assert server.sql(f"SELECT count(*), sum(v)::BIGINT FROM {table}") == [[5000, 5000 * 4999 // 2]]


def test_a_torn_gzip_body_stores_nothing(server, table):
    body = gzip.compress(f"{table} v=1 {AT}\n".encode() * 2000)
    answer = server.post("/api/v2/write", data=body[:-20], headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 400, answer.text
    assert server.try_sql(f"SELECT * FROM {table}").status_code == 400, "the table was made"


def test_an_unknown_encoding_is_refused(server, table):
    answer = server.post("/api/v2/write", data=f"{table} v=1", headers={"Content-Encoding": "zebra"})
    assert answer.status_code in (400, 415), answer.text
    assert "zebra" in answer.text


def test_every_field_type_keeps_its_value(server, table):
    values = 'f=-1.5e-7,i=-9223372036854775808i,u=18446744073709551615u,t=T,n=false,s="a \\"b\\" \\\\ , = é"'
    server.write(f"{table},a\\ b=c\\,d\\=e {values} {AT}")
    table_ = server.arrow(f'SELECT f, i, u, t, n, s, "a b" FROM {table}')
    row = [column.to_pylist()[0] for column in table_.columns]
    assert row == [-1.5e-7, -(2**63), 2**64 - 1, True, False, 'a "b" \\ , = é', "c,d=e"]


def test_the_second_write_of_a_point_merges_field_by_field(server, table):
    server.write([f"{table},host=a x=1,y=2 {AT}", f"{table},host=a y=3,z=4 {AT}"])
    server.write(f"{table},host=a z=5 {AT}")
    assert server.sql(f"SELECT x, y, z FROM {table}") == [[1, 3, 5]]
    server.flush()
    server.write(f"{table},host=a x=6 {AT}")
    assert server.sql(f"SELECT x, y, z FROM {table}") == [[6, 3, 5]]


MALFORMED = {
    "no field value": "{t},host=b v=",
    "no fields": "{t},host=b",
    "bad number": "{t},host=b v=12x3 1",
    "bad time": "{t},host=b v=1 yesterday",
    "time out of range": "{t},host=b v=1 99999999999999999999",
    "open string": '{t},host=b v="abc 1',
    "NaN": "{t},host=b v=NaN 1",
    "integer out of range": "{t},host=b v=9223372036854775808i 1",
    "no measurement": ",host=b v=1 1",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_good_lines_are_kept_and_the_bad_one_is_named(server, table, name):
    bad = MALFORMED[name].format(t=table)
    answer = server.try_write([f"{table},host=a v=1 {AT}", "# a comment", bad, f"{table},host=c v=3 {AT}"])
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["code"] == "invalid"
    assert problem["line"] == 3
    assert "partial write" in problem["message"]
    assert "3" in problem["message"]
    assert server.sql(f"SELECT host, v FROM {table} ORDER BY host") == [["a", 1], ["c", 3]]


def test_version_1_says_unable_to_parse(server, table):
    bad = f"{table},host=b v="
    answer = server.post("/write?db=default", data=f"{table},host=a v=1 {AT}\n{bad}\n")
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/json")
    error = answer.json()["error"]
    assert error.startswith("unable to parse") or "partial write: unable to parse" in error, error
    assert bad in error
    assert server.sql(f"SELECT host, v FROM {table}") == [["a", 1]]


def test_a_field_of_another_type_is_refused_with_both_types(server, table):
    server.write(f"{table},host=a v=1i {AT}")
    lines = [f"{table},host=b v=2i {AT}", f"{table},host=c v=2.5 {AT}"]
    answer = server.try_write(lines)
    assert answer.status_code in (400, 422), answer.text
    message = answer.json()["message"]
    for text in ("partial write", '"v"' if '"v"' in message else "v", table, "int64", "float64"):
        assert text in message, message
    assert server.sql(f"SELECT host, v FROM {table} ORDER BY host") == [["a", 1], ["b", 2]]


def test_version_1_says_field_type_conflict_and_dropped(server, table):
    server.write(f"{table},host=a v=1i {AT}")
    answer = server.post("/write?db=default", data=f'{table},host=b v="x" {AT}\n{table},host=c v=3i {AT}')
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert "partial write: field type conflict" in error, error
    assert "dropped=1" in error, error
    assert server.sql(f"SELECT host FROM {table} ORDER BY host") == [["a"], ["c"]]


def test_a_name_cannot_be_tag_and_field(server, table):
    server.write(f"{table},host=a v=1 {AT}")
    answer = server.try_write(f"{table} host=5 {AT}")
    assert answer.status_code in (400, 422)
    assert "host" in answer.json()["message"]


def test_an_empty_body_is_accepted_or_named(server):
    for path in ("/api/v2/write", "/write?db=default"):
        answer = server.post(path, data=b"")
        assert answer.status_code in (204, 400), answer.text


LIMIT_BYTES = 1 << 20
LIMIT_CONFIG = "http:\n  body_bytes_max: 1MiB\n"


def test_413_in_each_protocols_shape(new_server):
    server = new_server(config=LIMIT_CONFIG).start()
    large = "\n".join(f"m v={index} {AT + index}" for index in range(60_000)).encode()
    small = gzip.compress(large)
    assert len(small) < LIMIT_BYTES < len(large)
    for body, headers in ((large, {}), (small, {"Content-Encoding": "gzip"})):
        two = server.post("/api/v2/write", data=body, headers=headers)
        assert two.status_code == 413
        assert two.json()["code"] == "request too large"
        one = server.post("/write?db=default", data=body, headers=headers)
        assert one.status_code == 413
        assert "error" in one.json()
    server.write(f"m v=1 {AT}")
    assert server.sql("SELECT count(*) FROM m") == [[1]]


def test_a_decompression_bomb_is_stopped(new_server):
    server = new_server(config=LIMIT_CONFIG).start()
    bomb = gzip.compress(b"m v=1\n" * 50_000_000, compresslevel=9)
    assert len(bomb) < LIMIT_BYTES
    before = server.resident_bytes()
    answer = server.post("/api/v2/write", data=bomb, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 413, answer.text
    assert server.resident_bytes() - before < 64 << 20


def test_a_new_database_or_bucket_is_a_project_of_its_own(server, table):
    assert server.post("/write?db=elsewhere", data=f"{table} v=1").status_code == 204
    assert server.post("/api/v2/write?bucket=elsewhere", data=f"{table} v=2").status_code == 204
    assert server.try_sql(f'SELECT * FROM "{table}"').status_code == 400, "it must not be in the default project"
    names = server.post("/query?q=SHOW DATABASES").json()["results"][0]["series"][0]["values"]
    assert ["elsewhere"] in names


def test_what_was_acknowledged_survives_a_restart(new_server):
    server = new_server().start()
    server.write([f"m,host=h{index} v={index}i {AT + index}" for index in range(100)])
    server.flush()
    server.write([f"m,host=h{index} v={index}i {AT + index}" for index in range(100, 150)])
    expected = server.sql("SELECT host, v, time FROM m ORDER BY time")
    assert len(expected) == 150
    assert server.stop() == 0
    server.start()
    assert server.sql("SELECT host, v, time FROM m ORDER BY time") == expected
    server.kill()
    server.start()
    assert server.sql("SELECT host, v, time FROM m ORDER BY time") == expected


def test_errors_are_json_for_clients_that_treat_anything_else_as_their_own_failure(server):
    for path in ("/write?db=default", "/api/v2/write"):
        answer = server.post(path, data=b"\xff\xfe broken")
        assert answer.status_code == 400
        json.loads(answer.text)
