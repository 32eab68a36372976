"""The process: health, metrics, documentation, start, stop, and what it refuses to start with."""

import re
import socket

import pytest
from streamflow_server import Server


def test_health_ready_and_metrics(server):
    health = server.get("/health")
    assert health.status_code == 200
    assert health.json()["name"] == "streamflow"
    assert health.json()["status"] == "pass"
    ready = server.get("/ready")
    assert (ready.status_code, ready.json()["status"]) == (200, "ready")
    metrics = server.get("/metrics")
    assert metrics.headers["Content-Type"].startswith("text/plain")
    samples = [line for line in metrics.text.splitlines() if line and not line.startswith("#")]
    assert samples
    for line in samples:
        assert re.fullmatch(r"[a-zA-Z_:][\w:]*(\{[^}]*\})? (-?[\d.eE+-]+|NaN|[+-]Inf)", line), line
    named = set(re.findall(r"^# TYPE (\S+) (?:counter|gauge|histogram|summary|untyped)$", metrics.text, re.MULTILINE))
    for line in samples:
        name = re.match(r"[\w:]+", line).group(0)
        assert name in named or re.sub(r"_(sum|count|bucket)$", "", name) in named, f"{name} has no TYPE"


def test_metrics_count_what_was_written(server, table):
    before = server.metric("streamflow_rows_written_total")
    server.write([f"{table},h=a x={index},y=1 {index}" for index in range(10)])
    assert server.metric("streamflow_rows_written_total") == before + 10


def test_every_documented_operation_answers(new_server):
    server = new_server().start()
    document = server.get("/openapi.json")
    assert document.status_code == 200
    specification = document.json()
    assert specification["openapi"].startswith("3.1")
    assert {"/api/v1/sql", "/api/v2/write", "/write", "/health", "/ready", "/metrics"} <= set(specification["paths"])
    for path, operations in specification["paths"].items():
        for method, operation in operations.items():
            if method not in ("get", "post", "delete", "put", "head"):
                continue
            address = re.sub(r"\{[^}]*\}", "sfk_none", path)
            answer = server.session.request(method, server.url + address, timeout=60)
            codes = set(operation["responses"])
            family = {f"{answer.status_code // 100}XX", str(answer.status_code), "default"}
            assert codes & family, f"{method} {path} answered {answer.status_code}, documented are {sorted(codes)}"


def test_docs_is_a_page(server):
    page = server.get("/docs")
    assert page.status_code == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert "/api/v1/sql" in page.text or "openapi.json" in page.text


def test_an_unknown_path_and_method(server):
    answer = server.get("/api/v1/nothing-here")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert server.session.put(f"{server.url}/api/v1/sql", timeout=60).status_code == 405
    assert server.session.delete(f"{server.url}/api/v2/write", timeout=60).status_code == 405


def test_every_answer_has_a_request_id(server):
    mine = server.get("/health", headers={"X-Request-Id": "abc-123"})
    assert mine.headers["X-Request-Id"] == "abc-123"
    assert server.get("/health").headers["X-Request-Id"]


def test_requests_in_pieces_and_several_on_one_connection(server, table):
    body = f"{table} v=1 1"
    head = f"POST /api/v2/write HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        for byte in (head + body).encode():
            client.sendall(bytes([byte]))
        client.sendall((head + body).encode() * 2)
        received = b""
        while received.count(b"HTTP/1.1 204") < 3:
            piece = client.recv(65536)
            assert piece, received
            received += piece


@pytest.mark.parametrize(
    "text",
    [
        b"\x00\x01\x02\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /health HTTP/1.1\r\n" + b"A: " + b"b" * 1_000_000 + b"\r\n\r\n",
        b"POST /api/v2/write HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/v2/write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /api/v2/write HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
)
def test_broken_http_ends_that_connection_only(server, text):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        try:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            answer = client.recv(65536)
        except ConnectionError:
            answer = b""
        assert answer == b"" or answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 5"), answer[:200]
    assert server.get("/health").status_code == 200


def test_stopping_is_clean_and_quick(new_server):
    server = new_server().start()
    server.write("m v=1 1")
    assert server.stop() == 0


def refused_start(server):
    server.launch()
    code = server.process.wait(timeout=60)
    assert code not in (0, -6, -11), server.log()
    return server.log()


def test_a_data_folder_serves_one_process(new_server):
    first, second = new_server().start(), new_server()
    second.folder = first.folder
    second.port = first.port + 1 if first.port < 65535 else first.port - 1
    log = refused_start(second)
    assert str(first.data_folder) in log, log
    assert first.get("/health").status_code == 200


def test_a_taken_port_is_named(new_server):
    first, second = new_server().start(), new_server()
    second.port = first.port
    assert str(first.port) in refused_start(second)


@pytest.mark.parametrize(
    ("config", "named"),
    [
        ("memtable:\n  flush_bytez: 1MiB\n", ["streamflow.yaml:2", "flush_bytez", "flush_bytes"]),
        ("http_port: many\n", ["streamflow.yaml:1", "http_port", "many"]),
        ("query:\n  timeout: 5 parsecs\n", ["streamflow.yaml:2", "timeout", "5 parsecs"]),
        ("host: [1\n", ["streamflow.yaml"]),
    ],
)
def test_a_mistake_in_the_configuration_is_named_with_its_line(new_server, config, named):
    log = refused_start(new_server(config=config))
    for text in named:
        assert text in log, log


def test_a_missing_configuration_file_is_named(tmp_path):
    server = Server(tmp_path, arguments=["--config", tmp_path / "none.yaml"])
    assert "none.yaml" in refused_start(server)
