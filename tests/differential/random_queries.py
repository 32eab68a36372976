"""Seeded random SQL whose answer does not depend on the order in which rows are read.

Sums only meet numbers that add up exactly in any order; LIMIT only follows an ORDER BY over a key that is unique.
Times are compared with literals of every form: with and without zone, with 0 to 9 decimals, as parameters of casts.
"""

import datetime

from differential.random_data import EPOCH, HOSTS, MINUTE, NOTES, SPAN_MINUTES

SUMMABLE = {"usage", "temperature", "v", "humidity", "n", "requests"}
BUCKETS = ["1 minute", "7 minutes", "1 hour", "6 hours", "1 day", "90 seconds"]


class QueryGenerator:
    def __init__(self, random, tables):
        self.random = random
        self.tables = tables

    def pick(self, *choices):
        return self.random.choice(choices)

    def query(self):
        """(text, whether the order of the rows counts)."""
        shapes = [self.rows, self.ordered_rows, self.totals, self.grouped, self.grouped, self.bucketed, self.bucketed]
        shapes += [self.join, self.window, self.union, self.nested, self.distinct, self.latest]
        return self.random.choice(shapes)()

    # Pieces

    def table(self):
        return self.random.choice(self.tables)

    def keyed_table(self):
        """One whose rows are told apart by tags and time: an order by them is total."""
        return self.random.choice([table for table in self.tables if table.duplicates == "merge"])

    def time_literal(self, table):
        ns = EPOCH + self.random.randrange(-MINUTE, SPAN_MINUTES * MINUTE)
        if table.rows and self.random.random() < 0.5:
            ns = self.random.choice(list(table.rows))[len(table.tags)]  # exactly a row's time: the bounds' edge
        decimals = self.pick(0, 3, 6, 9)
        ns -= ns % 10 ** (9 - decimals)
        zone_hours = self.pick(None, None, 0, 2, -5)
        at = datetime.datetime.fromtimestamp(ns // 10**9, datetime.UTC) + datetime.timedelta(hours=zone_hours or 0)
        text = at.strftime(self.pick("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"))
        if decimals:
            text += f".{ns % 10**9:09}"[: decimals + 1]
        if zone_hours is not None:
            text += "Z" if zone_hours == 0 else f"{zone_hours:+03}:00"
        return f"'{text}'" if zone_hours is not None or self.random.random() < 0.7 else f"TIMESTAMP_NS '{text}'"

    def quoted(self, text):
        return "'" + text.replace("'", "''") + "'"

    def time_predicate(self, table):
        low, high = self.time_literal(table), self.time_literal(table)
        operator = self.pick("<", "<=", ">", ">=")
        return self.pick(
            f"time {operator} {low}", f"{low} {operator} time", f"time BETWEEN {low} AND {high}", f"time = {low}",
            f"time >= {low} AND time < {high}", f"(time < {low} OR time > {high})", f"NOT (time > {low})",
        )  # fmt: skip

    def tag_predicate(self, table):
        tag = self.random.choice(table.tags)
        value = lambda: self.quoted(self.pick(*HOSTS, "eu", "us", "Oslo", "p", "q", "nowhere"))  # noqa: E731
        return self.pick(
            f"{tag} = {value()}", f"{tag} != {value()}", f"{tag} IN ({value()}, {value()}, {value()})",
            f"{tag} IS NULL", f"{tag} IS NOT NULL", f"{tag} LIKE '%{self.pick('0', 's', 'u', 'host-1')}%'",
            f"{tag} > {value()}", f"{tag} IS DISTINCT FROM {value()}", f"length({tag}) = {self.pick(1, 2, 7)}",
            f"{tag} NOT IN ({value()}, {value()})", f"regexp_matches({tag}, '^(host-0|e|p)')",
        )  # fmt: skip

    def field_predicate(self, table):
        name, kind = self.random.choice(list(table.fields.items()))
        if kind == "BOOLEAN":
            return self.pick(name, f"NOT {name}", f"{name} IS NULL", f"{name} = true")
        if kind == "VARCHAR":
            value = self.quoted(self.random.choice(NOTES))
            return self.pick(f"{name} = {value}", f"{name} < {value}", f"{name} LIKE '%i%'", f"{name} IS NULL")
        value = self.pick("0", "-3.5", "42", "100.125", "7")
        operator = self.pick("<", "<=", ">", ">=", "=", "!=")
        return self.pick(f"{name} {operator} {value}", f"{name} IS NULL", f"{name} IS NOT NULL", f"abs({name} % 7) < 3")

    def where(self, table):
        if self.random.random() < 0.15:
            return ""
        makers = [self.time_predicate, self.tag_predicate, self.field_predicate]
        parts = [self.random.choice(makers)(table) for _ in range(self.pick(1, 1, 2, 3))]
        return " WHERE " + self.pick(" AND ", " AND ", " OR ").join(f"({part})" for part in parts)

    def aggregate(self, table):
        name, kind = self.random.choice(list(table.fields.items()))
        choices = [
            "count(*)", f"count({name})", f"min({name})", f"max({name})", "min(time)", "max(time)",
            f"count(DISTINCT {name})", f"count(*) FILTER (WHERE {name} IS NOT NULL)",
            f"count(DISTINCT {self.random.choice(table.tags)})",
        ]  # fmt: skip
        if name in SUMMABLE:
            choices += [f"sum({name})", f"avg({name})", f"sum({name} * 2) + 1", f"sum(CASE WHEN {name} > 0 THEN 1 END)"]
        if kind == "BOOLEAN":
            choices += [f"bool_and({name})", f"bool_or({name})", f"sum({name}::INT)"]
        return self.random.choice(choices)

    def aggregates(self, table):
        return ", ".join(f"{self.aggregate(table)} AS v{index}" for index in range(self.pick(1, 2, 3, 5)))

    def scalar(self, table):
        name, kind = self.random.choice(list(table.fields.items()))
        if kind == "VARCHAR":
            return self.pick(f"upper({name})", f"length({name})", f"coalesce({name}, '-')", f"{name} || '!'")
        if kind == "BOOLEAN":
            return self.pick(name, f"coalesce({name}, false)", f"CASE WHEN {name} THEN 1 ELSE 0 END")
        if name == "peak" or kind == "UBIGINT":
            return self.pick(name, f"{name} IS NULL", f"{name} > 10")
        return self.pick(name, f"{name} + 1", f"{name} / 4", f"abs({name})", f"coalesce({name}, 0)", f"-{name}")

    def key(self, table):
        return ", ".join(["time", *table.tags])

    # Shapes

    def rows(self):
        table = self.table()
        chosen = self.random.sample([*table.tags, *table.fields, "time"], k=self.pick(1, 2, 3))
        columns = self.pick("*", ", ".join(chosen), f"{self.scalar(table)} AS x, time")
        return f"SELECT {columns} FROM {table.name}{self.where(table)}", False

    def ordered_rows(self):
        table = self.keyed_table()
        direction = self.pick("", " DESC")
        limit = self.pick("", f" LIMIT {self.pick(1, 10, 100)}", f" LIMIT 20 OFFSET {self.pick(0, 5, 1000)}")
        order = ", ".join([f"time{direction}", *(f"{tag} NULLS FIRST" for tag in table.tags)])
        columns = f"{self.key(table)}, {self.scalar(table)} AS x"
        return f"SELECT {columns} FROM {table.name}{self.where(table)} ORDER BY {order}{limit}", True

    def totals(self):
        table = self.table()
        return f"SELECT {self.aggregates(table)} FROM {table.name}{self.where(table)}", True

    def grouped(self):
        table = self.table()
        keys = self.random.sample(table.tags, k=self.random.randrange(1, len(table.tags) + 1))
        having = self.pick("", "", f" HAVING count(*) > {self.pick(1, 20, 60)}")
        groups = self.pick(", ".join(keys), "ALL" if not having else ", ".join(keys))
        select = f"SELECT {', '.join(keys)}, {self.aggregates(table)} FROM {table.name}"
        return f"{select}{self.where(table)} GROUP BY {groups}{having}", False

    def bucketed(self):
        table = self.table()
        bucket = self.pick(
            f"time_bucket(INTERVAL '{self.random.choice(BUCKETS)}', time)",
            f"date_trunc('{self.pick('minute', 'hour', 'day')}', time)",
        )
        tag = self.pick("", f", {self.random.choice(table.tags)} AS tag")
        keys = "1" if not tag else "1, 2"
        limit = self.pick("", f" ORDER BY {keys} NULLS FIRST LIMIT 50" if not tag else "")
        select = f"SELECT {bucket} AS bucket{tag}, {self.aggregates(table)} FROM {table.name}"
        return f"{select}{self.where(table)} GROUP BY {keys}{limit}", bool(limit)

    def join(self):
        table, other = self.random.sample(self.tables, 2)
        width = self.pick("5 minutes", "1 hour")
        side = "SELECT time_bucket(INTERVAL '{}', time) AS t, count(*) AS n FROM {}{} GROUP BY 1"
        left, right = (side.format(width, each.name, self.where(each)) for each in (table, other))
        kind = self.pick("JOIN", "LEFT JOIN", "FULL JOIN")
        text = f"SELECT coalesce(l.t, r.t) AS t, l.n AS ln, r.n AS rn FROM ({left}) l {kind} ({right}) r ON l.t = r.t"
        return text, False

    def window(self):
        table = self.keyed_table()
        name = self.random.choice([name for name in table.fields if name in SUMMABLE])
        over = f"(PARTITION BY {', '.join(table.tags)} ORDER BY time)"
        function = self.pick(
            "row_number()", f"lag({name})", f"sum({name})", f"max({name})", f"{name} - lag({name})", "count(*)"
        )
        expression = f"{function} OVER {over}"
        return f"SELECT {self.key(table)}, {expression} AS w FROM {table.name}{self.where(table)}", False

    def union(self):
        parts = []
        for _ in range(2):
            table = self.table()
            parts.append(f"SELECT '{table.name}' AS name, {self.pick('time', 'max(time)')} AS t FROM {table.name}")
            parts[-1] += self.where(table) + (" GROUP BY time" if "max(" in parts[-1] else "")
        return self.pick(" UNION ALL ", " UNION ", " EXCEPT ").join(parts), False

    def nested(self):
        table = self.table()
        tag = self.random.choice(table.tags)
        inner = f"SELECT {tag} FROM {table.name}{self.where(table)}"
        return self.pick(
            f"WITH c AS ({inner}) SELECT {tag}, count(*) AS n FROM c GROUP BY {tag}",
            f"SELECT count(*) AS n FROM {table.name} WHERE {tag} IN ({inner})",
            f"SELECT (SELECT max(time) FROM {table.name}{self.where(table)}) AS t, count(*) AS n FROM {table.name}",
            f"SELECT count(*) AS n FROM {table.name} WHERE time > (SELECT min(time) FROM {table.name}"
            f"{self.where(table)})",
        ), False

    def distinct(self):
        table = self.table()
        columns = ", ".join(self.random.sample([*table.tags, *table.fields], k=self.pick(1, 2)))
        return f"SELECT DISTINCT {columns} FROM {table.name}{self.where(table)}", False

    def latest(self):
        table = self.keyed_table()
        tags = ", ".join(table.tags)
        name = self.random.choice(list(table.fields))
        return self.pick(
            f"SELECT {tags}, arg_max({name}, time) AS x, arg_min({name}, time) AS y FROM {table.name} GROUP BY {tags}",
            f"SELECT DISTINCT ON ({tags}) {tags}, time, {name} FROM {table.name} ORDER BY {tags}, time DESC",
        ), False
