"""Who somebody is, as the product takes it: userName, addresses, names, and what it does not keep at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scimulator.provider.errors import ScimType, bad
from scimulator.provider.rules import fold

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.rules import Rules
    from scimulator.provider.workspace.state import State

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Identity:
    """Alters or refuses the attributes of an account."""

    def __init__(self, rules: Rules, state: State) -> None:
        self.quirks = rules.quirks
        self.unkept = rules.unkept()
        self.state = state

    def taken(self, data: JsonObject, before: JsonObject, *, whole: bool) -> JsonObject:
        """Return the attributes that are kept of ``data``; ``before`` is empty for a new account.

        ``whole`` says that the client sent the whole resource, so that what is missing is missing on purpose or because
        it does not know of it.

        Raises:
            ScimError: 400 when the product refuses them.
        """
        quirks = self.quirks
        data = dict(data)
        self._user_name(data, before)
        if before and quirks.name_mutability != "allow":
            self._name(data, before, whole=whole)
        self._external_id(data, before, whole=whole)
        if self.unkept:
            data = self._without_optional(data)
        if quirks.primary_email == "user-name":
            data["emails"] = [{"value": data.get("userName"), "type": "work", "primary": True}]
        if quirks.display_name == "from-name" and (made := made_name(data)):
            data["displayName"] = made
        if quirks.required_attributes != "rfc":
            self._required(data, before)
        return data

    def user_name(self, name: str) -> str:
        """Return a userName in the letters in which the product keeps it."""
        return name.lower() if self.quirks.email_case == "fold" else name

    def _user_name(self, data: JsonObject, before: JsonObject) -> None:
        quirks = self.quirks
        name = data.get("userName")
        if not isinstance(name, str):
            return
        known = before.get("userName")
        if isinstance(known, str) and quirks.user_name_change != "allow":
            # Other letters are no other name: an identity provider may send its own spelling with every push.
            if fold(known) != fold(name) and quirks.user_name_change == "refuse":
                raise bad(ScimType.MUTABILITY, "userName does not change")
            data["userName"] = known
            return
        if quirks.email_case == "reject" and name != name.lower() and name != known:
            raise bad(ScimType.INVALID_VALUE, f"userName is an address in lower case, not {name!r}")
        name = data["userName"] = self.user_name(name)
        if name == known:
            return
        if quirks.user_name_form == "email" and not _EMAIL.fullmatch(name):
            raise bad(ScimType.INVALID_VALUE, f"userName is an e-mail address, not {name!r}")
        if quirks.user_name_length and len(name) > quirks.user_name_length:
            raise bad(ScimType.INVALID_VALUE, f"userName has at most {quirks.user_name_length} characters")
        if quirks.verified_domains_only == "yes":
            self._domain(name)

    def _domain(self, name: str) -> None:
        domain = name.rpartition("@")[2].lower() if "@" in name else ""
        if domain and not any(domain == each or domain.endswith(f".{each}") for each in self.state.domains):
            raise bad(ScimType.INVALID_VALUE, f"{domain!r} is no verified domain of this workspace")

    def _name(self, data: JsonObject, before: JsonObject, *, whole: bool) -> None:
        known = before.get("name")
        if data.get("name") == known:
            return
        missing = whole and "name" not in data
        if self.quirks.name_mutability == "refuse" and not missing:
            raise bad(ScimType.MUTABILITY, "a name is changed by its owner in the product only")
        put_back(data, before, "name")

    def _external_id(self, data: JsonObject, before: JsonObject, *, whole: bool) -> None:
        if self.quirks.external_id == "drop":
            data.pop("externalId", None)
        elif self.quirks.external_id == "immutable" and before.get("externalId") not in (None, data.get("externalId")):
            if "externalId" in data or not whole:
                raise bad(ScimType.MUTABILITY, "externalId does not change")
            put_back(data, before, "externalId")

    def _without_optional(self, data: JsonObject) -> JsonObject:
        named = sorted(self.unkept & data.keys())
        if named and self.quirks.optional_attributes == "refuse":
            raise bad(ScimType.INVALID_VALUE, f"{named[0]} is not supported")
        return {name: value for name, value in data.items() if name not in self.unkept}

    def _required(self, data: JsonObject, before: JsonObject) -> None:
        """Refuse a new account without what is required, and a change that takes it away."""
        wanted = self.quirks.required_attributes
        if "names" in wanted and not _has_names(data) and (not before or _has_names(before)):
            raise bad(ScimType.INVALID_VALUE, "name.givenName and name.familyName are required")
        if "emails" in wanted and not data.get("emails") and (not before or before.get("emails")):
            raise bad(ScimType.INVALID_VALUE, "emails is required")


def made_name(data: JsonObject) -> str:
    """Return the name that is made of given and family name; empty where there are none."""
    name = data.get("name")
    parts: JsonObject = name if isinstance(name, dict) else {}
    return " ".join(str(parts[key]) for key in ("givenName", "familyName") if parts.get(key))


def put_back(data: JsonObject, before: JsonObject, name: str) -> None:
    """Give an attribute the value of before."""
    if name in before:
        data[name] = before[name]
    else:
        data.pop(name, None)


def _has_names(data: JsonObject) -> bool:
    name = data.get("name")
    return isinstance(name, dict) and bool(name.get("givenName")) and bool(name.get("familyName"))
