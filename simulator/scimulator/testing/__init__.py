"""For an application's own tests: an Okta or Entra tenant that provisions to it, as pytest fixtures.

``def test_leaver(scim_okta): ...`` is all it takes once the target is known: from ``--scim-target``, the ini option
``scim_target``, or a fixture of your own named ``scim_target_spec`` that returns the target's text, an ASGI or WSGI
application, or a ``ScimApplication``. The names here are public; everything else in this package may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scimulator.idp.directory import DirectoryGroup, Person
from scimulator.idp.flow import ImportResult, Outcome, Result
from scimulator.testing.application import ScimApplication
from scimulator.testing.cassette import Difference, ScimCassette
from scimulator.testing.directory import ScimDirectory
from scimulator.testing.entra import ScimEntra
from scimulator.testing.errors import ProvisioningError, ScimTestingError
from scimulator.testing.okta import ScimOkta
from scimulator.testing.target import ScimReply, ScimTarget

if TYPE_CHECKING:
    from scimulator.testing.reference import ScimReference

__all__ = [
    "Difference",
    "DirectoryGroup",
    "ImportResult",
    "Outcome",
    "Person",
    "ProvisioningError",
    "Result",
    "ScimApplication",
    "ScimCassette",
    "ScimDirectory",
    "ScimEntra",
    "ScimOkta",
    "ScimReference",
    "ScimReply",
    "ScimTarget",
    "ScimTestingError",
]


def __getattr__(name: str) -> object:
    """Import the reference provider when it is asked for: the tests of a server never need it."""
    if name == "ScimReference":
        from scimulator.testing.reference import ScimReference  # noqa: PLC0415  that is the point

        return ScimReference
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
