"""How one description of a call serves both clients.

A call is a generator of steps: it yields a Request and gets the Reply, or yields a Pause and gets None; it returns the
result. A step that fails raises a StreamFlowError inside the generator, which may try again. The transports
(transport.py) carry the steps out, one by blocking, one by awaiting; no call knows which.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout: float | None = None  # seconds; None: the client's


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


T = TypeVar("T")
Steps = Generator[Request | Pause, Reply | None, T]


def ask(request: Request) -> Steps[Reply]:
    """One request, whatever the status of its answer."""
    reply = yield request
    if reply is None:
        raise RuntimeError("a transport answers every Request with a Reply")
    return reply
