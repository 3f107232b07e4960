"""The parts of a pytest repro that are the same for every finding."""

from __future__ import annotations

BEARER = 'f"Bearer {TOKEN}"'
BASIC = """f"Basic {base64.b64encode(f'{USER}:{TOKEN}'.encode()).decode()}\""""

HEAD = r'''"""{about}

Needs httpx and pytest, and two variables of the environment: SCIM_URL, the base URL of the server, and SCIM_TOKEN, its
bearer token. The test fails while the bug is there and passes without it; it is skipped where the requests that prepare
it are refused. What is made carries a mark and is removed at the end.
"""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import time
from typing import Any, Iterator
from urllib.parse import quote

import httpx
import pytest

URL = os.environ.get("SCIM_URL", "").rstrip("/")
TOKEN = os.environ.get("SCIM_TOKEN", "")
USER = os.environ.get("SCIM_USER", "")
MARK = {mark}
SECRET = "Aa1!" + secrets.token_hex(8)
AUTHORIZATION = {authorization}


class Server:
    """Sends requests as they were sent, and removes what they made."""

    def __init__(self) -> None:
        self.client = httpx.Client(timeout=30, follow_redirects=False)
        self.resources: list[str] = []
        self.credentials: list[tuple[str, str]] = [("Authorization", AUTHORIZATION)]

    def send(self, method: str, target: str, headers: list[tuple[str, str]], body: str = "") -> httpx.Response:
        content = body.encode("utf-8", "surrogatepass") if body else None
        self.credentials = [pair for pair in headers if TOKEN and TOKEN in pair[1]] or self.credentials
        request = httpx.Request(method, URL + target, headers=headers, content=content)
        # The target leaves as it stands here, its percent-encoding untouched.
        request.extensions["target"] = (httpx.URL(URL).raw_path.rstrip(b"/") + target.encode()) or b"/"
        answer = self.client.send(request)
        print(method, target, answer.status_code)
        return answer

    def made(self, endpoint: str, resource: str) -> None:
        if resource:
            self.resources.append(f"{{endpoint}}/{{quote(resource, safe='')}}")

    def tidy(self) -> None:
        for place in reversed(self.resources):
            shown = self.client.get(URL + place, headers=self.credentials)
            if MARK.lower() in shown.text.lower():
                self.client.delete(URL + place, headers=self.credentials)
        self.client.close()


@pytest.fixture
def server() -> Iterator[Server]:
    if not URL:
        pytest.skip("set SCIM_URL and SCIM_TOKEN")
    made = Server()
    try:
        yield made
    finally:
        made.tidy()


def must(answer: httpx.Response, before: int) -> None:
    if not answer.is_success:
        request = answer.request
        came = f"{{answer.status_code}}, which was {{before}} before"
        pytest.skip(f"{{request.method}} {{request.url}} was answered {{came}}")


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from flat(inner, f"{{path}}/{{name}}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from flat(inner, f"{{path}}/{{index}}")
    elif value is not None:
        yield path, json.dumps(value, ensure_ascii=False)


def flat_lines(answer: httpx.Response) -> list[tuple[str, str]]:
    try:
        return list(flat(json.loads(answer.content)))
    except ValueError:
        return []


def values(answer: httpx.Response, where: str) -> list[str]:
    """What stands at and below a place, sorted; positions in arrays are written as ``*``."""
    made = []
    for path, value in flat_lines(answer):
        found = re.match(where + r"(?=/|\Z)", path, re.IGNORECASE)
        if found and not (path.lower().endswith("/primary") and value == "false"):
            rest = re.sub(r"(?<=/)[0-9]+(?=/|\Z)", "*", path[found.end() :])
            made.append(rest + "\t" + value)
    return sorted(made)


def count(answer: httpx.Response, where: str) -> int:
    found = (re.match(where + r"/[0-9]+(?=/|\Z)", path, re.IGNORECASE) for path, _ in flat_lines(answer))
    return len({{each[0] for each in found if each}})


def listed(answer: httpx.Response, resource: str) -> bool:
    return "\t" + json.dumps(resource, ensure_ascii=False) in values(answer, "/Resources/[0-9]+/id")


def member(answer: httpx.Response, path: str) -> str:
    found = json.loads(dict(flat_lines(answer)).get(path, '""'))
    return found if isinstance(found, str) else json.dumps(found)


def status_in(answer: httpx.Response, codes: tuple[str, ...]) -> bool:
    return str(answer.status_code) in codes or f"{{answer.status_code // 100}}xx" in codes


def segment(text: str) -> str:
    return quote(text, safe="")


def escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]

'''
