"""The steps that deliver one batch: until the server has taken it, or refused it for good."""

from __future__ import annotations

from collections.abc import Callable

from streamflow.errors import (
    ConflictError,
    InvalidRequestError,
    PartialWriteError,
    StreamFlowError,
    error_of,
)
from streamflow.receipt import WriteReceipt
from streamflow.retry import RetryPolicy
from streamflow.steps import Pause, Steps, ask
from streamflow.writer.store import Batch
from streamflow.writes import line_request, receipt_of


def deliver(
    batch: Batch, duplicates: str | None, policy: RetryPolicy, report: Callable[[StreamFlowError], object]
) -> Steps[tuple[WriteReceipt, StreamFlowError | None]]:
    """The receipt, and what was lost.

    Only refusals of the rows end it: an API key that is not valid now may be later.
    """
    request = line_request(batch.body, batch.key, {} if duplicates is None else {"duplicates": duplicates})
    failures = 0
    while True:
        try:
            reply = yield from ask(request)
            if reply.status < 400:
                receipt = receipt_of(reply, lambda line: line - 1)
                return receipt, PartialWriteError(receipt) if receipt.rejected_count else None
            raise error_of(reply)
        except StreamFlowError as error:
            if isinstance(error, InvalidRequestError | ConflictError):
                return WriteReceipt(rejected_count=batch.rows), error
            report(error)
            pause = policy.pause_seconds(failures, error)
        failures += 1
        yield Pause(pause)
