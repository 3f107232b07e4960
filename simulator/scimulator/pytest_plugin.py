"""The pytest plugin: checks become outcomes, their exchanges a run stream, over one process or many.

It loads in every user's pytest, so it stays idle and imports nothing heavy until a check is collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.running.stash import RUN

if TYPE_CHECKING:
    from collections.abc import Generator

    from scimulator.kit.session import Session


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; each starts with ``--scim-``."""
    from scimulator.running.options import add_options  # noqa: PLC0415  loads in every pytest: stay light

    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark that the ``check`` decorator sets."""
    config.addinivalue_line("markers", "scim_check(declaration): a Scimulator check; set by scimulator.kit.check")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a check that asks for a ``dialect`` once for each dialect that it declares."""
    mark = metafunc.definition.get_closest_marker("scim_check")
    if mark is not None and "dialect" in metafunc.fixturenames:
        metafunc.parametrize("dialect", mark.args[0].dialects)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Verify declarations, select and order; the first check that is collected makes this a run."""
    if not any(item.get_closest_marker("scim_check") for item in items):
        return
    from scimulator.running.run import Run  # noqa: PLC0415  loads in every pytest: stay light

    run = Run(config)
    config.stash[RUN] = run
    config.pluginmanager.register(run, "scimulator.run")
    run.select(items)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Give every xdist worker the id and seed of this run."""
    from scimulator.running.workers import prepare_worker  # noqa: PLC0415  loads in every pytest: stay light

    prepare_worker(node)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Run the checks; then tidy up, and report the passive invariants, even after an interruption."""
    from scimulator.running.workers import is_controller, start_controller  # noqa: PLC0415  loads in every pytest

    if is_controller(session.config) and RUN not in session.config.stash:
        start_controller(session.config, RUN)
    try:
        return (yield)
    finally:
        run = session.config.stash.get(RUN, None)
        if run is not None:
            run.end(session)


@pytest.fixture(scope="session")
def scim_session(request: pytest.FixtureRequest) -> Session:
    """The session with the target: requests, people, discovery, clean-up. For checks only."""
    run = request.config.stash.get(RUN, None)
    if run is None:
        raise pytest.UsageError("scim_session serves checks; decorate the test with scimulator.kit.check")
    return run.session
