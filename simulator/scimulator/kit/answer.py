"""An answer under judgement: the shortest way to say what it has to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from scimulator.kit.jsonpath import MISSING, find, is_unassigned
from scimulator.kit.operations import ERROR, LIST_RESPONSE
from scimulator.kit.outcomes import Symptom

if TYPE_CHECKING:
    from scimulator.exchange.message import Exchange, Response
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.judge import Judge

_SUCCESS = range(200, 300)


class Answer:
    """What the target answered to one request, with the expectations that a check may have of it.

    Every expectation returns the answer itself, so that they chain; each takes ``per`` (the requirement it proves,
    by default the first of the check) and ``soft`` (only warn).
    """

    def __init__(self, exchange: Exchange, judge: Judge) -> None:
        if exchange.response is None:
            raise ValueError("an Answer needs a response; the session turns transport failures into outcomes")
        self.exchange = exchange
        self.response: Response = exchange.response
        self._judge = judge

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.response.status

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return self.response.status in _SUCCESS

    @property
    def body(self) -> JsonObject:
        """The body where it is a JSON object, else an empty one."""
        return self.exchange.document.object

    @property
    def id(self) -> str:
        """The body's id, or an empty string."""
        found = self.body.get("id")
        return found if isinstance(found, str) else ""

    def at(self, path: str) -> Json:
        """Return the value at a path of the body; None where there is none."""
        found = find(self.body, path)
        return None if found is MISSING else found  # type: ignore[return-value]  # MISSING is excluded

    def header_value(self, name: str) -> str | None:
        """Return a header's value without expecting it."""
        return self.response.header(name)

    # -- expectations ---------------------------------------------------------------------------------------------

    def require(
        self,
        condition: object,
        message: str,
        *,
        kind: str = "value",
        at: str = "",
        wanted: Json = None,
        got: Json = None,
        per: str | None = None,
        soft: bool = False,
    ) -> Self:
        """Refute the requirement with ``message``, pointing at this exchange, unless ``condition`` holds."""
        if not condition:
            self._judge.refute(Symptom(kind, message, at, wanted, got, self.exchange.number), per=per, soft=soft)
        return self

    def status(self, *codes: int, warn: tuple[int, ...] = (), per: str | None = None, soft: bool = False) -> Self:
        """Expect one of ``codes``; one of ``warn`` is accepted with a warning."""
        if self.status_code in codes:
            return self
        request = self.exchange.request
        wanted: Json = list(codes) if len(codes) > 1 else codes[0]
        shown = " or ".join(map(str, codes))
        return self.require(
            condition=False,
            message=f"{request.method} {request.path} was answered {self.status_code}, owed is {shown}",
            kind="status",
            wanted=wanted,
            got=self.status_code,
            per=per,
            soft=soft or self.status_code in warn,
        )

    def success(self, *, per: str | None = None, soft: bool = False) -> Self:
        """Expect any 2xx."""
        request = self.exchange.request
        detail = self.body.get("detail")
        said = f' ("{detail}")' if isinstance(detail, str) and detail else ""
        return self.require(
            self.ok,
            f"{request.method} {request.path} was refused with {self.status_code}{said}",
            kind="status",
            wanted="2xx",
            got=self.status_code,
            per=per,
            soft=soft,
        )

    def refused(
        self,
        *codes: int,
        scim_type: str | tuple[str, ...] = (),
        strict_type: bool = False,
        per: str | None = None,
        soft: bool = False,
    ) -> Self:
        """Expect a refusal: one of ``codes`` (default 400); another 4xx or 501 is a warning, 2xx and other 5xx refute.

        501 says on purpose that the operation is not supported (RFC 7644 section 3.12); a crash it is not.

        A wrong or missing ``scim_type`` is a warning, with ``strict_type`` a failure (the few that the text orders).
        """
        codes = codes or (400,)
        self.status(*codes, warn=(*range(400, 500), 501), per=per, soft=soft)
        types = (scim_type,) if isinstance(scim_type, str) else scim_type
        if types and self.status_code in codes:
            got = self.body.get("scimType")
            self.require(
                got in types,
                f"the error's scimType is {got!r}, owed is {' or '.join(types)}",
                kind="scim-type",
                at="$.scimType",
                wanted=list(types),
                got=got,
                per=per,
                soft=soft or not strict_type,
            )
        return self

    def error_body(self, *, per: str | None = None, soft: bool = False) -> Self:
        """Expect a SCIM Error message whose status equals the HTTP status (RFC 7644 section 3.12)."""
        schemas = self.body.get("schemas")
        self.require(
            isinstance(schemas, list) and ERROR in schemas,
            f"the {self.status_code} answer is no SCIM Error message: its schemas are {schemas!r}",
            kind="error-schemas",
            at="$.schemas",
            wanted=[ERROR],
            got=schemas,
            per=per,
            soft=soft,
        )
        return self.require(
            str(self.body.get("status")) == str(self.status_code),
            f"the Error says status {self.body.get('status')!r} in a {self.status_code} answer",
            kind="error-status",
            at="$.status",
            wanted=str(self.status_code),
            got=self.body.get("status"),
            per=per,
            soft=soft,
        )

    def has(self, path: str, *, per: str | None = None, soft: bool = False) -> Self:
        """Expect that the body holds something other than null or an empty array at ``path``."""
        found = find(self.body, path)
        return self.require(
            not is_unassigned(found), f"the answer lacks {path}", kind="missing", at=path, per=per, soft=soft
        )

    def lacks(self, path: str, *, per: str | None = None, soft: bool = False) -> Self:
        """Expect that the body holds nothing at ``path``."""
        found = find(self.body, path)
        return self.require(
            is_unassigned(found),
            f"the answer contains {path}",
            kind="present",
            at=path,
            got=None if found is MISSING else found,  # type: ignore[arg-type]  # MISSING is excluded
            per=per,
            soft=soft,
        )

    def equals(self, path: str, wanted: Json, *, per: str | None = None, soft: bool = False) -> Self:
        """Expect the value at ``path`` to equal ``wanted``; unassigned equals None (RFC 7643 section 2.5)."""
        found = find(self.body, path)
        same = is_unassigned(found) if is_unassigned(wanted) else _same(found, wanted)
        got: Json = None if found is MISSING else found  # type: ignore[assignment]  # MISSING is excluded
        return self.require(
            same, f"{path} is {got!r}, owed is {wanted!r}", kind="value", at=path, wanted=wanted, got=got, per=per,
            soft=soft,
        )  # fmt: skip

    def header(self, name: str, wanted: str | None = None, *, per: str | None = None, soft: bool = False) -> Self:
        """Expect a header, with exactly ``wanted`` where given."""
        got = self.response.header(name)
        if wanted is None:
            return self.require(
                got is not None, f"the answer lacks the header {name}", kind="missing", at=name, per=per, soft=soft
            )
        return self.require(
            got == wanted, f"{name} is {got!r}, owed is {wanted!r}", kind="value", at=name, wanted=wanted, got=got,
            per=per, soft=soft,
        )  # fmt: skip

    def resources(self, *, per: str | None = None) -> list[JsonObject]:
        """Expect a 200 ListResponse and return its resources; an absent ``Resources`` is an empty list."""
        self.status(200, per=per)
        schemas = self.body.get("schemas")
        self.require(
            isinstance(schemas, list) and LIST_RESPONSE in schemas,
            f"the answer is no ListResponse: its schemas are {schemas!r}",
            kind="list-schemas",
            at="$.schemas",
            wanted=[LIST_RESPONSE],
            got=schemas,
            per=per,
        )
        found = self.at("Resources")
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []

    def ids(self, *, per: str | None = None) -> list[str]:
        """Expect a ListResponse and return the ids of its resources in order."""
        return [str(resource.get("id")) for resource in self.resources(per=per)]


def _same(found: Json | object, wanted: Json) -> bool:
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    return found == wanted
