"""Fails when the tree is not what its map says.

Compares four things with each other: the arrows below (ARCHITECTURE.md, "Folders"), the USES of every
streamflow_library() in CMakeLists.txt, the #include lines of src/, and the folders' README.md files. Also: foreign
headers stay in the folders that own them, every test belongs to a target or to pytest, every header opens with its
contract. Prints `file:line: what is wrong` and exits 1, or prints nothing and exits 0.

Usage: check_architecture.py [ROOT]
"""

import pathlib
import re
import sys

# Who may use whom, directly; use is transitive downwards. A folder of src/ that is not here does not exist yet.
ARROWS = {
    "model": set(),
    "encoding": {"model"},
    "storage": {"model", "encoding"},
    "analytics": {"model"},
    "query": {"storage", "analytics"},
    "metadata": {"model"},
    "access": {"metadata"},
    "jobs": {"metadata"},
    "ingest": {"storage", "access"},
    "stream": {"query", "ingest"},
    "datasets": {"query", "jobs"},
    "workflow": {"datasets"},
    "alerting": {"query", "stream", "metadata"},
    "cluster": {"storage", "query"},
    "server": {"query", "ingest", "access", "jobs", "stream", "datasets", "workflow", "alerting", "cluster"},
    "app": {"server"},
}

# Foreign headers by how their path begins, and the folders that may include them.
FOREIGN = {
    "duckdb": {"query"},
    "boost/": {"server"},
    "soci/": {"metadata"},
    "sqlite3.h": {"metadata"},
    "curl/": {"app"},
    "histedit.h": {"app"},
    "editline/": {"app"},
    "yaml-cpp/": {"app"},
    "CLI/": {"app"},
    "openssl/": {"access", "server"},
    "zlib.h": {"ingest", "server", "app"},
    "zstd": {"encoding", "storage", "ingest"},
    "lz4": {"encoding", "storage", "ingest"},
    "xxh": {"storage"},
    "hwy/": {"encoding", "analytics", "ingest"},
    "Eigen/": {"analytics"},
    "pocketfft": {"analytics"},
    "fast_float/": {"ingest"},
    "simdjson": {"ingest", "server"},
    "nlohmann/": {"server", "app"},
    "spdlog/": {"server", "app"},
    "fmt/": {"server", "app"},
}
TEST_ONLY = ("gtest/", "gmock/", "rapidcheck")
BENCH_ONLY = ("benchmark/",)

# The system's own: C++ standard headers have no suffix, POSIX, Linux and compiler headers are named here.
SYSTEM_FOLDERS = ("sys/", "netinet/", "arpa/", "linux/", "net/", "bits/")
SYSTEM_HEADERS = set(
    "cpuid.h dirent.h dlfcn.h errno.h fcntl.h fnmatch.h getopt.h glob.h inttypes.h limits.h locale.h "
    "malloc.h math.h netdb.h poll.h pthread.h pwd.h sched.h signal.h stdint.h stdio.h "
    "stdlib.h string.h strings.h syslog.h termios.h time.h unistd.h".split()
)

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
TEST_MACRO = re.compile(r"^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP)\s*\(", re.MULTILINE)


def closure(folder, arrows):
    """Everything `folder` may use: its arrows, and theirs."""
    reached, todo = set(), [folder]
    while todo:
        for used in arrows.get(todo.pop(), ()):
            if used not in reached:
                reached.add(used)
                todo.append(used)
    return reached


def cmake_libraries(text):
    """{folder: (USES as a list, line)} of every streamflow_library() call."""
    libraries = {}
    without_comments = re.sub(r"#[^\n]*", "", text)
    for call in re.finditer(r"streamflow_library\(\s*(\w+)([^)]*)\)", without_comments):
        uses, keyword = [], None
        for word in call.group(2).split():
            if word in ("USES", "LINKS", "PRECOMPILED"):
                keyword = word
            elif keyword == "USES":
                uses.append(word)
        libraries[call.group(1)] = (uses, without_comments.count("\n", 0, call.start()) + 1)
    return libraries


class Checker:
    def __init__(self, root, arrows=None):
        self.root = pathlib.Path(root)
        self.arrows = ARROWS if arrows is None else arrows
        self.problems = []
        cmake = self.root / "CMakeLists.txt"
        self.libraries = cmake_libraries(cmake.read_text()) if cmake.exists() else {}

    def report(self, path, line, text):
        self.problems.append(f"{pathlib.Path(path).relative_to(self.root)}:{line}: {text}")

    def check(self):
        self.check_targets()
        for folder in self.folders():
            self.check_readme(folder)
            for path in sorted((self.root / "src" / folder).rglob("*")):
                if path.suffix in (".h", ".cpp"):
                    self.check_source(folder, path)
        self.check_tests_are_owned()
        return self.problems

    def folders(self):
        source = self.root / "src"
        return sorted(path.name for path in source.iterdir() if path.is_dir()) if source.exists() else []

    def may_use(self, folder):
        return closure(folder, {name: set(uses) for name, (uses, _) in self.libraries.items()})

    def check_targets(self):
        cmake = self.root / "CMakeLists.txt"
        for folder, (uses, line) in self.libraries.items():
            if folder not in self.arrows:
                self.report(cmake, line, f"folder {folder} has no arrows: add it to ARCHITECTURE.md and to this check")
                continue
            for used in uses:
                if used not in closure(folder, self.arrows):
                    self.report(cmake, line, f"{folder} USES {used} is against the arrows of ARCHITECTURE.md")
        for folder in self.folders():
            if folder not in self.libraries:
                self.report(self.root / "src" / folder, 1, "no streamflow_library() builds this folder")

    def check_readme(self, folder):
        path = self.root / "src" / folder / "README.md"
        if not path.exists():
            self.report(path, 1, "missing: purpose line, `May use: …`, `Start reading: …`")
            return
        text = path.read_text()
        line = re.search(r"^\W*may use\W*:(.*(?:\n(?!\s*$|#|\W*start reading).*)*)", text, re.IGNORECASE | re.MULTILINE)
        if line is None:
            self.report(path, 1, "has no `May use:` line")
        elif folder in self.libraries:
            number = text.count("\n", 0, line.start()) + 1
            named = set(re.findall(r"\w+", line.group(1))) & set(self.arrows)
            direct, allowed = set(self.libraries[folder][0]), self.may_use(folder)
            for name in sorted(direct - named):
                self.report(path, number, f"`May use` leaves out {name}, which CMakeLists.txt gives it")
            for name in sorted(named - allowed - {folder}):
                self.report(path, number, f"`May use` names {name}, which CMakeLists.txt does not give it")
        if re.search(r"start reading", text, re.IGNORECASE) is None:
            self.report(path, 1, "has no `Start reading:` line")

    def check_source(self, folder, path):
        text = path.read_text()
        is_test = re.search(r"_test\.cpp$|_fixture\.(h|cpp)$|_test_\w+\.h$", path.name) is not None
        if path.suffix == ".h" and not text.startswith("//"):
            self.report(path, 1, "a header opens with its contract: purpose, source, invariants, threads, errors")
        if path.suffix == ".cpp" and not is_test and TEST_MACRO.search(text):
            self.report(path, 1, "holds tests, but only *_test.cpp files become part of a test target")
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            if match and match.group(1):
                self.check_own_include(folder, path, number, match.group(1))
            elif match:
                self.check_foreign_include(folder, path, number, match.group(2), is_test)

    def check_own_include(self, folder, path, number, name):
        if re.search(r"_(test|fuzz)\.(h|cpp)$", name):
            self.report(path, number, f'"{name}": tests are not included')
        if name.endswith(".cpp"):
            self.report(path, number, f'"{name}": include headers, not sources')
        if not (self.root / "src" / name).exists() and name.startswith(tuple(FOREIGN)):
            self.check_foreign_include(folder, path, number, name, is_test=False)
            return
        if not (self.root / "src" / name).exists():
            self.report(path, number, f'"{name}" is no file of src/: write the path from src/, foreign headers in <>')
            return
        used = name.split("/")[0]
        if used != folder and used not in self.may_use(folder):
            self.report(path, number, f'"{name}": {folder} may not use {used} (arrows of ARCHITECTURE.md)')

    def check_foreign_include(self, folder, path, number, name, is_test):
        if "." not in name.split("/")[-1] and "/" not in name:
            return
        if name in SYSTEM_HEADERS or name.startswith(SYSTEM_FOLDERS) or name.endswith("intrin.h"):
            return
        if name.startswith(TEST_ONLY):
            if not is_test:
                self.report(path, number, f"<{name}>: only tests include test frameworks")
            return
        if name.startswith(BENCH_ONLY):
            self.report(path, number, f"<{name}>: benchmarks live in bench/")
            return
        for prefix, owners in FOREIGN.items():
            if name.startswith(prefix):
                if folder not in owners:
                    self.report(path, number, f"<{name}>: only {', '.join(sorted(owners))} may include it")
                return
        self.report(path, number, f"<{name}>: unknown foreign header; name its owner in scripts/check_architecture.py")

    def check_tests_are_owned(self):
        for top in ("tests", "bench"):
            folder = self.root / top
            if not folder.exists():
                continue
            cmake = "\n".join(path.read_text() for path in folder.rglob("CMakeLists.txt"))
            for path in sorted(folder.rglob("*.cpp")):
                globbed = re.search(r"GLOB\w*[^)]*\*(?:_test)?\.cpp", cmake) is not None
                if TEST_MACRO.search(path.read_text()) and path.name not in cmake and not globbed:
                    self.report(path, 1, "no target of CMakeLists.txt builds this test")
            for path in sorted(folder.rglob("*.py")):
                has_tests = re.search(r"^def test_", path.read_text(), re.MULTILINE) is not None
                if has_tests and not (top == "tests" and path.name.startswith("test_")):
                    self.report(path, 1, "pytest collects only tests/**/test_*.py: these tests never run")
        source = self.root / "src"
        for path in sorted(source.glob("*.cpp")) if source.exists() else []:
            self.report(path, 1, "sources live in a folder of src/, never in src/ itself")


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent).resolve()
    problems = Checker(root).check()
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
