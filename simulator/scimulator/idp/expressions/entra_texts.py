"""Entra's functions on texts and on attributes with several values.

Where a text is asked for and is null, the result is null, unless the page says otherwise (Left, Word, Join).
"""

from __future__ import annotations

import base64
import re
import unicodedata
from typing import TYPE_CHECKING

from scimulator.idp.expressions.calls import kind, spelled
from scimulator.idp.expressions.entra_context import EntraArguments, library

if TYPE_CHECKING:
    from scimulator.exchange.strict_json import Json

TEXTS = library()
_BOOLEANS = ("False", "True")
_DOTLESS = "\u0131"
_DOTTED = "\u0130"
# Letters of the page's table that Unicode does not decompose. An œ stands there with a macron only.
_LETTERS = {"æ": "ae", "Æ": "AE", "ø": "oe", "Ø": "OE", "ß": "ss", "ł": "l", "Ł": "L", _DOTLESS: "i"}
_DIACRITICS = re.compile("[\u0300-\u036f]")
_CULTURE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DOTTED_I = ("tr", "az")
_SEPARATORS = frozenset(
    ("Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So")
)


@TEXTS.define("Append(source, suffix)")
def _append(call: EntraArguments) -> Json:
    source = call.optional_string(0)
    return None if source is None else source + (call.optional_string(1) or "")


@TEXTS.define("ConvertToBase64(source)")
def _base64(call: EntraArguments) -> Json:
    source = call.optional_string(0)
    # "A Unicode base64 string": .NET's Unicode is UTF-16, low byte first.
    return None if source is None else base64.b64encode(source.encode("utf-16-le", "surrogatepass")).decode("ascii")


@TEXTS.define("ConvertToUTF8Hex(source)")
def _utf8_hex(call: EntraArguments) -> Json:
    source = call.optional_string(0)
    return None if source is None else source.encode("utf-8", "surrogatepass").hex().upper()


@TEXTS.define("Count(attribute)")
def _count(call: EntraArguments) -> Json:
    return len(_several(call, 0))


@TEXTS.define("InStr(value1, value2, start?, compareType?)")
def _in_str(call: EntraArguments) -> Json:
    searched, sought = call.optional_string(0), call.optional_string(1)
    start = call.integer(2) if call.given(2) else 1
    if start < 1:
        raise call.fail("must be 1 or more: the first character has the position 1", 2)
    compare = call.string(3) if call.given(3) else "vbBinaryCompare"
    if compare not in ("vbBinaryCompare", "vbTextCompare"):
        raise call.fail("must be vbTextCompare or vbBinaryCompare", 3)
    if searched is None or sought is None:
        return None
    if compare == "vbTextCompare":
        searched, sought = _simple(searched, "lower"), _simple(sought, "lower")
    return searched.find(sought, start - 1) + 1


@TEXTS.define("Item(attribute, index)")
def _item(call: EntraArguments) -> Json:
    items, index = _several(call, 0), call.integer(1)
    if index < 1:
        raise call.fail("must be 1 or more: the first item has the index 1", 1)
    if not items:
        return None
    if index > len(items):
        raise call.fail(f"is {index}, but there are only {len(items)} values", 1)
    return items[index - 1]


@TEXTS.define("Join(separator, sources...)")
def _join(call: EntraArguments) -> Json:
    # The page's Join(", ", "", [surname], [givenName]) yields "Doe, John": an empty source makes no separator.
    separator = call.optional_string(0) or ""
    texts = [_scalar(call, item, index) for index in range(1, len(call)) for item in _several(call, index)]
    return separator.join(text for text in texts if text)


@TEXTS.define("Left(string, numChars)")
def _left(call: EntraArguments) -> Json:
    source, number = call.optional_string(0) or "", call.integer(1)
    return source if number < 0 else source[:number]


@TEXTS.define("Mid(source, start, length)")
def _mid(call: EntraArguments) -> Json:
    source, start, length = call.optional_string(0), call.integer(1), call.integer(2)
    if start < 1:
        raise call.fail("must be 1 or more: the first character has the index 1", 1)
    if length < 0:
        raise call.fail("must not be negative", 2)
    return None if source is None else source[start - 1 : start - 1 + length]


@TEXTS.define("NormalizeDiacritics(source)")
def _normalize(call: EntraArguments) -> Json:
    source = call.optional_string(0)
    if source is None:
        return None
    spread = unicodedata.normalize("NFD", source)
    spread = spread.replace("œ\u0304", "oe").replace("Œ\u0304", "OE")
    spread = "".join(_LETTERS.get(char, char) for char in spread)
    return unicodedata.normalize("NFC", _DIACRITICS.sub("", spread))


@TEXTS.define("PCase(source, wordSeparators?)")
def _pcase(call: EntraArguments) -> Json:
    source = call.optional_string(0)
    if source is None:
        return None
    separators = call.optional_string(1) if call.given(1) else None
    return _title_case(source) if separators is None else _words_capitalised(source, separators)


@TEXTS.define("RemoveDuplicates(attribute)")
def _remove_duplicates(call: EntraArguments) -> Json:
    kept: list[Json] = []
    for item in _several(call, 0):
        if item not in kept:
            kept.append(item)
    return None if call.value(0) is None else kept


@TEXTS.define("Split(source, delimiter)")
def _split(call: EntraArguments) -> Json:
    source, delimiter = call.optional_string(0), call.string(1)
    if not delimiter:
        raise call.fail("must not be empty", 1)
    # The page splits "PermissionSetOne, PermissionSetTwo" at "," into values without the space.
    return None if source is None else [part.strip() for part in source.split(delimiter)]


@TEXTS.define("StripSpaces(source)")
def _strip_spaces(call: EntraArguments) -> Json:
    source = call.optional_string(0)
    return None if source is None else source.replace(" ", "")


@TEXTS.define("ToLower(source, culture?)")
def _to_lower(call: EntraArguments) -> Json:
    source, dotted = call.optional_string(0), _dotted_i(call)
    if source is None:
        return None
    return _simple(source.replace("I", _DOTLESS).replace(_DOTTED, "i") if dotted else source, "lower")


@TEXTS.define("ToUpper(source, culture?)")
def _to_upper(call: EntraArguments) -> Json:
    source, dotted = call.optional_string(0), _dotted_i(call)
    if source is None:
        return None
    return _simple(source.replace("i", _DOTTED).replace(_DOTLESS, "I") if dotted else source, "upper")


@TEXTS.define("Word(string, wordNumber, delimiters)")
def _word(call: EntraArguments) -> Json:
    source, number, delimiters = call.optional_string(0) or "", call.integer(1), call.string(2)
    words = re.split(f"[{re.escape(delimiters)}]+", source) if delimiters else [source]
    words = [word for word in words if word]
    return words[number - 1] if 1 <= number <= len(words) else ""


def _several(call: EntraArguments, index: int) -> list[Json]:
    """Return the values of an attribute: of one with a single value that value, of an absent one none."""
    value = call.value(index)
    if value is None:
        return []
    if isinstance(value, dict):
        raise call.fail("must be an attribute with values, not an object", index)
    return value if isinstance(value, list) else [value]


def _scalar(call: EntraArguments, value: Json, index: int) -> str:
    if isinstance(value, list | dict):
        raise call.fail(f"must hold texts, not {kind(value)}", index)
    return "" if value is None else spelled(value, _BOOLEANS)


def _simple(text: str, case: str) -> str:
    """Change the case letter by letter: .NET's invariant rules never turn one letter into two, as ß into SS."""
    made = (char.lower() if case == "lower" else char.upper() for char in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, made, strict=True))


def _dotted_i(call: EntraArguments) -> bool:
    """Whether the named culture tells a dotted from a dotless i; no other difference of cultures is known here."""
    culture = call.optional_string(1) if call.given(1) else None
    if not culture:
        return False
    if not _CULTURE.fullmatch(culture):
        raise call.fail("is not the name of a culture; write for example en-US", 1)
    return culture.split("-")[0].lower() in _DOTTED_I


def _title_case(text: str) -> str:
    """Capitalise as .NET's ToTitleCase does: an apostrophe inside a word does not end it, a digit begins none."""
    made: list[str] = []
    inside = False
    for char in text:
        category = unicodedata.category(char)
        if category.startswith("L"):
            made.append(_simple(char, "lower") if inside else _simple(char, "upper"))
            inside = True
        else:
            made.append(char)
            inside = inside and (char == "'" or category not in _SEPARATORS)
    return "".join(made)


def _words_capitalised(text: str, separators: str) -> str:
    made: list[str] = []
    first = True
    for char in text:
        made.append(_simple(char, "upper") if first else _simple(char, "lower"))
        first = char in separators
    return "".join(made)
