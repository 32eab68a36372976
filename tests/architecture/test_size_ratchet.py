"""The size ratchet measures functions as a reader would, refuses growth, and only ever tightens."""

import json

import pytest
from size_ratchet import compare, cpp_functions, main, python_functions

SHAPES = {
    "plain function": ("int f(int a) {\n  return a;\n}\n", [("f", 3)]),
    "signature over two lines": ("int f(int a,\n      int b) {\n  return a;\n}\n", [("f", 4)]),
    "inside namespace and class": (
        "namespace n {\nclass C : public B {\n public:\n  int g() const { return 1; }\n};\n}",
        [("g", 1)],
    ),
    "comment before a namespace": (
        '// About.\n#include "a.h"\n\nnamespace {\n// One.\nvoid f() {\n}  // f\n}  // namespace\n',
        [("f", 2)],
    ),
    "using before a function": ("using C = a::b;\nC f(a::C c) {\n}\n", [("f", 2)]),
    "struct with alignment": ("struct alignas(64) S {\n  int a{};\n  void f() {\n  }\n};\n", [("f", 2)]),
    "braces in strings and comments": (
        "void f() {\n  g(\"{{\"); // {\n  /* { */ char c = '{';\n}\nvoid h() {}\n",
        [("f", 4), ("h", 1)],
    ),
    "raw string": ('auto k = R"sql({{{)sql";\nvoid f() {\n}\n', [("f", 2)]),
    "digit separators": ("int a = 1'000'000;\nvoid f() {\n}\n", [("f", 2)]),
    "lambda counts with its function": ("void f() {\n  auto g = [](int a) {\n    return a;\n  };\n}\n", [("f", 5)]),
    "constructor with initialisers": (
        "C::C(int a)\n    : a_{a}, b_(a) {\n  run();\n}\nvoid C::f() {\n}\n",
        [("C::C", 4), ("C::f", 2)],
    ),
    "test case": ("TEST(Wal, Replays) {\n  a();\n}\n", [("Wal.Replays", 3)]),
    "template returning template": ("template <class T>\nResult<T> f(T t) {\n  return t;\n}\n", [("f", 4)]),
    "macro of many lines": ("#define M(a) \\\n  do { \\\n  } while (0)\nvoid f() {\n}\n", [("f", 2)]),
    "table": ("const int kTable[] = {\n  1,\n  2,\n};\nvoid f() {\n}\n", [("f", 2)]),
    "operator": ("bool operator==(A a, B b) {\n  return true;\n}\n", [("operator==", 3)]),
}


@pytest.mark.parametrize("name", SHAPES)
def test_measures_cpp(name):
    text, expected = SHAPES[name]
    assert cpp_functions(text) == expected


def test_measures_python():
    assert python_functions("def f():\n    x = 1\n\n    return x\n\n\nasync def g():\n    pass\n") == [
        ("f", 4),
        ("g", 2),
    ]


def test_refuses_what_is_new_or_grown_and_tightens_what_shrank():
    problems, tightened = compare(
        {"new": 401, "grown": 450, "shrunk": 410}, {"grown": 440, "shrunk": 500, "gone": 600}, 400, "file"
    )
    assert [problem.split(":")[0] for problem in problems] == ["new", "grown"]
    assert tightened == {"grown": 440, "shrunk": 410}


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "src").mkdir()
    (tmp_path / "src/long.cpp").write_text("void f() {\n" + "  g();\n" * 80 + "}\n" + "\n" * 400)

    def record(files, functions):
        (tmp_path / "scripts/size_ratchet.json").write_text(json.dumps({"files": files, "functions": functions}))

    return tmp_path, record


def test_a_tree_without_its_exception_fails(tree, capsys):
    root, record = tree
    record({}, {})
    assert main([str(root)]) == 1
    output = capsys.readouterr().out
    assert "src/long.cpp: 482 lines" in output
    assert "src/long.cpp::f: 82 lines" in output


def test_generated_files_are_exempt(tree):
    root, record = tree
    record({}, {})
    text = (root / "src/long.cpp").read_text()
    (root / "src/long.cpp").write_text("// Made by scripts/embed.py from x. Do not edit.\n" + text)
    assert main([str(root)]) == 0


def test_recorded_exceptions_pass_and_are_tightened(tree, capsys):
    root, record = tree
    record({"src/long.cpp": 500}, {"src/long.cpp::f": 90, "src/gone.cpp::g": 99})
    assert main([str(root)]) == 0
    assert "--tighten" in capsys.readouterr().out
    assert main(["--tighten", str(root)]) == 0
    tightened = json.loads((root / "scripts/size_ratchet.json").read_text())
    assert tightened == {"files": {"src/long.cpp": 482}, "functions": {"src/long.cpp::f": 82}}
