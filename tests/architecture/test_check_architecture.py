"""The architecture check finds each kind of breach in a small tree made for it, and none in this repository."""

import pathlib

import pytest
from check_architecture import Checker, closure, cmake_libraries

CMAKE = """
streamflow_library(model)
streamflow_library(storage USES model LINKS PkgConfig::lz4)  # streamflow_library(comment USES nothing)
streamflow_library(query USES storage LINKS DuckDB::DuckDB
                   PRECOMPILED src/query/pre.h)
"""
ARROWS = {"model": set(), "storage": {"model"}, "query": {"storage"}, "server": {"query"}}


@pytest.fixture
def tree(tmp_path):
    """A small tree without a breach, and a function that writes one more file and returns all problems."""

    def write(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        return Checker(tmp_path, ARROWS).check()

    write("CMakeLists.txt", CMAKE)
    write(
        "src/model/time.h", "// Time.\n#pragma once\n#include <chrono>\n#include <unistd.h>\n#include <emmintrin.h>\n"
    )
    write("src/storage/wal.h", '// Log.\n#include "model/time.h"\n#include <lz4.h>\n')
    write(
        "src/query/sql.h", '// SQL.\n#include "model/time.h"\n#include "storage/wal.h"\n#include "duckdb/main/x.hpp"\n'
    )
    write("src/model/README.md", "Types.\n\nMay use: nothing.\nStart reading: time.h\n")
    write("src/storage/README.md", "Log.\n\nMay use: model.\nStart reading: wal.h\n")
    problems = write("src/query/README.md", "SQL.\n\n- May use: storage, model; DuckDB.\n- Start reading: sql.h\n")
    assert problems == []
    return write


BREACHES = {
    "include against the arrows": ("src/model/a.cpp", '#include "storage/wal.h"\n', "model may not use storage"),
    "include of a folder without arrow": ("src/storage/a.cpp", '#include "query/sql.h"\n', "storage may not use query"),
    "include that is no file": ("src/model/a.cpp", '#include "model/none.h"\n', "is no file of src/"),
    "include relative to the folder": ("src/model/a.cpp", '#include "time.h"\n', "is no file of src/"),
    "DuckDB outside query": ("src/storage/a.cpp", '#include "duckdb/main/x.hpp"\n', "only query may include it"),
    "DuckDB in angle brackets": ("src/storage/a.cpp", "#  include <duckdb.hpp>\n", "only query may include it"),
    "Boost outside server": ("src/query/a.cpp", "#include <boost/asio.hpp>\n", "only server may include it"),
    "SOCI outside metadata": ("src/query/a.cpp", "#include <soci/soci.h>\n", "only metadata may include it"),
    "unknown foreign header": ("src/model/a.cpp", "#include <mystery/box.h>\n", "unknown foreign header"),
    "gtest outside a test": ("src/model/a.cpp", "#include <gtest/gtest.h>\n", "only tests"),
    "benchmark in src": ("src/model/a.cpp", "#include <benchmark/benchmark.h>\n", "benchmarks live in bench/"),
    "include of a test": ("src/model/a.cpp", '#include "model/b_test.h"\n', "tests are not included"),
    "include of a source": ("src/model/a.cpp", '#include "model/b.cpp"\n', "include headers, not sources"),
    "header without contract": ("src/model/a.h", "#pragma once\n", "opens with its contract"),
    "test in a file no target builds": ("src/model/a.cpp", "TEST(A, B) {}\n", "only *_test.cpp"),
    "test outside src no target builds": ("tests/fuzz/a_test.cpp", "TEST(A, B) {}\n", "no target"),
    "Python test that is not collected": ("tests/crash/kill.py", "def test_a(): pass\n", "never run"),
    "folder without target": ("src/server/http.h", "// HTTP.\n", "no streamflow_library()"),
    "source in src itself": ("src/main.cpp", "int main() {}\n", "never in src/ itself"),
    "README without may use": ("src/model/README.md", "Types.\nStart reading: x\n", "no `May use:` line"),
    "README without start": ("src/model/README.md", "Types.\nMay use: nothing\n", "no `Start reading:` line"),
    "README names too much": ("src/model/README.md", "T.\nMay use: storage\nStart reading: x\n", "names storage"),
    "README names too little": ("src/storage/README.md", "T.\nMay use: -\nStart reading: x\n", "leaves out model"),
    "USES against the arrows": ("CMakeLists.txt", "streamflow_library(model USES query)\n", "against the arrows"),
    "USES of an unknown folder": ("CMakeLists.txt", CMAKE + "streamflow_library(web)\n", "has no arrows"),
}


@pytest.mark.parametrize("name", BREACHES)
def test_finds(tree, name):
    path, text, expected = BREACHES[name]
    problems = tree(path, text)
    assert any(expected in problem for problem in problems), problems


def test_names_file_and_line(tree):
    assert tree("src/model/a.cpp", '\n\n#include "storage/wal.h"\n')[0].startswith("src/model/a.cpp:3: ")


def test_missing_readme(tree, tmp_path):
    (tmp_path / "src/model/README.md").unlink()
    assert any("README.md:1: missing" in problem for problem in tree("src/model/a.cpp", ""))


def test_a_test_may_include_the_framework_and_its_own_folder(tree):
    assert tree("src/storage/wal_test.cpp", '#include "storage/wal.h"\n#include <gtest/gtest.h>\nTEST(A, B) {}\n') == []


def test_a_fixture_may_include_the_framework(tree):
    assert tree("src/storage/wal_fixture.h", "// For tests.\n#include <gtest/gtest.h>\n") == []


def test_a_test_named_by_a_target_is_owned(tree):
    tree("tests/fuzz/CMakeLists.txt", "add_executable(a a_test.cpp)\n")
    assert tree("tests/fuzz/a_test.cpp", "TEST(A, B) {}\n") == []


def test_reads_cmake():
    libraries = cmake_libraries(CMAKE)
    assert {name: uses for name, (uses, _) in libraries.items()} == {
        "model": [],
        "storage": ["model"],
        "query": ["storage"],
    }
    assert libraries["storage"][1] == 3


def test_use_is_transitive():
    assert closure("server", ARROWS) == {"query", "storage", "model"}


def test_this_repository_keeps_to_its_map():
    assert Checker(pathlib.Path(__file__).parents[2]).check() == []
