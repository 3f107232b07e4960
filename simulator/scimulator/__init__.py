"""Scimulator: a SCIM 2.0 conformance harness and identity-provider simulator.

In a wheel ``suites``, ``fixtures`` and ``reports`` lie inside this package. In a checkout they stand beside
``simulator/``; the finder below makes exactly these three names resolve there, so that ``scimulator.suites`` means the
same folder in both ways of installing.
"""

from __future__ import annotations

import importlib.machinery
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

__version__ = "0.1.0"

_PACKAGE = Path(__file__).resolve().parent
_CONTENT = ("suites", "fixtures", "reports")


def content(name: str) -> Path:
    """Return the folder of packaged content called ``name``: ``suites``, ``fixtures`` or ``reports``.

    Raises:
        ValueError: for any other name.
        FileNotFoundError: when the installation lacks the folder.
    """
    if name not in _CONTENT:
        raise ValueError(f"no content folder is called {name!r}; there are {', '.join(_CONTENT)}")
    for folder in (_PACKAGE / name, _PACKAGE.parent.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"this installation of scimulator lacks its folder {name!r}; install it again")


class _ContentFinder:
    """Resolve ``scimulator.suites`` and its two sisters in a checkout."""

    @staticmethod
    def find_spec(
        fullname: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        package, _, name = fullname.rpartition(".")
        if package != __name__ or name not in _CONTENT or (_PACKAGE / name).is_dir():
            return None
        folder = _PACKAGE.parent.parent / name
        if not folder.is_dir():
            return None
        return importlib.machinery.PathFinder.find_spec(fullname, [str(folder.parent)])


if not any(finder is _ContentFinder or getattr(finder, "__name__", "") == "_ContentFinder" for finder in sys.meta_path):
    sys.meta_path.append(_ContentFinder)
