from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scimulator.catalogue.requirements import (
    BadCatalogue,
    Basis,
    Evidence,
    Level,
    Normative,
    Requirement,
    Strength,
    UnknownRequirement,
    Verdict,
    read_requirements,
    requirement,
    requirements,
)

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = {
    "id": "RFC7644-3.3-01",
    "rfc": "RFC7644",
    "section": "3.3",
    "level": "MUST",
    "keyword": "SHALL",
    "basis": "keyword",
    "normative": "normative",
    "verdict": "fail",
    "topic": "create",
    "statement": "A create that succeeds is answered with status 201.",
    "rulings": ["A12"],
    "errata": [],
}
IDP_ENTRY = {
    "id": "OKTA-CREATE-01",
    "rfc": "",
    "section": "",
    "level": "MUST",
    "basis": "idp",
    "verdict": "fail",
    "topic": "create",
    "statement": "Okta finds the new id in the answer.",
    "evidence": "captured",
    "source": ["https://example.com/page", "second"],
    "dialects": ["okta.template"],
}


def made(
    level: str,
    normative: str,
    verdict: str,
    *,
    basis: Basis = Basis.KEYWORD,
    evidence: Evidence | None = None,
) -> Requirement:
    return Requirement(
        id="X-01",
        rfc="" if basis in {Basis.IDP, Basis.PRODUCT} else "RFC7644",
        section="3.3",
        level=Level(level),
        keyword=level,
        basis=basis,
        normative=Normative(normative),
        verdict=Verdict(verdict),
        topic="create",
        statement="A statement.",
        evidence=evidence,
    )


@pytest.mark.parametrize(
    ("level", "normative", "verdict", "strength", "fails", "warns"),
    [
        ("MUST", "normative", "fail", Strength.RFC_MUST, True, False),
        ("MUST", "normative", "warn", Strength.RFC_SHOULD, False, True),
        ("MUST", "normative", "info", Strength.INFORMATIONAL, False, False),
        ("SHOULD", "normative", "warn", Strength.RFC_SHOULD, False, True),
        ("SHOULD", "normative", "fail", Strength.RFC_SHOULD, False, True),
        ("MUST", "prose", "fail", Strength.RFC_DESCRIPTION, True, False),
        ("MUST", "derived", "fail", Strength.RFC_DESCRIPTION, True, False),
        ("MUST", "erratum", "fail", Strength.RFC_DESCRIPTION, True, False),
        ("MUST", "prose", "warn", Strength.RFC_DESCRIPTION, False, True),
        ("SHOULD", "derived", "warn", Strength.RFC_DESCRIPTION, False, True),
        ("SHOULD", "practice", "warn", Strength.RFC_DESCRIPTION, False, True),
        ("MAY", "normative", "info", Strength.INFORMATIONAL, False, False),
        ("MAY", "practice", "info", Strength.INFORMATIONAL, False, False),
    ],
)
def test_the_strength_of_an_rfc(
    level: str, normative: str, verdict: str, strength: Strength, *, fails: bool, warns: bool
) -> None:
    one = made(level, normative, verdict)
    assert (one.strength, one.fails, one.warns) == (strength, fails, warns)


@pytest.mark.parametrize(
    ("evidence", "fails"),
    [
        (Evidence.CAPTURED, True),
        (Evidence.DOCUMENTED, True),
        (Evidence.CLIENT_SOURCE, True),
        (Evidence.VENDOR_TOOL, False),
        (Evidence.REPORTED, False),
        (Evidence.INFERRED, False),
        (None, False),
    ],
)
def test_an_identity_provider_fails_a_target_on_firm_evidence_only(evidence: Evidence | None, *, fails: bool) -> None:
    one = made("MUST", "", "fail", basis=Basis.IDP, evidence=evidence)
    assert (one.strength, one.fails, one.warns) == (Strength.IDP, fails, not fails)


def test_an_informational_need_of_an_identity_provider_neither_fails_nor_warns() -> None:
    one = made("MAY", "", "info", basis=Basis.IDP, evidence=Evidence.CAPTURED)
    assert (one.strength, one.fails, one.warns) == (Strength.INFORMATIONAL, False, False)


def test_what_a_product_declares_of_itself_can_fail_it() -> None:
    one = made("MUST", "", "fail", basis=Basis.PRODUCT)
    assert (one.strength, one.fails) == (Strength.PRODUCT, True)


def test_in_the_catalogue_an_rfc_must_has_a_key_word_and_fails() -> None:
    for one in requirements().values():
        if one.strength is Strength.RFC_MUST:
            assert one.fails, one.id
            assert one.normative is Normative.NORMATIVE, one.id
        assert not (one.fails and one.warns), one.id
        assert one.fails <= (one.level is Level.MUST), one.id


def test_a_requirement_is_found_by_its_id() -> None:
    found = requirement("RFC7644-3.5.2.3-01")
    assert (found.rfc, found.section, found.topic) == ("RFC7644", "3.5.2.3", "patch")
    assert found.citation == "RFC 7644 section 3.5.2.3"


@pytest.mark.parametrize("typed", ["rfc7644-3.3-01", "RFC7644-3.3-1", "RFC-7644-3.3-01"])
def test_an_unknown_id_is_reported_with_the_nearest(typed: str) -> None:
    with pytest.raises(UnknownRequirement, match=rf'no requirement has the id "{typed}" \(did you mean "RFC7644-3'):
        requirement(typed)


def test_the_catalogue_is_read_once_and_cannot_be_changed() -> None:
    assert requirements() is requirements()
    with pytest.raises(TypeError):
        requirements()["X"] = made("MUST", "prose", "fail")  # type: ignore[index]  # the point of the test


def write(folder: Path, name: str, content: object) -> None:
    (folder / name).write_text(json.dumps(content), "utf-8")


def test_both_kinds_of_entries_are_read_and_rulings_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "rfc.json", [ENTRY])
    write(tmp_path, "idp_okta.json", [IDP_ENTRY])
    write(tmp_path, "rulings.json", [{"id": "A1"}])
    found = read_requirements(tmp_path)
    assert set(found) == {"RFC7644-3.3-01", "OKTA-CREATE-01"}
    okta = found["OKTA-CREATE-01"]
    assert okta.citation == "https://example.com/page"
    assert okta.evidence is Evidence.CAPTURED
    assert okta.dialects == ("okta.template",)
    assert okta.keyword == "MUST"
    assert found["RFC7644-3.3-01"].rulings == ("A12",)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([ENTRY, ENTRY], "the id RFC7644-3.3-01 is already taken"),
        ([{key: value for key, value in ENTRY.items() if key != "section"}], "KeyError.*section"),
        ([{**ENTRY, "level": "PERHAPS"}], "RFC7644-3.3-01 is not a requirement.*PERHAPS"),
        ([{"rfc": ""}], "an entry without id is not a requirement"),
        (["no object"], "an entry is not a requirement"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, entries: list[object], message: str) -> None:
    write(tmp_path, "bad.json", entries)
    with pytest.raises(BadCatalogue, match=rf"bad\.json: .*{message}"):
        read_requirements(tmp_path)


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("[{", "utf-8")
    with pytest.raises(BadCatalogue, match=r"broken\.json is not JSON"):
        read_requirements(tmp_path)
