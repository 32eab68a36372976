"""`./run demo --once` from start to end: it checks each of its own steps, so here only that it went through."""

import os
import subprocess

from streamflow_server import ROOT, free_port


def test_the_tour_ends_well(tmp_path):
    environment = os.environ | {"NO_COLOR": "1"}
    command = [ROOT / "run", "demo", "--once", "--port", str(free_port()), "--data-dir", tmp_path / "tour"]
    tour = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=900, env=environment, cwd=ROOT
    )
    assert tour.returncode == 0, (tour.stdout + tour.stderr)[-6000:]
    for text in ("sp500", "weather", "co2", "flights", "acknowledged rows lost"):
        assert text in (tour.stdout + tour.stderr).lower(), text


def test_a_wrong_option_is_refused():
    tour = subprocess.run([ROOT / "run", "demo", "--sideways"], capture_output=True, text=True, timeout=900, cwd=ROOT)
    assert tour.returncode != 0
    assert "--sideways" in tour.stdout + tour.stderr
