"""Making, changing and reading resources so that read-back and frame are the shortest thing to write."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from scimulator.exchange.message import Purpose
from scimulator.kit.declared import kept_by_rule, widened
from scimulator.kit.frame import asked_for, collateral
from scimulator.kit.operations import patch_body
from scimulator.kit.outcomes import Blocked, NotApplicable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from scimulator.exchange.strict_json import Json, JsonObject
    from scimulator.kit.answer import Answer
    from scimulator.kit.outcomes import Symptom
    from scimulator.kit.session import Session


class Resource:
    """One resource on the target that this run has made."""

    def __init__(self, session: Session, endpoint: str, resource_id: str, sent: JsonObject, first: JsonObject) -> None:
        self.session = session
        self.endpoint = endpoint
        self.id = resource_id
        self.sent = sent
        self.first = first
        """The body that answered its creation."""

    @property
    def path(self) -> str:
        """The resource's target below the base URL."""
        return f"{self.endpoint}/{quote(self.id, safe='')}"

    @property
    def user_name(self) -> str:
        """The userName that was sent."""
        return str(self.sent.get("userName", ""))

    @property
    def display_name(self) -> str:
        """The displayName that was sent."""
        return str(self.sent.get("displayName", ""))

    def get(self, query: str = "", *, headers: Mapping[str, str] | None = None) -> Answer:
        """GET the resource as the judged request; ``query`` goes behind the question mark as given."""
        answer = self.session.request("GET", self.path + (f"?{query}" if query else ""), headers=headers)
        if not query and not headers:
            self._remember(answer)
        return answer

    def read(self) -> JsonObject:
        """Return the resource as an independent GET shows it; none is sent where nothing was written since the last.

        Raises:
            Blocked: when it cannot be read back; the check ``<users|groups>.read`` judges that.
        """
        known = self.session.looks.current(self.path, self.session.judge)
        if known is not None:
            return known
        answer = self.session.request("GET", self.path, purpose=Purpose.EVIDENCE)
        if answer.status_code != 200:
            raise Blocked(
                f"{self.endpoint.strip('/').lower()}.read.status",
                f"GET {self.endpoint}/{{id}} was answered {answer.status_code}",
            )
        self._remember(answer)
        return copy.deepcopy(answer.body)  # so that a caller who edits it does not edit what is remembered

    def _remember(self, answer: Answer) -> None:
        if answer.status_code == 200 and answer.body:
            self.session.looks.remember(self.path, answer.exchange)

    def patch(
        self, *operations: JsonObject, per: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """PATCH as the judged request and expect success."""
        return self.try_patch(*operations, headers=headers).success(per=per)

    def try_patch(self, *operations: JsonObject, headers: Mapping[str, str] | None = None) -> Answer:
        """PATCH as the judged request and expect nothing."""
        return self.session.request("PATCH", self.path, patch_body(*operations), headers=headers)

    def put(self, body: JsonObject, *, per: str | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """PUT as the judged request and expect success."""
        return self.try_put(body, headers=headers).success(per=per)

    def try_put(self, body: JsonObject, *, headers: Mapping[str, str] | None = None) -> Answer:
        """PUT as the judged request and expect nothing."""
        return self.session.request("PUT", self.path, body, headers=headers)

    def delete(self, *, headers: Mapping[str, str] | None = None) -> Answer:
        """DELETE as the judged request and expect nothing; after a success the run no longer cleans it up."""
        answer = self.session.request("DELETE", self.path, headers=headers)
        if answer.ok:
            self.session.forget(self.endpoint, self.id)
        return answer

    @contextmanager
    def changes(
        self, *, only: Mapping[str, object], per: str | None = None, frame: str | None = None
    ) -> Iterator[JsonObject]:
        """Expect that the block changes exactly the attributes in ``only``, to the given values.

        The resource is read before and after, independently. ``per`` is the requirement that the asked change proves,
        ``frame`` the one that the untouched rest proves (both by default the check's first). A value that shows only
        at a second look is a warning: stale, not lost. Yields the resource as it was before.
        """
        before = self.read()
        yield before
        self.compare(before, only=only, per=per, frame=frame)

    def compare(
        self,
        before: JsonObject,
        *,
        only: Mapping[str, object],
        per: str | None = None,
        frame: str | None = None,
    ) -> None:
        """Expect what ``changes`` expects of a write that lies between ``before`` and now.

        For checks that have to look at the answer of the write before they know what is owed. What a declared quirk
        lets change along, or stay, is as it should be.
        """
        only = self.allowed(only)
        after = self._read_after()
        missing = asked_for(after, only)
        strange = collateral(before, after, only)
        if missing or strange:
            self.session.settle()
            second = self.read()
            still_missing = asked_for(second, only)
            if missing and not still_missing:
                self.session.warn_stale(missing[0])
            missing = still_missing
            # What differs between two reads without a write is nobody's change.
            strange = [each for each in collateral(before, second, only) if not _volatile(each, after, second)]
            for path, rule in kept_by_rule(missing, before, second, self.session.declared).items():
                missing = [each for each in missing if each.at != path]
                self.session.judge.note(f"{path} keeps its value, as the product declares by {rule}")
        self.session.judge.refute_all(missing, per=per)
        self.session.judge.refute_all(strange, per=frame)

    def allowed(self, only: Mapping[str, object]) -> Mapping[str, object]:
        """Return the asked changes together with what changes along by a quirk that the product declares."""
        return widened(only, self.session.declared)

    def _read_after(self) -> JsonObject:
        """Read the resource behind a write; one that is gone now was lost by it, which is no mere blockage."""
        answer = self.session.request("GET", self.path, purpose=Purpose.EVIDENCE)
        answer.require(
            answer.status_code not in (404, 410),
            f"{self.endpoint}/{self.id} is gone after a request that does not delete it ({answer.status_code})",
            kind="lost",
            got=answer.status_code,
        )
        self._remember(answer)
        return answer.body if answer.status_code == 200 else self.read()

    def unchanged(self, *, per: str | None = None) -> AbstractContextManager[JsonObject]:
        """Expect that the block changes nothing at all."""
        return self.changes(only={}, frame=per)


def _volatile(symptom: Symptom, after: JsonObject, second: JsonObject) -> bool:
    return any(each.at == symptom.at for each in collateral(after, second, {}))


class Resources:
    """One resource type of the target: ``users`` or ``groups`` in a check."""

    def __init__(self, session: Session, kind: str) -> None:
        self.session = session
        self.kind = kind

    @property
    def endpoint(self) -> str:
        """The endpoint, as ResourceTypes names it.

        Raises:
            NotApplicable: for groups, where the target has none.
        """
        if self.kind == "user":
            return self.session.discovery.user_endpoint
        endpoint = self.session.discovery.group_endpoint
        if endpoint is None:
            raise NotApplicable("the target has no Group resource type")
        return endpoint

    def offers(self, *paths: str) -> bool:
        """Tell whether the target offers all these attributes of the core schema."""
        return self.session.offers(self.kind, paths)

    def body(self, **attributes: Json) -> JsonObject:
        """Return a body for a new resource without sending it; ``members`` of a group may be ids or resources."""
        if self.kind == "user":
            minimal = bool(attributes.pop("minimal", False))
            return self.session.people.user(minimal=minimal, **attributes)
        members = attributes.pop("members", None)
        ids = [str(each) for each in members] if isinstance(members, list) else None
        return self.session.people.group(members=ids, **attributes)

    def create(self, **attributes: Json) -> Resource:
        """Create a resource as ground for a check.

        Raises:
            Blocked: when the target does not create it; ``users.create.status`` or ``groups.create.status`` judges.
        """
        body = self.body(**attributes)
        answer = self.session.create(self.endpoint, body, purpose=Purpose.SET_UP)
        judge = "groups.members.created" if body.get("members") else f"{self.kind}s.create.status"
        if answer.status_code not in (200, 201):
            detail = answer.body.get("detail")
            shown = f" ({detail})" if detail else ""
            raise Blocked(judge, f"POST {self.endpoint} was answered {answer.status_code}{shown}")
        if not answer.id:
            raise Blocked(f"{self.kind}s.create.id", f"the answer to POST {self.endpoint} has no id")
        return Resource(self.session, self.endpoint, answer.id, body, answer.body)

    def sample(self) -> Resource:
        """Return a resource that checks of this run share for reading; nobody may change it."""
        if self.kind not in self.session.samples:
            with self.session.keeping():
                self.session.samples[self.kind] = self.create()
        return self.session.samples[self.kind]

    def post(self, body: JsonObject, *, headers: Mapping[str, str] | None = None) -> Answer:
        """POST as the judged request and expect nothing; what it makes is cleaned up."""
        return self.session.create(self.endpoint, body, headers=headers)

    def made(self, answer: Answer, sent: JsonObject) -> Resource:
        """Return the resource that a judged POST made.

        Raises:
            Blocked: when the answer carries no id.
        """
        if not answer.ok or not answer.id:
            raise Blocked(f"{self.kind}s.create.status", f"POST {self.endpoint} made nothing that could be followed")
        return Resource(self.session, self.endpoint, answer.id, sent, answer.body)

    def get(self, resource_id: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """GET one resource by id as the judged request."""
        return self.session.request("GET", f"{self.endpoint}/{quote(resource_id, safe='')}", headers=headers)

    def list(
        self,
        *,
        purpose: Purpose = Purpose.JUDGED,
        headers: Mapping[str, str] | None = None,
        **parameters: str | int,
    ) -> Answer:
        """GET the endpoint with query parameters, each percent-encoded (``filter``, ``sortBy``, ``count`` …)."""
        return self.query(parameters, purpose=purpose, headers=headers)

    def query(
        self,
        parameters: Mapping[str, str | int],
        *,
        purpose: Purpose = Purpose.JUDGED,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """GET the endpoint with query parameters, each percent-encoded, in the order given."""
        query = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in parameters.items())
        return self.session.request(
            "GET", self.endpoint + (f"?{query}" if query else ""), purpose=purpose, headers=headers
        )

    def find(self, filter_text: str, **parameters: str | int) -> Answer:
        """Query the endpoint with a filter as the judged request."""
        return self.query({"filter": filter_text, **parameters})

    def search(self, body: JsonObject) -> Answer:
        """POST to the endpoint's ``.search`` as the judged request (RFC 7644 section 3.4.3)."""
        return self.session.request("POST", f"{self.endpoint}/.search", body)
