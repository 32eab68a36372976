"""One server for all tests that only read and write tables of their own, and fresh ones for the rest."""

import itertools

import pytest
from streamflow_server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    running = Server(tmp_path_factory.mktemp("shared")).start()
    yield running
    assert running.is_alive(), f"the server died during the tests:\n{running.log()[-4000:]}"
    assert running.stop() == 0


@pytest.fixture
def new_server(tmp_path):
    """Makes servers on folders of their own; options as Server's. Started ones are stopped afterwards."""
    made = []

    def make(**options):
        made.append(Server(tmp_path / f"server-{len(made)}", **options))
        return made[-1]

    yield make
    for each in made:
        each.kill()


numbers = itertools.count()


@pytest.fixture
def table():
    """A table name no other test uses."""
    return f"t{next(numbers)}"
