"""What probes share: accounts of their own, and what reads show of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from scimulator.kit import MISSING, Resource, find, literal, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.kit import Answer, Controls, Json, JsonObject, Person, Probe, Resources, Tenant


_NO_DECISION = frozenset({401, 404, 406, 407, 408, 410, 412, 415, 421, 425, 428, 429})
"""Statuses about credentials, time, form or a resource that is gone: they say nothing of what was asked."""


@dataclass(slots=True)
class Folk:
    """Accounts for probes."""

    users: Resources

    def name(self, word: str = "quirk") -> str:
        """Return a fresh userName in lower case."""
        return self.users.session.people.user_name(word)

    def tried(self, **attributes: Json) -> tuple[Answer, JsonObject]:
        """Send a create and expect nothing of it; return the answer and what was sent."""
        body = self.users.body(**attributes)
        return self.users.post(body), body

    def made(self, **attributes: Json) -> Resource:
        """Make an account.

        Raises:
            Blocked: when the target does not make it.
        """
        return self.users.create(**attributes)

    def declined(self, answer: Answer) -> bool:
        """Tell whether a request was refused for what it asks, as opposed to a breakdown or a closed door."""
        status = answer.status_code
        return (400 <= status < 500 and status not in _NO_DECISION) or status == 501

    def insist(self, quirk: Probe, answer: Answer, plain: Callable[[], Answer], what: str) -> None:
        """Insist that a request was declined for its oddness: ``plain`` sends the same without it, and is taken.

        Raises:
            NotApplicable: where that cannot be said, so that the refusal tells nothing.
        """
        if not self.declined(answer):
            quirk.unknown(f"{what} was answered {answer.status_code}")
        usual = plain()
        if not usual.ok:
            quirk.unknown(f"{what} was answered {answer.status_code}, and without it {usual.status_code}")

    def shown(self, user: Resource, path: str) -> Json:
        """Return what an independent read shows at a path, None for nothing."""
        found = find(self.users.get(user.id).body, path)
        return None if found is MISSING else found  # type: ignore[return-value]  # MISSING is the only other thing

    def put(self, user: Resource, **attributes: Json) -> Answer:
        """Replace an account by what a read shows of it and the attributes given; None takes one away."""
        body = {**self.users.get(user.id).body, **attributes}
        kept: JsonObject = {name: value for name, value in body.items() if value is not None and name != "meta"}
        return user.try_put(kept)

    def switch(self, user: Resource, *, active: bool) -> Answer:
        """Switch an account on or off with one PATCH."""
        return user.try_patch(replace("active", active))

    def holders(self, name: str) -> list[str]:
        """Return the ids that a filter finds for a userName, and for it in capitals, each once."""
        found: dict[str, None] = {}
        for written in (name, name.upper()):
            answer = self.users.find(f"userName eq {literal(written)}")
            ids = find(answer.body, "Resources[*].id")
            found.update(dict.fromkeys(map(str, ids) if answer.ok and isinstance(ids, list) else ()))
        return list(found)


@pytest.fixture
def folk(users: Resources) -> Folk:
    """Accounts for probes."""
    return Folk(users)


@dataclass(slots=True)
class Product:
    """The product behind the target, by controls; a probe that uses it declares them."""

    controls: Controls

    def member(self, user: Resource | str) -> JsonObject:
        """Return what the product shows of a member, an empty object where it shows none."""
        name = user if isinstance(user, str) else user.user_name
        listed = self.controls.run("members").get("members")
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, dict) and str(each.get("email", "")).casefold() == name.casefold():
                return each
        return {}

    def signs_in(self, user: Resource | str) -> bool:
        """Tell whether somebody can sign in now."""
        name = user if isinstance(user, str) else user.user_name
        return self.controls.run("log-in", email=name).get("ok") is True

    def session(self, user: Resource) -> str:
        """Sign somebody in and return the session; empty where that is refused."""
        return str(self.controls.run("log-in", email=user.user_name).get("session") or "")

    def works(self, name: str, **parameters: Json) -> bool:
        """Tell whether a door is open."""
        return self.controls.run(name, **parameters).get("ok") is True


@pytest.fixture
def product(controls: Controls) -> Product:
    """The product behind the target."""
    return Product(controls)


@dataclass(slots=True)
class Acting:
    """An identity provider at work: what it does in its own way, whatever comes of it."""

    tenant: Tenant

    def provisioned(self, person: Person) -> Resource | None:
        """Make an account; None where that does not succeed."""
        tenant = self.tenant
        flow = tenant.okta.assign(person.id) if tenant.dialect.idp == "okta" else tenant.entra.provision(person.id)
        tenant.try_run(flow)
        return tenant.account(person) if tenant.remote_id(person) else None

    def pushed(self, person: Person) -> None:
        """Carry over what has changed of a person."""
        tenant = self.tenant
        okta = tenant.dialect.idp == "okta"
        tenant.try_run(tenant.okta.push_profile(person.id) if okta else tenant.entra.provision(person.id))

    def switched_off(self, person: Person) -> None:
        """Switch an account off."""
        tenant = self.tenant
        okta = tenant.dialect.idp == "okta"
        tenant.try_run(tenant.okta.deactivate(person.id) if okta else tenant.entra.deactivate(person.id))

    def switched_on(self, person: Person) -> None:
        """Give somebody who has left the app back."""
        tenant = self.tenant
        okta = tenant.dialect.idp == "okta"
        tenant.try_run(tenant.okta.reactivate(person.id) if okta else tenant.entra.reactivate(person.id))

    def written(self) -> Answer | None:
        """Return the answer to the last write, None where nothing was written."""
        return next((each for each in reversed(self.tenant.answers) if each.exchange.request.method != "GET"), None)

    def insist_on_updates(self, person: Person, quirk: Probe) -> None:
        """Insist that the target understands the updates of this dialect at all, by one of the displayName.

        Raises:
            NotApplicable: where it does not, so that a refusal says nothing of what is looked at.
        """
        self.tenant.directory.change_person(person.id, display_name="Somebody Else")
        self.pushed(person)
        answer = self.written()
        if answer is None or not answer.ok:
            told = f"answered {answer.status_code}" if answer is not None else "not sent"
            quirk.unknown(f"an update of {self.tenant.dialect.id} about something else is {told}")


@pytest.fixture
def acting(tenant: Tenant) -> Acting:
    """The identity provider of the dialect at work."""
    return Acting(tenant)
