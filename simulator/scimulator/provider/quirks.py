"""The permitted deviations of the reference provider, each a named value read from a preset.

This is the only place that knows their ids and values; the rest of the provider reads the typed fields.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal, get_args, get_type_hints

from scimulator.catalogue.presets import PresetError
from scimulator.provider.product_quirks import ProductQuirks

if TYPE_CHECKING:
    from scimulator.catalogue.presets import Preset

_FROM_ZERO = frozenset({"user_name_length", "token_lifetime_days"})
Acceptance = Literal["accept", "refuse"]


@dataclass(frozen=True, slots=True)
class Quirks(ProductQuirks):
    """The quirk values of one provider; the id of a quirk is its field's name with hyphens."""

    operation_case: Literal["any", "exact"] = "any"
    """Whether ``"Replace"`` is ``"replace"`` (Entra capitalises)."""
    string_booleans: Acceptance = "accept"
    """Whether ``"True"`` and ``"false"`` stand for JSON booleans, in values and in filters."""
    flat_keys: Acceptance = "accept"
    """Whether a value without a path may have keys such as ``name.givenName``."""
    qualified_keys: Acceptance = "accept"
    """Whether a value without a path may have keys such as ``urn:…:User:department``."""
    bare_string_for_complex: Acceptance = "accept"
    """Whether a string stands for ``{"value": string}``."""
    json_text_values: Acceptance = "accept"
    """Whether JSON text in a string stands for the object that it spells."""
    single_for_multi_valued: Acceptance = "accept"
    """Whether one value stands for a list of one."""
    remove_with_values: Literal["selected", "refuse"] = "selected"
    """What a remove does that names values instead of a filter."""
    add_without_match: Literal["create", "no-target"] = "create"
    """What an add does whose value filter selects nothing (erratum 8097)."""
    replace_without_match: Literal["create", "create-in-empty", "no-target"] = "create-in-empty"
    """What a replace does whose value filter selects nothing; RFC 7644 3.5.2.3 orders noTarget where values exist."""
    value_path_comparison: Acceptance = "accept"
    """Whether a filter may compare behind a value path: ``emails[type eq "work"].value eq "a"``."""
    missing_schemas: Acceptance = "accept"
    """Whether a message or resource may come without ``schemas``."""
    path_less_read_only: Literal["ignore", "refuse"] = "ignore"
    """What a value without a path does to a readOnly attribute."""
    patch_answer: Literal["resource", "empty"] = "resource"
    """Whether PATCH answers 200 with the resource or 204."""
    page_size: int = 100
    """Resources on a page where the request does not say."""
    max_results: int = 1000
    """Most resources on a page."""
    max_payload: int = 4_194_304
    """Largest request body, in bytes."""

    @classmethod
    def from_preset(cls, preset: Preset) -> Quirks:
        """Read the quirks of a preset; one that it does not name keeps its default.

        Raises:
            PresetError: for an unknown quirk or value, with what is known.
        """
        hints = get_type_hints(cls)
        names = {field.name.replace("_", "-"): field.name for field in fields(cls)}
        values: dict[str, str | int | bool] = {}
        for quirk, value in preset.quirks.items():
            if quirk not in names:
                near = difflib.get_close_matches(quirk, names, n=3, cutoff=0.4)
                hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(names)}"
                raise PresetError(f"preset {preset.id!r} names an unknown quirk {quirk!r}; {hint}")
            kind = hints[names[quirk]]
            if kind is int:
                least = 0 if names[quirk] in _FROM_ZERO else 1
                if not isinstance(value, int) or isinstance(value, bool) or value < least:
                    raise PresetError(f"preset {preset.id!r}: {quirk} is a whole number from {least} on, not {value!r}")
            elif value not in get_args(kind):
                allowed = " or ".join(map(repr, get_args(kind)))
                raise PresetError(f"preset {preset.id!r}: {quirk} is {allowed}, not {value!r}")
            values[names[quirk]] = value
        return cls(**values).settled()  # type: ignore[arg-type]  # checked value by value above

    def having(self, quirk: str, value: str | int | bool) -> Quirks:
        """Return these quirks with another value of one, which is one that it has."""
        return replace(self, **{quirk.replace("-", "_"): value}).settled()  # type: ignore[arg-type]  # the caller's promise

    def settled(self) -> Quirks:
        """Return the quirks with what follows from them.

        Without its flag Entra writes operations in capitals; where the flag is required they are refused, and no PATCH
        is half done.
        """
        return replace(self, operation_case="exact") if self.entra_flag == "required" else self
