"""The files of requirements keep to their JSON Schema and to each other."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from jsonschema import Draft202012Validator

from scimulator import content
from scimulator.catalogue.requirements import Basis, Level, requirements
from scimulator.catalogue.rulings import rulings

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = content("fixtures") / "requirements"
SCHEMA = json.loads((content("fixtures") / "schemas" / "requirement.schema.json").read_text("utf-8"))
FILES = sorted(FOLDER.glob("*.json"))
KEYWORDS = {
    Level.MUST: {"MUST", "MUST NOT", "SHALL", "SHALL NOT", "REQUIRED"},
    Level.SHOULD: {"SHOULD", "SHOULD NOT", "RECOMMENDED"},
    Level.MAY: {"MAY", "OPTIONAL"},
}


def schema_of(path: Path) -> dict[str, object]:
    return {**SCHEMA, "items": {"$ref": "#/$defs/ruling"}} if path.name == "rulings.json" else SCHEMA


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_keeps_to_the_schema(path: Path) -> None:
    errors = Draft202012Validator(schema_of(path)).iter_errors(json.loads(path.read_text("utf-8")))
    assert [f"{list(error.absolute_path)}: {error.message[:300]}" for error in errors] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_laid_out_for_line_diffs(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_ids_are_unique_across_files() -> None:
    ids = [entry["id"] for path in FILES for entry in json.loads(path.read_text("utf-8"))]
    assert sorted({one for one in ids if ids.count(one) > 1}) == []


def test_the_catalogue_is_complete() -> None:
    counts: dict[str, int] = {}
    for one in requirements().values():
        if one.basis is not Basis.IDP:
            counts[one.rfc] = counts.get(one.rfc, 0) + 1
    assert counts == {"RFC7643": 269, "RFC7644": 490, "RFC9110": 15, "RFC6750": 12}


def test_an_id_of_an_rfc_names_its_section() -> None:
    for one in requirements().values():
        if one.basis is Basis.IDP:
            continue
        assert re.fullmatch(rf"{one.rfc}-{re.escape(one.section)}-\d\d", one.id), one.id
        assert re.fullmatch(r"RFC \d{4} section \d+(\.\d+)*", one.citation), one.id


def test_a_keyword_belongs_to_its_level() -> None:
    wrong = [one.id for one in requirements().values() if one.rfc and one.keyword not in KEYWORDS[one.level]]
    assert wrong == []


def test_a_statement_is_one_sentence_of_its_own() -> None:
    said: dict[str, str] = {}
    for one in requirements().values():
        assert one.statement.endswith("."), one.id
        assert not re.search(r"\.\s+[A-Z]", one.statement), f"{one.id} has more than one sentence"
        twin = said.setdefault(one.statement, one.id)
        assert twin == one.id or one.basis is Basis.IDP, f"{one.id} says the same as {twin}"


def test_rulings_that_are_named_exist() -> None:
    named = {ruling for one in requirements().values() for ruling in one.rulings}
    assert named - set(rulings()) == set()
