"""Whatever a target answers, a flow ends with a result and within bounds."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scimulator.catalogue.profiles import Profile
from scimulator.exchange.clock import SimulatedClock
from scimulator.exchange.message import Response
from scimulator.idp.directory import Directory, DirectoryGroup, Kind, Person
from scimulator.idp.entra import Entra
from scimulator.idp.flow import play
from scimulator.idp.okta import Okta

_LEAVES = st.none() | st.booleans() | st.integers(-5, 300) | st.floats(allow_nan=False) | st.text(max_size=4)
_NAMES = st.sampled_from(
    ["id", "Resources", "totalResults", "startIndex", "schemas", "name", "emails", "active", "type", "members", "x"]
)
_JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5), max_leaves=12
)
_BODIES = st.binary(max_size=8) | _JSON.map(lambda value: json.dumps(value).encode())
_STATUS = st.sampled_from([200, 200, 200, 201, 204, 301, 400, 404, 409, 429, 500, 599])
_ANSWERS = st.none() | st.builds(lambda status, body: Response(status, (), body), _STATUS, _BODIES)

_OKTA = (
    "test_connection", "import_users", "import_groups", "assign", "find", "push_profile", "deactivate", "reactivate",
    "push_group", "push_now", "rename_group", "delete_group", "add_members", "remove_members",
)  # fmt: skip
_ENTRA = (
    "test_connection", "provision", "find", "update", "set_manager", "deactivate", "reactivate", "delete",
    "provision_group", "read_group", "rename_group", "delete_group", "add_members", "remove_members",
)  # fmt: skip
_GROUPS = {"push_group", "push_now", "provision_group", "read_group", "rename_group", "delete_group"}


@pytest.mark.parametrize(
    ("dialect", "name"),
    [
        *((f"okta.{one}", name) for one in ("template", "wizard") for name in _OKTA),
        *((f"entra.{one}", name) for one in ("legacy", "optscim") for name in _ENTRA),
    ],
)
@settings(max_examples=15, deadline=None)
@given(answers=st.lists(_ANSWERS, max_size=8), linked=st.booleans())
def test_any_answer_ends_in_a_result(dialect, name, answers, linked):
    directory = Directory(SimulatedClock())
    directory.add_person(Person("p", "p@x.example", "P", "Q", "p@x.example", manager="boss"))
    directory.add_person(Person("boss", "boss@x.example"))
    directory.add_group(DirectoryGroup("g", "G", ("p",)))
    made = (Okta if dialect.startswith("okta") else Entra)(
        Profile.load(dialect),
        directory,
        randomness=random.Random(1),  # noqa: S311  a seed
    )
    if linked:
        for subject, kind in (("p", Kind.PERSON), ("boss", Kind.PERSON), ("g", Kind.GROUP)):
            made.link(subject, kind, f"remote-{subject}")
    flow = getattr(made, name)
    if name in ("add_members", "remove_members"):
        steps = flow("g", ["p"])
    elif name in _GROUPS:
        steps = flow("g")
    elif name in ("test_connection", "import_users", "import_groups"):
        steps = flow()
    else:
        steps = flow("p")
    waiting = list(answers)
    result = play(steps, lambda _step: waiting.pop(0) if waiting else None, most_steps=60)
    assert result.outcome
