"""Where a writer's errors go: to a callback, or to the log and then to whoever flushes."""

from __future__ import annotations

import logging
from collections.abc import Callable

from streamflow.errors import StreamFlowError

logger = logging.getLogger("streamflow")


class ErrorsSeen:
    """Threads: safe; attribute assignment is atomic and a second lost error may overwrite none but the first."""

    def __init__(self, on_error: Callable[[StreamFlowError], object] | None) -> None:
        self._on_error = on_error
        self._first_lost: StreamFlowError | None = None

    def transient(self, error: StreamFlowError) -> None:
        """Nothing is lost: it will be tried again."""
        self._tell(error, logging.WARNING)

    def lost(self, error: StreamFlowError) -> None:
        """Rows were refused or dropped."""
        if self._on_error is None and self._first_lost is None:
            self._first_lost = error
        self._tell(error, logging.ERROR)

    def raise_lost(self) -> None:
        error, self._first_lost = self._first_lost, None
        if error is not None:
            raise error

    def _tell(self, error: StreamFlowError, level: int) -> None:
        if self._on_error is None:
            logger.log(level, "%s: %s", type(error).__name__, error)
            return
        try:
            self._on_error(error)
        except Exception:
            logger.exception("on_error failed")
