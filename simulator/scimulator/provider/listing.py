"""Queries: which resources, in which order, which page of them (RFC 7644 3.4.2, 3.4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast
from urllib.parse import unquote_plus

import orjson

from scimulator.provider.errors import ScimType, bad
from scimulator.provider.filter import FilterSyntaxError, parse_filter
from scimulator.provider.matching import Matcher, grammar_of, instant, names, operators
from scimulator.provider.projection import WHOLE, Projection, project
from scimulator.provider.sql import Condition, compile_filter
from scimulator.provider.store import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.provider.filter import Node
    from scimulator.provider.matching import Predicate
    from scimulator.provider.render import Renderer
    from scimulator.provider.rules import Rules
    from scimulator.provider.schema import Attribute, ResourceType
    from scimulator.provider.store import Record, Store

    SortKey: TypeAlias = tuple[int, str | float]

LIST_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
SEARCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
_PARAMETERS = frozenset(
    {"filter", "sortBy", "sortOrder", "startIndex", "count", "attributes", "excludedAttributes", "schemas"}
)
_EVERYTHING = Condition("", (), exact=True)


@dataclass(frozen=True, slots=True)
class Query:
    """What a list or search request asks for; ``count`` is None where it does not say."""

    filter: str = ""
    sort_by: str = ""
    descending: bool = False
    start: int = 1
    count: int | None = None
    projection: Projection = WHOLE


def read_projection(rules: Rules, parameters: Mapping[str, Json]) -> Projection:
    """Read ``attributes`` and ``excludedAttributes``, from a query string or a search body."""
    asked = rules.attributes_asked(_names(parameters.get("attributes")))
    excluded = rules.attributes_excluded(_names(parameters.get("excludedAttributes")))
    if asked and excluded:
        rules.both_given()
    return Projection(asked, excluded)


def read_query(rules: Rules, parameters: Mapping[str, Json]) -> Query:
    """Read a query from its parameters.

    Raises:
        ScimError: 400 when a parameter has a value that means nothing.
    """
    for name in parameters.keys() - _PARAMETERS:
        rules.unknown_parameter(name)
    start = _number(rules, parameters, "startIndex")
    count = _number(rules, parameters, "count")
    order = str(parameters.get("sortOrder") or "")
    if order and order.lower() not in {"ascending", "descending"}:
        rules.unknown_order(order)
    if order and not parameters.get("sortBy"):
        rules.order_alone()
    if count is not None and count < 0:
        count = rules.lowest_count(count)
    text = parameters.get("filter")
    if text is not None and not isinstance(text, str):
        raise bad(ScimType.INVALID_FILTER, "filter is text")
    if text is not None and not text.strip():
        raise bad(ScimType.INVALID_FILTER, "the filter is empty")
    return Query(
        filter=rules.filter_text(rules.looked_up(text or "")),
        sort_by=rules.sort_path(str(parameters.get("sortBy") or "")),
        descending=rules.sort_descends(order),
        start=rules.start_index(rules.default_start() if start is None else rules.lowest_start(start)),
        count=rules.count_asked(rules.count_zero(count)),
        projection=read_projection(rules, parameters),
    )


def query_parameters(query: str) -> dict[str, Json]:
    """Return the parameters of a query string; of one given twice the first counts."""
    parameters: dict[str, Json] = {}
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name:
            parameters.setdefault(unquote_plus(name), unquote_plus(value))
    return parameters


class Lister:
    """Answers queries with the bytes of a ListResponse. ``body_of`` gives the bytes of one whole resource."""

    def __init__(
        self,
        rules: Rules,
        store: Store,
        renderer: Renderer,
        body_of: Callable[[str, str], bytes],
        hidden: Callable[[], tuple[str, ...]] | None,
    ) -> None:
        self.rules = rules
        self.store = store
        self.renderer = renderer
        self.body_of = body_of
        self.hidden = hidden
        self.limited = rules.quirks.filter_attributes != "all" or rules.quirks.filter_operators != "all"

    def answer(self, types: Sequence[ResourceType], query: Query) -> bytes:
        """Return the ListResponse for a query over some resource types.

        Raises:
            ScimError: 400 when filter or sortBy do not fit; what a fault answers instead of an empty list.
        """
        rules = self.rules
        limit = rules.highest_count(rules.quirks.page_size if query.count is None else query.count)
        found = self._find(types, query, limit)
        if not found.total:
            error = rules.nothing_found()
            if error:
                raise error
        projection = WHOLE if rules.whole_in_lists() else query.projection
        bodies = [self._body(type_name, resource_id, projection) for type_name, resource_id in found.window]
        envelope: JsonObject = {
            "schemas": [LIST_SCHEMA],
            "totalResults": rules.total_results(found.total, len(bodies)),
            "startIndex": rules.told_start(query.start),
            "itemsPerPage": rules.items_per_page(len(bodies), limit),
        }
        head = orjson.dumps(rules.list_envelope(envelope))
        return b'%s,"%s":[%s]}' % (head[:-1], rules.resources_name().encode(), b",".join(bodies))

    def _body(self, type_name: str, resource_id: str, projection: Projection) -> bytes:
        if not projection and self.rules.faithful:
            return self.body_of(type_name, resource_id)
        record = self.store.get(type_name, resource_id)
        assert record is not None  # noqa: S101  # the store has just named it
        return orjson.dumps(self.rules.listed(project(record, projection, self.renderer)))

    # finding -----------------------------------------------------------------------------------------------------

    def _find(self, types: Sequence[ResourceType], query: Query, limit: int) -> Found:
        node = self._parsed(query.filter)
        named = () if node is None else tuple(names(node))
        if node is not None and self.limited:
            self.rules.limited_filter([kind.name for kind in types], named, operators(node))
        strangers = len(types) > 1
        condition = self._condition(types, node)
        predicates: dict[str, Predicate] = {}
        if node is not None and not condition.exact:
            predicates = {kind.name: Matcher(self.rules, kind, strangers=strangers).predicate(node) for kind in types}
        sort_keys = self._sort_keys(types, query.sort_by, strangers=strangers)
        listed = [kind.name for kind in types if not self.rules.lists_nothing(kind)]
        order = self.rules.stable_order()
        extra = self.rules.list_condition()
        parameters = condition.parameters
        if self.hidden is not None and (hidden := self.hidden()):
            unseen = f"id NOT IN ({', '.join('?' * len(hidden))})"
            extra = f"({extra}) AND {unseen}" if extra else unseen
            parameters = (*parameters, *hidden)
        where = " AND ".join(f"({part})" for part in (condition.sql, extra) if part)
        if condition.exact and not sort_keys:
            counted = self.store.window(
                listed, where, parameters, order=order, limit=limit, offset=self._offset(query, None)
            )
            if self.rules.overrides("start_beyond"):
                offset = self._offset(query, counted.total)
                counted = self.store.window(listed, where, parameters, order=order, limit=limit, offset=offset)
            return counted
        records: Iterable[Record] = self.store.select(listed, where, parameters, order)
        asked = {part.lower().rpartition(":")[2].partition(".")[0] for part in (*named, query.sort_by)}
        wanted = {name: name in asked for name in ("members", "groups")}
        views = ((record, self.renderer.resource(record, **wanted)) for record in records)
        matching = (
            (record, view)
            for record, view in views
            if condition.exact or not predicates or predicates[record.type](view)
        )
        chosen = list(matching)
        if sort_keys:
            chosen.sort(key=lambda pair: sort_keys[pair[0].type](pair[1]), reverse=query.descending)
        offset = self._offset(query, len(chosen))
        return Found(len(chosen), [(record.type, record.id) for record, _ in chosen[offset : offset + limit]])

    def _offset(self, query: Query, total: int | None) -> int:
        start = query.start if total is None else self.rules.start_beyond(query.start, total)
        return max(0, self.rules.offset_of(start))

    def _parsed(self, text: str) -> Node | None:
        if not text.strip() or not self.rules.does_filter():
            return None
        try:
            return parse_filter(text, grammar_of(self.rules))
        except FilterSyntaxError as error:
            self.rules.malformed_filter(bad(ScimType.INVALID_FILTER, f"filter {text!r}, {error}"))
            return None

    def _condition(self, types: Sequence[ResourceType], node: Node | None) -> Condition:
        if node is None:
            return _EVERYTHING
        if len(types) > 1 or not self.rules.matches_faithfully:
            return Condition("", (), exact=False)
        return compile_filter(node, types[0]) or Condition("", (), exact=False)

    # sorting -----------------------------------------------------------------------------------------------------

    def _sort_keys(
        self, types: Sequence[ResourceType], path: str, *, strangers: bool
    ) -> dict[str, Callable[[JsonObject], SortKey]]:
        """Return for each type how its resources sort; empty where no order is asked for."""
        if not path:
            return {}
        keys: dict[str, Callable[[JsonObject], SortKey]] = {}
        for kind in types:
            spot = kind.find(path)
            if spot is None or spot.attribute is None or spot.attribute.returned == "never":
                if not strangers:
                    self.rules.unsortable(kind.name, path)
                keys[kind.name] = lambda _resource: (1, "")
                continue
            keys[kind.name] = self._sort_key(spot.extension, spot.attribute, spot.sub)
        return keys

    def _sort_key(self, extension: str, attribute: Attribute, sub: Attribute | None) -> Callable[[JsonObject], SortKey]:
        leaf = sub or attribute.sub("value") or attribute

        def key(resource: JsonObject) -> SortKey:
            inside = resource.get(extension) if extension else resource
            value = inside.get(attribute.name) if isinstance(inside, dict) else None
            if isinstance(value, list):
                value = self.rules.sort_element(value)
            if attribute.complex and isinstance(value, dict):
                value = value.get(leaf.name)
            return self._sortable(leaf, value)

        return key

    def _sortable(self, leaf: Attribute, value: Json) -> SortKey:
        if isinstance(value, str) and value:
            moment = instant(value) if leaf.type == "dateTime" else None
            return (0, moment.isoformat() if moment else self.rules.sort_text(leaf, value))
        if isinstance(value, int | float):
            return (0, float(value)) if leaf.type in {"integer", "decimal"} else (0, str(int(value)))
        return (1, "") if self.rules.missing_sorts_last() else (-1, "")


def _names(value: Json) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return tuple(name for part in cast("list[Json]", parts) if isinstance(part, str) and (name := part.strip()))


def _number(rules: Rules, parameters: Mapping[str, Json], name: str) -> int | None:
    value = parameters.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    try:
        return int(str(value)) if len(str(value)) < 19 else rules.not_a_number(name, str(value))
    except ValueError:
        return rules.not_a_number(name, str(value))
