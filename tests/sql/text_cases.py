"""Reads tests/sql/*.test: blocks of `load`, `query` and `error`, as README.md beside them says."""

import dataclasses
import pathlib

NULL_ROW = "(null)"  # a row of one column that is NULL: an empty line would end the block
FOLDER = pathlib.Path(__file__).parent


@dataclasses.dataclass
class Case:
    """One statement and what it must answer."""

    file: str
    line: int
    kind: str  # "query" or "error"
    option: str  # "header", or a status
    statement: str
    expected: list[str]

    @property
    def name(self):
        return f"{self.file}:{self.line}"


@dataclasses.dataclass
class TextFile:
    """A file's rows and its cases."""

    name: str
    lines: list[str]
    cases: list[Case]


def blocks(text):
    """(line number, lines) of each block."""
    begin, block = 0, []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            if not block and line.startswith("#"):
                continue
            begin = begin if block else number
            block.append(line)
        elif block:
            yield begin, block
            block = []


def read(path):
    """The TextFile at `path`; ValueError names file and line of a block that does not read."""
    found = TextFile(path.stem, [], [])
    for number, block in blocks(path.read_text()):
        kind, _, option = block[0].partition(" ")
        if kind == "load" and not option:
            found.lines += block[1:]
            continue
        if kind not in ("query", "error") or "----" not in block:
            raise ValueError(f"{path.name}:{number}: wanted load, or query or error with a line ----")
        cut = block.index("----")
        if kind == "query" and option not in ("", "header"):
            raise ValueError(f"{path.name}:{number}: unknown option {option!r}")
        statement = "\n".join(block[1:cut])
        expected = ["" if line == NULL_ROW else line for line in block[cut + 1 :]]
        found.cases.append(Case(path.stem, number, kind, option, statement, expected))
    return found


def all_files():
    return [read(path) for path in sorted(FOLDER.glob("*.test"))]
