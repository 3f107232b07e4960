"""Running over several xdist workers: ids go out to them, results come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest

    from scimulator.running.run import Run


def worker_input(config: pytest.Config) -> Mapping[str, object]:
    """Return what the controller handed to this worker; empty in any other process."""
    given: Mapping[str, object] = getattr(config, "workerinput", {})
    return given


def worker_id(config: pytest.Config) -> str:
    """Return the worker's id such as ``gw0``, or an empty string in the process that reports."""
    return str(worker_input(config).get("workerid", ""))


def is_controller(config: pytest.Config) -> bool:
    """Tell whether this process only hands tests to workers."""
    only_looks = config.option.collectonly  # then nothing is handed out
    return bool(getattr(config.option, "numprocesses", None)) and not worker_input(config) and not only_looks


def prepare_worker(node: object) -> None:
    """Put the run's id and seed into what a starting worker gets."""
    from scimulator.running.run import fresh_run_id  # noqa: PLC0415  only runs over workers need it

    config = node.config  # type: ignore[attr-defined]  # xdist's WorkerController is untyped
    if not hasattr(config, "scimulator_id"):
        config.scimulator_id = fresh_run_id()
    node.workerinput["scimulator_run"] = config.scimulator_id  # type: ignore[attr-defined]  # untyped
    node.workerinput["scimulator_seed"] = config.option.scim_seed  # type: ignore[attr-defined]  # untyped


def start_controller(config: pytest.Config, key: pytest.StashKey[Run]) -> None:
    """Make a run in the controller, which collects nothing itself, so that reports are recorded there."""
    from scimulator.running.run import Run  # noqa: PLC0415  only runs over workers need it

    if not (config.option.scim_target or config.option.scim_run or config.option.scim_config):
        return
    run = Run(config)
    run.id = getattr(config, "scimulator_id", run.id)
    config.stash[key] = run
    config.scimulator_results = []  # type: ignore[attr-defined]  # ours, read at the end
    config.pluginmanager.register(run, "scimulator.run")
    config.pluginmanager.register(_Collector(config), "scimulator.collector")


def run_what_is_left(session: pytest.Session, run: Run) -> None:
    """Run the checks with a control in the controller, one after another, when every worker has ended.

    What they do to the target outside SCIM would spoil whatever ran beside them.
    """
    if not run.settings.run.controls or session.shouldstop or session.shouldfail:
        return
    items = list(session.perform_collect())
    following: list[pytest.Item | None] = [*items[1:], None]
    for item, after in zip(items, following, strict=False):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)


class _Collector:
    """Keeps what each worker hands over when it goes down."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_testnodedown(self, node: object, error: object) -> None:  # noqa: ARG002  xdist's signature
        """Keep a worker's result."""
        output = getattr(node, "workeroutput", {})
        if "scimulator" in output:
            self.config.scimulator_results.append(output["scimulator"])  # type: ignore[attr-defined]  # ours
