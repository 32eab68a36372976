"""A write endpoint that fails as it is told, with the rule of idempotency keys that the real server has.

Tests of the retry machinery need faults at chosen moments, which a real server does not have on demand; that the rule
is the real one is checked by tests/integration/test_sdk_writer.py.
"""

import collections
import http.server
import json
import socket
import threading

FAULTS = ("store", "refuse 429", "refuse 503", "fail 500", "drop before", "drop after", "half an answer", "forbid 403")


class ScriptedServer:
    """`next_fault()` names what happens to the next write; threads: the handler's."""

    def __init__(self, next_fault=lambda: "store"):
        self.next_fault = next_fault
        self.stored = collections.Counter()  # line -> how often
        self.order = []
        self.keys = []
        self.highest = {}
        self.lock = threading.Lock()
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with owner.lock:
                    owner.answer(self, body)

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.thread = threading.Thread(target=lambda: self.http.serve_forever(poll_interval=0.01), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.http.server_address[1]}"

    def answer(self, handler, body):
        fault = self.next_fault()
        self.keys.append(handler.headers["Idempotency-Key"])
        if handler.path.startswith("/api/v1/write/arrow"):
            self.send(handler, 404, {"status": 404, "detail": "no such route"})
        elif fault in ("refuse 429", "refuse 503", "fail 500", "forbid 403"):
            self.send(handler, int(fault[-3:]), {"detail": fault}, {"Retry-After": "0"})
        elif fault == "drop before":
            self.drop(handler)
        else:
            rows, duplicate = self.store(handler.headers["Idempotency-Key"], body)
            if fault == "store":
                answer = {"rows": rows, "points": rows, "rejected_count": 0, "rejected": []}
                self.send(handler, 200, answer | {"duplicate": duplicate, "position": "0=1"})
                return
            if fault == "half an answer":
                handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{")
            self.drop(handler)

    def store(self, key, body):
        producer, epoch, sequence = key.rsplit("/", 2)
        at = (int(epoch), int(sequence))
        if at <= self.highest.get(producer, (0, 0)):
            return 0, True
        self.highest[producer] = at
        lines = body.decode().split("\n")
        self.stored.update(lines)
        self.order += lines
        return len(lines), False

    def send(self, handler, status, answer, headers=None):
        data = json.dumps(answer).encode()
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    def drop(self, handler):
        handler.close_connection = True
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
