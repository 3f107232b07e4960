"""What the workspace knows beside the SCIM resources; it can be kept and brought back whole, or row by row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json, JsonObject

Value = TypeVar("Value")


class WorkspaceError(Exception):
    """The product says no; the message says why."""


@dataclass(slots=True)
class Standing:
    """How one person stands in the workspace, beside what SCIM shows of the account.

    ``managed`` is whether SCIM made or adopted the account, ``by_product`` whether the product last set the role,
    ``removed`` whether a DELETE has switched the account off.
    """

    role: str = ""
    managed: bool = False
    owner: bool = False
    invited: bool = False
    accepted: bool = True
    first_login: str = ""
    just_in_time: bool = False
    by_product: bool = False
    removed: bool = False


@dataclass(slots=True)
class Token:
    """A token of the SCIM endpoint: the secret, when it was made (seconds since 1970), whether it still counts."""

    secret: str
    made: float
    live: bool = True


class Entries(dict[str, Value]):
    """A dictionary that knows which of its keys have changed since they were kept, in ``dirty``.

    Whoever changes a value in place says so with :meth:`mark`.
    """

    def __init__(self) -> None:
        super().__init__()
        self.dirty: set[str] = set()

    def __setitem__(self, key: str, value: Value) -> None:
        super().__setitem__(key, value)
        self.dirty.add(key)

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.dirty.add(key)

    def mark(self, key: str) -> None:
        """Remember that the value of a key has changed."""
        self.dirty.add(key)

    def drop(self, key: str) -> Value | None:
        """Remove a key and return its value, None where there was none."""
        self.dirty.add(key)
        return super().pop(key, None)

    def replace(self, entries: dict[str, Value]) -> None:
        """Hold these entries and no others; all count as changed."""
        self.dirty.update(self, entries)
        super().clear()
        super().update(entries)

    def log(self, value: Value, most: int) -> None:
        """Add a value under the next number; beyond ``most`` the oldest goes."""
        self[str(int(next(reversed(self), "0")) + 1)] = value
        if len(self) > most:
            del self[next(iter(self))]


@dataclass(slots=True)
class State:
    """Everything of one workspace that is no SCIM resource.

    ``people`` has ids of accounts as keys, ``sessions`` and ``api_keys`` map secrets to such ids, ``contents`` ids of
    contents to ``{owner, title}``, ``buried`` folded userNames of deleted accounts to what came back would need,
    ``outbox`` and ``audit`` have numbers.
    """

    people: Entries[Standing] = field(default_factory=Entries)
    sessions: Entries[str] = field(default_factory=Entries)
    api_keys: Entries[str] = field(default_factory=Entries)
    contents: Entries[dict[str, str]] = field(default_factory=Entries)
    outbox: Entries[dict[str, str]] = field(default_factory=Entries)
    audit: Entries[dict[str, str]] = field(default_factory=Entries)
    buried: Entries[JsonObject] = field(default_factory=Entries)
    saml: dict[str, bool] = field(default_factory=lambda: {"configured": True, "enabled": True, "required": False})
    scim: bool = True
    tokens: list[Token] = field(default_factory=list)
    token_admin: bool = True
    domains: list[str] = field(default_factory=lambda: ["example.com", "example.org", "example.net"])
    default_role: str = "viewer"
    seats: int = 1000
    plan: str = "business"
    revision: int = 0

    def entries(self) -> dict[str, Entries[object]]:
        """Return what grows with the number of people, by name."""
        names = ("people", "sessions", "api_keys", "contents", "outbox", "audit", "buried")
        return {name: cast("Entries[object]", getattr(self, name)) for name in names}

    def settings(self) -> JsonObject:
        """Return what does not grow, as plain JSON."""
        return {
            "saml": {**self.saml},
            "scim": self.scim,
            "tokens": [asdict(token) for token in self.tokens],
            "token_admin": self.token_admin,
            "domains": [*self.domains],
            "default_role": self.default_role,
            "seats": self.seats,
            "plan": self.plan,
            "revision": self.revision,
        }

    def restore_settings(self, document: JsonObject) -> None:
        """Take from a document what :meth:`settings` put there."""
        values: dict[str, Json] = dict(document)
        tokens = cast("list[dict[str, object]]", values.pop("tokens"))
        for name, value in values.items():
            setattr(self, name, value)
        self.tokens = [Token(**entry) for entry in tokens]  # type: ignore[arg-type]  # as it was kept

    def snapshot(self) -> JsonObject:
        """Return everything as plain JSON."""
        grown: JsonObject = {
            name: {key: as_json(value) for key, value in entries.items()} for name, entries in self.entries().items()
        }
        return {**grown, **self.settings()}

    def restore(self, document: JsonObject) -> None:
        """Take everything from a snapshot."""
        values: dict[str, Json] = dict(document)
        for name, entries in self.entries().items():
            kept = cast("dict[str, Json]", values.pop(name))
            entries.replace({key: from_json(name, value) for key, value in kept.items()})
        self.restore_settings(values)


def as_json(value: object) -> Json:
    """Return an entry as plain JSON."""
    return asdict(value) if isinstance(value, Standing) else cast("Json", value)


def from_json(name: str, value: Json) -> object:
    """Return an entry of that name from plain JSON."""
    return Standing(**cast("JsonObject", value)) if name == "people" else value  # type: ignore[arg-type]  # as it was kept
