"""Keeps files and functions small: past the limits only what size_ratchet.json records, and never longer than there.

Limits: 400 lines a file, 70 lines a function (C++ and Python, below src/, bench/, tests/, scripts/, sdk/). A recorded
exception may shrink, not grow; `--tighten` writes the shrunk sizes back and drops exceptions that are no longer needed.
A new exception is an edit of the JSON by hand, to be argued in review. Generated files say so in their first line
(`Made by … Do not edit`) and are exempt.

Usage: size_ratchet.py [--tighten] [ROOT]
"""

import ast
import json
import pathlib
import re
import sys

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
TOPS = ("src", "bench", "tests", "scripts", "sdk")
SUFFIXES = (".h", ".cpp", ".py")

GENERATED = re.compile(r"(?://|#) Made by \S+ .*Do not edit")  # a first line; such files are exempt
SCOPE = re.compile(
    r'^(?:inline\s+|static\s+|typedef\s+|constexpr\s+|extern\s*""?\s*)*(?:namespace|class|struct|union|enum|extern)\b'
)
RAW_STRING = re.compile(r'R"([^()\\\s]{0,16})\(.*?\)\1"', re.DOTALL)
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def blank(match):
    """A comment or literal without its text, but with its line ends, so that line numbers stay."""
    return ("" if match.group(0).startswith("/") else '""') + "\n" * match.group(0).count("\n")


def cpp_functions(text):
    """[(name, line count)] of every function body that is not inside another one."""
    text = RAW_STRING.sub(blank, text)
    text = TOKEN.sub(blank, text)
    text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", "", text, flags=re.MULTILINE)
    functions, head_start, index = [], 0, 0
    while index < len(text):
        character = text[index]
        if character in ";}":
            head_start = index + 1
        elif character == "{":
            head = re.sub(r"^\s*(?:(?:public|private|protected)\s*:\s*)*", "", text[head_start:index])
            start = index - len(head)
            head = head.rstrip()
            signature = re.sub(r"^template\s*<[^{};]*?>\s*(?=\w)(?!\w+\s*>)", "", head)
            if "(" in signature and not SCOPE.match(signature) and not re.search(r"=\s*(?:\w+\s*)?$", signature):
                index = closing_brace(text, index)
                follower = re.match(r"\s*(.)", text[index + 1 :])
                if follower and follower.group(1) in ",{" and re.search(r":\s*\w", signature):
                    index += 1  # a member initialised with braces: the body is still to come
                    continue
                functions.append((name_of(signature), text.count("\n", start, index) + 1))
                head_start = index + 1
            elif SCOPE.match(signature) or not signature:
                head_start = index + 1
            else:  # an initialiser
                index = closing_brace(text, index)
        index += 1
    return functions


def closing_brace(text, opening):
    depth = 0
    for match in re.finditer(r"[{}]", text[opening:]):
        depth += 1 if match.group(0) == "{" else -1
        if depth == 0:
            return opening + match.start()
    return len(text) - 1


def name_of(signature):
    macro = re.match(r"(?:TEST|TEST_F|TEST_P|TYPED_TEST|BENCHMARK_F)\s*\(\s*(\w+)\s*,\s*(\w+)", signature)
    if macro:
        return f"{macro.group(1)}.{macro.group(2)}"
    match = re.search(r"((?:[\w~]+(?:<[^<>]*>)?::)*(?:operator\s*[^\s(]+|[\w~]+))\s*\(", signature)
    return match.group(1) if match else signature[:40]


def python_functions(text):
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.name, node.end_lineno - node.lineno + 1) for node in nodes]


def measure(root):
    """Everything past a limit: ({file: lines}, {file::function: lines})."""
    files, functions = {}, {}
    for top in TOPS:
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in SUFFIXES or "node_modules" in path.parts:
                continue
            name, text = path.relative_to(root).as_posix(), path.read_text()
            if GENERATED.match(text):
                continue
            lines = text.count("\n")
            if lines > FILE_LINES_MAX:
                files[name] = lines
            for function, length in python_functions(text) if path.suffix == ".py" else cpp_functions(text):
                if length > FUNCTION_LINES_MAX:
                    key = f"{name}::{function}"
                    functions[key] = max(length, functions.get(key, 0))
    return files, functions


def compare(measured, recorded, limit, noun):
    """(problems, the recorded exceptions tightened)."""
    problems = []
    for name, lines in measured.items():
        allowed = recorded.get(name)
        if allowed is None:
            problems.append(f"{name}: {lines} lines, a {noun} has at most {limit}: split it by concept")
        elif lines > allowed:
            problems.append(f"{name}: grew to {lines} lines, its exception allows {allowed}: split it by concept")
    return problems, {name: min(lines, measured[name]) for name, lines in recorded.items() if name in measured}


def main(arguments):
    tighten = "--tighten" in arguments
    positional = [argument for argument in arguments if argument != "--tighten"]
    root = pathlib.Path(positional[0] if positional else pathlib.Path(__file__).parent.parent).resolve()
    record = root / "scripts" / "size_ratchet.json"
    recorded = json.loads(record.read_text()) if record.exists() else {"files": {}, "functions": {}}
    files, functions = measure(root)
    problems, tight_files = compare(files, recorded["files"], FILE_LINES_MAX, "file")
    more, tight_functions = compare(functions, recorded["functions"], FUNCTION_LINES_MAX, "function")
    tightened = {"files": tight_files, "functions": tight_functions}
    if tighten:
        record.write_text(json.dumps(tightened, indent=2, sort_keys=True) + "\n")
    elif tightened != recorded:
        print("some recorded exceptions have shrunk: python3 scripts/size_ratchet.py --tighten")
    for problem in problems + more:
        print(problem)
    return 1 if problems or more else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
