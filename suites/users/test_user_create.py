"""What creating a user answers and makes (RFC 7644 section 3.3, RFC 7643 section 3.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit

from scimulator.kit import USER, Blocked, NotApplicable, Purpose, check, collateral, find, is_unassigned, rfc_schema

if TYPE_CHECKING:
    from scimulator.kit import Answer, Judge, Resources, Session

_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?\Z")


@check("users.create.status", "RFC7644-3.3-01")
def test_a_create_is_answered_201(users: Resources) -> None:
    """A create that succeeds is answered 201.

    Nearly everything else needs users to work with. A target that wants more attributes than its /Schemas says is
    not wrong by the RFC: give it what it wants with [people] defaults in the settings.
    """
    body = users.body()
    answer = users.post(body)
    wanted = _named_but_not_sent(answer, set(body))
    if wanted:
        raise NotApplicable(
            f"the target wants {wanted} for a new user, though its /Schemas does not; give it in [people] defaults"
        )
    answer.status(201)


def _named_but_not_sent(answer: Answer, sent: set[str]) -> str:
    """Return an attribute that the refusal names although the request did not hold it."""
    detail = str(answer.body.get("detail", ""))
    if answer.status_code not in (400, 422) or not detail:
        return ""
    words = {word.lower() for word in re.findall(r"[A-Za-z]\w+", detail)}
    known = rfc_schema(USER)["attributes"]
    names = [str(each["name"]) for each in known if isinstance(each, dict)] if isinstance(known, list) else []
    present = {name.lower() for name in sent}
    return next((name for name in [*names, "externalId"] if name.lower() in words and name.lower() not in present), "")


@check("users.create.id", "RFC7643-3.1-01", "RFC7644-3.3-02")
def test_a_new_user_has_an_id(users: Resources, scim: Session) -> None:
    """The server gives every new user an id, and the answer to the create shows it.

    A client keeps this id and uses it for everything that follows; without it the account can never be changed again.
    """
    answer = users.post(users.body())
    if not answer.ok:
        raise Blocked("users.create.status", f"POST {users.endpoint} was answered {answer.status_code}")
    answer.require(answer.body, "the answer to the create holds no resource", kind="empty", per="RFC7644-3.3-02")
    shown = answer.body
    if not shown:
        target = _below_base(scim, answer.header_value("Location") or "")
        shown = scim.request("GET", target, purpose=Purpose.EVIDENCE).body if target else {}
    found = find(shown, "id")
    answer.require(
        isinstance(found, str) and found,
        f"the new user's id is {shown.get('id')!r}, owed is a string with at least one character",
        kind="id",
        at="id",
        got=shown.get("id"),
    )


@check("users.create.location", "RFC7644-3.3-03", "RFC7644-3.3-04", "RFC7644-3.3-05", "RFC7643-3.1-20")
def test_the_location_leads_to_the_new_user(users: Resources, scim: Session) -> None:
    """A create names the new user's URI in Location and in meta.location, and that URI leads to the user."""
    body = users.body()
    answer = users.post(body)
    made = users.made(answer, body)
    answer.header("Location")
    location = answer.header_value("Location") or ""
    shown = answer.body if answer.at("meta.location") else made.read()
    inner = find(shown, "meta.location")
    answer.require(
        isinstance(inner, str) and inner,
        "the new user has no meta.location",
        kind="missing",
        at="meta.location",
        per="RFC7644-3.3-04",
    )
    answer.require(
        _same_uri(_absolute(scim, location), _absolute(scim, str(inner))),
        f"Location is {location!r}, meta.location is {inner!r}",
        kind="differs",
        at="meta.location",
        wanted=location,
        got=str(inner),
        per="RFC7644-3.3-04",
    )
    target = _below_base(scim, location)
    if target is None:
        scim.judge.note(f"Location {location!r} is on another origin or path than the target and was not followed")
        return
    followed = scim.request("GET", target)
    followed.require(
        followed.status_code == 200 and followed.id == made.id,
        f"the Location of the new user was answered {followed.status_code} with id {followed.id!r}",
        kind="location",
        wanted=made.id,
        got=followed.id,
        per="RFC7644-3.3-05",
    )


def _absolute(scim: Session, uri: str) -> str:
    return urljoin(scim.target.base_url.rstrip("/") + "/", uri)


def _same_uri(left: str, right: str) -> bool:
    def parts(uri: str) -> tuple[str, str, int | None, str, str]:
        split = urlsplit(uri)
        port = split.port or {"http": 80, "https": 443}.get(split.scheme.lower())
        return split.scheme.lower(), (split.hostname or "").lower(), port, unquote(split.path).rstrip("/"), split.query

    return parts(left) == parts(right)


def _below_base(scim: Session, uri: str) -> str | None:
    """Return a URI as a target below the base URL, or None where it lies elsewhere: our token goes nowhere else."""
    base, wanted = urlsplit(scim.target.base_url.rstrip("/")), urlsplit(_absolute(scim, uri))
    if not uri or (base.scheme.lower(), base.netloc.lower()) != (wanted.scheme.lower(), wanted.netloc.lower()):
        return None
    if not wanted.path.startswith(base.path + "/"):
        return None
    return wanted.path[len(base.path) :] + (f"?{wanted.query}" if wanted.query else "")


@check("users.create.meta", "RFC7643-3.1-01")
def test_a_new_user_has_meta(users: Resources, judge: Judge) -> None:
    """A new user carries meta with resourceType, created, lastModified and location."""
    shown = users.sample().read()
    for name in ("resourceType", "created", "lastModified", "location"):
        found = find(shown, f"meta.{name}")
        judge.require(
            isinstance(found, str) and found, f"a new user has no meta.{name}", kind="missing", at=f"meta.{name}"
        )


@check("users.create.resource-type", "RFC7644-3.3.1-01", "RFC7643-3.1-24")
def test_the_resource_type_is_user(users: Resources, judge: Judge) -> None:
    """A resource made at the users' endpoint has the resourceType User, spelt exactly so."""
    found = find(users.sample().read(), "meta.resourceType")
    judge.require(
        found == "User",
        f"meta.resourceType of a new user is {found!r}, owed is 'User'",
        at="meta.resourceType",
        wanted="User",
        got=found if isinstance(found, str) else None,
    )


@check("users.create.times", "RFC7643-3.1-18", "RFC7643-3.1-17")
def test_a_new_user_was_modified_when_it_was_created(users: Resources, scim: Session) -> None:
    """A user that was just made has one time in created and lastModified, and that time is now.

    Clients that import by lastModified lose or repeat people where these times are not kept.
    """
    body = users.body()
    answer = users.post(body)
    made = users.made(answer, body)
    shown = answer.body if answer.at("meta.created") and answer.at("meta.lastModified") else made.read()
    created, modified = find(shown, "meta.created"), find(shown, "meta.lastModified")
    if not isinstance(created, str) or not isinstance(modified, str):
        raise Blocked("users.create.meta", "the new user shows no meta.created or no meta.lastModified")
    first, last = _moment(created), _moment(modified)
    if first is None or last is None:
        raise Blocked("exchanges.body-schema", f"{created!r} or {modified!r} is no dateTime")
    answer.require(
        _same_moment(created, modified),
        f"a new user was created at {created} but modified at {modified}",
        kind="differs",
        at="meta.lastModified",
        wanted=created,
        got=modified,
    )
    date = answer.header_value("Date")
    try:
        now = parsedate_to_datetime(date) if date else None
    except ValueError:
        now = None
    near, by = (now, timedelta(minutes=5)) if now else (scim.clock.now(), timedelta(hours=24))
    if near.tzinfo is None:
        near = near.replace(tzinfo=UTC)
    zoned = _TIME.match(created)
    if zoned is None or not zoned[3]:
        return  # local time of an unknown zone says nothing about skew (RFC 7643 section 2.3.5)
    answer.require(
        abs(first - near) <= timedelta(hours=24),
        f"meta.created is {created}, the user was made at {near.isoformat()}",
        kind="created",
        at="meta.created",
        got=created,
        per="RFC7643-3.1-17",
    )
    answer.require(
        abs(first - near) <= by,
        f"meta.created is {created}, the answer is dated {near.isoformat()}",
        kind="skew",
        at="meta.created",
        got=created,
        per="RFC7643-3.1-17",
        soft=True,
    )


def _moment(text: str) -> datetime | None:
    match = _TIME.match(text)
    if match is None:
        return None
    whole = datetime.fromisoformat(match[1] + (match[3] or "Z").replace("Z", "+00:00"))
    return whole + timedelta(microseconds=int(((match[2] or "") + "000000")[:6]))


def _same_moment(one: str, other: str) -> bool:
    """Compare at the coarser of the two printed precisions; a rounded last digit may differ by one."""
    digits = [len(match[2] or "") for match in (_TIME.match(one), _TIME.match(other)) if match]
    left, right = _moment(one), _moment(other)
    if left is None or right is None:
        return False
    coarse = min(digits)
    if digits[0] == digits[1]:
        return left == right
    return abs(left - right) <= timedelta(seconds=float(10**-coarse))


@check("users.create.answer-equals-read", "RFC7644-3.3-02")
def test_the_answer_shows_what_was_stored(users: Resources, judge: Judge) -> None:
    """The answer to a create shows the new user as a read of it does."""
    user = users.create()
    for name in ("schemas", "id", "userName", "meta"):
        judge.require(
            not is_unassigned(find(user.first, name)),
            f"the answer to the create lacks {name}",
            kind="missing",
            at=name,
        )
    for difference in collateral(user.first, user.read(), {}):
        judge.require(
            condition=False,
            message=f"{difference.at} differs between the answer to the create and the next read",
            kind="differs",
            at=difference.at,
            wanted=difference.wanted,
            got=difference.got,
        )


@check("users.create.refused-leaves-nothing", "RFC7644-3.3-15", needs=("filter",))
def test_a_refused_create_leaves_nothing(users: Resources) -> None:
    """A create that was refused leaves no user behind.

    A server that stores first and validates afterwards blocks the userName for the corrected second attempt.
    """
    body = users.body(name="not an object", emails="not a list", active={"is": "not a boolean"})
    answer = users.post(body)
    if answer.ok:
        raise NotApplicable("the target accepts a user with name, emails and active of a wrong type")
    found = users.find(f'userName eq "{body["userName"]}"').resources()
    answer.require(
        not found, f"the create was refused with {answer.status_code}, yet a read finds the user", kind="left-behind"
    )


@check("users.inactive.visible", "RFC7643-4.1.1-29", needs=("filter",), attributes=("active",))
def test_an_inactive_user_can_be_seen(users: Resources, scim: Session) -> None:
    """An inactive user can be read and is found by a filter.

    An identity provider that no longer finds the user makes a second one when the person comes back.
    """
    user = users.create(active=False)
    answer = scim.request("GET", user.path)
    answer.require(
        answer.status_code == 200,
        f"a user created with active false was answered {answer.status_code}",
        kind="hidden",
        got=answer.status_code,
    )
    found = users.find(f'userName eq "{user.user_name}"')
    found.require(user.id in found.ids(), "a filter does not find the inactive user", kind="not-listed")


@check("users.create.inactive", "RFC7643-4.1.1-20", attributes=("active",))
def test_a_user_can_be_made_inactive(users: Resources, judge: Judge) -> None:
    """A user that is created with active false is not switched on.

    Identity providers create people ahead of their first day; a server that forces true opens the account at once.
    """
    shown = users.create(active=False).read()
    found = find(shown, "active")
    judge.require(
        found is False, f"a user created with active false shows active {found!r}", at="active", wanted=False,
        got=found if isinstance(found, bool | str) else None,
    )  # fmt: skip
