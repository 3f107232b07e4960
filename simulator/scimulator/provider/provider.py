"""The reference provider: from a request to a response, without I/O (RFC 7644)."""

from __future__ import annotations

import random
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote

import orjson

from scimulator.catalogue.presets import Preset, load_preset
from scimulator.exchange.clock import Clock, RealClock
from scimulator.exchange.message import Request, Response
from scimulator.provider.changes import Change, Kind, Pending
from scimulator.provider.discovery import ENDPOINTS, Discovery
from scimulator.provider.durable import Keeping
from scimulator.provider.errors import ScimError, ScimType, bad
from scimulator.provider.faulting import rules_with
from scimulator.provider.listing import SEARCH_SCHEMA, Lister, query_parameters, read_projection, read_query
from scimulator.provider.projection import WHOLE, Projection, project
from scimulator.provider.quirks import Quirks
from scimulator.provider.render import Renderer
from scimulator.provider.schema import resource_types
from scimulator.provider.store import MEMORY, Record, Store
from scimulator.provider.values import Reader
from scimulator.provider.workspace import Workspace
from scimulator.provider.workspace.product import Product
from scimulator.provider.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from scimulator.exchange.message import Headers
    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.schema import ResourceType


@dataclass(frozen=True, slots=True)
class _Call:
    """A request taken apart: method in capitals, headers by lower-case name, the query, the body."""

    method: str
    headers: Mapping[str, str]
    query: str
    body: bytes

    @property
    def reads(self) -> bool:
        return self.method in {"GET", "HEAD"}


_KEPT_ANSWERS = 50_000
_ATTEMPTS = 3


class Provider:
    """A SCIM service provider in one object.

    Args:
        base_url: the address that locations begin with, such as ``http://127.0.0.1:8000/v2``; request targets are
            relative to it (``/Users?filter=…``).
        preset: a preset or its name; it says which deviations are permitted.
        token: the bearer token that opens the door; basic: user and password that do. With neither, all may enter.
        clock: where the time of ``meta`` comes from.
        ids: makes the id of a new resource; by default a random UUID.
        faults: ids of faults that this provider has; where two meet, the first decides.
        seed: makes ids and salts repeatable.
        db: a file that keeps everything from one start to the next; without one it is gone at the end.

    Raises:
        StoreError: for a file that cannot be used.

    Attributes:
        crashes: exceptions that a request caused and that are no refusal. A right provider has none.
    """

    def __init__(
        self,
        base_url: str,
        *,
        preset: Preset | str = "lenient",
        token: str | None = None,
        basic: tuple[str, str] | None = None,
        clock: Clock | None = None,
        ids: Callable[[], str] | None = None,
        faults: Sequence[str] = (),
        seed: int | None = None,
        db: str | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.preset = load_preset(preset) if isinstance(preset, str) else preset
        self.faults = tuple(faults)
        self.rules = rules_with(Quirks.from_preset(self.preset), faults)
        self.crashes: list[BaseException] = []
        self.types = {kind.name: kind for kind in resource_types(self.rules.quirks)}
        self._endpoints = {kind.endpoint.strip("/"): kind for kind in self.types.values()}
        self._token = token
        self._basic = basic
        self._lock = threading.RLock()
        self._kept: dict[str, tuple[Record, bytes, Headers]] = {}
        self._reflects_host = self.rules.overrides("base_for")
        generator = random.Random(seed)  # noqa: S311  # ids and salts of test data, repeatable on purpose
        self.store = Store(db or MEMORY)
        self._keeping = Keeping(self.store.db, on_rollback=self._unlearn) if self.store.durable else None
        self.reader = Reader(self.rules)
        self.renderer = Renderer(self.rules, self.store, self.types, self.base_url)
        self.writer = Writer(
            rules=self.rules,
            store=self.store,
            reader=self.reader,
            renderer=self.renderer,
            clock=clock or RealClock(),
            ids=ids or (lambda: str(uuid.UUID(int=generator.getrandbits(128), version=4))),
            random=generator,
            forget=self._forget,
        )
        self.workspace = Workspace(
            self.rules,
            self.store,
            self.writer.clock,
            generator,
            ids=self.writer.ids,
            forget=self._forget,
            token=token,
        )
        product = self.writer.product = Product(self.workspace)
        if self._keeping is not None:
            self.workspace.keep_in(self._keeping)
        self.lister = Lister(
            self.rules, self.store, self.renderer, self._body_of, None if product.plain else product.hidden
        )
        schemes = [name for name, given in (("bearer", token), ("basic", basic)) if given] or ["bearer"]
        self.discovery = Discovery(self.rules, self.types, self.base_url, schemes)

    # the two steps -----------------------------------------------------------------------------------------------

    def handle(self, request: Request) -> Response:
        """Answer one request. Never raises; what went wrong inside is answered 500 and kept in ``crashes``."""
        with self._lock:
            try:
                if self._keeping is not None:
                    with self._keeping.transaction():
                        return self.rules.around(request, self.answer)
                return self.rules.around(request, self.answer)
            except ScimError as error:
                return self.refusal(error)
            except Exception as error:  # noqa: BLE001  # the promise of this method
                self.crashes.append(error)
                return self._crashed()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Shut other requests out for a block; with a file, keep all that it changes or nothing of it."""
        with self._lock:
            if self._keeping is None:
                yield
                return
            with self._keeping.transaction():
                yield

    def _unlearn(self) -> None:
        self._kept.clear()
        self.store.recount()

    def _crashed(self) -> Response:
        try:
            return self.refusal(ScimError(500, "Internal error"))
        except Exception as error:  # noqa: BLE001  # a fault may break the Error body too
            self.crashes.append(error)
            return Response(500)

    def close(self) -> None:
        """Let the store go; the provider answers nothing afterwards."""
        with self._lock:
            self.store.close()

    def answer(self, request: Request) -> Response:
        """Answer one request by its read step and its commit step, once more when another write came between."""
        return self.commit(self.read(request))

    def read(self, request: Request) -> Pending:
        """Do the read step: the answer of a query or a refusal, or the change that a write intends."""
        try:
            answer = self._dispatch(request)
        except ScimError as error:
            return Pending(request, self.refusal(error))
        return Pending(request, None, answer) if isinstance(answer, Change) else Pending(request, answer)

    def commit(self, pending: Pending) -> Response:
        """Do the commit step; a change that was planned on an older state is planned anew."""
        for _ in range(_ATTEMPTS):
            change = pending.change
            if change is None or change.before is None or not self.rules.notices_lost_update():
                break
            now = self.store.get(change.type.name, change.id)
            if now is not None and now.revision == change.before.revision:
                break
            pending = self.read(pending.request)
        if pending.change is None:
            assert pending.response is not None  # noqa: S101  # read gives one of the two
            return pending.response
        try:
            return self._written(pending.change, self.writer.commit(pending.change))
        except ScimError as error:
            return self.refusal(error)

    # routes ------------------------------------------------------------------------------------------------------

    def _dispatch(self, request: Request) -> Response | Change:
        headers = {name.lower(): value for name, value in reversed(request.headers)}
        if self._reflects_host:
            self.renderer.base_url = self.rules.base_for(self.base_url, headers.get("host", ""))
        if not self.workspace.open:
            raise self.workspace.refused
        if self._token or self._basic:
            self._authenticate(request, headers.get("authorization", ""))
        path, _, query = request.target.partition("?")
        if query and self.rules.quirks.base_url_query == "refuse":
            self.rules.stray_query(query_parameters(query))
        segments = [self.rules.path_segment(unquote(part)) for part in path.partition("#")[0].split("/") if part]
        call = _Call(request.method.upper(), headers, query, request.body)
        first = segments[0] if segments else ""
        kind = self._endpoints.get(first)
        if kind is not None and len(segments) == 2 and segments[1] != ".search":
            return self._one(kind, segments[1], call)
        if kind is not None and len(segments) == 1:
            return self._collection(kind, call)
        if segments in ([], [".search"]) or (kind is not None and len(segments) == 2):
            return self._search(kind, call, at_search=bool(segments))
        if first in ENDPOINTS:
            if not call.reads and self.rules.refuses_discovery_write():
                raise self.rules.method_refused(call.method, "GET")
            return self._json(200, self.discovery.answer(segments, query_parameters(query)))
        if first == "Me":
            raise self.rules.me_refused()
        if first == "Bulk" and len(segments) == 1:
            raise self.rules.bulk_refused()
        raise self.rules.unknown_endpoint(path)

    def _collection(self, kind: ResourceType, call: _Call) -> Response | Change:
        if call.reads:
            return self._listed([kind], query_parameters(call.query))
        if call.method == "POST":
            return self.writer.plan_create(kind, self._body(call), self._projection(call))
        raise self.rules.method_refused(call.method, "GET, POST")

    def _search(self, kind: ResourceType | None, call: _Call, *, at_search: bool) -> Response:
        types = [kind] if kind else list(self.types.values())
        if kind is None and not self.rules.has_root_query():
            raise self.rules.unknown_endpoint("/")
        if not at_search:
            if not call.reads:
                raise self.rules.method_refused(call.method, "GET")
            return self._listed(types, query_parameters(call.query))
        if not self.rules.has_search():
            raise self.rules.unknown_endpoint("/.search")
        if call.method != "POST":
            raise self.rules.method_refused(call.method, "POST")
        body = self._body(call)
        schemas = body.get("schemas")
        named = isinstance(schemas, list) and SEARCH_SCHEMA in schemas
        if not named and not (schemas is None and self.rules.quirks.missing_schemas == "accept"):
            raise bad(ScimType.INVALID_SYNTAX, f"schemas of a search is {SEARCH_SCHEMA}")
        return self._listed(types, body)

    def _listed(self, types: Sequence[ResourceType], parameters: Mapping[str, Json]) -> Response:
        body = self.lister.answer(types, read_query(self.rules, parameters))
        return Response(200, (("Content-Type", self.rules.content_type()),), body)

    def _one(self, kind: ResourceType, resource_id: str, call: _Call) -> Response | Change:
        resource_id = self.rules.id_asked(resource_id)
        if call.reads:
            return self._read_one(kind, resource_id, call)
        if call.method not in {"PUT", "PATCH", "DELETE"} or (call.method == "PATCH" and not self.rules.does_patch()):
            raise self.rules.method_refused(call.method, "GET, PUT, PATCH, DELETE")
        record = self._writable(kind, resource_id)
        if call.method == "DELETE":
            if record is None:
                error = self.rules.missing_to_delete(resource_id)
                if error:
                    raise error
                return Response(self.rules.deleted_status())
            self._check_version(record, call)
            return self.writer.plan_delete(kind, record)
        if record is None:
            if call.method == "PUT" and self.rules.creates_by_replace():
                return self.writer.plan_create(kind, self._body(call), self._projection(call))
            raise self.rules.missing_resource(resource_id)
        body = self._body(call)
        self._check_version(record, call)
        plan = self.writer.plan_replace if call.method == "PUT" else self.writer.plan_patch
        return plan(kind, record, body, self._projection(call))

    def _writable(self, kind: ResourceType, resource_id: str) -> Record | None:
        """Return a record that SCIM may write to, None where it is not there for SCIM."""
        record = self.store.get(kind.name, resource_id)
        if record is None or self.writer.product.plain:
            return record
        return None if self.writer.product.hides(record) else record

    def _read_one(self, kind: ResourceType, resource_id: str, call: _Call) -> Response:
        kept = self._kept.get(resource_id)
        if kept is None or kept[0].type != kind.name:
            record = self.store.get(kind.name, resource_id)
            if record is None or not self.rules.is_readable(record.data):
                raise self.rules.missing_resource(resource_id)
            kept = self._keep(record)
        record, body, answer_headers = kept
        if not self.writer.product.plain and self.writer.product.hides(record):
            raise self.rules.missing_resource(resource_id)
        tags = call.headers.get("if-none-match")
        if tags is not None and self.rules.unchanged(tags, self.renderer.version(record)):
            return Response(304, answer_headers[1:])
        projection = self._projection(call)
        if projection:
            body = orjson.dumps(project(record, projection, self.renderer))
            if self.rules.caches_projections():
                self._kept[record.id] = (record, body, answer_headers)
        if not self.rules.faithful:
            body = self._as_read(body)
        return Response(200, answer_headers, body)

    def _as_read(self, body: bytes) -> bytes:
        """Return the body of a read as a fault wants it, which must leave it alone unless it decides about reads."""
        if not (self.rules.overrides("read_id") or self.rules.overrides("read_alone")):
            return body
        return orjson.dumps(self.rules.read_alone(self.rules.read_id(orjson.loads(body))))

    # answers -----------------------------------------------------------------------------------------------------

    def _keep(self, record: Record) -> tuple[Record, bytes, Headers]:
        """Render a record and keep the answer, as long as no fault might give another one next time."""
        body = self.rules.resource_json(orjson.dumps(self.renderer.resource(record)))
        headers = (("Content-Type", self.rules.content_type()), *self.rules.etag_header(self.renderer.version(record)))
        kept = (record, body, headers)
        if self.rules.faithful:
            if len(self._kept) >= _KEPT_ANSWERS:
                self._kept.clear()
            self._kept[record.id] = kept
        return kept

    def _body_of(self, type_name: str, resource_id: str) -> bytes:
        kept = self._kept.get(resource_id)
        if kept is None:
            record = self.store.get(type_name, resource_id)
            assert record is not None  # noqa: S101  # the store has just named it
            kept = self._keep(record)
        return kept[1]

    def _forget(self, resource_id: str) -> None:
        self._kept.pop(resource_id, None)

    def _written(self, change: Change, record: Record | None) -> Response:
        """Answer a write that has been committed."""
        if record is None:
            return Response(self.rules.deleted_status())
        if change.kind is Kind.PATCH and change.before is not None:
            record = cast("Record", self.rules.patch_answer(change.before, record))
        _, body, headers = self._keep(record)
        if change.kind is Kind.PATCH and not change.projection and self.rules.quirks.patch_answer == "empty":
            return Response(204, headers[1:])
        if change.projection or self.rules.overrides("patch_answer_resource"):
            resource = project(record, change.projection, self.renderer)
            if change.kind is Kind.PATCH:
                resource = self.rules.patch_answer_resource(resource)
            body = orjson.dumps(resource)
        if change.kind is Kind.CREATE:
            location = self.renderer.location(record.type, record.id)
            headers = (*headers, *self.rules.created_headers(location))
            return Response(self.rules.created_status(), headers, self.rules.created_body(body))
        return Response(200, headers, body)

    def _json(self, status: int, body: Json) -> Response:
        return Response(status, (("Content-Type", self.rules.content_type()),), orjson.dumps(body))

    def refusal(self, error: ScimError) -> Response:
        """Return the answer that tells of a refusal (RFC 7644 3.12)."""
        headers = (("Content-Type", self.rules.error_content_type()), *error.headers)
        return Response(error.status, headers, orjson.dumps(self.rules.error_body(error)))

    # parts of requests -------------------------------------------------------------------------------------------

    def _authenticate(self, request: Request, header: str) -> None:
        rules = self.rules
        if not header and not rules.needs_credentials(request):
            return
        token, basic = self._token, self._basic
        if token:
            given = rules.credentials_of(header, "bearer")
            for each in self.workspace.tokens:
                if rules.token_matches(given, each):
                    return
        if basic and rules.basic_matches(rules.credentials_of(header, "basic"), basic):
            return
        reason = ', error="invalid_token"' if rules.challenge_tells_error(bool(header)) else ""
        bearer = rules.bearer_challenge('Bearer realm="scim"' + reason)
        schemes = ((bearer,) if token else ()) + (('Basic realm="scim", charset="UTF-8"',) if basic else ())
        detail = "the credentials are not valid" if header else "credentials are missing"
        raise ScimError(rules.unauthorised_status(), detail, None, rules.challenge(rules.challenged(schemes)))

    def _body(self, call: _Call) -> JsonObject:
        """Read a request body as a JSON object.

        Raises:
            ScimError: 413, 415 or 400 invalidSyntax.
        """
        rules = self.rules
        if rules.too_large(len(call.body)):
            raise ScimError(413, f"the body has more than {rules.quirks.max_payload} bytes")
        content_type = call.headers.get("content-type", "")
        media_type = content_type.partition(";")[0].strip().lower()
        translated = rules.reads_json_patch(media_type, call.body)
        if translated is not None:
            return translated
        if (
            not rules.reads_media_type(media_type)
            or rules.refuses_plain_json(media_type)
            or rules.refuses_charset(content_type)
        ):
            raise ScimError(415, f"a body is application/scim+json, not {content_type!r}")
        try:
            body: Json = orjson.loads(call.body)
        except orjson.JSONDecodeError as error:
            return rules.unreadable_body(bad(ScimType.INVALID_SYNTAX, f"the body is not JSON: {error}"))
        if not isinstance(body, dict):
            return rules.unreadable_body(bad(ScimType.INVALID_SYNTAX, "the body is not a JSON object"))
        return body

    def _projection(self, call: _Call) -> Projection:
        if not call.query or self.rules.whole_after(call.method):
            return WHOLE
        return read_projection(self.rules, query_parameters(call.query))

    def _check_version(self, record: Record, call: _Call) -> None:
        """Refuse a write to a version that is gone (RFC 7644 3.14)."""
        version = self.renderer.version(record)
        tags = call.headers.get("if-match")
        if tags is not None and not self.rules.does_versions():
            raise ScimError(500, "Internal error")
        if tags is not None:
            allowed = (
                self.rules.may_delete(tags, version)
                if call.method == "DELETE"
                else self.rules.may_write(tags, version, call.method)
            )
            if not allowed:
                raise ScimError(self.rules.stale_status(), f"the version is {version} now")
        tags = call.headers.get("if-none-match")
        if tags is not None and self.rules.tag_in(version, tags):
            raise ScimError(self.rules.stale_status(), f"the version is {version}")
