"""A fingerprint says what was seen, and where nothing or two things were seen it says that."""

from __future__ import annotations

import json
import tomllib

import jsonschema
import pytest

from scimulator import content
from scimulator.catalogue.quirks import declared_quirks, quirks
from scimulator.reporting.fingerprint import NO_PROBE, Certainty, advice, document, fingerprint_of, hurts, settings_text
from scimulator.reporting.fingerprint_text import fingerprint_lines

SCHEMA = json.loads((content("fixtures") / "schemas" / "fingerprint.schema.json").read_text(encoding="utf-8"))


def record(check: str, *seen: tuple[str, object, str], reason: str = "", dialect: str = "", **more: object) -> dict:
    observations = [{"quirk": quirk, "value": value, "evidence": told} for quirk, value, told in seen]
    return {"type": "check", "id": check, "reason": reason, "dialect": dialect, "observations": observations, **more}


def traits(*records: dict, left_out: dict | None = None) -> dict:
    return {each.quirk.id: each for each in fingerprint_of(records, left_out)}


def screen(*records: dict, everything: bool = False) -> str:
    lines = fingerprint_lines(fingerprint_of(records), "http://t", 80, everything=everything)
    return "\n".join(line.plain for line in lines)


FOLDED = record("quirks.email-case.create", ("email-case", "fold", "sent A, read a"))
KEPT = record("quirks.email-case.patch", ("email-case", "preserve", "sent B, read B"), dialect="entra.legacy")


def test_one_value_is_found() -> None:
    found = traits(FOLDED)["email-case"]
    assert (found.certainty, found.value) == (Certainty.FOUND, "fold")
    assert {hurt.idp for _, hurt in hurts(found)} == {"okta", "entra"}
    assert any("String.toLowerCase(user.email)" in each for each in advice(found))
    assert any("ToLower([userPrincipalName])" in each for each in advice(found))


def test_two_values_are_inconsistent_and_both_are_shown() -> None:
    found = traits(FOLDED, KEPT)["email-case"]
    assert (found.certainty, found.value, found.values) == (Certainty.INCONSISTENT, None, ("fold", "preserve"))
    told = screen(FOLDED, KEPT)
    assert "INCONSISTENT" in told
    assert "sent A, read a (create)" in " ".join(told.split())
    assert "sent B, read B (patch [entra.legacy])" in " ".join(told.split())
    text = settings_text(list(traits(FOLDED, KEPT).values()))
    assert "email-case" not in tomllib.loads(text)["quirks"]
    assert "# email-case is inconsistent: fold and preserve" in text


@pytest.mark.parametrize(
    ("records", "left_out", "told"),
    [
        ((), None, NO_PROBE),
        ((record("quirks.email-case.create", reason="email-case cannot be told: so it is"),), None, "so it is"),
        ((), {"email-case": ["needs --controls"]}, "needs --controls"),
        (
            (record("quirks.email-case.create", findings=[{"symptom": {"message": "500 came"}}]),),
            None,
            "a probe met a failure: 500 came",
        ),
        ((record("quirks.email-case.create", outcome="blocked"),), None, "a probe ended as blocked"),
    ],
)
def test_what_nothing_tells_is_unknown_and_has_a_reason(records: tuple, left_out: dict | None, told: str) -> None:
    found = traits(*records, left_out=left_out)["email-case"]
    assert found.certainty is Certainty.UNKNOWN
    assert found.reasons[0] == told
    assert "email-case" not in tomllib.loads(settings_text([found]))["quirks"]


def test_one_probe_that_saw_it_is_enough() -> None:
    blind = record("quirks.email-case.put", reason="the target has no PUT")
    assert traits(blind, FOLDED)["email-case"].value == "fold"


def test_every_quirk_of_the_catalogue_stands_in_it_once() -> None:
    found = fingerprint_of([FOLDED])
    assert [each.quirk.id for each in found] == list(quirks())


def test_the_document_is_as_its_schema_says() -> None:
    numbers = record("quirks.page-size.list", ("page-size", 50, "50 of 70"))
    made = document(fingerprint_of([FOLDED, KEPT, numbers]), "http://t")
    jsonschema.Draft202012Validator(SCHEMA).validate(made)
    shown = {each["id"]: each for each in made["quirks"]}
    assert shown["page-size"]["values"] == [50]
    assert shown["email-case"]["certainty"] == "inconsistent"
    assert shown["deletion"]["reasons"] == [NO_PROBE]


def test_the_section_can_be_pasted() -> None:
    every = [
        record(f"quirks.{each.id}.x", (each.id, each.values[-1].value if each.values else 7, "seen"))
        for each in quirks().values()
    ]
    table = tomllib.loads(settings_text(fingerprint_of(every)))["quirks"]
    assert declared_quirks(table, "pasted") == table
    assert len(table) == len(quirks())


def test_the_screen_has_eighty_columns_and_shows_no_steering_character() -> None:
    evil = record("quirks.email-case.create", ("email-case", "fold", "read \x1b]0;owned\x07 and \u202e"))
    told = screen(evil, record("quirks.deletion.delete", ("deletion", "remove", "a read is answered 404")))
    assert "\x1b" not in told
    assert "\u202e" not in told
    assert "\\x1b" in told
    assert max(map(len, told.splitlines())) <= 80
    assert "deletion                  remove          a read is answered 404" in told


def test_a_number_that_stands_for_no_limit_hurts_nobody() -> None:
    found = traits(record("quirks.user-name-length.create", ("user-name-length", 0, "255 were taken")))
    assert not hurts(found["user-name-length"])
    limited = traits(record("quirks.user-name-length.create", ("user-name-length", 20, "21 were refused")))
    assert hurts(limited["user-name-length"])


def test_everything_shows_every_observation_and_reason() -> None:
    second = record("quirks.email-case.put", ("email-case", "fold", "sent C, read c"))
    assert "sent C, read c" not in screen(FOLDED, second)
    assert "sent C, read c" in screen(FOLDED, second, everything=True)
