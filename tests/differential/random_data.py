"""Seeded random rows: several tables and types, missing tags and fields, late and duplicate rows."""

from differential.raw_rows import Table, encode_line

EPOCH = 1_700_000_000_000_000_000
MINUTE = 60_000_000_000
SPAN_MINUTES = 3 * 24 * 60
HOSTS = [f"host-{index:02}" for index in range(12)] + ["a b", "c,d=e", "ünïcode"]
NOTES = ["", "ok", "it's", 'say "hi"', "back\\slash", "per%cent", "under_score", "Größe", "x" * 300]


def tables():
    return [
        Table(
            "metrics",
            ["host", "region"],
            {
                "usage": "DOUBLE",
                "peak": "DOUBLE",
                "requests": "BIGINT",
                "octets": "UBIGINT",
                "up": "BOOLEAN",
                "note": "VARCHAR",
            },
        ),
        Table("weather", ["city"], {"temperature": "DOUBLE", "humidity": "BIGINT"}),
        Table("events", ["kind"], {"v": "DOUBLE", "n": "BIGINT", "text": "VARCHAR"}, duplicates="keep"),
        Table("sparse", ["a", "b", "c"], {"v": "DOUBLE", "n": "BIGINT", "flag": "BOOLEAN"}),
    ]


def value_of(random, kind, name):
    if kind == "DOUBLE" and name == "peak":  # never summed: any finite double
        return random.choice([0.1, -0.0, 1e300, -1e-300, random.gauss(0, 1e6), 5e-324, 1.7976931348623157e308])
    if kind == "DOUBLE":  # eighths: sums are exact in any order
        return random.randrange(-8000, 8000) / 8
    if kind == "BIGINT":
        return random.choice([random.randrange(-100, 100), random.randrange(-(2**52), 2**52)])
    if kind == "UBIGINT":
        return random.choice([random.randrange(100), random.randrange(2**53), 2**64 - 1])
    if kind == "BOOLEAN":
        return random.random() < 0.5
    return random.choice(NOTES)


def tags_of(random, table):
    if table.name == "metrics":
        return {"host": random.choice(HOSTS), "region": random.choice(["eu", "us", "ap", None])}
    if table.name == "weather":
        return {"city": random.choice(["Oslo", "Lima", "Graz"])}
    if table.name == "events":
        return {"kind": random.choice(["start", "stop"])}
    return {name: random.choice([None, "p", "q", "r"]) for name in table.tags}


def point_of(random, table, recent):
    """(tags, time) of the next point: new, or one seen before (a duplicate), or only its time (other series)."""
    tags = tags_of(random, table)
    chance = random.random()
    if recent and chance < 0.15:
        return random.choice(recent)
    if recent and chance < 0.2:
        return tags, random.choice(recent)[1]
    if table.name == "weather":
        return tags, EPOCH + random.randrange(SPAN_MINUTES) * MINUTE
    return tags, EPOCH + random.randrange(SPAN_MINUTES * MINUTE)


def batches(random, table, row_count):
    """Adds `row_count` random points to `table` and yields them as line-protocol bodies, in order."""
    width, lines = len(table.tags), []
    recent = [(dict(zip(table.tags, key, strict=False)), key[width]) for key in list(table.rows)[-500:]]
    for _ in range(row_count):
        tags, time = point_of(random, table, recent)
        names = [name for name in table.fields if random.random() < 0.7] or [next(iter(table.fields))]
        fields = {name: value_of(random, table.fields[name], name) for name in names}
        table.add(tags, fields, time)
        recent.append((tags, time))
        lines.append(encode_line(table, tags, fields, time))
        if len(lines) == 500 or random.random() < 0.002:
            yield lines
            lines = []
    if lines:
        yield lines
