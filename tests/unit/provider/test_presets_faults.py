"""Presets, and faults: found by name, combined, and true to their trigger request."""

from __future__ import annotations

import pytest

from scimulator.catalogue.faults import UnknownFaultError, find_fault
from scimulator.catalogue.presets import Preset, PresetError, load_preset, preset_names
from scimulator.provider import Provider, all_faults
from scimulator.provider.quirks import Quirks


def test_presets_are_found_by_name():
    assert {"lenient", "strict", "whimsical"} <= set(preset_names())
    assert len(preset_names()) >= 9
    assert load_preset("strict").declares.not_ready == ("entra.legacy", "entra.optscim")
    assert load_preset("lenient").declares.not_ready == ()
    with pytest.raises(PresetError, match="did you mean lenient"):
        load_preset("leniant")


def test_every_quirk_of_the_protocol_is_named_in_every_preset():
    for name in preset_names():
        assert {quirk.replace("_", "-") for quirk in Quirks.__slots__} <= set(load_preset(name).quirks)


def test_a_preset_has_what_its_base_has_where_it_is_silent():
    lenient, made = load_preset("lenient"), load_preset("figma-like")
    assert made.quirks["string-booleans"] == lenient.quirks["string-booleans"]
    assert made.quirks["user-name-form"] == "email"
    assert set(lenient.declares.findings) <= set(made.declares.findings)


def test_what_a_vendor_like_preset_changes_has_a_source():
    lenient = load_preset("lenient")
    for name in preset_names():
        made = load_preset(name)
        if name.endswith("-like"):
            assert {quirk for quirk in made.quirks if quirk not in lenient.quirks} <= set(made.sources), name


@pytest.mark.parametrize(
    ("quirk", "value", "message"),
    [("operation-kase", "any", "did you mean operation-case"), ("operation-case", "some", "'any' or 'exact'"),
     ("page-size", 0, "whole number"), ("page-size", True, "whole number")],
)  # fmt: skip
def test_a_wrong_quirk_is_refused_with_what_is_known(quirk, value, message):
    with pytest.raises(PresetError, match=message):
        Provider("http://x", preset=Preset("mine", "", "", {quirk: value}))


def test_a_fault_is_found_by_its_id_or_nearly():
    assert find_fault("group-remove-by-value-wipes").bug == "BUG-001"
    with pytest.raises(UnknownFaultError, match=r"did you mean .*off\.etag-header"):
        Provider("http://x", faults=["off.etag-headers"])
    wild = [fault for fault in all_faults() if not fault.generated]
    assert all(fault.trips and fault.source and fault.title for fault in wild)


def test_removing_a_member_by_value_empties_the_group(make_caller):
    call = make_caller(faults=["group-remove-by-value-wipes"])
    users = [call.user(name) for name in "abc"]
    group = call.group("g", users)
    by_value = {"op": "Remove", "path": "members", "value": [{"value": users[0]["id"]}]}
    assert "members" not in call.patch(group, by_value)
    group = call.group("h", users)
    by_filter = {"op": "remove", "path": f'members[value eq "{users[0]["id"]}"]'}
    assert len(call.patch(group, by_filter)["members"]) == 2


def test_removing_a_member_by_filter_empties_the_group(make_caller):
    call = make_caller(faults=["group-remove-by-filter-wipes"])
    users = [call.user(name) for name in "abc"]
    group = call.group("g", users)
    by_value = {"op": "remove", "path": "members", "value": [{"value": users[0]["id"]}]}
    assert len(call.patch(group, by_value)["members"]) == 2
    by_filter = {"op": "remove", "path": f'members[value eq "{users[1]["id"]}"]'}
    assert "members" not in call.patch(group, by_filter)


def test_faults_combine(make_caller):
    call = make_caller(
        faults=["group-remove-by-value-wipes", "group-remove-by-filter-wipes", "off.etag-header", "off.created-status"]
    )
    answer = call("POST", "/Users", {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "a"})
    assert (answer.status, answer.header("ETag")) == (200, None)
    users = [call.user.__self__.json("GET", "/Users")["Resources"][0]]
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "g",
        "members": [{"value": users[0]["id"]}],
    }
    for operation in (
        {"op": "remove", "path": "members", "value": [{"value": "else"}]},
        {"op": "remove", "path": 'members[value eq "else"]'},
    ):
        group = call.json("POST", "/Groups", body, 200)
        assert "members" not in call.patch(group, operation)
