"""scim2-tester, which somebody else wrote, finds nothing wrong with our provider on a port."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from scim2_client import BaseSyncSCIMClient
from scim2_tester import Status, check_server

from scimulator.provider import Provider
from scimulator.provider.http import server

if TYPE_CHECKING:
    from collections.abc import Iterator

EXPLAINED: dict[str, str] = {}
"""Title of a result of scim2-tester -> the section of the RFC by which our answer is right."""

BAD = {Status.DEVIATION, Status.ERROR, Status.CRITICAL}


class HttpxClient(BaseSyncSCIMClient):
    """scim2-client over httpx; its own engine wants the fork httpx2."""

    def __init__(self, http: httpx.Client) -> None:
        super().__init__()
        self.http = http

    def request(self, method: str, url: str, **parts: object) -> httpx.Response:
        return self.http.request(method, url, **parts)

    def _parse_json(self, response: httpx.Response) -> object:
        return response.json()


@pytest.fixture(params=["lenient", "strict"])
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Provider, str]]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/v2"
        provider = Provider(address, preset=request.param, token="canary-token")
        running = server(provider)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        for _ in range(500):
            if running.started:
                break
            time.sleep(0.01)
        yield provider, address
        running.should_exit = True
        thread.join(10)


def test_scim2_tester_finds_no_error_and_no_unexplained_deviation(served):
    provider, address = served
    with httpx.Client(base_url=address, headers={"Authorization": "Bearer canary-token"}) as http:
        results = check_server(HttpxClient(http))
    assert len(results) > 100
    assert provider.crashes == []
    bad = [f"{r.status.name} {r.resource_type} {r.title}: {r.reason}" for r in results if r.status in BAD]
    unexplained = [line for line in bad if not any(title in line for title in EXPLAINED)]
    assert unexplained == []
