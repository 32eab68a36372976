"""The Python client as a package: it can be built and installed, says what is missing, and runs on Python 3.12 too."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

import pytest
from streamflow_server import ROOT

PACKAGE = ROOT / "sdk" / "python"


def test_the_wheel_holds_the_package_and_its_types(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", tmp_path]
    built = subprocess.run(command, cwd=PACKAGE, capture_output=True, text=True, timeout=120)
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("streamflow-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    assert {"streamflow/__init__.py", "streamflow/py.typed", "streamflow/writer/spool.py"} <= set(names)
    assert "Provides-Extra: pandas" in metadata
    target = tmp_path / "installed"
    pip = [sys.executable, "-m", "pip", "--quiet", "install", "--no-index", "--no-deps", "--target", target, wheel]
    installed = subprocess.run(pip, capture_output=True, text=True, timeout=120)
    assert installed.returncode == 0, installed.stderr
    shown = subprocess.run(
        [sys.executable, "-c", "import streamflow; print(streamflow.__file__)"],
        env={**os.environ, "PYTHONPATH": str(target)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert str(target) in shown.stdout, shown.stderr


@pytest.mark.parametrize(
    ("package", "call", "extra"),
    [("pandas", "to_pandas()", "pandas"), ("polars", "to_polars()", "polars"), ("plotly", "plot(y='v')", "plotly")],
)
def test_a_missing_extra_says_how_to_install_it(package, call, extra, tmp_path):
    program = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {package!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Absent())
import pyarrow, streamflow
try:
    streamflow.Result(pyarrow.table({{"v": [1.0]}})).{call}
except ImportError as error:
    print(error)
"""
    shown = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(PACKAGE / "src")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert f"needs {package}: pip install './sdk/python[{extra}]'" in shown.stdout, shown.stderr


def python312():
    candidates = [shutil.which("python3.12"), *pathlib.Path.home().glob(".pyenv/versions/3.12*/bin/python")]
    for candidate in filter(None, candidates):
        asked = subprocess.run(
            [candidate, "-c", "import sys; print(sys.version_info[:2])"], capture_output=True, text=True
        )
        if asked.stdout.strip() == "(3, 12)":
            return str(candidate)
    return None


def environment312(interpreter):
    """A virtual environment with the locked packages, made once for each lock."""
    lock = ROOT / "scripts" / "requirements.txt"
    folder = ROOT / "build" / "python312"
    stamp = hashlib.sha256(lock.read_bytes()).hexdigest()
    python = folder / "bin" / "python"
    if not (folder / "stamp").exists() or (folder / "stamp").read_text() != stamp:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([interpreter, "-m", "venv", folder], check=True, timeout=120)
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
        done = subprocess.run(
            [python, "-m", "pip", "install", *options, "-r", lock], capture_output=True, text=True, timeout=300
        )
        if done.returncode != 0:
            pytest.skip(f"the locked packages cannot be installed for Python 3.12: {done.stderr.strip()[-200:]}")
        (folder / "stamp").write_text(stamp)
    return python


@pytest.mark.nightly
def test_python_312_passes_the_unit_tests():
    interpreter = python312()
    if interpreter is None:
        pytest.skip("there is no python3.12 here")
    python = environment312(interpreter)
    done = subprocess.run(
        [python, "-m", "pytest", "sdk/python/tests", "-x"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-4000:]
