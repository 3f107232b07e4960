from __future__ import annotations

import json

import pytest

import scimulator.embedded  # noqa: F401 - registers reference:
from scimulator.exchange.message import Request
from scimulator.provider import all_faults
from scimulator.target.diagnosis import Sign, doctor
from scimulator.target.errors import TargetError
from scimulator.target.essentials import essentials
from scimulator.target.journal import Journal
from scimulator.target.opening import open_target
from scimulator.target.settings import Settings

BODY = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "scimulator-k3x9w-a"}
TYPE = (("Content-Type", "application/scim+json"),)


def test_the_embedded_provider_is_healthy_and_needs_its_random_token():
    with open_target("reference:", Settings()) as target, open_target("reference:", Settings()) as other:
        assert target.is_reference
        assert target.name == "reference:"
        assert target.secrets != other.secrets
        assert essentials(target) is None
        assert {one.sign for one in doctor(target)} == {Sign.GOOD}
        created = target.send(Request("POST", "/Users", TYPE, json.dumps(BODY).encode()))
        assert created.response.status == 201
        assert created.document.object["userName"] == BODY["userName"]
        assert target.send(Request("GET", "/Users"), authenticate=False).response.status == 401


def test_its_journal_stays_in_memory():
    with open_target("reference:", Settings()) as target:
        journal = Journal.open(target, "r1")
        journal.intend("/Users", "scimulator-k3x9w-a")
        assert journal.path is None
        assert len(journal.leftovers()) == 1
        journal.close()


def test_faults_and_presets_are_chosen_in_the_text():
    fault = sorted(str(getattr(one, "id", one)) for one in all_faults())
    spec = f"reference:{','.join(fault[:1])}?preset=strict&aadOptscim062020"
    with open_target(spec, Settings()) as target:
        assert target.name == spec
        assert target.dialect_hint == "entra.optscim"
        assert target.send(Request("GET", "/ServiceProviderConfig")).response is not None


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("reference:no-such-fault", "no-such-fault"),
        ("reference:?preset=strikt", "strikt"),
        ("reference:?prest=strict", 'did you mean "preset"'),
    ],
)
def test_what_the_provider_does_not_know_is_refused(spec, told):
    with pytest.raises(TargetError) as caught:
        open_target(spec, Settings())
    assert told in str(caught.value)
