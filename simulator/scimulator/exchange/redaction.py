"""Secrets leave this process in no file: what is written passes through a :class:`Redactor` first.

Three nets, one behind the other: headers that carry credentials by their name, members of bodies that hold passwords
and tokens by theirs, and every known secret wherever it stands, in each spelling in which it may come back (percent-
or HTML-encoded, JSON-escaped, base64). A password that passes by is learnt, so that its echo is caught as well.
"""

from __future__ import annotations

import base64
import html
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scimulator.exchange.message import Exchange, Request, Response
    from scimulator.exchange.strict_json import Json, JsonObject

MARK = "<redacted>"
WRITTEN_BODY = 256 * 1024
"""Characters of a body that are written at most; ``cut`` then tells how many there were."""
_CUT_MARGIN = 8 * 1024
_LEARN_FROM = 8
"""A shorter text is too common to be replaced wherever it occurs."""
_LEARN_MAX = 200
_REMEMBERED = 4 * 1024 * 1024
"""Characters of texts whose redaction is remembered: the same headers and documents come again and again."""

_HEADERS = frozenset(
    {
        *("authorization", "proxy-authorization", "cookie", "set-cookie"),
        *("x-api-key", "api-key", "apikey", "x-auth-token", "x-access-token"),
    }
)
_MEMBERS = frozenset(
    {
        *("password", "newpassword", "oldpassword", "currentpassword", "passwd", "pwd", "passphrase"),
        *("secret", "clientsecret", "sharedsecret", "privatekey", "apikey", "authorization"),
        *("token", "accesstoken", "refreshtoken", "idtoken", "bearertoken", "sessiontoken", "secrettoken"),
        *("assertion", "clientassertion", "samlresponse"),
    }
)
# Each pattern is bounded or consumes what it fails on, so that a hostile body cannot make it quadratic.
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_COLON = re.compile(r"\s*:\s*")
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|-?\d[\d.eE+-]*', re.DOTALL)
_FORM_VALUE = re.compile(
    r"(?i)(?<![a-z0-9])([a-z_.-]{0,40}(?:password|passwd|secret|token|assertion|api_?key)=)([^&\s\"'<>]+)"
)
_GAP = r"(?:\s|\+|%20){1,8}"
_FILTER_VALUE = re.compile(rf'(?i)(password{_GAP}[a-z]{{2}}{_GAP}(?P<q>"|%22))(.{{0,400}}?)((?P=q))')
_SUSPECT = re.compile(r"(?i)pass|pwd|secret|token|assertion|api_?key|authorization|saml|private|\\u00")


def _plain(name: str) -> str:
    return name.rpartition(":")[2].rpartition(".")[2].replace("_", "").replace("-", "").casefold()


@lru_cache(maxsize=4096)
def is_secret_member(name: str) -> bool:
    """Tell whether a JSON member, attribute path or form field of this name holds a secret."""
    return _plain(name) in _MEMBERS


def _spellings(secret: str) -> set[str]:
    made = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), html.escape(secret)}
    made |= {re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), text) for text in made}
    made.add(json.dumps(secret)[1:-1])
    made.add(json.dumps(secret, ensure_ascii=False)[1:-1])
    if len(secret) >= _LEARN_FROM:
        made.add(base64.b64encode(secret.encode("utf-8", "surrogatepass")).decode())
    return made


class Redactor:
    """Replaces secrets by ``<redacted>`` and counts how often; ``secrets`` are the known ones.

    The structure of what is written stays: a header keeps its name, a member its name, a body its bytes around the
    secret. ``count`` is the number of replacements so far.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Know ``secrets`` from the start; empty texts are ignored."""
        self.count = 0
        self._learnt = 0
        self._texts: set[str] = set()
        self._longest_first: tuple[str, ...] = ()
        self._done: dict[str, tuple[str, int]] = {}
        self._remembered = 0
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Know more secrets from now on."""
        before = len(self._texts)
        for secret in secrets:
            if secret.strip():
                self._texts |= _spellings(secret)
        if len(self._texts) != before:
            self._longest_first = tuple(sorted(self._texts, key=len, reverse=True))
            self._forget()

    def text(self, text: str) -> str:
        """Return a text, JSON or not, without secrets."""
        done = self._done.get(text)
        if done is not None:
            self.count += done[1]
            return done[0]
        before = self.count
        made = self._redacted(text)
        if self._remembered > _REMEMBERED:
            self._forget()
        self._remembered += len(text)
        self._done[text] = (made, self.count - before)
        return made

    def _forget(self) -> None:
        self._done.clear()
        self._remembered = 0

    def _redacted(self, text: str) -> str:
        if _SUSPECT.search(text):
            text = self._members(text)
            text = _FORM_VALUE.sub(lambda found: self._hit(found[1]), text)
            text = _FILTER_VALUE.sub(lambda found: self._hit(found[1]) + found[4], text)
        return self._known(text)

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[list[str]]:
        """Return header fields as pairs; a credential keeps its scheme, a cookie its name."""
        made: list[list[str]] = []
        for name, value in headers:
            lower = name.lower()
            if lower not in _HEADERS or not value:
                made.append([name, self.text(value)])
                continue
            head, gap, rest = value.partition(" ")
            if lower.endswith("authorization"):
                kept = f"{head} " if gap and rest else ""
            else:
                kept = f"{value.partition('=')[0]}=" if "cookie" in lower and "=" in value else ""
            made.append([name, self._hit(self._known(kept))])
        return made

    def json(self, value: Json) -> Json:
        """Return a JSON value without secrets."""
        leaves: set[str] = set()
        _collect(value, leaves)
        self._learn(leaves)
        return self._value(value, leaves)

    def request(self, request: Request) -> JsonObject:
        """Return a request for writing: method, target, headers, body (text)."""
        return {
            "method": request.method,
            "target": self.text(request.target),
            "headers": [list(pair) for pair in self.headers(request.headers)],
            **self._body(request.body),
        }

    def response(self, response: Response) -> JsonObject:
        """Return a response for writing: status, headers, body (text)."""
        return {
            "status": response.status,
            "headers": [list(pair) for pair in self.headers(response.headers)],
            **self._body(response.body),
        }

    def exchange(self, exchange: Exchange) -> JsonObject:
        """Return an exchange for writing: number, times in seconds, purpose, step, request, response or failure."""
        failure = exchange.failure
        return {
            "number": exchange.number,
            "started": round(exchange.started, 6),
            "elapsed": round(exchange.elapsed, 6),
            "purpose": str(exchange.purpose),
            "step": exchange.step,
            "request": self.request(exchange.request),
            "response": self.response(exchange.response) if exchange.response else None,
            "failure": {"kind": str(failure.kind), "message": self.text(failure.message)} if failure else None,
        }

    def _body(self, raw: bytes) -> JsonObject:
        encoding = "utf-8"
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "latin-1"
            text = raw.decode(encoding, "replace")
        cut = len(text) > WRITTEN_BODY + _CUT_MARGIN
        # A secret that the cut goes through would not be recognised: it lies in the margin, which is not written.
        written = self.text(text[: WRITTEN_BODY + _CUT_MARGIN])
        made: JsonObject = {"body": written[:-_CUT_MARGIN] if cut else written}
        if encoding != "utf-8":
            made["encoding"] = encoding
        if cut:
            made["cut"] = len(text)
        return made

    def _hit(self, kept: str) -> str:
        self.count += 1
        return f"{kept}{MARK}"

    def _known(self, text: str) -> str:
        # Plain searches: a pattern of many alternatives is slower by orders of magnitude.
        for secret in self._longest_first:
            if secret in text:
                self.count += text.count(secret)
                text = text.replace(secret, MARK)
        return text

    def _learn(self, leaves: Iterable[str]) -> None:
        fresh = [leaf for leaf in leaves if len(leaf) >= _LEARN_FROM and leaf not in self._texts and leaf != MARK]
        room = _LEARN_MAX - self._learnt
        if fresh and room > 0:
            self._learnt += len(fresh[:room])
            self.add(*fresh[:room])

    def _members(self, text: str) -> str:
        leaves: set[str] = set()
        try:
            # Pairs, not dicts: of two members of one name both hold a secret.
            _collect(json.loads(text, object_pairs_hook=_Pairs), leaves)
        except (ValueError, RecursionError):
            pass
        else:
            self._learn(leaves)

        made: list[str] = []
        at = 0
        for found in _LITERAL.finditer(text):
            if found.start() < at:
                continue
            name = _decoded(found[0])
            colon = _COLON.match(text, found.end())
            if colon is None:
                if name in leaves:
                    made += [text[at : found.start()], f'"{self._hit("")}"']
                    at = found.end()
                continue
            value = _SCALAR.match(text, colon.end()) if is_secret_member(name) else None
            if value and value[0] not in ('""', f'"{MARK}"'):
                made += [text[at : value.start()], f'"{self._hit("")}"']
                at = value.end()
        return "".join([*made, text[at:]])

    def _value(self, value: Json, leaves: set[str]) -> Json:
        if isinstance(value, dict):
            return {
                self._known(name): self._hit("")
                if is_secret_member(name)
                and isinstance(part, str | int | float)
                and not isinstance(part, bool)
                and part
                else self._value(part, leaves)
                for name, part in value.items()
            }
        if isinstance(value, list):
            return [self._value(part, leaves) for part in value]
        if isinstance(value, str):
            return self._hit("") if value in leaves else self._known(value)
        return value


class _Pairs(list[tuple[str, object]]):
    """The members of one JSON object, equal names kept apart."""


def _collect(value: object, leaves: set[str]) -> None:
    """Gather every text that stands under a secret member, or in a PATCH operation on one (RFC 7644 3.5.2)."""
    if isinstance(value, dict | _Pairs):
        pairs = list(value.items()) if isinstance(value, dict) else list(value)
        path = next((part for name, part in pairs if name.casefold() == "path" and isinstance(part, str)), "")
        for name, part in pairs:
            if is_secret_member(name) or (name.casefold() == "value" and is_secret_member(path)):
                _leaves(part, leaves)
            else:
                _collect(part, leaves)
    elif isinstance(value, list):
        for part in value:
            _collect(part, leaves)


def _leaves(value: object, leaves: set[str]) -> None:
    if isinstance(value, str):
        if value:
            leaves.add(value)
    elif isinstance(value, dict):
        for part in value.values():
            _leaves(part, leaves)
    elif isinstance(value, _Pairs):
        for _, part in value:
            _leaves(part, leaves)
    elif isinstance(value, list):
        for part in value:
            _leaves(part, leaves)


def _decoded(literal: str) -> str:
    if "\\" not in literal:
        return literal[1:-1] if literal.endswith('"') else literal[1:]
    try:
        made = json.loads(literal, strict=False)
    except ValueError:
        return literal.strip('"')
    return made if isinstance(made, str) else literal
