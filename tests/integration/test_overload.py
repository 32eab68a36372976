"""Overload is said in the code that makes each client send the batch again, and what was acknowledged stays."""

import threading

import requests
from streamflow_server import eventually

AT = 1_700_000_000_000_000_000
# No disk has this much free space, so every write meets a full disk.
FULL_DISK = "disk:\n  free_bytes_min: 1000000GiB\n"
SMALL_MEMORY = "memtable:\n  bytes_max: 16MiB\n  flush_bytes: 1GiB\n  flush_age: 1d\n"


def assert_retry_after(answer):
    assert answer.headers["Retry-After"].isdigit(), answer.headers
    assert 1 <= int(answer.headers["Retry-After"]) <= 600


def test_a_full_disk_makes_version_1_clients_retry(new_server):
    server = new_server(config=FULL_DISK).start()
    answer = server.post("/write?db=default", data=f"m v=1 {AT}")
    assert answer.status_code == 503, answer.text
    assert "error" in answer.json()
    assert_retry_after(answer)


def test_a_full_disk_makes_version_2_clients_retry(new_server):
    server = new_server(config=FULL_DISK).start()
    answer = server.try_write(f"m v=1 {AT}")
    assert answer.status_code in (429, 503), answer.text
    assert answer.json()["code"] in ("too many requests", "unavailable")
    assert_retry_after(answer)


def test_a_full_disk_still_reads(new_server):
    server = new_server().start()
    server.write(f"m v=1 {AT}")
    server.stop()
    server.config = FULL_DISK
    server.start()
    assert server.try_write(f"m v=2 {AT}").status_code in (429, 503)
    assert server.sql("SELECT v FROM m") == [[1]]


class Storm:
    """Clients that write large bodies as fast as they can, and count what was acknowledged."""

    def __init__(self, server, clients, requests_each, rows_each):
        self.server, self.requests_each, self.rows_each = server, requests_each, rows_each
        self.acknowledged, self.refused, self.lock = 0, [], threading.Lock()
        threads = [threading.Thread(target=self.run, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def run(self, client):
        with requests.Session() as session:
            for number in range(self.requests_each):
                begin = number * self.rows_each
                rows = range(begin, begin + self.rows_each)
                body = "\n".join(f"m,client=c{client} a={row}i,b={row}.5,c={row}i {AT + row}" for row in rows)
                answer = session.post(f"{self.server.url}/api/v2/write", data=body.encode(), timeout=120)
                with self.lock:
                    if answer.status_code == 204:
                        self.acknowledged += len(rows)
                    else:
                        self.refused.append(answer)


def test_a_small_memory_refuses_what_it_cannot_hold_and_resumes_by_itself(new_server):
    server = new_server(config=SMALL_MEMORY).start()
    before = server.resident_bytes()
    storm = Storm(server, clients=6, requests_each=12, rows_each=20_000)
    assert server.resident_bytes() - before < 512 << 20
    for answer in storm.refused:
        assert answer.status_code in (429, 503), answer.text
        assert_retry_after(answer)
    print(f"{storm.acknowledged} rows acknowledged, {len(storm.refused)} requests refused")
    eventually(lambda: server.try_write(f"m,client=after a=1i {AT}").status_code == 204)
    stored = server.sql("SELECT count(*) FROM m WHERE client != 'after'")[0][0]
    assert stored >= storm.acknowledged
    if not storm.refused:
        assert stored == storm.acknowledged
