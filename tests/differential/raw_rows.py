"""What was written, kept as plain rows in Python, with the merge rule applied the slow, obvious way.

`merge` tables: rows of one (tags, time) become one, field by field, the last write wins. `keep` tables: every row
stays. The result is loaded into DuckDB's own tables, whose answers the server's must equal.
"""

import dataclasses
import math

import pyarrow

ARROW_TYPES = {
    "DOUBLE": pyarrow.float64(),
    "BIGINT": pyarrow.int64(),
    "UBIGINT": pyarrow.uint64(),
    "BOOLEAN": pyarrow.bool_(),
    "VARCHAR": pyarrow.string(),
}


@dataclasses.dataclass
class Table:
    name: str
    tags: list
    fields: dict  # name -> DuckDB type
    duplicates: str = "merge"
    rows: dict = dataclasses.field(default_factory=dict)  # key -> {field: value}; a key is (tag values..., time)
    count: int = 0

    def add(self, tags, fields, time):
        self.count += 1
        key = (*(tags.get(name) for name in self.tags), time)
        if self.duplicates == "keep":
            key += (self.count,)
        self.rows.setdefault(key, {}).update(fields)

    def load_into(self, connection):
        width = len(self.tags)
        columns = {"time": pyarrow.array([key[width] for key in self.rows], pyarrow.timestamp("ns"))}
        for index, name in enumerate(self.tags):
            columns[name] = pyarrow.array([key[index] for key in self.rows], pyarrow.string())
        for name, kind in self.fields.items():
            columns[name] = pyarrow.array([row.get(name) for row in self.rows.values()], ARROW_TYPES[kind])
        connection.register("staged", pyarrow.table(columns))
        connection.execute(f"CREATE OR REPLACE TABLE {self.name} AS SELECT * FROM staged")
        connection.unregister("staged")


def escape(text, special):
    return "".join("\\" + character if character in special else character for character in text)


def encode_field(value, kind):
    if kind == "BIGINT":
        return f"{value}i"
    if kind == "UBIGINT":
        return f"{value}u"
    if kind == "BOOLEAN":
        return "true" if value else "false"
    if kind == "VARCHAR":
        return '"' + escape(value, '"\\') + '"'
    assert math.isfinite(value)
    return repr(value)


def encode_line(table, tags, fields, time):
    """One point as line protocol."""
    tag_text = "".join(f",{name}={escape(value, ',= ')}" for name, value in tags.items() if value is not None)
    field_text = ",".join(f"{name}={encode_field(value, table.fields[name])}" for name, value in fields.items())
    return f"{table.name}{tag_text} {field_text} {time}"
