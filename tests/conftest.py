"""Options every Python test shares."""

import pytest


def pytest_addoption(parser):
    parser.addoption("--nightly", action="store_true", help="run the long tests too, with longer rounds")
    parser.addoption("--rounds", type=int, help="rounds of the kill -9 test")
    parser.addoption("--seed", type=int, help="seed of the random tests, as a failing one printed it")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--nightly"):
        return
    kept = [item for item in items if item.get_closest_marker("nightly") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


@pytest.fixture
def nightly(request):
    return request.config.getoption("--nightly")
