"""Schemas as data: attributes with their characteristics, resource types, and how a name finds its attribute."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

from scimulator import content

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scimulator.exchange.strict_json import JsonObject
    from scimulator.provider.product_quirks import ProductQuirks

Mutability = Literal["readOnly", "readWrite", "immutable", "writeOnly"]
Returned = Literal["always", "never", "default", "request"]

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
USER_SCHEMA = f"{CORE}User"
GROUP_SCHEMA = f"{CORE}Group"
ENTERPRISE_SCHEMA = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
EDITOR_SCHEMA = "urn:ietf:params:scim:schemas:extension:whimsical:2.0:User"
"""The extension whose boolean ``editor`` is the role, where the product has it."""
OF_DISCOVERY = frozenset(
    f"urn:ietf:params:scim:schemas:core:2.0:{name}" for name in ("ServiceProviderConfig", "ResourceType", "Schema")
)
"""Schemas of the discovery endpoints themselves."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """One attribute or sub-attribute with the characteristics of RFC 7643 section 7.

    ``path`` is its name, behind the parent's name and a dot if it has a parent. ``subs`` are keyed by lower-case name.
    """

    name: str
    path: str
    type: str
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = "readWrite"
    returned: Returned = "default"
    uniqueness: str = "none"
    subs: Mapping[str, Attribute] = field(default_factory=dict)

    @property
    def complex(self) -> bool:
        """Whether values are objects."""
        return self.type == "complex"

    @property
    def text(self) -> bool:
        """Whether values are JSON strings that compare as text."""
        return self.type in {"string", "reference", "binary"}

    def sub(self, name: str) -> Attribute | None:
        """Return the sub-attribute of that name, in any case."""
        return self.subs.get(name.lower())


def _attribute(document: JsonObject, parent: str = "") -> Attribute:
    name = str(document["name"])
    path = f"{parent}.{name}" if parent else name
    subs = [_attribute(sub, path) for sub in cast("list[JsonObject]", document.get("subAttributes", []))]
    return Attribute(
        name=name,
        path=path,
        type=str(document["type"]),
        multi_valued=bool(document.get("multiValued")),
        required=bool(document.get("required")),
        case_exact=bool(document.get("caseExact")),
        mutability=cast("Mutability", document.get("mutability", "readWrite")),
        returned=cast("Returned", document.get("returned", "default")),
        uniqueness=str(document.get("uniqueness", "none")),
        subs={sub.name.lower(): sub for sub in subs},
    )


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """A schema: its URN, its attributes by lower-case name, and the document that /Schemas answers."""

    id: str
    attributes: Mapping[str, Attribute]
    document: JsonObject


def _common() -> dict[str, Attribute]:
    """Return the attributes that every resource has (RFC 7643 3 and 3.1)."""
    meta = [
        Attribute("resourceType", "meta.resourceType", "string", case_exact=True, mutability="readOnly"),
        Attribute("created", "meta.created", "dateTime", mutability="readOnly"),
        Attribute("lastModified", "meta.lastModified", "dateTime", mutability="readOnly"),
        Attribute("location", "meta.location", "reference", case_exact=True, mutability="readOnly"),
        Attribute("version", "meta.version", "string", case_exact=True, mutability="readOnly"),
    ]
    attributes = [
        Attribute(
            "schemas", "schemas", "reference", multi_valued=True, required=True, case_exact=True, returned="always"
        ),
        Attribute("id", "id", "string", case_exact=True, mutability="readOnly", returned="always", uniqueness="server"),
        Attribute("externalId", "externalId", "string", case_exact=True),
        Attribute("meta", "meta", "complex", mutability="readOnly", subs={sub.name.lower(): sub for sub in meta}),
    ]
    return {attribute.name.lower(): attribute for attribute in attributes}


COMMON = _common()


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """Where a name points in a resource.

    ``extension`` is the URN of the extension that holds the attribute, empty for the core. ``attribute`` is None where
    the name is the URN of an extension itself. ``sub`` is the sub-attribute, if the name has one.
    """

    extension: str
    attribute: Attribute | None
    sub: Attribute | None = None

    @property
    def leaf(self) -> Attribute | None:
        """The attribute or sub-attribute that the name ends in."""
        return self.sub or self.attribute


@dataclass(frozen=True, slots=True, eq=False)
class ResourceType:
    """A kind of resource: name, endpoint (with its slash), core schema, extensions by URN."""

    name: str
    endpoint: str
    description: str
    schema: Schema
    extensions: Mapping[str, Schema]
    attributes: Mapping[str, Attribute]
    """Common and core attributes by lower-case name."""
    _spots: dict[str, Spot | None] = field(default_factory=dict)

    def find(self, path: str) -> Spot | None:
        """Return where an attribute path of RFC 7644 3.10 points, or None if the resource type has no such attribute.

        URNs and names are compared without regard to case; a name of an extension must be qualified.
        """
        try:
            return self._spots[path]
        except KeyError:
            spot = self._find(path)
            if len(self._spots) < 10_000:
                self._spots[path] = spot
            return spot

    def _find(self, path: str) -> Spot | None:
        lower = path.lower()
        if not lower.startswith("urn:"):
            return _inside("", self.attributes, lower)
        core = self.schema.id.lower()
        if lower.startswith(f"{core}:"):
            return _inside("", self.attributes, lower[len(core) + 1 :])
        for urn, schema in self.extensions.items():
            folded = urn.lower()
            if lower == folded:
                return Spot(urn, None)
            if lower.startswith(f"{folded}:"):
                return _inside(urn, schema.attributes, lower[len(folded) + 1 :])
        return None

    def extension_of(self, key: str) -> str:
        """Return the URN of the extension that ``key`` names in any case, or an empty string."""
        if key[:4].lower() != "urn:":
            return ""
        lower = key.lower()
        return next((urn for urn in self.extensions if urn.lower() == lower), "")

    def document(self, base_url: str) -> JsonObject:
        """Return the resource that /ResourceTypes answers for it."""
        return {
            "schemas": [f"{CORE}ResourceType"],
            "id": self.name,
            "name": self.name,
            "endpoint": self.endpoint,
            "description": self.description,
            "schema": self.schema.id,
            "schemaExtensions": [{"schema": urn, "required": False} for urn in self.extensions],
            "meta": {"resourceType": "ResourceType", "location": f"{base_url}/ResourceTypes/{self.name}"},
        }


def _inside(extension: str, attributes: Mapping[str, Attribute], lower: str) -> Spot | None:
    name, dot, rest = lower.partition(".")
    attribute = attributes.get(name)
    if attribute is None:
        return None
    if not dot:
        return Spot(extension, attribute)
    sub = attribute.subs.get(rest)
    return Spot(extension, attribute, sub) if sub else None


@lru_cache(maxsize=1)
def load_schemas() -> Mapping[str, Schema]:
    """Read the provider's own schema files, by URN."""
    schemas: dict[str, Schema] = {}
    for name in ("User", "Group", "EnterpriseUser", "WhimsicalUser", "ServiceProviderConfig", "ResourceType", "Schema"):
        file = content("fixtures") / "schemas" / "provider" / f"{name}.json"
        document: JsonObject = json.loads(file.read_text(encoding="utf-8"))
        attributes = [_attribute(item) for item in cast("list[JsonObject]", document["attributes"])]
        urn = str(document["id"])
        schemas[urn] = Schema(urn, {attribute.name.lower(): attribute for attribute in attributes}, document)
    return schemas


def resource_types(quirks: ProductQuirks | None = None) -> tuple[ResourceType, ...]:
    """Return the resource types that the provider keeps: User with the enterprise extension, and Group.

    ``quirks`` may take the extension or the groups away, and add the extension that holds the role.
    """
    extensions = [ENTERPRISE_SCHEMA] if quirks is None or quirks.enterprise_extension == "supported" else []
    if quirks is not None and quirks.role_attribute == "editor":
        extensions.append(EDITOR_SCHEMA)
    user = _resource_type("User", "/Users", "A person's account", extensions)
    if quirks is not None and quirks.groups == "unsupported":
        return (user,)
    return (user, _resource_type("Group", "/Groups", "A set of users and groups", ()))


def _resource_type(name: str, endpoint: str, description: str, extensions: Iterable[str]) -> ResourceType:
    schemas = load_schemas()
    schema = schemas[f"{CORE}{name}"]
    return ResourceType(
        name=name,
        endpoint=endpoint,
        description=description,
        schema=schema,
        extensions={urn: schemas[urn] for urn in extensions},
        attributes={**COMMON, **schema.attributes},
    )
