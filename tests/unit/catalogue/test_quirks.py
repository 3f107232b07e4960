"""The catalogue of quirks: complete, sourced, the same as the provider has; wrong files are refused by name."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args, get_type_hints

import pytest

from scimulator import content
from scimulator.catalogue import quirks as catalogue
from scimulator.catalogue.presets import load_preset, preset_names
from scimulator.catalogue.quirks import QuirkError, declared_quirks, promise, quirk, quirks, replaced_by
from scimulator.catalogue.requirements import Strength, requirement
from scimulator.cli.judging import collected_checks
from scimulator.provider.quirks import Quirks


def test_the_catalogue_is_large_enough_and_holds_every_documented_rule() -> None:
    assert len(quirks()) >= 40
    facts = {fact for each in quirks().values() for fact in each.facts}
    assert {f"W{number}" for number in range(1, 28)} <= facts


def test_catalogue_and_provider_know_the_same_values() -> None:
    hints = get_type_hints(Quirks)
    known = {each.name.replace("_", "-"): each for each in fields(Quirks)}
    assert set(known) == set(quirks())
    for name, each in known.items():
        entry = quirks()[name]
        assert entry.default == each.default, name
        values = get_args(hints[each.name])
        assert {value.value for value in entry.values} == set(values), name


def test_every_quirk_says_where_it_was_seen_and_every_value_what_a_client_sees() -> None:
    for each in quirks().values():
        assert each.sources, each.id
        assert all(url.startswith("https://") for url in each.sources), each.id
        for value in each.values or (each.number,):
            assert value is not None
            assert value.seen.endswith("."), each.id
            assert all(hurt.idp in ("okta", "entra", "any") for hurt in value.hurts), each.id


def test_a_declaration_replaces_checks_that_there_are_and_none_of_lost_data() -> None:
    known = collected_checks()
    for each in quirks().values():
        for value in each.values:
            for prefix in value.replaces:
                named = [one for one in known if one.id == prefix or one.id.startswith(f"{prefix}.")]
                assert named, (each.id, prefix)
                # Lost data, an open door and the opinion of a vendor's own test are nothing that can be declared away.
                assert not [one.id for one in named if one.data_loss or one.submission], (each.id, prefix)
                assert not prefix.startswith(("security", "auth"))


def test_every_preset_declares_values_of_the_catalogue() -> None:
    for name in preset_names():
        preset = load_preset(name)
        assert declared_quirks(preset.quirks, name) == dict(preset.quirks)


def test_a_declared_quirk_is_a_requirement_of_the_product() -> None:
    owed = requirement("QUIRK-email-case")
    assert owed.strength is Strength.PRODUCT
    assert owed.fails
    assert promise("QUIRK-no-such") is None


def test_a_check_is_replaced_by_the_value_that_says_so() -> None:
    replaced = replaced_by("okta.assign.user-name-case", {"email-case": "fold"})
    assert replaced == "email-case = fold"
    assert not replaced_by("okta.assign.user-name-case", {"email-case": "preserve"})
    assert not replaced_by("okta.assign.user-name-cases", {"email-case": "fold"})


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"email-kase": "fold"}, "did you mean"),
        ({"email-case": "folded"}, "did you mean"),
        ({"page-size": "many"}, "a whole number from 1 on"),
        ({"page-size": 0}, "a whole number from 1 on"),
        ({"page-size": True}, "a whole number from 1 on"),
    ],
)
def test_what_cannot_be_declared_is_refused(table: dict[str, object], told: str) -> None:
    with pytest.raises(QuirkError, match=told) as raised:
        declared_quirks(table, "scimulator.toml")
    assert str(raised.value).startswith("scimulator.toml: ")


def test_a_quirk_that_there_is_not_is_answered_with_the_nearest() -> None:
    with pytest.raises(QuirkError, match="email-case"):
        quirk("email-cases")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[a]\ntitle = 'A'\nwhat = 'A.'\n", "needs either values or number"),
        ("[a]\nwhat = 'A.'\nnumber = 1\n", "needs title"),
        ("[a]\ntitle = 'A'\nwhat = 'A.'\nnumber = 1\ntitel = 'x'\n", "there is no key 'titel'"),
        ("[a]\ntitle = 'A'\nwhat = 'A.'\nvalues = [{ value = 'x' }]\n", "a value needs value and seen"),
        (
            "[a]\ntitle = 'A'\nwhat = 'A.'\nvalues = [{ value = 'x', seen = 'X.', replaces = ['security.headers'] }]\n",
            "replaces checks of security",
        ),
        (
            "[a]\ntitle = 'A'\nwhat = 'A.'\n[[a.values]]\nvalue = 'x'\nseen = 'X.'\nhurts = [{ evidence = 'x' }]\n",
            "evidence is one of",
        ),
        ("[a\n", "is not TOML"),
    ],
)
def test_a_wrong_file_is_refused_by_name(text: str, told: str, tmp_path) -> None:
    file = tmp_path / "family.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(QuirkError, match=told) as raised:
        catalogue._read(file)
    assert "family.toml" in str(raised.value)


def test_the_files_are_named_for_families() -> None:
    found = {path.stem for path in (content("fixtures") / "quirks").glob("*.toml")} - {"trips"}
    assert {each.family for each in quirks().values()} == found
