"""The steps of a write: data of any shape → bodies → receipts."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from streamflow import frames
from streamflow.errors import InvalidRequestError, NotFoundError, PartialWriteError
from streamflow.frame_rows import rows_of
from streamflow.idempotency import KeyStreams
from streamflow.lines import LineBody, LineEncoder, bodies_of
from streamflow.receipt import Rejection, WriteReceipt, first_rejections
from streamflow.retry import RetryPolicy, ask_patiently
from streamflow.steps import Reply, Request, Steps

LINE_PATH = "/api/v1/write"
ARROW_PATH = "/api/v1/write/arrow"
ARROW_BODY_BYTES_TARGET = 16 << 20
DUPLICATES = ("merge", "last", "keep")


@dataclass(frozen=True)
class Destination:
    """Where rows go, and what their columns are."""

    table: str
    tags: Sequence[str] | None = None
    time: str = "time"
    duplicates: str | None = None

    def __post_init__(self) -> None:
        if self.duplicates is not None and self.duplicates not in DUPLICATES:
            raise ValueError(f"duplicates= is one of {', '.join(DUPLICATES)}, got {self.duplicates!r}")
        if isinstance(self.tags, str):
            raise TypeError(f"tags= is a list of column names, got the string {self.tags!r}")

    def query(self) -> dict[str, str]:
        return {} if self.duplicates is None else {"duplicates": self.duplicates}


class Writes:
    """Makes the steps of writes, and remembers whether the server has an Arrow route. Threads: safe."""

    def __init__(self, retry: RetryPolicy) -> None:
        self._retry = retry
        self._streams = KeyStreams()
        self._has_arrow_route = True

    def write(self, destination: Destination, data: Any, *, key: str | None, partial: str) -> Steps[WriteReceipt]:
        if partial not in ("raise", "return"):
            raise ValueError(f'partial= is "raise" or "return", got {partial!r}')
        with ExitStack() as stack:
            keys = _keys(key) if key is not None else _stream_keys(stack, self._streams)
            steps = self._frame if frames.is_frame(data) else self._records
            receipt = yield from steps(destination, data, keys)
        if receipt.rejected_count and partial == "raise":
            raise PartialWriteError(receipt)
        return receipt

    def _records(self, destination: Destination, data: Any, keys: Iterator[str]) -> Steps[WriteReceipt]:
        encoder = LineEncoder(destination.table, destination.tags or (), destination.time)
        rejections: list[Rejection] = []
        receipt = WriteReceipt()
        for body in bodies_of(encoder, records_of(data), rejections):
            receipt += yield from self._send_lines(destination, body, next(keys))
        return receipt + _refused(rejections)

    def _frame(self, destination: Destination, data: Any, keys: Iterator[str]) -> Steps[WriteReceipt]:
        tags, batches = frames.batches_of(data, time=destination.time, tags=destination.tags)
        receipt, first_row = WriteReceipt(), 0
        for group in _groups(batches):
            rows = sum(batch.num_rows for batch in group)
            receipt += yield from self._send_group(destination, tags, group, first_row, keys)
            first_row += rows
        return receipt

    def _send_group(
        self,
        destination: Destination,
        tags: Sequence[str],
        group: list[pa.RecordBatch],
        first_row: int,
        keys: Iterator[str],
    ) -> Steps[WriteReceipt]:
        if self._has_arrow_route:
            # No `tags`: of what is sent, the dictionaries are the tags, and a name may hold a comma.
            query = {"table": destination.table, **destination.query()}
            headers = {"Content-Type": "application/vnd.apache.arrow.stream", "Idempotency-Key": next(keys)}
            request = Request("POST", ARROW_PATH, query, headers, _arrow_body(group))
            try:
                rows = sum(batch.num_rows for batch in group)
                return (yield from self._send(request, rows, lambda row: first_row + row))
            except (NotFoundError, InvalidRequestError) as error:
                if error.status not in (404, 415):
                    raise
                self._has_arrow_route = False
        encoder = LineEncoder(destination.table, tags, "time")
        rejections: list[Rejection] = []
        receipt = WriteReceipt()
        records = (row for batch in group for row in rows_of(batch))
        for body in bodies_of(encoder, records, rejections, first_row=first_row):
            receipt += yield from self._send_lines(destination, body, next(keys))
        return receipt + _refused(rejections)

    def _send_lines(self, destination: Destination, body: LineBody, key: str) -> Steps[WriteReceipt]:
        request = line_request(body.encode(), key, destination.query())
        return (yield from self._send(request, len(body.rows), body.row_of))

    def _send(self, request: Request, rows: int, row_of: Callable[[int], int]) -> Steps[WriteReceipt]:
        try:
            reply = yield from ask_patiently(request, self._retry)
        except InvalidRequestError as error:
            rejected = _rejections_in(error, row_of)
            if error.status != 422 or not rejected:
                raise
            return WriteReceipt(rejected_count=rows, rejected=rejected)
        return receipt_of(reply, row_of)


def line_request(body: bytes, key: str, query: Mapping[str, str]) -> Request:
    headers = {"Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": key}
    return Request("POST", LINE_PATH, query, headers, body)


def _rejections_in(error: InvalidRequestError, row_of: Callable[[int], int]) -> tuple[Rejection, ...]:
    """The rows that a 422 names: not one could be stored."""
    named = [each for each in error.problem.get("errors", []) if "row" in each or "line" in each]
    return tuple(Rejection(row_of(each["row"] if "row" in each else each["line"]), each["detail"]) for each in named)


def receipt_of(reply: Reply, row_of: Callable[[int], int]) -> WriteReceipt:
    answer = json.loads(reply.body)
    return WriteReceipt(
        rows=answer["rows"],
        points=answer["points"],
        rejected_count=answer["rejected_count"],
        rejected=tuple(
            Rejection(row_of(each["row"] if "row" in each else each["line"]), each["reason"])
            for each in answer["rejected"]
        ),
        duplicate=answer["duplicate"],
        position=answer["position"],
    )


def records_of(data: Any) -> Iterable[Mapping[str, Any]]:
    """One dict, or any iterable of dicts."""
    if isinstance(data, Mapping):
        return [data]
    if isinstance(data, str | bytes) or not isinstance(data, Iterable):
        raise TypeError(
            "data is a dict, dicts, or a frame of pandas, Polars or PyArrow (anything with __arrow_c_stream__), "
            f"got {type(data).__name__}"
        )
    return (_record(each, index) for index, each in enumerate(data))


def _record(each: Any, index: int) -> Mapping[str, Any]:
    if not isinstance(each, Mapping):
        raise TypeError(f"row {index} is a dict, got {type(each).__name__}")
    return each


def _refused(rejections: list[Rejection]) -> WriteReceipt:
    return WriteReceipt(rejected_count=len(rejections), rejected=first_rejections(rejections))


def _groups(batches: Iterator[pa.RecordBatch]) -> Iterator[list[pa.RecordBatch]]:
    group: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        group.append(batch)
        size += batch.nbytes
        if size >= ARROW_BODY_BYTES_TARGET:
            yield group
            group, size = [], 0
    if group:
        yield group


def _arrow_body(group: list[pa.RecordBatch]) -> bytes:
    """One batch with one dictionary a tag: the simplest stream that says it."""
    table = pa.Table.from_batches(group).unify_dictionaries().combine_chunks()
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _keys(key: str) -> Iterator[str]:
    """The caller's key; the further bodies of one write get numbers."""
    yield key
    number = 2
    while True:
        yield f"{key}#{number}"
        number += 1


def _stream_keys(stack: ExitStack, streams: KeyStreams) -> Iterator[str]:
    stream = stack.enter_context(streams.borrow())
    while True:
        yield stream.next_key()


def new_key() -> str:
    """A key for `write(idempotency_key=…)` that a program keeps with its data and may use again after a crash."""
    return uuid.uuid4().hex
