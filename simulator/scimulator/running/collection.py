"""Running pytest on the packaged suites with a configuration of our own, whatever stands in the user's."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scimulator import content

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_IDLE_PLUGINS = (
    "cacheprovider",
    "logging",
    "unraisableexception",
    "threadexception",
    "doctest",
    "stepwise",
    "unittest",
)
"""Parts of pytest that no check needs; each costs something at every test."""
_INI = "[pytest]\naddopts = \nxfail_strict = true\n"


@contextlib.contextmanager
def own_configuration() -> Iterator[list[str]]:
    """Yield the arguments that make pytest read our configuration only; PYTEST_ADDOPTS and autoloading are off."""
    kept = {
        name: os.environ.get(name) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    }
    with tempfile.TemporaryDirectory(prefix="scimulator-") as folder:
        ini = Path(folder) / "pytest.ini"
        ini.write_text(_INI, encoding="utf-8")
        os.environ.pop("PYTEST_ADDOPTS", None)
        os.environ.pop("PYTEST_PLUGINS", None)
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        suites = content("suites")
        try:
            yield [
                str(suites),
                *("-c", str(ini)),
                f"--rootdir={suites.parent}",
                f"--confcutdir={suites}",
                *("-p", "scimulator.pytest_plugin"),
                *(part for name in _IDLE_PLUGINS for part in ("-p", f"no:{name}")),
                "--assert=plain",  # no check asserts; rewriting would only cost time
            ]
        finally:
            for name, value in kept.items():
                if value is None:
                    os.environ.pop(name, None)
                else:
                    os.environ[name] = value


def run_collected(plugin: object, arguments: Sequence[str] = ()) -> int:
    """Collect the suites and let ``plugin`` run them without any output of pytest; return pytest's exit code."""
    with own_configuration() as own:
        return int(pytest.main([*own, "-p", "no:terminal", *arguments], plugins=[plugin]))
