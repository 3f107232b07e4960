"""Faults of attributes and excludedAttributes, the parameters that say what an answer shall hold."""

# ruff: noqa: ARG002  # an override takes what its rule takes

from __future__ import annotations

from scimulator.provider.rules import Rules, fault

_COMPLEX_LISTS = frozenset({"emails", "phonenumbers", "addresses", "ims", "photos", "roles", "entitlements"})


@fault(
    "attributes-drop-complex-lists",
    trips=["projection.attributes.complex-list"],
    source="https://github.com/scimmyjs/scimmy/pull/62",
    bug="BUG-103",
)
class _AttributesDropComplexLists(Rules):
    """A multi-valued complex attribute that attributes= names as a whole is missing; emails.value would be there."""

    def attributes_asked(self, names: tuple[str, ...]) -> tuple[str, ...]:
        asked = super().attributes_asked(names)
        kept = tuple(name for name in asked if name.lower() not in _COMPLEX_LISTS)
        return kept or (("id",) if asked else ())


@fault(
    "excluded-attributes-ignored",
    trips=["projection.excluded.get", "projection.excluded.list"],
    source="https://github.com/GluuFederation/SCIM-Client/issues/30",
    bug="BUG-172",
    severity="cosmetic",
)
class _ExcludedAttributesIgnored(Rules):
    """The parameter excludedAttributes is not implemented and has no effect."""

    def attributes_excluded(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return ()
