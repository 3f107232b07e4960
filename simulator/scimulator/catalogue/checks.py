"""What a check declares about itself: its id, the requirements it proves, and what it needs from the target."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

CHECK_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+\Z")


class Capability(StrEnum):
    """What a ServiceProviderConfig may promise (RFC 7643 section 5), and whether a Group resource type exists."""

    PATCH = "patch"
    FILTER = "filter"
    SORT = "sort"
    ETAG = "etag"
    CHANGE_PASSWORD = "changePassword"  # noqa: S105  a capability, not a secret
    BULK = "bulk"
    GROUPS = "groups"


@dataclass(frozen=True, slots=True)
class CheckDeclaration:
    """One check as it is listed, selected, explained and reported.

    ``title`` is the first line of its docstring, ``explanation`` the rest. ``requirements`` are ids of the catalogue,
    the first one being the one that a finding cites unless the check says otherwise. ``dialects`` are the dialects
    whose readiness depends on it. ``attributes`` names the attributes (SCIM paths below the resource, for example
    ``nickName``) that the target has to offer. ``submission`` names a vendor's submission test, which never decides
    readiness.
    """

    id: str
    requirements: tuple[str, ...]
    title: str
    explanation: str = ""
    dialects: tuple[str, ...] = ()
    needs: tuple[Capability, ...] = ()
    attributes: tuple[str, ...] = ()
    group_attributes: tuple[str, ...] = ()
    writes: bool = True
    destructive: bool = False
    controls: tuple[str, ...] = ()
    submission: str = ""
    data_loss: bool = False
    """A failure means lost data or a deactivation that does not deactivate: no dialect is ready with it."""

    @property
    def area(self) -> str:
        """The first part of the id, which is the chapter of the suites."""
        return self.id.partition(".")[0]
