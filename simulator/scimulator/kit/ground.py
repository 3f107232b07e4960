"""What checks of PUT and PATCH stand on: attributes that the target is known to keep as it was given them.

A check of a write proves something only on an attribute that the target keeps unaltered from its creation, and which
those are differs from product to product. What was found out is remembered for the whole session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from scimulator.exchange.message import Purpose
from scimulator.kit.frame import canonical
from scimulator.kit.jsonpath import MISSING, find, is_unassigned
from scimulator.kit.operations import USER, replace
from scimulator.kit.outcomes import NotApplicable
from scimulator.kit.resources import Resources
from scimulator.target.guest import resource_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.answer import Answer
    from scimulator.kit.resources import Resource
    from scimulator.kit.session import Session

T = TypeVar("T")
PLAIN = ("title", "nickName", "userType", "displayName")
"""Single-valued text attributes of a user, most telling first (RFC 7643 section 4.1.1)."""
MANY = ("emails", "phoneNumbers", "entitlements")
"""Multi-valued attributes with value and type (RFC 7643 section 4.1.2)."""
KINDS = ("work", "home", "other")
_NO_VALUE_PATHS = (None, "invalidPath", "invalidFilter", "invalidSyntax")


def keeps(sent: Json, stored: Json | object) -> bool:
    """Tell whether ``stored`` holds all that was sent; the server may add members of its own, but no values."""
    if stored is MISSING:
        return False
    if isinstance(sent, dict):
        return isinstance(stored, dict) and all(keeps(inner, find(stored, [name])) for name, inner in sent.items())
    if isinstance(sent, list):
        return (
            isinstance(stored, list)
            and len(stored) == len(sent)
            and all(any(keeps(each, other) for other in stored) for each in sent)
        )
    return canonical(sent) == canonical(stored)  # type: ignore[arg-type]  # MISSING was ruled out


def without_value_paths(answer: Answer) -> bool:
    """Tell whether a refusal says that value paths are not offered, as Table 5 of RFC 7644 allows (ruling A53)."""
    return answer.status_code == 501 or (
        answer.status_code in (400, 422) and answer.body.get("scimType") in _NO_VALUE_PATHS
    )


class Ground:
    """Users with known values, on attributes that this target keeps.

    Who gets a user from here may change it: it is one of its own, or one that an earlier check is done with.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.users = Resources(session, "user")

    def kept(self, **attributes: Json) -> Resource:
        """Return a user with the attributes given; None says that it has no value there, as far as it was asked.

        Raises:
            Blocked: where no user at all can be made.
            NotApplicable: where the target does not keep the attributes unaltered.
        """

        def fits(state: JsonObject) -> bool:
            return all(
                is_unassigned(find(state, [name])) if value is None else keeps(value, find(state, [name]))
                for name, value in attributes.items()
            )

        without = tuple(name for name, value in attributes.items() if value is None)
        return self._borrow(lambda: self.own(**attributes), fits, without=without, look=bool(attributes))

    def user(self) -> Resource:
        """Return a user with some value in each of ``plains``."""
        plains = self.plains()

        def fits(state: JsonObject) -> bool:
            return not any(is_unassigned(find(state, [name])) for name in plains)

        return self._borrow(lambda: self.own(**{each: f"First {each}" for each in plains}), fits)

    def pool(self, count: int) -> list[str]:
        """Return ids of the first ``count`` users that checks share to be members and managers; nobody changes them."""
        pool = self._known("pool", list[str])
        with self.session.keeping():
            while len(pool) < count:
                pool.append(self.users.create().id)
        return pool[:count]

    def crowd(self, count: int) -> list[str]:
        """Return ids of ``count`` users who are there now and not known to be inactive.

        Whoever lives longer than one check is one of them; nothing may be asked of them but to be members of a group.
        """
        found = [each for each in self.session.kept(self.users.endpoint) if not self._inactive(each)][:count]
        with self.session.keeping():
            return [*found, *(self.users.create().id for _ in range(count - len(found)))]

    def _inactive(self, user_id: str) -> bool:
        state = self.session.looks.last(resource_target(self.users.endpoint, user_id))
        return state is not None and state.get("active") is False

    def _borrow(
        self,
        make: Callable[[], Resource],
        fits: Callable[[JsonObject], bool] = lambda _: True,
        *,
        without: tuple[str, ...] = (),
        look: bool = True,
    ) -> Resource:
        def usable(user: Resource, state: JsonObject) -> bool:
            # Products treat a user that is switched off in ways of their own, and on one that has lost what it was
            # made with, a server that loses attributes can lose nothing more.
            return state.get("active") is not False and not _worn(user, state, without) and fits(state)

        return self.session.lending.borrow("users", make, fits=usable, look=look)

    def own(self, **attributes: Json) -> Resource:
        """Make a user with the attributes given, which nobody has changed.

        Raises:
            Blocked: where no user at all can be made.
            NotApplicable: where the target does not keep the attributes unaltered.
        """
        users = self.users
        body = users.body(**attributes)
        answer = self.session.create(users.endpoint, body, purpose=Purpose.SET_UP)
        if not answer.ok:
            users.create()  # says so itself where no user at all can be made
            names = " and ".join(attributes)
            raise NotApplicable(f"the target refuses a user with this {names}: {answer.status_code}")
        made = users.made(answer, body)
        stored: JsonObject | None = None
        for name, value in attributes.items():
            if value is None or keeps(value, find(made.first, [name])):
                continue
            stored = made.read() if stored is None else stored
            if not keeps(value, find(stored, [name])):
                raise NotApplicable(f"the target does not keep {name} as it was sent, so nothing follows from it")
        return made

    def with_entries(self, attribute: str, *kinds: str, **more: Json) -> tuple[Resource, list[JsonObject]]:
        """Return a user whose ``attribute`` holds one value of each kind, and those values in this order.

        ``more`` are further members of each value, such as ``display``.
        """

        def fits(state: JsonObject) -> bool:
            return _entries(state, attribute, kinds, more) is not None

        def make() -> Resource:
            entries: list[Json] = [self.entry(attribute, kind, **more) for kind in kinds]
            return self.own(**{attribute: entries})

        user = self._borrow(make, fits)
        sent = user.sent.get(attribute)
        made = [each for each in sent if isinstance(each, dict)] if isinstance(sent, list) else []
        state = self.session.looks.last(user.path)
        return user, (_entries(state, attribute, kinds, more) if state is not None else None) or made

    def entry(self, attribute: str, kind: str, **more: Json) -> JsonObject:
        """Return a fresh value of a multi-valued attribute: ``entry("emails", "home", primary=True)``."""
        people = self.session.people
        unique = people.unique(kind)
        if attribute == "emails":
            value = f"{unique}@{people.domain}"
        elif attribute == "phoneNumbers":
            value = f"tel:+1-201-555-{people.count % 10000:04d}"
        else:
            value = unique
        return {"value": value, "type": kind, **more}

    def plains(self) -> list[str]:
        """Return single-valued text attributes of a user that the target keeps; at least one, most telling first.

        Raises:
            NotApplicable: where it keeps none.
        """

        def find_out() -> list[str]:
            offered = [name for name in PLAIN if self.users.offers(name)]
            return self._kept_of(offered) or [name for name in offered if self._kept_of([name])]

        names = self._known("plains", find_out)
        if not names:
            raise NotApplicable(f"the target keeps none of {', '.join(PLAIN)}")
        return names

    def _kept_of(self, names: list[str]) -> list[str]:
        body = self.users.body(**{name: f"Probe {name}" for name in names})
        answer = self.session.create(self.users.endpoint, body, purpose=Purpose.SET_UP)
        if not answer.ok:
            return []
        stored = self.users.made(answer, body).read()
        return [name for name in names if stored.get(name) == f"Probe {name}"]

    def optional(self) -> str:
        """Return one of ``plains`` that the target certainly neither insists on nor fills in by itself.

        Raises:
            NotApplicable: where there is none.
        """
        required = self.session.discovery.required(USER)
        for name in self.plains():
            if name != "displayName" and name not in required:
                return name
        raise NotApplicable("the target keeps no text attribute of a user that is certainly optional")

    def several(self) -> str:
        """Return a multi-valued complex attribute of which the target keeps three values with their types.

        Raises:
            NotApplicable: where there is none.
        """

        def find_out() -> str:
            for attribute in MANY:
                if self.users.offers(attribute):
                    try:
                        self.with_entries(attribute, *KINDS)
                    except NotApplicable:
                        continue
                    return attribute
            return ""

        attribute = self._known("several", find_out)
        if not attribute:
            raise NotApplicable(f"the target keeps several values in none of {', '.join(MANY)}")
        return attribute

    def by_type(self) -> str:
        """Return ``several``, where the target takes value paths such as ``emails[type eq "work"].value``.

        Raises:
            NotApplicable: where it takes none.
        """
        attribute = self.several()

        def find_out() -> bool:
            user, _ = self.with_entries(attribute, *KINDS)
            asked = replace(f'{attribute}[type eq "work"].value', self.entry(attribute, "work")["value"])
            return not without_value_paths(user.try_patch(asked))

        if not self._known("user value paths", find_out):
            raise NotApplicable("the target takes no value paths; patch.paths.value judges that")
        return attribute

    def _known(self, what: str, find_out: Callable[[], T]) -> T:
        if what not in self.session.known:
            self.session.known[what] = find_out()
        return self.session.known[what]  # type: ignore[return-value]  # what find_out returned under this name


def _worn(user: Resource, state: JsonObject, spared: tuple[str, ...]) -> bool:
    """Tell whether a user has lost an attribute that it was made with, beyond those that it is to be without."""
    return any(
        not is_unassigned(find(user.first, [name])) and is_unassigned(find(state, [name]))
        for name in user.sent
        if name not in spared
    )


def _entries(state: JsonObject, attribute: str, kinds: tuple[str, ...], more: JsonObject) -> list[JsonObject] | None:
    """Return the values of ``kinds`` in this order as they were sent, where the state holds exactly those."""
    found = find(state, [attribute])
    if not isinstance(found, list) or len(found) != len(kinds):
        return None
    left = [each for each in found if isinstance(each, dict) and each.get("primary") is not True]
    chosen: list[JsonObject] = []
    for kind in kinds:
        wanted: JsonObject = {"type": kind, **more}
        match = next((each for each in left if keeps(wanted, each) and isinstance(each.get("value"), str)), None)
        if match is None or ("display" in match and "display" not in more):
            return None
        left.remove(match)
        chosen.append({"value": match["value"], **wanted})
    return chosen
