"""One run of a judge in this process, timed from after its imports: ``judges.py ours|tester|floor URL FOLDER``.

Prints JSON: ``seconds`` (wall clock of the run, without Python's start and imports), ``verdicts`` (checks that came to
one), ``requirements`` (distinct ones that passed; only ours names them).
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

FLOOR_REQUESTS = 500
HEAVY = (
    "allure_pytest.plugin",
    "click",
    "faker",
    "httpx",
    "jsonschema",
    "pytest",
    "rich.console",
    "scimulator.cli.check",
    "scimulator.cli.judging",
    "scimulator.kit",
    "scimulator.pytest_plugin",
    "scimulator.reporting.terminal",
    "scimulator.running.run",
)


def ours(url: str, folder: Path) -> dict[str, float]:
    """Run ``scimulator check`` on ``url``."""
    for name in HEAVY:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    from scimulator.cli.main import main  # noqa: PLC0415 - only this judge

    stream = folder / "run.jsonl"
    with contextlib.redirect_stdout(io.StringIO()):
        begun = time.perf_counter()
        main(["check", url, "--json", str(stream)])
        seconds = time.perf_counter() - begun
    return {"seconds": seconds, **proved(stream)}


def proved(stream: Path) -> dict[str, float]:
    """Return how many checks of a run stream came to a verdict, and how many requirements the passed ones prove."""
    records = [json.loads(line) for line in stream.read_text("utf-8").splitlines()]
    checks = [record for record in records if record["type"] == "check"]
    passed = [record for record in checks if record["outcome"] == "passed"]
    return {
        "verdicts": sum(record["outcome"] in ("passed", "failed", "warned") for record in checks),
        "requirements": len({each for record in passed for each in record["requirements"]}),
    }


def tester(url: str) -> dict[str, float]:
    """Run scim2-tester on ``url``."""
    import httpx  # noqa: PLC0415 - only this judge
    from scim2_client import BaseSyncSCIMClient  # noqa: PLC0415 - only this judge
    from scim2_tester import check_server  # noqa: PLC0415 - only this judge

    class Client(BaseSyncSCIMClient):
        """Over httpx, as we are; its own engine wants the fork httpx2."""

        def request(self, method: str, url: str, **parts: Any) -> httpx.Response:
            return http.request(method, url, **parts)

        def _parse_json(self, response: Any) -> Any:
            return response.json()

    headers = {"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"}
    begun = time.perf_counter()
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as http:
        results = check_server(Client())
    return {"seconds": time.perf_counter() - begun, "verdicts": len(results), "requirements": 0}


def floor(url: str) -> dict[str, float]:
    """Ask ``url`` with httpx and judge nothing: what the HTTP client alone costs on this server."""
    import httpx  # noqa: PLC0415 - only this judge

    headers = {"Authorization": f"Bearer {os.environ['SCIM_TOKEN']}"}
    begun = time.perf_counter()
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as http:
        for _ in range(FLOOR_REQUESTS):
            http.get("/ResourceTypes").json()
    return {"seconds": time.perf_counter() - begun, "verdicts": 0, "requirements": 0}


if __name__ == "__main__":
    _, judge, address, place = sys.argv
    told = ours(address, Path(place)) if judge == "ours" else {"tester": tester, "floor": floor}[judge](address)
    sys.stdout.write(json.dumps(told))
