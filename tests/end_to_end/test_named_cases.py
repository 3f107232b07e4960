"""The named cases, played end to end: on the product whose rules they are about, in every dialect."""

from __future__ import annotations

from pathlib import Path

import pytest

from scimulator.cli import main as cli

WHIMSICAL, OWNERS = "reference:?preset=whimsical", "reference:?preset=launchdarkly-like"
OKTA, ENTRA = ("okta.template", "okta.wizard"), ("entra.optscim",)
CASES = {
    "case-email-case": (OKTA + ENTRA, WHIMSICAL),
    "case-email-lowered-okta": (OKTA, WHIMSICAL),
    "case-email-lowered-entra": (ENTRA, WHIMSICAL),
    "case-roles-okta": (OKTA, WHIMSICAL),
    "case-roles-entra": (ENTRA, WHIMSICAL),
    "case-roles-entra-mismatch": (ENTRA, WHIMSICAL),
    "case-saml-off-okta": (OKTA, WHIMSICAL),
    "case-saml-off-entra": (ENTRA, WHIMSICAL),
    "case-names": (OKTA + ENTRA, WHIMSICAL),
    "case-invited": (OKTA + ENTRA, WHIMSICAL),
    "case-deactivated": (OKTA + ENTRA, WHIMSICAL),
    "case-rename": (OKTA + ENTRA, WHIMSICAL),
    "case-last-owner": (OKTA + ENTRA, OWNERS),
}
PLAYED = [(name, dialect, target) for name, (dialects, target) in CASES.items() for dialect in dialects]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("name", "dialect", "target"), PLAYED)
def test_a_named_case_ends_well(name: str, dialect: str, target: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = cli.main(["idp", dialect.partition(".")[0], target, "--dialect", dialect, "--scenario", name, "--controls"])
    told = capsys.readouterr().out
    assert code == 0, told[-3000:]
    assert "still there" not in told


def test_every_named_case_is_played() -> None:
    folder = Path(__file__).parents[2] / "fixtures" / "directories"
    assert {path.stem for path in folder.glob("case-*.toml")} == set(CASES)


def test_a_case_with_controls_asks_for_leave(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["idp", "okta", WHIMSICAL, "--scenario", "case-saml-off-okta"]) == 2
    assert "allow it with --controls" in capsys.readouterr().err
