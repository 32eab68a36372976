"""Writers that never stop, and know exactly what was sent and what was acknowledged.

Every row has an id of its own: writers count up, a request takes the next few ids, and `twin` is computed from the id,
so that a row that was never sent, or was torn apart, is recognised. Each request writes the same ids to two tables.
Half of the writers use tables that merge duplicates, half tables that keep them: there a row replayed twice would show.
"""

import dataclasses
import random
import threading

import requests

SURFACES = {  # path and tables
    "merge": ("/api/v2/write?precision=ns", ("merge_a", "merge_b")),
    "keep": ("/api/v1/write?duplicates=keep", ("keep_a", "keep_b")),
}
TWIN_FACTOR, TWIN_OFFSET = 7919, 3
BASE_TIME = 1_700_000_000_000_000_000
LINES_MAX = 200


def twin_of(row_id):
    return row_id * TWIN_FACTOR + TWIN_OFFSET


def lines_of(writer, tables, ids):
    return "\n".join(
        f"{table},writer={writer} id={row_id}i,twin={twin_of(row_id)}i {BASE_TIME + row_id * 1_000_001}"
        for table in tables
        for row_id in ids
    )


def flush_until_gone(url):
    with requests.Session() as session:
        try:
            while True:
                session.post(f"{url}/api/v1/flush", timeout=60)
        except requests.RequestException:
            return


@dataclasses.dataclass
class Writer:
    """One client. Ids below `next_id` were sent at some time; `acknowledged` and `open` are this round's."""

    name: str
    duplicates: str
    random: random.Random
    next_id: int = 0
    acknowledged: set = dataclasses.field(default_factory=set)
    unanswered: set = dataclasses.field(default_factory=set)

    @property
    def tables(self):
        return SURFACES[self.duplicates][1]

    def run(self, url, on_acknowledged):
        """Writes until the server is gone."""
        self.acknowledged, self.unanswered = set(), set()
        with requests.Session() as session:
            while True:
                ids = range(self.next_id, self.next_id + self.random.choice([1, 5, 50, LINES_MAX]))
                self.next_id = ids.stop
                self.unanswered.update(ids)
                try:
                    body = lines_of(self.name, self.tables, ids).encode()
                    answer = session.post(url + SURFACES[self.duplicates][0], data=body, timeout=60)
                except requests.RequestException:
                    return
                if answer.ok:
                    self.unanswered.difference_update(ids)
                    self.acknowledged.update(ids)
                    on_acknowledged()
                elif answer.status_code not in (429, 503):
                    raise AssertionError(f"{answer.status_code}: {answer.text}")


class Load:
    """All writers of one round, and a gate that opens after a number of acknowledged requests."""

    def __init__(self, writers, url, *, flushing):
        self.count, self.changed, self.problems = 0, threading.Condition(), []
        self.threads = [threading.Thread(target=self._run, args=(writer, url)) for writer in writers]
        if flushing:
            self.threads.append(threading.Thread(target=flush_until_gone, args=(url,)))
        for thread in self.threads:
            thread.start()

    def _run(self, writer, url):
        try:
            writer.run(url, self._acknowledged)
        except Exception as problem:  # reported by join()
            self.problems.append(f"{writer.name}: {problem!r}")
            self._acknowledged()

    def _acknowledged(self):
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def wait_for(self, request_count):
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= request_count or self.problems, timeout=60), (
                "no progress"
            )

    def join(self):
        for thread in self.threads:
            thread.join(timeout=90)
        assert not self.problems, self.problems
