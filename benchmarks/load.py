"""Load on a served SCIM server: creates, reads and filters by userName, a bounded number over a few connections."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson
from processes import TOKEN
from pyreqwest.client import ClientBuilder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from processes import Server
    from pyreqwest.client import Client

CONNECTIONS = 8
POPULATION = 500
"""So many users exist before reading and filtering are measured."""
SECONDS = 4.0
MOST = 5000
"""A measurement ends after so many seconds or requests, whichever comes first."""


def rates(server: Server) -> dict[str, float]:
    """Return requests per second of create, get and filter."""
    return asyncio.run(_rates(server))


async def _rates(server: Server) -> dict[str, float]:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
    builder = ClientBuilder().default_headers(headers).no_proxy().max_connections(CONNECTIONS)
    async with builder.build() as client:
        numbers = itertools.count()
        ids: list[str] = []

        async def create() -> None:
            ids.append(await _create(client, server, next(numbers)))

        async def get() -> None:
            await _ask(client, f"{server.url}/Users/{ids[next(numbers) % POPULATION]}")

        async def find() -> None:
            name = quote(f'userName eq "{_name(next(numbers) % POPULATION)}"', safe="")
            answer = await _ask(client, f"{server.url}/Users?filter={name}")
            if answer["totalResults"] != 1:
                raise RuntimeError(f"{server.url} does not find the one user: {answer}")

        # The population is the measurement of create: both servers get the same number of users.
        made = await _measure(create, POPULATION, exactly=True)
        return {"create": made, "get": await _measure(get, MOST), "filter by userName": await _measure(find, MOST)}


async def _measure(request: Callable[[], Awaitable[None]], most: int, *, exactly: bool = False) -> float:
    """Send ``request`` over and over on CONNECTIONS tasks and return how many were answered per second."""
    left = most
    done = 0
    begun = time.perf_counter()

    async def worker() -> None:
        nonlocal left, done
        while left > 0 and (exactly or time.perf_counter() - begun < SECONDS):
            left -= 1
            await request()
            done += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(worker())
    return done / (time.perf_counter() - begun)


async def _create(client: Client, server: Server, number: int) -> str:
    name = _name(number)
    body = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": name,
        "name": {"givenName": "Ada", "familyName": f"Quill{number}"},
        "displayName": f"Ada Quill {number}",
        "active": True,
        "emails": [{"value": name, "type": "work", "primary": True}],
    }
    response = await client.post(f"{server.url}/Users").body_bytes(orjson.dumps(body)).build().send()
    text = bytes(await response.bytes())
    if response.status != 201:
        raise RuntimeError(f"{server.url} refuses a user: {response.status} {text[:300]!r}")
    made: str = orjson.loads(text)["id"]
    return made


async def _ask(client: Client, url: str) -> dict[str, object]:
    response = await client.get(url).build().send()
    text = bytes(await response.bytes())
    if response.status != 200:
        raise RuntimeError(f"{url} is answered {response.status}: {text[:300]!r}")
    answer: dict[str, object] = orjson.loads(text)
    return answer


def _name(number: int) -> str:
    return f"person{number:06}@example.com"
