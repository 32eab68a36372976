"""The batching writer against a server that fails in every way: nothing is lost, nothing is doubled, order is kept."""

import asyncio
import collections
import random
import threading

import pytest
import streamflow
from scripted_server import FAULTS, ScriptedServer
from streamflow import RetryPolicy
from streamflow.writer import queue, spool

AT_ONCE = RetryPolicy(base_seconds=0.0005, seconds_max=0.002)


def connected(server, **options):
    policy = RetryPolicy(attempts=40, base_seconds=0.0005, seconds_max=0.002)
    return streamflow.connect(server.url, retry=policy, **options)


def seeded_faults(seed, share=0.5):
    source = random.Random(seed)
    return lambda: source.choice(FAULTS) if source.random() < share else "store"


def line(number):
    return f"t v={number}i {number}"


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("with_spool", [False, True])
def test_every_row_arrives_once_and_in_order(seed, with_spool, tmp_path):
    errors = []
    with ScriptedServer(seeded_faults(seed)) as server, connected(server) as db:
        options = {"spool": tmp_path / "spool", "spool_sync": False} if with_spool else {}
        with db.writer(max_rows=7, interval=0.001, retry=AT_ONCE, on_error=errors.append, **options) as writer:
            for number in range(300):
                writer.write("t", {"time": number, "v": number})
            writer.flush(timeout=60)
            assert writer.statistics.delivered_rows == 300
        assert server.order == [line(number) for number in range(300)]
        assert len(errors) == writer.statistics.failed_attempts > 0


@pytest.mark.parametrize("seed", range(3))
def test_writes_of_many_threads_count_once(seed):
    with ScriptedServer(seeded_faults(seed)) as server, connected(server) as db:
        with db.writer(max_rows=10, interval=0.001, retry=AT_ONCE, on_error=lambda error: None) as writer:

            def work(thread):
                for number in range(50):
                    writer.write("t", {"time": thread * 1000 + number, "v": 1})
                    if number % 20 == 0:
                        writer.flush(timeout=60)

            threads = [threading.Thread(target=work, args=(thread,)) for thread in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert len(server.stored) == 200
        assert set(server.stored.values()) == {1}


@pytest.mark.parametrize("seed", range(4))
def test_plain_writes_are_tried_again_and_count_once(seed):
    faults = seeded_faults(seed)
    transient = [fault for fault in FAULTS if fault not in ("fail 500", "forbid 403")]

    def next_fault():
        fault = faults()
        return fault if fault in transient else "store"

    with ScriptedServer(next_fault) as server, connected(server) as db:
        for number in range(40):
            db.write("t", {"time": number, "v": number})
        assert server.order == [line(number) for number in range(40)]


def test_concurrent_plain_writes_use_streams_of_their_own():
    with ScriptedServer() as server:

        async def run():
            async with streamflow.connect_async(server.url) as db:
                await asyncio.gather(*(db.write("t", {"time": number, "v": 1}) for number in range(50)))

        asyncio.run(run())
        assert set(server.stored.values()) == {1}
        assert len(server.stored) == 50
        by_producer = collections.defaultdict(list)
        for key in server.keys:
            producer, _, sequence = key.rsplit("/", 2)
            by_producer[producer].append(int(sequence))
        assert all(sequences == sorted(sequences) for sequences in by_producer.values())


def test_an_invalid_key_keeps_the_rows_until_it_is_valid():
    faults = iter(["forbid 403"] * 3)
    with ScriptedServer(lambda: next(faults, "store")) as server, connected(server) as db:
        seen = []
        with db.writer(retry=AT_ONCE, on_error=seen.append) as writer:
            writer.write("t", {"time": 1, "v": 1})
            writer.flush(timeout=30)
        assert [type(error) for error in seen] == [streamflow.ForbiddenError] * 3
        assert server.order == [line(1)]


def away():
    """The address of nobody."""
    with ScriptedServer() as server:
        return server.url


def test_overflow_raises_and_takes_none_of_the_rows():
    with streamflow.connect(away()) as db:
        writer = db.writer(max_rows=2, queue_bytes=100, overflow="raise", retry=AT_ONCE, on_error=lambda error: None)
        writer.write("t", [{"time": number, "v": number} for number in range(4)])
        with pytest.raises(streamflow.QueueFullError, match="of 100 bytes wait"):
            writer.write("t", [{"time": number, "v": number} for number in range(10)])
        assert writer.statistics.accepted_rows == writer.statistics.waiting_rows == 4
        writer.close(timeout=0)
        assert writer.statistics.dropped_rows == 4


def test_overflow_drops_but_not_silently():
    with streamflow.connect(away()) as db:
        lost = []
        writer = db.writer(max_rows=2, queue_bytes=100, overflow="drop", retry=AT_ONCE, on_error=lost.append)
        for number in range(100):
            writer.write("t", {"time": number, "v": number})
        writer.close(timeout=0)
        numbers = writer.statistics
        assert numbers.accepted_rows == numbers.dropped_rows == 100
        assert sum(error.rows for error in lost if isinstance(error, streamflow.RowsDroppedError)) == 100


def test_overflow_blocks_until_there_is_room():
    gate = threading.Event()

    def next_fault():
        return "store" if gate.is_set() else "refuse 503"

    with ScriptedServer(next_fault) as server, connected(server) as db:
        with db.writer(max_rows=2, queue_bytes=60, retry=AT_ONCE, on_error=lambda error: None) as writer:
            done = threading.Event()

            def work():
                writer.write("t", [{"time": number, "v": number} for number in range(100)])
                done.set()

            thread = threading.Thread(target=work)
            thread.start()
            while writer.statistics.failed_attempts < 5:
                pass
            assert not done.is_set()
            assert writer.statistics.waiting_bytes <= 60
            gate.set()
            thread.join(30)
            assert done.is_set()
        assert server.order == [line(number) for number in range(100)]


def test_async_writer():
    with ScriptedServer(seeded_faults(5)) as server:

        async def run():
            async with streamflow.connect_async(server.url) as db:
                async with db.writer(max_rows=5, queue_bytes=200, retry=AT_ONCE, on_error=lambda error: None) as writer:
                    for number in range(100):
                        await writer.write("t", {"time": number, "v": number})
                    await writer.flush(timeout=60)
                    assert writer.statistics.delivered_rows == 100

        asyncio.run(run())
        assert server.order == [line(number) for number in range(100)]


def test_lost_rows_are_raised_by_flush_without_a_callback():
    with streamflow.connect(away()) as db:
        writer = db.writer(retry=AT_ONCE)
        writer.write("t", {"v": 1})
        with pytest.raises(streamflow.TimeoutError, match="1 rows"):
            writer.flush(timeout=0.05)
        with pytest.raises(streamflow.RowsDroppedError, match="before 1 rows"):
            writer.close(timeout=0)
        with pytest.raises(streamflow.StreamFlowError, match="closed"):
            writer.write("t", {"v": 1})
        writer.close()


def test_a_row_that_cannot_be_said_is_refused_at_once_with_its_number():
    with streamflow.connect(away()) as db:
        writer = db.writer(on_error=lambda error: None)
        with pytest.raises(ValueError, match="row 1: line protocol cannot carry nan"):
            writer.write("t", [{"v": 1.0}, {"v": float("nan")}])
        assert writer.statistics.accepted_rows == 0
        writer.close()


def test_rows_stay_in_the_spool_for_the_next_writer(tmp_path):
    with streamflow.connect(away()) as db:
        for number in range(3):
            writer = db.writer(spool=tmp_path, retry=AT_ONCE, on_error=lambda error: None)
            writer.write("t", {"time": number, "v": number})
            writer.close(timeout=0)
            assert writer.statistics.waiting_rows == number + 1
    with ScriptedServer() as server, connected(server) as db, db.writer(spool=tmp_path) as writer:
        assert writer.statistics.recovered_rows == 3
        writer.write("t", {"time": 3, "v": 3})
        writer.flush(timeout=30)
        assert server.order == [line(number) for number in range(4)]
        assert not list(tmp_path.glob("*.segment"))


def test_a_batch_that_vanished_from_the_spool_is_reported_and_counted(tmp_path):
    gate = threading.Event()

    def next_fault():
        return "store" if gate.is_set() else "refuse 503"

    seen = []
    with ScriptedServer(next_fault) as server, connected(server) as db:
        with db.writer(spool=tmp_path, max_rows=2, retry=AT_ONCE, on_error=seen.append) as writer:
            writer.write("t", [{"time": number, "v": number} for number in range(4)])
            while writer.statistics.failed_attempts < 1:
                pass
            next(tmp_path.glob("*.segment")).unlink()
            gate.set()
            writer.flush(timeout=30)
            assert (writer.statistics.delivered_rows, writer.statistics.dropped_rows) == (2, 2)
        assert server.order == [line(0), line(1)]
        assert [type(error) for error in seen if not isinstance(error, streamflow.OverloadedError)] == [
            streamflow.SpoolError
        ]


def test_a_spool_whose_disk_is_full_keeps_rows_in_memory_and_tries_again(tmp_path, monkeypatch):
    monkeypatch.setattr(queue, "SPOOL_RETRY_SECONDS", 0.01)
    seen = []
    with ScriptedServer() as server, connected(server) as db:
        with db.writer(spool=tmp_path, max_rows=1, retry=AT_ONCE, on_error=seen.append) as writer:
            with monkeypatch.context() as patch:

                def full(file, data):
                    raise OSError(28, "No space left on device")

                patch.setattr(spool, "_write_all", full)
                writer.write("t", {"time": 1, "v": 1})
                with pytest.raises(streamflow.SpoolError, match="No space"):
                    writer.flush(timeout=30)
                assert writer.statistics.waiting_rows == 1
            writer.write("t", {"time": 2, "v": 2})
            writer.flush(timeout=30)
        assert server.order == [line(1), line(2)]


def test_two_writers_cannot_share_a_spool(tmp_path):
    with ScriptedServer() as server, connected(server) as db:
        with db.writer(spool=tmp_path), pytest.raises(streamflow.SpoolError, match="another writer"):
            db.writer(spool=tmp_path)
        db.writer(spool=tmp_path).close()


def test_a_callback_that_fails_stops_nothing():
    def fail(error):
        raise RuntimeError("of the callback")

    with ScriptedServer(iter(["refuse 503", *["store"] * 9]).__next__) as server, connected(server) as db:
        with db.writer(retry=AT_ONCE, on_error=fail) as writer:
            writer.write("t", {"time": 1, "v": 1})
        assert server.order == [line(1)]
