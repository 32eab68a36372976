"""When to try again, and how long to wait: exponential back-off with full jitter, never less than the server asks.

Source: "Exponential Backoff And Jitter" (AWS architecture blog, 2015): a pause is uniform in [0, base * 2^attempt].
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from streamflow.errors import (
    ConnectionFailed,
    IncompleteResultError,
    OverloadedError,
    StreamFlowError,
    TimeoutError,
    error_of,
)
from streamflow.steps import Pause, Reply, Request, Steps, ask

RETRY_AFTER_SECONDS_MAX = 300.0


@dataclass(frozen=True)
class RetryPolicy:
    """`attempts` counts the first one; `base_seconds` doubles up to `seconds_max`.

    >>> RetryPolicy(attempts=1).pause_seconds(0, None) <= 0.1
    True
    """

    attempts: int = 5
    base_seconds: float = 0.1
    seconds_max: float = 10.0
    uniform: Callable[[float, float], float] = field(default=random.uniform, repr=False)

    def pause_seconds(self, failures: int, error: StreamFlowError | None) -> float:
        """The pause after `failures` earlier failures (from 0)."""
        pause = self.uniform(0.0, min(self.seconds_max, self.base_seconds * 2.0 ** min(failures, 60)))
        asked = error.retry_after if isinstance(error, OverloadedError) else None
        if asked is None:
            return pause
        return min(asked, RETRY_AFTER_SECONDS_MAX) + pause


def is_transient(error: StreamFlowError) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, TimeoutError):
        return error.status != 504
    return isinstance(error, ConnectionFailed | OverloadedError)


def ask_patiently(request: Request, policy: RetryPolicy, *, is_statement: bool = False) -> Steps[Reply]:
    """The answer below 400; else the last error, after as many attempts as the policy has.

    A statement whose result broke off has probably failed and would again; a write whose answer did is sent again.
    """
    failures = 0
    while True:
        try:
            reply = yield from ask(request)
            if reply.status < 400:
                return reply
            raise error_of(reply)
        except StreamFlowError as error:
            is_final = is_statement and isinstance(error, IncompleteResultError)
            if is_final or not is_transient(error) or failures + 1 >= policy.attempts:
                raise
            pause = policy.pause_seconds(failures, error)
        failures += 1
        yield Pause(pause)
