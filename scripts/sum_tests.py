"""Sums the JUnit files of a test run and prints `N passed, N failed, N skipped` as its last line.

A folder holds NAME-ctest.xml (one entry per test program), NAME-gtest/*.xml (that program's cases) and pytest.xml.
A program that failed without reporting a failed case (a crash, a timeout) counts as one failure more.
Exits 1 when anything failed, or nothing ran.

Usage: sum_tests.py FOLDER
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter


def count_cases(path):
    counts = Counter()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            counts["failed"] += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun" or case.get("result") == "suppressed":
            counts["skipped"] += 1
        else:
            counts["passed"] += 1
    return counts


def report_of(program, folder):
    """The gtest report of the ctest entry `program`, if its program got as far as writing one."""
    for name in (
        program,
        f"{program}_tests",
        f"{program}_test",
        f"streamflow_{program}",
        f"streamflow_{program}_tests",
    ):
        if (folder / f"{name}.xml").exists():
            return folder / f"{name}.xml"
    return None


def count_ctest(path):
    counts = Counter()
    folder = path.with_name(path.name.replace("-ctest.xml", "-gtest"))
    for entry in ElementTree.parse(path).getroot().iter("testcase"):
        program_failed = entry.find("failure") is not None or entry.get("status") == "fail"
        report = report_of(entry.get("name"), folder)
        cases = count_cases(report) if report else Counter()
        if program_failed and cases["failed"] == 0:
            cases["failed"] += 1
        elif report is None:
            cases["skipped" if entry.find("skipped") is not None else "passed"] += 1
        counts += cases
    return counts


def main():
    folder = pathlib.Path(sys.argv[1])
    total = Counter()
    for path in sorted(folder.glob("*.xml")):
        counts = count_ctest(path) if path.name.endswith("-ctest.xml") else count_cases(path)
        print(f"{path.stem:16} {counts['passed']:6} passed {counts['failed']:6} failed {counts['skipped']:6} skipped")
        total += counts
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
