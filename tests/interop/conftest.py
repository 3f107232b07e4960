from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path

import pytest

PACKAGE = "scimulator_interop"


def _load(name):
    # Tests are no package (import mode importlib): the servers beside this file are loaded by their path.
    if PACKAGE not in sys.modules:
        folder = Path(__file__).with_name("servers")
        spec = importlib.util.spec_from_file_location(
            PACKAGE, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        module = importlib.util.module_from_spec(spec)
        sys.modules[PACKAGE] = module
        spec.loader.exec_module(module)
    return importlib.import_module(f"{PACKAGE}.{name}")


@pytest.fixture
def load_server():
    """Load a module of ``servers`` by its name."""
    return _load


@pytest.fixture
def judging():
    return _load("judging")


@pytest.fixture
def serve(tmp_path):
    """Start a server of the given module for this test, or skip with what the machine lacks."""
    unavailable = _load("process").ServerUnavailable
    running = []

    def start(name):
        context = _load(name).serve(tmp_path)
        try:
            served = context.__enter__()
        except unavailable as reason:
            pytest.skip(str(reason))
        running.append(context)
        return served

    yield start
    for context in running:
        context.__exit__(None, None, None)
