"""The faults ``quirk.<id>.<value>``: a provider that declares its preset and has another value."""

from __future__ import annotations

import pytest

from scimulator.catalogue.faults import UnknownFaultError
from scimulator.catalogue.presets import PresetError
from scimulator.provider import quirk_faults
from scimulator.provider.quirks import Quirks

TRIPS = """
[email-case]
fold = ["quirks.email-case.create"]

[token-lifetime-days]
30 = { trips = ["quirks.token-lifetime-days.end"], preset = "whimsical" }

[entra-flag]
required = ["quirks.entra-flag.patch"]
"""


@pytest.fixture
def with_trips(tmp_path, monkeypatch):
    """Let a file say which faults there are; what it registers is forgotten afterwards."""
    registered = []

    def write(text):
        (tmp_path / "quirks").mkdir(exist_ok=True)
        (tmp_path / "quirks" / "trips.toml").write_text(text)
        monkeypatch.setattr(quirk_faults, "content", lambda _: tmp_path)
        monkeypatch.setattr(quirk_faults, "register", registered.append)
        quirk_faults.register_quirk_faults.cache_clear()
        return registered

    yield write
    quirk_faults.register_quirk_faults.cache_clear()


def test_each_value_of_the_file_is_a_fault(with_trips):
    made = with_trips(TRIPS)
    known = quirk_faults.register_quirk_faults()
    assert known["quirk.token-lifetime-days.30"] == ("token-lifetime-days", 30)
    by_id = {fault.id: fault for fault in made}
    assert by_id["quirk.email-case.fold"].trips == ("quirks.email-case.create",)
    assert by_id["quirk.email-case.fold"].generated
    assert by_id["quirk.email-case.fold"].target == "reference:quirk.email-case.fold"
    assert by_id["quirk.token-lifetime-days.30"].target.endswith("?preset=whimsical")


def test_the_provider_behaves_by_the_other_value_and_stays_fast(with_trips):
    with_trips(TRIPS)
    quirks, others = quirk_faults.without_quirk_faults(Quirks(), ["quirk.email-case.fold", "off.etag-header"])
    assert quirks.email_case == "fold"
    assert others == ["off.etag-header"]
    quirks, _ = quirk_faults.without_quirk_faults(Quirks(), ["quirk.entra-flag.required"])
    assert quirks.operation_case == "exact"


def test_the_declared_preset_stays(with_trips, make_caller, monkeypatch):
    with_trips(TRIPS)
    monkeypatch.setattr("scimulator.provider.faulting.find_fault", lambda _: None)
    call = make_caller(faults=["quirk.email-case.fold"])
    assert call.user("Ada@example.com")["userName"] == "ada@example.com"
    assert call.provider.preset.quirks.get("email-case", "preserve") == "preserve"
    assert call.provider.rules.faithful


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[email-kase]\nfold = ["quirks.a"]', "did you mean email-case"),
        ('[email-case]\nbold = ["quirks.a"]', "'preserve' or 'fold'"),
        ("[email-case]\nfold = []", "lists the checks"),
    ],
)
def test_a_wrong_file_is_told(with_trips, text, message):
    with_trips(text)
    with pytest.raises(PresetError, match=message):
        quirk_faults.register_quirk_faults()


def test_a_value_without_checks_is_no_fault(make_caller):
    with pytest.raises(UnknownFaultError):
        make_caller(faults=["quirk.email-case.unheard-of"])
