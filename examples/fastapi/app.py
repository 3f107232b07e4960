"""A small staff application with a SCIM endpoint of its own, on FastAPI.

``uvicorn app:app`` serves it; ``scimulator check asgi:app:app/scim/v2 --token-env SCIM_TOKEN`` judges it.
"""

from __future__ import annotations

import hmac
import os
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import discovery
import scim
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from scim import ENTERPRISE, GROUP, USER, Resource, ScimError
from staff import Employee, Staff, TakenError, Team, now

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN = os.environ.get("SCIM_TOKEN", "a-token-for-development")
PREFIX = "/scim/v2"
router = APIRouter(prefix=PREFIX)


class ScimResponse(JSONResponse):
    """An answer with SCIM's media type."""

    media_type = "application/scim+json"


# -- our model and SCIM's


def user_of(one: Employee, staff: Staff, base: str) -> Resource:
    name = {"givenName": one.given_name, "familyName": one.family_name}
    name = {key: value for key, value in name.items() if value}
    made: Resource = {
        "schemas": [USER, ENTERPRISE] if one.department else [USER],
        "id": one.id,
        "externalId": one.directory_id,
        "userName": one.login,
        "name": {**name, "formatted": " ".join(name.values())} if name else None,
        "displayName": one.display_name,
        "title": one.title,
        "active": one.active,
        "emails": [{"value": one.email, "type": "work", "primary": True}] if one.email else None,
        "phoneNumbers": [
            {"value": value, "type": kind} for kind, value in (("work", one.phone), ("mobile", one.mobile)) if value
        ],
        "groups": [
            {"value": team.id, "display": team.name, "$ref": f"{base}/Groups/{team.id}", "type": "direct"}
            for team in staff.teams_of(one)
        ],
        ENTERPRISE: {"department": one.department} if one.department else None,
        "meta": meta("User", one.id, one.created, one.changed, base),
    }
    return {key: value for key, value in made.items() if value not in (None, [])}


def write_user(body: Resource, one: Employee) -> Employee:
    """Carry a SCIM user over into an employee."""
    login = body.get("userName")
    if not isinstance(login, str) or not login.strip():
        raise ScimError(400, "userName is required", "invalidValue")
    name, enterprise = scim.complex_of(body, "name"), scim.complex_of(body, ENTERPRISE)
    phones = scim.elements(body, "phoneNumbers")
    one.login, one.active = scim.normal(login), scim.active(body)
    one.given_name, one.family_name = scim.text(name, "givenName"), scim.text(name, "familyName")
    one.display_name, one.title = scim.text(body, "displayName"), scim.text(body, "title")
    one.directory_id = scim.text(body, "externalId")
    one.email, one.department = scim.first(scim.elements(body, "emails")), scim.text(enterprise, "department")
    one.mobile = scim.first([each for each in phones if each.get("type") == "mobile"])
    one.phone = scim.first([each for each in phones if each.get("type") != "mobile"])
    return one


def team_of(team: Team, base: str) -> Resource:
    made: Resource = {
        "schemas": [GROUP],
        "id": team.id,
        "externalId": team.directory_id,
        "displayName": team.name,
        "members": [{"value": each, "$ref": f"{base}/Users/{each}", "type": "User"} for each in team.members],
        "meta": meta("Group", team.id, team.created, team.changed, base),
    }
    return {key: value for key, value in made.items() if value not in (None, [])}


def write_team(body: Resource, team: Team, staff: Staff) -> Team:
    name = body.get("displayName")
    if not isinstance(name, str) or not name.strip():
        raise ScimError(400, "displayName is required", "invalidValue")
    members = [str(each.get("value")) for each in scim.elements(body, "members")]
    unknown = [each for each in members if staff.employee(each) is None]
    if unknown:
        raise ScimError(400, f"there is no user {unknown[0]}", "invalidValue")
    team.name, team.directory_id, team.members = name, scim.text(body, "externalId"), list(dict.fromkeys(members))
    return team


def meta(kind: str, id: str, created: str, changed: str, base: str) -> Resource:  # noqa: A002  SCIM's name
    return {
        "resourceType": kind,
        "created": created,
        "lastModified": changed,
        "location": f"{base}/{kind}s/{id}",
    }


# -- the endpoint


def base_of(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{PREFIX}"


def known(found: Any, id: str) -> Any:  # noqa: A002  SCIM's name
    if found is None:
        raise ScimError(404, f"there is no resource {id}")
    return found


def projected(resource: Resource, request: Request) -> Resource:
    query = request.query_params
    return scim.projected(resource, query.get("attributes"), query.get("excludedAttributes"))


@router.get("/Users")
async def list_users(request: Request) -> Response:
    staff, base = request.app.state.staff, base_of(request)
    return ScimResponse(scim.page([user_of(each, staff, base) for each in staff.employees()], request.query_params))


@router.post("/Users")
async def create_user(request: Request) -> Response:
    staff = request.app.state.staff
    one = write_user(scim.parsed(await request.body(), USER), Employee(login=""))
    staff.save(one)
    made = user_of(one, staff, base_of(request))
    return ScimResponse(projected(made, request), status_code=201, headers={"Location": made["meta"]["location"]})


@router.api_route("/Users/{id}", methods=["GET", "HEAD", "PUT", "PATCH", "DELETE"])
async def one_user(request: Request, id: str) -> Response:  # noqa: A002  SCIM's name
    staff, base = request.app.state.staff, base_of(request)
    one = known(staff.employee(id), id)
    if request.method == "DELETE":
        staff.remove(one)
        return Response(status_code=204)
    if request.method not in ("GET", "HEAD"):
        if request.method == "PATCH":
            body = scim.patched(user_of(one, staff, base), scim.parsed(await request.body()))
        else:
            body = scim.parsed(await request.body(), USER)
        before = user_of(one, staff, base)
        write_user(body, one)
        if user_of(one, staff, base) != before:
            one.changed = now()
            staff.save(one)
    return ScimResponse(projected(user_of(one, staff, base), request))


@router.get("/Groups")
async def list_groups(request: Request) -> Response:
    base = base_of(request)
    return ScimResponse(
        scim.page([team_of(each, base) for each in request.app.state.staff.teams()], request.query_params)
    )


@router.post("/Groups")
async def create_group(request: Request) -> Response:
    staff = request.app.state.staff
    team = write_team(scim.parsed(await request.body(), GROUP), Team(name=""), staff)
    staff.save_team(team)
    made = team_of(team, base_of(request))
    return ScimResponse(projected(made, request), status_code=201, headers={"Location": made["meta"]["location"]})


@router.api_route("/Groups/{id}", methods=["GET", "HEAD", "PUT", "PATCH", "DELETE"])
async def one_group(request: Request, id: str) -> Response:  # noqa: A002  SCIM's name
    staff, base = request.app.state.staff, base_of(request)
    team = known(staff.team(id), id)
    if request.method == "DELETE":
        staff.remove_team(team)
        return Response(status_code=204)
    if request.method not in ("GET", "HEAD"):
        if request.method == "PATCH":
            body = scim.patched(team_of(team, base), scim.parsed(await request.body()))
        else:
            body = scim.parsed(await request.body(), GROUP)
        write_team(body, team, staff)
        team.changed = now()
        staff.save_team(team)
    return ScimResponse(projected(team_of(team, base), request))


@router.get("/{document}")
@router.get("/{document}/{name:path}")
async def described(request: Request, document: str, name: str = "") -> Response:
    return ScimResponse(known(discovery.document(document, name, base_of(request)), document))


# -- the application


def refused(error: ScimError) -> Response:
    return ScimResponse(error.body(), status_code=error.status)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    if not hasattr(app.state, "staff"):
        app.state.staff = Staff(os.environ.get("STAFF_DB", ":memory:"))
    yield


def create_app(staff: Staff | None = None, token: str = TOKEN) -> FastAPI:
    """Return the application; without ``staff`` it opens its database when it starts."""
    made = FastAPI(lifespan=lifespan, openapi_url=None)
    if staff is not None:
        made.state.staff = staff

    @made.middleware("http")
    async def authenticated(request: Request, call_next: Any) -> Response:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), token.encode()):
            answer = refused(ScimError(401, "a valid bearer token is needed"))
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        answer = await call_next(request)
        if request.method == "HEAD":
            return Response(status_code=answer.status_code, media_type=ScimResponse.media_type)
        return answer

    @made.exception_handler(ScimError)
    async def on_refusal(_: Request, error: ScimError) -> Response:
        return refused(error)

    @made.exception_handler(TakenError)
    async def on_taken(_: Request, error: TakenError) -> Response:
        return refused(ScimError(409, f"somebody has the userName {error}", "uniqueness"))

    @made.exception_handler(404)
    @made.exception_handler(405)
    async def on_route(_: Request, error: Any) -> Response:
        answer = refused(ScimError(error.status_code, str(error.detail)))
        answer.headers.update(error.headers or {})
        return answer

    made.include_router(router)
    return made


app = create_app()
