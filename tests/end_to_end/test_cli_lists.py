"""``list`` and ``explain``: everything has an id, and every id has a page."""

from __future__ import annotations

import json

import jsonschema
import pytest

from scimulator import content
from scimulator.cli import main as cli
from scimulator.cli.inventory import KINDS
from scimulator.cli.pages import known_ids, pages_about


@pytest.mark.parametrize("kind", KINDS)
def test_json_is_an_array_that_its_schema_allows(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list", kind, "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed
    schema = json.loads((content("fixtures") / "schemas" / "list.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(listed)
    names = [each["id"] for each in listed]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_has_a_line_per_thing(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list", kind]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(KINDS[kind]())
    assert all(line.isprintable() for line in lines)


def test_a_prefix_narrows(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list", "checks", "users.create", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed
    assert all(each["id"].startswith("users.create") for each in listed)
    assert cli.main(["list", "profiles", "okta.template"]) == 0
    assert "users.create " in capsys.readouterr().out


def test_everything_has_a_page() -> None:
    for name in known_ids():
        pages = pages_about(name)
        assert pages, name
        assert all(line.isprintable() for page in pages for line in page), name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("users.create.location", "RFC7644-3.3-03"),
        ("rfc7644-3.3-03", "users.create.location"),
        ("a12", "(ruling)"),
        ("group-remove-by-value-wipes", "scimulator check reference:group-remove-by-value-wipes"),
        ("okta.oin", "okta.template   (dialect)"),
        ("strict", "(preset)"),
        ("flat-keys", "value        accept  (default)"),
        ("users.create.enterprise", "recorded exchange of okta.template"),
        ("exchanges.media-type", "application/scim+json"),
    ],
)
def test_explain(name: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", name]) == 0
    assert told in capsys.readouterr().out
