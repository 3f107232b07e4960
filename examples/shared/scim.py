"""SCIM spoken by hand: what a resource looks like, how a PATCH changes it, which filters are understood."""

from __future__ import annotations

import copy
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
CORE = "urn:ietf:params:scim:schemas:core:2.0"
MULTI = {"emails", "phoneNumbers", "members"}
READ_ONLY = {"id", "meta", "groups"}
WRITABLE = {
    *("userName", "name", "displayName", "title", "emails", "phoneNumbers", "active", "externalId", ENTERPRISE),
    *("members", "schemas"),
}
_PATH = re.compile(
    r"(?:(?P<urn>urn:[\w:.-]+?:2\.0:(?:User|Group)):?)?(?P<name>[$A-Za-z]\w*)?"
    r"(?:\[(?P<filter>[^\]]*)\])?(?:\.(?P<sub>[$A-Za-z]\w*))?\Z",
    re.IGNORECASE,
)
_TERM = re.compile(
    r'\s*([\w:.$]+)\s+(eq|ne|co|sw|ew)\s+("(?:[^"\\]|\\.)*"|true|false|null)\s*|\s*([\w:.$]+)\s+(pr)\s*', re.IGNORECASE
)
Resource = dict[str, Any]
_NAMES = {
    name.lower(): name
    for name in (
        *("schemas", "id", "externalId", "meta", "userName", "name", "formatted", "givenName", "familyName"),
        *("displayName", "title", "emails", "phoneNumbers", "active", "members", "value", "type", "primary"),
        *("Operations", "op", "path", "department", ENTERPRISE, USER, GROUP),
    )
}


class ScimError(Exception):
    """A request is refused."""

    def __init__(self, status: int, detail: str, kind: str = "") -> None:
        super().__init__(detail)
        self.status, self.detail, self.kind = status, detail, kind

    def body(self) -> Resource:
        body: Resource = {"schemas": [ERROR], "status": str(self.status), "detail": self.detail}
        return {**body, "scimType": self.kind} if self.kind else body


def member(holder: Resource, name: str) -> str:
    """Return a member's name as the holder spells it: names match in any case."""
    return next(
        (key for key in holder if key.lower() == name.lower()),
        next((w for w in WRITABLE if w.lower() == name.lower()), name),
    )


def normal(text: str) -> str:
    """Return a text in Unicode's composed form: how an accent is written is no difference."""
    return unicodedata.normalize("NFC", text)


def spelled(body: Any) -> Any:
    """Return a body whose names are spelled as the standard spells them: they may come in any case."""
    if isinstance(body, list):
        return [spelled(each) for each in body]
    if not isinstance(body, dict):
        return body
    return {_NAMES.get(key.lower(), key): spelled(value) for key, value in body.items()}


# -- projection


def projected(resource: Resource, attributes: str | None, excluded: str | None) -> Resource:
    """Leave out what ``attributes`` does not ask for, or what ``excludedAttributes`` does (RFC 7644 section 3.9)."""
    if attributes:
        paths = [_steps(each) for each in attributes.split(",") if each.strip()]
        kept = _only(resource, paths)
        return {key: resource[key] for key in ("schemas", "id") if key in resource} | kept
    if excluded:
        return _without(resource, [_steps(each) for each in excluded.split(",") if each.strip()])
    return resource


def _steps(path: str) -> list[str]:
    path = path.strip().lower()
    urn = next((urn.lower() for urn in (ENTERPRISE, USER, GROUP) if path.startswith(urn.lower())), "")
    rest = [each for each in path[len(urn) :].strip(":").split(".") if each]
    return [urn, *rest] if urn == ENTERPRISE.lower() else rest


def _only(value: Any, paths: list[list[str]]) -> Any:
    if isinstance(value, list):
        return [_only(each, paths) for each in value]
    if not isinstance(value, dict) or any(not path for path in paths):
        return value
    made = {}
    for key, inner in value.items():
        deeper = [path[1:] for path in paths if path[0] == key.lower()]
        if deeper:
            made[key] = _only(inner, deeper)
    return made


def _without(value: Any, paths: list[list[str]], top: bool = True) -> Any:
    if isinstance(value, list):
        return [_without(each, paths, False) for each in value]
    if not isinstance(value, dict):
        return value
    made = {}
    for key, inner in value.items():
        deeper = [path[1:] for path in paths if path and path[0] == key.lower()]
        if [] in deeper and not (top and key in ("id", "schemas")):
            continue
        made[key] = _without(inner, deeper, False) if deeper else inner
    return made


# -- filters


def matches(resource: Resource, text: str) -> bool:
    """Tell whether a resource fits a filter of comparisons joined by ``and`` or ``or``."""
    for part in _split(text, "or"):
        terms = [_TERM.fullmatch(term) for term in _split(part, "and")]
        if not all(terms):
            raise ScimError(400, f"the filter {text!r} is not understood", "invalidFilter")
        if all(_fits(resource, term) for term in terms if term):
            return True
    return False


def _split(text: str, word: str) -> list[str]:
    """Split at a word that stands outside of quotation marks."""
    parts = re.findall(rf'(?<=\s){word}(?=\s)|(?:"(?:[^"\\]|\\.)*"|(?!\s{word}\s).)+', text, flags=re.IGNORECASE)
    return [part for part in parts if part.strip().lower() != word]


def _fits(resource: Resource, term: re.Match[str]) -> bool:
    path, operator, literal = term[1] or term[4], (term[2] or term[5]).lower(), term[3]
    found = [value for value in values(resource, path) if value is not None]
    if operator == "pr":
        return any(value not in ("", []) for value in found)
    if not literal.startswith('"'):
        wanted: Any = {"true": True, "false": False, "null": None}[literal.lower()]
        same = wanted in found if wanted is not None else not found
        return same if operator == "eq" else not same
    try:
        wanted = normal(json.loads(literal))
    except ValueError as error:
        raise ScimError(400, f"{literal} is no JSON text", "invalidFilter") from error
    exact = path.lower().rpartition(":")[2] in ("id", "externalid")
    texts = [normal(value) if exact else normal(value).lower() for value in found if isinstance(value, str)]
    wanted = wanted if exact else wanted.lower()
    match operator:
        case "eq":
            return wanted in texts
        case "ne":
            return wanted not in texts
        case "co":
            return any(wanted in each for each in texts)
        case "sw":
            return any(each.startswith(wanted) for each in texts)
        case _:
            return any(each.endswith(wanted) for each in texts)


def values(resource: Resource, path: str) -> list[Any]:
    """Return what stands at an attribute path; of a multi-valued attribute every value."""
    found: list[Any] = [resource]
    urn = next((urn for urn in (ENTERPRISE, USER, GROUP) if path.lower().startswith(urn.lower())), "")
    steps = path[len(urn) :].strip(":").split(".") if path[len(urn) :] else []
    for step in ([ENTERPRISE] if urn == ENTERPRISE else []) + steps:
        found = [each.get(member(each, step)) for each in found if isinstance(each, dict)]
        found = [item for each in found for item in (each if isinstance(each, list) else [each])]
    return [each.get("value") if isinstance(each, dict) and "value" in each else each for each in found]


# -- PATCH


def patched(resource: Resource, body: Resource) -> Resource:
    """Return a resource as the operations of a PATCH leave it."""
    operations = body.get("Operations")
    if PATCH not in (body.get("schemas") or []) or not isinstance(operations, list) or not operations:
        raise ScimError(400, "a PATCH needs the PatchOp schema and at least one operation", "invalidSyntax")
    made = copy.deepcopy(resource)
    for operation in operations:
        op = str(operation.get("op", "")).lower()
        if op not in ("add", "replace", "remove"):
            raise ScimError(400, f"there is no operation {op!r}", "invalidSyntax")
        path, value = operation.get("path"), operation.get("value")
        if path:
            _at(made, op, str(path), value)
        elif op == "remove" or not isinstance(value, dict):
            raise ScimError(400, "this operation needs a path", "noTarget")
        else:
            for name, inner in value.items():
                if name.lower() == ENTERPRISE.lower() and isinstance(inner, dict):
                    for sub, leaf in inner.items():
                        _at(made, op, f"{ENTERPRISE}:{sub}", leaf)
                elif name.lower() not in READ_ONLY:
                    _at(made, op, name, inner)
    return made


def _at(resource: Resource, op: str, path: str, value: Any) -> None:
    found = _PATH.fullmatch(path)
    if found is None:
        raise ScimError(400, f"the path {path!r} is not understood", "invalidPath")
    holder = resource
    if (found["urn"] or "").lower() == ENTERPRISE.lower():
        if not found["name"]:
            holder[ENTERPRISE] = {} if op == "remove" else {**holder.get(ENTERPRISE, {}), **(value or {})}
            return
        holder = resource.setdefault(ENTERPRISE, {})
    name = member(holder, found["name"] or "")
    if name in READ_ONLY:
        raise ScimError(400, f"{name} is read-only", "mutability")
    if holder is resource and name not in WRITABLE:
        raise ScimError(400, f"there is no attribute {name!r}", "invalidPath")
    if found["filter"] is not None:
        _in_elements(holder, op, name, found["filter"], sub=found["sub"], value=value)
    elif found["sub"]:
        inner = holder.get(name) if isinstance(holder.get(name), dict) else {}
        holder[name] = inner
        _set(inner, op, member(inner, found["sub"]), value)
    elif name in MULTI:
        _set_many(holder, op, name, value)
    elif isinstance(value, dict) and isinstance(holder.get(name), dict) and op != "remove":
        holder[name] = {**holder[name], **value}
    else:
        _set(holder, op, name, value)


def _set(holder: Resource, op: str, name: str, value: Any) -> None:
    if op == "remove" or value is None:
        holder.pop(name, None)
    else:
        holder[name] = value


def _set_many(holder: Resource, op: str, name: str, value: Any) -> None:
    given = value if isinstance(value, list) else [] if value is None else [value]
    given = [each if isinstance(each, dict) else {"value": each} for each in given]
    old = holder.get(name) or []
    if op == "replace":
        holder[name] = given
    elif op == "add":
        holder[name] = old + [each for each in given if each.get("value") not in [o.get("value") for o in old]]
    elif given:
        gone = [each.get("value") for each in given]
        holder[name] = [each for each in old if each.get("value") not in gone]
    else:
        holder.pop(name, None)


def _in_elements(holder: Resource, op: str, name: str, text: str, *, sub: str | None, value: Any) -> None:
    elements = holder.get(name) or []
    chosen = [each for each in elements if matches(each, text)]
    if not chosen:
        pairs = re.findall(r'(\w+)\s+eq\s+"?([^"\s]+)"?', text, flags=re.IGNORECASE)
        if op == "remove":
            return
        if not sub or not pairs or name == "members":
            raise ScimError(400, f"nothing matches {text!r}", "noTarget")
        chosen = [dict(pairs)]
        elements = [*elements, *chosen]
    for each in chosen:
        if sub:
            _set(each, op, sub, value)
        elif op == "remove":
            elements = [other for other in elements if other is not each]
        else:
            each.update(value if isinstance(value, dict) else {"value": value})
    holder[name] = elements


# -- bodies


def parsed(raw: bytes, schema: str = "") -> Resource:
    """Return the body of a request, its names spelled as the standard spells them; it has to name ``schema``."""
    try:
        body = spelled(json.loads(raw))
    except (ValueError, RecursionError) as error:
        raise ScimError(400, "the body is no JSON", "invalidSyntax") from error
    if not isinstance(body, dict):
        raise ScimError(400, "the body is no JSON object", "invalidSyntax")
    if schema and schema not in (body.get("schemas") or []):
        raise ScimError(400, f"schemas has to name {schema}", "invalidSyntax")
    return body


def active(body: Resource) -> bool:
    """Return whether a user is active; Entra's older client sends the word."""
    value = body.get("active", True)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        value = value.lower() == "true"
    if not isinstance(value, bool):
        raise ScimError(400, "active is true or false", "invalidValue")
    return value


def text(body: Resource, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise ScimError(400, f"{name} is a text", "invalidValue")
    return value or None


def complex_of(body: Resource, name: str) -> Resource:
    value = body.get(name)
    if value is not None and not isinstance(value, dict):
        raise ScimError(400, f"{name} is a complex value", "invalidValue")
    return value or {}


def elements(body: Resource, name: str) -> list[Resource]:
    listed = body.get(name) or []
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise ScimError(400, f"{name} is a list of objects", "invalidValue")
    for each in listed:
        text(each, "value")
    return listed


def first(listed: list[Resource]) -> str | None:
    """Return the primary value of a multi-valued attribute, else the first: we keep one of a kind."""
    listed = [each for each in listed if each.get("value")]
    listed.sort(key=lambda each: (each.get("primary") is not True, each.get("type") != "work"))
    return listed[0]["value"] if listed else None


def page(resources: list[Resource], query: Mapping[str, str]) -> Resource:
    """Return the part of a list that a query asks for."""
    if "filter" in query:
        resources = [each for each in resources if matches(each, query["filter"])]
    try:
        start = max(1, int(query.get("startIndex", "1")))
        count = max(0, int(query.get("count", "100")))
    except ValueError as error:
        raise ScimError(400, "startIndex and count are whole numbers", "invalidValue") from error
    shown = resources[start - 1 : start - 1 + count]
    return {
        "schemas": [LIST],
        "totalResults": len(resources),
        "startIndex": start,
        "itemsPerPage": len(shown),
        "Resources": [projected(each, query.get("attributes"), query.get("excludedAttributes")) for each in shown],
    }
