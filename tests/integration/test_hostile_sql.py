"""SQL that wants out, or wants everything: refused or stopped, and the server is none the worse."""

import socket
import threading
import time

import pytest
import requests
from streamflow_server import Server, eventually

RSS_GROWTH_BYTES_MAX = 64 << 20
CONFIG = """
query:
  timeout: 5s
"""


@pytest.fixture(scope="module")
def victim(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("victim"), config=CONFIG).start()
    server.write([f"m,host=h{index % 5} v={index} {index + 1}" for index in range(1000)])
    server.sql("SELECT count(*) FROM m, range(100000)")  # thread pools and caches are there before anything is measured
    (server.folder / "secret.csv").write_text("password\nhunter2\n")
    yield server
    assert server.is_alive(), server.log()[-4000:]
    assert server.stop() == 0


REFUSED = [
    # Files
    "SELECT * FROM '{folder}/secret.csv'",
    "SELECT * FROM read_csv('{folder}/secret.csv')",
    "SELECT * FROM read_csv_auto('{folder}/secret.csv')",
    "SELECT * FROM read_text('{folder}/secret.csv')",
    "SELECT * FROM read_blob('{folder}/secret.csv')",
    "SELECT * FROM read_json('{folder}/secret.csv')",
    "SELECT * FROM read_parquet('{folder}/*')",
    "SELECT * FROM parquet_metadata('{folder}/x')",
    "SELECT * FROM sniff_csv('{folder}/secret.csv')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT (SELECT content FROM read_text('{folder}/secret.csv'))",
    "WITH c AS (FROM read_text('/etc/passwd')) SELECT * FROM c",
    "COPY m TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{folder}/out.parquet' (FORMAT parquet)",
    "COPY m FROM '{folder}/secret.csv'",
    "EXPORT DATABASE '{folder}/export'",
    "IMPORT DATABASE '{folder}/export'",
    "SELECT getenv('HOME')",
    # Network
    "SELECT * FROM 'http://127.0.0.1:1/x.csv'",
    "SELECT * FROM read_csv('https://127.0.0.1:1/x.csv')",
    "SELECT * FROM 's3://bucket/x.parquet'",
    # Other databases and extensions
    "ATTACH '{folder}/other.db'",
    "ATTACH ':memory:' AS other",
    "DETACH memory",
    "USE memory",
    "INSTALL httpfs",
    "FORCE INSTALL httpfs FROM 'http://127.0.0.1:1'",
    "LOAD httpfs",
    "LOAD '{folder}/evil.so'",
    "UPDATE EXTENSIONS",
    "CREATE SECRET s (TYPE s3)",
    # Settings
    "SET memory_limit = '100GB'",
    "SET GLOBAL threads = 64",
    "SET enable_external_access = true",
    "SET lock_configuration = false",
    "SET TimeZone = 'Asia/Tokyo'",
    "RESET ALL",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "PRAGMA threads = 64",
    "CALL enable_logging(storage = 'file', storage_config = {{'path': '{folder}/log'}})",
    "CALL pragma_version()",
    # Changes
    "CREATE TABLE x (i INT)",
    "CREATE TEMP TABLE x AS SELECT 1",
    "CREATE VIEW x AS SELECT 1",
    "CREATE MACRO x() AS 1",
    "CREATE SCHEMA x",
    "CREATE TYPE x AS ENUM ('a')",
    "CREATE SEQUENCE x",
    "INSERT INTO m VALUES (1)",
    "UPDATE m SET v = 0",
    "DELETE FROM m",
    "TRUNCATE m",
    "DROP TABLE m",
    "ALTER TABLE m ADD COLUMN x INT",
    "VACUUM",
    "CHECKPOINT",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DEALLOCATE p",
    # More than one
    "SELECT 1; DROP TABLE m",
    "SELECT 1; SELECT 2",
    "EXPLAIN ANALYZE DELETE FROM m",
    "EXPLAIN COPY m TO '{folder}/out.csv'",
    "SELECT * FROM query('DROP TABLE m')",
    "SELECT * FROM query_table('{folder}/secret.csv')",
]


@pytest.mark.parametrize("text", REFUSED)
def test_refused(victim, text):
    answer = victim.try_sql(text.format(folder=victim.folder))
    assert 400 <= answer.status_code < 500, f"{answer.status_code}: {answer.text[:300]}"
    assert "hunter2" not in answer.text
    assert "root:" not in answer.text
    assert not list(victim.folder.glob("out*")) and not (victim.folder / "export").exists()
    assert not (victim.folder / "other.db").exists()
    assert victim.sql("SELECT count(*) FROM m") == [[1000]]


STOPPED = [
    "SELECT len(range(300000000))",
    "SELECT len(generate_series(1, 300000000))",
    "SELECT length(repeat('x', 1000000000))",
    "SELECT length(lpad('x', 1000000000, 'y'))",
    "SELECT length(rpad('x', 1000000000, 'y'))",
    "SELECT len(list_resize([1], 1000000000))",
    "SELECT levenshtein(repeat('ab', 100000), repeat('ba', 100000))",
    "SELECT len(list_sort(range(30000000)))",
    "SELECT count(*) FROM range(1000000) a, range(1000000) b",
    "SELECT count(*) FROM m a, m b, m c, m d WHERE a.v + b.v < c.v * d.v",
    "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT max(i) FROM r",
    "SELECT " + "+".join(["1"] * 5000),
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "SELECT * FROM " + "(SELECT * FROM " * 1000 + "m" + ")" * 1000,
    "SELECT count(*) FROM m WHERE " + " OR ".join(f"v = {index}" for index in range(20000)),
    "SELECT '" + "x" * 10_000_000 + "'",
    "SELECT sum(hash(a.range::VARCHAR || b.range)) FROM range(100000) a, range(100000) b",
    "SELECT list(range) FROM range(2000000000)",
    "SELECT string_agg(repeat('x', 1000), '') FROM range(100000000)",
]


@pytest.mark.parametrize("index", range(len(STOPPED)))
def test_stopped_and_memory_given_back(victim, index):
    text = STOPPED[index]
    before = victim.resident_bytes()
    peak, over = [before], threading.Event()

    def watch():
        while not over.wait(0.02):
            peak.append(victim.resident_bytes())

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.monotonic()
    try:
        answer = victim.try_sql(text)
    finally:
        over.set()
        watcher.join()
    took = time.monotonic() - began
    print(f"{text[:70]}: {answer.status_code} after {took:.2f} s, peak +{(max(peak) - before) >> 20} MiB")
    if answer.status_code != 200:  # answering it cheaply is as good as refusing it
        assert answer.status_code in (400, 403, 408, 413, 422, 503, 504, 507), (
            f"{answer.status_code}: {answer.text[:300]}"
        )
        assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert took < 60, "neither refused nor stopped by the timeout of 5 s"
    eventually(lambda: victim.resident_bytes() - before < RSS_GROWTH_BYTES_MAX)
    assert victim.sql("SELECT count(*) FROM m") == [[1000]]
    assert victim.get("/health").status_code == 200


SLOW = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3"


def test_the_timeout_stops_a_query_and_says_so(victim):
    answer = victim.try_sql(SLOW)
    assert answer.status_code in (408, 503, 504), answer.text
    assert "time" in answer.json()["detail"]


def running_queries(server):
    return server.metric("streamflow_queries_running")


def test_a_client_that_goes_away_cancels_its_query(new_server):
    server = new_server().start()  # the default timeout of 30 s: only the disconnect can end the query sooner
    assert running_queries(server) == 0
    body = f'{{"query": "{SLOW}"}}'.encode()
    head = "POST /api/v1/sql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(head.encode() + body)
    eventually(lambda: running_queries(server) == 1)
    client.close()
    began = time.monotonic()
    eventually(lambda: running_queries(server) == 0, seconds=25)
    print(f"cancelled after {time.monotonic() - began:.3f} s")
    assert server.metric("streamflow_queries_cancelled_total") == 1


def test_hostile_queries_do_not_disturb_others(victim):
    url = f"{victim.url}/api/v1/sql"
    threads = [threading.Thread(target=requests.post, args=(url,), kwargs={"json": {"query": SLOW}}) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        assert victim.sql("SELECT count(*) FROM m") == [[1000]]
        assert victim.try_write("other v=1").status_code == 204
    for thread in threads:
        thread.join()
