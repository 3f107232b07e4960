from __future__ import annotations

import httpx
import pytest

MOST_BLOCKED = 0.1
LEAST_DECIDED = 0.3
"""Shares of the checks: where more were blocked or fewer came to a verdict, the pinned list would prove nothing."""


@pytest.mark.parametrize("server", ["scim2", "django", "scimmy"])
def test_what_fails_on_a_real_server_is_the_servers_fault(server, serve, judging, tmp_path, capsys):
    served = serve(server)

    judged = judging.check(served, tmp_path)

    with capsys.disabled():
        line = f"{served.name} {served.version}: {judged.counts()}; {len(judged.failures())} findings"
        print(f"\n{line}")  # noqa: T201 - warnings are only counted
    told = list(judging.complaints(served, judged))
    assert not told, "\n\n".join([f"{len(told)} things to judge on {served.name}", *told])
    outcomes = [record["outcome"] for record in judged.records]
    assert outcomes.count("blocked") <= MOST_BLOCKED * len(outcomes), judged.counts()
    decided = sum(outcome in ("passed", "failed", "warned") for outcome in outcomes)
    assert decided >= LEAST_DECIDED * len(outcomes), judged.counts()
    assert judged.exit_code == (1 if judged.failures() else 0), judged.screen[-2000:]
    assert _left(served) == []


def _left(served):
    """Return what stands on a server that was empty before the run."""
    headers = {"Authorization": f"Bearer {served.token}"}
    with httpx.Client(base_url=served.url, headers=headers, trust_env=False, timeout=30) as client:
        lists = [client.get(endpoint).json().get("Resources", []) for endpoint in ("/Users", "/Groups")]
    return [each.get("userName") or each.get("displayName") or each["id"] for listed in lists for each in listed]
