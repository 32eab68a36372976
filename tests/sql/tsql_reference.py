"""Writes the list of functions in docs/tsql.md from what the server says about itself (SHOW FUNCTIONS).

.venv/bin/python tests/sql/tsql_reference.py --write
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from streamflow_server import ROOT, Server

PAGE = ROOT / "docs" / "tsql.md"
BEGIN = "<!-- functions: made by tests/sql/tsql_reference.py from SHOW FUNCTIONS; do not edit -->"
END = "<!-- end of functions -->"
TITLES = {
    "scalar": "Of one row",
    "aggregate": "Aggregates",
    "window": "Window functions",
    "table": "Table functions",
}


def section(rows):
    """The part between the marks, of rows (name, kind, signature, help, example, errors)."""
    lines = []
    for kind, title in TITLES.items():
        lines += [f"### {title}", ""]
        for name, kind_of_row, signature, text, example, errors in rows:
            if kind_of_row != kind:
                continue
            lines += [f"**{name}** `{signature}`", "", text, ""]
            lines += [f"Fails: {errors}.", ""] if errors else []
            lines += ["```sql", example, "```", ""]
    return "\n".join(lines)


def page_with(text, rows):
    """The page `text` with its list of functions renewed."""
    head, _, rest = text.partition(BEGIN)
    _, mark, tail = rest.partition(END)
    if not mark:
        raise SystemExit(f"{PAGE}: the marks of the list are missing")
    return f"{head}{BEGIN}\n\n{section(rows)}{END}{tail}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = Server(folder).start()
        rows = server.sql("SHOW FUNCTIONS")
        server.stop()
    renewed = page_with(PAGE.read_text(), rows)
    if renewed == PAGE.read_text():
        return 0
    if "--write" not in sys.argv:
        print(f"{PAGE}: stale; run tests/sql/tsql_reference.py --write", file=sys.stderr)
        return 1
    PAGE.write_text(renewed)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
