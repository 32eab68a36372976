"""Tables and their columns, and how the server is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from streamflow.errors import ConnectionFailed, NotFoundError
from streamflow.queries import query
from streamflow.retry import RetryPolicy
from streamflow.steps import Request, Steps, ask

_COLUMNS = """SELECT column_name, data_type, comment FROM duckdb_columns()
WHERE table_name = ? AND database_name = current_database() ORDER BY column_index"""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: str  # of SQL
    kind: str  # "time", "tag" or "field"


@dataclass(frozen=True)
class Schema:
    table: str
    columns: tuple[Column, ...]

    @property
    def tags(self) -> list[str]:
        return [column.name for column in self.columns if column.kind == "tag"]

    @property
    def fields(self) -> list[str]:
        return [column.name for column in self.columns if column.kind == "field"]


@dataclass(frozen=True)
class Health:
    is_healthy: bool
    message: str
    version: str
    checks: tuple[dict[str, Any], ...] = ()


def tables(retry: RetryPolicy) -> Steps[list[str]]:
    result = yield from query("SHOW TABLES", None, None, retry)
    return [row["name"] for row in result]


def schema(table: str, retry: RetryPolicy) -> Steps[Schema]:
    result = yield from query(_COLUMNS, [table], None, retry)
    if not len(result):
        raise NotFoundError(f"there is no table {table!r}; tables() lists those there are", status=404)
    columns = (Column(row["column_name"], row["data_type"], row["comment"] or "field") for row in result)
    return Schema(table, tuple(columns))


def health() -> Steps[Health]:
    """Asks once. A server that answers is described, one that does not raises ConnectionFailed."""
    reply = yield from ask(Request("GET", "/health"))
    try:
        answer = json.loads(reply.body)
        checks = tuple(answer["checks"])
        return Health(answer["status"] == "pass", answer["message"], answer["version"], checks)
    except (ValueError, KeyError, TypeError) as error:
        raise ConnectionFailed(f"what answers there is no StreamFlow server (status {reply.status})") from error


def ready() -> Steps[bool]:
    """False also when nobody answers."""
    try:
        reply = yield from ask(Request("GET", "/ready"))
    except ConnectionFailed:
        return False
    return reply.status == 200
