"""The closing line counts every case once, and a crashed program as a failure."""

import sys

import pytest
from sum_tests import main

GTEST = '<testsuites><testsuite><testcase name="a" status="run" result="completed"/>{}</testsuite></testsuites>'
FAILED = '<testcase name="b" status="run" result="completed"><failure message="no"/></testcase>'
SKIPPED = '<testcase name="c" status="run" result="skipped"><skipped message="why"/></testcase>'
CTEST = '<testsuite><testcase name="storage" status="{}">{}</testcase></testsuite>'


@pytest.fixture
def summary(tmp_path, monkeypatch, capsys):
    def run(ctest=None, gtest=None, pytest_report=None):
        (tmp_path / "release-gtest").mkdir()
        if ctest:
            (tmp_path / "release-ctest.xml").write_text(ctest)
        if gtest:
            (tmp_path / "release-gtest/streamflow_storage_tests.xml").write_text(gtest)
        if pytest_report:
            (tmp_path / "pytest.xml").write_text(pytest_report)
        monkeypatch.setattr(sys, "argv", ["sum_tests.py", str(tmp_path)])
        code = main()
        return code, capsys.readouterr().out.splitlines()[-1]

    return run


def test_sums_suites(summary):
    python = "<testsuites><testsuite><testcase name='x'/><testcase name='y'/></testsuite></testsuites>"
    assert summary(CTEST.format("run", ""), GTEST.format(SKIPPED), python) == (0, "3 passed, 0 failed, 1 skipped")


def test_failed_case(summary):
    assert summary(CTEST.format("fail", "<failure/>"), GTEST.format(FAILED)) == (1, "1 passed, 1 failed, 0 skipped")


def test_program_that_crashed_before_its_report(summary):
    assert summary(CTEST.format("fail", "<failure/>")) == (1, "0 passed, 1 failed, 0 skipped")


def test_program_that_crashed_after_its_report(summary):
    assert summary(CTEST.format("fail", "<failure/>"), GTEST.format("")) == (1, "1 passed, 1 failed, 0 skipped")


def test_program_without_cases_of_its_own(summary):
    assert summary(CTEST.format("run", "")) == (0, "1 passed, 0 failed, 0 skipped")


def test_nothing_ran(summary):
    assert summary()[0] == 1
