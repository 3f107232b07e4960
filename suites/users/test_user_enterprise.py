"""The enterprise extension of a user (RFC 7643 sections 3.3 and 4.3)."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import ENTERPRISE, USER, NotApplicable, check, find, is_unassigned

if TYPE_CHECKING:
    from scimulator.kit import Json, JsonObject, Judge, Resources, Session

_TEXTS: dict[str, tuple[str, str]] = {
    "employeeNumber": ("701984", "RFC7643-4.3-02"),
    "costCenter": ("4130", "RFC7643-4.3-03"),
    "organization": ("Universal Studios", "RFC7643-4.3-04"),
    "division": ("Theme Park", "RFC7643-4.3-05"),
    "department": ("Tour Operations", "RFC7643-4.3-06"),
}


@pytest.fixture
def extended(scim: Session) -> Session:
    """The session with a target whose users have the enterprise extension."""
    types = scim.discovery.resource_types()
    listed = json.dumps([each.get("schemaExtensions") for each in types] if types else list(scim.discovery.schemas()))
    if ENTERPRISE.lower() not in listed.lower():
        raise NotApplicable("the target does not list the enterprise extension for its users")
    return scim


def _body(users: Resources, data: JsonObject) -> JsonObject:
    body = users.body(schemas=[USER, ENTERPRISE])
    body[ENTERPRISE] = data
    return body


def _offered(scim: Session) -> dict[str, Json]:
    found: dict[str, Json] = {
        name: value for name, (value, _) in _TEXTS.items() if scim.offers("user", (f"enterprise:{name}",))
    }
    if not found:
        raise NotApplicable("the target's enterprise extension declares none of the attributes of the RFC")
    return found


@check("users.enterprise.values", "RFC7644-3.3-20", *(per for _, per in _TEXTS.values()))
def test_enterprise_values_come_back(users: Resources, extended: Session) -> None:
    """Enterprise data that is sent on create comes back as it was sent."""
    sent = _offered(extended)
    body = _body(users, dict(sent))
    answer = users.post(body).success()
    if not answer.ok:
        return
    shown = users.made(answer, body).read()
    for name, value in sent.items():
        found = find(shown, f"{ENTERPRISE}:{name}")
        answer.require(
            found == value,
            f"{name} was sent as {value!r} and is {None if is_unassigned(found) else found!r}",
            kind="lost" if is_unassigned(found) else "altered",
            at=f"enterprise.{name}",
            wanted=value,
            per=_TEXTS[name][1],
        )


@check("users.enterprise.container", "RFC7643-3.3-02", "RFC7643-3.3-03")
def test_enterprise_data_stands_in_its_container(users: Resources, extended: Session, judge: Judge) -> None:
    """Extension data stands in an object that is named by the extension's URN, and schemas lists that URN."""
    sent = _offered(extended)
    body = _body(users, dict(sent))
    answer = users.post(body)
    shown = users.made(answer, body).read()
    container = find(shown, ENTERPRISE)
    if is_unassigned(container):
        loose = [
            name
            for name in shown
            if name.lower() in {each.lower() for each in sent} or name.lower().startswith(ENTERPRISE.lower())
        ]
        judge.require(not loose, f"enterprise data stands outside its container, in {loose}", kind="outside", at="$")
        raise NotApplicable("the target keeps no enterprise data (users.enterprise.values judges that)")
    judge.require(isinstance(container, dict), f"the container is no object: {container!r}", kind="type", at=ENTERPRISE)
    listed = shown.get("schemas")
    judge.require(
        not container or (isinstance(listed, list) and ENTERPRISE.lower() in {str(each).lower() for each in listed}),
        f"the user has enterprise data but its schemas are {listed!r}",
        kind="schemas",
        at="schemas",
        got=listed,
        per="RFC7643-3.3-03",
    )


@check("users.enterprise.schemas-order", "RFC7643-3-05")
def test_the_order_of_schemas_makes_no_difference(users: Resources, extended: Session) -> None:
    """The order of schemas in a request makes no difference: the extension may come first."""
    sent = _offered(extended)
    plain_body = _body(users, dict(sent))
    plain = users.made(users.post(plain_body), plain_body).read()
    body = _body(users, dict(sent))
    body["schemas"] = [ENTERPRISE, USER]
    answer = users.post(body).success()
    shown = users.made(answer, body).read()
    for name in sent:
        one, other = find(plain, f"{ENTERPRISE}:{name}"), find(shown, f"{ENTERPRISE}:{name}")
        answer.require(
            one == other or (is_unassigned(one) and is_unassigned(other)),
            f"with the extension first in schemas {name} is {other!r}",
            kind="differs",
            at=f"enterprise.{name}",
        )


@check("users.enterprise.outside", "RFC7643-3-09")
def test_data_outside_the_container_is_no_extension_data(users: Resources, extended: Session) -> None:
    """Extension attributes that stand outside their container are not taken for extension data."""
    name = next(iter(_offered(extended)))
    body = users.body()
    body[name] = "Outside"
    answer = users.post(body)
    if not answer.ok:
        answer.refused(400)
        return
    found = find(users.made(answer, body).read(), f"{ENTERPRISE}:{name}")
    answer.require(found != "Outside", f"{name} at the top was stored in the extension", kind="moved", at=name)


@check("users.enterprise.urn-any-case", "RFC7643-3.3-04")
def test_letter_case_of_the_urn_does_not_matter(users: Resources, extended: Session) -> None:
    """Letter case of the extension's URN in a body does not matter; the data is not silently dropped."""
    sent = _offered(extended)
    name, value = next(iter(sent.items()))
    body = users.body(schemas=[USER, ENTERPRISE])
    body[ENTERPRISE.replace("enterprise", "Enterprise")] = {name: value}
    answer = users.post(body)
    if not answer.ok:
        answer.refused(400)
        return
    found = find(users.made(answer, body).read(), f"{ENTERPRISE}:{name}")
    answer.require(found == value, f"{name} under the URN in other case is {found!r}", kind="dropped", at=name)


@check("users.enterprise.manager", "RFC7643-4.3-07", "RFC7643-4.3-08", "RFC7643-4.3-09", "RFC7643-2.3.7-03")
def test_a_manager_comes_back(users: Resources, extended: Session) -> None:
    """A manager comes back as an object whose value is the id of a user and whose reference leads there."""
    if not extended.offers("user", ("enterprise:manager",)):
        raise NotApplicable("the target's /Schemas does not offer manager")
    boss = users.create()
    body = _body(users, {"manager": {"value": boss.id}})
    answer = users.post(body).success()
    if not answer.ok:
        return
    manager = find(users.made(answer, body).read(), f"{ENTERPRISE}:manager")
    answer.require(not is_unassigned(manager), "the manager was not kept", kind="lost", at="manager", wanted=boss.id)
    if not isinstance(manager, dict):
        return
    answer.require(manager.get("value") == boss.id, f"manager.value is {manager.get('value')!r}", at="manager.value")
    reference = manager.get("$ref")
    if isinstance(reference, str) and reference:
        answer.require(
            reference.rstrip("/").endswith(boss.id),
            f"manager.$ref is {reference!r}, the manager's id is {boss.id!r}",
            kind="reference",
            at="manager.$ref",
            got=reference,
            per="RFC7643-4.3-08",
        )


@check("users.enterprise.unknown-manager", "RFC7643-4.3-13")
def test_an_unknown_manager_is_no_server_error(users: Resources, extended: Session) -> None:
    """A manager id that no user has is stored or refused, and causes no server error.

    Identity providers send people in any order: the manager may be created after the report.
    """
    if not extended.offers("user", ("enterprise:manager",)):
        raise NotApplicable("the target's /Schemas does not offer manager")
    body = _body(users, {"manager": {"value": str(uuid.uuid5(uuid.NAMESPACE_URL, extended.people.unique()))}})
    answer = users.post(body)
    answer.require(
        answer.status_code < 500, f"an unknown manager was answered {answer.status_code}", kind="server-error"
    )
