"""The cases of tests/sql/*.test, each on the real server."""

import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "sql"))
from text_cases import all_files, blocks

FILES = {file.name: file for file in all_files()}
CASES = [case for file in FILES.values() for case in file.cases]
CASES_MIN = 300


@pytest.fixture(scope="module")
def loaded(server):
    """Writes every file's rows, once; half of them are flushed to files before the other half is written."""
    lines = [line for file in FILES.values() for line in file.lines]
    server.write(lines[::2])
    server.flush()
    server.write(lines[1::2])
    return server


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_answers(loaded, case):
    answer = loaded.try_sql(case.statement, accept="text/csv")
    if case.kind == "error":
        status = int(case.option or 400)
        assert answer.status_code == status, f"{case.statement}: {answer.status_code}: {answer.text}"
        for text in case.expected:
            assert text in answer.json()["detail"], f"{case.statement}: {answer.json()['detail']}"
        return
    assert answer.status_code == 200, f"{case.statement}: {answer.text}"
    lines = answer.text.replace("\r", "").split("\n")[:-1]
    assert lines[0 if case.option == "header" else 1 :] == case.expected, case.statement


def test_there_are_enough_cases():
    assert len(CASES) >= CASES_MIN
    assert len({case.statement for case in CASES}) == len(CASES), "the same statement twice"


def test_blocks_are_separated_by_blank_lines():
    assert list(blocks("# note\nload\na b\n\n\nquery\nSELECT 1\n----\n1")) == [
        (2, ["load", "a b"]),
        (6, ["query", "SELECT 1", "----", "1"]),
    ]


def test_the_reference_page_lists_the_functions_of_this_build(server):
    from tsql_reference import PAGE, page_with

    text = PAGE.read_text()
    assert text == page_with(text, server.sql("SHOW FUNCTIONS")), "run tests/sql/tsql_reference.py --write"
