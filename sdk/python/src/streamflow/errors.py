"""Every exception of this package: one class per thing a program can do about it.

What the server answered is in `.problem` (RFC 9457), `.status` and `.request_id`; the server's log names that id.
"""

from __future__ import annotations

import builtins
import itertools
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streamflow.receipt import WriteReceipt
    from streamflow.steps import Reply


class StreamFlowError(Exception):
    """Anything that went wrong between this package and a server."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.request_id = request_id
        self.problem: dict[str, Any] = dict(problem or {})

    def __str__(self) -> str:
        return f"{self.message} (request {self.request_id})" if self.request_id else self.message


class ConnectionFailed(StreamFlowError, builtins.ConnectionError):
    """No answer: the server is not there, or the connection broke. A write may or may not have been stored."""


class IncompleteResultError(ConnectionFailed):
    """The server ended a result before its end: the statement failed, or the connection broke while it was sent."""


class TimeoutError(StreamFlowError, builtins.TimeoutError):
    """The server, or a wait of this package, took longer than allowed."""


class AuthenticationError(StreamFlowError):
    """401: there is no key, or it is not valid (any more)."""


class ForbiddenError(StreamFlowError):
    """403: the key may not do this, or SQL of this kind is not allowed."""


class NotFoundError(StreamFlowError):
    """404: no such route, table or id."""


class ConflictError(StreamFlowError):
    """409: it contradicts what is stored."""


class InvalidRequestError(StreamFlowError):
    """400, 405, 406, 413, 415, 422: the same request will fail again. `line` and `position` say where, when known."""

    @property
    def line(self) -> int | None:
        """The line at fault, from 1: of SQL, or of line protocol."""
        for entry in self.problem.get("errors", []):
            if "line" in entry:
                return int(entry["line"])
        found = re.search(r"^LINE (\d+):", self.message, re.MULTILINE)
        return int(found.group(1)) if found else None

    @property
    def position(self) -> int | None:
        """The column at fault within that line of SQL, from 1; the server marks it with a caret."""
        lines = self.message.split("\n")
        for above, below in itertools.pairwise(lines):
            label = re.match(r"LINE \d+: ", above)
            if label and below.strip() == "^":
                return below.index("^") - label.end() + 1
        return None


class OverloadedError(StreamFlowError):
    """429, 503: the server is busy. `retry_after` is the time in seconds that it asked to wait, if it did."""

    retry_after: float | None = None


class ServerError(StreamFlowError):
    """5xx: the server failed. Its log says more under `request_id`."""


class PartialWriteError(StreamFlowError):
    """Some rows were stored and some refused. `receipt.rejected` names them; the others are safe."""

    def __init__(self, receipt: WriteReceipt) -> None:
        first = receipt.rejected[0] if receipt.rejected else None
        where = f"; the first is row {first.row}: {first.reason}" if first else ""
        super().__init__(f"{receipt.rejected_count} rows were refused, {receipt.rows} are stored{where}")
        self.receipt = receipt


class QueueFullError(StreamFlowError):
    """The writer's bounded queue is full: the server takes rows more slowly than they come, or is away."""


class RowsDroppedError(StreamFlowError):
    """Rows were given up, as `overflow="drop"` allows or because a writer closed without reaching the server."""

    def __init__(self, message: str, rows: int) -> None:
        super().__init__(message)
        self.rows = rows


class SpoolError(StreamFlowError):
    """A spool folder cannot be used, or some of its bytes are damaged."""


_CLASS_OF_STATUS: dict[int, type[StreamFlowError]] = {
    401: AuthenticationError,
    403: ForbiddenError,
    404: NotFoundError,
    408: TimeoutError,
    409: ConflictError,
    429: OverloadedError,
    503: OverloadedError,
    504: TimeoutError,
}


def error_of(reply: Reply) -> StreamFlowError:
    """The exception that says what an answer of 400 or above says."""
    problem = _problem_of(reply.body)
    default = InvalidRequestError if reply.status < 500 else ServerError
    kind = _CLASS_OF_STATUS.get(reply.status, default)
    detail = str(problem.get("detail") or problem.get("title") or f"the server answered {reply.status}")
    details = [str(entry["detail"]) for entry in problem.get("errors", []) if "detail" in entry]
    error = kind(
        "; ".join([detail, *details[:3]]),
        status=reply.status,
        request_id=problem.get("request_id") or reply.headers.get("x-request-id"),
        problem=problem,
    )
    if isinstance(error, OverloadedError):
        error.retry_after = _seconds_of(reply.headers.get("retry-after"))
    return error


def _problem_of(body: bytes) -> dict[str, Any]:
    try:
        problem = json.loads(body)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _seconds_of(header: str | None) -> float | None:
    return float(header) if header is not None and header.strip().isdigit() else None
