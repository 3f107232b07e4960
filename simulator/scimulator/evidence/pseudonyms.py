"""Pseudonyms: other people's data under other names, so that a recording can be shown around.

A pseudonym is made with a key (HMAC-SHA-256). It keeps what a reader needs: equal values have equal pseudonyms, values
that differ in case only have pseudonyms that differ in case only, and an e-mail address keeps its domain.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote_plus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scimulator.exchange.strict_json import Json

_PERSONAL = frozenset(
    {"username", "displayname", "givenname", "familyname", "middlename", "formatted", "nickname", "externalid"}
    | {"streetaddress", "profileurl", "employeenumber", "title"}
)
_LISTS = frozenset({"emails", "phonenumbers", "ims", "photos", "addresses"})
_COMPARED = re.compile(r'([\w:.$-]+(?:\[[^]]*\])?[\w.]*)\s+(?:eq|ne|co|sw|ew)\s+"((?:[^"\\]|\\.)*)"', re.IGNORECASE)
"""An attribute and the text that a filter compares it with."""
_LETTERS = "abcdefghijkmnopqrstuvwxyz"
_SHORTEST = 6
KEY_BYTES = 32


class Pseudonyms:
    """Replaces personal data in JSON bodies, request targets and texts; the key is kept nowhere.

    ``known`` maps what was seen to its pseudonym; ``count`` is how many places were replaced.
    """

    def __init__(self, key: bytes | None = None) -> None:
        """Use ``key``, or a random one that is forgotten with this object."""
        self._key = key or secrets.token_bytes(KEY_BYTES)
        self.known: dict[str, str] = {}
        self.count = 0

    def of(self, value: str) -> str:
        """Return the pseudonym of a value."""
        if value not in self.known:
            local, at, domain = value.rpartition("@")
            self.known[value] = f"{self._word(local)}{at}{domain}" if at else self._word(value)
        return self.known[value]

    def learn(self, text: str) -> None:
        """Take note of the personal data in a JSON text."""
        try:
            document: Json = json.loads(text)
        except (ValueError, RecursionError):
            return
        for value in _personal(document, inside=False):
            self.of(value)

    def learn_query(self, query: str) -> None:
        """Take note of the personal data in a filter, such as ``userName eq "ada@x.example"``."""
        for path, value in _COMPARED.findall(unquote_plus(query)):
            if value and _path_is_personal(path):
                self.of(value)

    def replace(self, text: str) -> str:
        """Return a text in which every value known by now is replaced, longest first, also as it stands in a URL."""
        for value in sorted(self.known, key=len, reverse=True):
            if len(value) < 2:
                continue
            made = self.known[value]
            for before, after in (
                (json.dumps(value)[1:-1], json.dumps(made)[1:-1]),
                (json.dumps(value, ensure_ascii=False)[1:-1], json.dumps(made, ensure_ascii=False)[1:-1]),
                (quote(value, safe=""), quote(made, safe="")),
                (quote_plus(value), quote_plus(made)),
            ):
                if before in text:
                    self.count += text.count(before)
                    text = text.replace(before, after)
        return text

    def _word(self, value: str) -> str:
        """Return letters in the place of a word, in capitals where the word is."""
        digest = hmac.new(self._key, value.casefold().encode(), hashlib.sha256).digest()
        size = max(len(value), _SHORTEST)
        stream = b""
        counter = 0
        while len(stream) < size:
            stream += hmac.new(self._key, digest + bytes([counter % 256]), hashlib.sha256).digest()
            counter += 1
        letters = [_LETTERS[byte % len(_LETTERS)] for byte in stream[:size]]
        return "".join(
            letter.upper() if place < len(value) and value[place].isupper() else letter
            for place, letter in enumerate(letters)
        )


def _personal(value: Json, *, inside: bool) -> Iterator[str]:
    """Yield personal texts: values of telling names anywhere, and every ``value`` of addresses and the like."""
    if isinstance(value, list):
        for each in value:
            yield from _personal(each, inside=inside)
    elif isinstance(value, dict):
        for name, each in value.items():
            bare = name.lower().rpartition(":")[2].rpartition(".")[2]
            if isinstance(each, str):
                if (each and (bare in _PERSONAL or (inside and bare in ("value", "display")))) or (
                    bare == "value" and "path" in value and _path_is_personal(str(value["path"]))
                ):
                    yield each
            else:
                yield from _personal(each, inside=inside or bare in _LISTS)


def _path_is_personal(path: str) -> bool:
    bare = path.lower().rpartition(":")[2]
    head = bare.partition("[")[0].partition(".")[0]
    return bare.rpartition(".")[2] in _PERSONAL or head in _LISTS or head in _PERSONAL
