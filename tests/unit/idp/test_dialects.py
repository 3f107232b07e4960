from __future__ import annotations

import pytest

from scimulator.catalogue.dialects import UnknownDialectError, dialect, dialect_from_query, dialects


def test_four_dialects_in_order():
    assert [entry.id for entry in dialects()] == ["okta.template", "okta.wizard", "entra.legacy", "entra.optscim"]


@pytest.mark.parametrize(("name", "wanted"), [("aad.legacy", "entra.legacy"), ("AAD.Optscim", "entra.optscim")])
def test_aliases_count_in_any_case(name: str, wanted: str):
    assert dialect(name).id == wanted


def test_a_mistyped_name_gets_a_hint():
    with pytest.raises(UnknownDialectError, match=r'did you mean "okta\.template"'):
        dialect("okta.templat")


@pytest.mark.parametrize("query", ["aadOptscim062020", "a=1&aadoptscim062020", "aadOptscim062020=&b"])
def test_the_flag_selects_optscim(query: str):
    found = dialect_from_query(query)
    assert found is not None
    assert found.id == "entra.optscim"


@pytest.mark.parametrize("query", ["", "a=aadOptscim062020", "tenant=7"])
def test_no_flag_selects_nothing(query: str):
    assert dialect_from_query(query) is None
