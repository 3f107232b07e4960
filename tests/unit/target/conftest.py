from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from scimulator.exchange.message import Response
from scimulator.target.auth import bearer
from scimulator.target.settings import Limits
from scimulator.target.target import Target

TYPE = (("Content-Type", "application/scim+json"),)


class Directory:
    """A carrier with just enough SCIM behind it: users and groups in a dict, sw and eq, paging, delete, active."""

    def __init__(self) -> None:
        self.resources: dict[str, dict[str, dict]] = {"/Users": {}, "/Groups": {}}
        self.requests = []
        self.filters = True
        self.deletes = True
        self.forgets = True
        self.closed = False

    def add(self, endpoint, id_, **attributes):
        self.resources[endpoint][id_] = {"id": id_, **attributes}

    def carry(self, request, timeout):
        self.requests.append(request)
        status, value = self.answer(request)
        return Response(status, TYPE, b"" if value is None else json.dumps(value).encode())

    def close(self):
        self.closed = True

    def answer(self, request):
        if request.header("Authorization") != "Bearer canary-token":
            return 401, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "401"}
        parts = urlsplit(request.target)
        if parts.path == "/ServiceProviderConfig":
            features = {
                name: {"supported": True} for name in ("patch", "filter", "bulk", "sort", "etag", "changePassword")
            }
            return 200, {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"], **features}
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        for endpoint, stored in self.resources.items():
            if parts.path == endpoint:
                return self.listing(stored, query)
            if parts.path.startswith(f"{endpoint}/"):
                return self.one(request, stored, unquote(parts.path[len(endpoint) + 1 :]))
        return 404, {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}

    def listing(self, stored, query):
        found = list(stored.values())
        if "filter" in query:
            if not self.filters:
                return 400, {"scimType": "invalidFilter"}
            name, operator, value = re.fullmatch(r'(\w+) (sw|eq) "(.*)"', query["filter"]).groups()
            test = str.startswith if operator == "sw" else str.__eq__
            found = [one for one in found if test(str(one.get(name, "")), value)]
        start, count = int(query.get("startIndex", 1)), min(7, int(query.get("count", 7)))
        page = found[start - 1 : start - 1 + count]
        schema = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
        return 200, {"schemas": schema, "totalResults": len(found), "Resources": page}

    def one(self, request, stored, id_):
        if id_ not in stored:
            return 404, {"status": "404"}
        if request.method == "DELETE":
            if not self.deletes:
                return 405, {"detail": "not here"}
            if self.forgets:
                del stored[id_]
            return 204, None
        if request.method == "PATCH":
            for operation in json.loads(request.body)["Operations"]:
                stored[id_][operation["path"]] = operation["value"]
        return 200, stored[id_]


@pytest.fixture
def directory():
    return Directory()


@pytest.fixture
def target(directory, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    made = Target(
        spec="fake:",
        name="fake:",
        base_url="http://fake.invalid",
        carrier=directory,
        limits=Limits(),
        credentials=bearer("canary-token"),
        host="fake.invalid",
    )
    yield made
    made.close()


@pytest.fixture(scope="session")
def hostile_server():
    """The raw-socket server of tests/hostile, loaded by its path because tests are no package."""
    name = "scimulator_tests_hostile"
    if name not in sys.modules:
        place = Path(__file__).parents[2] / "hostile" / "hostile.py"
        spec = importlib.util.spec_from_file_location(name, place)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name].hostile_server
