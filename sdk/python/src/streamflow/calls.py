"""What can be asked of a server, as steps (steps.py). Client and AsyncClient add nothing but running them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streamflow import catalog, queries
from streamflow.receipt import WriteReceipt
from streamflow.result import Result
from streamflow.settings import Settings
from streamflow.steps import Steps
from streamflow.writes import Destination, Writes


class Calls:
    """Threads: safe."""

    def __init__(self, settings: Settings) -> None:
        self._retry = settings.retry
        self._writes = Writes(settings.retry)

    def write(
        self, destination: Destination, data: Any, idempotency_key: str | None, partial: str
    ) -> Steps[WriteReceipt]:
        return self._writes.write(destination, data, key=idempotency_key, partial=partial)

    def sql(self, text: str, params: Sequence[Any] | None, timeout: float | None) -> Steps[Result]:
        return queries.query(text, params, timeout, self._retry)

    def tables(self) -> Steps[list[str]]:
        return catalog.tables(self._retry)

    def schema(self, table: str) -> Steps[catalog.Schema]:
        return catalog.schema(table, self._retry)

    def health(self) -> Steps[catalog.Health]:
        return catalog.health()

    def ready(self) -> Steps[bool]:
        return catalog.ready()
