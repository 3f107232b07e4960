"""The pytest plugin: checks become outcomes, their exchanges a run stream, over one process or many.

It loads in every user's pytest, so it stays idle and imports nothing heavy until a check is collected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scimulator.running.stash import RUN

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from scimulator.kit.session import Session
    from scimulator.testing import ScimCassette, ScimDirectory, ScimEntra, ScimOkta, ScimReference, ScimTarget


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; each starts with ``--scim-``."""
    from scimulator.running.options import add_options  # noqa: PLC0415  loads in every pytest: stay light

    add_options(parser)
    parser.addini("scim_target", "Target of the fixtures scim_okta, scim_entra and their like", default="")


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

    if RUN not in config.stash:
        run = Run(config)
        config.stash[RUN] = run
        config.pluginmanager.register(run, "scimulator.run")
    config.stash[RUN].select(items)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Give every xdist worker the id and seed of this run."""
    from scimulator.running.workers import prepare_worker  # noqa: PLC0415  loads in every pytest: stay light

    prepare_worker(node)


@pytest.hookimpl(wrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Run the checks; then tidy up, and report the passive invariants, even after an interruption."""
    from scimulator.running import workers  # noqa: PLC0415  loads in every pytest: stay light

    alone = workers.is_controller(session.config) and RUN not in session.config.stash
    if alone:
        workers.start_controller(session.config, RUN)
    try:
        done = yield
        if alone and RUN in session.config.stash:
            workers.run_what_is_left(session, session.config.stash[RUN])
        return done
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


# -- for an application's own tests: see scimulator.testing


@pytest.fixture
def scim_target_spec(request: pytest.FixtureRequest) -> object:
    """What is tested; override it to return your ASGI or WSGI application, a ``ScimApplication``, or a target's text.

    By default it is the text of ``--scim-target`` or of the ini option ``scim_target``.
    """
    from scimulator.testing.opening import spec_from  # noqa: PLC0415  loads in every pytest: stay light

    return spec_from(request.config)


@pytest.fixture
def scim_token() -> str | None:
    """The bearer token of the target; None asks the settings and the variable SCIM_TOKEN. Override it."""
    return None


@pytest.fixture
def scim_okta_dialect() -> str:
    """How ``scim_okta`` talks: ``okta.template``, or ``okta.wizard`` where you override it."""
    return "okta.template"


@pytest.fixture
def scim_entra_dialect() -> str:
    """How ``scim_entra`` talks: ``entra.optscim``, or ``entra.legacy`` where you override it."""
    return "entra.optscim"


@pytest.fixture
def scim_target(
    request: pytest.FixtureRequest, scim_target_spec: object, scim_token: str | None
) -> Iterator[ScimTarget]:
    """The server under test, for requests by hand; what the test makes there is removed at its end."""
    from scimulator.testing.opening import opened  # noqa: PLC0415  loads in every pytest: stay light

    target = opened(scim_target_spec, request.config, scim_token)
    try:
        yield target
    finally:
        target.close()


@pytest.fixture
def scim_directory(scim_target: ScimTarget) -> ScimDirectory:
    """The directory that ``scim_okta`` and ``scim_entra`` of this test share: people and groups."""
    from scimulator.testing import ScimDirectory as Directory  # noqa: PLC0415  loads in every pytest: stay light

    return Directory(scim_target)


@pytest.fixture
def scim_okta(scim_target: ScimTarget, scim_directory: ScimDirectory, scim_okta_dialect: str) -> ScimOkta:
    """An Okta org whose app provisions to the target: ``scim_okta.assign(scim_okta.person())``."""
    from scimulator.testing import ScimOkta as Okta  # noqa: PLC0415  loads in every pytest: stay light

    return Okta(scim_target, scim_directory, dialect=scim_okta_dialect)


@pytest.fixture
def scim_entra(scim_target: ScimTarget, scim_directory: ScimDirectory, scim_entra_dialect: str) -> ScimEntra:
    """An Entra tenant whose app provisions to the target, in cycles and on demand."""
    from scimulator.testing import ScimEntra as Entra  # noqa: PLC0415  loads in every pytest: stay light

    return Entra(scim_target, scim_directory, dialect=scim_entra_dialect)


@pytest.fixture
def scim_cassette(scim_target: ScimTarget) -> ScimCassette:
    """Records what goes to the target into a file, and replays it: ``assert scim_cassette.replay(file) == []``."""
    from scimulator.testing import ScimCassette as Cassette  # noqa: PLC0415  loads in every pytest: stay light

    return Cassette(scim_target)


@pytest.fixture
def scim_reference() -> Iterator[ScimReference]:
    """A SCIM server in this process for the tests of a client; ``having("fault")`` makes one with bugs."""
    from scimulator.testing import ScimReference as Reference  # noqa: PLC0415  loads in every pytest: stay light

    server = Reference()
    try:
        yield server
    finally:
        server.close()
