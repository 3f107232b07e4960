"""The embedded target brings its own controls; those of the settings are about a real server and stay away from it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from scimulator.catalogue.presets import preset_names
from scimulator.embedded_controls import embedded_controls
from scimulator.provider import Provider
from scimulator.target.controls.canonical import Undo, canonical_controls
from scimulator.target.controls.desk import ControlDesk, target_controls
from scimulator.target.journal import Journal
from scimulator.target.settings import Settings

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.target.target import Target

SETTINGS = (
    Settings()
    .override(origin="a test")
    .with_value("control", {"x-real": {"do": {"shell": "touch a real server"}}}, "a test")
)


def target(*, is_reference: bool) -> Target:
    return cast("Target", SimpleNamespace(is_reference=is_reference, controls={}))


def test_settings_do_not_reach_the_embedded_target():
    assert target_controls(target(is_reference=True), SETTINGS) == {}
    assert list(target_controls(target(is_reference=False), SETTINGS)) == ["x-real"]


EMAIL = "kim@example.com"
PARAMETERS: dict[str, JsonObject] = {
    "log-in": {"email": EMAIL},
    "make-api-key": {"email": EMAIL},
    "set-default-role": {"role": "editor"},
    "set-role": {"email": EMAIL, "role": "editor"},
    "set-name": {"email": EMAIL, "given": "Kim", "family": "Other"},
    "invite": {"email": "new@example.com", "role": "editor"},
    "accept": {"email": EMAIL},
    "make-owner": {"email": EMAIL},
    "make-content": {"email": EMAIL},
    "suspend": {"email": EMAIL},
    "set-plan": {"plan": "free"},
    "set-seats": {"seats": 2},
    "add-domain": {"domain": "new.example"},
}


def state_of(provider: Provider) -> JsonObject:
    """Return what the workspace shows, without what only tells that something happened."""
    state = provider.workspace.snapshot()
    unseen = ("audit", "outbox", "revision", "people", "sessions", "api_keys", "buried", "tokens")
    shown: JsonObject = {name: value for name, value in state.items() if name not in unseen}
    return {**shown, "members": list(provider.workspace.members()), "token": provider.workspace.reveal_token()}


@pytest.mark.parametrize("preset", preset_names())
@pytest.mark.parametrize("name", [name for name, each in canonical_controls().items() if each.undo is not Undo.NONE])
def test_undo_brings_back_what_was_there(name: str, preset: str):
    provider = Provider("http://a.example", preset=preset, token="first", seed=1)
    provider.workspace.invite(EMAIL, "viewer")
    provider.workspace.accept_invitation(EMAIL)
    provider.workspace.set_name(EMAIL, "Kim", "First")
    before = state_of(provider)
    keys = {"members": [{**each, "first_login": "", "visible": True} for each in before["members"]]}  # type: ignore[union-attr]  # a list of objects
    desk = ControlDesk(embedded_controls(provider), Journal("reference:", "k3x9w", None))
    done = desk.do(name, PARAMETERS.get(name, {}))
    assert canonical_controls()[name].missing_from(done.answer or {}) == []
    assert desk.undo_all() == []
    after = state_of(provider)
    after["members"] = [{**each, "first_login": "", "visible": True} for each in after["members"]]  # type: ignore[union-attr]  # the same
    told = {**before, **keys}
    if "off" in name:
        # A product may give another token when SCIM comes back; the run goes on with that.
        told.pop("token"), after.pop("token")
        strip_ids(told), strip_ids(after)
    assert after == told
    provider.close()


def strip_ids(state: JsonObject) -> None:
    """Take away ids, which a product may give anew when SCIM comes back."""
    state["members"] = [{**each, "id": ""} for each in state["members"]]  # type: ignore[union-attr]  # a list of objects


def test_a_provider_with_a_workspace_has_every_canonical_control():
    provider = Provider("http://a.example")
    provider.workspace = SimpleNamespace(  # type: ignore[attr-defined,unused-ignore]  # any workspace will do
        members=lambda: [{"email": "a@example.com"}]
    )
    made = embedded_controls(provider)
    assert set(made) == set(canonical_controls())
    do = made["members"].do.function
    assert do is not None
    assert do() == {"members": [{"email": "a@example.com"}]}
