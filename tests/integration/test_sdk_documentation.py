"""What the Python client's documentation shows is run: the guide, the docstrings' examples, the quick start."""

import asyncio
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys

import streamflow
from streamflow_server import ROOT, plain_environment


def test_every_block_of_the_guide_runs(new_server, tmp_path, monkeypatch):
    server = new_server().start()
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "docs" / "python.md").read_text()
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 10
    names = {}
    for number, block in enumerate(blocks):
        code = compile(block.replace("http://localhost:8080", server.url), f"docs/python.md, block {number}", "exec")
        exec(code, names)


def test_every_example_of_the_docstrings_runs(new_server):
    server = new_server().start()
    modules = [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(streamflow.__path__, prefix="streamflow.")
    ]
    examples = 0
    with streamflow.connect(server.url) as db:
        names = {"streamflow": streamflow, "url": server.url, "db": db, "asyncio": asyncio}
        for module in [streamflow, *modules]:
            outcome = doctest.testmod(module, extraglobs=names, raise_on_error=False)
            assert outcome.failed == 0, f"{module.__name__}: see the output above"
            examples += outcome.attempted
    assert examples >= 25


def test_the_quick_start_runs(new_server):
    server = new_server().start()
    environment = plain_environment() | {"STREAMFLOW_URL": server.url, "PYTHONPATH": str(ROOT / "sdk/python/src")}
    command = [sys.executable, ROOT / "examples" / "quickstart.py"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    for text in ("7200 rows written", "attic", "2 lines drawn", "1000 rows streamed"):
        assert text in done.stdout
