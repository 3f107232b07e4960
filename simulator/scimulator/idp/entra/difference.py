"""An update by difference: what the mapping yields against what the target shows, as PATCH operations.

Legacy: one operation per attribute in the order of the mapping, ``Add`` where the target shows no value, ``Replace``
where it shows another, booleans as text. With the flag: operations with a value filter first, then one without a path
for all the rest, ``active`` keeping a path of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scimulator.idp.mapping import Apply
from scimulator.idp.render import fill

if TYPE_CHECKING:
    from collections.abc import Mapping as Table

    from scimulator.catalogue.profiles import Profile
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.idp.directory import Person
    from scimulator.idp.mapping import Mapping
    from scimulator.idp.paths import Place


ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass(frozen=True, slots=True)
class Modified:
    """One attribute that differs: where, what the target shows (None for nothing), what it shall show.

    ``spelled`` is the text that an expression made of a boolean (``Switch([IsSoftDeleted], …)``), empty for others.
    """

    place: Place
    before: Json
    after: Json
    spelled: str = ""

    @property
    def verb(self) -> str:
        """``add`` where the target shows nothing, else ``replace``; inferred from recordings, not always kept."""
        return "add" if self.before is None else "replace"


def difference(
    mapping: Mapping,
    person: Person,
    resource: JsonObject,
    overrides: Table[str, Json] | None = None,
    *,
    roles: bool = True,
) -> list[Modified]:
    """Return what differs, in the order of the mapping.

    A source without a value never counts: Entra sends no nulls. References and the whole list of roles are written by
    flows of their own; without ``roles`` no part of the list counts either.
    """
    found = []
    for rule in mapping.rules:
        if rule.reference or rule.apply is not Apply.ALWAYS:
            continue
        if rule.target.attribute == "roles" and (rule.target.selector is None or not roles):
            continue
        made = rule.source.of(person, overrides or {})
        wanted = as_boolean(made) if rule.target.text == "active" else made
        shown = _shown(rule.target, resource)
        if wanted is not None and wanted != shown:
            found.append(Modified(rule.target, shown, wanted, made if isinstance(made, str) and made != wanted else ""))
    return found


def as_boolean(value: Json) -> Json:
    """Return the boolean that a mapping means by ``True`` or ``False`` as text; anything else as it is."""
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def _shown(place: Place, resource: JsonObject) -> Json:
    """What the target shows; ``roles[primary eq "True"]`` compares a boolean with a text and means the boolean."""
    found = place.find(resource)
    if found is None and place.selector is not None and place.selector[1] in ("True", "False"):
        return replace(place, selector=(place.selector[0], place.selector[1] == "True")).find(resource)
    return found


def in_text(profile: Profile, *, value: bool) -> Json:
    """Return a boolean as the legacy dialect writes it: as text, in lower case after an edit, or as printed once."""
    if profile.switched("json-booleans"):
        return value
    return str(value).lower() if profile.switched("lower-case-booleans") else str(value)


def operations(profile: Profile, modified: list[Modified]) -> list[Json]:
    """Return the PATCH operations for a list of differences in the layout of the dialect."""
    if not any(entry.id == "replace.flat" for entry in profile.operations):
        return [operation(profile, change, text_booleans=True) for change in modified]
    own_path = [change for change in modified if change.place.text == "active"]
    filtered = [change for change in modified if change.place.selector is not None or _custom(profile, change.place)]
    made = [operation(profile, change) for change in (*own_path, *filtered)]
    for verb in ("add", "replace"):
        members: JsonObject = {
            change.place.text: change.after
            for change in modified
            if change.verb == verb and change not in own_path and change not in filtered
        }
        if members:
            made.append(fill(dict(profile.operation(f"{verb}.flat").template), {"members": members}))
    return made


def _custom(profile: Profile, place: Place) -> bool:
    """Whether a place is in an extension whose attributes keep paths of their own; the enterprise user's do not."""
    return profile.switched("extension-paths") and place.urn not in ("", ENTERPRISE)


def operation(profile: Profile, change: Modified, *, text_booleans: bool = False) -> Json:
    """Return one operation with a path."""
    value = change.after
    if text_booleans and isinstance(value, bool):
        value = change.spelled or in_text(profile, value=value)
    template = profile.operation(f"{change.verb}.path").template
    return fill(dict(template), {"path": change.place.text, "value": value})
